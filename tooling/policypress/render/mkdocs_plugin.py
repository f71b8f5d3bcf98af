"""The plug-in that gives the site to MkDocs: `mkdocs build` and `mkdocs serve` in a folder with a `source/` just work.

Pages arrive as HTML, so Python-Markdown runs over the hand-written ones alone; the navigation is ours and bounded.
"""

# ruff: noqa: ARG002 - MkDocs calls its events with names of its own
from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Collection
from pathlib import Path
from typing import Literal

import jinja2
from mkdocs.config import base, config_options
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import get_toc

from policypress.finding import Severity
from policypress.library import read_library
from policypress.outline import outline
from policypress.render.site import Site, SitePage, site
from policypress.render.site_check import check_site
from policypress.render.site_links import SiteFault
from policypress.render.site_zip import write_zip

log = logging.getLogger("mkdocs.plugins.policypress")

_ID = re.compile(r' id="([^"]+)"')


class PolicypressConfig(base.Config):  # type: ignore[no-untyped-call]
    """What `mkdocs.yml` may say below the plug-in's name; folders are relative to that file."""

    source = config_options.Type(str, default="source")
    templates = config_options.Type(str, default="templates")


class _File(File):
    """A file that knows whether it changed since the last build, so that `--dirty` writes what changed and no more."""

    changed = True

    def is_modified(self) -> bool:
        return self.changed


class _Page(Page):
    """A page whose HTML is ready."""

    ready: SitePage

    def read_source(self, config: MkDocsConfig) -> None:
        ready = self.ready
        self.markdown = ""
        self.meta = {
            "title": ready.title,
            "description": ready.description,
            "kind": ready.kind,
            "side": ready.side,
            "notices": ready.notices,
            "guideline": ready.guideline,
        }

    def render(self, config: MkDocsConfig, files: Files) -> None:
        self.content = self.ready.body
        self.toc = get_toc([])
        self.present_anchor_ids = set(_ID.findall(self.ready.body))


