"""Hostile and careless files: each gives a finding, quickly, and all other files are still checked."""

from __future__ import annotations

import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from policypress.finding import Finding
from policypress.library import read_library
from policypress.nodes import MAX_BYTES
from tests.examples import GUIDELINE, write_example

GOOD = "id: good\ntitle: Good\neffect: covered\ncriteria:\n  text: The study changes the plan of treatment\n"
FAULTY = "id: faulty\ntitle: Faulty\ntitel: x\neffect: covered\ncriteria:\n  text: The study changes the plan of treatment\n"
HEAD = "id: bad\ntitle: Bad\neffect: covered\ncriteria:\n  text: The study changes the plan of treatment\nnotes:\n"
SECTIONS = Path("example", "sections")


def library(folder: Path) -> Path:
    """Write a library with one good section and one with a fault of its own."""
    write_example(f"# file: {SECTIONS}/good.yaml\n{GOOD}# file: {SECTIONS}/zz-faulty.yaml\n{FAULTY}", folder)
    return folder


@pytest.fixture(autouse=True)
def _never_hangs() -> Iterator[None]:
    signal.alarm(30)
    yield
    signal.alarm(0)


def findings_beside(folder: Path) -> list[Finding]:
    """Read within a second; both ordinary files must have been read. Return what was found elsewhere."""
    started = time.process_time()
    read = read_library(folder)
    assert time.process_time() - started < 1
    guideline = read.library.guidelines[0]
    assert "good" in {section.id for section in guideline.sections}
    faulty = [finding for finding in read.findings if finding.span.path.endswith("zz-faulty.yaml")]
    assert [finding.rule.id for finding in faulty] == ["F101"]
    others = [finding for finding in read.findings if finding not in faulty]
    assert all(finding.help and finding.span.path for finding in others)
    return others


ALIASES = "notes_0: &a0 [x, x]\n" + "".join(f"n{at}: &a{at} [*a{at - 1}, *a{at - 1}]\n" for at in range(1, 40))
BYTES: dict[str, tuple[bytes, str]] = {
    "50,000 open brackets": (HEAD.encode() + b"  - " + b"[" * 50_000, "Y018"),
    "50,000 nested brackets": (HEAD.encode() + b"  - " + b"[" * 50_000 + b"]" * 50_000, "Y018"),
    "50,000 open braces": (HEAD.encode() + b"  - " + b"{a: " * 50_000, "Y018"),
    "50,000 dashes in a line": (HEAD.encode() + b"  " + b"- " * 50_000 + b"x\n", "Y018"),
    "deep block mappings": ("".join(" " * at + "a:\n" for at in range(400)).encode(), "Y018"),
    "nested criteria": (
        GOOD.replace("  text: The study changes the plan of treatment\n", "").encode()
        + "".join("  " * at + ("not:\n") for at in range(1, 40)).encode(),
        "Y018",
    ),
    "alias bomb": (ALIASES.encode(), "Y011"),
    "merge bomb": (("a0: &a0 {x: y}\n" + "".join(f"a{n}: &a{n} {{<<: *a{n - 1}}}\n" for n in range(1, 30))).encode(), "Y011"),
    "alias of itself": (b"a: &a [*a]\n", "Y011"),
    "over 1 MiB": (HEAD.encode() + b"# comment\n" * 110_000, "Y004"),
    "1 MiB of one text": (HEAD.encode() + b"  - " + b"word " * 200_000 + b"\n", "Y004"),
    "text of 20,001 characters": (HEAD.encode() + b"  - " + b"x" * 20_001 + b"\n", "Y004"),
    "quoted text of 900 kB": (HEAD.encode() + b'  - "' + b"x" * 900_000 + b'"\n', "Y004"),
    "open quote over 900 kB": (HEAD.encode() + b'  - "' + b"x\n" * 450_000, "Y010"),
    "100,000 open keys": (b"a\n" * 100_000, "Y013"),
    "10,000 equal keys": (b"a: b\n" * 10_000, "Y012"),
    "NUL": (HEAD.encode() + b"  - a\0b\n", "Y017"),
    "BOM": (b"\xef\xbb\xbf" + GOOD.replace("good", "bad").encode(), "Y017"),
    "UTF-16": (GOOD.encode("utf-16"), "Y001"),
    "UTF-16 without BOM": (GOOD.encode("utf-16-le"), "Y017"),
    "UTF-32": (GOOD.encode("utf-32"), "Y001"),
    "Latin-1": (GOOD.replace("Good", "Café").encode("latin-1"), "Y001"),
    "CESU surrogate": (HEAD.encode() + b"  - a \xed\xa0\x80 b\n", "Y001"),
    "overlong slash": (HEAD.encode() + b"  - a \xc0\xaf b\n", "Y001"),
    "surrogate escape": (HEAD.encode() + b'  - "a \\ud800 b"\n', "Y010"),
    "escape beyond Unicode": (HEAD.encode() + b'  - "\\U00110000"\n', "Y010"),
    "lone CR": (GOOD.replace("\n", "\r").encode(), "Y017"),
    "next line": (HEAD.encode() + "  - a\u0085b\n".encode(), "Y017"),
    "line separator": (HEAD.encode() + "  - a\u2028b\n".encode(), "Y017"),
    "tab": (HEAD.encode() + b"\t- a\n", "Y017"),
    "right-to-left override": (HEAD.encode() + "  - a \u202etnemtaert b\n".encode(), "Y017"),
    "zero-width space in a code": (GOOD.replace("effect", 'codes: ["788\u200b13"]\neffect').encode(), "Y017"),
    "empty": (b"", "F103"),
    "comments alone": (b"# nothing\n", "F103"),
    "a list": (b"- a\n- b\n", "F103"),
    "a text": (b"words\n", "F103"),
    "10,000 unknown keys": ("".join(f"titel{at}: b\n" for at in range(10_000)).encode(), "F101"),
    "python tag": (b"!!python/object/apply:os.system [touch /tmp/owned]\n", "Y011"),
}


