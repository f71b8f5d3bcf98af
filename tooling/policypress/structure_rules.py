"""Rules about files and registers, found while the library is put together."""

from __future__ import annotations

from policypress.finding import Rule, Severity

DUPLICATE_ENTRY = Rule(
    "S104",
    "duplicate-entry",
    Severity.ERROR,
    """An entry stands twice in a register, or two guidelines have one id.

Which of the two is meant would depend on the order of files.

```yaml bad
# file: registers/references.yaml
- id: plan-2025
  title: Example plan
- id: plan-2025
  title: Another plan
```
```yaml good
# file: registers/references.yaml
- id: plan-2025
  title: Example plan
- id: plan-2026
  title: Another plan
```
""",
)
MISSING_FILE = Rule(
    "S102",
    "missing-guideline-file",
    Severity.ERROR,
    """A folder of the source has no guideline.yaml.

Its sections would be published nowhere.
""",
)
MISNAMED = Rule(
    "S103",
    "misnamed-folder",
    Severity.WARNING,
    """A guideline's folder is not named after its id.

Who looks for a guideline must find it by the name of its folder.

```yaml bad
# file: example/guideline.yaml
id: sample
title: Sample
version: 1.0.0
status: draft
effective: 2026-01-01
chapters: []
```
```yaml good
# file: example/guideline.yaml
id: example
title: Sample
version: 1.0.0
status: draft
effective: 2026-01-01
chapters: []
```
""",
)

STRUCTURE_RULES = (DUPLICATE_ENTRY, MISSING_FILE, MISNAMED)
