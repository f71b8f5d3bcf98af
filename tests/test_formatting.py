"""`fmt` changes no word, keeps every comment, gives the ids that reading gave, and has nothing to do a second time."""

from __future__ import annotations

import re
import shutil
import stat
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from policypress.checks import run_checks
from policypress.formatting import Change, format_library
from policypress.library import read_library
from policypress.nodes import parse
from policypress.outline import outline
from policypress.render import export, export_registers
from policypress.text import Source
from tests.examples import findings_of, write_example
from tests.plain_reader import words
from tests.strategies import section_texts

ROOT = Path(__file__).parent.parent
LIBRARIES = [ROOT / "source", ROOT / "tests" / "library"]
SECTION = "example/sections/section.yaml"


def exports(folder: Path) -> dict[str, bytes]:
    laid = [outline(guideline) for guideline in read_library(folder).library.guidelines]
    documents = {one.guideline.id: export.export(one, True) for one in laid}
    return {**documents, "codes": export_registers.codes(laid)}


def formatted(text: str, folder: Path) -> str:
    """Format a section; it must not be left alone."""
    write_example(text, folder)
    for change in format_library(folder, [], write=True):
        assert not change.findings, [finding.message for finding in change.findings]
    return (folder / SECTION).read_bytes().decode()


def comments(text: str) -> Counter[str]:
    return Counter(match[0].strip() for match in re.finditer(r"(?m)(?:^|(?<=\s))# (?:comment|allow|yaml).*$", text))


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.yaml"))}


