"""Makes the pictures of the guides anew: `.venv/bin/python docs/images/make.py`. Look at them before committing."""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from pathlib import Path

import pypdfium2
from PIL import Image, ImageChops
from playwright.sync_api import Locator, Page, sync_playwright

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT))
from policypress.library import read_library  # noqa: E402
from policypress.outline import GuidelineOutline, outline  # noqa: E402
from policypress.render.export import export  # noqa: E402
from policypress.render.pdf import render  # noqa: E402
from policypress.render.site_build import build_site  # noqa: E402
from tests.examples import write_example  # noqa: E402
from tests.guide import blocks  # noqa: E402

TEMPLATES = ROOT / "templates"
SCALE = 2  # dots a point or CSS pixel, for sharp screens


def main() -> None:
    """Make all pictures."""
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        tab = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"]).new_page(
            viewport={"width": 1180, "height": 860}, device_scale_factor=SCALE
        )
        tab.clock.set_fixed_time("2026-01-15")  # the same pictures on every day
        build_site(_laid(ROOT / "source"), folder / "site", TEMPLATES)
        tab.goto((folder / "site" / "oncology-imaging" / "pet-mri.html").as_uri())
        _keep(tab.screenshot(), "section.png")

        (example,) = (block for block in blocks(ROOT / "README.md") if block.info == "yaml section")
        write_example(example.body, folder / "source")
        (laid,) = _laid(folder / "source")
        build_site([laid], folder / "example", TEMPLATES)
        _from_site(tab, folder / "example" / "example" / "pet-mri.html")
        _from_pdf(render(laid, export(laid, draft=False), TEMPLATES, draft=False))


def _laid(source: Path) -> list[GuidelineOutline]:
    return [outline(guideline) for guideline in read_library(source).library.guidelines]


def _from_site(tab: Page, page: Path) -> None:
    tab.set_viewport_size({"width": 620, "height": 900})
    tab.goto(page.as_uri())
    ruling: Locator = tab.locator(".ruling").first
    _keep(ruling.screenshot(), "example-site.png")


def _from_pdf(document: bytes) -> None:
    """Keep the section on its page, without margins and without the code index below."""
    pages = pypdfium2.PdfDocument(document)
    (page,) = (page for page in pages if "initial staging" in page.get_textpage().get_text_bounded())
    image = page.render(scale=SCALE).to_pil().convert("RGB")
    words = page.get_textpage()
    index, _ = words.search("Code index").get_next()
    end = int((page.get_height() - words.get_charbox(index)[3]) * SCALE) - 8 * SCALE
    body = image.crop((0, image.height // 12, image.width, end))
    box = ImageChops.difference(body, Image.new("RGB", body.size, "white")).getbbox()
    assert box is not None
    edge = 12 * SCALE
    kept = body.crop((box[0] - edge, max(box[1] - edge, 0), box[2] + edge, min(box[3] + edge, body.height)))
    with io.BytesIO() as out:
        kept.save(out, "PNG")
        _keep(out.getvalue(), "example-pdf.png")


def _keep(png: bytes, name: str) -> None:
    """Write a picture with few colors: it stays small, and text stays sharp."""
    image = Image.open(io.BytesIO(png)).convert("RGB").quantize(64, dither=Image.Dither.NONE)
    image.save(HERE / name, optimize=True)
    print(f"{name}: {image.size[0]} × {image.size[1]}, {(HERE / name).stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
