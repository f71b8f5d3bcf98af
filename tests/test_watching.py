"""`check --watch`: what a save changes is told again, and what did not change is not read again."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from policypress.library import Read
from policypress.watching import watch
from tests.examples import write_example

LIBRARY = Path(__file__).parent / "library"
GOOD = "id: a\ntitle: A\neffect: covered\ncriteria:\n  text: The study changes the plan of treatment\n"


def test_a_save_is_seen_and_the_rest_is_kept(tmp_path: Path) -> None:
    source = tmp_path / "source"
    shutil.copytree(LIBRARY, source)
    reads: list[Read] = []
    saved = sorted(source.glob("sleep-and-anesthesia/sections/*.yaml"))[0]

    def check(read: Read) -> None:
        reads.append(read)
        if len(reads) == 1:
            saved.write_text(saved.read_text(encoding="utf-8") + "# looked at\n", encoding="utf-8")

    watch(source, check, stopped=lambda: len(reads) == 2)
    before, after = ({section.source.path: section for one in read.library.guidelines for section in one.sections} for read in reads)
    changed = [path for path in after if after[path] is not before[path]]
    assert [Path(path).name for path in changed] == [saved.name]


@pytest.mark.parametrize("change", ["add", "remove", "rename", "touch a folder"])
def test_every_change_is_seen(change: str, tmp_path: Path) -> None:
    write_example(GOOD, tmp_path)
    file = tmp_path / "example/sections/section.yaml"
    told = 0

    def check(read: Read) -> None:
        nonlocal told
        told += 1
        if told == 1 and change == "add":
            (file.parent / "b.yaml").write_text(GOOD)
        elif told == 1 and change == "remove":
            file.unlink()
        elif told == 1 and change == "rename":
            file.rename(file.with_name("other.yaml"))
        elif told == 1:
            (file.parent / "empty").mkdir()
            (file.parent / "empty" / "x.yaml").write_text("")

    watch(tmp_path, check, stopped=lambda: told == 2)


def test_a_change_is_seen_whose_time_was_put_back(tmp_path: Path) -> None:
    write_example(GOOD, tmp_path)
    file = tmp_path / "example/sections/section.yaml"
    status = file.stat()
    titles: list[str] = []

    def check(read: Read) -> None:
        titles.append(read.library.guidelines[0].sections[0].title.value)
        if len(titles) == 1:
            file.write_text(GOOD.replace("title: A", "title: B"))
            os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))

    guard = threading.Event()
    timer = threading.Timer(60, guard.set)
    timer.start()
    watch(tmp_path, check, stopped=lambda: len(titles) == 2 or guard.is_set())
    timer.cancel()
    assert titles == ["A", "B"]


def test_the_command_tells_again_and_ends_on_a_signal(tmp_path: Path) -> None:
    write_example(GOOD, tmp_path / "source")
    file = tmp_path / "source/example/sections/section.yaml"
    command = [sys.executable, "-m", "policypress", "check", "--watch", "source/example/sections"]
    running = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    guard = threading.Timer(60, running.kill)
    guard.start()
    try:
        assert running.stdout is not None
        assert running.stdout.readline() == "Nothing found.\n"
        assert running.stdout.readline() == "\n"
        file.write_text(GOOD.replace("changes", "changes, etc."))
        assert running.stdout.readline().startswith("warning[W121]")
        os.kill(running.pid, signal.SIGINT)
        _, err = running.communicate()
    finally:
        guard.cancel()
        running.kill()
    assert running.returncode == 130
    assert err == "policypress: stopped\n"


@pytest.mark.parametrize("option", ["--fix", "--diff", "--timing"])
def test_options_that_do_not_go_together(option: str, tmp_path: Path) -> None:
    write_example(GOOD, tmp_path / "source")
    done = subprocess.run(
        [sys.executable, "-m", "policypress", "check", "--watch", option], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "--watch goes without" in done.stderr
