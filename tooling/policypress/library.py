"""Finds the files below a source folder, reads them, and puts the guidelines together.

A file that cannot be read is a finding; all others are still read. Nothing here looks at meaning: that is what the
checks do.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from policypress import file_rules, reading
from policypress.decode.guideline import read_guideline, read_statements, read_vignettes
from policypress.decode.registers import REGISTERS, read_register
from policypress.decode.section import read_section
from policypress.finding import Finding, Label, Rule
from policypress.hidden import HIDDEN
from policypress.model import Guideline, Library, Section, Vignette
from policypress.record import record, replace
from policypress.registers import Registers
from policypress.shelf import Decode, Shelf
from policypress.structure_rules import DUPLICATE_ENTRY, MISNAMED, MISSING_FILE
from policypress.text import Source, Span

REGISTER_FOLDER = "registers"
# A file: its path, and its name for people. There may be thousands, and `Path` takes its time.
_Place = tuple[str, str]


@record()
class Read:
    """What came out of a source folder: the library, every fault of reading, and the files that gave no model."""

    library: Library
    findings: tuple[Finding, ...]


def read_library(folder: Path, shelf: Shelf | None = None) -> Read:
    """Read every guideline and register below a folder. Paths in findings are relative to the working directory.

    With a shelf, only files that changed since it was last used are read again.
    """
    return _Reader(folder, shelf).read()


def read_cases(file: Path) -> tuple[tuple[Vignette, ...], tuple[Finding, ...]]:
    """Read a file of cases outside of a library. Returns no case where anything in it cannot be read."""
    reader = _Reader(file.parent)
    cases = reader._file((str(file), reader._shown(file)), read_vignettes) or ()
    reader._once(cases)
    return (() if reader.findings else cases), tuple(reader.findings)


class _Reader:
    def __init__(self, folder: Path, shelf: Shelf | None = None) -> None:
        self.shelf = Shelf() if shelf is None else shelf
        self.folder = folder
        self.root = folder.resolve()
        self.cwd = Path.cwd()
        self.findings: list[Finding] = []
        self.sources: list[Source] = []
        self._folders: dict[str, str] = {}  # as they are shown

    def read(self) -> Read:
        if not self.folder.is_dir():
            self._fault(file_rules.UNREADABLE, "There is no such folder", self.folder, "name the folder with --source")
            return Read(Library((), Registers(), ()), tuple(self.findings))
        shared = Registers()
        guidelines = []
        for entry in map(self.folder.joinpath, self._entries(self.folder) or ()):
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
        sections: list[_Place] = []
        cases: list[_Place] = []
        entries = self._entries(folder)
        found = entries is None  # what cannot be looked into may hold it
        for entry in map(folder.joinpath, entries or ()):
            if entry.name == "guideline.yaml":
                found = True
                guideline = self._file((str(entry), self._shown(entry)), read_guideline)
            elif entry.name == "statements.yaml":
                statements = self._file((str(entry), self._shown(entry)), read_statements) or ()
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
        read = [self._file(place, read_section, retired) for place in sections]
        vignettes = tuple(case for place in cases for case in self._file(place, read_vignettes) or ())
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
            registers=self.shelf.same(f"{folder}: over the shared", own.over(shared)), library=shared,
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
        for place in self._yaml_files(folder):
            name = os.path.basename(place[0]).removesuffix(".yaml")  # noqa: PTH119
            if name not in REGISTERS:
                self._stranger(Path(place[0]), "the registers are " + ", ".join(f"{known}.yaml" for known in REGISTERS))
                continue
            entries = self._file(place, read_register, name) or []
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
        return self.shelf.same(str(folder), Registers(**read))

    def _file(self, place: _Place, decode: Decode, *more: Any) -> Any:
        """Read and decode one file, keeping every fault; None where nothing came of it."""
        volume = self.shelf.read(*place, decode, *more)
        if volume.findings:
            self.findings.extend(volume.findings)
        if volume.source is not None:
            self.sources.append(volume.source)
        return volume.value

    def _entries(self, folder: Path) -> list[str] | None:
        """Return the names in a folder in order, without links that lead elsewhere; None where it stays closed."""
        try:
            with os.scandir(folder) as entries:
                links = {entry.name: entry.is_symlink() for entry in entries}
            os.stat(os.path.join(folder, "."))  # noqa: PTH116, PTH118  # who may list a folder may still not enter it
        except OSError as error:
            why = f"The folder cannot be read: {error.strerror}"
            self._fault(file_rules.UNREADABLE, why, folder, "mend its permissions")
            return None
        return [name for name in sorted(links) if not links[name] or self._inside(folder / name)]

    def _yaml_files(self, folder: Path) -> list[_Place]:
        files = []
        path, shown = os.path.join(folder, ""), self._shown(folder / "x")[:-1]  # noqa: PTH118
        for name in self._entries(folder) or ():
            if name.endswith(".yaml") and name[0] != ".":
                files.append((path + name, shown + name))
                if not (name.isascii() and name.isprintable()) and HIDDEN.search(name) is not None:
                    self._fault(
                        reading.CHARACTER, "The name of this file holds a hidden character", folder / name,
                        "rename the file",
                    )  # fmt: skip
            else:
                self._stranger(folder / name, "files here end in .yaml")
        return files

    def _inside(self, link: Path) -> bool:
        try:
            target = link.resolve(strict=True)
        except (OSError, RuntimeError):
            self._fault(file_rules.UNREADABLE, f"The link {link.name} leads nowhere", link, "put the file itself here")
            return False
        if target.is_relative_to(self.root) and target.is_file():
            return True
        self._fault(
            file_rules.OUTSIDE, f"The link {link.name} leads out of the source, or to a folder", link,
            "put the file itself here",
        )  # fmt: skip
        return False

    def _stranger(self, path: Path, help: str) -> None:
        near = path.suffix.lower() in (".yml", ".yaml")
        self._fault(
            file_rules.STRANGER, f"{path.name} is not read", path,
            f"rename it to {path.stem}.yaml" if near and path.suffix != ".yaml" else f"move it out; {help}",
        )  # fmt: skip

    def _fault(self, rule: Rule, message: str, path: Path, help: str) -> None:
        self.findings.append(Finding(rule, message, Span(Source(self._shown(path), "", path), 0, 0), help))

    def _shown(self, path: Path) -> str:
        folder, name = os.path.split(path)
        if (shown := self._folders.get(folder)) is None:
            shown = os.path.relpath(folder, self.cwd) if path.is_absolute() else os.path.normpath(folder or ".")
            shown = self._folders[folder] = "" if shown == "." else shown.replace(os.sep, "/") + "/"
        return shown + name


def _in_order(guideline: Guideline, sections: list[Section]) -> tuple[Section, ...]:
    """Sections in the order of the chapters; those no chapter lists come last, by file."""
    places = {
        name.value: place
        for place, name in enumerate(name for chapter in guideline.chapters for name in chapter.sections)
    }
    return tuple(sorted(sections, key=lambda section: (places.get(section.id, len(places)), section.source.path)))
