"""Random small policies as the reader would make them: shared facts, guards, exceptions, comparisons, pointers."""

from __future__ import annotations

from itertools import count
from typing import Any

from hypothesis import strategies as st

from policypress.criteria import Compare, Criterion, Group, Node, See
from policypress.model import Chapter, Guideline, Ruling, Section, section_nodes
from policypress.registers import Fact, Parameter, Registers
from policypress.text import Source, Span, Text

SOURCE = Source("policy.yaml", " " * 10)
SPAN = Span(SOURCE, 0, 1)
SHARED = ("f1", "f2", "f3")
SIZE = "size"


def text(words: str) -> Text:
    return Text(words, SOURCE, 0, 1)


def criterion(id: str, **more: Any) -> Criterion:
    return Criterion(id=id, span=SPAN, text=text(f"What {id} says"), **{"fact": id, **more})


def group(id: str, op: Any, *of: Node, **more: Any) -> Group:
    return Group(id=id, span=SPAN, op=op, of=of, **more)


def ruling(id: str, criteria: Node | None, effect: Any = "covered", **more: Any) -> Ruling:
    return Ruling(id=id, span=SPAN, effect=effect, criteria=criteria, **more)


def section(id: str, *rulings: Ruling, **more: Any) -> Section:
    return Section(id=id, span=SPAN, title=text(id), source=SOURCE, rulings=rulings, **more)


def guideline(*sections: Section, registers: Registers | None = None, **more: Any) -> Guideline:
    own = registers or Registers(
        facts={SIZE: Fact(SIZE, text("How large is it?"), SPAN, "quantity", "mm")},
        parameters={"limit": Parameter("limit", "8", "mm", text("8 mm"), SPAN)},
    )
    values: dict[str, Any] = {
        "id": "g", "span": SPAN, "source": SOURCE, "title": text("G"), "version": "1.0.0", "status": "draft",
        "effective": "2026-01-01", "registers": own, **more,
    }  # fmt: skip
    listed = tuple(Text(one.id, SOURCE, 0, 1) for one in sections)  # what no chapter lists is not published
    return Guideline(sections=sections, chapters=(Chapter(text("Chapter"), listed),), **values)


def compare(op: Any, value: str = "", unit: str = "mm") -> Compare:
    named = {"value": text(value), "unit": unit} if value else {"parameter": text("limit")}
    return Compare(text(SIZE), op, SPAN, **named)


def facts(policy: Guideline) -> list[str]:
    """Every question that a criterion of a policy may ask, pointers left out."""
    found: dict[str, None] = {}
    for one in policy.sections:
        for node in section_nodes(one):
            if isinstance(node, Criterion) and (node.see is None or node.see.external):
                found[node.compare.fact.value if node.compare is not None else node.fact] = None
    return list(found)


@st.composite
def nodes(
    draw: st.DrawFn, numbers: Any, targets: tuple[str, ...], depth: int, bounded: bool = False, applies: bool = False
) -> Node:
    def below(less: int, always: bool = applies) -> Node:
        return draw(nodes(numbers, targets, depth - less, bounded, always))

    id = f"n{next(numbers)}"
    hanging: dict[str, Any] = {}
    if depth > 0:
        for key in ("unless", "except_when") if applies else ("applies_when", "unless", "except_when"):
            if draw(st.integers(0, 5)) == 5:
                hanging[key] = below(2)
    kind = draw(st.sampled_from(["all", "any", "at_least", "not", "plain", "plain", "shared", "compare", "see"]))
    if depth > 0 and kind in ("all", "any", "at_least"):
        always = applies or (bounded and kind == "at_least")
        of = [below(1, always) for _ in range(draw(st.integers(1, 3)))]
        n = draw(st.integers(1, len(of))) if kind == "at_least" else 0
        return group(id, kind, *of, n=n, **hanging)
    if depth > 0 and kind == "not":
        return group(id, "not", below(1), **hanging)
    if kind == "shared":
        return criterion(id, fact=draw(st.sampled_from(SHARED)), **hanging)
    if kind == "compare":
        comparison = draw(st.sampled_from([compare(">="), compare("<"), compare("=", "8"), compare(">", "2", "cm")]))
        return criterion(id, compare=comparison, **hanging)
    if kind == "see" and targets and not applies:
        return criterion(id, see=See(SPAN, target=draw(st.sampled_from(targets))), **hanging)
    if kind == "see":
        return criterion(id, see=See(SPAN, external="another book"), **hanging)
    return criterion(id, **hanging)


@st.composite
def policies(draw: st.DrawFn, depth: int = 2, bounded: bool = False) -> Guideline:
    """A policy of two or three rulings in two sections; the second section may point at the first.

    Bounded, what stands in an AT LEAST always applies: where too few members are left, "not met" can turn into "not
    applicable" when the last ones drop out too.
    """
    numbers = count(1)
    first = section("s1", ruling("s1.r", draw(nodes(numbers, (), depth - 1, bounded=bounded))))
    rulings = []
    for place in range(draw(st.integers(1, 2))):
        more = {
            "effect": draw(st.sampled_from(["covered", "covered", "not_covered"])),
            "scope": draw(st.sampled_from(["specific", "specific", "general"])),
            "overrides": draw(st.sampled_from([(), (), (text("s1"),), (text("s2.r0"),)])),
        }
        criteria = draw(nodes(numbers, ("s1", "s1.r"), depth, bounded=bounded))
        rulings.append(ruling(f"s2.r{place}", criteria, **more))
    return guideline(first, section("s2", *rulings))


@st.composite
def answered(draw: st.DrawFn, policy: Guideline, at_most: int = 3) -> dict[str, str]:
    """Some facts of a case."""
    known = facts(policy)
    some = draw(st.lists(st.sampled_from(known), max_size=at_most, unique=True)) if known else []
    return {
        fact: draw(st.sampled_from(["7 mm", "8 mm", "9 mm", "3 cm"] if fact == SIZE else ["met", "not_met"]))
        for fact in some
    }
