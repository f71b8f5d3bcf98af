"""Publishing in one step: locks, foreign files, failures and kills leave a whole generation."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import Any

import pytest

from policypress.generation import MANIFEST, Generation, Manifest, PublishFault, locked

FILES = {"json/a.json": b"{}\n", "site/index.html": b"<p>", "pdf/a.pdf": b"%PDF"}


def make(out: Path, files: dict[str, bytes] = FILES, mark: str = "1") -> Manifest:
    """Publish a generation."""
    with locked(out):
        generation = Generation(out)
        try:
            for path, data in files.items():
                generation.write(path, data + mark.encode())
            return generation.publish({"x.yaml": mark}, {}, [])
        finally:
            generation.discard()


def state(out: Path) -> dict[str, bytes]:
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}


def is_whole(out: Path) -> bool:
    manifest = Manifest.read(out)
    return manifest is not None and not manifest.damaged(out) and set(state(out)) == {*manifest.outputs, MANIFEST}


def debris(out: Path) -> list[str]:
    return [path.name for path in out.parent.iterdir() if path.name.startswith(".")]


def test_the_manifest_tells_the_truth(tmp_path: Path) -> None:
    out = tmp_path / "build"
    made = make(out)
    record = json.loads((out / MANIFEST).read_bytes())
    assert record["outputs"] == {path: hashlib.sha256(data + b"1").hexdigest() for path, data in sorted(FILES.items())}
    assert record["sources"] == {"x.yaml": "1"}
    assert {"tool_version", "schema_version"} <= set(record)
    read = Manifest.read(out)
    assert read is not None
    assert read.to_bytes() == made.to_bytes()
    assert is_whole(out)
    assert debris(out) == []


def test_a_second_generation_replaces_the_first_whole(tmp_path: Path) -> None:
    out = tmp_path / "build"
    make(out)
    make(out, {"json/b.json": b"{}"}, "2")
    assert set(state(out)) == {"json/b.json", MANIFEST}
    assert debris(out) == []


def test_damage_is_seen(tmp_path: Path) -> None:
    out = tmp_path / "build"
    manifest = make(out)
    (out / "json/a.json").write_bytes(b"other")
    (out / "pdf/a.pdf").unlink()
    assert manifest.damaged(out) == ["json/a.json", "pdf/a.pdf"]


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"sources": 1}', "\xff"])
def test_what_is_no_manifest(text: str, tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_bytes(text.encode("latin-1"))
    assert Manifest.read(tmp_path) is None


@pytest.mark.parametrize("name", ["notes.txt", ".git", "source"])
def test_a_foreign_file_is_refused(name: str, tmp_path: Path) -> None:
    out = tmp_path / "build"
    out.mkdir()
    (out / name).write_text("mine", encoding="utf-8")
    with pytest.raises(PublishFault, match=name):
        make(out)
    assert state(out) == {name: b"mine"}
    assert debris(out) == []


def test_a_foreign_file_beside_outputs_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "build"
    make(out)
    (out / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(PublishFault, match=r"mine\.txt"):
        make(out, mark="2")
    assert (out / "mine.txt").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("part", ["site", "json", "pdf"])
def test_a_folder_that_only_looks_like_ours_is_refused(part: str, tmp_path: Path) -> None:
    out = tmp_path / "build"
    (out / part).mkdir(parents=True)
    (out / part / "thesis.tex").write_text("mine", encoding="utf-8")
    with pytest.raises(PublishFault):
        make(out)
    assert (out / part / "thesis.tex").exists()


def test_one_build_at_a_time(tmp_path: Path) -> None:
    out = tmp_path / "build"
    with locked(out), pytest.raises(PublishFault, match="another build"), locked(out):
        pass
    with locked(out):
        pass


def test_the_lock_holds_over_the_swap(tmp_path: Path) -> None:
    out = tmp_path / "build"
    make(out)
    with locked(out):
        generation = Generation(out)
        generation.write("json/a.json", b"new")
        generation.publish({}, {}, [])
        generation.discard()
    make(out, mark="3")
    assert is_whole(out)


def test_debris_of_a_killed_build_is_swept(tmp_path: Path) -> None:
    out = tmp_path / "build"
    old = tmp_path / ".build.generation-dead"
    (old / "site").mkdir(parents=True)
    (tmp_path / ".other.generation-x").mkdir()
    make(out)
    assert debris(out) == [".other.generation-x"]


def test_the_rights_of_the_folder_stay(tmp_path: Path) -> None:
    out = tmp_path / "build"
    out.mkdir()
    out.chmod(0o750)
    make(out)
    assert out.stat().st_mode & 0o777 == 0o750


def test_a_link_as_output_folder(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    out = tmp_path / "build"
    out.symlink_to("real")
    make(out)
    assert out.is_symlink()
    assert is_whole(tmp_path / "real")


class Failing:
    """Lets a system call fail from its nth time on."""

    def __init__(self, real: Any, at: int, number: int) -> None:
        self.real, self.at, self.number, self.calls = real, at, number, 0

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        self.calls += 1
        if self.calls >= self.at:
            raise OSError(self.number, os.strerror(self.number))
        return self.real(*arguments, **named)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO], ids=["full", "broken"])
@pytest.mark.parametrize("call", ["fsync", "mkdir", "open"])
@pytest.mark.parametrize("at", range(1, 8))
def test_a_failing_disk_leaves_the_previous_outputs(
    call: str, at: int, number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "build"
    make(out)
    before = state(out)
    failing = Failing(getattr(os, call), at, number)
    with monkeypatch.context() as patched, pytest.raises((OSError, PublishFault)):
        patched.setattr(os, call, failing)
        make(out, mark="2")
        # Fewer calls than `at`: the build came through, and nothing was to fail.
        raise OSError(0, "came through")
    after = state(out)
    assert after == before or failing.calls < at or is_whole(out)
    assert is_whole(out)
    make(out, mark="3")
    assert debris(out) == []


def test_what_does_not_read_back_is_not_published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "build"
    make(out)
    before = state(out)
    monkeypatch.setattr(Manifest, "damaged", lambda *_: ["json/a.json"])
    with pytest.raises(PublishFault, match="read back"):
        make(out, mark="2")
    monkeypatch.undo()
    assert state(out) == before


@pytest.mark.parametrize("fails", [True, False])
def test_without_an_exchange_in_one_step(fails: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "build"
    make(out)
    before = state(out)
    monkeypatch.setattr("ctypes.CDLL", lambda *_, **__: (_ for _ in ()).throw(OSError()))
    if fails:
        rename = Path.rename
        calls: list[Path] = []

        def once(self: Path, target: Path) -> Path:
            if Path(target) == out and not calls:
                calls.append(self)
                raise OSError(errno.EIO, "no")
            return rename(self, target)

        monkeypatch.setattr(Path, "rename", once)
        with pytest.raises(OSError, match="no"):
            make(out, mark="2")
        assert state(out) == before
    else:
        make(out, mark="2")
        assert is_whole(out)
        assert state(out) != before
    assert debris(out) == []


_BUILD = textwrap.dedent("""
    import sys
    from pathlib import Path
    from policypress.generation import Generation, locked
    out = Path(sys.argv[1])
    with locked(out):
        generation = Generation(out)
        print("begun", flush=True)
        for number in range(400):
            generation.write(f"site/{number}.html", sys.argv[2].encode() * 2000)
        generation.publish({}, {}, [])
        print("published", flush=True)
        generation.discard()
