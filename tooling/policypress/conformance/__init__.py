"""Conformance: vectors by which somebody else's program can show that it means the same, and what goes with them.

`mutants.py` says what could get lost or changed on the way; `exposing.py` finds cases in which that would matter,
`planes.py` evaluates them all at once, and `vectors.py` picks few that tell every mutant from the policy.
"""
