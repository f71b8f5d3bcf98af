"""How pages look: held against the pictures in docs/images, which somebody looked at.

A picture is cut into blocks of four pixels by four, and a block differs where its mean color does by more than 32 of
255. Other hinting, other smoothing and a page that sits half a pixel lower make up to 1.1 % of the blocks differ, one
pixel up to 2.0 %; a margin under the title that is 4 pixels wider makes it 4 to 8 %, another font 7 to 18 %. The limit
of 3 % stands between the two. The fonts are our own, so machines differ in little else. What a small difference can hide,
a word or a button, other tests look for.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy
import pypdfium2
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from tests.render.published import ROOT

PICTURES = ROOT / "docs" / "images"
BLOCK, FAR, LIMIT = 4, 32, 0.03
LAB = "sleep-and-anesthesia/lab-study.html"


class Look(NamedTuple):
    name: str
    path: str
    size: tuple[int, int]
    scheme: Literal["light", "dark"]
    until: Callable[[Page], object]  # what is done before the picture is taken


def nothing(tab: Page) -> None:
    return None


def answered(tab: Page) -> None:
    for id, answer in (("lab-study.snoring", "met"), ("lab-study.pauses", "met"), ("lab-study.bmi", "not_met")):
        tab.locator(f'[id="{id}"] input[value={answer}]').first.check()
    tab.locator("#lab-study\\.signs").evaluate("one => scrollTo(0, one.getBoundingClientRect().top + scrollY - 160)")


LOOKS = (
    Look("site-home", "index.html", (1280, 860), "light", nothing),
    Look("site-section", LAB, (1280, 860), "light", nothing),
    Look("site-section-dark", LAB, (1280, 860), "dark", nothing),
    Look("site-checklist", LAB, (1280, 860), "light", answered),
    Look("site-checklist-dark", LAB, (1280, 860), "dark", answered),
    Look("site-phone", LAB, (390, 844), "light", answered),
    Look("site-phone-dark", LAB, (390, 844), "dark", answered),
)


@pytest.fixture
def opened(browser: Browser, small: Path) -> Iterator[Callable[[Look], Page]]:
    contexts = []

    def open_(look: Look) -> Page:
        width, height = look.size
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=look.scheme, reduced_motion="reduce", bypass_csp=True
        )
        contexts.append(context)
        tab = context.new_page()
        tab.clock.set_fixed_time("2026-01-15")  # before any review is due
        tab.goto((small / look.path).as_uri())
        look.until(tab)
        tab.evaluate("document.fonts.ready")
        return tab

    yield open_
    for context in contexts:
        context.close()


def blocks(picture: Image.Image) -> Any:
    whole = picture.convert("RGB")
    cut = whole.crop((0, 0, whole.width // BLOCK * BLOCK, whole.height // BLOCK * BLOCK))
    return numpy.asarray(cut.reduce(BLOCK)).astype(int)


def difference(one: Image.Image, other: Image.Image) -> float:
    """Return the share of blocks that differ."""
    left, right = blocks(one), blocks(other)
    return 1.0 if left.shape != right.shape else float((abs(left - right).max(axis=2) > FAR).mean())


def hold(name: str, picture: Image.Image, request: pytest.FixtureRequest) -> None:
    path = PICTURES / f"{name}.png"
    if request.config.getoption("--rewrite-goldens"):
        few = picture.convert("RGB").quantize(64, dither=Image.Dither.NONE)  # small, and text stays sharp
        few.save(path, optimize=True)
    assert path.is_file(), f"{path.name} is missing; ./run test --rewrite-goldens writes it"
    assert difference(Image.open(path), picture) <= LIMIT, f"{name} looks otherwise; --rewrite-goldens, and look at it"


def shot(tab: Page) -> Image.Image:
    return Image.open(io.BytesIO(tab.screenshot()))


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_a_page_looks_as_it_did(look: Look, opened: Callable[[Look], Page], request: pytest.FixtureRequest) -> None:
    hold(look.name, shot(opened(look)), request)


def test_paper_looks_as_it_did(opened: Callable[[Look], Page], request: pytest.FixtureRequest) -> None:
    tab = opened(Look("site-paper", LAB, (1280, 860), "dark", answered))
    sheet = pypdfium2.PdfDocument(tab.pdf(format="Letter", prefer_css_page_size=True))[0]
    hold("site-paper", sheet.render(scale=1.25).to_pil(), request)


@pytest.mark.parametrize(
    ("style", "caught"),
    [
        ("main { position: relative; top: .5px; left: .5px }", False),
        ("main { position: relative; top: 1px }", False),
        ("h1 { margin-bottom: 1.2rem }", True),
        (":root { --sans: serif }", True),
        (".ruling > header { background: var(--ink) }", True),
        (".with-side { grid-template-columns: 15rem minmax(0, 1fr) }", True),
    ],
)
def test_the_limit_parts_what_moved_from_what_is_drawn_otherwise(
    style: str, caught: bool, opened: Callable[[Look], Page]
) -> None:
    tab = opened(LOOKS[1])
    before = shot(tab)
    tab.add_style_tag(content=style)
    assert (difference(before, shot(tab)) > LIMIT) == caught
