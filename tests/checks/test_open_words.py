"""Rules about words that are no condition or leave one open: what they must find, and where they must stay silent."""

from __future__ import annotations

from pathlib import Path

import pytest

from policypress.finding import Finding
from tests.examples import findings_of

MINE = {
    "W120", "W121", "W122", "W123", "W124", "W125", "W126", "W127", "W128", "W129", "W130", "W131", "W132", "W133", "W134",
    "C120", "C121", "C122", "C123", "P120", "S240",
}  # fmt: skip
HEAD = "id: pet-mri\ntitle: PET-MRI\neffect: covered\n"


def mine(block: str, folder: Path) -> list[Finding]:
    return [finding for finding in findings_of(block, folder) if finding.rule.id in MINE]


def criterion(text: str, *more: str) -> str:
    return HEAD + f"criteria:\n  text: '{text}'\n" + "".join(f"  {line}\n" for line in more)


FOUND = {
    "Contact was meaningful": ("W120", "meaningful"),
    "The individual is one of several patients": ("W120", "several"),
    "The scan names the biopsy site, the stage, and so on": ("W121", "and so on"),
    "A trial of therapy, for instance of six weeks, has failed": ("W122", "for instance"),
    "The interval is kept except as otherwise noted": ("W123", "except as otherwise noted"),
    "CT of the chest is done as needed": ("W123", "as needed"),
    "A recent study is on file": ("W120", "recent"),
    "The individual meets the criteria in the hemodynamics policy": ("W124", "criteria in the hemodynamics policy"),
    "The criteria above are met": ("W124", "criteria above"),
    "The interval follows lymphoma-specific recommendations": ("W124", "lymphoma-specific recommendations"),
    "The tracer is one that NCCN guidelines name": ("W124", "NCCN guidelines"),
    "The scan is not billed with a second one": ("W125", "is not billed"),
    "The guidance codes hold the imaging": ("W125", "guidance codes"),
    "A glioma is staged or a lymphoma is followed when imaging is inconclusive": ("W127", "when"),
    "Imaging is inconclusive or negative with ongoing suspicion": ("W127", "with"),
    "The lesion is small (PET is not sensitive below that size)": ("W128", "PET is not sensitive below that size"),
    "A biopsy should precede the scan": ("W129", "should"),
    "Further studies may be needed": ("W132", "may be needed"),
    "Lymphomas: delay the scan until therapy ends": ("W133", "delay"),
    "Do not perform the scan earlier": ("W133", "Do not perform"),
    "See above for exceptions": ("W133", "See"),
    "Radiation is suitable": ("W120", "suitable"),
}
SILENT = [
    "A significant weight loss of at least 10 % has been measured",  # the number says what is significant
    "The individual has a certain diagnosis of glioma",
    "A complex regional pain syndrome is present",
    "The QRS complex is wide",
    "The rules of the section hold",
    "The radiotracer has been selected appropriately",
    "The limits of the field are known",
    "The biopsy is used to plan the resection as required by law",
    "Guideline-directed medical therapy has failed",
    "Snoring is reported by the bed partner",
    "The report of the scan names the site",
    "Codes of the region are on the badge of the nurse",
    "The condition is pelvic, uterine or adnexal",
    "A pelvic, uterine or adnexal condition where the first ultrasound is indeterminate",
    "The scan (CT or MRI) is inconclusive",
    "The individual is a child or an adult",
    "The individual should the need arise can lie still",
    "Symptoms may be present",
    "Used needles are kept",
    "Order of treatment: surgery comes first",
    "One of these holds: the tumor is small",
    "The device is suitable for use at home",
    "Seeing is impaired",
]


@pytest.mark.parametrize(("text", "expected"), FOUND.items())
def test_found(text: str, expected: tuple[str, str], tmp_path: Path) -> None:
    found = mine(criterion(text), tmp_path)
    assert [(finding.rule.id, finding.span.raw) for finding in found] == [expected]
    assert found[0].help[0].islower()
    assert found[0].node == "pet-mri.1"


@pytest.mark.parametrize("text", SILENT)
def test_silent(text: str, tmp_path: Path) -> None:
    assert mine(criterion(text), tmp_path) == []


def test_a_pointer_names_the_guidance(tmp_path: Path) -> None:
    text = "The interval follows the disease-specific guidance"
    assert mine(criterion(text, "see: {external: Our guidance}"), tmp_path) == []
    assert mine(criterion(text, "references: [plan-2025]"), tmp_path) == []
    below = HEAD + f"criteria:\n  applies_when:\n    text: {text}\n    see: {{external: Our guidance}}\n  text: A stage is known\n"
    assert mine(below, tmp_path) == []


def test_words_that_send_the_reader_on_may_stand_beside_a_see(tmp_path: Path) -> None:
    block = f"# file: example/sections/pet-mri.yaml\n{criterion('Refer to the page on PET', 'see: pet')}"
    other = "# file: example/sections/pet.yaml\nid: pet\ntitle: PET\neffect: covered\ncriteria:\n  text: A stage is known\n"
    assert mine(block + other, tmp_path) == []


