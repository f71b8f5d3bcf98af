"""The preview: what is saved is shown, errors lie over the last good page, and nobody else can look."""

from __future__ import annotations

import io
import re
import shutil
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import NoReturn
from urllib.parse import quote

import pytest
from pypdf import PdfReader

from policypress.checks import run_checks
from policypress.render.preview import Preview
from policypress.render.serve import server
from policypress.render.site_build import SiteFault
from tests.render.published import LIBRARY, TEMPLATES

PAGE = "/sleep-and-anesthesia/children.html"


class Shown:
    """A preview that runs, asked over HTTP."""

    def __init__(self, folder: Path) -> None:
        self.source = folder / "source"
        shutil.copytree(LIBRARY, self.source)
        self.section = self.source / "sleep-and-anesthesia" / "sections" / "children.yaml"
        self.written = self.section.read_text(encoding="utf-8")
        (folder / "build" / "json").mkdir(parents=True)
        (folder / "build" / "json" / "sleep-and-anesthesia.json").write_text("{}", encoding="utf-8")
        self.preview = Preview(self.source, TEMPLATES, published=folder / "build")
        self.preview.refresh()
        self.server = server(self.preview, "127.0.0.1", 0)
        for task in (self.preview.watch, lambda: self.server.serve_forever(0.05)):
            threading.Thread(target=task, daemon=True).start()

    def get(self, path: str, host: str = "127.0.0.1") -> str:
        return self.raw(path, host).decode()

    def raw(self, path: str, host: str = "127.0.0.1") -> bytes:
        address = f"http://127.0.0.1:{self.server.server_address[1]}{path}"
        with urllib.request.urlopen(urllib.request.Request(address, headers={"Host": host}), timeout=30) as answer:
            return bytes(answer.read())

    def save(self, text: str) -> str:
        """Save the section and return its page as soon as the browser would be told."""
        version = self.preview.version
        beside = self.section.with_name(".saved")
        beside.write_text(text, encoding="utf-8")
        beside.replace(self.section)  # in one step: half a file would be a state of its own
        while self.get(f"/~policypress/version?after={version}") == str(version):
            pass
        return self.get(PAGE)

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.preview.close()


@pytest.fixture
def shown(tmp_path: Path) -> Iterator[Shown]:
    made = Shown(tmp_path)
    yield made
    made.close()


def test_a_saved_file_is_on_screen_soon(shown: Shown) -> None:
    assert "Snoring is heard on most nights" in shown.get(PAGE)
    started = time.monotonic()
    page = shown.save(shown.written.replace("Snoring is heard", "Loud snoring is heard"))
    assert time.monotonic() - started < 5  # on an idle machine half a second
    assert "Loud snoring is heard on most nights" in page
    assert "details" not in page
    assert "Loud snoring" in shown.get("/js/search-index.js")
    assert "Loud snoring" not in shown.save(shown.written)


def test_a_saved_section_is_in_print_soon(shown: Shown) -> None:
    name = "/~policypress/pdf/sleep-and-anesthesia/children"
    assert f'href="{name}.html"' in shown.get(PAGE)
    assert "to-print" not in shown.get("/index.html")
    (address,) = re.findall(r'<iframe src="([^"]+)"', shown.get(name + ".html"))

    def text() -> str:
        return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(shown.raw(address))).pages)

    assert "Snoring is heard on most nights" in text()
    assert "Contents" not in text()
    shown.save(shown.written.replace("Snoring is heard", "Loud snoring is heard"))
    assert "Loud snoring is heard on most nights" in text()
    page = shown.save(shown.written.replace("Snoring is heard", "Snoring \U0001f634 is heard"))
    assert "the fonts have no U+1F634" in shown.get(name + ".html")
    assert "Snoring" in page
    with pytest.raises(urllib.error.HTTPError, match="404"):
        shown.get("/~policypress/pdf/sleep-and-anesthesia/gone.html")
    with pytest.raises(urllib.error.HTTPError, match="500"):
        shown.get(name + ".pdf")


def test_errors_lie_over_the_last_good_page(shown: Shown) -> None:
    page = shown.save(shown.written.replace("scope:", "x:").replace("effect: covered", "effekt: <b>covered</b>"))
    assert "Snoring is heard on most nights" in page
    assert "has no key effekt" in page
    assert f'href="vscode://file/{str(shown.section).lstrip("/")}:' in page
    assert "<b>covered" not in page
    assert "has no key effekt" not in shown.save(shown.written)


