"""Writes a library of any number of sections, the same for the same number: what the benchmarks run on.

A section has about eight criteria in three groups, half of them with a code, some with a parameter, a guard or an
exception; it passes `check`.
"""

from __future__ import annotations

import random
from pathlib import Path

_CODES = [f"7{number}" for number in range(8000, 8024)]
_SUBJECTS = ["lung", "breast", "colon", "thyroid", "kidney", "liver", "bone", "brain", "skin", "prostate", "bladder"]
_CONDITIONS = [
    "The {subject} lesion was found on an earlier examination",
    "The result will change the plan of treatment for the {subject}",
    "Conventional imaging of the {subject} is inconclusive",
    "A biopsy of the {subject} is planned",
    "The treating physician asks for the study of the {subject}",
    "Symptoms that point to the {subject} are new or worse",
    "Blood tests suggest recurrence in the {subject}",
    "The {subject} cannot be examined in another way",
    "Surgery of the {subject} is being considered",
    "Treatment of the {subject} has ended",
]
_SETTINGS = [
    "after surgery", "during therapy", "before treatment", "in follow-up", "at first diagnosis", "on recurrence",
]  # fmt: skip


def write_library(folder: Path, sections: int) -> None:
    """Write a library with one guideline below a folder."""
    chance = random.Random(sections)
    (folder / "registers").mkdir(parents=True)
    (folder / "bench/sections").mkdir(parents=True)
    _write(
        folder / "registers/codes.yaml",
        "".join(
            f'- code: "{code}"\n  system: CPT\n  label: study {place}\n  modality: CT\n  role: diagnostic\n'
            for place, code in enumerate(_CODES)
        ),
    )
    _write(folder / "registers/parameters.yaml", "- id: delay\n  value: 12\n  unit: wk\n  words: 12 weeks\n")
    ids = [f"section-{place:05}" for place in range(sections)]
    for place, id in enumerate(ids):
        _write(folder / f"bench/sections/{id}.yaml", _section(chance, id, place))
    _write(folder / "bench/guideline.yaml", _guideline(ids))


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def _guideline(ids: list[str]) -> str:
    lines = ["id: bench", "title: Benchmark", "version: 1.0.0", "status: draft", "effective: 2026-01-01", "chapters:"]
    for start in range(0, len(ids), 40):
        lines += [f"  - title: Chapter {start // 40 + 1}", "    sections:"]
        lines += [f"      - {id}" for id in ids[start : start + 40]]
    return "\n".join(lines) + "\n"


def _section(chance: random.Random, id: str, place: int) -> str:
    codes = chance.sample(_CODES, 3)
    lines = [
        f"id: {id}",
        f"title: Imaging of the {chance.choice(_SUBJECTS)} {chance.choice(_SETTINGS)}, part {place}",
        "effect: covered",
        f"codes: [{', '.join(codes)}]",
        "criteria:",
        f"  id: {id}.criteria",
        "  all:",
    ]
    for number in range(1, 4):
        name = f"{id}.{number}"
        lines += [f"    - id: {name}", "      any:"]
        conditions = chance.sample(_CONDITIONS, chance.choice([2, 3]))
        for member, condition in enumerate(conditions, 1):
            lines += _criterion(chance, f"{name}.{member}", condition, codes)
    lines += _criterion(chance, f"{id}.4", "The findings of case {subject} are recorded in the chart", codes, indent=4)
    return "\n".join(lines) + "\n"


def _criterion(chance: random.Random, id: str, condition: str, codes: list[str], indent: int = 8) -> list[str]:
    pad = " " * indent
    text = condition.format(subject=chance.choice(_SUBJECTS)) + f" ({chance.choice(_SETTINGS)}, note {id[8:]})"
    data = []
    if chance.random() < 0.45:
        code = chance.choice(codes)
        text += f" as for CPT {code}"
        data.append(f"{pad}  codes: [{code}]")
    if chance.random() < 0.15:
        text += " within 12 weeks"
        data.append(f"{pad}  uses: [delay]")
    lines = [f"{pad}- id: {id}", f"{pad}  text: {text}", *data]
    if chance.random() < 0.08:
        lines += [
            f"{pad}  unless:",
            f"{pad}    id: {id}.unless",
            f"{pad}    text: The study cannot wait for item {id[8:]}",
        ]
    return lines
