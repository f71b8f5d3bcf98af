"""Finds the files below a source folder, reads them, and puts the guidelines together.

A file that cannot be read is a finding; all others are still read. Nothing here looks at meaning: that is what the
checks do.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from policypress import reading
from policypress.decode.guideline import is_empty, read_guideline, read_statements, read_vignettes
from policypress.decode.kinds import Faults
from policypress.decode.registers import REGISTERS, read_register
from policypress.decode.section import read_section
from policypress.finding import Finding, Label, Rule
from policypress.form_rules import SHAPE
from policypress.model import Guideline, Library, Registers, Section, Vignette
from policypress.nodes import MAX_BYTES, YamlNode, parse
from policypress.structure_rules import DUPLICATE_ENTRY, MISNAMED, MISSING_FILE
from policypress.text import Source, Span

REGISTER_FOLDER = "registers"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Read:
    """What came out of a source folder: the library, every fault of reading, and the files that gave no model."""

    library: Library
    findings: tuple[Finding, ...]


def read_library(folder: Path) -> Read:
    """Read every guideline and register below a folder. Paths in findings are relative to the working directory."""
    return _Reader(folder).read()


def read_cases(file: Path) -> tuple[tuple[Vignette, ...], tuple[Finding, ...]]:
    """Read a file of cases outside of a library. Returns no case where anything in it cannot be read."""
    reader = _Reader(file.parent)
    cases = reader._file(file, read_vignettes) or ()
    reader._once(cases)
    return (() if reader.findings else cases), tuple(reader.findings)


class _Reader:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = folder.resolve()
        self.cwd = Path.cwd()
        self.findings: list[Finding] = []
        self.sources: list[Source] = []

    def read(self) -> Read:
        if not self.folder.is_dir():
            self._fault(reading.UNREADABLE, "There is no such folder", self.folder, "name the folder with --source")
            return Read(Library((), Registers(), ()), tuple(self.findings))
        shared = Registers()
        guidelines = []
        for entry in self._entries(self.folder):
            if not self._inside(entry):
                continue
            if entry.name == REGISTER_FOLDER and entry.is_dir():
                shared = self._registers(entry)
            elif entry.is_dir():
                guidelines.append(entry)
            else:
                self._stranger(entry, "a guideline is a folder with a guideline.yaml")
        made = [guideline for folder in guidelines if (guideline := self._guideline(folder, shared)) is not None]
        by_id: dict[str, Guideline] = {}
        for guideline in made:
            first = by_id.setdefault(guideline.id, guideline)
            if first is not guideline:
                self.findings.append(
                    Finding(
                        DUPLICATE_ENTRY, f"Two guidelines have the id {guideline.id}", guideline.spans["id"],
                        "give one of them another id", (Label(first.spans["id"], "the first"),),
                    )
                )  # fmt: skip
        self.sources.sort(key=lambda source: source.path)
        library = Library(tuple(by_id[id] for id in sorted(by_id)), shared, tuple(self.sources))
        return Read(library, tuple(self.findings))

    def _guideline(self, folder: Path, shared: Registers) -> Guideline | None:
        guideline: Guideline | None = None
        statements: tuple[Any, ...] = ()
        own = Registers()
        sections: list[Path] = []
        cases: list[Path] = []
        before = len(self.findings)
        entries = list(self._entries(folder))
        found = len(self.findings) > before  # what cannot be looked into may hold it
        for entry in entries:
            if not self._inside(entry):
                continue
            if entry.name == "guideline.yaml":
                found = True
                guideline = self._file(entry, read_guideline)
            elif entry.name == "statements.yaml":
                statements = self._file(entry, read_statements) or ()
            elif entry.name == "sections" and entry.is_dir():
                sections = self._yaml_files(entry)
            elif entry.name == "vignettes" and entry.is_dir():
                cases = self._yaml_files(entry)
            elif entry.name == REGISTER_FOLDER and entry.is_dir():
                own = self._registers(entry)
            else:
                parts = "guideline.yaml, statements.yaml, sections/, vignettes/, registers/"
                self._stranger(entry, f"a guideline holds {parts}")
        if not found:
            self._fault(
                MISSING_FILE, f"{folder.name} has no guideline.yaml", folder,
                "add it (policypress new guideline shows one), or move the folder out of the source",
            )  # fmt: skip
        retired = tuple(gone.id.value for gone in guideline.retired) if guideline is not None else ()
        read = [self._file(path, partial(read_section, retired=retired)) for path in sections]
        vignettes = tuple(case for path in cases for case in self._file(path, read_vignettes) or ())
        self._once(vignettes)
        if guideline is None:
            return None
        if guideline.id != folder.name:
            self.findings.append(
                Finding(
                    MISNAMED, f"The folder {folder.name} holds the guideline {guideline.id}",
                    guideline.spans["id"], f"rename the folder to {guideline.id}, or mend the id",
                )
            )  # fmt: skip
        return replace(
            guideline, sections=_in_order(guideline, [section for section in read if section is not None]),
            statements=statements, vignettes=vignettes,
            registers=own.over(shared), library=shared,
        )  # fmt: skip

    def _once(self, cases: tuple[Vignette, ...]) -> None:
        by_id: dict[str, Vignette] = {}
        for case in cases:
            first = by_id.setdefault(case.id, case)
            if first is not case:
                self.findings.append(
                    Finding(
                        DUPLICATE_ENTRY, f"Two cases have the id {case.id}", case.span, "give one of them another id",
                        (Label(first.span, "the first"),),
                    )
                )  # fmt: skip

    def _registers(self, folder: Path) -> Registers:
        read: dict[str, dict[str, Any]] = {}
        for path in self._yaml_files(folder):
            name = path.stem
            if name not in REGISTERS:
                self._stranger(path, "the registers are " + ", ".join(f"{known}.yaml" for known in REGISTERS))
                continue
            entries = self._file(path, partial(read_register, name=name)) or []
            key = REGISTERS[name][2]
            by_key: dict[str, Any] = {}
            for entry in entries:
                value = getattr(entry, key)
                first = by_key.setdefault(value if isinstance(value, str) else value.value, entry)
                if first is not entry:
                    self.findings.append(
                        Finding(
                            DUPLICATE_ENTRY, f"{value} stands twice in this register", entry.span,
                            "keep one of the two", (Label(first.span, "the first"),),
                        )
                    )  # fmt: skip
            read[name] = by_key
        return Registers(**read)

    def _file(self, path: Path, decode: Callable[[Source, YamlNode, Faults], T | None]) -> T | None:
        """Read and decode one file, keeping every fault; None where nothing came of it."""
        source = self._source(path)
        if source is None:
            return None
        root, findings = parse(source)
        self.findings.extend(findings)
        if root is None or is_empty(root):
            if not findings:
                self.findings.append(
                    Finding(SHAPE, "The file holds nothing", Span(source, 0, 0), "write its keys, or remove it")
                )
            return None
        faults = Faults()
        value = decode(source, root, faults)
        self.findings.extend(faults.findings)
        return value

    def _source(self, path: Path) -> Source | None:
        try:
            status = path.stat()
            if not stat.S_ISREG(status.st_mode):
                kind = "a folder" if stat.S_ISDIR(status.st_mode) else "no ordinary file"
                self._fault(reading.UNREADABLE, f"{path.name} is {kind}", path, "put a file of text in its place")
                return None
            if status.st_size > MAX_BYTES:
                self._fault(
                    reading.TOO_LARGE, f"The file has {status.st_size:,} bytes; the limit is {MAX_BYTES:,}", path,
                    "split it into several sections",
                )  # fmt: skip
                return None
            with path.open("rb") as file:
                data = file.read()
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            self._fault(
                reading.UNREADABLE, f"The file is not UTF-8 text: line {line} holds the byte 0x{data[error.start]:02X}",
                path, "save it as UTF-8",
            )  # fmt: skip
            return None
        except OSError as error:
            self._fault(
                reading.UNREADABLE, f"The file cannot be read: {error.strerror or error}", path, "mend its permissions"
            )
            return None
        source = Source(self._shown(path), text, path)
        self.sources.append(source)
        return source

    def _entries(self, folder: Path) -> Iterator[Path]:
        try:
            names = sorted(entry.name for entry in folder.iterdir())
        except OSError as error:
            why = f"The folder cannot be read: {error.strerror}"
            self._fault(reading.UNREADABLE, why, folder, "mend its permissions")
            return
        for name in names:
            yield folder / name

    def _yaml_files(self, folder: Path) -> list[Path]:
        files = []
        for entry in self._entries(folder):
            if not self._inside(entry):
                continue
            if entry.suffix == ".yaml" and not entry.name.startswith("."):
                files.append(entry)
            else:
                self._stranger(entry, "files here end in .yaml")
        return files

    def _inside(self, path: Path) -> bool:
        if not path.is_symlink():
            return True
        try:
            target = path.resolve(strict=True)
        except (OSError, RuntimeError):
            self._fault(reading.UNREADABLE, f"The link {path.name} leads nowhere", path, "put the file itself here")
            return False
        if target.is_relative_to(self.root) and target.is_file():
            return True
        self._fault(
            reading.OUTSIDE, f"The link {path.name} leads out of the source, or to a folder", path,
            "put the file itself here",
        )  # fmt: skip
        return False

    def _stranger(self, path: Path, help: str) -> None:
        near = path.suffix.lower() in (".yml", ".yaml")
        self._fault(
            reading.STRANGER, f"{path.name} is not read", path,
            f"rename it to {path.stem}.yaml" if near and path.suffix != ".yaml" else f"move it out; {help}",
        )  # fmt: skip

    def _fault(self, rule: Rule, message: str, path: Path, help: str) -> None:
        self.findings.append(Finding(rule, message, Span(Source(self._shown(path), "", path), 0, 0), help))

    def _shown(self, path: Path) -> str:
        shown = os.path.relpath(path, self.cwd) if path.is_absolute() else os.path.normpath(path)
        return shown.replace(os.sep, "/")


def _in_order(guideline: Guideline, sections: list[Section]) -> tuple[Section, ...]:
    """Sections in the order of the chapters; those no chapter lists come last, by file."""
    places = {
        name.value: place
        for place, name in enumerate(name for chapter in guideline.chapters for name in chapter.sections)
    }
    return tuple(sorted(sections, key=lambda section: (places.get(section.id, len(places)), section.source.path)))