class PolicypressPlugin(BasePlugin[PolicypressConfig]):  # type: ignore[no-untyped-call]
    """Brings every page of every guideline below `source`, and the theme below `templates`."""

    def __init__(self) -> None:
        self.site: Site | None = None  # set by a caller that has laid out the guidelines already
        self.checked = True  # whether the finished site is looked over
        self.zipped = True  # whether there is an offline copy of it
        self.wanted: Collection[str] | None = None  # the only pages and files to make, where it is told
        self._prints: dict[str, bytes] = {}
        self._serving = False
        self._by_hand: list[File] = []

    def forget(self) -> None:
        """Take every page for changed: nothing of what was written before is there."""
        self._prints.clear()

    def on_startup(self, *, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
        """Remember whether MkDocs serves. That this event is here keeps the plug-in alive from build to build."""
        self._serving = command == "serve"

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Add the theme, watch the source, and leave out what would carry the day of the build."""
        theme = str(self._templates(config) / "site" / "theme")
        if theme not in config.theme.dirs:
            config.theme.dirs.insert(0, theme)
        config.theme.static_templates.discard("sitemap.xml")
        if config.use_directory_urls:
            raise PluginError("Set `use_directory_urls: false` in mkdocs.yml: the addresses of the pages end in .html.")
        if self._serving:
            config.watch += [str(self._below(config, self.config.source)), str(self._templates(config))]
        return config

    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Hand over every page and file."""
        made = self._made(config)
        if (sitemap := files.get_file_from_path("sitemap.xml")) is not None:
            files.remove(sitemap)  # MkDocs' template of one, which would carry the day of the build
        self._by_hand = list(files.documentation_pages())
        for file in self._by_hand:
            file.inclusion = InclusionLevel.NOT_IN_NAV
        present = {file.dest_uri.lower() for file in self._by_hand}
        for path in made.pages if self.wanted is None else [path for path in self.wanted if path in made.pages]:
            if path.lower() in present:
                raise PluginError(f"A page written by hand wants the address {path}, which belongs to the guidelines.")
            page = made.pages[path]
            menu = [part for entry in made.menu for part in entry]
            told = "\0".join((page.title, page.body, page.side, *page.notices, made.publisher, *menu))
            file = self._file(config, path.removesuffix(".html") + ".md", "", told.encode())
            _Page(page.title, file, config).ready = page
            files.append(file)
        for path in made.files:
            if self.wanted is not None and path not in self.wanted:
                continue
            content = made.files[path]
            files.append(self._file(config, path, content, content))
        fonts = self._templates(config) / "fonts"
        for font in sorted(fonts.glob("*.woff2")):
            content = font.read_bytes()
            files.append(self._file(config, f"fonts/{font.name}", content, content))
        config.nav = ["index.md"]
        return files

    def on_nav(self, nav: Navigation, *, config: MkDocsConfig, files: Files) -> Navigation:
        """Leave MkDocs' own navigation empty: a full one in every page is quadratic."""
        return Navigation([], [])

    def on_env(self, env: jinja2.Environment, *, config: MkDocsConfig, files: Files) -> jinja2.Environment:
        """Give the theme what belongs to no single page."""
        made = self._made(config)
        menu = [*made.menu, *((str(file.page.title), file.dest_uri) for file in self._by_hand if file.page is not None)]
        env.globals["policypress"] = {
            "menu": menu,
            "notices": made.notices,
            "publisher": made.publisher,
            "zipped": self.zipped and not self._serving,
            "strict": not self._serving,  # MkDocs' live reload is an inline script
        }
        return env

    def on_post_page(self, output: str, *, page: Page, config: MkDocsConfig) -> str:
        """Let go of each page as it is written: a site of thousands is not held until its end."""
        if isinstance(page, _Page):
            page.content = None
            del page.ready
            self._made(config).pages.forget(page.file.dest_uri)
        return output

    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Look the finished site over; every fault counts as a warning, so that `--strict` stops on it."""
        if self.zipped and not self._serving:
            write_zip(Path(config.site_dir))
        if self.checked:
            for fault in check_site(Path(config.site_dir), self._made(config).outside):
                log.warning(fault)

    def _made(self, config: MkDocsConfig) -> Site:
        if self.site is None:
            self.site = self._read(config)
        return self.site

    def on_pre_build(self, *, config: MkDocsConfig) -> None:
        """Read the source anew for each build of a server."""
        if self._serving:
            self.site = None

    def _read(self, config: MkDocsConfig) -> Site:
        read = read_library(self._below(config, self.config.source))
        faults = [one for one in read.findings if one.severity is Severity.ERROR]
        if faults:
            lines = [f"{one.span.path}:{one.span.begin.line}:{one.span.begin.column}: {one.message}" for one in faults]
            raise PluginError("The source has errors, see `policypress check`:\n" + "\n".join(lines))
        try:
            laid = [outline(guideline) for guideline in read.library.guidelines]
            return site(laid, self._templates(config), self._edit(config))
        except SiteFault as fault:
            raise PluginError(str(fault)) from None

    def _edit(self, config: MkDocsConfig) -> str:
        """Return the address at which the source is edited, where mkdocs.yml tells of it."""
        if not config.repo_url or not config.edit_uri:
            return ""
        parts = (config.repo_url, config.edit_uri, self.config.source)
        return "/".join(part.strip("/") for part in parts) + "/"

    def _file(self, config: MkDocsConfig, path: str, content: str | bytes, told_by: bytes) -> File:
        file = _File.generated(config, path, content=content, inclusion=InclusionLevel.NOT_IN_NAV)
        assert isinstance(file, _File)
        print_ = hashlib.sha256(told_by).digest()
        file.changed = self._prints.get(path) != print_ or not Path(file.abs_dest_path).is_file()
        self._prints[path] = print_
        return file

    def _templates(self, config: MkDocsConfig) -> Path:
        return self._below(config, self.config.templates)

    def _below(self, config: MkDocsConfig, folder: str) -> Path:
        return Path(config.config_file_path or "mkdocs.yml").parent / folder
