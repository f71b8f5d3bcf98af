"""The site in a real browser, opened from a folder: no message, no other host, search, keyboard, phone, paper."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pypdf
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from policypress.render.site_build import build_site
from tests.render.published import TEMPLATES, laid_library
from tests.render.test_site import HOSTILE, plain, write

KINDS = (
    "index.html",
    "sleep-and-anesthesia/index.html",
    "sleep-and-anesthesia/lab-study.html",
    "durable-equipment/rental.html",
    "sleep-and-anesthesia/revision_history.html",
    "sleep-and-anesthesia/source_concordance.html",
    "codes/index.html",
    "codes/95806.html",
    "indications.html",
    "terms.html",
    "references.html",
    "how-to-read.html",
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("browsed") / "site"
    build_site(laid_library(), out, TEMPLATES)
    return out


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert chromium, "install chromium"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def faults() -> list[str]:
    return []


@pytest.fixture
def tab(browser: Browser, faults: list[str]) -> Iterator[Page]:
    context = browser.new_context()
    tab = context.new_page()
    tab.on("console", lambda message: faults.append(f"console: {message.text}"))
    tab.on("pageerror", lambda error: faults.append(f"error: {error}"))
    tab.on("dialog", lambda dialog: faults.append(f"dialog: {dialog.message}"))
    tab.on("requestfailed", lambda request: faults.append(f"failed: {request.url}"))
    tab.on(
        "request", lambda request: None if request.url.startswith(("file:", "data:")) else faults.append(request.url)
    )
    yield tab
    context.close()
    assert faults == []


def search(tab: Page, question: str) -> list[str]:
    tab.fill("#p_search", question)
    tab.wait_for_function(
        "question => document.querySelector('#p_found [role=status]').textContent.includes(question)", arg=question
    )
    return tab.locator("#p_found li a").all_text_contents()


def test_every_kind_of_page_opens_without_a_message(tab: Page, built: Path) -> None:
    for scheme in ("light", "dark"):
        tab.emulate_media(color_scheme=scheme)
        for path in KINDS:
            tab.goto((built / path).as_uri())
            assert tab.evaluate("document.fonts.ready.then(() => document.fonts.check('16px \"IBM Plex Sans\"'))"), path
            colours = tab.evaluate("(s => [s.color, s.backgroundColor])(getComputedStyle(document.documentElement))")
            light = [sum(map(int, re.findall(r"\d+", colour)[:3])) for colour in colours]
            assert (light[0] < light[1]) == (scheme == "light"), path


def test_pages_fit_a_narrow_phone(tab: Page, built: Path) -> None:
    tab.set_viewport_size({"width": 320, "height": 640})
    for path in KINDS:
        tab.goto((built / path).as_uri())
        assert tab.evaluate("document.documentElement.scrollWidth") <= 320, path


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("95806", "CPT 95806"),
        ("9580", "CPT 95800"),
        ("e0470", "HCPCS E0470"),
        ("G47.33", "ICD-10-CM G47.33"),
        ("home\u2011sleep/test", "3 Home sleep test"),
        ("6-8 weeks", "2 Sleep study in the laboratory, C.1"),
        ("resume visit", "1 General requirements, 3"),
        ("polysomnography", "PSG"),
    ],
)
def test_search_finds_from_a_folder(question: str, first: str, tab: Page, built: Path) -> None:
    tab.goto((built / "sleep-and-anesthesia" / "general.html").as_uri())
    assert search(tab, question)[0] == first


def test_search_by_keyboard_leads_to_the_criterion(tab: Page, built: Path) -> None:
    tab.goto((built / "index.html").as_uri())
    tab.keyboard.press("/")
    tab.keyboard.type("snoring heard")
    tab.wait_for_selector("#p_found li a")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/children.html#children.snoring")
    assert tab.evaluate("document.querySelector(':target .words').textContent") == "Snoring is heard on most nights"


def test_nothing_needs_scripts_to_be_read(browser: Browser, built: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto((built / "sleep-and-anesthesia" / "lab-study.html").as_uri())
    assert tab.get_by_text("Loud snoring is reported").is_visible()
    assert not tab.locator("form.search").is_visible()
    context.close()


def test_paper_holds_every_criterion(tab: Page, built: Path) -> None:
    tab.goto((built / "sleep-and-anesthesia" / "lab-study.html").as_uri())
    pages = pypdf.PdfReader(io.BytesIO(tab.pdf(format="Letter", prefer_css_page_size=True))).pages
    words = "".join("".join(page.extract_text() for page in pages).split())
    one = next(one for one in laid_library() if one.guideline.id == "sleep-and-anesthesia")
    texts = [item.criterion.text.value for item in one.places["lab-study"].section.items() if item.criterion]
    assert len(texts) > 15
    assert [text for text in texts if "".join(text.split()) not in words] == []


def test_hostile_text_does_nothing(tab: Page, tmp_path: Path) -> None:
    source = write(tmp_path / "source", "small", {"one": plain("one", HOSTILE, title=HOSTILE)})
    build_site(laid_library(source), tmp_path / "site", TEMPLATES)
    tab.goto((tmp_path / "site" / "small" / "one.html").as_uri())
    assert search(tab, "alert")
    tab.wait_for_timeout(100)
