"""Cases: what comes out of one, what decides it, what is missing, and whether the vignettes still hold.

`judgement.py` puts one case to the guidelines; `settling.py` (with asking, ways, reaching) finds the fewest facts that
can settle it; `deciding.py`, `claims.py` and `remarks.py` say what decides, what binds the claim, and what is odd about
the case. `vignettes.py` runs the cases beside the policy, `suggesting.py` (with pivoting) writes the missing ones.
"""
