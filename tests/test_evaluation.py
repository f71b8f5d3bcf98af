"""One case from file to page: verdict, what decides, what is missing, what binds the claim, and what must be said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from policypress import cli
from policypress.evaluation.judgement import Evaluation, evaluate
from policypress.evaluation.locating import CaseFault, locate
from policypress.library import read_cases, read_library
from policypress.model import Library
from policypress.report import determination, determination_json
from tests.conftest import Golden
from tests.examples import write_example

ROOT = Path(__file__).parent.parent
LIBRARY = ROOT / "tests" / "library"
CASES = LIBRARY / "sleep-and-anesthesia" / "vignettes"
PET_MRI = """\
# file: example/sections/pet-mri.yaml
id: pet-mri
title: PET-MRI
effect: covered
strength: may
codes: ["78813", "76498"]
criteria:
  id: pet-mri.criteria
  any:
    - id: pet-mri.1
      text: The individual meets the criteria of the disease section
    - id: pet-mri.2
      all:
        - id: pet-mri.2.1
          text: The individual meets the guideline criteria for PET/CT
          see: pet-ct
        - id: pet-mri.2.2
          text: PET/CT is not available
          documentation:
            - A letter of the institution
coding_rules:
  - id: pet-mri.together
    rule: report_with
    codes: ["78813", "76498"]
    text: Report CPT 78813 together with CPT 76498.
  - id: pet-mri.brain
    rule: may_report_with
    class: {modality: MRI, role: diagnostic}
    with: ["78813"]
    when:
      id: pet-mri.brain.when
      text: The brain is imaged
    text: The brain may be reported as well.
documentation:
  - The report of the study
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
    - id: pet-ct.2
      text: The result changes the plan
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    write_example(PET_MRI, tmp_path / "source")
    return tmp_path / "source"


def asked(
    source: Path, asks: str, facts: dict[str, str], on: str = "2026-03-01", folder: Path | None = None
) -> Evaluation:
    file = (folder or source.parent) / "case.yaml"
    told = "".join(f"\n  {fact}: {value}" for fact, value in facts.items()) or " {}"
    day = f"on: {on}\n" if on else ""
    file.write_text(f"id: case\nasks: {{{asks}}}\n{day}facts:{told}\n", "utf-8")
    (case,), _ = read_cases(file)
    library = read_library(source).library
    return evaluate(library, case, locate(library, case, file, source))


def test_the_example_of_the_format(source: Path) -> None:
    facts = {"pet-ct": "met", "pet-mri.2.2": "met", "since-radiation": "14 wk"}
    found = determination_json.document(asked(source, "section: pet-mri", facts))
    keys = ["asks", "verdict", "rulings", "coding_rules", "documentation", "version"]
    assert list(found)[:6] == keys
    assert found["asks"] == {"section": "pet-mri"}
    assert found["verdict"] == "met"
    (ruling,) = found["rulings"]
    assert (ruling["effect"], ruling["verdict"], ruling["deciding"], ruling["missing"]) == (
        "covered", "met", ["pet-mri.2"], [],
    )  # fmt: skip
    assert [(rule["id"], rule["when"]) for rule in found["coding_rules"]] == [
        ("pet-mri.together", "met"), ("pet-mri.brain", "unknown"),
    ]  # fmt: skip
    assert [demand["id"] for demand in found["documentation"]] == ["pet-mri", "pet-mri.2.2"]
    assert found["version"] == "1.0.0"


def test_missing_facts_are_asked_in_words(source: Path) -> None:
    found = determination_json.document(asked(source, "section: pet-mri", {"pet-mri.1": "not_met", "pet-mri.2.2": "met"}))
    assert (found["verdict"], found["missing"]) == ("unknown", ["since-radiation"])
    assert found["settles"]["verdict"] == "not_met"
    assert found["favorable"]["answers"] == {"pet-ct": "met"}
    found = determination_json.document(asked(source, "section: pet-ct", {"pet-ct.2": "met"}))
    assert found["questions"] == [
        {"fact": "since-radiation", "question": "How long ago did radiation end?", "asked_by": ["pet-ct.1"]}
    ]


