"""Edits of findings: all of a finding's or none, never two over one place, never half a file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from policypress.finding import Edit, Finding, Rule, Severity
from policypress.fixing import fix, replace_file
from policypress.text import Source, Span

RULE = Rule("X001", "x", Severity.ERROR, "x.\n")


def written(folder: Path, text: str, name: str = "x.yaml") -> Source:
    path = folder / name
    path.write_bytes(text.encode())
    return Source(name, text, path)


def finding(*edits: tuple[Source, int, int, str]) -> Finding:
    made = tuple(Edit(Span(source, start, end), new) for source, start, end, new in edits)
    return Finding(RULE, "m", made[0].span if made else Span(Source("x", ""), 0, 0), "h", edits=made)


def test_edits_are_made_from_the_end(tmp_path: Path) -> None:
    source = written(tmp_path, "one two three\r\n")
    assert fix([finding((source, 0, 3, "1")), finding((source, 8, 13, "3333")), finding((source, 4, 7, "")), finding()])
    assert (tmp_path / "x.yaml").read_bytes() == b"1  3333\r\n"


def test_an_edit_over_an_earlier_one_waits(tmp_path: Path) -> None:
    source = written(tmp_path, "one two three")
    said = fix([finding((source, 0, 7, "A")), finding((source, 4, 9, "B")), finding((source, 0, 7, "C"))])
    assert (tmp_path / "x.yaml").read_text(encoding="utf-8") == "A three"
    assert said.startswith("1 finding mended")


def test_two_insertions_at_one_place_are_not_both_made(tmp_path: Path) -> None:
    source = written(tmp_path, "codes: []")
    fix([finding((source, 8, 8, "A")), finding((source, 8, 8, "B"))])
    assert (tmp_path / "x.yaml").read_text(encoding="utf-8") == "codes: [A]"


def test_all_edits_of_a_finding_or_none(tmp_path: Path) -> None:
    one, two = written(tmp_path, "one"), written(tmp_path, "two", "y.yaml")
    fix([finding((one, 0, 3, "1")), finding((two, 0, 3, "2"), (one, 1, 2, "X"))])
    assert [(tmp_path / name).read_text(encoding="utf-8") for name in ("x.yaml", "y.yaml")] == ["1", "two"]


def test_edits_of_one_finding_do_not_disturb_each_other(tmp_path: Path) -> None:
    source = written(tmp_path, "one two")
    fix([finding((source, 0, 3, "1"), (source, 4, 7, "2"))])
    assert (tmp_path / "x.yaml").read_text(encoding="utf-8") == "1 2"


def test_edits_of_one_finding_that_overlap_are_refused(tmp_path: Path) -> None:
    source = written(tmp_path, "one two")
    fix([finding((source, 0, 5, "1"), (source, 4, 7, "2"))])
    assert (tmp_path / "x.yaml").read_text(encoding="utf-8") == "one two"


def test_a_file_that_changed_since_it_was_read_is_left(tmp_path: Path) -> None:
    source = written(tmp_path, "one two")
    (tmp_path / "x.yaml").write_text("other words", encoding="utf-8")
    fix([finding((source, 0, 3, "1"))])
    assert (tmp_path / "x.yaml").read_text(encoding="utf-8") == "other words"


def test_rights_stay_and_nothing_is_left_behind(tmp_path: Path) -> None:
    source = written(tmp_path, "one")
    (tmp_path / "x.yaml").chmod(0o640)
    fix([finding((source, 0, 3, "1"))])
    assert (tmp_path / "x.yaml").stat().st_mode & 0o777 == 0o640
    assert [path.name for path in tmp_path.iterdir()] == ["x.yaml"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    written(tmp_path, "one", "real.yaml")
    link = tmp_path / "link.yaml"
    link.symlink_to("real.yaml")
    replace_file(link, "two")
    assert link.is_symlink()
    assert (tmp_path / "real.yaml").read_text(encoding="utf-8") == "two"


def test_a_full_disk_leaves_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, "one")

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        replace_file(tmp_path / "x.yaml", "two")
    assert (tmp_path / "x.yaml").read_text(encoding="utf-8") == "one"
    assert [path.name for path in tmp_path.iterdir()] == ["x.yaml"]
