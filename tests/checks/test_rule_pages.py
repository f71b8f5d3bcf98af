"""Every rule's page is executed: its bad example raises this rule, its good one raises nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from policypress.checks import RULES
from policypress.finding import Rule
from tests.examples import BLOCK, findings_of

# Rules whose fault cannot be written as text; the tests that show them.
SHOWN_ELSEWHERE = {
    "Y001": "tests/test_library.py",
    "Y002": "tests/test_library.py",
    "Y004": "tests/test_library.py",
    "Y018": "tests/test_nodes.py",
    "S102": "tests/test_library.py",
    "S212": "tests/checks/test_logic.py",
    "L120": "tests/checks/test_limit.py",
}
CASES = [
    pytest.param(rule, kind, block, id=f"{rule.id}-{kind}-{number}")
    for rule in RULES
    for number, (kind, block) in enumerate(BLOCK.findall(rule.page))
]


@pytest.mark.parametrize(("rule", "kind", "block"), CASES)
def test_example(rule: Rule, kind: str, block: str, tmp_path: Path) -> None:
    found = {finding.rule.id for finding in findings_of(block, tmp_path)}
    assert found == ({rule.id} if kind == "bad" else set())


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_page_is_whole(rule: Rule) -> None:
    kinds = [kind for kind, _ in BLOCK.findall(rule.page)]
    if rule.id in SHOWN_ELSEWHERE:
        assert rule.id in Path(SHOWN_ELSEWHERE[rule.id]).read_text(encoding="utf-8")
    else:
        assert "bad" in kinds
        assert "good" in kinds
    first = rule.page.split("\n", 1)[0]
    assert first.endswith("."), first


def test_ids_and_names_are_unique() -> None:
    assert len({rule.id for rule in RULES}) == len({rule.name for rule in RULES}) == len(RULES)
    assert all(re.fullmatch(r"[A-Z]\d{3}", rule.id) for rule in RULES)
