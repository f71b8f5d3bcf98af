"""Prints what the commands cost, each beside an anchor that runs in the same call.

    python bench/run.py              everything (some minutes)
    python bench/run.py check start  only these

Figures are CPU seconds of a process and its children (user + system), the least of several runs, and peak memory.
"""

from __future__ import annotations

import gc
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from pypdf import PdfReader

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.insert(0, str(HERE))
from library import write_library  # noqa: E402

POLICYPRESS = [sys.executable, "-m", "policypress"]
LOAD = (
    "import gc, sys, yaml; gc.disable()\n"
    "from pathlib import Path\n"
    "for path in sorted(Path(sys.argv[1]).rglob('*.yaml')): yaml.load(path.read_bytes(), yaml.CSafeLoader)"
)
# The same HTML with the stylesheet that we give it; no tags, no attachment, no look at what came out.
PLAIN_PDF = (
    "import gc, sys; gc.disable()\n"
    "from weasyprint import CSS, HTML\n"
    "style = CSS(string=open(sys.argv[1] + '.css', encoding='utf-8').read(), base_url=sys.argv[2])\n"
    "HTML(filename=sys.argv[1], base_url=sys.argv[2]).write_pdf(sys.argv[3], stylesheets=[style])"
)
# Writes the page and the stylesheet that are printed; the first argument is the source folder.
COMPOSE = (
    "import sys; from pathlib import Path\n"
    "from policypress.library import read_library; from policypress.outline import outline\n"
    "from policypress.render.design import read_design; from policypress.render.editions import USUAL, styled\n"
    "from policypress.render.pdf import compose\n"
    "laid = outline(read_library(Path(sys.argv[1])).library.guidelines[0]); templates = Path('templates')\n"
    "page = compose(laid, templates, draft=laid.guideline.draft, design=read_design(templates))\n"
    "Path(sys.argv[2]).write_text(page, encoding='utf-8')\n"
    "Path(sys.argv[2] + '.css').write_text(styled(read_design(templates), USUAL, templates)[0], encoding='utf-8')"
)
OUR_PDF = (
    "import sys; from pathlib import Path\n"
    "from policypress.library import read_library; from policypress.render.paper import print_pdf\n"
    "guideline = read_library(Path(sys.argv[1])).library.guidelines[0]\n"
    "page = Path(sys.argv[2]).read_text(encoding='utf-8')\n"
    "made = print_pdf(guideline, page, b'{}', Path('templates'), lambda _: None); Path(sys.argv[3]).write_bytes(made)"
)
# As installed: Python keeps what it compiled, which some development machines turn off.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


class Cost(NamedTuple):
    cpu: float  # seconds
    memory: float  # MB, of the largest process
    wall: float


def cost(command: list[str], runs: int = 3, before: Callable[[], None] = lambda: None) -> Cost:
    """Run a command several times in a process of its own; return its least cost."""
    costs = []
    for _ in range(runs):
        before()
        probe = (
            "import ctypes, os, resource, subprocess, sys, time\n"
            "ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)\n"  # PR_SET_CHILD_SUBREAPER: what outlives its parent counts too
            "start = time.monotonic()\n"
            "status = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)\n"
            "wall = time.monotonic() - start\n"
            "try:\n"
            "    while True: os.wait()\n"
            "except ChildProcessError: pass\n"
            "used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
            "sys.stderr.buffer.write(status.stderr)\n"
            "print(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, wall)\n"
            "sys.exit(status.returncode)"
        )
        done = subprocess.run(
            [sys.executable, "-c", probe, *command], capture_output=True, text=True, check=False, env=ENVIRONMENT
        )
        if done.returncode != 0:
            sys.exit(f"{' '.join(command)} ended with {done.returncode}\n{done.stderr[-2000:]}")
        costs.append(Cost(*map(float, done.stdout.split())))
    return Cost(*(min(values) for values in zip(*costs, strict=True)))


