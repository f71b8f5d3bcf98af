"""Publishing without a moment in which an output is half there.

A build writes a fresh generation beside the output folder, on the same file system, reads it back, and swaps the two
in one step. Who holds the lock may build; the kernel frees it however the holder ends, and what a killed build left
behind is swept by the next one.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from policypress.version import SCHEMA_VERSION, TOOL_VERSION

MANIFEST = "manifest.json"
PARTS = ("pdf", "site", "json")
_OURS = {*PARTS, MANIFEST, "verify.json"}
_RENAME_EXCHANGE = 2
_AT_FDCWD = -100


class PublishFault(Exception):
    """Publishing failed; the previous outputs stand."""


class Manifest:
    """What a build was made from and what it wrote: path -> SHA-256."""

    def __init__(
        self, sources: Mapping[str, str], templates: Mapping[str, str], outputs: Mapping[str, str], drafts: list[str]
    ) -> None:
        self.sources = dict(sorted(sources.items()))
        self.templates = dict(sorted(templates.items()))
        self.outputs = dict(sorted(outputs.items()))
        self.drafts = sorted(drafts)
        self.versions = {"tool_version": TOOL_VERSION, "schema_version": SCHEMA_VERSION}

    def to_bytes(self) -> bytes:
        record = {
            **self.versions,
            "sources": self.sources,
            "templates": self.templates,
            "drafts": self.drafts,
            "outputs": self.outputs,
        }
        return (json.dumps(record, ensure_ascii=False, indent=2) + "\n").encode()

    @staticmethod
    def read(out: Path) -> Manifest | None:
        """Return the manifest of an output folder, or None where there is none of ours."""
        try:
            record = json.loads((out / MANIFEST).read_bytes())
            made = Manifest(record["sources"], record["templates"], record["outputs"], record["drafts"])
            made.versions = {name: record[name] for name in made.versions}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None
        return made

    def damaged(self, out: Path) -> list[str]:
        """Return the outputs that are missing or changed since they were published."""
        return [path for path, sha in self.outputs.items() if file_hash(out / path) != sha]


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file, "" where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


@contextmanager
def locked(out: Path) -> Iterator[None]:
    """Hold the output folder for this build. Raises PublishFault where another build holds it."""
    try:
        import fcntl
    except ImportError:  # Windows: no flock; two builds at once are the caller's to avoid
        out.mkdir(parents=True, exist_ok=True)
        yield
        return
    while True:
        out.mkdir(parents=True, exist_ok=True)
        handle = os.open(out, os.O_RDONLY | os.O_DIRECTORY)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise PublishFault(f"another build is writing to {out}") from None
            # A build that ended in between has swapped in another folder under this name.
            if os.fstat(handle).st_ino != out.stat().st_ino:
                continue
            yield
            return
        finally:
            os.close(handle)


class Generation:
    """A fresh set of outputs. `write` adds a file; `publish` swaps the set in."""

    def __init__(self, out: Path) -> None:
        self.out = out.resolve()
        held = sorted(path.name for path in self.out.iterdir())
        foreign = held if Manifest.read(self.out) is None else [name for name in held if name not in _OURS]
        if foreign:
            raise PublishFault(
                f"{out} holds {foreign[0]}, which no build wrote and which would be lost; "
                "move it away, or name another folder with --out"
            )
        for debris in self.out.parent.glob(f".{self.out.name}.generation-*"):
            shutil.rmtree(debris, ignore_errors=True)
        self.folder = Path(tempfile.mkdtemp(prefix=f".{self.out.name}.generation-", dir=self.out.parent))
        self.folder.chmod(self.out.stat().st_mode & 0o7777)

    def write(self, path: str, data: bytes) -> None:
        """Write one output, through to the disk."""
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())

    def keep(self, path: str) -> None:
        """Carry an output of the previous build over unchanged."""
        self.write(path, (self.out / path).read_bytes())

    def publish(self, sources: Mapping[str, str], templates: Mapping[str, str], drafts: list[str]) -> Manifest:
        """Write the manifest, read everything back, and swap the generation in."""
        outputs = {}
        for path in sorted(self.folder.rglob("*")):
            if path.is_file():
                with path.open("rb") as file:
                    os.fsync(file.fileno())
                outputs[path.relative_to(self.folder).as_posix()] = file_hash(path)
        manifest = Manifest(sources, templates, outputs, drafts)
        self.write(MANIFEST, manifest.to_bytes())
        written = Manifest.read(self.folder)
        if written is None or written.to_bytes() != manifest.to_bytes() or written.damaged(self.folder):
            raise PublishFault("what was written does not read back as written; is the disk full?")
        for folder in (*(path for path in self.folder.rglob("*") if path.is_dir()), self.folder):
            _sync_folder(folder)
        _exchange(self.folder, self.out)
        _sync_folder(self.out.parent)
        return manifest

    def discard(self) -> None:
        """Remove what is left in the generation's own folder: a failed build's files, or the previous outputs."""
        shutil.rmtree(self.folder, ignore_errors=True)


def _exchange(new: Path, old: Path) -> None:
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError, TypeError):
        renameat2 = None
    swapped = renameat2 and renameat2(_AT_FDCWD, os.fsencode(new), _AT_FDCWD, os.fsencode(old), _RENAME_EXCHANGE) == 0
    if swapped:
        return
    # Elsewhere a directory cannot be exchanged in one step: the old one steps aside for a moment.
    aside = new.with_name(new.name + ".old")
    old.rename(aside)
    try:
        new.rename(old)
    except OSError:
        aside.rename(old)
        raise
    aside.rename(new)


def _sync_folder(folder: Path) -> None:
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
