"""One condition with different amounts in different sections."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.examples import findings_of

SECTION = """\
# file: example/sections/{id}.yaml
id: {id}
title: Study {id}
effect: covered
codes: [{code}]
criteria:
  {criteria}
"""


def told(folder: Path, one: str, two: str) -> list[tuple[str, str]]:
    block = SECTION.format(id="one", code="78813", criteria=one) + SECTION.format(id="two", code="70553", criteria=two)
    return [
        (finding.span.raw, finding.related[0].span.raw)
        for finding in findings_of(block, folder)
        if finding.rule.id == "P121"
    ]


@pytest.mark.parametrize(
    ("one", "two", "found"),
    [
        ("text: Exercise of 5 weeks has failed", "text: exercise of 11 weeks has failed.", [("11 weeks", "5 weeks")]),
        ("text: Exercise of 5 weeks has failed", "text: Exercise of five weeks has failed", []),
        ("text: Exercise of 12 weeks has failed", "text: Exercise of 84 days has failed", []),
        ("text: Exercise of 5 weeks has failed", "text: Rest of 11 weeks has failed", []),
        (
            "{text: Exercise of 12 weeks has failed, uses: [radiation-delay]}",
            "{text: Exercise of 6-8 weeks has failed, uses: [interval]}", [],
        ),
    ],
)  # fmt: skip
def test_amounts_of_the_same_words(one: str, two: str, found: list[tuple[str, str]], tmp_path: Path) -> None:
    assert told(tmp_path, one, two) == found
