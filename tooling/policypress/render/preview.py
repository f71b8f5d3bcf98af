"""The site as it stands while it is written: what is shown now, and what is wrong with its source.

What is shown is what MkDocs would publish, page by page as somebody looks at it: of a library of thousands of sections
only what changed is read and checked, and only the page on the screen is made. A source with errors leaves the last
good pages in place, with the errors over them.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from urllib.parse import quote

from policypress.finding import Finding, Severity
from policypress.library import Read, read_library
from policypress.outline import GuidelineOutline, SectionOutline, outline
from policypress.render.html import environment
from policypress.render.site import Site, site
from policypress.render.site_build import Builder, SiteFault
from policypress.shelf import Shelf
from policypress.text import Span
from policypress.usage import Kept
from policypress.watching import States, states

PRINTED = "/~policypress/pdf/"  # where a section is shown in print
_BESIDE = ("pdf", "json")
_WAIT = 25.0  # seconds until a waiting page is told that nothing changed
_LOOK = 0.15  # seconds between two looks at the files

Check = Callable[[Read], Iterable[Finding]]


def read_faults(read: Read) -> Iterable[Finding]:
    """Return the findings of reading alone."""
    return read.findings


class Preview:
    """The site as it stands now, and what is wrong with its source.

    `check` returns every finding of a source that was read; `published` is the folder of the last build, whose PDF
    and JSON the pages lead to.
    """

    def __init__(
        self, source: Path, templates: Path, check: Check = read_faults, published: Path | None = None
    ) -> None:
        self.source = source
        self.templates = templates
        self.check = check
        self.published = published
        self.version = 0
        self.findings: tuple[Finding, ...] = ()
        self.faults: tuple[str, ...] = ()
        self.changed = threading.Condition()
        self._folder = tempfile.TemporaryDirectory(prefix="policypress-")
        self.root = Path(self._folder.name)
        self._shelf = Shelf()
        self._uses: dict[int, Kept] = {}
        self._laid: dict[int, SectionOutline] = {}
        self._made: Site | None = None
        self._outlines: dict[str, GuidelineOutline] = {}
        self._printed: dict[str, bytes] = {}  # guideline/section -> its PDF, of the newest source
        self._fresh: set[str] = set()  # the pages that were made of the newest source
        self._seen: tuple[States, States] = ((), ())  # the source and the templates as they were read last
        self._style: States = ()  # the templates that the pages were made with
        self._builder = Builder(self.root, templates)
        self._stop = threading.Event()

    @property
    def built(self) -> bool:
        """Whether any page can be shown."""
        return self._made is not None

    @property
    def stopped(self) -> bool:
        """Whether an error keeps the newest source from being shown."""
        return bool(self.faults) or any(one.severity is Severity.ERROR for one in self.findings)

    def refresh(self) -> None:
        """Read and check what changed. Where a template did, every page is made anew."""
        with self.changed:
            self.faults = ()
            try:
                # Before reading: what is saved from here on is another state, and is looked at again.
                self._seen = self._look()
                read = read_library(self.source, self._shelf)
                errors_first = sorted(self.check(read), key=lambda one: (one.severity is not Severity.ERROR, one.order))
                self.findings = tuple(errors_first)
                if not self.stopped:
                    laid = [outline(one, self._laid) for one in read.library.guidelines]
                    made = site(laid, self.templates, kept=self._uses)
                    if self._style != self._seen[1]:
                        self._builder.build(made, wanted=(), anew=True)
                        self._style = self._seen[1]
                    self._builder.prune(made)
                    self._made = made
                    self._outlines = {one.guideline.id: one for one in laid}
                    self._printed.clear()
                    self._fresh.clear()
            except Exception as broken:
                self._broken(broken)
            self.version += 1
            self.changed.notify_all()

    def _broken(self, broken: Exception) -> None:
        """Show what went wrong: a template in the middle of an edit must not end the preview."""
        if isinstance(broken, SiteFault):
            self.faults = tuple(str(broken).splitlines())
        else:
            self.faults = (f"{type(broken).__name__}: {broken}",)

    def _make(self, name: str) -> None:
        """Write a page or file of the site, if it is one and the source changed since it was written last."""
        made = self._made
        if made is None or name in self._fresh or not (name in made.pages or name in made.files):
            return
        try:
            self._builder.build(made, wanted=(name,))
            self._fresh.add(name)
        except Exception as broken:
            self._broken(broken)

    def watch(self) -> None:
        """Rebuild whenever a file changes, until `close`. What goes wrong is shown, and does not end the watch."""
        broken = ""
        while not self._stop.wait(_LOOK):
            try:
                changed, failed = self._look() != self._seen, ""
            except Exception as error:
                changed, failed = False, repr(error)
            if changed or failed != broken:
                self.refresh()
            broken = failed

    def wait(self, version: int) -> int:
        """Return the version as soon as it is another one than `version`, or after a while."""
        with self.changed:
            self.changed.wait_for(lambda: self.version != version or self._stop.is_set(), _WAIT)
            return self.version

    def close(self) -> None:
        """Let waiting pages go and remove the folder."""
        self._stop.set()
        with self.changed:
            self.changed.notify_all()
        self._folder.cleanup()

    def file(self, path: str) -> Path | None:
        """Return the file behind an address, or None."""
        parts = [part for part in path.split("/") if part] or ["index.html"]
        if any(part in (".", "..") or "\\" in part or "\0" in part for part in parts):
            return None
        self._make("/".join(parts))
        folders = [self.root]
        if self.published is not None and parts[0] in _BESIDE:
            folders.append(self.published)
        for folder in folders:
            found = folder.joinpath(*parts)
            if found.is_file() and found.resolve().is_relative_to(folder.resolve()):
                return found
        return None

    def in_print(self, name: str) -> bytes | None:
        """Return the PDF of a section, "guideline/section", as it stands now, or None. Raises PdfFault."""
        from policypress.render.pdf import render_section

        if self._section(name) is None:
            return None
        if name not in self._printed:
            guideline, _, section = name.partition("/")
            self._printed[name] = render_section(self._outlines[guideline], section, self.templates)
        return self._printed[name]

    def frame(self, name: str) -> bytes | None:
        """Return the page that shows a section in print."""
        from policypress.render.pdf import PdfFault

        section, fault = self._section(name), ""
        if section is None:
            return None
        try:
            self.in_print(name)
        except PdfFault as refused:
            fault = str(refused)
        address = f"{PRINTED}{quote(name)}.pdf?version={self.version}"
        page = environment(self.templates).get_template("site/serve/printed.html.j2")
        return self.dressed(page.render(title=section.title, name=name, address=address, fault=fault).encode())

    def _section(self, name: str) -> SectionOutline | None:
        guideline, _, section = name.partition("/")
        laid = self._outlines.get(guideline)
        return None if laid is None else next((one for one in laid.sections if one.id == section), None)

    def dressed(self, page: bytes, path: str = "") -> bytes:
        """Return a page with the findings over it and the script that waits for the next version."""
        name = path.strip("/").removesuffix(".html")
        panel = (
            environment(self.templates)
            .get_template("site/serve/findings.html.j2")
            .render(
                findings=[one for one in self.findings if one.severity is not Severity.INFO],
                faults=self.faults,
                stopped=self.stopped,
                built=self.built,
                version=self.version,
                editor=_editor,
                page=self._page,
                printed=f"{PRINTED}{quote(name)}.html" if self._section(name) is not None else "",
            )
            .encode()
        )
        head, end, tail = page.rpartition(b"</body>")
        return head + panel + end + tail if end else page + panel

    def _page(self, finding: Finding) -> str:
        """Return the address of what a finding is about; "" where the last good site has no page of it."""
        name = f"{finding.guideline}/{finding.section}.html"
        if not finding.section or self._made is None or name not in self._made.pages:
            return ""
        return f"/{quote(name)}" + (f"#{quote(finding.node)}" if finding.node else "")

    def _look(self) -> tuple[States, States]:
        return tuple(states(self.source)), tuple(states(self.templates))


def _editor(span: Span) -> str:
    """Return the address that opens the line of a finding in Visual Studio Code."""
    begin = span.begin
    file = Path(span.source.file or span.path).absolute().as_posix()
    return f"vscode://file/{quote(file.lstrip('/'))}:{begin.line}:{begin.column}"