def test_a_warning_leads_to_its_line_and_to_its_page(shown: Shown) -> None:
    shown.preview.check = run_checks
    page = shown.save(shown.written.replace("Snoring is heard on most nights", "Snoring is heard on most nights, etc."))
    assert "W121" in page
    line = shown.section.read_text(encoding="utf-8").splitlines().index(
        next(line for line in shown.section.read_text(encoding="utf-8").splitlines() if "nights, etc." in line)
    )
    (address,) = re.findall(r'href="vscode://file/([^"]+children.yaml:\d+:\d+)"', page)
    assert address.rsplit(":", 2)[1] == str(line + 1)
    (link,) = re.findall(r'<a href="([^"]+)">on its page</a>', page)
    path, _, anchor = link.partition("#")
    assert path == PAGE
    assert f'id="{anchor}"' in shown.get(path)


def test_a_link_to_a_file_with_an_odd_name(tmp_path: Path) -> None:
    """The address is percent-encoded, the place beside it is as it stands on disk, and neither is markup."""
    odd = tmp_path / "50% & #1 <für alle>"
    shown = Shown(odd)
    try:
        page = shown.save(shown.written.replace("effect: covered", "effekt: covered"))
        line = shown.section.read_text(encoding="utf-8").splitlines().index("    effekt: covered") + 1
        address = f"vscode://file/{quote(str(shown.section).lstrip('/'))}:{line}:5"
        assert "50%25%20%26%20%231%20%3Cf%C3%BCr%20alle%3E/source/" in address
        place = re.search(rf'<a href="{re.escape(address)}"><code>([^<]*)</code></a>', page)
        assert place is not None
        told = unescape(place[1])
        path, where = told.rsplit(":", 2)[0], told.rsplit(":", 2)[1:]
        assert (Path.cwd() / path).resolve() == shown.section.resolve() and where == [str(line), "5"]
    finally:
        shown.close()


def test_a_page_whose_section_is_gone_is_gone(shown: Shown) -> None:
    assert "Rental" in shown.get("/durable-equipment/rental.html")
    version = shown.preview.version
    shutil.rmtree(shown.source / "durable-equipment")
    while shown.get(f"/~policypress/version?after={version}") == str(version):
        pass
    shown.preview.refresh()
    with pytest.raises(urllib.error.HTTPError, match="404"):
        shown.get("/durable-equipment/rental.html")


def contents(preview: Preview) -> dict[str, bytes]:
    """Every page and file of the site as it is shown now."""
    assert preview._made is not None
    names = [*preview._made.pages, *preview._made.files]
    return {name: file.read_bytes() if (file := preview.file(name)) is not None else b"" for name in names}


def as_new(source: Path) -> dict[str, bytes]:
    """The same of a preview that begins with this source."""
    preview = Preview(source, TEMPLATES)
    try:
        preview.refresh()
        return contents(preview)
    finally:
        preview.close()


@pytest.fixture
def quiet(tmp_path: Path) -> Iterator[Preview]:
    """A preview that nothing watches, all of whose pages were looked at."""
    shutil.copytree(LIBRARY, tmp_path / "source")
    preview = Preview(tmp_path / "source", TEMPLATES)
    preview.refresh()
    contents(preview)
    yield preview
    preview.close()


def written_since(preview: Preview, before: dict[str, int]) -> set[str]:
    return {name for name, time in times(preview).items() if before.get(name) != time}


def times(preview: Preview) -> dict[str, int]:
    files = (path for path in preview.root.rglob("*") if path.is_file())
    return {path.relative_to(preview.root).as_posix(): path.stat().st_mtime_ns for path in files}


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_only_pages_that_changed_are_written(quiet: Preview) -> None:
    before = times(quiet)
    edit(quiet.source / "sleep-and-anesthesia/sections/children.yaml", "Snoring is heard", "Loud snoring is heard")
    quiet.refresh()
    assert written_since(quiet, before) == set()  # nobody looks
    shown = contents(quiet)
    assert shown == as_new(quiet.source)
    changed = written_since(quiet, before)
    assert {"sleep-and-anesthesia/children.html", "js/search-index.js"} <= changed
    assert "sleep-and-anesthesia/general.html" not in changed
    assert not [name for name in changed if name.startswith(("durable-equipment/", "fonts/"))]
    before = times(quiet)
    quiet.refresh()
    assert contents(quiet) == shown
    assert written_since(quiet, before) <= {"404.html"}


def test_an_edit_anywhere_reaches_every_page_that_shows_it(quiet: Preview) -> None:
    codes = quiet.source / "registers/codes.yaml"
    edit(codes, "label: ", "label: Quite another ")
    quiet.refresh()
    shown = contents(quiet)
    assert shown == as_new(quiet.source)
    assert sum(b"Quite another" in page for page in shown.values()) > 2
    edit(quiet.source / "sleep-and-anesthesia/guideline.yaml", "title: ", "title: New ")
    quiet.refresh()
    shown = contents(quiet)
    assert shown == as_new(quiet.source)
    assert b"New " in shown["sleep-and-anesthesia/children.html"]


