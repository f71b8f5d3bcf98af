"""Serves a preview of the site on this machine alone; a page on the screen is told when there is a newer one."""

from __future__ import annotations

import gc
import ipaddress
import mimetypes
import threading
from collections.abc import Callable
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from policypress.render.preview import PRINTED, Check, Preview, read_faults
from policypress.render.site_build import SiteFault

_OURS = "/~policypress/"


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
                self._print(path.removeprefix(PRINTED)) if path.startswith(PRINTED) else self._file(path)

    do_HEAD = do_GET  # noqa: N815

    def _print(self, path: str) -> None:
        """Answer with a section in print, or with the page around it."""
        name, kind = path.rsplit(".", 1) if "." in path else (path, "")
        try:
            content = self.preview.in_print(name) if kind == "pdf" else self.preview.frame(name)
        except Exception as fault:  # a template in the middle of an edit must not end the preview
            self._send(500, str(fault).encode(), "text/plain; charset=utf-8")
            return
        if content is None:
            self._send(404, b"There is no such section.", "text/plain")
        else:
            self._send(200, content, "application/pdf" if kind == "pdf" else "text/html; charset=utf-8")

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
            content = preview.dressed(content, path)
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


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
