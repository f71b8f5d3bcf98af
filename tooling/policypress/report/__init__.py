"""How findings look: for people, for programs, for code hosts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module

from policypress.finding import Finding

# Format -> the module that makes it: imported when asked for, since each takes longer than to make it.
_MADE_BY = {"text": "terminal", "json": "as_json", "sarif": "as_sarif", "github": "as_github"}
FORMATS = tuple(_MADE_BY)


def render(findings: Sequence[Finding], format: str, colour: bool = False) -> str:
    """Return findings in one of FORMATS; `colour` counts for text alone."""
    text: Callable[..., str] = import_module(f"policypress.report.{_MADE_BY[format]}").text
    return text(findings, colour) if format == "text" else text(findings)