def test_files_that_go_and_come_back(quiet: Preview) -> None:
    first = contents(quiet)
    guideline = quiet.source / "durable-equipment"
    guideline.rename(quiet.source.parent / "away")
    quiet.refresh()
    assert contents(quiet) == as_new(quiet.source) != first
    assert quiet.file("durable-equipment/rental.html") is None
    (quiet.source.parent / "away").rename(guideline)
    quiet.refresh()
    assert contents(quiet) == first


def test_a_file_that_breaks_and_is_mended(quiet: Preview) -> None:
    first = contents(quiet)
    section = quiet.source / "sleep-and-anesthesia/sections/children.yaml"
    text = section.read_text(encoding="utf-8")
    section.write_text("id: [", encoding="utf-8")
    quiet.refresh()
    assert quiet.stopped
    assert contents(quiet) == first
    section.write_text(text, encoding="utf-8")
    quiet.refresh()
    assert not quiet.stopped
    assert contents(quiet) == first


def test_a_template_that_breaks_and_is_mended(tmp_path: Path) -> None:
    shutil.copytree(LIBRARY, tmp_path / "source")
    shutil.copytree(TEMPLATES, tmp_path / "templates")
    preview = Preview(tmp_path / "source", tmp_path / "templates")
    preview.refresh()
    name = "sleep-and-anesthesia/children.html"
    first = contents(preview)[name]
    template = tmp_path / "templates/site/section.html.j2"
    text = template.read_text(encoding="utf-8")
    template.write_text("{% if %}" + text, encoding="utf-8")
    preview.refresh()
    preview.file(name)
    assert preview.stopped
    template.write_text("{# better #}" + text, encoding="utf-8")
    preview.refresh()
    assert contents(preview)[name] == first
    assert not preview.stopped
    preview.close()


def watched(preview: Preview, version: int) -> None:
    """Watch until a version after this one is there."""
    threading.Thread(target=preview.watch, daemon=True).start()
    with preview.changed:
        assert preview.changed.wait_for(lambda: preview.version > version, 30)


def test_what_is_saved_while_the_first_pages_are_made_is_shown(quiet: Preview) -> None:
    version = quiet.version
    edit(quiet.source / "sleep-and-anesthesia/sections/children.yaml", "Snoring is heard", "Loud snoring is heard")
    watched(quiet, version)
    assert b"Loud snoring" in contents(quiet)["sleep-and-anesthesia/children.html"]


def test_a_watch_that_cannot_look_says_so_and_goes_on(quiet: Preview, monkeypatch: pytest.MonkeyPatch) -> None:
    looked = quiet._look

    def cannot() -> NoReturn:
        raise PermissionError("the disk is gone")

    monkeypatch.setattr(quiet, "_look", cannot)
    version = quiet.version
    watched(quiet, version)
    assert quiet.faults == ("PermissionError: the disk is gone",)
    assert b"the disk is gone" in quiet.dressed(b"<body></body>")
    time.sleep(0.5)
    assert quiet.version == version + 1  # said once
    monkeypatch.setattr(quiet, "_look", looked)
    with quiet.changed:
        assert quiet.changed.wait_for(lambda: quiet.version > version + 1, 30)
    assert not quiet.stopped


def test_a_template_edited_while_the_source_is_broken(tmp_path: Path) -> None:
    shutil.copytree(LIBRARY, tmp_path / "source")
    shutil.copytree(TEMPLATES, tmp_path / "templates")
    preview = Preview(tmp_path / "source", tmp_path / "templates")
    preview.refresh()
    contents(preview)
    section = tmp_path / "source/sleep-and-anesthesia/sections/children.yaml"
    text = section.read_text(encoding="utf-8")
    section.write_text("id: [", encoding="utf-8")
    edit(tmp_path / "templates/site/theme/main.html", "<main", "<main data-new")
    preview.refresh()
    assert preview.stopped
    section.write_text(text, encoding="utf-8")
    preview.refresh()
    assert b"<main data-new" in contents(preview)["sleep-and-anesthesia/children.html"]
    preview.close()


def test_only_this_machine_is_answered(shown: Shown) -> None:
    with pytest.raises(urllib.error.HTTPError, match="403"):
        shown.get(PAGE, host="evil.example:8000")
    with pytest.raises(SiteFault, match="not this machine"):
        server(shown.preview, "0.0.0.0", 0)


def test_only_files_of_the_site_are_served(shown: Shown) -> None:
    assert shown.get("/json/sleep-and-anesthesia.json") == "{}"
    for path in ("/../source/registers/codes.yaml", "/%2e%2e/%2e%2e/etc/passwd", "/json/../../source", "/nothing.html"):
        with pytest.raises(urllib.error.HTTPError, match="404"):
            shown.get(path)
