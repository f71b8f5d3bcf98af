"""The checklist means what the product means: verdicts and open answers, vector by vector, on the real pages."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from playwright.sync_api import Page

from policypress.criteria import Criterion, Node, walk
from policypress.logic import Case, Index
from policypress.model import Guideline, Ruling, Section
from policypress.render.checklist import Checklists
from tests import random_policies as made
from tests.render.published import ROOT, TEMPLATES, laid_library

LETTERS = {"met": "y", "not_met": "n", "unknown": "?", "not_applicable": "-"}
# Asks the evaluator that the page brought about the page's own data, one vector of answers after the other.
EVALUATE = """([names, vectors, nodes, data]) => {
  const policies = JSON.parse(data ?? document.getElementById("p_checklist").textContent);
  const home = policies[0].guideline.id, section = policies[0].sections[0];
  const one = new policypress.Case(policies, {}, "", home);
  const letter = { met: "y", not_met: "n", unknown: "?", not_applicable: "-" };
  return vectors.map((vector) => {
    one.facts = new Map(names.map((name, place) => [name, vector[place]]));
    const told = [one.section(section, home), ...section.rulings.map((ruling) => one.ruling(ruling, home))];
    return [...told, ...nodes.map((id) => one.verdict(id, home))].map((verdict) => letter[verdict]).join("");
  });
}"""
# Answers the page as a reader does, and reads what it then says.
ANSWER = """([names, vectors, groups]) => {
  const field = new Map([...document.querySelectorAll("fieldset.answer")].map((one) => [one.closest("li").id, one]));
  const pick = (id, answer) => {
    const input = field.get(id).querySelector(`[value=${answer}]`);
    if (input.checked) return;
    input.checked = true;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const words = (element) => element.textContent.replace(/\\s+/g, " ").trim();
  return vectors.map((vector) => {
    names.forEach((id, place) => pick(id, vector[place]));
    return {
      verdict: words(document.querySelector(".verdict strong")),
      parts: [...document.querySelectorAll(".ruling > header > .state")].map(words),
      groups: groups.map((id) => words(document.getElementById(id).querySelector(":scope > .group > .operator > .state"))),
      still: words(document.querySelector(".still")),
      open: names.filter((id) => field.get(id).querySelector("[value=unknown]").checked && !words(field.get(id).querySelector(".note"))),
    };
  });
}"""
STATES = {"met": "met", "not_met": "not met", "unknown": "open", "not_applicable": "does not apply"}
RESULTS = {"met": "Met", "not_met": "Not met: a clinician decides", "unknown": "Open", "not_applicable": "Does not apply"}


class Asked(NamedTuple):
    """A section page with what it asks: facts, and the answers that each may get."""

    library: Mapping[str, Guideline]
    guideline: str
    section: Section
    choices: Mapping[str, tuple[str, ...]]

    @property
    def path(self) -> str:
        return f"{self.guideline}/{self.section.id}.html"

    @property
    def nodes(self) -> list[Node]:
        return [node for ruling in decisive(self.section) for node in walk(ruling.criteria)]

    def vectors(self, most: int, sampled: int) -> list[tuple[str, ...]]:
        """Return every vector of answers to no more than `most` facts, else some of them."""
        answers = [(*one, "unknown") for one in self.choices.values()]
        if len(answers) <= most:
            return list(product(*answers))
        drawn = random.Random(self.path)
        return [tuple(drawn.choice(one) for one in answers) for _ in range(sampled)]


def decisive(section: Section) -> list[Ruling]:
    return [ruling for ruling in section.rulings if ruling.complete and ruling.criteria is not None]


def asked(library: Mapping[str, Guideline]) -> Iterator[Asked]:
    for id, guideline in library.items():
        for section in guideline.sections if guideline.checklist else ():
            criteria = [n for r in decisive(section) for n in walk(r.criteria) if isinstance(n, Criterion)]
            guarded = {one.fact for one in criteria if one.applies_when is not None}
            choices = {
                one.fact: ("met", "not_met", *(("not_applicable",) if one.fact in guarded else ())) for one in criteria
            }
            if choices:
                yield Asked(library, id, section, choices)


def library(folder: str) -> dict[str, Guideline]:
    return {one.guideline.id: one.guideline for one in laid_library(ROOT / folder)}


def told(one: Asked, vectors: Sequence[tuple[str, ...]], nodes: Sequence[Node]) -> list[str]:
    """Return what the product says of each vector: letters of section, rulings and some nodes."""
    index: Index = {}
    found = []
    for vector in vectors:
        case = Case(one.library, one.guideline, dict(zip(one.choices, vector, strict=True)), index=index)
        verdicts = [case.verdict(one.section.id), *(case.ruling(ruling) for ruling in one.section.rulings)]
        found.append("".join(LETTERS[verdict] for verdict in [*verdicts, *(case.verdict(node.id) for node in nodes)]))
    return found


def agree(tab: Page, site: Path, pages: Iterator[Asked], most: int, sampled: int) -> int:
    seen = 0
    for one in pages:
        tab.goto((site / one.path).as_uri())
        vectors, nodes = one.vectors(most, sampled), one.nodes
        names = list(one.choices)
        assert tab.evaluate(EVALUATE, [names, vectors, []]) == told(one, vectors, []), one.path
        some = vectors[:: max(len(vectors) // 100, 1)]
        assert tab.evaluate(EVALUATE, [names, some, [node.id for node in nodes]]) == told(one, some, nodes), one.path
        seen += len(vectors)
    return seen


FOLDERS = {"small": "tests/library", "large": "source"}


@pytest.mark.parametrize("site", FOLDERS)
def test_some_answers_give_the_verdicts_of_the_product(site: str, tab: Page, request: pytest.FixtureRequest) -> None:
    assert agree(tab, request.getfixturevalue(site), asked(library(FOLDERS[site])), 4, 60) > 300


@pytest.mark.thorough
@pytest.mark.parametrize("site", FOLDERS)
def test_all_answers_give_the_verdicts_of_the_product(site: str, tab: Page, request: pytest.FixtureRequest) -> None:
    """All answers to up to 8 facts; beyond, 4,000 drawn for each section."""
    assert agree(tab, request.getfixturevalue(site), asked(library(FOLDERS[site])), 8, 4000) > 14_000


@pytest.fixture
def bare(tab: Page) -> Page:
    """A page that holds nothing but what works answers out."""
    tab.goto("about:blank")
    tab.add_script_tag(path=TEMPLATES / "conformance" / "evaluator.js")
    tab.add_script_tag(path=TEMPLATES / "site" / "theme" / "js" / "answers.js")
    return tab


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(policy=made.policies())
def test_pages_of_random_policies_say_what_the_product_says(policy: Guideline, bare: Page) -> None:
    for one in asked({policy.id: policy}):
        worked_out(bare, one, one.vectors(5, 200), answered(one, 6))


@pytest.mark.parametrize("effect", ["covered", "not_covered"])
def test_what_is_not_applicable_or_incomplete_counts_as_in_the_product(effect: str, bare: Page) -> None:
    guarded = made.ruling("s.a", made.criterion("a", applies_when=made.criterion("a.when")))
    beside = made.ruling("s.b", made.criterion("b"), "not_covered")
    lost = made.ruling("s.c", made.criterion("b.lost", fact="b"), effect, complete=False)
    for rulings in ((guarded, beside), (guarded, beside, lost), (guarded, lost)):
        policy = made.guideline(made.section("s", *rulings))
        (one,) = asked({policy.id: policy})
        worked_out(bare, one, one.vectors(4, 0), one.vectors(4, 0))


def worked_out(bare: Page, one: Asked, vectors: list[tuple[str, ...]], some: list[tuple[str, ...]]) -> None:
    """Hold verdicts, and which answers can still change them, against the product."""
    data = Checklists(one.library).page(one.guideline, one.section)
    assert bare.evaluate(EVALUATE, [list(one.choices), vectors, [], data]) == told(one, vectors, [])
    cases = [
        {fact: answer for fact, answer in zip(one.choices, vector, strict=True) if answer != "unknown"} for vector in some
    ]
    changing = bare.evaluate(
        """([data, cases]) => {
          const sheet = policypress.sheet(JSON.parse(data));
          return cases.map((known) => sheet.told(new Map(Object.entries(known))).changing.sort());
        }""",
        [data, cases],
    )
    assert changing == [sorted(can_change(one, known)) for known in cases]


def completions(one: Asked, known: Mapping[str, str]) -> Mapping[tuple[str, ...], str]:
    """Return the verdict of every way to answer what is open."""
    index: Index = {}
    still = [fact for fact in one.choices if fact not in known]
    return {
        answers: Case(one.library, one.guideline, {**known, **dict(zip(still, answers, strict=True))}, index=index).verdict(
            one.section.id
        )
        for answers in product(*(one.choices[fact] for fact in still))
    }


def can_change(one: Asked, known: Mapping[str, str]) -> list[str]:
    """Return the open facts whose answer makes a difference beside some answers to the others, by trying them all."""
    found = completions(one, known)
    still = [fact for fact in one.choices if fact not in known]
    return [
        fact
        for place, fact in enumerate(still)
        if any(
            verdict != found[(*answers[:place], other, *answers[place + 1 :])]
            for answers, verdict in found.items()
            for other in one.choices[fact]
        )
    ]


def answered(one: Asked, some: int) -> list[tuple[str, ...]]:
    """Return vectors that leave at most six facts open."""
    drawn = random.Random(one.path)
    found = []
    for _ in range(some):
        facts = list(one.choices)
        still = set(drawn.sample(facts, min(len(facts), drawn.randint(0, 6))))
        found.append(tuple("unknown" if fact in still else drawn.choice(one.choices[fact]) for fact in facts))
    return found


def pages_tell(tab: Page, site: Path, pages: Iterator[Asked], some: int) -> int:
    """Answer pages as a reader does; what they then say must be what the product says."""
    seen = 0
    for one in pages:
        tab.goto((site / one.path).as_uri())
        first: dict[str, str] = {}
        for node in in_print(one):
            if isinstance(node, Criterion):
                first.setdefault(node.fact, node.id)
        fields = tab.evaluate("[...document.querySelectorAll('fieldset.answer')].map(one => one.closest('li').id)")
        assert fields == list(first.values()), one.path
        groups = [node for node in one.nodes if not isinstance(node, Criterion) and shown(node, one)]
        vectors = answered(one, some)
        ids = [first[fact] for fact in one.choices]
        for vector, said in zip(vectors, tab.evaluate(ANSWER, [ids, vectors, [node.id for node in groups]]), strict=True):
            known = {fact: answer for fact, answer in zip(one.choices, vector, strict=True) if answer != "unknown"}
            case = Case(one.library, one.guideline, known)
            changing = can_change(one, known)
            assert said["verdict"] == RESULTS[case.verdict(one.section.id)], (one.path, known)
            if known:
                assert said["parts"] == [f"Criteria {STATES[case.ruling(ruling)]}" for ruling in decisive(one.section)]
                assert said["groups"] == [STATES[case.verdict(node.id)] for node in groups], (one.path, known)
                assert said["open"] == [first[fact] for fact in one.choices if fact in changing], (one.path, known)
                seen += len(known) < len(one.choices)
            if changing:
                assert said["still"].startswith(f"{len(changing)} answer"), (one.path, known)
    return seen


def in_print(one: Asked) -> list[Node]:
    """Return the nodes in the order of the page: a group stands below its condition, a criterion above it."""

    def below(node: Node) -> Iterator[Node]:
        hanging = [one for one in (node.unless, node.except_when) if one is not None]
        guard = [node.applies_when] if node.applies_when is not None else []
        if isinstance(node, Criterion):
            yield node
            inside = (*guard, *hanging)
        else:
            for other in guard:
                yield from below(other)
            yield node
            inside = (*node.of, *hanging)
        for other in inside:
            yield from below(other)

    return [node for ruling in decisive(one.section) for node in below(ruling.criteria)]


def shown(node: Node, one: Asked) -> bool:
    """Tell whether a group is printed as one: the ANY of a NONE is not."""
    return not any(
        getattr(above, "op", "") == "not" and above.of[0] is node and node.op == "any" for above in one.nodes
    )


def test_pages_say_what_the_product_says_of_some_answers(tab: Page, small: Path) -> None:
    assert pages_tell(tab, small, asked(library(FOLDERS["small"])), 6) > 10


@pytest.mark.thorough
@pytest.mark.parametrize("site", FOLDERS)
def test_pages_say_what_the_product_says(site: str, tab: Page, request: pytest.FixtureRequest) -> None:
    assert pages_tell(tab, request.getfixturevalue(site), asked(library(FOLDERS[site])), 60) > 200
