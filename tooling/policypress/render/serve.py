"""Shows the site while it is written: on this machine alone, anew when a file changes, with findings over the page.

What is shown is what MkDocs would publish, page by page as somebody looks at it: of a library of thousands of sections
only what changed is read and checked, and only the page on the screen is made. A source with errors leaves the last
good pages in place, with the errors over them.
"""

from __future__ import annotations

import gc
import ipaddress
import mimetypes
import tempfile
import threading
from collections.abc import Callable, Iterable
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote, urlsplit

from policypress.finding import Finding, Severity
from policypress.library import Read, read_library
from policypress.outline import SectionOutline, outline
from policypress.render.html import environment
from policypress.render.site import Site, site
from policypress.render.site_build import Builder, SiteFault
from policypress.shelf import Shelf
from policypress.text import Span
from policypress.usage import Kept
from policypress.watching import States, states

_OURS = "/~policypress/"
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

    def dressed(self, page: bytes) -> bytes:
        """Return a page with the findings over it and the script that waits for the next version."""
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


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, preview: Preview, *rest: object) -> None:
        self.preview = preview
        super().__init__(*rest)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        """Answer with a page, a file, or the number of the newest version."""
        host = urlsplit("//" + self.headers.get("Host", "")).hostname or ""
        if not _loopback(host):  # a page of another host that found its way here by DNS
            self._send(403, b"This preview answers to this machine alone.", "text/plain")
            return
        address = urlsplit(self.path)
        path = unquote(address.path)
        if path == _OURS + "version":
            after = parse_qs(address.query).get("after", ["0"])[0]
            self._send(200, str(self.preview.wait(int(after) if after.isdecimal() else 0)).encode(), "text/plain")
        elif path in (_OURS + "reload.js", _OURS + "findings.css"):
            file = self.preview.templates / "site" / "serve" / path.removeprefix(_OURS)
            self._send(200, file.read_bytes(), mimetypes.guess_type(file.name)[0] or "text/plain")
        else:
            with self.preview.changed:  # not in the middle of a build
                self._file(path)

    do_HEAD = do_GET  # noqa: N815

    def _file(self, path: str) -> None:
        preview = self.preview
        status = 200
        file = preview.file(path)
        if file is None:
            status = 404 if preview.built else 200
            file = preview.file("/404.html")
        if file is None:
            empty = b'<!DOCTYPE html><html lang="en"><title>policypress</title><body></body></html>'
            self._send(status, preview.dressed(empty), "text/html; charset=utf-8")
            return
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        content = file.read_bytes()
        if kind == "text/html":
            content = preview.dressed(content)
        self._send(status, content, kind + "; charset=utf-8" if kind.startswith("text/") else kind)

    def _send(self, status: int, content: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Stay quiet: the browser shows what there is to say."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that turns to the next page hangs up on this one; nobody needs to hear of it."""


def server(preview: Preview, host: str, port: int) -> ThreadingHTTPServer:
    """Return a server for a preview; it listens on loopback alone. Raises SiteFault for any other host."""
    if not _loopback(host):
        raise SiteFault(f"{host} is not this machine alone: serve on 127.0.0.1 or localhost.")
    return _Server((host, port), partial(_Handler, preview))


def serve(
    source: Path,
    templates: Path,
    port: int = 8000,
    host: str = "127.0.0.1",
    check: Check = read_faults,
    published: Path | None = None,
    ready: Callable[[str], None] = print,
) -> None:
    """Serve until interrupted. `ready` is told the address as soon as the first pages can be opened."""
    preview = Preview(source, templates, check, published)
    try:
        listening = server(preview, host, port)
        try:
            preview.refresh()
            gc.freeze()  # the library stays: looking through it for garbage would hold up every page
            threading.Thread(target=preview.watch, daemon=True).start()
            ready(f"http://{host}:{listening.server_address[1]}/")
            listening.serve_forever(poll_interval=0.1)
        except KeyboardInterrupt:
            pass
        finally:
            listening.server_close()
    finally:
        preview.close()


def _editor(span: Span) -> str:
    """Return the address that opens the line of a finding in Visual Studio Code."""
    begin = span.begin
    file = Path(span.source.file or span.path).absolute().as_posix()
    return f"vscode://file/{quote(file.lstrip('/'))}:{begin.line}:{begin.column}"


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