""")


@pytest.mark.parametrize("after", [0.0, 0.02, 0.05, 0.1, 0.2, 0.4])
def test_a_kill_leaves_a_whole_generation(after: float, tmp_path: Path) -> None:
    out = tmp_path / "build"
    make(out)
    process = subprocess.Popen([sys.executable, "-c", _BUILD, str(out), "k"], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(after)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert is_whole(out)
    make(out, mark="2")
    assert is_whole(out)
    assert debris(out) == []


@pytest.mark.thorough
def test_kills_at_many_moments(tmp_path: Path) -> None:
    for step in range(60):
        folder = tmp_path / str(step)
        folder.mkdir()
        test_a_kill_leaves_a_whole_generation(step * 0.01, folder)


def test_a_reader_sees_one_generation_or_the_other(tmp_path: Path) -> None:
    out = tmp_path / "build"
    make(out)
    process = subprocess.Popen([sys.executable, "-c", _BUILD, str(out), "r"], stdout=subprocess.DEVNULL)
    while process.poll() is None:
        handle = os.open(out, os.O_RDONLY | os.O_DIRECTORY)
        try:
            with open(MANIFEST, "rb", opener=lambda name, flags, at=handle: os.open(name, flags, dir_fd=at)) as file:
                assert json.loads(file.read())["outputs"]
        except FileNotFoundError:
            # Only one that stands there no more may be gone: it was cleared away while it was opened.
            assert not os.path.samestat(os.fstat(handle), out.stat())
        finally:
            os.close(handle)
    assert process.returncode == 0
    assert is_whole(out)
