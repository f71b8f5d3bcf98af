"""The cases beside the policies: they pass, a wrong one fails, and coverage says what no case decides."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from policypress import cli
from policypress.checks import run_checks
from policypress.evaluation.suggesting import suggest
from policypress.evaluation.vignettes import Report, run_vignettes
from policypress.formatting import format_library
from policypress.library import read_library
from tests.examples import write_example

ROOT = Path(__file__).parent.parent
LIBRARIES = [ROOT / "source", ROOT / "tests" / "library"]
_FILE = re.compile(r"# (?P<path>\S+/vignettes/\S+)\n(?P<text>(?:- id: .*)?)", re.S)
SECTION = """\
# file: example/sections/pet-ct.yaml
id: pet-ct
title: PET/CT
effect: covered
codes: ["78815"]
criteria:
  all:
    - id: pet-ct.1
      text: The radiation ended at least 12 weeks ago
      compare: {fact: since-radiation, op: ">=", parameter: radiation-delay}
      applies_when:
        id: pet-ct.1.when
        text: There was radiation
    - id: pet-ct.2
      text: The result changes the plan
      unless:
        id: pet-ct.2.unless
        text: The plan is already fixed
    - id: pet-ct.3
      at_least:
        n: 2
        of:
          - {id: pet-ct.3.1, text: One}
          - {id: pet-ct.3.2, text: Two}
          - {id: pet-ct.3.3, text: Three, except_when: {id: pet-ct.3.4, text: Four}}
"""
CASE = """\
# file: example/vignettes/plain.yaml
id: plain
asks: {section: pet-ct}
facts:
  pet-ct.1.when: not_met
  pet-ct.2: met
  pet-ct.3.1: met
  pet-ct.3.2: met
expect:
  verdict: met
  deciding: [pet-ct.2, pet-ct.3]
"""


@pytest.fixture
def source(tmp_path: Path) -> Callable[[str], Path]:
    def write(block: str) -> Path:
        write_example(block, tmp_path / "source")
        return tmp_path / "source"

    return write


def reports(source: Path) -> list[Report]:
    library = read_library(source).library
    return [run_vignettes(library, guideline) for guideline in library.guidelines]


def gaps(report: Report) -> set[tuple[str, str]]:
    return {(gap.node.id, str(gap.verdict)) for gap in report.gaps}


@pytest.mark.parametrize("source", LIBRARIES, ids=lambda path: path.name)
def test_every_case_of_ours_passes(source: Path) -> None:
    for report in reports(source):
        for run in report.runs:
            assert not run.failures, (run.vignette.id, run.failures)


def test_the_cases_of_our_guideline_take_every_branch() -> None:
    (report,) = reports(ROOT / "source")
    assert report.branches > 400
    assert not report.gaps, gaps(report)
    limits = {
        (name, run.vignette.facts[name].value)
        for run in report.runs
        for name in ("lesion-size", "since-radiation", "since-last-evaluation")
        if name in run.vignette.facts
    }
    assert {("lesion-size", f"{size} mm") for size in (7, 8, 9)} <= limits
    assert {("since-radiation", f"{days} d") for days in (83, 84, 85)} <= limits
    assert {("since-last-evaluation", f"{days} d") for days in (59, 60, 61)} <= limits


def test_ours_are_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["vignettes", "--source", str(ROOT / "tests" / "library")]) == 0
    printed = capsys.readouterr().out
    assert "sleep-and-anesthesia: 19 cases, all as expected" in printed
    assert "durable-equipment: 0 cases" in printed
    assert cli.main(["vignettes", "--source", str(ROOT / "tests" / "library"), "--guideline", "durable-equipment"]) == 0
    assert "sleep" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("verdict: met", "verdict: not_met", "the verdict is met, expected not_met"),
        ("[pet-ct.2, pet-ct.3]", "[pet-ct.2]", "deciding is [pet-ct.2, pet-ct.3], expected [pet-ct.2]"),
        ("  deciding: [pet-ct.2, pet-ct.3]\n", "  missing: [pet-ct.2]\n", "missing is [], expected [pet-ct.2]"),
        ("{section: pet-ct}", "{section: pet-tc}", "which example does not have; did you mean pet-ct?"),
        ("{section: pet-ct}", "{section: other/pet-ct}", "lies beside example"),
    ],
)
def test_a_wrong_case_fails(
    source: Callable[[str], Path], capsys: pytest.CaptureFixture[str], right: str, wrong: str, said: str
) -> None:
    folder = source(SECTION + CASE.replace(right, wrong))
    assert cli.main(["vignettes", "--source", str(folder)]) == 1
    printed = capsys.readouterr().out
    assert "FAILED plain" in printed
    assert said in " ".join(printed.split())


def test_another_set_of_the_same_size_passes(source: Callable[[str], Path]) -> None:
    open_case = CASE.replace("  pet-ct.3.1: met\n  pet-ct.3.2: met\n", "  pet-ct.3.3: met\n  pet-ct.3.4: not_met\n")
    for missing, passes in (("pet-ct.3.1", True), ("pet-ct.3.2", True), ("pet-ct.2.unless", False), ("pet-ct.9", False)):
        expected = f"  verdict: unknown\n  missing: [{missing}]\n"
        text = re.sub(r"  verdict: met\n.*", expected, open_case, flags=re.S)
        (report,) = reports(source(SECTION + text))
        assert (not report.runs[0].failures) is passes, report.runs[0].failures


def test_coverage_tells_what_decides(source: Callable[[str], Path]) -> None:
    (report,) = reports(source(SECTION + CASE))
    assert report.branches == 16
    # pet-ct.1 did not apply, and pet-ct.2, pet-ct.3.1, pet-ct.3.2 decided as met.
    assert {("pet-ct.2", "met"), ("pet-ct.3.1", "met"), ("pet-ct.3.2", "met"), ("pet-ct.1.when", "not_met")}.isdisjoint(
        gaps(report)
    )
    assert {("pet-ct.1", "met"), ("pet-ct.1", "not_met"), ("pet-ct.2", "not_met"), ("pet-ct.3.3", "met")} <= gaps(report)
    assert {("pet-ct.2.unless", "met"), ("pet-ct.3.4", "met"), ("pet-ct.3.4", "not_met")} <= gaps(report)


def test_a_case_decides_nothing_that_makes_no_difference(source: Callable[[str], Path]) -> None:
    waived = CASE.replace("facts:\n", "facts:\n  pet-ct.2.unless: met\n")
    (report,) = reports(source(SECTION + waived))
    assert ("pet-ct.2", "met") in gaps(report)


# Suggestions


def adopt(source: Path) -> int:
    """Put every suggestion where it says it belongs."""
    library = read_library(source).library
    count = 0
    for guideline in library.guidelines:
        for suggestion in suggest(library, run_vignettes(library, guideline)):
            found = _FILE.fullmatch(suggestion)
            assert found is not None, suggestion
            file = source / found["path"]
            file.parent.mkdir(exist_ok=True)
            there = file.read_text("utf-8") if file.exists() else ""
            file.write_text("\n".join(filter(None, (there, found["text"]))), "utf-8")
            count += 1
    return count


@pytest.mark.parametrize("library", LIBRARIES, ids=lambda path: path.name)
def test_with_the_suggestions_every_branch_is_decided(library: Path, tmp_path: Path) -> None:
    source = tmp_path / "source"
    shutil.copytree(library, source)
    before = {finding.rule.id for finding in run_checks(read_library(source)) if finding.severity != "info"}
    assert adopt(source) > 0 or library == ROOT / "source"  # whose own cases leave nothing out
    read = read_library(source)
    assert {finding.rule.id for finding in run_checks(read) if finding.severity != "info"} <= before
    for report in reports(source):
        assert not [run.failures for run in report.runs if run.failures]
        assert not report.gaps, gaps(report)
    assert adopt(source) == 0


def test_limits_are_suggested_from_both_sides(source: Callable[[str], Path]) -> None:
    folder = source(SECTION + CASE)
    adopt(folder)
    (report,) = reports(folder)
    cases = {run.vignette.id: run.vignette for run in report.runs}
    assert {id for id in cases if id.startswith("pet-ct.1-")} == {"pet-ct.1-83-d", "pet-ct.1-84-d", "pet-ct.1-85-d"}
    assert cases["pet-ct.1-84-d"].facts["since-radiation"].value == "84 d"


def test_a_suggestion_is_small_and_says_what_each_fact_means(source: Callable[[str], Path]) -> None:
    folder = source(SECTION + CASE)
    library = read_library(folder).library
    (suggestion,) = suggest(library, run_vignettes(library, library.guidelines[0]))
    (one,) = (case for case in suggestion.split("\n\n") if case.startswith("- id: pet-ct.2-not_met".replace("_", "-")))
    assert one == """\