@pytest.mark.parametrize(("data", "rule"), BYTES.values(), ids=BYTES.keys())
def test_hostile_bytes(data: bytes, rule: str, tmp_path: Path) -> None:
    folder = library(tmp_path)
    (folder / SECTIONS / "bad.yaml").write_bytes(data)
    found = findings_beside(folder)
    assert rule in {finding.rule.id for finding in found}
    assert {Path(finding.span.path).name for finding in found} == {"bad.yaml"}


def test_line_ends_of_windows_are_read_as_any(tmp_path: Path) -> None:
    folder = library(tmp_path)
    path = folder / SECTIONS / "good.yaml"
    path.write_bytes((GOOD + "notes:\n  - |\n    First\n    second\n").replace("\n", "\r\n").encode())
    assert findings_beside(folder) == []
    (section, _) = read_library(folder).library.guidelines[0].sections
    assert section.title.value == "Good"
    assert section.notes[0].text.value == "First\nsecond"


def test_signs_of_the_field_are_read(tmp_path: Path) -> None:
    folder = library(tmp_path)
    words = "PET\u2011MRI of 6–8\u00a0mm, ≥ 12 weeks, 40 µg/m², Renée 😀"
    (folder / SECTIONS / "good.yaml").write_text(GOOD + f"notes:\n  - {words}\n", encoding="utf-8")
    assert findings_beside(folder) == []
    assert read_library(folder).library.guidelines[0].sections[0].notes[0].text.value == words


def _directory(path: Path) -> None:
    path.mkdir()


def _fifo(path: Path) -> None:
    os.mkfifo(path)


def _link_to(target: str) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        (path.parent.parent.parent.parent / "outside.yaml").write_text(GOOD, encoding="utf-8")
        path.symlink_to(target)

    return make


def _text(path: Path) -> None:
    path.write_text(GOOD, encoding="utf-8")


FILES: dict[str, tuple[str, Callable[[Path], None], str]] = {
    "folder called x.yaml": ("x.yaml", _directory, "Y001"),
    "pipe": ("x.yaml", _fifo, "Y001"),
    "link out of the source": ("x.yaml", _link_to("../../../outside.yaml"), "Y002"),
    "link to a system file": ("x.yaml", _link_to("/etc/passwd"), "Y002"),
    "link to a folder": ("x.yaml", _link_to(".."), "Y002"),
    "link to itself": ("x.yaml", _link_to("x.yaml"), "Y001"),
    "link to nothing": ("x.yaml", _link_to("gone.yaml"), "Y001"),
    "link to a device": ("x.yaml", _link_to("/dev/zero"), "Y002"),
    "x.yml": ("x.yml", _text, "Y003"),
    "X.YAML": ("X.YAML", _text, "Y003"),
    "editor's copy": ("x.yaml~", _text, "Y003"),
    "hidden file": (".x.yaml", _text, "Y003"),
    "picture": ("x.png", _text, "Y003"),
    "folder": ("more", _directory, "Y003"),
}


