"""Words of comparison against the data: both directions, both sides of the limit, and what must stay silent."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.examples import findings_of

SECTION = """\
id: radiation
title: Imaging after radiation
effect: covered
criteria:
  text: {text}
  compare: {{fact: {fact}, op: "{op}", parameter: radiation-delay}}
"""


def found(text: str, op: str, folder: Path, fact: str = "since-radiation") -> list[tuple[str, str, str]]:
    return [
        (finding.rule.id, finding.span.raw, finding.related[0].span.raw)
        for finding in findings_of(SECTION.format(text=text, op=op, fact=fact), folder)
        if finding.rule.id in ("P106", "P107")
    ]


@pytest.mark.parametrize(
    ("text", "op", "rule", "words"),
    [
        ("The radiation ended at least 12 weeks ago", "<=", "P106", "at least 12 weeks"),
        ("It ended no less than 12 weeks ago", "<", "P106", "no less than 12 weeks"),
        ("The radiation ended 12 weeks or more ago", "<", "P106", "12 weeks or more"),
        ("It ended within the last 12 weeks", ">", "P106", "within the last 12 weeks"),
        ("It ended less than twelve weeks ago", ">=", "P106", "less than twelve weeks"),
        ("It ended up to 12 weeks ago", ">=", "P106", "up to 12 weeks"),
        ("The time since then is ≥ 12 weeks", "<", "P106", "≥ 12 weeks"),
        ("The time since then is at or below 12 weeks", ">=", "P106", "at or below 12 weeks"),
        ("The time since then is less than or equal to 12 weeks", ">", "P106", "less than or equal to 12 weeks"),
        ("The time since then is above 12 weeks", "<=", "P106", "above 12 weeks"),
        ("It ended 12 weeks ago or longer", ">", "P107", "12 weeks ago or longer"),
        ("The time since then is not to exceed 12 weeks", "<", "P107", "not to exceed 12 weeks"),
        ("A dose of 60 Gy ended at least 12 weeks ago", ">", "P107", "at least 12 weeks"),
        ("It ended more than 12 weeks ago", ">=", "P107", "more than 12 weeks"),
        ("It ended at least 12 weeks ago", ">", "P107", "at least 12 weeks"),
        ("It ended less than 12 weeks ago", "<=", "P107", "less than 12 weeks"),
        ("It ended not more than 12 weeks ago", "<", "P107", "not more than 12 weeks"),
    ],
)
def test_odds_are_marked(text: str, op: str, rule: str, words: str, tmp_path: Path) -> None:
    assert found(text, op, tmp_path) == [(rule, f'"{op}"', words)]


@pytest.mark.parametrize(
    ("text", "op"),
    [
        ("It ended at least 12 weeks ago", ">="),
        ("It ended within 12 weeks", "<"),
        ("It ended within 12 weeks", "<="),
        ("It did not end within 12 weeks", ">"),  # the negation turns it round
        ("12 weeks have passed since it ended", ">="),
        ("Symptoms got worse over 12 weeks", "<="),  # a stretch of time, no limit
        ("It has not been 12 weeks or more", "<"),
        ("At least one of 12 weeks was missed", "<"),
        ("It ended 12 weeks ago", "="),
        ("It ended more than 6–8 weeks and at least 12 weeks ago", "<"),  # two amounts: which is meant is open
    ],
)
def test_no_odds(text: str, op: str, tmp_path: Path) -> None:
    assert not found(text, op, tmp_path)


def test_a_question_that_counts_the_other_way(tmp_path: Path) -> None:
    facts = (
        '# file: registers/facts.yaml\n- {id: left, question: "How much time is left?", type: quantity, unit: wk}\n'
        "# file: example/sections/radiation.yaml\n"
    )
    text = "More than 12 weeks of the course have been given"
    block = facts + SECTION.format(text=text, op="<", fact="left")
    assert not [finding for finding in findings_of(block, tmp_path) if finding.rule.id[0] == "P" and finding.rule.id > "P105"]


@pytest.mark.parametrize(
    ("text", "op", "rule"),
    [
        ("The order is dated 1 January 2026 or later", "<", "P106"),
        ("The order is dated on or after 2026-01-01", ">", "P107"),
        ("The order is dated after January 1, 2026", ">=", "P107"),
        ("The order is dated before 1 January 2026", ">=", "P106"),
        ("The order is dated 1 January 2026 or later", ">=", ""),
        ("The order is not dated before 1 January 2026", ">=", ""),
        ("The order is dated between 1 January 2026 and 1 May 2026", ">=", ""),
    ],
)
def test_days(text: str, op: str, rule: str, tmp_path: Path) -> None:
    block = (
        '# file: registers/facts.yaml\n- {id: day, question: "When was it ordered?", type: date}\n'
        "# file: example/sections/s.yaml\nid: s\ntitle: S\neffect: covered\ncriteria:\n"
        f'  text: {text}\n  compare: {{fact: day, op: "{op}", value: 2026-01-01}}\n'
    )
    found = [finding.rule.id for finding in findings_of(block, tmp_path) if finding.rule.id in ("P106", "P107")]
    assert found == ([rule] if rule else [])


def test_a_left_side_is_nothing_that_is_left(tmp_path: Path) -> None:
    asking = "# file: registers/facts.yaml\n- {id: lvef, question: 'How much does the left ventricle eject?', "
    block = asking + "type: quantity, unit: '%'}\n# file: example/sections/icd.yaml\n" + SECTION.format(
        text="It is at least 35%", fact="lvef", op="<="
    ).replace("parameter: radiation-delay", "value: 35, unit: '%'")
    assert [finding.rule.id for finding in findings_of(block, tmp_path) if finding.rule.id[:2] == "P1"] == ["P106"]
    inverse = block.replace("How much does the left ventricle eject?", "How much is left?")
    assert not [finding for finding in findings_of(inverse, tmp_path) if finding.rule.id[:2] == "P1"]
