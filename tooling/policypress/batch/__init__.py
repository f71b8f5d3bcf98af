"""Many cases at once: the meaning of `logic.py` as SQL for a database, and as bitsets for proofs."""