def row(what: str, measured: str, anchor: str, ratio: float | None, goal: str) -> None:
    print(f"{what:44} {measured:>22} {anchor:>30} {'' if ratio is None else f'{ratio:7.2f}':>8}  {goal}", flush=True)


def start(_: Path) -> None:
    bare = cost([sys.executable, "-c", ""], runs=9)
    for what, arguments, goal in (("--help", ["--help"], "< 60 ms"), ("check of our source", ["check"], "< 150 ms")):
        used = cost([*POLICYPRESS, *arguments], runs=9)
        row(what, f"{used.cpu * 1000:.0f} ms", f"bare Python {bare.cpu * 1000:.0f} ms", used.cpu / bare.cpu, goal)


def check(folder: Path) -> None:
    per_section = {}
    for sections in (2_000, 10_000):
        library = folder / f"library-{sections}"
        write_library(library, sections)
        anchor = cost([sys.executable, "-c", LOAD, str(library)])
        used = cost([*POLICYPRESS, "check", "--source", str(library)])
        per_section[sections] = used.cpu / sections
        goal = "<= 2 (CPU)" if sections == 2_000 else "<= 250 MB"
        row(
            f"check of {sections:,} sections", f"{used.cpu:.2f} s {used.memory:.0f} MB",
            f"yaml.CSafeLoader {anchor.cpu:.2f} s", used.cpu / anchor.cpu, goal,
        )  # fmt: skip
    grown = per_section[10_000] / per_section[2_000]
    row("a section of 10,000 against one of 2,000", "", "", grown, "about 1 (linear)")


# What `check --watch` does after a save: look at the files, read what changed, check, and tell.
SAVE = (
    "import sys, time; from pathlib import Path\n"
    "from policypress.checks import run_checks; from policypress.report import render\n"
    "from policypress.watching import watch\n"
    "source, name = Path(sys.argv[1]), sys.argv[2]; saved = sorted(source.glob(name))[0]\n"
    "text = saved.read_text(); costs = []; kept = {}; began = (0, 0)\n"
    "def check(read):\n"
    "    global began\n"
    "    render(run_checks(read, kept=kept), 'text')\n"
    "    costs.append((time.process_time() - began[0], time.monotonic() - began[1]))\n"
    "    if len(costs) == 1: time.sleep(2.5)\n"
    "    saved.write_text(text + '# saved\\n' * len(costs)); began = (time.process_time(), time.monotonic())\n"
    "watch(source, check, lambda: len(costs) == 8)\n"
    "print(*map(min, zip(*costs[1:])))"
)


def watching(folder: Path) -> None:
    library = folder / "library-watched"
    write_library(library, 2_000)
    anchor = cost([sys.executable, "-c", LOAD, str(library)])
    for what, name, goal in (
        ("a section saved, of 2,000", "bench/sections/*.yaml", "< 60 ms"),
        ("its guideline.yaml saved", "bench/guideline.yaml", "every section is checked again"),
        ("a register saved", "registers/parameters.yaml", "every section is scanned again"),
    ):
        done = subprocess.run(
            [sys.executable, "-c", SAVE, str(library), name], capture_output=True, text=True, check=True,
            env=ENVIRONMENT,
        )  # fmt: skip
        cpu, wall = map(float, done.stdout.split())
        row(
            f"watch: {what}", f"{cpu * 1000:.0f} ms, {wall * 1000:.0f} ms",
            f"CPU, wall; CSafeLoader {anchor.cpu:.2f} s", cpu / anchor.cpu, goal,
        )  # fmt: skip


