"""Runs `check` on each mutant and tells which rules found it."""

from __future__ import annotations

import gc
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from policypress.checks import run_checks
from policypress.finding import Finding
from policypress.library import read_library
from tests.mutation.kinds import KINDS, Kind
from tests.mutation.places import Change, Mutant, Policy

ENOUGH = 0.95  # of the faults that one version of a source can show
Changes = tuple[Change, ...]
Known = frozenset[tuple[str, str, str, int]]


@dataclass(frozen=True)
class Seeded:
    """One mutant: what was changed where, and the rules that found it, most severe first."""

    kind: Kind
    mutant: Mutant
    place: str
    rules: tuple[str, ...]
    at_the_line: bool
    seen: bool  # by more than an info


@dataclass(frozen=True)
class Measured:
    """A library with every mutant that was tried, and its own findings."""

    source: Path
    own: tuple[Finding, ...]
    seeded: list[Seeded] = field(default_factory=list)


def measure(source: Path, seed: int = 0, per_kind: int = 0, kinds: Iterable[Kind] = KINDS) -> Measured:
    """Seed faults of every kind into a library: `per_kind` of each, or all where it is 0."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "source"
        shutil.copytree(source, folder)
        policy = Policy(folder)
        gc.disable()  # each run makes a library and drops it whole
        own = run_checks(read_library(folder))
        known = frozenset(_key(folder, finding, ()) for finding in own)
        measured = Measured(source, own)
        for kind in kinds:
            chance = Random(f"{seed} {kind.name}")
            mutants = [mutant for mutant in kind.make(policy, chance) if _changes(policy, mutant)]
            if per_kind and len(mutants) > per_kind:
                mutants = chance.sample(mutants, per_kind)
            measured.seeded.extend(_try(policy, kind, mutant, known) for mutant in mutants)
            gc.collect()
        gc.enable()
    return measured


def _changes(policy: Policy, mutant: Mutant) -> bool:
    return any(policy.sources[one.path].text[one.start : one.end] != one.new for one in mutant.changes)


def _try(policy: Policy, kind: Kind, seed: Mutant, known: Known) -> Seeded:
    mutant = seed.changes
    touched = {change.path for change in mutant}
    for path in touched:
        text = policy.sources[path].text
        for change in sorted(mutant, key=lambda one: (one.path, -one.start)):
            if change.path == path:
                text = text[: change.start] + change.new + text[change.end :]
        (policy.folder / path).write_text(text, encoding="utf-8")
    try:
        found = run_checks(read_library(policy.folder))
    finally:
        for path in touched:
            (policy.folder / path).write_text(policy.sources[path].text, encoding="utf-8")
    names = _names(policy, mutant)
    new = [
        finding
        for finding in found
        if _key(policy.folder, finding, mutant) not in known and _about(policy, finding, touched, names)
    ]
    rules = tuple(dict.fromkeys(finding.rule.id for finding in sorted(new, key=_weight)))
    first = mutant[0]
    line = policy.sources[first.path].position(first.start).line
    return Seeded(
        kind, seed, f"{first.path}:{line}", rules,
        any(_is_at(policy, finding, mutant) for finding in new),
        any(finding.severity != "info" for finding in new),
    )  # fmt: skip


def _weight(finding: Finding) -> int:
    return ("error", "warning", "info").index(finding.severity.value)


def _path(folder: Path, finding: Finding) -> str:
    file = finding.span.source.file
    return file.relative_to(folder).as_posix() if file is not None and file.is_relative_to(folder) else finding.span.path


def _key(folder: Path, finding: Finding, mutant: Changes) -> tuple[str, str, str, int]:
    """Return what makes a finding the same in the mutant and in the library: its rule, severity and place."""
    path = _path(folder, finding)
    return (finding.rule.id, finding.severity.value, path, _before(path, finding.span.start, mutant))


def _before(path: str, offset: int, mutant: Changes) -> int:
    """Return where an offset of the mutant lay in the library, -1 for what is new there."""
    shift = 0
    for change in sorted(one for one in mutant if one.path == path):
        start = change.start + shift
        if offset < start:
            break
        if offset < start + len(change.new):
            return -1
        shift += len(change.new) - (change.end - change.start)
    return offset - shift


def _about(policy: Policy, finding: Finding, touched: set[str], names: set[str]) -> bool:
    """Tell whether a finding is about what was touched: it lies there, points there, or names it."""
    files = {_path(policy.folder, finding)}
    for label in finding.related:
        file = label.span.source.file
        if file is not None and file.is_relative_to(policy.folder):
            files.add(file.relative_to(policy.folder).as_posix())
    return bool(files & touched) or any(name in finding.message or name in finding.span.raw for name in names)


def _names(policy: Policy, mutant: Changes) -> set[str]:
    """Return the ids, codes and statements that stand on the lines that were touched."""
    found: set[str] = set()
    for change in mutant:
        text = policy.sources[change.path].text
        start, end = text.rfind("\n", 0, change.start) + 1, text.find("\n", change.end)
        for line in (*text[start:end].split("\n"), *change.new.split("\n")):
            found |= {match[1] for match in re.finditer(r"(?:id|code|from|term|fact|see): [\"']?([\w./-]{2,})", line)}
            found |= set(re.findall(r"\b[A-Z0-9]\d{4}\b|\b\d{4}[A-Z]\b", line))
        found |= {change.new} if 1 < len(change.new) < 40 else set()
        gone = text[change.start : change.end]
        found |= set(re.findall(r"[\w./-]{3,}", gone)) if len(gone) < 60 else set()
    return found


def _is_at(policy: Policy, finding: Finding, mutant: Changes) -> bool:
    path = _path(policy.folder, finding)
    if path not in {change.path for change in mutant}:
        return False
    lines, shift = set(), 0
    for change in sorted(one for one in mutant if one.path == path):
        text = policy.sources[path].text
        at = text.count("\n", 0, change.start) + shift + 1
        lines |= set(range(at - 1, at + change.new.count("\n") + 2))
        shift += change.new.count("\n") - text.count("\n", change.start, change.end)
    return finding.span.begin.line in lines


def recall(seeded: Iterable[Seeded]) -> float:
    """Return the share that was found of what something else in its library can contradict."""
    evident = [one for one in seeded if one.mutant.evident]
    return sum(bool(one.rules) for one in evident) / max(1, len(evident))


def table(measured: list[Measured]) -> str:
    """Return recall by kind and by rule, and the findings of the libraries themselves."""
    return "\n".join(_table([one for each in measured for one in each.seeded], measured)) + "\n"


def _table(seeded: list[Seeded], measured: list[Measured]) -> Iterator[str]:
    yield f"{'':38} {'something else speaks of it':^36}  {'nothing does':^12}"
    yield f"{'kind':38} {'tried':>6} {'found':>6} {'recall':>7} {'at line':>8} {'info':>5}  {'tried':>6} {'found':>6}  found by"
    for kind in KINDS:
        mine = [one for one in seeded if one.kind is kind]
        if mine:
            yield _row(kind, mine)
    evident = [one for one in seeded if one.mutant.evident]
    found = sum(bool(one.rules) for one in evident)
    loud = sum(one.seen for one in evident)
    yield ""
    yield f"found {found} of {len(evident)} that one version can show: {recall(seeded):.1%} ({loud} by more than a note)"
    yield from _rules(seeded)
    yield ""
    yield "What one version cannot show, and why:"
    for kind in KINDS:
        if kind.unseen and any(one.kind is kind and not one.mutant.evident for one in seeded):
            yield f"  {kind.name}: {kind.unseen}"
    yield ""
    for each in measured:
        counts = Counter(finding.severity.value for finding in each.own)
        yield f"{each.source} itself: {counts['error']} errors, {counts['warning']} warnings, {counts['info']} notes"


def _row(kind: Kind, mine: list[Seeded]) -> str:
    evident = [one for one in mine if one.mutant.evident]
    found = [one for one in evident if one.rules]
    faint = [one for one in mine if not one.mutant.evident]
    share = f"{len(found) / len(evident):7.0%}" if evident else f"{'':7}"
    at_line, low = sum(one.at_the_line for one in found), sum(not one.seen for one in found)
    beyond = f"{len(faint):6} {sum(bool(one.rules) for one in faint):6}" if faint else f"{'':13}"
    counts = Counter(one.rules[0] for one in mine if one.rules)
    by = " ".join(f"{rule} {count}" for rule, count in counts.most_common(4))
    return f"{kind.name:38} {len(evident):6} {len(found):6} {share} {at_line:8} {low:5}  {beyond}  {by}"


def _rules(seeded: list[Seeded]) -> Iterator[str]:
    counts = Counter(rule for one in seeded for rule in one.rules)
    alone = Counter(one.rules[0] for one in seeded if len(one.rules) == 1)
    words = [f"{rule} {count} ({alone[rule]})" for rule, count in sorted(counts.items())]
    yield "by rule, how many it found (and how many it alone):"
    for start in range(0, len(words), 8):
        yield "  " + ", ".join(words[start : start + 8])
