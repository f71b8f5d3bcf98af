"""Findings for programs: one array, keys and meaning fixed by the contract."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from policypress.finding import Finding


def text(findings: Sequence[Finding]) -> str:
    """Return the findings as a JSON array; lines and columns count characters from 1, ends are exclusive."""
    return json.dumps([record(finding) for finding in findings], ensure_ascii=False, indent=2) + "\n"


def record(finding: Finding) -> dict[str, Any]:
    """Return one finding as JSON has it."""
    begin, finish = finding.span.begin, finding.span.finish
    return {
        "rule": finding.rule.id,
        "name": finding.rule.name,
        "severity": finding.severity.value,
        "message": finding.message,
        "help": finding.help,
        "path": finding.span.path,
        "line": begin.line,
        "column": begin.column,
        "end_line": finish.line,
        "end_column": finish.column,
        "guideline": finding.guideline,
        "section": finding.section,
        "node": finding.node,
        "related": [
            {
                "path": label.span.path,
                "line": label.span.begin.line,
                "column": label.span.begin.column,
                "message": label.message,
            }
            for label in finding.related
        ],
    }
