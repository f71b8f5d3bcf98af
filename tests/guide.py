"""The guides as programs: their blocks, and a folder in which the blocks of one page run from top to bottom.

What a block is stands behind its opening fence:

- `console`: each line `$ ./run …` or `$ policypress …` is run, and what follows is its output; `…` stands for any
  words. A command that ends otherwise than with 0 or 1 needs `$ echo $?` and its status behind it.
- any block whose first line is `# file: PATH` (or that in the comment of its language): the file is written. With
  `# in: PATH` the other lines must stand in that file.
- `diff`: the lines after `--- PATH` are changed in that file.
- `python`, `javascript`: run, the latter in a browser; a block `text` behind it is what it prints.
- `sh`: not run; the commands in it must exist.
"""

from __future__ import annotations

import functools
import os
import re
import shlex
import shutil
import subprocess
import sys
import threading
from dataclasses import dataclass
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
PAGES = (*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("docs/*.md")))
_BLOCK = re.compile(r"^(?P<fence>`{3,})(?P<info>[^`\n]*)\n(?P<body>.*?)^(?P=fence)[ ]*$", re.M | re.S)
_FILE = re.compile(r"(?:#|//|/\*|\{#|<!--) (?P<how>file|in): (?P<path>[\w./-]+)")


@dataclass(frozen=True)
class Block:
    page: Path
    line: int
    info: str
    body: str

    @property
    def name(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"

    @property
    def file(self) -> str:
        """The path that the first line names, "" where it names none."""
        match = _FILE.match(self.body)
        return match["path"] if match else ""


def blocks(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    return [
        Block(page, text.count("\n", 0, match.start()) + 1, match["info"].strip(), match["body"])
        for match in _BLOCK.finditer(text)
    ]


def prose(page: Path) -> str:
    """Return a page without its blocks."""
    return _BLOCK.sub("", page.read_text(encoding="utf-8"))


def commands(page: Path) -> list[list[str]]:
    """Return every command of Policypress that a page names, in a block or between backticks, in words."""
    lines = re.findall(r"(?<!`)`([^`\n]+)`(?!`)", prose(page))
    for block in blocks(page):
        if block.info == "console":
            lines += [line[2:] for line in block.body.splitlines() if line.startswith("$ ")]
        elif block.info == "sh":
            lines += block.body.splitlines()
    words = [shlex.split(line, comments=True) for line in lines if re.match(r"(?:\./run|policypress) [a-z-]", line)]
    return [line[1:] for line in words]


def same(expected: str, told: str) -> bool:
    """Tell whether an output is the expected one, in which `…` stands for any words."""
    parts = [re.escape(part) for part in expected.strip().split("…")]
    return re.fullmatch(".*".join(parts), told.strip(), re.S) is not None


class Story:
    """A folder in which the blocks of a page run, one after the other."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.printed: tuple[Block, str] | None = None  # of the program before, until its output was compared

    def tell(self, block: Block) -> None:
        """Run one block; an AssertionError says what came otherwise."""
        if block.info == "text" and self.printed is not None:
            program, told = self.printed
            assert same(block.body, told), f"{program.name} prints:\n{told}"
        self.printed = None
        if block.info == "diff":
            self._change(block)
        elif block.file and block.info.split()[-1:] != ["section"]:
            self._write(block)
        elif block.info == "console":
            self._converse(block)
        elif block.info == "python":
            self.printed = block, self._run([sys.executable, "-c", block.body], block.name, (0,))[0]
        elif block.info == "javascript":
            self.printed = block, in_browser(block.body, self.folder)

    def _inside(self, path: str) -> Path:
        target = (self.folder / path).resolve()
        assert target.is_relative_to(self.folder.resolve()), path
        return target

    def _write(self, block: Block) -> None:
        path = self._inside(block.file)
        if block.body.split()[1] == "in:":
            assert block.body.partition("\n")[2] in path.read_text(encoding="utf-8"), f"{block.name}: is not in {path}"
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.body, encoding="utf-8")

    def _change(self, block: Block) -> None:
        first, *lines = block.body.splitlines()
        path = self._inside(first.removeprefix("--- "))
        text = path.read_text(encoding="utf-8")
        old = "".join(f"{line[1:]}\n" for line in lines if not line.startswith("+"))
        new = "".join(f"{line[1:]}\n" for line in lines if not line.startswith("-"))
        assert text.count(old) == 1, f"{block.name}: these lines do not stand once in {first}"
        path.write_text(text.replace(old, new), encoding="utf-8")

    def _converse(self, block: Block) -> None:
        status = 0
        turns = re.split(r"^\$ ", block.body, flags=re.M)
        assert not turns[0].strip(), f"{block.name}: words before the first command"
        for turn, following in zip(turns[1:], [*turns[2:], ""], strict=True):
            line, _, expected = turn.partition("\n")
            if line == "echo $?":
                told = f"{status}\n"
            else:
                program, *words = shlex.split(line)
                assert program in ("./run", "policypress"), f"{block.name}: {line} is not run"
                allowed = range(256) if following.startswith("echo $?") else (0, 1)
                told, status = self._run([sys.executable, "-m", "policypress", *words], f"{block.name}: {line}", allowed)
            assert same(expected, told), f"{block.name}: {line} prints:\n{told}"

    def _run(self, words: list[str], name: str, allowed: range | tuple[int, ...]) -> tuple[str, int]:
        done = subprocess.run(
            words, cwd=self.folder, env={**os.environ, "COLUMNS": "100"}, encoding="utf-8",
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
        )  # fmt: skip
        assert done.returncode in allowed, f"{name} ended with {done.returncode}:\n{done.stdout}"
        return done.stdout, done.returncode


def in_browser(code: str, folder: Path) -> str:
    """Run a module of JavaScript on a page served from a folder, and return what it logs."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert chromium, "install chromium"
    logged: list[str] = []
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            tab = browser.new_page()
            tab.on("console", lambda message: logged.append(message.text))
            tab.goto(f"http://127.0.0.1:{server.server_port}/")
            logged.clear()  # what the empty page itself had to say (it has no icon)
            tab.evaluate(f"async () => {{\n{code}\n}}")
            browser.close()
        server.shutdown()
    return "".join(f"{line}\n" for line in logged)


class _Quiet(SimpleHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path != "/":
            return super().do_GET()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><link rel=icon href='data:,'><title>Guide</title>")
        return None

    def log_message(self, format: str, *args: object) -> None:
        pass