def test_what_no_answer_can_change_is_said(source: Path) -> None:
    section = source / "example" / "sections" / "pet-ct.yaml"
    text = section.read_text("utf-8")
    section.write_text(text + "    - not: {id: pet-ct.3, text: It does not, fact: pet-ct.2}\n", "utf-8")
    page = determination.text(asked(source, "section: pet-ct", {"since-radiation": "14 wk"}))
    assert "No answers to what is open can bring it to met any more." in page
    assert "Whatever the open answers are, the verdict is the same: not met." in page


@pytest.mark.parametrize(
    ("facts", "remark"),
    [
        ({"since-radiation": "14 lb"}, "since-radiation: “14 lb” cannot be compared with 12 wk, so it is as good as unknown."),
        ({"pet-ct.2": "yes"}, "pet-ct.2: “yes” is no answer; write met, not_met, unknown or not_applicable."),
        ({"pet-ct.2": "14 wk"}, "pet-ct.2: “14 wk” answers nothing, since the question is answered met or not_met."),
        ({"pet-ct.9": "met"}, "pet-ct.9 answers nothing: no criterion, section or register has this name."),
        (
            {"dx.glioma": "met", "dx.lymphoma": "met"},
            "dx.glioma and dx.lymphoma exclude each other (brain tumor), and the case gives all of them as met.",
        ),
    ],
)
def test_answers_that_answer_nothing_are_said(source: Path, facts: dict[str, str], remark: str) -> None:
    assert remark in asked(source, "section: pet-ct", facts).remarks


def test_dates_are_said(source: Path) -> None:
    early = asked(source, "code: 78815", {}, on="2025-12-31").remarks
    assert "On 2025-12-31 this version was not in effect yet: it applies from 2026-01-01." in early
    without = asked(source, "section: pet-ct", {"since-radiation": "2025-01-01"}, on="").remarks
    assert any("names no day" in remark for remark in without)
    assert any("cannot be compared with 12 wk" in remark and "Give `on` too." in remark for remark in without)
    codes = source / "registers" / "codes.yaml"
    text = codes.read_text("utf-8").replace('code: "78815",', 'code: "78815", active: {from: 2020-01-01, until: 2025-12-31},')
    codes.write_text(text, "utf-8")
    gone = asked(source, "code: 78815", {}).remarks
    assert "78815 was not active on 2026-03-01: it may be reported from 2020-01-01 until 2025-12-31." in gone


@pytest.mark.parametrize(
    ("asks", "facts", "deciding"),
    [
        ("ruling: dental-anesthesia.cosmetic", {"dental-anesthesia.cosmetic-work": "met", "dental-anesthesia.injury": "met"},
         ["dental-anesthesia.cosmetic-work"]),
        ("section: children", {"age": "40 a"}, ["children.age"]),
        ("node: lab-study.signs", {"lab-study.snoring": "met", "lab-study.pauses": "met"},
         ["lab-study.snoring", "lab-study.pauses"]),
        ("code: 64400", {}, []),
        ("section: pap-device", {"pap-device": "met"}, ["pap-device"]),
        ("ruling: lab-study.adult", {"lab-study.criteria": "met"}, ["lab-study.criteria"]),
    ],
)  # fmt: skip
def test_what_decides(tmp_path: Path, asks: str, facts: dict[str, str], deciding: list[str]) -> None:
    found = asked(LIBRARY, asks, facts, folder=tmp_path)
    assert list(found.judgement.deciding) == deciding


def test_the_exception_decides_where_it_settles_a_group(source: Path) -> None:
    section = source / "example" / "sections" / "pet-ct.yaml"
    text = section.read_text("utf-8")
    section.write_text(text.replace("  all:\n", "  unless:\n    id: pet-ct.urgent\n    text: It is urgent\n  all:\n"), "utf-8")
    assert asked(source, "section: pet-ct", {"pet-ct.urgent": "met"}).judgement.deciding == ("pet-ct.urgent",)
    both = {"pet-ct.urgent": "met", "pet-ct.1": "met", "pet-ct.2": "met"}
    assert asked(source, "section: pet-ct", both).judgement.deciding == ("pet-ct.1", "pet-ct.2")


# Which guideline


