"""The rules of files: which are read, and which cannot be.

Each page is the same for all rules: the fault in one sentence, why it matters, and where it can be shown as text a
bad and a good example, which the tests run.
"""

from __future__ import annotations

from policypress.finding import Rule, Severity


def _rule(id: str, name: str, page: str) -> Rule:
    return Rule(id, name, Severity.ERROR, page)


UNREADABLE = _rule(
    "Y001",
    "unreadable-file",
    """A file of the source cannot be read.

A file that is skipped is policy that is lost, so a folder named like a file, a pipe, a file without permission to
read, or one that is no UTF-8 text is reported by name, and all others are still checked.
""",
)
OUTSIDE = _rule(
    "Y002",
    "link-out-of-source",
    """A link in the source leads out of the source folder.

What lies outside may change without anyone noticing, and is not what was reviewed. Put the file itself here.
""",
)
STRANGER = _rule(
    "Y003",
    "stray-file",
    """A file below the source folder is not one that is read.

`pet.yml` beside `pet.yaml` would be passed over without a word. Every file has a known place and ends in `.yaml`.

```yaml bad
# file: registers/code.yaml
[]
```
```yaml good
# file: registers/references.yaml
[]
```
""",
)
TOO_LARGE = _rule(
    "Y004",
    "too-large",
    """A file is over 1 MiB, or one text over 20,000 characters.

Nobody reviews a criterion of that length; most often two files were pasted together.
""",
)

FILE_RULES = (UNREADABLE, OUTSIDE, STRANGER, TOO_LARGE)
