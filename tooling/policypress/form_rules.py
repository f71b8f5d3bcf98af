"""The rules of form: each file holds the keys that it may hold, each with a value of its kind."""

from __future__ import annotations

from policypress.finding import Rule, Severity


def _rule(id: str, name: str, page: str) -> Rule:
    return Rule(id, name, Severity.ERROR, page)


UNKNOWN_KEY = _rule(
    "F101",
    "unknown-key",
    """A key is not one that is read here.

A misspelt key would take its words out of the policy without a sign.

```yaml bad
id: pet-mri
titel: PET-MRI
title: PET-MRI
effect: covered
criteria:
  text: The study changes the plan of treatment
```
```yaml good
id: pet-mri
title: PET-MRI
effect: covered
criteria:
  text: The study changes the plan of treatment
```
""",
)
MISSING_KEY = _rule(
    "F102",
    "missing-key",
    """A key that is needed here is missing.

```yaml bad
id: pet-mri
effect: covered
criteria:
  text: The study changes the plan of treatment
```
```yaml good
id: pet-mri
title: PET-MRI
effect: covered
criteria:
  text: The study changes the plan of treatment
```
""",
)
SHAPE = _rule(
    "F103",
    "wrong-shape",
    """A list, a mapping or a text stands where another of the three belongs, or there is nothing at all.

```yaml bad
id: pet-mri
title: PET-MRI
effect: covered
criteria:
  all:
    text: The study changes the plan of treatment
```
```yaml good
id: pet-mri
title: PET-MRI
effect: covered
criteria:
  text: The study changes the plan of treatment
```
""",
)
VALUE = _rule(
    "F104",
    "wrong-value",
    """A value is not of its kind: no date, no number, or not one of the words that may stand here.

```yaml bad
id: pet-mri
title: PET-MRI
effect: coverd
criteria:
  text: The study changes the plan of treatment
```
```yaml good
id: pet-mri
title: PET-MRI
effect: covered
criteria:
  text: The study changes the plan of treatment
```
""",
)
BAD_ID = _rule(
    "F105",
    "wrong-id",
    """An id holds something other than small letters and digits, joined by single dots or hyphens.

Ids are anchors in the site, destinations in the PDF and keys in the JSON; they never change once published.

```yaml bad
id: PET-MRI
title: PET-MRI
effect: covered
criteria:
  text: The study changes the plan of treatment
```
```yaml good
id: pet-mri
title: PET-MRI
effect: covered
criteria:
  text: The study changes the plan of treatment
```
""",
)
OPERATOR = _rule(
    "F106",
    "one-operator",
    """A criterion has no operator and no text, or more than one of them.

Each node is one thing: a `text`, or one of `all`, `any`, `not`, `at_least`. Two in one place have no single meaning.

```yaml bad
id: pet-mri
title: PET-MRI
effect: covered
criteria:
  all:
    - The study changes the plan of treatment
    - The provider asks for the study
  any:
    - PET/CT is not available
    - PET/CT was inconclusive
```
```yaml good
id: pet-mri
title: PET-MRI
effect: covered
criteria:
  all:
    - The study changes the plan of treatment
    - The provider asks for the study
    - any:
        - PET/CT is not available
        - PET/CT was inconclusive
```
""",
)
TOGETHER = _rule(
    "F107",
    "keys-at-odds",
    """Two keys stand together of which only one can, or one stands without the other that it needs.

```yaml bad
id: pet-mri
title: PET-MRI
effect: covered
criteria:
  text: The study changes the plan of treatment
rulings:
  - effect: covered
    criteria:
      text: PET/CT is not available
```
```yaml good
id: pet-mri
title: PET-MRI
rulings:
  - effect: covered
    criteria:
      text: The study changes the plan of treatment
  - effect: not_covered
    criteria:
      text: PET/CT was conclusive
```
""",
)
BAD_CODE = _rule(
    "C101",
    "code-grammar",
    """What stands in a list of codes is not written as a code.

CPT has five digits (`78815`, `00100`) or four and a letter (`0042T`, `0001U`, `2029F`), HCPCS Level II a letter and
four digits (`G0235`), ICD-10-CM a letter, a digit, and up to five more with a dot after the third (`C71.9`). A
modifier follows a hyphen (`78815-26`); `78811-78816` is a range.

```yaml bad
id: pet-mri
title: PET-MRI
effect: covered
codes: [7881]
criteria:
  text: The study changes the plan of treatment
```
```yaml good
id: pet-mri
title: PET-MRI
effect: covered
codes: [78813]
criteria:
  text: The study changes the plan of treatment
```
""",
)

FORM_RULES = (
    UNKNOWN_KEY, MISSING_KEY, SHAPE, VALUE, BAD_ID, OPERATOR, TOGETHER, BAD_CODE,
)  # fmt: skip
