"""Search in a real browser, from a folder; and a text that would run there if it could."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from policypress.render.site_build import build_site
from tests.render.published import TEMPLATES, laid_library
from tests.render.test_site import HOSTILE, plain, write


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("browsed") / "site"
    build_site(laid_library(), out, TEMPLATES)
    return out


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


def test_hostile_text_does_nothing(tab: Page, tmp_path: Path) -> None:
    source = write(tmp_path / "source", "small", {"one": plain("one", HOSTILE, title=HOSTILE)})
    build_site(laid_library(source), tmp_path / "site", TEMPLATES)
    tab.goto((tmp_path / "site" / "small" / "one.html").as_uri())
    assert search(tab, "alert")
    tab.wait_for_timeout(100)
