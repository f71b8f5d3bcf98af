"""`build` as its user types it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from policypress.generation import locked
from tests.test_cli import ERROR, GOOD, ROOT, run, section, source

__all__ = ["source"]

def build(source: Path, *arguments: str) -> int:
    return run("build", "--only", "json", "--templates", ROOT / "templates", *arguments)


def test_a_build_and_its_check(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build(source, "--check") == 1
    assert not Path("build").exists()
    assert build(source) == 0
    assert Path("build/json/example.json").is_file()
    assert build(source, "--check") == 0
    section(source).write_text(GOOD.replace("plan", "course"), encoding="utf-8")
    before = Path("build/json/example.json").read_bytes()
    assert build(source, "--check") == 1
    assert "has changed" in capsys.readouterr().err
    assert Path("build/json/example.json").read_bytes() == before


def test_nothing_is_published_on_an_error(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build(source) == 0
    before = Path("build/json/example.json").read_bytes()
    section(source).write_text(ERROR, encoding="utf-8")
    assert build(source) == 1
    shown = capsys.readouterr().err
    assert "error[F101]" in shown
    assert "Nothing was published" in shown
    assert Path("build/json/example.json").read_bytes() == before


def test_a_held_lock(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build(source) == 0
    with locked(Path("build")):
        assert build(source) == 4
    assert "The previous outputs stand" in capsys.readouterr().err


def test_a_foreign_folder(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("build").mkdir()
    Path("build/thesis.tex").write_text("mine", encoding="utf-8")
    assert build(source) == 4
    assert Path("build/thesis.tex").is_file()


def test_stale_other_parts(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("build", "--only", "json,site", "--templates", ROOT / "templates") == 0
    section(source).write_text(GOOD.replace("plan", "course"), encoding="utf-8")
    assert build(source) == 4
    assert "no longer matches the source" in capsys.readouterr().err


def test_no_guideline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    Path("source").mkdir()
    assert build(Path("source")) == 2
    assert not Path("build").exists()


@pytest.mark.parametrize("draft", [False, True])
def test_a_final_guideline_with_an_open_query(draft: bool, source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(source)
    shutil.copytree(ROOT / "tests" / "library", source)
    path = source / "sleep-and-anesthesia" / "sections" / "children.yaml"
    with path.open("a", encoding="utf-8") as file:
        file.write("query: Is the limit right?\n")
    assert build(source, *(["--draft"] if draft else [])) == (0 if draft else 1)
    if draft:
        document = json.loads(Path("build/json/sleep-and-anesthesia.json").read_bytes())
        assert document["guideline"]["status"] == "draft"
