"""Debian's Chromium, sites to look at with it, and a tab that tells on its page."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from policypress.render.site_build import build_site
from tests.browser.watching import AXE, Watched
from tests.render.published import ROOT, TEMPLATES, laid_library


# A module at a time: other modules start a browser of their own, and one process drives one only.
@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the small library that shows everything once."""
    out = tmp_path_factory.mktemp("small") / "site"
    build_site(laid_library(), out, TEMPLATES)
    return _with_neighbours(out)


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the guideline that this project publishes."""
    out = tmp_path_factory.mktemp("large") / "site"
    build_site(laid_library(ROOT / "source"), out, TEMPLATES)
    return _with_neighbours(out)


def _with_neighbours(site: Path) -> Path:
    """Put something where the PDF and the JSON lie beside a published site."""
    for page in site.glob("*/index.html"):
        for kind in ("pdf", "json"):
            (site.parent / kind).mkdir(exist_ok=True)
            (site.parent / kind / f"{page.parent.name}.{kind}").write_text("{}", encoding="utf-8")
    return site


@pytest.fixture(params=["file", "http"])
def address(request: pytest.FixtureRequest, small: Path) -> Iterator[str]:
    """The address of the small site, from a disk and from a host."""
    with addressed(small, request.param) as found:
        yield found


@contextmanager
def addressed(site: Path, kind: str) -> Iterator[str]:
    """Yield the address of a site, from a disk or from a host."""
    if kind == "file":
        yield site.as_uri() + "/"
        return
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(site.parent))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/site/"
        server.shutdown()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def watched(browser: Browser) -> Iterator[Page]:
    """A tab whose page must say nothing on the console and ask no other host."""
    context = browser.new_context()
    watch = Watched(context.new_page())
    yield watch.tab
    context.close()
    assert watch.faults == []


@pytest.fixture
def examined(browser: Browser) -> Iterator[Page]:
    """The same with axe-core on each page, which comes from the browser and not from the page."""
    context = browser.new_context()
    context.add_init_script(path=AXE)
    watch = Watched(context.new_page())
    yield watch.tab
    context.close()
    assert watch.faults == []


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    """A tab into which a test may put scripts of its own."""
    context = browser.new_context(bypass_csp=True)
    yield context.new_page()
    context.close()