def site(folder: Path) -> None:
    """The command whole, and of it what reads the finished pages back."""
    library, out = folder / "library-site", folder / "out-site"
    write_library(library, 2_000)
    anchor = cost([sys.executable, "-c", LOAD, str(library)], runs=2)
    used = cost(
        [*POLICYPRESS, "build", "--only", "site", "--source", str(library), "--out", str(out)],
        runs=2, before=lambda: shutil.rmtree(out, ignore_errors=True),
    )  # fmt: skip
    reading = cost([*POLICYPRESS, "check", "--source", str(library)], runs=2)
    proof = cost([*POLICYPRESS, "verify", "--source", str(library), "--out", str(out)], runs=2)
    pages = [path.stat().st_size for path in (out / "site").rglob("*.html")]
    size = f"a page {sum(pages) / len(pages) / 1000:.1f} kB, the largest {max(pages) / 1000:.1f} (<= 20)"
    verified = proof.cpu - reading.cpu  # `verify` reads the source too
    beside = f"yaml.CSafeLoader {anchor.cpu:.2f} s"
    for what, cpu, goal in (
        ("site of 2,000 sections, made and written", used.cpu - verified, f"<= 8 s; {size}"),
        ("  its pages read back and proved", verified, ""),
        ("  the command whole", used.cpu, "< 10 s, <= 250 MB"),
    ):
        memory = f" {used.memory:.0f} MB" if cpu == used.cpu else ""
        row(what, f"{cpu:.1f} s{memory}", beside, cpu / anchor.cpu, goal)


def served(folder: Path) -> None:
    """From a saved file to its new page, as a browser asks for it."""
    import threading
    import time
    import urllib.request
    from functools import partial

    from policypress.checks import run_checks
    from policypress.render.preview import Preview
    from policypress.render.serve import server

    library = folder / "library-served"
    write_library(library, 2_000)
    preview = Preview(library, ROOT / "templates", partial(run_checks, kept={}))
    listening = server(preview, "127.0.0.1", 0)
    preview.refresh()
    gc.freeze()
    for task in (preview.watch, listening.serve_forever):
        threading.Thread(target=task, daemon=True).start()
    section, beside = library / "bench/sections/section-01000.yaml", folder / "saved.yaml"
    text = section.read_text(encoding="utf-8")
    address = f"http://127.0.0.1:{listening.server_address[1]}"

    def get(path: str) -> str:
        with urllib.request.urlopen(address + path, timeout=60) as answer:
            return str(answer.read().decode())

    get("/bench/section-01000.html")
    took = []
    for number in range(5):
        version = preview.version
        began = (time.monotonic(), time.process_time())
        beside.write_text(text.replace("title: ", f"title: Edition {number} of "), encoding="utf-8")
        beside.replace(section)  # at once, as editors do: nothing half written is read
        while get(f"/~policypress/version?after={version}") == str(version):
            if time.monotonic() - began[0] > 60:
                sys.exit(f"serve did not see within a minute that {section} was saved")
        if f"Edition {number} of " not in get("/bench/section-01000.html"):
            sys.exit("serve shows an old page")
        took.append((time.monotonic() - began[0], time.process_time() - began[1]))
    wall, cpu = map(min, zip(*took, strict=True))
    row("serve: saved to on screen, 2,000 sections", f"{wall:.2f} s", f"CPU {cpu:.2f} s", None, "< 1 s")
    preview.close()
    listening.shutdown()


def in_print(folder: Path) -> None:
    """From a saved section of ours to its printed pages."""
    from functools import partial

    from policypress.checks import run_checks
    from policypress.render.preview import Preview

    source = folder / "source-in-print"
    shutil.copytree(ROOT / "source", source)
    preview = Preview(source, ROOT / "templates", partial(run_checks, kept={}))
    preview.refresh()
    gc.freeze()
    took = []
    for section in sorted((source / "oncology-imaging/sections").glob("*.yaml")):
        name, text = f"oncology-imaging/{section.stem}", section.read_text(encoding="utf-8")
        before = preview.in_print(name)
        section.write_text(re.sub("(title: \"?)", r"\1New ", text, count=1), encoding="utf-8")
        began = (time.monotonic(), time.process_time())
        preview.refresh()
        if preview.in_print(name) == before:
            sys.exit(f"serve prints an old section {section.stem}")
        took.append((time.monotonic() - began[0], time.process_time() - began[1]))
    wall, cpu = (sum(values) / len(took) for values in zip(*took, strict=True))
    most = max(took)[0]
    beside = f"CPU {cpu:.2f} s, most {most:.2f} s"
    row("serve: a saved section of ours in print", f"{wall:.2f} s", beside, None, "< 1 s")
    preview.close()


