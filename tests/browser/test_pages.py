"""Every page in a real browser: accessible, quiet, readable without scripts, by keyboard, on a phone and on paper."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin

import pypdfium2
import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import addressed
from tests.browser.watching import ALL, MODULES, SCHEMES, Scheme, Watched, axe, kinds, pages
from tests.render.published import ROOT, laid_library, page

TONES = "(style => [style.color, style.backgroundColor])(getComputedStyle(document.documentElement))"


def sound(tab: Page, address: str, paths: list[str], looks: Mapping[Scheme, Any]) -> None:
    """Open each page once: it is quiet (the tab sees to that), wears both dresses, fits a phone, and axe finds nothing.

    `looks` are the rules that axe holds a page against in each dress; none where it has been held against them already.
    """
    assert len(paths) > 10
    found: dict[str, list[str]] = {}
    for path in paths:
        tab.set_viewport_size({"width": 1280, "height": 720})
        tab.goto(address + path)
        assert tab.evaluate("document.fonts.ready.then(() => document.fonts.check('16px \"IBM Plex Sans\"'))"), path
        faults = []
        for scheme in SCHEMES:
            tab.emulate_media(color_scheme=scheme)
            ink, paper = (sum(map(int, re.findall(r"\d+", tone)[:3])) for tone in tab.evaluate(TONES))
            assert (ink < paper) == (scheme == "light"), path
            if scheme in looks:
                faults += axe(tab, [(scheme, looks[scheme])])
        tab.set_viewport_size({"width": 320, "height": 640})
        if tab.evaluate("document.documentElement.scrollWidth") > 320:
            faults.append("does not fit a narrow phone")
        found[path] = faults
    assert {path: faults for path, faults in found.items() if faults} == {}


# What a page is does not hang on where it came from, so the two dresses are looked at from one place each.
LOOKS: dict[str, dict[Scheme, Any]] = {"file": {"light": ALL}, "http": {"dark": ALL}}


def test_a_page_of_each_kind_is_sound(examined: Page, small: Path) -> None:
    with addressed(small, "file") as address:
        sound(examined, address, kinds(small), LOOKS["file"])


@pytest.mark.thorough
@pytest.mark.parametrize("kind", LOOKS)
@pytest.mark.parametrize("site", ["small", "large"])
def test_every_page_is_sound(site: str, kind: str, examined: Page, request: pytest.FixtureRequest) -> None:
    folder: Path = request.getfixturevalue(site)
    with addressed(folder, kind) as address:
        sound(examined, address, pages(folder), LOOKS[kind])


def test_a_page_that_misbehaves_is_caught(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "bad.html").write_text(
        "<!doctype html><html lang=en><title>Bad</title><body><img src='https://example.org/x.png'><main>"
        "<h1>Bad</h1><p style='color:#999;background:#eee'>Faint</p></main><script>console.log('hello')</script>",
        encoding="utf-8",
    )
    context = browser.new_context(bypass_csp=True)
    watch = Watched(context.new_page())
    watch.tab.goto((tmp_path / "bad.html").as_uri())
    told = " ".join(watch.faults)
    assert "console: hello" in told
    assert "asked: https://example.org/x.png" in told
    found = " ".join(axe(watch.tab))
    assert "image-alt" in found
    assert "light: color-contrast" in found
    assert "dark: color-contrast" in found
    context.close()


def criteria(source: Path) -> dict[str, list[str]]:
    """Return the texts of the criteria by the page that shows them."""
    return {
        f"{one.guideline.id}/{section.id}.html": [item.criterion.text.value for item in section.items() if item.criterion]
        for one in laid_library(source)
        for section in one.sections
    }


def squeezed(text: str) -> str:
    return "".join(re.sub(r"[*`\\]", "", text).split())


def on_paper(tab: Page, site: Path, source: Path) -> int:
    wanted = criteria(source)
    for path, texts in wanted.items():
        tab.goto((site / path).as_uri())
        sheets = pypdfium2.PdfDocument(tab.pdf(format="Letter", prefer_css_page_size=True))
        words = squeezed("".join(sheet.get_textpage().get_text_bounded() for sheet in sheets))
        assert [text for text in texts if squeezed(text) not in words] == [], path
    return sum(map(len, wanted.values()))


def test_paper_holds_every_criterion(tab: Page, small: Path) -> None:
    assert on_paper(tab, small, ROOT / "tests" / "library") > 50


@pytest.mark.thorough
def test_paper_holds_every_criterion_of_our_guideline(tab: Page, large: Path) -> None:
    assert on_paper(tab, large, ROOT / "source") > 150


@pytest.mark.parametrize("site", ["small", pytest.param("large", marks=pytest.mark.thorough)])
def test_every_criterion_can_be_read_without_scripts(site: str, browser: Browser, request: pytest.FixtureRequest) -> None:
    folder: Path = request.getfixturevalue(site)
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    for path, texts in criteria(ROOT / ("tests/library" if site == "small" else "source")).items():
        tab.goto((folder / path).as_uri())
        shown = squeezed(tab.locator("article").inner_text())
        assert [text for text in texts if squeezed(text) not in shown] == [], path
        assert not tab.locator("form, input, button").filter(visible=True).count(), path
    context.close()


@pytest.mark.parametrize("site", ["small", "large"])
def test_every_link_leads_somewhere(site: str, request: pytest.FixtureRequest) -> None:
    folder: Path = request.getfixturevalue(site)
    read = {path.resolve().as_uri(): page(path) for path in folder.rglob("*.html") if path.name != "404.html"}
    ids = {uri: {one.attributes["id"] for one in top.all() if "id" in one.attributes} for uri, top in read.items()}
    nowhere, seen = [], 0
    for uri, top in read.items():
        for one in top.all():
            for address in (one.attributes.get("href"), one.attributes.get("src")):
                if address is None or address.startswith(("data:", "http://", "https://", "mailto:")):
                    continue
                seen += 1
                target, anchor = urldefrag(urljoin(uri, address))
                there = Path(unquote(target.removeprefix("file://"))).is_file()
                if not there or (anchor and unquote(anchor) not in ids.get(target, {unquote(anchor)})):
                    nowhere.append((uri.rpartition("/")[2], address))
    assert nowhere == []
    assert seen > 1000


@pytest.mark.parametrize("site", ["small", pytest.param("large", marks=pytest.mark.thorough)])
def test_the_html_is_valid(site: str, request: pytest.FixtureRequest) -> None:
    folder: Path = request.getfixturevalue(site)
    told = validate(folder)
    assert told == []


def test_html_that_is_not_valid_is_caught(tmp_path: Path) -> None:
    (tmp_path / "bad.html").write_text("<!doctype html><html lang=en><title>Bad</title><p><div>x</p>", encoding="utf-8")
    assert any("</p>" in line or "“p”" in line for line in validate(tmp_path))


def validate(folder: Path) -> list[str]:
    """Return the errors that the Nu HTML Checker finds in the pages of a folder."""
    jar = MODULES / "vnu-jar" / "build" / "dist" / "vnu.jar"
    ran = subprocess.run(
        ["java", "-Xss1m", "-jar", str(jar), "--format", "json", "--stdout", "--skip-non-html", str(folder)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.stdout, ran.stderr
    return [
        f"{one.get('url', '').rpartition('/')[2]}:{one.get('lastLine')}: {one['type']}: {one['message']}"
        for one in json.loads(ran.stdout)["messages"]
        if one["type"] != "info"
    ]


def test_a_page_is_read_by_keyboard_alone(tab: Page, small: Path) -> None:
    tab.emulate_media(reduced_motion="reduce")  # else the page is still scrolling when we look
    tab.goto((small / "sleep-and-anesthesia" / "lab-study.html").as_uri())
    wanted = tab.evaluate(
        """[...document.querySelectorAll("a[href], button, input:not([type=radio]), input:checked, summary")]
          .filter((one) => one.checkVisibility()).length"""  # of radio buttons, the one that is on
    )
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.textContent") == "Skip to the text"
    reached = 1
    while True:
        tab.keyboard.press("Tab")
        if tab.evaluate("document.activeElement === document.body"):
            break
        shown = tab.evaluate(
            """() => {
              const one = document.activeElement, box = one.getClientRects()[0];
              const style = getComputedStyle(one.closest("label") ?? one);
              const x = box.x + box.width / 2, y = box.y + box.height / 2, top = document.elementFromPoint(x, y);
              return [one.outerHTML, style.outlineStyle !== 'none', one.contains(top) || top?.contains(one)];
            }"""
        )
        assert shown[1:] == [True, True], shown[0]
        reached += 1
        assert reached <= wanted
    assert reached == wanted


TERM = "main a.term"


@pytest.mark.parametrize("width", [320, 360])
def test_the_menu_is_one_line_on_a_phone_and_all_of_it_can_be_reached(width: int, tab: Page, small: Path) -> None:
    tab.set_viewport_size({"width": width, "height": 640})
    tab.goto((small / "index.html").as_uri())
    links = tab.locator("nav.primary a").all()
    heights = {round(box["y"]) for box in (link.bounding_box() for link in links) if box is not None}
    assert len(links) > 5
    assert len(heights) == 1
    for link in links:
        link.focus()
        box = link.bounding_box()
        assert box is not None
        assert 0 <= box["x"] <= box["x"] + box["width"] <= width


def test_the_name_of_a_state_is_not_broken_in_two(tab: Page, small: Path) -> None:
    tab.goto((small / "durable-equipment" / "index.html").as_uri())
    place = tab.locator(".reach .whole").first
    assert place.inner_text() == "US-OH"
    place.evaluate("one => one.parentElement.style.width = '3rem'")
    assert place.evaluate("one => one.getClientRects().length") == 1


def test_a_term_tells_its_meaning_to_keyboard_and_touch(browser: Browser, small: Path) -> None:
    context = browser.new_context(has_touch=True, viewport={"width": 360, "height": 700}, bypass_csp=True)
    tab = context.new_page()
    tab.goto((small / "sleep-and-anesthesia" / "lab-study.html").as_uri())
    term = tab.locator(TERM).first
    row = tab.locator(f'tr[id="{(term.get_attribute("href") or "")[1:]}"] td').inner_text()
    tip = tab.locator("[role=tooltip]")
    term.tap()
    assert " ".join(tip.inner_text().split()) == " ".join(row.split()) != ""
    assert tab.evaluate("location.hash") == ""
    assert axe(tab) == []
    box = tip.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 360
    term.tap()
    assert tab.evaluate("location.hash") == term.get_attribute("href")
    assert not tip.count()
    tab.reload()
    while not tip.count():
        tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.matches('a.term')")
    assert tab.evaluate("document.activeElement.getAttribute('aria-describedby')") == "p_tip"
    tab.keyboard.press("Escape")
    assert not tip.count()
    context.close()
