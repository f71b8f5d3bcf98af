"""What a page does wrong in a browser, told by the browser and by axe-core."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Page

from tests.render.published import ROOT

MODULES = ROOT / "tests" / "browser" / "node_modules"
AXE = MODULES / "axe-core" / "axe.min.js"
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, Scheme] = ("light", "dark")
ALL: Any = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
_COLORS: Any = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}  # the rules that look at colors
_BOTH: tuple[tuple[Scheme, Any], ...] = (("light", ALL), ("dark", _COLORS))


class Watched:
    """Keeps what a tab says and asks for that it should not."""

    def __init__(self, tab: Page) -> None:
        self.tab = tab
        self.faults: list[str] = []
        keep = self.faults.append
        tab.on("console", lambda message: keep(f"console: {message.text}"))
        tab.on("pageerror", lambda error: keep(f"error: {error}"))
        tab.on("dialog", lambda dialog: keep(f"dialog: {dialog.message}"))
        tab.on("requestfailed", lambda request: keep(f"failed: {request.url}"))
        tab.on("request", lambda request: None if _ours(request.url) else keep(f"asked: {request.url}"))


def _ours(url: str) -> bool:
    return url.startswith(("file:", "data:", "http://127.0.0.1:"))


def axe(tab: Page, looks: Iterable[tuple[Scheme, Any]] = _BOTH) -> list[str]:
    """Return what axe-core finds on a page: WCAG 2.2 A and AA, and best practice; in the dark what colors can do."""
    if not tab.evaluate("'axe' in window"):
        tab.add_script_tag(path=AXE)  # handed to evaluate() instead, it never returns
    found = []
    for scheme, rules in looks:
        tab.emulate_media(color_scheme=scheme)
        told: dict[str, Any] = tab.evaluate(
            "rules => axe.run(document, { runOnly: rules, resultTypes: ['violations'], preload: false })", rules
        )
        assert told["passes"], "axe looked at nothing"
        found += [
            f"{scheme}: {one['id']}: {one['help']}: {node['html'][:200]}"
            for one in told["violations"]
            for node in one["nodes"]
        ]
    return found


def pages(site: Path) -> list[str]:
    """Return every page of a site. That for an address that is not there knows no folder, so it works on a host only."""
    return sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html") if path.name != "404.html")


def kinds(site: Path) -> list[str]:
    """Return one page of each kind: of those that share a folder and a template, the largest."""
    largest: dict[tuple[str, str], tuple[int, str]] = {}
    for path in pages(site):
        text = (site / path).read_text(encoding="utf-8")
        kind = text.partition('<body class="')[2].partition('"')[0]
        folder = path.partition("/")[0] if kind == "kind-section" else ""
        largest[kind, folder] = max(largest.get((kind, folder), (0, "")), (len(text), path))
    return sorted(path for _, path in largest.values())
