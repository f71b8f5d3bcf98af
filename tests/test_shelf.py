"""A shelf gives back what it read before, and never once the file says something else."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest

from policypress.library import Read, read_library
from policypress.model import Section
from policypress.shelf import Shelf, Stamp, _text

LIBRARY = Path(__file__).parent / "library"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    shutil.copytree(LIBRARY, tmp_path / "source")
    return tmp_path / "source"


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that are opened, a minute after all of them were written."""
    now = time.time_ns
    names: list[str] = []
    monkeypatch.setattr(
        "policypress.shelf._text", lambda name, status: (names.append(Path(name).name), _text(name, status))[1]
    )
    monkeypatch.setattr("policypress.shelf.time.time_ns", lambda: now() + 60_000_000_000)
    return names


def sections(read: Read) -> dict[str, Section]:
    return {f"{one.id}/{section.id}": section for one in read.library.guidelines for section in one.sections}


def said(read: Read) -> list[tuple[str, str]]:
    return sorted((finding.span.path, finding.message) for finding in read.findings)


def some_section(source: Path) -> Path:
    return sorted(source.rglob("sections/*.yaml"))[0]


def test_an_unchanged_file_gives_the_same_object(source: Path) -> None:
    shelf = Shelf()
    first, second = read_library(source, shelf), read_library(source, shelf)
    assert sections(first).keys() == sections(second).keys() != set()
    assert all(sections(second)[id] is section for id, section in sections(first).items())
    assert all(
        one.registers is two.registers
        for one, two in zip(first.library.guidelines, second.library.guidelines, strict=True)
    )
    assert first.library.sources == second.library.sources


def test_only_what_changed_is_read_again(source: Path) -> None:
    shelf = Shelf()
    before = sections(read_library(source, shelf))
    path = some_section(source)
    path.write_text(path.read_text(encoding="utf-8").replace("title: ", "title: New ", 1), encoding="utf-8")
    after = sections(read_library(source, shelf))
    (changed,) = [id for id in after if after[id] is not before[id]]
    assert after[changed].title.value == f"New {before[changed].title.value}"


def test_a_file_that_rests_is_not_even_opened(source: Path, opened: list[str]) -> None:
    shelf = Shelf()
    read_library(source, shelf)
    assert len(opened) == len(list(source.rglob("*.yaml")))
    del opened[:]
    read_library(source, shelf)
    assert opened == []
    path = some_section(source)
    path.write_text(path.read_text(encoding="utf-8") + "# more\n", encoding="utf-8")
    read_library(source, shelf)
    assert opened == [path.name]


def test_a_change_within_the_same_tick_is_seen(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither size nor time tells two states of a young file apart; its text does."""
    now = Stamp(1, 1, time.time_ns(), time.time_ns())
    monkeypatch.setattr("policypress.shelf.Stamp", lambda *_: now)
    shelf = Shelf()
    before = sections(read_library(source, shelf))
    path = some_section(source)
    text = path.read_text(encoding="utf-8")
    title = next(section.title.value for section in before.values() if section.source.file == path)
    path.write_text(text.replace(title, title.swapcase(), 1), encoding="utf-8")
    assert title.swapcase() in {section.title.value for section in sections(read_library(source, shelf)).values()}


def test_a_time_put_back_does_not_hide_a_change(source: Path, opened: list[str]) -> None:
    shelf = Shelf()
    path = some_section(source)
    text, seen = path.read_text(encoding="utf-8"), path.stat()
    before = sections(read_library(source, shelf))
    title = next(section.title.value for section in before.values() if section.source.file == path)
    path.write_text(text.replace(title, title.swapcase(), 1), encoding="utf-8")
    os.utime(path, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    after = {section.title.value for section in sections(read_library(source, shelf)).values()}
    assert title.swapcase() in after
    assert title not in after


def test_a_broken_file_and_its_mending(source: Path) -> None:
    shelf = Shelf()
    path = some_section(source)
    text = path.read_text(encoding="utf-8")
    read_library(source, shelf)
    for broken in ("id: [", "", "caf\xe9"):
        path.write_bytes(broken.encode("latin-1"))
        again = read_library(source, shelf)
        assert said(again) == said(read_library(source)) != []
        assert said(read_library(source, shelf)) == said(again)
    path.write_text(text, encoding="utf-8")
    assert said(read_library(source, shelf)) == []
    path.unlink()
    assert said(read_library(source, shelf)) == said(read_library(source))
    path.mkdir()
    assert said(read_library(source, shelf)) == said(read_library(source)) != []


def test_ids_retired_in_the_guideline_are_seen_by_its_sections(source: Path) -> None:
    shelf = Shelf()
    guideline = some_section(source).parent.parent / "guideline.yaml"
    before = sections(read_library(source, shelf))
    text = guideline.read_text(encoding="utf-8")
    assert "retired:" not in text
    guideline.write_text(text + "retired:\n  - {id: gone.1, on: 2025-01-01}\n", encoding="utf-8")
    after = sections(read_library(source, shelf))
    of = guideline.parent.name + "/"
    assert all((after[id] is not before[id]) == id.startswith(of) for id in after)


def test_a_register_that_changes_is_another(source: Path) -> None:
    shelf = Shelf()
    before = {one.id: one.registers for one in read_library(source, shelf).library.guidelines}
    codes = source / "registers" / "codes.yaml"
    codes.write_text(codes.read_text(encoding="utf-8").replace("label: ", "label: Other ", 1), encoding="utf-8")
    after = {one.id: one.registers for one in read_library(source, shelf).library.guidelines}
    assert all(after[id] is not before[id] for id in after)
    assert after == {one.id: one.registers for one in read_library(source, shelf).library.guidelines}
