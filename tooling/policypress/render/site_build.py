"""Runs MkDocs over some guidelines into a folder, quietly, and looks over what came out."""

from __future__ import annotations

import gc
import logging
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from policypress.outline import GuidelineOutline
from policypress.render.site import SITE_NAME, Site, site
from policypress.render.site_check import check_site
from policypress.render.site_links import SiteFault

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig

__all__ = ["Builder", "SiteFault", "build_site"]


def build_site(laid: Sequence[GuidelineOutline], out: Path, templates: Path) -> list[Path]:
    """Build the site of some guidelines into `out`, which must be empty or missing, and return its files, sorted.

    The links to the PDF and the JSON lead to `../pdf/<guideline>.pdf` and `../json/<guideline>.json` seen from `out`;
    whether those files are there is for the caller to see to. Writes below `out` alone. Raises SiteFault where MkDocs
    warns, or where a link, an anchor or an id is wrong.
    """
    with _collector_off():
        made = site(laid, templates)
        said = Builder(out, templates, zipped=True).build(made)
        missing = [f"{path}: this page was not written" for path in made.pages if not (out / path).is_file()]
        if faults := [*said, *missing, *check_site(out, made.outside)]:
            raise SiteFault("\n".join(faults))
    return sorted(path for path in out.rglob("*") if path.is_file())


class Builder:
    """Lets MkDocs write a site into a folder, and afterwards only what changed in it."""

    def __init__(self, out: Path, templates: Path, zipped: bool = False) -> None:
        from policypress.render.mkdocs_plugin import PolicypressPlugin

        self._out = out.resolve()
        self._templates = templates.resolve()
        self._plugin = PolicypressPlugin()
        self._plugin.load_config({"templates": str(self._templates)})
        self._plugin.checked = False
        self._plugin.zipped = zipped
        self._begun = False
        self._written: set[str] = set()

    def build(self, made: Site, wanted: Collection[str] | None = None, anew: bool = False) -> list[str]:
        """Write a site, or the wanted pages and files of it, and return what MkDocs warns of.

        What was written before and did not change stays as it is, unless all is wanted `anew`. Raises SiteFault where
        MkDocs gives up.
        """
        from mkdocs.commands.build import build
        from mkdocs.exceptions import MkDocsException

        again = self._begun and not anew
        if not again:
            self._written.clear()
            self._plugin.forget()
        self._plugin.site = made
        self._plugin.wanted = wanted
        with _said() as said:
            try:
                build(self._config(), dirty=again)
            except (MkDocsException, SystemExit) as stop:
                raise SiteFault("\n".join([*said, f"MkDocs gave up: {stop}"])) from stop
        self.prune(made)
        self._written.update(made.pages if wanted is None else [path for path in wanted if path in made.pages])
        self._begun = True
        return said

    def prune(self, made: Site) -> None:
        """Remove the pages that this site has no longer, and the parts of lists that nobody asked for yet."""
        for path in [path for path in self._written if not made.pages.holds(path)]:
            (self._out / path).unlink(missing_ok=True)
            self._written.remove(path)

    def _config(self) -> MkDocsConfig:
        from mkdocs.config.defaults import MkDocsConfig
        from mkdocs.plugins import PluginCollection

        config = MkDocsConfig(config_file_path=str(self._templates / "mkdocs.yml"))
        config.load_dict(
            {
                "site_name": SITE_NAME,
                "docs_dir": str(self._templates / "site" / "pages"),
                "site_dir": str(self._out),
                "theme": {"name": None, "custom_dir": str(self._templates / "site" / "theme")},
                "use_directory_urls": False,
                "plugins": [],
            }
        )
        errors, warnings = config.validate()
        if errors or warnings:
            raise SiteFault("\n".join(str(message) for _, message in (*errors, *warnings)))
        config.plugins = PluginCollection()
        config.plugins["policypress"] = self._plugin
        return config


class _Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if not record.getMessage().startswith("A 'dirty' build"):  # we know what changed; MkDocs only guesses
            self.lines.append(record.getMessage())


@contextmanager
def _collector_off() -> Iterator[None]:
    """Everything that is made here lives until the end: looking for garbage meanwhile costs a seventh of the time."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()


@contextmanager
def _said() -> Iterator[list[str]]:
    """Keep MkDocs' log from the terminal; yield what it warns of."""
    logger = logging.getLogger("mkdocs")
    kept = _Kept()
    propagate, level, handlers = logger.propagate, logger.level, logger.handlers[:]
    logger.handlers[:] = [kept]
    logger.propagate = False
    logger.setLevel(logging.WARNING)
    try:
        yield kept.lines
    finally:
        logger.propagate, logger.handlers[:] = propagate, handlers
        logger.setLevel(level)
