"""Reads texts into the model, for the tests."""

from __future__ import annotations

from typing import Any

from policypress.decode.kinds import Faults
from policypress.decode.section import read_section
from policypress.finding import Finding
from policypress.model import Section, section_nodes
from policypress.nodes import YamlNode, parse
from policypress.text import Source


def tree_of(text: str) -> tuple[Source, YamlNode]:
    source = Source("x.yaml", text)
    root, findings = parse(source)
    assert findings == [], [finding.message for finding in findings]
    assert root is not None
    return source, root


def decode(text: str, retired: tuple[str, ...] = ()) -> tuple[Section | None, list[Finding]]:
    faults = Faults()
    section = read_section(*tree_of(text), faults, retired)
    return section, faults.findings


def section_of(text: str, *retired: str) -> Section:
    section, findings = decode(text, retired)
    assert findings == [], [finding.message for finding in findings]
    assert section is not None
    return section


def faults_of(text: str) -> list[tuple[str, str]]:
    """Return rule and pointed-at words of every fault of a section."""
    return [(finding.rule.id, finding.span.raw) for finding in decode(text)[1]]


def ids(section: Section) -> list[str]:
    return [node.id for node in section_nodes(section)]


def values(items: Any) -> list[str]:
    return [item.value for item in items]
