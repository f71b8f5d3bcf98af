"""`check` finds what it should of seeded faults, and nothing in clean libraries."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bench.library import write_library
from policypress import cli
from policypress.checks import run_checks
from policypress.library import read_library
from tests.mutation.kinds import KINDS
from tests.mutation.measure import ENOUGH, Measured, measure, recall, table

ROOT = Path(__file__).parents[2]
LIBRARY = ROOT / "tests" / "library"


@pytest.fixture(scope="module")
def small() -> Measured:
    return measure(LIBRARY, seed=4, per_kind=1)


def test_a_fault_of_each_kind_in_a_small_library(small: Measured) -> None:
    missed = [f"{one.kind.name}: {one.place}" for one in small.seeded if one.mutant.evident and not one.rules]
    assert recall(small.seeded) >= 0.92, missed


def test_what_nothing_else_speaks_of_has_a_reason(small: Measured) -> None:
    assert len(KINDS) >= 40
    assert len({kind.name for kind in KINDS}) == len(KINDS)
    assert not [one.kind.name for one in small.seeded if not one.mutant.evident and not one.kind.unseen]


def test_the_table_tells_each_kind_and_the_reasons(small: Measured) -> None:
    lines = table([small]).splitlines()
    tried = {one.kind.name for one in small.seeded}
    assert tried == {kind.name for kind in KINDS if any(line.startswith(kind.name + " ") for line in lines)}
    total = next(line for line in lines if line.startswith("found "))
    assert float(re.findall(r"([\d.]+)%", total)[0]) == pytest.approx(100 * recall(small.seeded), abs=0.05)


def test_the_same_seed_sows_the_same_faults() -> None:
    kinds = [kind for kind in KINDS if kind.name in ("drop a criterion", "digit of a code in the words")]
    first, second = (measure(LIBRARY, 7, 2, kinds).seeded for _ in range(2))
    assert [(one.mutant, one.rules) for one in first] == [(one.mutant, one.rules) for one in second]


def test_a_mutant_is_one_fault_and_the_library_is_left_as_it_was() -> None:
    kinds = [kind for kind in KINDS if kind.name == "ALL to ANY"]
    before = {path: path.read_bytes() for path in LIBRARY.rglob("*.yaml")}
    for one in measure(LIBRARY, 0, 3, kinds).seeded:
        (change,) = one.mutant.changes
        assert (change.new, change.end - change.start) == ("any", 3)
    assert {path: path.read_bytes() for path in LIBRARY.rglob("*.yaml")} == before


def _loud(folder: Path) -> list[str]:
    found = run_checks(read_library(folder))
    return [f"{finding.rule.id} {finding.span.path}" for finding in found if finding.severity != "info"]


def test_clean_libraries_raise_no_alarm(tmp_path: Path) -> None:
    write_library(tmp_path / "generated", 60)
    for words in (["guideline", "knee"], ["section", "knee-mri", "--guideline", "knee"]):
        assert cli.main(["new", *words, "--source", str(tmp_path / "new")]) == 0
    assert not [alarm for folder in ("generated", "new") for alarm in _loud(tmp_path / folder)]
    assert not [alarm for folder in (ROOT / "source", LIBRARY) for alarm in _loud(folder)]


@pytest.mark.thorough
def test_recall_over_three_libraries(tmp_path: Path) -> None:
    write_library(tmp_path / "generated", 24)
    libraries = [(ROOT / "source", 5), (LIBRARY, 12), (tmp_path / "generated", 5)]
    measured = [measure(folder, 11, per_kind) for folder, per_kind in libraries]
    shown = table(measured)
    assert recall([one for each in measured for one in each.seeded]) >= ENOUGH, shown
    for each in measured:
        assert recall(each.seeded) >= 0.93, shown
