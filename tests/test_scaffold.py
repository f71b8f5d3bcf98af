"""What `new` makes passes `check`, stays where it belongs, and never overwrites."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from policypress.checks import run_checks
from policypress.formatting import format_library
from policypress.library import read_library
from policypress.scaffold import ScaffoldFault, new_guideline, new_section


def library(folder: Path) -> Path:
    source = folder / "source"
    source.mkdir()
    return source


def files(folder: Path) -> dict[str, str]:
    return {p.relative_to(folder).as_posix(): p.read_text(encoding="utf-8") for p in folder.rglob("*") if p.is_file()}


def test_a_new_guideline_passes_check(tmp_path: Path) -> None:
    source = library(tmp_path)
    made = new_guideline(source, "sleep-testing")
    assert [path.relative_to(source).as_posix() for path in made[:2]] == [
        "sleep-testing/guideline.yaml", "sleep-testing/sections/general.yaml",
    ]  # fmt: skip
    read = read_library(source)
    assert not [finding for finding in run_checks(read) if finding.severity != "info"]
    (guideline,) = read.library.guidelines
    assert [section.id for section in guideline.sections] == ["general"]
    assert guideline.draft


def test_a_new_section_passes_check_and_is_listed_last(tmp_path: Path) -> None:
    source = library(tmp_path)
    new_guideline(source, "sleep-testing")
    for id in ("home-test", "1.10", "no"):
        new_section(source, "sleep-testing", id)
    read = read_library(source)
    assert not [finding for finding in run_checks(read) if finding.severity != "info"]
    assert [section.id for section in read.library.guidelines[0].sections] == ["general", "home-test", "1.10", "no"]


@pytest.mark.parametrize(
    ("chapters", "expected"),
    [
        ("chapters:\n  - title: A\n    sections: [one]\n", "chapters:\n  - title: A\n    sections: [one, new]\n"),
        (
            "chapters:\n- title: A\n  sections:\n  - one # first\nchecklist: off # why\n",
            "chapters:\n- title: A\n  sections:\n  - one # first\n  - new\nchecklist: off # why\n",
        ),
        ("chapters:\n  - {title: A, sections: []}\n", "chapters:\n  - {title: A, sections: [new]}\n"),
        ("chapters: []\n", "chapters:\n  - title: General\n    sections: [new]\n"),
        (
            "chapters:\n  - title: A\n    sections: [one]\n  - title: B\n    sections: [\n      two, # second\n    ]\n",
            "chapters:\n  - title: A\n    sections: [one]\n  - title: B\n    sections: [\n      two, new, # second\n    ]\n",
        ),
    ],
)
def test_the_chapter_is_edited_and_nothing_else(tmp_path: Path, chapters: str, expected: str) -> None:
    source = library(tmp_path)
    head = "# On top.\nid: g\ntitle: 'G'   # by hand\nversion: 1\nstatus: draft\neffective: 2026-01-01\n"
    (source / "g").mkdir()
    (source / "g/guideline.yaml").write_text(head + chapters)
    new_section(source, "g", "new")
    assert (source / "g/guideline.yaml").read_text() == head + expected


def test_the_first_line_names_a_schema_that_is_there(tmp_path: Path) -> None:
    source = library(tmp_path)
    for path in new_guideline(source, "g")[:2]:
        first = path.read_text().splitlines()[0]
        schema = path.parent / first.removeprefix("# yaml-language-server: $schema=")
        assert json.loads(schema.read_text())["title"].startswith("Policypress: ")
        assert Path(os.path.normpath(schema)).parent == tmp_path / ".vscode/schema"


def test_fmt_only_writes_the_ids(tmp_path: Path) -> None:
    source = library(tmp_path)
    new_guideline(source, "g")
    (change,) = format_library(source, [], write=False)
    assert change.minted == ("general.criteria", "general.1", "general.2")
    before = (source / "g/sections/general.yaml").read_text()
    assert {line.strip(" -") for line in before.splitlines()} <= {
        line.removeprefix("text: ") for line in (line.strip(" -") for line in change.text.splitlines())
    }


@pytest.mark.parametrize(
    "id", ["", ".", "..", "../x", "a/b", "/tmp/x", "A", "a_b", "a..b", "-a", "a\n", "a b", "é", "x" * 81, "registers"]
)
def test_what_is_no_id_makes_nothing(tmp_path: Path, id: str) -> None:
    source = library(tmp_path)
    with pytest.raises(ScaffoldFault):
        new_guideline(source, id)
    assert files(tmp_path) == {}
    new_guideline(source, "g")
    before = files(tmp_path)
    if id != "registers":
        with pytest.raises(ScaffoldFault):
            new_section(source, "g", id)
        with pytest.raises(ScaffoldFault):
            new_section(source, id, "fine")
    assert files(tmp_path) == before


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    source = library(tmp_path)
    new_guideline(source, "g")
    new_section(source, "g", "one")
    (source / "g/sections/stray.yaml").write_text("mine")
    before = files(tmp_path)
    for make in (
        lambda: new_guideline(source, "g"),
        lambda: new_section(source, "g", "one"),
        lambda: new_section(source, "g", "one.1"),  # an id of a criterion
        lambda: new_section(source, "g", "stray"),
        lambda: new_section(source, "nowhere", "one"),
    ):
        with pytest.raises(ScaffoldFault):
            make()
    assert files(tmp_path) == before
