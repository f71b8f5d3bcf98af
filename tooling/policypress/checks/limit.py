"""How many findings of one file are told. That there are more is a finding of its own, and keeps it from publishing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from policypress.finding import Finding, Rule, Severity

# More than a file of a policy can have, and as many as are found and printed within a second.
MOST = 10_000
NOT_TOLD = Rule(
    "L120",
    "findings-not-told",
    Severity.ERROR,
    f"""A file has more than {MOST:,} findings, of which the first {MOST:,} are told.

So many come from a slip that repeats itself, or from a file that is no policy. The finding counts what it leaves out,
and names the rules that were not looked at to their end, so that nobody takes the list for whole.
""",
)


def within(findings: Sequence[Finding], passed_over: Mapping[str, Sequence[str]]) -> list[Finding]:
    """Return the findings to tell, of all of them in their order. `passed_over` are rules by the path of a file."""
    if len(findings) <= MOST:
        return list(findings)
    seen: Counter[str] = Counter()
    told: list[Finding] = []
    beyond: dict[str, list[Finding]] = {}
    for finding in findings:
        path = finding.span.path
        seen[path] += 1
        if seen[path] <= MOST:
            told.append(finding)
        else:
            beyond.setdefault(path, []).append(finding)
    told += [_not_told(left, passed_over.get(path, ())) for path, left in beyond.items()]
    return sorted(told, key=lambda finding: finding.order)


def _not_told(beyond: Sequence[Finding], passed_over: Sequence[str]) -> Finding:
    rules = Counter(finding.rule.id for finding in beyond)
    counts = ", ".join(f"{rules[rule]:,} of {rule}" for rule in sorted(rules))
    said = f"This file has more than {MOST:,} findings; from here on {len(beyond):,} are not told ({counts})"
    if passed_over:
        said += f", and not all was looked for: {', '.join(sorted(passed_over))}"
    first = beyond[0]
    return Finding(
        NOT_TOLD, said, first.span, "mend what is told above, then check again", guideline=first.guideline,
        section=first.section,
    )  # fmt: skip
