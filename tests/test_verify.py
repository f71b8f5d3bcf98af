"""The proof as a command and as the last step of a build; no false alarm over random and hostile libraries."""

from __future__ import annotations

import io
import json
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policypress import cli
from policypress.generation import PublishFault
from policypress.library import read_library
from policypress.outline import outline
from policypress.publish import Order, publish
from policypress.render import export, export_registers
from policypress.render.html import Words
from policypress.render.pdf import render
from policypress.render.site_build import build_site
from policypress.verify.markup import plain
from policypress.verify.proof import prove
from tests.examples import write_example
from tests.strategies import section_texts

ROOT = Path(__file__).parents[1]
TEMPLATES = ROOT / "templates"
LIBRARY = ROOT / "tests" / "library"


def run(*arguments: object) -> int:
    return cli.main([*map(str, arguments)])


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("verify") / "build"
    publish(read_library(LIBRARY).library, Order(LIBRARY, out, TEMPLATES), lambda _: None)
    return out


@pytest.fixture
def copied(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "build"))


def verify(out: Path, source: Path = LIBRARY) -> int:
    return run("verify", "--source", source, "--out", out)


def test_a_build_proves_itself_and_says_what_was_read(built: Path) -> None:
    record = json.loads((built / "verify.json").read_bytes())
    assert record["differences"] == []
    one = record["guidelines"]["sleep-and-anesthesia"]
    assert one["pdf"]["pieces"] > 400
    assert len(one["site"]["pages"]) == one["sections"] + 2  # its own page, and the one that holds everything
    manifest = json.loads((built / "manifest.json").read_bytes())["outputs"]
    assert manifest[one["pdf"]["path"]] == one["pdf"]["sha256"]
    assert all(manifest[path] == sha for path, sha in one["site"]["pages"].items())
    assert verify(built) == 0


def rezipped(data: bytes, change: Callable[[bytes], bytes | None]) -> bytes:
    """Return a zip with each page changed, or left out."""
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(held, "w") as after:
        for name in before.namelist():
            page = before.read(name)
            if (page := change(page) if name.endswith(".html") else page) is not None:
                after.writestr(name, page)
    return held.getvalue()


@pytest.mark.parametrize(
    ("path", "change", "said"),
    [
        ("json/sleep-and-anesthesia.json", lambda data: data.replace(b"past 6 months", b"past 9 months"), "lab-study.recent: text"),
        ("site/sleep-and-anesthesia/general.html", lambda data: data.replace(b"60 days", b"90 days"), "general.visit: says"),
        ("pdf/durable-equipment.pdf", lambda data: data[:-2000], "durable-equipment, PDF: the file cannot be read whole"),
        ("json/codes.json", lambda data: data.replace(b'"PSG"', b'"PET"'), "codes.json, 95"),
        ("json/codes.json", lambda _: b"{}", "codes.json, section lab-study, lab-study.follow-up: the use of 95811 is"),
        ("site/sleep-and-anesthesia/whole_guideline.html", lambda data: data.replace(b"60 days", b"90 days"), "general.visit: in sleep-and-anesthesia/whole_guideline.html says"),
        ("site/sleep-and-anesthesia/whole_guideline.html", lambda data: data.replace(b'<article id="general"', b'<article id="other"'), "does not hold the sections as the source orders them"),
        ("site/sleep-and-anesthesia/lab-study.html", lambda data: data.replace(b"<td>obstructive", b"<td>central"), "the table of terms says “central sleep apnea” of OSA"),
        ("site/feed.xml", lambda data: data.replace(b"2026-01-01T", b"2026-01-02T"), "feed.xml and the source differ on the revision Sleep"),
        ("site/sleep-and-anesthesia/whole_guideline.html", lambda data: data.replace(b'href="#lab-study.illness">section', b'href="#general.visit">section'), "dental-anesthesia.illness: in sleep-and-anesthesia/whole_guideline.html no link leads to sleep-and-anesthesia/lab-study.html#lab-study.illness"),
        ("site/sleep-and-anesthesia/whole_guideline.html", lambda data: data.replace(b'href="#lab-study.illness">section', b'href="#lab-study.gone">section'), "leads to lab-study.gone, which is not on"),
        ("site/feed.xml", lambda data: data[:-20], "feed.xml cannot be read"),
        ("site/offline.zip", lambda data: rezipped(data, lambda page: page.replace(b"60 days", b"90 days")), "offline.zip holds another sleep-and-anesthesia/general.html"),
        ("site/offline.zip", lambda data: rezipped(data, lambda page: None if b"60 days" in page else page), "offline.zip lacks sleep-and-anesthesia/general.html"),
        ("site/offline.zip", lambda data: data[:-200], "offline.zip cannot be read"),
        ("site/terms.html", lambda data: data.replace(b"</h1>", b'</h1><p class="downloads">No <a href="#p_main">x</a></p>'), "terms.html holds more than links where offline.zip"),
        ("verify.json", lambda data: re.sub(rb'"pages": \d', b'"pages": 9', data), "verify.json does not speak of these outputs"),
    ],
)  # fmt: skip
def test_an_output_that_was_changed_is_named(
    copied: Path, capsys: pytest.CaptureFixture[str], path: str, change: Any, said: str
) -> None:
    file = copied / path
    data = file.read_bytes()
    file.write_bytes(change(data))
    assert file.read_bytes() != data
    assert verify(copied) == cli.UNPUBLISHED
    told = capsys.readouterr().out
    assert f"{path} was changed after it was built" in told
    assert said in told


