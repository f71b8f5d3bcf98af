"""The rules that mend themselves: after `check --fix` the finding is gone, and no other word has changed.

Each rule's own bad example is tried, and where that cannot show it, an example here.
"""

from __future__ import annotations

import html
import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policypress.checks import RULES, run_checks
from policypress.cli import main
from policypress.codes import LOOK_ALIKES
from policypress.finding import Edit, Finding
from policypress.fixing import diff, fix, mend
from policypress.library import read_library
from tests.examples import BLOCK, write_example

ROOT = Path(__file__).resolve().parents[1]
SECTION = "id: pet-mri\ntitle: PET-MRI\neffect: covered\ncriteria:\n"
GUIDELINE = """\
# file: example/guideline.yaml
id: example
title: Example
version: 1.0.0
status: draft
effective: {effective}
chapters:
  - title: General
    sections: [{section}]
{more}# file: example/sections/pet-mri.yaml
id: pet-mri
title: PET-MRI
effect: covered
criteria: The study changes the plan of treatment
"""
# What its own page cannot show: two conditions, a word that is no slip, a fault of which a part alone can be mended.
MORE = {
    "F101": [SECTION + "  Text: The study changes the plan of treatment\n", SECTION.replace("title", "Title") + "  text: It is new\n"],
    "F103": [SECTION.replace("criteria", "codes: 78813\ncriteria") + "  text: It is new\n"],
    "F104": [
        SECTION.replace("covered", "Not covered") + "  text: It is new\n",
        GUIDELINE.format(effective="2026/1/31", section="pet-mri", more=""),
    ],
    "F105": [SECTION.replace("id: pet-mri", "id: PET MRI") + "  text: It is new\n"],
    "C101": [
        SECTION.replace("criteria", "codes: [70553‑26, g0235, 78815]\ncriteria") + "  text: It is new\n",
        SECTION.replace("criteria", "codes: ['70553 - 70554', С71.9]\ncriteria") + "  text: It is new\n",
    ],
    "L101": ["id: pet-mri\ntitle: PET-MRI\neffect: covered\n# allow: s203 more will come\ncriteria:\n  all:\n    - It is new\n"],
    "R101": [
        SECTION + "  all:\n    - It is new\n    - {text: That holds as well, see: pet.mri.1}\n",
        SECTION + "  all:\n    - It is new\n    - {text: That holds as well, see: example/pet.mri.1}\n",
    ],
    "R103": [SECTION + "  all:\n    - It is new\n    - text: It was 12 weeks ago\n      uses: [radiation.delay]\n"],
    "R104": [GUIDELINE.format(effective="2026-01-01", section="pet-mri", more="retired: [{id: gone, on: 2026-01-01, successor: pet.mri}]\n")],
    "R109": [SECTION.replace("effect", "query:\n  text: Is it meant so?\n  covers: [Group-of-one]\neffect") + "  text: It is new\n"],
    "S209": [GUIDELINE.format(effective="2026-01-01", section="pet.mri", more="")],
    "W104": [
        SECTION + "  text: The lesion is larger than 2 &amp; it has grown\n",
        SECTION + "  text: The ﬁrst study&nbsp;was done\n",
        SECTION + "  text: The patientâ€™s study was done\n",
    ],
    "W106": [SECTION + "  text: The study is <b>urgent</b> today\n"],
    "W140": [SECTION + "  text: The РЕТ is planned\n"],
    "W107": [SECTION + "  text: Two  spaces stand here\n", SECTION + "  all:\n    - '• It is new'\n    - It is old\n"],
    "Y010": [SECTION + "  all:\n    - It is new\n    - text: Treatment: it has failed\n", SECTION + "  all:\n    - @home care is needed\n    - It is new\n"],
    "Y017": [SECTION + "  text: The study\u200b is\tnew\n"],
}  # fmt: skip
CASES = [
    pytest.param(rule.id, block, id=f"{rule.id}-{number}")
    for rule in RULES
    for number, block in enumerate([*(block for kind, block in BLOCK.findall(rule.page) if kind == "bad"), *MORE.get(rule.id, [])])
]


def found(folder: Path) -> tuple[Finding, ...]:
    return run_checks(read_library(folder))


# What these write is no other spelling of what stood there: a unit, a term, a date, an amount, a letter read in the wrong encoding.
REWRITES = {"D107", "F104", "P101", "P105", "R108", "T102", "W104", "W140"}
TAKES_OUT = {"C109", "L102", "S224", "W106", "W107", "Y017"}


