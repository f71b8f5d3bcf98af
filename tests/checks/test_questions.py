"""Words of criteria against the questions of their facts."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.checks.test_code_use import mended
from tests.examples import findings_of, write_example

HEAD = """\
# file: registers/facts.yaml
- {id: dx.glioma, question: "Is the tumor a glioma?"}
- {id: dx.lymphoma, question: "Is the tumor a lymphoma?"}
- {id: available, question: "Is PET/CT available?"}
- {id: since-radiation, question: "How long ago did radiation end?", type: quantity, unit: wk}
# file: example/sections/brain.yaml
id: brain
title: Brain
effect: covered
criteria:
"""
RULES = ("R110", "R111", "R112")


def found(criteria: str, folder: Path) -> list[tuple[str, str]]:
    return [
        (finding.rule.id, finding.span.raw)
        for finding in findings_of(HEAD + criteria, folder)
        if finding.rule.id in RULES
    ]


@pytest.mark.parametrize(
    ("text", "fact", "expected"),
    [
        ("The tumor is a glioma", "dx.glioma", []),
        ("A glioma is the tumor", "dx.glioma", []),
        ("The tumor is a glioma of high grade", "dx.lymphoma", []),  # close to neither
        ("The tumor is a lymphoma", "dx.glioma", [("R110", "dx.glioma")]),
        ("The tumor is not a glioma", "dx.glioma", [("R111", "The tumor is not a glioma")]),
        ("PET/CT isn't available", "available", [("R111", "PET/CT isn't available")]),
        ("PET/CT is available", "available", []),
        ("Nobody at the site can do it", "available", []),  # other words; what they say is the writer's
        ("It is not true that the tumor is not a glioma", "dx.glioma", []),
    ],
)
def test_one_criterion(text: str, fact: str, expected: list[tuple[str, str]], tmp_path: Path) -> None:
    assert found(f"  text: {text}\n  fact: {fact}\n", tmp_path) == expected


def test_the_same_words_ask_the_same_fact(tmp_path: Path) -> None:
    criteria = (
        "  any:\n    - text: The tumor is a glioma\n      fact: dx.glioma\n    - all:\n        - the tumor is a glioma.\n"
        "        - The study is urgent\n"
    )
    assert found(criteria, tmp_path) == [("R112", "the tumor is a glioma.")]
    write_example(HEAD + criteria, tmp_path / "mended")
    assert "- text: the tumor is a glioma.\n          fact: dx.glioma\n" in "".join(
        mended(findings_of(HEAD + criteria, tmp_path / "again"), tmp_path / "again").values()
    )


def test_words_that_no_registered_fact_has_are_asked_as_often_as_they_stand(tmp_path: Path) -> None:
    criteria = "  any:\n    - The study is urgent\n    - all:\n        - The study is urgent\n        - PET/CT is broken\n"
    assert not found(criteria, tmp_path)


def test_a_pointer_or_a_comparison_is_no_question(tmp_path: Path) -> None:
    criteria = (
        "  any:\n    - text: The tumor is a glioma\n      fact: dx.glioma\n    - text: The tumor is a glioma\n"
        "      see: {external: the neurology plan}\n"
    )
    assert not found(criteria, tmp_path)
