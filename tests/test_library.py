"""Finding the files, and putting guidelines together."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from policypress.finding import Finding
from policypress.library import Read, read_library
from policypress.model import Guideline
from tests.examples import GUIDELINE, write_example

ROOT = Path(__file__).parent.parent
SECTION = "id: {id}\ntitle: A section\neffect: covered\ncriteria:\n  text: The study changes the plan of treatment\n"


def library(folder: Path, **files: str) -> Read:
    """Read a library of two sections and the given files (`__` stands for `/` in a name)."""
    texts = {
        "example/sections/b-file.yaml": SECTION.format(id="first"),
        "example/sections/a-file.yaml": SECTION.format(id="second"),
        **{f"{name.replace('__', '/')}.yaml": text for name, text in files.items()},
    }
    write_example("".join(f"# file: {path}\n{text}" for path, text in texts.items()), folder)
    if "example__guideline" not in files:
        (folder / "example" / "guideline.yaml").write_text(GUIDELINE.format(sections="first, second"), encoding="utf-8")
    return read_library(folder)


def rules(read: Read) -> list[str]:
    return [finding.rule.id for finding in read.findings]


def only(read: Read) -> Guideline:
    (guideline,) = read.library.guidelines
    return guideline


def finding_of(read: Read, rule: str) -> Finding:
    (finding,) = [finding for finding in read.findings if finding.rule.id == rule]
    return finding


def test_sections_stand_in_the_order_of_the_chapters(tmp_path: Path) -> None:
    read = library(tmp_path)
    assert rules(read) == []
    assert [section.id for section in only(read).sections] == ["first", "second"]


def test_a_section_of_no_chapter_comes_last(tmp_path: Path) -> None:
    read = library(tmp_path, example__sections__aa=SECTION.format(id="third"))
    assert [section.id for section in only(read).sections] == ["first", "second", "third"]


def test_a_sections_own_retired_ids_are_known(tmp_path: Path) -> None:
    guideline = GUIDELINE.format(sections="first, second") + "retired:\n  - {id: first.1, on: 2025-01-01}\n"
    read = library(tmp_path, example__guideline=guideline)
    root = only(read).sections[0].rulings[0].criteria
    assert root is not None
    assert root.id == "first.2"


def test_own_registers_come_first(tmp_path: Path) -> None:
    own = "- {id: radiation-delay, value: 8, unit: wk, words: 8 weeks}\n- {id: extra, value: 1, unit: d, words: 1 day}\n"
    guideline = only(library(tmp_path, example__registers__parameters=own))
    assert guideline.registers.parameters["radiation-delay"].value == "8"
    assert guideline.library.parameters["radiation-delay"].value == "12"
    assert set(guideline.registers.parameters) == {"radiation-delay", "extra", "interval"}


def test_statements_and_vignettes_are_read(tmp_path: Path) -> None:
    guideline = only(
        library(
            tmp_path, example__statements="- {id: 1, sha256: ab}\n",
            example__vignettes__case="id: case\nasks: {section: first}\nfacts: {first.1: met}\n",
        )
    )  # fmt: skip
    assert [statement.id.value for statement in guideline.statements] == ["1"]
    assert [case.id for case in guideline.vignettes] == ["case"]


def test_a_missing_guideline_file(tmp_path: Path) -> None:
    """S102: a folder without guideline.yaml; its sections are still read for faults."""
    read = library(tmp_path, orphan__sections__x="id: x\ntitel: X\n")
    finding = finding_of(read, "S102")
    assert finding.span.path.endswith("/orphan")
    assert {"F101", "F102"} <= set(rules(read))
    assert [guideline.id for guideline in read.library.guidelines] == ["example"]


def test_a_guideline_file_that_cannot_be_read_is_not_missing(tmp_path: Path) -> None:
    read = library(tmp_path, example__guideline="id: [\n")
    assert "S102" not in rules(read)
    assert rules(read) == ["Y010"]
    assert read.library.guidelines == ()


def test_a_file_that_is_none(tmp_path: Path) -> None:
    """Y001: a folder called guideline.yaml."""
    library(tmp_path)
    path = tmp_path / "example" / "guideline.yaml"
    path.unlink()
    path.mkdir()
    read = read_library(tmp_path)
    assert rules(read) == ["Y001"]
    assert "is a folder" in finding_of(read, "Y001").message


def test_a_byte_that_is_no_text(tmp_path: Path) -> None:
    """Y001 names the line and the byte."""
    library(tmp_path)
    (tmp_path / "example" / "sections" / "a-file.yaml").write_bytes(b"id: second\ntitle: Caf\xe9\n")
    read = read_library(tmp_path)
    assert "line 2" in finding_of(read, "Y001").message
    assert "0xE9" in finding_of(read, "Y001").message
    assert [section.id for section in only(read).sections] == ["first"]


def test_a_link_that_leaves_the_source(tmp_path: Path) -> None:
    """Y002: what lies outside is not read."""
    library(tmp_path / "source")
    (tmp_path / "outside.yaml").write_text(SECTION.format(id="outside"), encoding="utf-8")
    (tmp_path / "source" / "example" / "sections" / "c.yaml").symlink_to(tmp_path / "outside.yaml")
    read = read_library(tmp_path / "source")
    assert rules(read) == ["Y002"]
    assert {section.id for section in only(read).sections} == {"first", "second"}


def test_the_source_folder_itself_may_be_a_link(tmp_path: Path) -> None:
    library(tmp_path / "real")
    (tmp_path / "source").symlink_to(tmp_path / "real")
    assert rules(read_library(tmp_path / "source")) == []


def test_a_file_too_large(tmp_path: Path) -> None:
    """Y004: over 1 MiB."""
    read = library(tmp_path, example__sections__big="# " + "x" * (1 << 20) + "\n")
    assert rules(read) == ["Y004"]


@pytest.mark.parametrize("name", ["codes", "parameters", "facts", "terms", "exclusive", "references"])
def test_an_entry_that_stands_twice(name: str, tmp_path: Path) -> None:
    entry = {
        "codes": "{code: 78815, system: CPT, label: L}", "parameters": "{id: x, value: 1, unit: d, words: 1 day}",
        "facts": "{id: x, question: Why}", "terms": "{term: X}", "exclusive": "{name: x, facts: [a]}",
        "references": "{id: x, title: T}",
    }[name]  # fmt: skip
    read = library(tmp_path, **{f"registers__{name}": f"- {entry}\n- {entry}\n"})
    finding = finding_of(read, "S104")
    assert finding.span.begin.line == 2
    assert finding.related[0].span.begin.line == 1
    assert ("78815" if name == "codes" else "x") in finding.message.casefold()


def test_two_guidelines_of_one_id(tmp_path: Path) -> None:
    read = library(tmp_path, other__guideline=GUIDELINE.format(sections=""))
    assert rules(read) == ["S103", "S104"]
    assert only(read).source.path.endswith("example/guideline.yaml")


def test_every_file_is_a_source(tmp_path: Path) -> None:
    read = library(tmp_path)
    paths = [source.path for source in read.library.sources]
    assert paths == sorted(paths)
    assert len(paths) == len(list(tmp_path.rglob("*.yaml")))


def test_paths_are_relative_to_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library(tmp_path / "source", example__sections__c="titel: x\n")
    monkeypatch.chdir(tmp_path)
    expected = {"source/example/sections/c.yaml"}
    assert {finding.span.path for finding in read_library(Path("source")).findings} == expected
    assert {finding.span.path for finding in read_library(tmp_path / "source").findings} == expected
    assert {finding.span.path for finding in read_library(Path("./source/")).findings} == expected
    monkeypatch.chdir(tmp_path / "source")
    assert {finding.span.path for finding in read_library(Path()).findings} == {"example/sections/c.yaml"}


def test_the_order_of_a_folder_does_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library(tmp_path, example__sections__c="titel: x\n", example__sections__d="titel: x\n")
    before = [finding.order for finding in read_library(tmp_path).findings]
    listdir = os.listdir
    monkeypatch.setattr(os, "listdir", lambda folder: listdir(folder)[::-1])
    assert [finding.order for finding in read_library(tmp_path).findings] == before


def test_no_folder(tmp_path: Path) -> None:
    read = read_library(tmp_path / "none")
    assert rules(read) == ["Y001"]
    assert read.library.guidelines == ()


def test_an_empty_folder(tmp_path: Path) -> None:
    read = read_library(tmp_path)
    assert rules(read) == []
    assert read.library.guidelines == ()


@pytest.mark.parametrize("folder", ["source", "tests/library"])
def test_our_own_libraries_are_read_without_a_fault(folder: str) -> None:
    read = read_library(ROOT / folder)
    assert read.findings == ()
    assert read.library.guidelines