def everything(folder: Path) -> None:
    out = folder / "out"
    page = folder / "page.html"
    subprocess.run([sys.executable, "-c", COMPOSE, "source", str(page)], check=True, cwd=ROOT)
    anchor = cost([sys.executable, "-c", PLAIN_PDF, str(page), f"{ROOT}/templates/pdf/", str(folder / "x.pdf")])
    used = cost(
        [*POLICYPRESS, "build", "--out", str(out)], before=lambda: shutil.rmtree(out, ignore_errors=True)
    )  # fmt: skip
    for what, mine, its in (("CPU", used.cpu, anchor.cpu), ("wall", used.wall, anchor.wall)):
        beside = f"WeasyPrint alone {its:.2f} s"
        row(f"everything for our guideline, cold ({what})", f"{mine:.2f} s", beside, mine / its, "<= 2")


def printing(folder: Path) -> None:
    """The PDF alone: what its tags cost beside a plain one, and what two processes gain over one."""
    library, page, out = folder / "library-print", folder / "print.html", folder / "print.pdf"
    write_library(library, 120)
    subprocess.run([sys.executable, "-c", COMPOSE, str(library), str(page)], check=True, cwd=ROOT)
    anchor = cost([sys.executable, "-c", PLAIN_PDF, str(page), f"{ROOT}/templates/pdf/", str(out)], runs=2)
    command = [sys.executable, "-c", OUR_PDF, str(library), str(page), str(out)]
    used = cost(command, runs=2)
    beside = f"WeasyPrint alone {anchor.cpu:.1f} s"
    pages = len(PdfReader(out).pages)
    row(
        f"PDF of {pages} pages with tags (CPU)", f"{used.cpu:.1f} s {used.memory:.0f} MB", beside,
        used.cpu / anchor.cpu, "<= 1.3, < 700 MB",
    )  # fmt: skip
    started = time.monotonic()
    for waiting in [subprocess.Popen(command, cwd=ROOT, env=ENVIRONMENT) for _ in range(2)]:
        waiting.wait()
    both = time.monotonic() - started
    row("two of them at once (wall)", f"{both:.1f} s", f"one {used.wall:.1f} s", 2 * used.wall / both, ">= 1.7")


def bitsets(_: Path) -> None:
    import batch

    mine, its = batch.bitsets()
    beside = f"numpy {its / 1e6:,.0f} million"
    row("section verdicts a second, bitsets", f"{mine / 1e6:,.0f} million", beside, mine / its, ">= 1,000 million")


def cases(folder: Path) -> None:
    import batch

    for kind, file in batch.write_cases(folder).items():
        out = folder / f"verdicts{file.suffix}"
        used = cost(batch.evaluating(file, out))
        scan, copy = cost(batch.scanning(file)), cost(batch.scanning(file, str(folder / f"copy{file.suffix}")))
        for what, its in (("reads", scan), ("copies", copy)):
            beside = f"DuckDB {what} it {its.wall:.2f} s"
            row(f"evaluate --cases, {kind} (wall)", f"{used.wall:.2f} s", beside, used.wall / its.wall, "")


TABLE = {
    "start": start, "check": check, "watch": watching, "site": site, "served": served, "in-print": in_print,
    "everything": everything, "printing": printing, "bitsets": bitsets, "cases": cases,
}  # fmt: skip


def main() -> None:
    wanted = sys.argv[1:] or list(TABLE)
    row("what", "measured", "anchor", None, "goal")
    os.chdir(ROOT)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with tempfile.TemporaryDirectory() as folder:
        for name in wanted:
            TABLE[name](Path(folder))


if __name__ == "__main__":
    main()