def test_lost_stray_and_stale_files_are_named(copied: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (copied / "pdf" / "durable-equipment.pdf").unlink()
    pages = copied / "site" / "sleep-and-anesthesia"
    shutil.copyfile(pages / "general.html", pages / "bygone.html")
    assert verify(copied) == cli.UNPUBLISHED
    told = capsys.readouterr().out
    assert "pdf/durable-equipment.pdf is missing" in told
    assert "site/sleep-and-anesthesia/bygone.html was written by no build" in told
    assert "section bygone: bygone.html is the page of no section" in told
    assert verify(tmp_path / "nothing") == cli.UNPUBLISHED


def test_a_source_that_moved_on_is_named_by_criterion(
    copied: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    source = Path(shutil.copytree(LIBRARY, tmp_path / "source"))
    file = source / "sleep-and-anesthesia" / "sections" / "children.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text("# A comment is no difference.\n" + text, encoding="utf-8")
    assert verify(copied, source) == 0
    match = re.search(r"id: (\S+)\n\s+text: (.+)\n", text)
    assert match is not None
    file.write_text(text.replace(match[2], match[2] + " today"), encoding="utf-8")
    assert verify(copied, source) == cli.UNPUBLISHED
    told = capsys.readouterr().out
    for output in ("JSON", "site", "PDF"):
        assert f"sleep-and-anesthesia, {output}, section children, {match[1]}: " in told


def test_nothing_is_published_that_differs(copied: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(words: Words, text: Any) -> Any:
        return whole(words, text.replace("≥", ">") if isinstance(text, str) else text.value.replace("≥", ">"))

    whole = Words.__call__
    monkeypatch.setattr(Words, "__call__", careless)
    before = (copied / "manifest.json").read_bytes()
    with pytest.raises(PublishFault, match=r"site, section lab-study, lab-study.bmi: says “The BMI is > 35"):
        publish(
            read_library(LIBRARY).library,
            Order(LIBRARY, copied, TEMPLATES, frozenset(("json", "site"))),
            lambda _: None,
        )
    assert (copied / "manifest.json").read_bytes() == before


@given(
    st.lists(
        st.sampled_from(["*", "**", "_", "`", "[", "]", "(https://x.org)", "\\", "a", "b c", " ", ".", "≥", "***"]),
        max_size=12,
    )
)
@settings(max_examples=400, deadline=None)
def test_markdown_reads_as_it_is_rendered(parts: list[str]) -> None:
    text = "".join(parts).strip()
    import html

    words = Words({}, {}, lambda _: None, lambda _: None)
    shown = html.unescape(re.sub(r"<[^>]*>", "", str(words(text)).replace("<br />", "")))
    assert " ".join(plain(text).split()) == " ".join(shown.split())


HOSTILE = [
    "Antidisestablishment" * 20,
    "/".join(str(code) for code in range(78811, 78871)),
    "PET" + "\u2011PET" * 100,
    "1" * 300 + " weeks",
    "Greek α, ≥ 5 µg/l, ½, naïve ™",
    "ALL of the following are met 2.1 first.t1 and 3 or ANY",
    "<b>bold</b> &amp; </li></ol><script>alert(1)</script> {{ 7 * 7 }}",
    "*a* **b** `c` \\* [d](https://example.org/a_b(c)) ![e](https://f.org)",
    "and",
    "1",
    "first.t0",
    "Query to the author: is this one?",
    "שלום עולם",
    "漢字",
    "A😀",
    "\u0e01\u0e33",
    "[x]()",
    "e\u0301 against é",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_published_whole_or_refused_by_name(tmp_path: Path, text: str) -> None:
    typed = json.dumps(text, ensure_ascii=False)
    section = (
        "id: first\ntitle: First\neffect: covered\ncriteria:\n  id: first.all\n  all:\n"
        f"    - id: first.t1\n      text: {typed}\n      notes:\n        - {typed}\n"
        f"      unless:\n        id: first.u\n        text: {typed}\n"
        "    - id: first.t2\n      text: It holds\n"
    )
    write_example(section, tmp_path / "source")
    library = read_library(tmp_path / "source").library
    assert library.guidelines[0].sections
    try:
        publish(library, Order(tmp_path / "source", tmp_path / "build", TEMPLATES), lambda _: None)
    except PublishFault as fault:
        assert "first" in str(fault), fault
    else:
        assert run("verify", "--source", tmp_path / "source", "--out", tmp_path / "build") == 0
        assert not prove(library, tmp_path / "build", [("example", "pdf")]).differences


def random_sections(count: int) -> list[str]:
    """Draw section files; where one gives an id twice, which is refused, another one is given."""
    drawn: list[str] = []

    @given(text=section_texts)
    @settings(max_examples=count, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    def draw(text: str) -> None:
        numbers = iter(range(1, 1000))
        drawn.append(re.sub(r"own-\d+|a-rule|pet-mri\.second", lambda _: f"own-{next(numbers)}", text))

    draw()
    return drawn


@pytest.mark.thorough
@pytest.mark.parametrize("part", range(10))
def test_random_libraries_raise_no_false_alarm(part: int, tmp_path: Path) -> None:
    """A thousand random guidelines in all, each with a section and with JSON and site, a third with the PDF."""
    texts = random_sections(100)
    for number, text in enumerate(texts):
        folder = tmp_path / "source" / f"g{number}"
        write_example(text, tmp_path / "one")
        shutil.move(tmp_path / "one" / "example", folder)
        head = folder / "guideline.yaml"
        head.write_text(head.read_text("utf-8").replace("id: example", f"id: {folder.name}", 1), "utf-8")
    shutil.move(tmp_path / "one" / "registers", tmp_path / "source")
    library = read_library(tmp_path / "source").library
    laid = [outline(guideline) for guideline in library.guidelines if guideline.sections]
    assert len(laid) > 0.9 * len(texts)
    out = tmp_path / "build"
    for folder in (out / "json", out / "pdf"):
        folder.mkdir(parents=True)
    (out / "json" / "codes.json").write_bytes(export_registers.codes(laid))
    build_site(laid, out / "site", TEMPLATES)
    for number, one in enumerate(laid):
        exported = export.export(one, True)
        (out / "json" / f"{one.guideline.id}.json").write_bytes(exported)
        if number % 3 == part % 3:
            (out / "pdf" / f"{one.guideline.id}.pdf").write_bytes(render(one, exported, TEMPLATES, draft=True))
    found = prove(library, out, [(one.guideline.id, "site") for one in laid]).differences
    assert [(str(one), texts[int(one.guideline[1:])]) for one in found] == []