@pytest.mark.parametrize("library", LIBRARIES, ids=lambda path: path.name)
def test_a_library_says_the_same_before_and_after(library: Path, tmp_path: Path) -> None:
    folder = tmp_path / "source"
    shutil.copytree(library, folder)
    before, findings, texts = exports(folder), run_checks(read_library(folder)), files(folder)
    changes = format_library(folder, [], write=True)
    assert all(not change.findings for change in changes)
    assert exports(folder) == before
    after = run_checks(read_library(folder))
    assert Counter((f.rule.id, f.message, f.section, f.node) for f in after) == Counter(
        (f.rule.id, f.message, f.section, f.node) for f in findings
    )
    for path, data in files(folder).items():
        lost = Counter(words(texts[path].decode())) - Counter(words(data.decode()))
        assert not lost, path
    assert format_library(folder, [], write=False) == []


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=section_texts)
def test_a_random_section_says_the_same_before_and_after(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("random")
    write_example(text, folder)
    read = read_library(folder)
    if any(finding.rule.id[0] in "YF" for finding in read.findings):  # such as `a - b` at the head of a block line
        before = (folder / SECTION).read_bytes()
        assert any(change.findings for change in format_library(folder, [folder / SECTION], write=True))
        assert (folder / SECTION).read_bytes() == before
        return
    before = exports(folder)
    new = formatted(text, folder)
    assert exports(folder) == before
    assert comments(new) == comments(text)
    assert not Counter(words(text)) - Counter(words(new))
    assert format_library(folder, [], write=False) == []


BEFORE = """\
# yaml-language-server: $schema=x

# Written by hand.
title: 'PET-MRI'
id: pet-mri
effect: covered # see the contract


codes:
- 78813   # whole body
- 00100
criteria:
    # Either will do.
    any:
    - The study is for staging: "early", or late #1
    # - taken out
    -   all:
          # the first of two
          - text: "PET/CT is not available"
          # with its own id
            id: own
          - {text: "The provider asks, in writing", see: {code: 78815}}
coding_rules:
- text: Report CPT 78813 with CPT 00100.
  rule: report_with
  codes: [78813]
  with: [00100]
notes:
- |-
   Two
     lines
# the end
"""
AFTER = """\
# yaml-language-server: $schema=x

# Written by hand.
id: pet-mri
title: PET-MRI
effect: covered # see the contract

codes:
  - "78813" # whole body
  - "00100"
criteria:
  id: pet-mri.criteria
  # Either will do.
  any:
    - id: pet-mri.1
      text: "The study is for staging: \\"early\\", or late #1"
    # - taken out
    - id: pet-mri.2
      all:
        # the first of two
        # with its own id
        - id: own
          text: PET/CT is not available
        - id: pet-mri.2.2
          text: The provider asks, in writing
          see: {code: "78815"}
coding_rules:
  - id: pet-mri.rule.1
    rule: report_with
    codes: ["78813"]
    with: ["00100"]
    text: Report CPT 78813 with CPT 00100.
notes:
  - |
    Two
      lines
# the end
"""


def test_the_layout(tmp_path: Path) -> None:
    text = BEFORE.replace('- The study is for staging: "early", or late #1', "- 'The study is for staging: \"early\", or late #1'")
    write_example(text, tmp_path)
    (tmp_path / SECTION).chmod(0o640)
    changes = format_library(tmp_path, [tmp_path / SECTION], write=True)
    assert (tmp_path / SECTION).read_text(encoding="utf-8") == AFTER
    assert [change.minted for change in changes] == [
        ("pet-mri.criteria", "pet-mri.1", "pet-mri.2", "pet-mri.2.2", "pet-mri.rule.1")
    ]
    assert stat.S_IMODE((tmp_path / SECTION).stat().st_mode) == 0o640
    assert [path.name for path in (tmp_path / SECTION).parent.iterdir()] == ["section.yaml"]


def test_check_writes_nothing(tmp_path: Path) -> None:
    write_example(AFTER.replace("  id: pet-mri.criteria\n", ""), tmp_path)
    before = files(tmp_path)
    (change,) = format_library(tmp_path, [tmp_path / SECTION], write=False)
    assert change == Change(change.path, AFTER, ("pet-mri.criteria",))
    assert files(tmp_path) == before


@pytest.mark.parametrize(
    ("old", "new"),
    [("effect: covered", "efect: covered"), ("title: PET-MRI", "title: PET-MRI # short"), ("codes:", "codes: [")],
)
def test_a_file_with_a_fault_is_left_alone(tmp_path: Path, old: str, new: str) -> None:
    write_example(AFTER.replace("  id: pet-mri.criteria\n", "").replace(old, new), tmp_path)
    before = files(tmp_path)
    (change,) = format_library(tmp_path, [tmp_path / SECTION], write=True)
    assert change.findings
    assert files(tmp_path) == before


def test_no_id_is_given_where_the_retired_ones_are_not_known(tmp_path: Path) -> None:
    write_example(BEFORE.replace('"early", or late #1', "early").replace("staging: ", ""), tmp_path)
    head = tmp_path / "example/guideline.yaml"
    head.write_text(head.read_text() + "retired: [{id: pet-mri.1}]\n")
    by_path = {change.path.rsplit("example/")[-1]: change for change in format_library(tmp_path, [], write=True)}
    assert [f.rule.id for f in by_path["sections/section.yaml"].findings] == ["F102"]
    head.write_text(head.read_text().replace("{id: pet-mri.1}", "{id: pet-mri.1, on: 2026-01-01}"))
    format_library(tmp_path, [], write=True)
    assert "id: pet-mri.1\n" not in (tmp_path / SECTION).read_text()
    head.unlink()
    (tmp_path / SECTION).write_text("id: a\ntitle: A\neffect: covered\ncriteria: A sentence\n")
    (change,) = format_library(tmp_path, [tmp_path / SECTION], write=True)
    assert [finding.rule.id for finding in change.findings] == ["S102"]


def test_an_id_that_another_file_has_is_not_written_again(tmp_path: Path) -> None:
    other = "id: other\ntitle: Other\neffect: covered\ncriteria:\n  id: pet-mri.2\n  text: It moved here\n"
    section = "id: pet-mri\ntitle: PET-MRI\neffect: covered\ncriteria:\n  all:\n    - One\n    - Two\n"
    write_example(f"# file: {SECTION}\n{section}# file: example/sections/other.yaml\n{other}", tmp_path)
    (change,) = format_library(tmp_path, [tmp_path / SECTION], write=True)
    assert "pet-mri.2" in change.findings[0].message
    assert (tmp_path / SECTION).read_text() == section


def test_a_tree_that_would_grow_too_deep_is_left_alone(tmp_path: Path) -> None:
    lines = ["id: a", "title: A", "effect: covered", "criteria:"]
    lines += ["  " * depth + "not:" for depth in range(1, 15)]
    lines[-1] = lines[-1].replace("not:", "not: The last one")
    write_example("\n".join(lines) + "\n", tmp_path)
    assert not read_library(tmp_path).findings
    changes = format_library(tmp_path, [tmp_path / SECTION], write=True)
    assert not changes[0].findings  # one level to spare
    deeper = "\n".join([*lines[:-1], lines[-1].replace("not: The", "not:\n" + "  " * 15 + "not: The")]) + "\n"
    write_example(deeper, tmp_path)
    assert not read_library(tmp_path).findings
    (change,) = format_library(tmp_path, [tmp_path / SECTION], write=True)
    assert [finding.rule.id for finding in change.findings] == ["Y018"]
    assert (tmp_path / SECTION).read_text() == deeper


SUPPRESSED = [
    ("S203", "id: pet-mri\ntitle: PET-MRI\neffect: covered\n{allow}criteria:\n  all:\n    - One thing is so\n"),
    ("S203", "id: pet-mri\ntitle: PET-MRI\neffect: covered\ncriteria:\n  {allow}  all:\n    - One thing is so\n"),
    ("W101", "{allow}title: ANY of PET-MRI\nid: pet-mri\neffect: covered\ncriteria: One thing is so\n"),
    (
        "S203",
        "id: pet-mri\ntitle: PET-MRI\neffect: covered\ncriteria:\n  any:\n    - One thing is so\n"
        "    {allow}    - all:\n        - Another\n",
    ),
]


@pytest.mark.parametrize(("rule", "text"), SUPPRESSED)
def test_a_suppression_stays_above_its_node(tmp_path: Path, rule: str, text: str) -> None:
    found = findings_of(re.sub(" *{allow}", "", text), tmp_path)
    assert rule in {finding.rule.id for finding in found}
    allowed = text.format(allow=f"# allow: {rule} for the test\n")
    assert rule not in {finding.rule.id for finding in findings_of(allowed, tmp_path)}
    new = formatted(allowed, tmp_path)
    assert new != allowed
    after = run_checks(read_library(tmp_path))
    assert not {finding.rule.id for finding in after} & {rule, "L101", "L102"}, new


def test_lines_end_as_they_did(tmp_path: Path) -> None:
    write_example("id: a\ntitle: A\n", tmp_path)
    (tmp_path / SECTION).write_bytes(b"title: A\r\nid: section\r\neffect: covered\r\ncriteria:\r\n  text: One\r\n")
    format_library(tmp_path, [], write=True)
    data = (tmp_path / SECTION).read_bytes()
    assert data.startswith(b"id: section\r\ntitle: A\r\n")
    assert data.count(b"\r\n") == data.count(b"\n")
    assert parse(Source("x", data.decode()))[1] == []
