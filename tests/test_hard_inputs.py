"""What `check` says about bad inputs is recorded: each is named in a finding with a place, quickly, and nothing is lost.

`./run test --rewrite-goldens` writes tests/cases/hard/**/*.txt anew, with --thorough those of large inputs; read the
difference.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Golden
from tests.hard.cases import CASES, TEXTS, Case
from tests.hard.made import MADE

ROOT = Path(__file__).parent.parent
SHOWN = 60  # lines of a recorded output; the rest is told by its number and hash


BATCH, LONG = 40, 60_000  # cases of one call; characters from which a case is left to the thorough run
LARGE = frozenset(f"made/{name}" for name, data in MADE.items() if len(data) > LONG)


def _batches(cases: list[Case], *marks: pytest.MarkDecorator) -> list[Any]:
    return [pytest.param(tuple(cases[at : at + BATCH]), marks=marks) for at in range(0, len(cases), BATCH)]


BATCHES = (
    *_batches([case for case in CASES if case.name not in LARGE]),
    *_batches([case for case in CASES if case.name in LARGE], pytest.mark.thorough),
)


def _try(cases: tuple[Case, ...]) -> dict[str, dict[str, Any]]:
    """Lay each bad input into a library of its own and try them all in one call."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)  # pytest's own folders are for its user alone
        for case in cases:
            source = folder / case.name.replace("/", "--") / "source"
            source.mkdir(parents=True)
            case.lay(source)
        done = subprocess.run(
            [sys.executable, "-m", "tests.hard.trial", name], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return {case.name: tried for case, tried in zip(cases, json.loads(done.stdout).values(), strict=True)}


@pytest.mark.parametrize("cases", BATCHES, ids=lambda cases: f"{cases[0].name} to {cases[-1].name}")
def test_hard_inputs(cases: tuple[Case, ...], golden: Golden) -> None:
    wrong = []
    for name, done in _try(tuple(sorted(cases, key=lambda case: case.name.replace("/", "--")))).items():
        wrong += [f"{name}: {what}" for what in _faults(done)]
        try:
            golden(f"../cases/hard/{name}.txt", _recorded(done["check"]).encode())
        except AssertionError as error:
            wrong.append(f"{name}: {error}")
    assert not wrong, "\n".join(wrong)


def _faults(done: dict[str, Any]) -> Iterator[str]:
    for command in ("check", "json", "fmt"):
        ended = done[command]
        said = ended["out"] + ended["err"]
        if ended["status"] not in range(5) or "Traceback" in said or "internal error" in said:
            yield f"{command} ended with {ended['status']}: {said[-600:]}"
            return
    if done["skipped"] != {"status": 0, "out": "", "err": ""}:
        yield f"passed over in silence: {done['skipped']}"
    told = json.loads(done["json"]["out"]) if done["json"]["status"] < 2 else []
    if not told and not done["check"]["err"] and done["check"]["status"]:
        yield "a failure without a word"
    for finding in told:
        placed = finding["path"].startswith("source") and 1 <= finding["line"] <= finding["end_line"]
        if not placed or finding["column"] < 1 or not finding["message"]:
            yield f"a finding without a place: {finding}"


def _recorded(ended: dict[str, Any]) -> str:
    said = ended["out"] + ended["err"]
    lines = said.splitlines(keepends=True)
    if len(lines) > SHOWN:
        rest = "".join(lines[SHOWN:])
        told = f"… and {len(lines) - SHOWN} lines more, sha256 {hashlib.sha256(rest.encode()).hexdigest()}\n"
        lines = [*lines[:SHOWN], told]
    shown = "".join(line if len(line) < 500 else f"{line[:400]}… ({len(line)} characters)\n" for line in lines)
    return f"{shown}exit {ended['status']}\n"


def test_there_are_many_and_each_is_recorded() -> None:
    assert len(CASES) > 400
    recorded = {path.relative_to(TEXTS).with_suffix("").as_posix() for path in TEXTS.rglob("*.txt")}
    assert recorded == {case.name for case in CASES}
