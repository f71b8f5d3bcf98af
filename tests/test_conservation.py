"""The conservation law under random edits: no word of a file is lost, none comes from elsewhere."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.test_nodes import EVERY_FORM, check_conserved, read, same_as_ruamel

ROOT = Path(__file__).parent.parent
_SIGNS = [
    *":-#'\"|>[]{},&*!%@`?~ \n≥–\\=<.0aZé/\t\r\u00a0\u200b\ufeff\u2028\x85", "- ", ": ", " #", "\n- ", "\n  ", "---",
    "...", "\n---\n", "<<: ", "? ", "|\n", "\\u200b", "''", '""', "\r\n", "null", "&a ", "*a", "!x ", "%YAML 1.1\n",
]  # fmt: skip


def library_files() -> list[str]:
    paths = sorted([*(ROOT / "source").rglob("*.yaml"), *(ROOT / "tests" / "library").rglob("*.yaml")])
    texts = [path.read_text(encoding="utf-8") for path in paths]
    return [text if len(text) < 4000 else text[: text.rfind("\n", 0, 3000) + 1] for text in texts]


def edited(text: str, chance: random.Random) -> str:
    """Return a text after one to three edits of characters or lines."""
    for _ in range(chance.choice([1, 1, 1, 2, 3])):
        place = chance.randrange(len(text) + 1)
        lines = text.splitlines(keepends=True)
        row = chance.randrange(len(lines)) if lines else -1
        match chance.randrange(9):
            case 0:
                text = text[:place] + chance.choice(_SIGNS) + text[place:]
            case 1:
                text = text[:place] + text[place + chance.choice([1, 1, 2, 5]) :]
            case 2:
                text = text[:place] + chance.choice(_SIGNS) + text[place + 1 :]
            case 3:
                text = text[: place - 1] + text[place : place + 1] + text[place - 1 : place] + text[place + 1 :]
            case 4 if lines:
                text = "".join([*lines[:row], *lines[row + 1 :]])
            case 5 if lines:
                text = "".join([*lines[:row], chance.choice(lines), *lines[row:]])
            case 6 if lines:
                other = chance.randrange(len(lines))
                lines[row], lines[other] = lines[other], lines[row]
                text = "".join(lines)
            case 7 if lines:
                text = "".join([*lines[:row], " " * chance.choice([1, 2, 4]) + lines[row], *lines[row + 1 :]])
            case 8 if lines:
                text = "".join([*lines[:row], lines[row][chance.choice([1, 2, 4]) :], *lines[row + 1 :]])
    return text


def edited_bytes(text: str, chance: random.Random) -> str:
    """Return a text after one byte was changed, where it is still UTF-8."""
    data = bytearray(text.encode())
    data[chance.randrange(len(data))] = chance.randrange(256)
    try:
        return data.decode()
    except UnicodeDecodeError:
        return text


def fuzz(number: int, seed: int) -> None:
    chance = random.Random(seed)
    texts = library_files()
    texts += [EVERY_FORM] * (len(texts) // 2)
    accepted = 0
    for at in range(number):
        before = chance.choice(texts)
        text = (edited_bytes if at % 10 == 0 else edited)(before, chance)
        try:
            if check_conserved(text):
                accepted += 1
                if at % 20 == 0:
                    root, _ = read(text)
                    assert root is not None
                    same_as_ruamel(text, root)
        except Exception as error:
            raise AssertionError(f"edit {at} of seed {seed}: {error!r}\n{text!r}") from error
    assert number / 10 < accepted < number


@pytest.mark.parametrize("seed", range(2))
def test_no_edit_loses_a_word(seed: int) -> None:
    fuzz(500, seed)


@pytest.mark.thorough
@pytest.mark.parametrize("seed", range(100, 110))
def test_no_edit_of_a_hundred_thousand_loses_a_word(seed: int) -> None:
    fuzz(10_000, seed)


@given(st.text(st.sampled_from(_SIGNS).map(lambda sign: sign[0]), max_size=30))
@settings(max_examples=300, deadline=None)
def test_any_signs_are_read_or_refused(text: str) -> None:
    check_conserved(text)
