"""Seeds faults into a library, one at a time, and measures which of them `check` finds.

`python -m tests.mutation --source DIR` prints the table. `kinds.KINDS` is the list of what is done to a policy.
"""
