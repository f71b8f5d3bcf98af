"""How findings look: for people, for programs, for code hosts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from policypress.finding import Finding
from policypress.report import as_github, as_json, as_sarif, terminal

FORMATS: dict[str, Callable[[Sequence[Finding], bool], str]] = {
    "text": terminal.text,
    "json": as_json.text,
    "sarif": as_sarif.text,
    "github": as_github.text,
}
