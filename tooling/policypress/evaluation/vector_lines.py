"""The published vectors, read back: each must say what the source says."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from policypress.logic import Case, Index
from policypress.model import Guideline
from policypress.verdict import OPEN

VECTORS = "json/vectors.ndjson"


def vector_faults(guidelines: Mapping[str, Guideline], out: Path) -> Iterator[str]:
    """Yield how the vectors below an output folder depart from the source, and the rulings that have none."""
    try:
        for fault in _faults(guidelines, (out / VECTORS).read_text(encoding="utf-8")):
            yield f"{VECTORS}, {fault}"
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        yield f"{VECTORS} cannot be read ({error})"


def _faults(guidelines: Mapping[str, Guideline], text: str) -> Iterator[str]:
    indexes: dict[str, Index] = {}
    asked = set()
    for place, line in enumerate(text.splitlines(), 1):
        vector = json.loads(line)
        home = vector["guideline"]
        if home not in guidelines:
            yield f"line {place}: {home} is no guideline that is published"
            continue
        ((kind, id),) = vector["asks"].items()
        asked.add((home, id))
        where = f"line {place}, {kind} {id}"
        case = Case(guidelines, home, vector["facts"], vector.get("on", ""), indexes.setdefault(home, {}))
        verdict = case.outcome((kind, id))
        if verdict != vector["verdict"]:
            yield f"{where}: says {vector['verdict']} where the source says {verdict}"
        if verdict in OPEN and vector["deciding"]:
            yield f"{where}: names what decides an open verdict"
        if vector["missing"]:
            then = case.having(vector["answers"]).outcome((kind, id))
            if then != vector["then"] or sorted(vector["answers"]) != sorted(vector["missing"]):
                yield f"{where}: says that its answers give {vector['then']}; they give {then}"
    for home, guideline in guidelines.items():
        for section in guideline.sections:
            for ruling in section.rulings:
                if ruling.criteria is not None and (home, ruling.id) not in asked:
                    yield f"{ruling.id}: no vector asks for it"
