"""Findings as workflow commands, which code hosts show beside the changed lines."""

from __future__ import annotations

from collections.abc import Sequence

from policypress.finding import Finding

_LEVEL = {"error": "error", "warning": "warning", "info": "notice"}


def text(findings: Sequence[Finding]) -> str:
    """Return one `::level file=…::message` line for each finding."""
    return "".join(f"{_command(finding)}\n" for finding in findings)


def _command(finding: Finding) -> str:
    begin, finish = finding.span.begin, finding.span.finish
    properties = {
        "file": finding.span.path,
        "line": begin.line,
        "col": begin.column,
        "endLine": finish.line,
        "endColumn": finish.column,
        "title": f"{finding.rule.id} {finding.rule.name}",
    }
    listed = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    message = finding.message + (f"\n{finding.help}" if finding.help else "")
    return f"::{_LEVEL[finding.severity]} {listed}::{_data(message)}"


def _data(words: str) -> str:
    return words.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(words: str) -> str:
    return _data(words).replace(":", "%3A").replace(",", "%2C")
