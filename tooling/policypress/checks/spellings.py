"""How the terms of a register are written, and how they are not."""

from __future__ import annotations

from collections.abc import Iterator

from policypress.codes import HYPHENS, PLAIN_HYPHENS
from policypress.model import Guideline
from policypress.record import record

_DASHES = HYPHENS[1:] + "\u2015\u2043\uff0d\ufe63"


@record()
class Spellings:
    """How the terms of a register are written: right, and wrong (wrong spelling -> term)."""

    right: frozenset[str]  # also the registered variants: they are known, if not to be written
    hyphened: frozenset[str]  # the same with a hyphen for each slash and dash
    plain: tuple[tuple[str, str], ...]  # longest first
    dashed: tuple[tuple[str, str], ...]  # those with another dash than the hyphen
    judged: dict[str, bool]  # token -> known


def spell(guideline: Guideline) -> Spellings:
    terms = guideline.registers.terms
    wrong: dict[str, str] = {}
    right = set(terms)
    for term, entry in terms.items():
        for variant in entry.variants:
            right.add(variant.value)
            wrong.setdefault(variant.value, term)
    for term in terms:
        for spelling in _other(term):
            if spelling not in right:
                wrong.setdefault(spelling, term)
    for spelling in set(terms) & wrong.keys():  # a variant that is a term of its own is another finding
        del wrong[spelling]
    for spelling, term in list(wrong.items()):  # at the beginning of a sentence
        if spelling[0].islower():
            wrong.setdefault(spelling[0].upper() + spelling[1:], term[0].upper() + term[1:])
    ordered = sorted(wrong.items(), key=lambda pair: (-len(pair[0]), pair[0]))
    return Spellings(
        frozenset(right),
        frozenset(spelling.translate(PLAIN_HYPHENS).replace("/", "-") for spelling in right),
        tuple(pair for pair in ordered if pair[0].isascii() or not _has_dash(pair[0])),
        tuple(pair for pair in ordered if _has_dash(pair[0])),
        {},
    )


def _has_dash(words: str) -> bool:
    return any(dash in words for dash in _DASHES)


def _other(term: str) -> Iterator[str]:
    """Yield a term with its hyphens and slashes written as something else."""
    if "-" in term or "/" in term:
        bare = term.replace("/", "-")
        for sign in ("-", "/", *_DASHES):
            if (spelling := bare.replace("-", sign)) != term:
                yield spelling
            if "/" in term and "-" in term and (spelling := term.replace("-", sign)) != term:
                yield spelling