- id: pet-ct.2-not-met
  title: "The result changes the plan: not met"
  asks: {ruling: pet-ct.ruling}
  facts:
    pet-ct.2.unless: not_met # The plan is already fixed
    pet-ct.2: not_met # The result changes the plan
  expect:
    verdict: not_met
    deciding: [pet-ct.2]"""
    assert adopt(folder) == 1
    assert not format_library(folder, [folder / "example" / "vignettes" / "pet-ct.yaml"], write=False)
    texts = [case.partition("  facts:")[2] for case in suggestion.split("\n\n")]
    assert len(set(texts)) == len(texts)


MASKED = """\
# file: example/sections/masked.yaml
id: masked
title: Masked
effect: covered
codes: ["78815"]
criteria:
  all:
    - id: masked.1
      any:
        - {id: masked.1.1, text: One}
        - {id: masked.1.2, text: Two}
    - {id: masked.2, text: Three, fact: three}
    - id: masked.3
      applies_when:
        id: masked.3.when
        all:
          - {id: masked.3.when.1, text: "It is so", fact: so}
          - {id: masked.3.when.2, not: {id: masked.3.when.2.1, text: "It is so", fact: so}}
      text: Four
    - {id: masked.4, not: {id: masked.4.1, text: "Three again", fact: three}}
"""


def test_coverage_says_why_no_case_can_decide(source: Callable[[str], Path], capsys: pytest.CaptureFixture[str]) -> None:
    folder = source(MASKED)
    assert adopt(folder) == 1
    assert cli.main(["vignettes", "--source", str(folder)]) == 0
    told = " ".join(capsys.readouterr().out.split())
    # Three cannot be both met and not met, so the ruling is never met, and only "Three" fails it by itself …
    assert "masked.3: no case decides it as met; none can: whatever else is answered, masked.ruling comes out the same" in told
    assert "masked.3.when: no case is decided by its applying; none can: no answers make it met" in told
    # … which shadows all that ALL needs beside it.
    assert "masked.1.1: no case decides it as met; none can" in told
    assert "none was found" not in told


def test_suggestions_are_printed(source: Callable[[str], Path], capsys: pytest.CaptureFixture[str]) -> None:
    folder = source(SECTION + CASE)
    assert cli.main(["vignettes", "--source", str(folder), "--suggest"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("# example/vignettes/pet-ct.yaml\n- id: pet-ct.1-83-d\n")
    assert "coverage" not in printed
