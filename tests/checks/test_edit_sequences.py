"""After any sequence of edits, checking again what changed says what checking everything says, byte for byte."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from policypress.checks import RULES, run_checks
from policypress.checks.check import SectionView
from policypress.library import read_library
from policypress.report import render
from policypress.shelf import Shelf
from tests.examples import BLOCK, GUIDELINE, REGISTERS

LIBRARY = Path(__file__).parent.parent / "library"
# The files of each example of a rule's page: each was written so that something is found, or is not any more.
EXAMPLES = [
    [
        (path or "example/sections/section.yaml", text)
        for path, text in re.findall(r"(?:^# file: (\S+)\n|\A)((?:(?!# file: ).*\n)+)", block, re.M)
    ]
    for rule in RULES
    for _, block in BLOCK.findall(rule.page)
]
_ID = re.compile(r"^[ -]*id: (\S+)$", re.M)
_WORD = re.compile(r"[\w./-]+")
_TEXT = re.compile(r"^([ ]*)(- )?text: .*$", re.M)


class Desk:
    """A library on disk that somebody works on; every edit is drawn by chance."""

    def __init__(self, folder: Path, chance: Random) -> None:
        self.folder = folder
        self.chance = chance
        self.before: dict[Path, str] = {}  # of what was broken or taken away
        shutil.copytree(LIBRARY, folder)
        for path, text in {**REGISTERS, "example/guideline.yaml": GUIDELINE.format(sections="section")}.items():
            self.write(folder / path, text)
        for _ in range(8):
            self.lay()
        self.list_sections()

    def write(self, path: Path, text: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def some(self, pattern: str = "*.yaml") -> Path:
        """Return some file; seldom one without which nothing else of its guideline is looked at."""
        files = sorted(self.folder.rglob(pattern)) or sorted(self.folder.rglob("*.yaml"))
        found = self.chance.choice(files)
        return self.chance.choice(files) if found.name == "guideline.yaml" else found

    def change(self, path: Path, change: Callable[[str], str]) -> None:
        text = path.read_text(encoding="utf-8")
        self.before[path] = text
        self.write(path, change(text))

    def lay(self) -> None:
        """Lay the files of some examples into the library, sections under their names and perhaps beside others."""
        for example in self.chance.sample(EXAMPLES, 3):
            home = self.chance.choice(("example", "example", "example", "sleep-and-anesthesia"))
            number = self.chance.choice(("", "-a", "-b", "-c", "-d"))
            for path, text in example:
                name = _ID.search(text)
                if "/sections/" in path and name is not None:
                    new = re.sub(rf"\b{re.escape(name[1])}\b", name[1] + number, text)
                    self.write(self.folder / home / "sections" / f"{name[1]}{number}.yaml", new)
                elif home == "example" and (not path.endswith("guideline.yaml") or self.chance.random() < 0.2):
                    self.write(self.folder / path, text)

    def list_sections(self) -> None:
        """Write the sections of a guideline into its chapters, in some order."""
        guideline = self.some("guideline.yaml")
        texts = [path.read_text(encoding="utf-8") for path in sorted(guideline.parent.glob("sections/*.yaml"))]
        ids = sorted({found[1] for text in texts if (found := _ID.search(text)) is not None})
        self.chance.shuffle(ids)
        listed = f"chapters:\n  - title: General\n    sections: [{', '.join(ids)}]\n"
        self.change(guideline, lambda text: re.sub(r"^chapters:.*\n(?:[ -].*\n)*", listed, text, flags=re.M))

    def word(self) -> None:
        """Write a word of the library in the place of another."""
        other = self.chance.choice(_WORD.findall(self.some().read_text(encoding="utf-8")) or ["x"])

        def change(text: str) -> str:
            if not (words := list(_WORD.finditer(text))):
                return text
            place = self.chance.choice(words)
            return text[: place.start()] + other + text[place.end() :]

        self.change(self.some(), change)

    def point(self) -> None:
        """Let a criterion point somewhere, or name a fact, a statement or a parameter."""
        ids = _ID.findall(self.some("sections/*.yaml").read_text(encoding="utf-8")) or ["x"]
        away = self.chance.choice(("", "", "example/", "sleep-and-anesthesia/"))
        one = self.chance.choice(ids)
        facts = ("dx.glioma", "dx.lymphoma", one)
        line = self.chance.choice((
            f"see: {away}{one}", f"see: {away}{one}", f"fact: {self.chance.choice(facts)}", "uses: [radiation-delay]",
            f"from: {self.chance.randint(1, 5)}", "codes: [78815]",
            'compare: {fact: since-radiation, op: ">=", parameter: radiation-delay}',
            f"applies_when: {{text: It is so, fact: {self.chance.choice(facts)}}}",
        ))  # fmt: skip

        def change(text: str) -> str:
            if not (places := list(_TEXT.finditer(text))):
                return text
            place = self.chance.choice(places)
            pad = place[1] + ("  " if place[2] else "")
            return f"{text[: place.end()]}\n{pad}{line}{text[place.end() :]}"

        self.change(self.some("sections/*.yaml"), change)

    def line(self) -> None:
        """Take a line out, write it twice, or let one change places with the next."""
        order = self.chance.choice(((1,), (0, 0, 1), (1, 0)))

        def change(text: str) -> str:
            lines = text.splitlines(keepends=True)
            if len(lines) < 2:
                return text
            at = self.chance.randrange(len(lines) - 1)
            return "".join([*lines[:at], *(lines[at + step] for step in order), *lines[at + 2 :]])

        self.change(self.some(), change)

    def hush(self) -> None:
        """Suppress a rule somewhere, or ask about it."""
        rule = self.chance.choice(RULES)
        line = f"# allow: {rule.id} a reason\n"
        self.change(self.some("sections/*.yaml"), lambda text: line + text if "criteria:" not in text else text.replace(
            "criteria:", f"query: {{text: Is it so?, covers: [{rule.id}]}}\ncriteria:" if self.chance.random() < 0.5
            else f"{line}criteria:", 1,
        ))  # fmt: skip

    def break_off(self) -> None:
        broken = self.chance.choice(("id: [", "", "\tx", "a: 1\na: 2\n", "- x\n", "id: x\n"))
        self.change(self.some(), lambda text: self.chance.choice((broken, text + broken)))

    def mend(self) -> None:
        """Put back the files that were changed last, and the heads of all guidelines."""
        for path, text in [*self.before.items()][-3:]:
            self.write(path, text)
        self.before.clear()
        heads = {home: LIBRARY / home / "guideline.yaml" for home in sorted(path.name for path in LIBRARY.iterdir())}
        for home, head in heads.items():
            if head.is_file():
                self.write(self.folder / home / "guideline.yaml", head.read_text(encoding="utf-8"))
        self.write(self.folder / "example/guideline.yaml", GUIDELINE.format(sections="section"))
        self.list_sections()

    def take_away(self) -> None:
        path = self.some()
        self.before[path] = path.read_text(encoding="utf-8")
        path.unlink()

    def rename(self) -> None:
        path = self.some()
        path.replace(path.with_name(self.chance.choice((self.some().name, f"a-{path.name}"))))

    def register(self) -> None:
        path, text = self.chance.choice([*REGISTERS.items()])
        self.write(self.folder / path, text)


EDITS: tuple[Callable[[Desk], None], ...] = (
    Desk.lay, Desk.lay, Desk.lay, Desk.list_sections, Desk.list_sections, Desk.word, Desk.word, Desk.point, Desk.point,
    Desk.point, Desk.line, Desk.hush, Desk.break_off, Desk.mend, Desk.mend, Desk.take_away, Desk.rename, Desk.register,
)  # fmt: skip


def said(folder: Path, today: str, shelf: Shelf | None = None, kept: dict[int, SectionView] | None = None) -> str:
    found = run_checks(read_library(folder, shelf), None, today, kept)
    return render(found, "json") + render(found, "text")


def work(folder: Path, seed: int, steps: int) -> set[str]:
    """Edit a library many times, and hold what is said of it again against what is said of it anew."""
    chance = Random(seed)
    desk = Desk(folder, chance)
    shelf, kept = Shelf(), dict[int, SectionView]()
    seen: set[str] = set()
    for step in range(steps):
        edits = chance.choices(EDITS, k=chance.choice((1, 1, 1, 2, 3)))
        for edit in edits:
            edit(desk)
        today = chance.choice(("2026-06-30", "2099-01-01"))
        again, anew = said(folder, today, shelf, kept), said(folder, today)
        assert again == anew, f"seed {seed}, step {step}: {[edit.__name__ for edit in edits]}"
        assert said(folder, today, shelf, kept) == anew, f"seed {seed}, step {step}: looked at twice"
        seen.update(re.findall(r'"rule": "(\w+)"', anew))
    return seen


@pytest.fixture
def resting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file is old enough to be known by its stamp; each write gives it another inode or time."""
    now = time.time_ns
    monkeypatch.setattr("policypress.shelf.time.time_ns", lambda: now() + 60_000_000_000)
    ticks = iter(range(1, 1_000_000))
    write = Path.write_text

    def written(path: Path, text: str, **how: str) -> int:
        count = write(path, text, **how)  # type: ignore[arg-type]
        os.utime(path, ns=(next(ticks) * 1_000_000, next(ticks) * 1_000_000))
        return count

    monkeypatch.setattr(Path, "write_text", written)


@pytest.mark.parametrize("seed", range(3))
def test_any_edits(seed: int, tmp_path: Path, resting: None) -> None:
    assert len(work(tmp_path / "source", seed, 25)) > 20


@pytest.mark.thorough
@pytest.mark.parametrize("seed", range(100, 106))
def test_any_edits_at_length(seed: int, tmp_path: Path, resting: None) -> None:
    assert len(work(tmp_path / "source", seed, 150)) > 40
