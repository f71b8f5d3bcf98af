"""Whatever lies in a source folder: no crash, no finding without a place, no file passed over.

The conservation of words under a hundred thousand edits is in test_conservation.py; here every edit goes through all
checks and every way of telling.
"""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policypress.checks import run_checks
from policypress.finding import Finding
from policypress.library import Read, read_library
from policypress.report import FORMATS, render
from policypress.shelf import Shelf
from policypress.text import Span
from tests.examples import write_example
from tests.strategies import section_texts
from tests.test_conservation import edited, library_files

HERE = Path(__file__).parent
SECTION = Path("example", "sections", "section.yaml")
GOOD = "id: pet-mri\ntitle: PET-MRI\neffect: covered\ncriteria:\n  text: The study changes the plan of treatment\n"


def sound(span: Span) -> None:
    assert span.path
    assert 0 <= span.start <= span.end <= max(len(span.source.text), span.start + 1)
    assert span.begin.line >= 1
    assert span.begin.column >= 1
    assert span.finish >= span.begin


def tried(read: Read) -> tuple[Finding, ...]:
    """Check a library and tell of it in every form; every place a finding names is one in its file."""
    found = run_checks(read)
    for finding in found:
        assert finding.message
        for span in (finding.span, *(label.span for label in finding.related), *(edit.span for edit in finding.edits)):
            sound(span)
    for form in FORMATS:
        assert render(found, form)
    assert len(json.loads(render(found, "json"))) == len(found)
    return found


def accounted(read: Read, found: Iterable[Finding], folder: Path) -> None:
    """Every file was read, or a finding names it."""
    known = {Path(source.path).resolve() for source in read.library.sources}
    known |= {Path(finding.span.path).resolve() for finding in found}
    assert {path.resolve() for path in folder.rglob("*") if path.is_file()} <= known


@given(st.binary(max_size=200), st.sampled_from([*sorted(p.name for p in (HERE / "library").rglob("*.yaml"))]))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_random_bytes(data: bytes, name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder)
        write_example(GOOD, source)
        for home in ("example/sections", "example", "registers", "example/vignettes"):
            (source / home).mkdir(exist_ok=True)
            (source / home / name).write_bytes(data)
        read = read_library(source)
        accounted(read, tried(read), source)


@given(st.lists(section_texts, min_size=1, max_size=3))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_random_valid_libraries(texts: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder)
        for at, text in enumerate(texts):
            write_example(f"# file: g{at}/sections/section.yaml\n{text}", source)
            head = (source / "example/guideline.yaml").read_text().replace("id: example", f"id: g{at}")
            (source / f"g{at}" / "guideline.yaml").write_text(head.replace("[]", "[pet-mri]"))
        for file in sorted((source / "example").rglob("*"), reverse=True):
            file.unlink()
        (source / "example").rmdir()
        read = read_library(source)
        found = tried(read)
        accounted(read, found, source)
        assert not [finding for finding in found if finding.rule.id[0] in "YF"]


def fuzz(number: int, seed: int, folder: Path) -> None:
    chance = random.Random(seed)
    write_example(GOOD, folder)
    shelf = Shelf()
    texts = [text for text in library_files() if text.startswith(("id:", "#")) and "criteria:" in text]
    for at in range(number):
        before = chance.choice(texts)
        text = edited(before, chance)
        (folder / SECTION).write_bytes(text.encode("utf-8", "replace"))
        try:
            read = read_library(folder, shelf)
            accounted(read, tried(read), folder)
        except Exception as error:
            raise AssertionError(f"edit {at} of seed {seed}: {error!r}\n{text!r}") from error


def test_random_edits_through_every_check(tmp_path: Path) -> None:
    fuzz(80, 1, tmp_path)


@pytest.mark.thorough
@pytest.mark.parametrize("seed", range(200, 204))
def test_thousands_of_edits_through_every_check(seed: int, tmp_path: Path) -> None:
    fuzz(1_500, seed, tmp_path)
