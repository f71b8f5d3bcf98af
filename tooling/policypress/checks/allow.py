"""Suppressions: `# allow: C102 the reason` on its own line above a node.

It takes away the findings of that rule inside the node that follows, and is itself a finding when it has no reason
or nothing to take away.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from policypress.finding import Edit, Finding, Rule, Severity
from policypress.pattern import pattern
from policypress.text import Source, Span

_ALLOW = pattern(r"^[ ]*#[ ]*allow:[ ]*(?P<rules>[\w-]+(?:[ ]*,[ ]*[\w-]+)*)?[ ]*(?P<reason>.*)$", re.M)

NO_REASON = Rule(
    "L101",
    "suppression-without-reason",
    Severity.ERROR,
    """A suppression gives no reason, or names a rule that does not exist.

Whoever reads the file in a year must see why the finding was judged harmless.

```yaml bad
id: pet-mri
title: PET-MRI
effect: covered
# allow: S203
criteria:
  all:
    - The study changes the plan of treatment
    - The provider asks for the study
```
```yaml good
id: pet-mri
title: PET-MRI
effect: covered
# allow: S203 a second criterion is being written
criteria:
  all:
    - The study changes the plan of treatment
```
""",
)
UNUSED = Rule(
    "L102",
    "unused-suppression",
    Severity.WARNING,
    """A suppression takes nothing away.

What it was for has been mended, or it stands at the wrong place: it belongs on its own line above the node.

```yaml bad
id: pet-mri
title: PET-MRI
effect: covered
# allow: S203 a second criterion is being written
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


class Allowance:
    """A suppression: what it takes away, and where."""

    def __init__(self, span: Span, rules: frozenset[str], reason: str, start: int, end: int) -> None:
        self.span = span
        self.rules = rules
        self.reason = reason
        self.start = start  # characters covered, from the line after the comment to the end of the node there
        self.end = end


def allowances(source: Source) -> Sequence[Allowance]:
    """Return the suppressions of a file."""
    return list(_read(source)) if "allow:" in source.text else ()


def allow(
    findings: list[Finding], allowances: Mapping[str, Sequence[Allowance]], rules: Iterable[Rule]
) -> list[Finding]:  # fmt: skip
    """Return the findings that no suppression of their file takes away, with those about suppressions."""
    if not allowances:
        return findings
    known = {name for rule in rules for name in (rule.id, rule.name)}
    used: set[Allowance] = set()
    left: list[Finding] = []
    by_path: dict[str, list[Finding]] = {}
    for finding in findings:
        by_path.setdefault(finding.span.path, []).append(finding)
    for path, here in by_path.items():
        left += _left(here, allowances[path], used) if path in allowances else here
    for listed in allowances.values():
        for allowance in listed:
            if not allowance.reason or not allowance.rules or allowance.rules - known:
                what = ", ".join(sorted(allowance.rules - known))
                message = f"There is no rule {what}" if what else "This suppression gives no reason"
                left.append(
                    Finding(
                        NO_REASON, message, allowance.span, "write `# allow: RULE` and the reason behind it",
                        edits=_renamed(allowance, known) if allowance.reason else (),
                    )
                )  # fmt: skip
            elif allowance not in used:
                left.append(
                    Finding(
                        UNUSED, f"Nothing here is found by {', '.join(sorted(allowance.rules))}", allowance.span,
                        "take the line out, or move it above the node it is about", edits=_line_out(allowance.span),
                    )
                )  # fmt: skip
    return left


def _line_out(span: Span) -> tuple[Edit, ...]:
    """Return the edit that takes the line of a comment out."""
    text = span.source.text
    start, end = text.rfind("\n", 0, span.start) + 1, text.find("\n", span.end) + 1
    return (Edit(Span(span.source, start, end or len(text)), ""),)


def _renamed(allowance: Allowance, known: Iterable[str]) -> tuple[Edit, ...]:
    """Return the edit for a rule that is written in another way: `s203`, `Group of one`."""
    edits = []
    for wrong in sorted(allowance.rules - set(known)):
        same = [name for name in known if name.casefold() == wrong.casefold().replace("_", "-")]
        start = allowance.span.source.text.find(wrong, allowance.span.start, allowance.span.end)
        if len(same) != 1 or start < 0:
            return ()
        edits.append(Edit(Span(allowance.span.source, start, start + len(wrong)), same[0]))
    return tuple(edits)


def _left(findings: list[Finding], allowances: Sequence[Allowance], used: set[Allowance]) -> Iterator[Finding]:
    """Yield the findings that nothing takes away. Nodes lie in one another or apart, so what is open is a stack."""
    open_: dict[str, list[Allowance]] = {}
    ahead = [allowance for allowance in reversed(allowances) if allowance.reason]
    for finding in sorted(findings, key=lambda finding: finding.span.start):
        while ahead and ahead[-1].start <= finding.span.start:
            allowance = ahead.pop()
            for name in allowance.rules:
                open_.setdefault(name, []).append(allowance)
        covering = []
        for name in (finding.rule.id, finding.rule.name):
            stack = open_.get(name, [])
            while stack and stack[-1].end <= finding.span.start:
                stack.pop()
            covering += stack[:1]
        if covering:
            used.add(min(covering, key=lambda allowance: allowance.span.start))
        else:
            yield finding


def _read(source: Source) -> Iterator[Allowance]:
    for match in _ALLOW.finditer(source.text):
        rules = frozenset(re.split(r"\s*,\s*", match["rules"])) if match["rules"] else frozenset()
        start, end = _node_below(source.text, match.end())
        span = Span(source, match.start() + len(match[0]) - len(match[0].lstrip()), match.end())
        yield Allowance(span, rules, match["reason"].strip(), start, end)


def _node_below(text: str, offset: int) -> tuple[int, int]:
    """Return the extent of the node whose first line follows: up to the next line that is not indented deeper."""
    start = end = -1
    indent = 0
    position = offset + 1
    while position < len(text):
        following = text.find("\n", position) + 1 or len(text)
        line = text[position:following]
        bare = line.strip()
        if bare and not bare.startswith("#"):
            depth = len(line) - len(line.lstrip(" "))
            if start < 0:
                start, indent = position, depth
            elif depth < indent or (depth == indent and not (bare.startswith("- ") and text[start + indent] != "-")):
                break
        end = position = following
    return (start, end) if start >= 0 else (offset, offset)