def test_a_defined_word_is_not_vague(tmp_path: Path) -> None:
    terms = "# file: example/registers/terms.yaml\n- term: complex\n  definition: With more than two fragments\n"
    text = criterion("The fracture is complex")
    assert [finding.rule.id for finding in mine(text, tmp_path / "a")] == ["W120"]
    assert mine(f"# file: example/sections/pet-mri.yaml\n{text}{terms}", tmp_path / "b") == []


def test_a_hedge_is_carried_by_what_holds_it(tmp_path: Path) -> None:
    hedged = "  - text: A biopsy should precede the scan\n  - text: The stage is known\n"
    assert len(mine(HEAD + "criteria:\n  all:\n  " + hedged.replace("\n  ", "\n    ").rstrip() + "\n", tmp_path / "a")) == 1
    carried = "strength: should\ncriteria:\n  all:\n  " + hedged.replace("\n  ", "\n    ").rstrip() + "\n"
    assert mine(HEAD + carried, tmp_path / "b") == []
    on_group = "criteria:\n  strength: should\n  all:\n  " + hedged.replace("\n  ", "\n    ").rstrip() + "\n"
    assert mine(HEAD + on_group, tmp_path / "c") == []


def test_labels_of_an_any_are_welcome(tmp_path: Path) -> None:
    members = "    - 'Gliomas: the study is for staging'\n    - 'Lymphomas: the study assesses the response'\n"
    assert mine(HEAD + "criteria:\n  any:\n" + members, tmp_path / "a") == []
    found = mine(HEAD + "criteria:\n  all:\n" + members, tmp_path / "b")
    assert [(finding.rule.id, finding.span.raw) for finding in found] == [("W126", "Gliomas"), ("W126", "Lymphomas")]
    assert found[0].related[0].span.raw.startswith("all")


def test_purposes_that_lead_are_labels(tmp_path: Path) -> None:
    members = "    - Restaging should follow new symptoms\n    - Surveillance intervals should be kept\n"
    found = mine(HEAD + "strength: should\ncriteria:\n  all:\n" + members, tmp_path)
    assert [(finding.rule.id, finding.span.raw) for finding in found] == [("W126", "Restaging"), ("W126", "Surveillance")]


TWO = "# file: example/sections/a.yaml\nid: a\ntitle: A\n{a}\n# file: example/sections/b.yaml\nid: b\ntitle: B\n{b}\n"
DELAY = "effect: covered\ncriteria:\n  text: {}\n  uses: [radiation-delay]\n"


def test_the_same_delay_with_the_same_exception(tmp_path: Path) -> None:
    same = "At least 12 weeks have passed since the end of radiation"
    unless = "  unless:\n    text: Surgery is imminent\n"
    assert mine(TWO.format(a=DELAY.format(same) + unless, b=DELAY.format(same) + unless), tmp_path / "a") == []
    found = mine(TWO.format(a=DELAY.format(same) + unless, b=DELAY.format(same)), tmp_path / "b")
    assert [finding.rule.id for finding in found] == ["P120", "P120"]
    assert "unless “surgery is imminent”" in found[0].message
    assert "without an exception" in found[1].message
    assert found[1].related[0].span.path.endswith("a.yaml")


def test_another_event_is_another_delay(tmp_path: Path) -> None:
    a, b = "At least 12 weeks have passed since radiation", "At least 12 weeks have passed since surgery"
    unless = "  unless:\n    text: Surgery is imminent\n"
    assert mine(TWO.format(a=DELAY.format(a) + unless, b=DELAY.format(b)), tmp_path) == []


def test_parts_of_a_title(tmp_path: Path) -> None:
    section = "id: lung\ntitle: SCLC; NSCLC staging; NSCLC surveillance\neffect: covered\ncriteria:\n  any:\n    - SCLC is {}\n"
    section += "    - NSCLC is in staging\n"
    (found,) = mine(section.format("under surveillance"), tmp_path / "a")
    assert (found.rule.id, found.span.raw) == ("W131", "NSCLC surveillance")
    assert mine(section.format("found") + "    - NSCLC is under surveillance\n", tmp_path / "b") == []


def test_a_general_ruling_may_be_about_everything(tmp_path: Path) -> None:
    a = "effect: {}\n{}criteria:\n  text: The study changes the plan of treatment\n"
    b = "effect: covered\ncodes: [78815]\ncriteria:\n  text: A biopsy has failed\n"
    assert [f.rule.id for f in mine(TWO.format(a=a.format("covered", ""), b=b), tmp_path / "a")] == ["S240"]
    assert mine(TWO.format(a=a.format("covered", "scope: general\n"), b=b), tmp_path / "b") == []
    assert mine(TWO.format(a=a.format("not_covered", ""), b=b), tmp_path / "c") == []
    assert mine(TWO.format(a=a.format("covered", ""), b=b.replace("codes: [78815]\n", "")), tmp_path / "d") == []


def test_codes_told_once_or_with_their_class(tmp_path: Path) -> None:
    rule = "coding_rules:\n  - rule: not_with\n    class: {role: diagnostic}\n    with: {role: guidance}\n    text: "
    text = HEAD + "criteria:\n  text: The stage is known\n" + rule + "The appropriate codes are not billed with guidance codes.\n"
    assert mine(text, tmp_path) == []
