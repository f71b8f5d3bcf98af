"""Bad inputs: `tests/cases/hard/` holds those that can be written as text, `made.py` and `laid.py` make the others."""
