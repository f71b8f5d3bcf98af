"""Findings as SARIF 2.1.0 (OASIS), which code scanners and editors read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from policypress.finding import Edit, Finding, Rule
from policypress.text import Span
from policypress.version import TOOL_VERSION

_LEVEL = {"error": "error", "warning": "warning", "info": "note"}


def text(findings: Sequence[Finding]) -> str:
    """Return one SARIF log with one run."""
    rules: dict[str, Rule] = {}
    for finding in findings:
        rules.setdefault(finding.rule.id, finding.rule)
    order = {id: place for place, id in enumerate(sorted(rules))}
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "policypress",
                        "semanticVersion": TOOL_VERSION,
                        "rules": [_rule(rules[id]) for id in order],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [_result(finding, order) for finding in findings],
            }
        ],
    }
    return json.dumps(log, ensure_ascii=False, indent=2) + "\n"


def _rule(rule: Rule) -> dict[str, Any]:
    first, _, rest = rule.page.partition("\n")
    return {
        "id": rule.id,
        "name": rule.name,
        "shortDescription": {"text": first},
        "help": {"text": rest.strip() or first, "markdown": rule.page},
        "defaultConfiguration": {"level": _LEVEL[rule.severity]},
    }


def _result(finding: Finding, order: dict[str, int]) -> dict[str, Any]:
    message = finding.message + (f". {finding.help[:1].upper()}{finding.help[1:]}" if finding.help else "")
    result: dict[str, Any] = {
        "ruleId": finding.rule.id,
        "ruleIndex": order[finding.rule.id],
        "level": _LEVEL[finding.severity],
        "message": {"text": message},
        "locations": [_location(finding.span)],
    }
    if finding.place:
        result["locations"][0]["logicalLocations"] = [{"fullyQualifiedName": finding.place}]
    if finding.related:
        result["relatedLocations"] = [
            {**_location(label.span), "message": {"text": label.message}} for label in finding.related
        ]
    if finding.edits:
        result["fixes"] = [{"description": {"text": finding.help}, "artifactChanges": _changes(finding.edits)}]
    return result


def _location(span: Span) -> dict[str, Any]:
    return {"physicalLocation": {"artifactLocation": {"uri": quote(span.path)}, "region": _region(span)}}


def _region(span: Span) -> dict[str, int]:
    begin, finish = span.begin, span.finish
    return {
        "startLine": begin.line,
        "startColumn": begin.column,
        "endLine": finish.line,
        "endColumn": finish.column,
    }


def _changes(edits: Sequence[Edit]) -> list[dict[str, Any]]:
    return [
        {
            "artifactLocation": {"uri": quote(edit.span.path)},
            "replacements": [{"deletedRegion": _region(edit.span), "insertedContent": {"text": edit.new}}],
        }
        for edit in edits
    ]