def two(source: Path) -> Library:
    other = source / "other"
    (other / "sections").mkdir(parents=True)
    for name in ("guideline.yaml", "sections/pet-ct.yaml"):
        text = (source / "example" / name).read_text("utf-8")
        text = text.replace("id: example", "id: other").replace("[pet-mri, pet-ct]", "[pet-ct]")
        (other / name).write_text(text.replace("[pet-ct, pet-mri]", "[pet-ct]"), "utf-8")
    return read_library(source).library


@pytest.mark.parametrize(
    ("asks", "place", "found"),
    [
        ("section: pet-mri", "case.yaml", "example"),
        ("section: other/pet-ct", "case.yaml", "other"),
        ("section: pet-ct", "source/other/vignettes/case.yaml", "other"),
        ("code: 78813", "case.yaml", "example"),
        ("code: other/78815", "case.yaml", "other"),
        ("section: pet-ct", "case.yaml", "example and other all have it"),
        ("code: 78815", "case.yaml", "write `asks: {code: example/78815}`"),
        ("section: pet-mir", "case.yaml", "did you mean pet-mri?"),
        ("ruling: pet-mri", "case.yaml", "which is a section: write `asks: {section: pet-mri}`"),
        ("section: nowhere/pet-ct", "case.yaml", "there is no guideline nowhere"),
        ("section: pet-mri", "source/other/vignettes/case.yaml", "which other does not have"),
    ],
)
def test_the_guideline_of_a_case(source: Path, asks: str, place: str, found: str) -> None:
    library = two(source)
    file = source.parent / place
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"id: case\nasks: {{{asks}}}\nfacts:\n  pet-ct.1: met\n", "utf-8")
    (case,), _ = read_cases(file)
    if " " not in found:
        assert locate(library, case, file, source).id == found
    else:
        with pytest.raises(CaseFault, match=found.replace("?", "[?]").replace("{", "[{]")):
            locate(library, case, file, source)


# The command


def run(*arguments: str | Path) -> int:
    return cli.main([str(argument) for argument in arguments])


GOLDENS = ["code-adult-repeat", "pap-mild-open", "code-child", "home-test-lung-disease", "late-visit-waived"]


@pytest.mark.parametrize("format", ["text", "json"])
@pytest.mark.parametrize("name", GOLDENS)
def test_goldens(name: str, format: str, capsys: pytest.CaptureFixture[str], golden: Golden) -> None:
    assert run("evaluate", CASES / f"{name}.yaml", "--source", LIBRARY, "--format", format) == 0
    printed = capsys.readouterr().out
    golden(f"evaluate-{name}.{'txt' if format == 'text' else 'json'}", printed.encode())
    assert "denied" not in printed.lower()
    if format == "json":
        assert json.loads(printed)["verdict"]


def test_a_case_that_expects_something_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "case.yaml"
    file.write_text((CASES / "order-too-early.yaml").read_text("utf-8").replace("verdict: not_met", "verdict: met"), "utf-8")
    assert run("evaluate", file, "--source", LIBRARY) == 1
    assert "the verdict is not_met, expected met" in capsys.readouterr().err


def test_a_case_that_cannot_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "case.yaml"
    file.write_text("id: case\nask: {section: general}\nfacts: {a: met}\n", "utf-8")
    assert run("evaluate", file, "--source", LIBRARY) == 1
    assert "did you mean asks?" in capsys.readouterr().err
    assert run("evaluate", tmp_path / "none.yaml", "--source", LIBRARY) == 2
    file.write_text("id: case\nasks: {section: nothing}\nfacts: {a: met}\n", "utf-8")
    assert run("evaluate", file, "--source", LIBRARY) == 2


def test_a_guideline_that_cannot_be_read_whole_is_not_evaluated(
    source: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = source.parent / "case.yaml"
    file.write_text("id: case\nasks: {section: pet-ct}\nfacts: {pet-ct.2: met}\n", "utf-8")
    assert run("evaluate", file, "--source", source) == 0
    section = source / "example" / "sections" / "pet-mri.yaml"
    section.write_text(section.read_text("utf-8").replace("any:", "anny:"), "utf-8")
    assert run("evaluate", file, "--source", source) == 1
    assert "cannot be read whole" in capsys.readouterr().err