def letters(text: str) -> str:
    """Return what makes the words of a text: no case, blanks, hyphens, quotes; one alphabet."""
    plain = unicodedata.normalize("NFKC", html.unescape(text)).translate(LOOK_ALIKES).casefold()
    return re.sub(r"[\W_]", "", plain)


def keeps_the_words(rule: str, edit: Edit) -> bool:
    """Tell whether an edit says the same as before, or does no more than its rule may."""
    before, after = letters(edit.span.raw), letters(edit.new)
    if rule in TAKES_OUT:
        return after in ("", before)
    return rule in REWRITES or before in after  # what stands in the words is added to the data


def mended(rule: str, block: str, folder: Path) -> int:
    """Mend the findings of a rule; look at what came of it, and return how many there were to mend."""
    write_example(block, folder)
    total = 0
    for _ in range(4):
        findings = [one for one in found(folder) if one.rule.id == rule and one.edits]
        total += len(findings)
        if not findings:
            return total
        for edit in (edit for one in findings for edit in one.edits):
            assert keeps_the_words(rule, edit), (edit.span.raw, edit.new)
        fix(findings)
    raise AssertionError(f"{rule} is never done")


@pytest.mark.parametrize(("rule", "block"), CASES)
def test_what_can_be_mended_is_gone_afterwards(rule: str, block: str, tmp_path: Path) -> None:
    if not mended(rule, block, tmp_path):
        return
    left = [one for one in found(tmp_path) if one.rule.id == rule]
    # A finding that offers no edit may stand beside one that did.
    assert not [one for one in left if one.edits], left
    again = {path: path.read_bytes() for path in tmp_path.rglob("*.yaml")}
    fix(left)
    assert again == {path: path.read_bytes() for path in tmp_path.rglob("*.yaml")}


@pytest.mark.parametrize(("rule", "block"), [case.values for case in CASES if case.values[0] in MORE and case.values[1] in MORE[case.values[0]]])
def test_the_examples_here_are_mended_whole(rule: str, block: str, tmp_path: Path) -> None:
    assert mended(rule, block, tmp_path)
    assert not [one for one in found(tmp_path) if one.rule.id == rule]


def test_the_guide_lists_the_rules_that_mend_themselves(tmp_path: Path) -> None:
    mending = set()
    for number, case in enumerate(CASES):
        rule, block = case.values
        if mended(str(rule), str(block), tmp_path / str(number)):
            mending.add(rule)
    assert len(mending) >= 20
    guide = (ROOT / "docs" / "writers.md").read_text(encoding="utf-8")
    listed = re.search(r"<!-- mended by --fix -->\n(.*?)\n\n", guide, re.S)
    assert listed is not None
    assert re.findall(r"`([A-Z]\d{3})`", listed[1]) == sorted(mending)


def test_a_diff_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    write_example(MORE["W107"][0], tmp_path / "source")
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "source/example/sections/section.yaml"
    before = path.read_bytes()
    for arguments in (["--diff"], ["--fix", "--diff"]):
        assert main(["check", *arguments]) == 1
        assert capsys.readouterr().out == (
            "--- a/source/example/sections/section.yaml\n+++ b/source/example/sections/section.yaml\n@@ -2,4 +2,4 @@\n"
            " title: PET-MRI\n effect: covered\n criteria:\n-  text: Two  spaces stand here\n+  text: Two spaces stand here\n"
        )
        assert path.read_bytes() == before
    assert main(["check", "--fix"]) == 0
    capsys.readouterr()
    assert main(["check", "--diff"]) == 0
    assert capsys.readouterr().out == ""


def test_a_diff_of_a_file_without_a_last_line_end(tmp_path: Path) -> None:
    write_example(MORE["W107"][0].rstrip("\n"), tmp_path)
    said = diff(found(tmp_path))
    assert said.endswith(" here\n\\ No newline at end of file\n")


@given(
    st.lists(st.sampled_from([block for blocks in MORE.values() for block in blocks if "# file:" not in block]), min_size=1, max_size=4)
)
@settings(max_examples=25, deadline=None)
def test_mending_comes_to_an_end(tmp_path_factory: pytest.TempPathFactory, blocks: list[str]) -> None:
    folder = tmp_path_factory.mktemp("several")
    parts = [
        f"# file: example/sections/s{number}.yaml\n" + re.sub(r"^(?i:id): \S.*$", f"id: s{number}", block, count=1, flags=re.M)
        for number, block in enumerate(blocks)
    ]
    write_example("".join(parts), folder)
    for _ in range(6):
        findings = found(folder)
        count, files = mend(findings)
        if not count:
            break
        fix(findings)
        assert all((folder / "example").exists() for _ in files)
    assert not mend(found(folder))[1]