@pytest.mark.parametrize(("name", "make", "rule"), FILES.values(), ids=FILES.keys())
def test_hostile_files(name: str, make: Callable[[Path], None], rule: str, tmp_path: Path) -> None:
    folder = library(tmp_path / "source")
    make(folder / SECTIONS / name)
    found = findings_beside(folder)
    assert [(finding.rule.id, Path(finding.span.path).name) for finding in found] == [(rule, name)]


@pytest.mark.parametrize("at", ["", "example", "registers", "example/registers", "example/vignettes"])
def test_strangers_everywhere(at: str, tmp_path: Path) -> None:
    folder = library(tmp_path)
    (folder / at).mkdir(exist_ok=True)
    for name in ("x.yml", "notes.txt"):
        (folder / at / name).write_text("a: b\n", encoding="utf-8")
    found = findings_beside(folder)
    assert {(finding.rule.id, Path(finding.span.path).name) for finding in found} == {("Y003", "x.yml"), ("Y003", "notes.txt")}


def test_a_link_inside_the_source_is_read(tmp_path: Path) -> None:
    folder = library(tmp_path)
    target = folder / SECTIONS / "real.yaml"
    target.write_text(GOOD.replace("good", "other"), encoding="utf-8")
    (folder / SECTIONS / "linked.yaml").symlink_to("real.yaml")
    ids = [section.id for section in read_library(folder).library.guidelines[0].sections]
    assert sorted(ids) == ["faulty", "good", "other", "other"]


def test_a_link_to_a_guideline_elsewhere(tmp_path: Path) -> None:
    folder = library(tmp_path / "source")
    library(tmp_path / "elsewhere")
    (folder / "second").symlink_to(tmp_path / "elsewhere" / "example")
    found = findings_beside(folder)
    assert [finding.rule.id for finding in found] == ["Y002"]


def test_registers_elsewhere(tmp_path: Path) -> None:
    folder = library(tmp_path / "source")
    (folder / "registers").rename(tmp_path / "registers")
    (folder / "registers").symlink_to(tmp_path / "registers")
    assert [finding.rule.id for finding in findings_beside(folder)] == ["Y002"]


@pytest.mark.parametrize("name", ["sections", "registers", "vignettes"])
def test_a_linked_folder_in_a_guideline(name: str, tmp_path: Path) -> None:
    folder = library(tmp_path / "source")
    away = tmp_path / "away"
    away.mkdir()
    (away / "references.yaml").write_text("[]\n", encoding="utf-8")
    link = folder / "example" / name
    if name == "sections":
        link = folder / "second" / name
        link.parent.mkdir()
        (link.parent / "guideline.yaml").write_text(GUIDELINE.format(sections="").replace("example", "second"))
    link.symlink_to(away)
    assert "Y002" in {finding.rule.id for finding in findings_beside(folder)}


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody may look into; pytest's own are for its user alone."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@contextmanager
def as_nobody() -> Iterator[None]:
    """Give up root's right to read everything for a moment."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.parametrize("name", ["example/sections/locked.yaml", "registers/parameters.yaml", "locked", "example/vignettes"])
def test_what_may_not_be_read(name: str, open_folder: Path) -> None:
    folder = library(open_folder / "source")
    refused = folder / name
    if refused.suffix:
        refused.write_text(GOOD, encoding="utf-8")
    else:
        refused.mkdir()
    refused.chmod(0)
    try:
        with as_nobody():
            found = findings_beside(folder)
    finally:
        refused.chmod(0o755)
    assert {finding.rule.id for finding in found if finding.span.path.endswith(name)} == {"Y001"}
    assert any("ermission" in finding.message for finding in found)


def test_a_file_of_the_greatest_size_is_read(tmp_path: Path) -> None:
    folder = library(tmp_path)
    text = GOOD + "notes:\n"
    text += "  - A note of some length that fills the file\n" * ((MAX_BYTES - len(text)) // 46)
    (folder / SECTIONS / "good.yaml").write_text(text, encoding="utf-8")
    assert findings_beside(folder) == []


def test_a_path_like_title_stays_text(tmp_path: Path) -> None:
    folder = library(tmp_path)
    (folder / SECTIONS / "good.yaml").write_text(
        GOOD.replace("title: Good", "title: ../../etc/passwd {{ 7 * 7 }} <script>"), encoding="utf-8"
    )
    assert findings_beside(folder) == []
    assert read_library(folder).library.guidelines[0].sections[0].title.value == "../../etc/passwd {{ 7 * 7 }} <script>"
