"""How findings look: for people, for programs, for code hosts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from policypress.finding import Finding
from policypress.report import as_github, as_json, as_sarif, terminal

_FOR_PROGRAMS: dict[str, Callable[[Sequence[Finding]], str]] = {
    "json": as_json.text,
    "sarif": as_sarif.text,
    "github": as_github.text,
}
FORMATS = ("text", *_FOR_PROGRAMS)


def render(findings: Sequence[Finding], format: str, colour: bool = False) -> str:
    """Return findings in one of FORMATS; `colour` counts for text alone."""
    return terminal.text(findings, colour) if format == "text" else _FOR_PROGRAMS[format](findings)
