"""Rulings that say the same of the same service."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from policypress.checks.check import Check, Fault, GuidelineView, LibraryView, SectionView
from policypress.checks.groups import place
from policypress.checks.proofs import Proofs
from policypress.checks.proven import Condition
from policypress.checks.services import EVERY, overrides
from policypress.criteria import Criterion, Group, Node, guards, walk
from policypress.finding import Label, Severity
from policypress.model import Ruling
from policypress.prover.algebra import Effort, TooLargeError
from policypress.prover.questions import folded
from policypress.record import NamedTuple


def same_ruling_twice(library: LibraryView) -> Iterator[Fault]:
    """Two rulings say the same of the same service.

    Their conditions are met in the same cases, in whatever words and order, or one is met wherever the other is. The
    second adds nothing, and when one of the two is changed, the page says two things. Mostly a ruling was copied to be
    changed, and the change was forgotten.

    ```yaml bad
    id: pet
    title: PET
    rulings:
      - id: pet.one
        effect: covered
        services: [PET]
        criteria:
          all:
            - The study changes the plan of treatment
            - MRI is not available
      - id: pet.two
        effect: covered
        services: [PET]
        criteria:
          all:
            - MRI is not available
            - The study changes the plan of treatment
    ```
    ```yaml good
    id: pet
    title: PET
    rulings:
      - id: pet.one
        effect: covered
        services: [PET]
        criteria:
          all:
            - The study changes the plan of treatment
            - MRI is not available
      - id: pet.two
        effect: covered
        services: [PET]
        criteria:
          all:
            - MRI was inconclusive
            - The study changes the plan of treatment
    ```
    """
    for twins in library.twins:
        if not twins.open:
            yield Fault(
                twins.said, place(twins.one.root), "write what was meant, or take one of the two out",
                twins.one.root.id, (Label(place(twins.other.root), "says it already"),), mark="adds nothing",
            )  # fmt: skip


class Twins(NamedTuple):
    """A ruling and another of the same service that says it already; with `open`, this was too much to find out."""

    one: Condition
    other: Condition
    said: str = ""
    open: bool = False


def twins(library: LibraryView) -> Iterator[Twins]:
    """Find the rulings that say what another says."""
    proofs = library.proofs
    for guideline in library.guidelines:
        proven = proofs.sections[guideline.guideline.id]
        yield from guideline.beside.keep(twins, proven, partial(_twins, proofs, guideline))


def _twins(proofs: Proofs, guideline: GuidelineView) -> Sequence[Twins]:
    alike: dict[object, list[Condition]] = {}
    for condition in proofs.conditions(guideline.guideline.id):
        ruling = condition.owner
        if isinstance(ruling, Ruling):
            alike.setdefault((ruling.effect, ruling.scope, condition.view.section.id), []).append(condition)
            # The same words can mean another thing in another section; the same facts cannot.
            if not any(one.words for one in condition.asked):
                key = (ruling.effect, ruling.scope, frozenset(condition.asked))
                alike.setdefault(key, []).append(condition)
    told: set[int] = set()
    found: list[Twins] = []
    efforts: dict[SectionView, Effort] = {}
    listed = [(several, _in_words) for several in _by_words(guideline)] + [(one, _twice) for one in alike.values()]
    for several, compared in listed:
        for at, two in enumerate(several[1:], 1):
            effort = efforts.setdefault(two.view, Effort())
            for one in several[:at]:
                if id(two.owner) in told:
                    break
                pair = compared(proofs, one, two, effort)
                if pair is not None:
                    told.add(id(pair.one.owner))
                    found.append(pair)
    return found


def _in_words(proofs: Proofs, one: Condition, two: Condition, effort: Effort) -> Twins | None:
    """Return two rulings of two sections that ask the same in the same words, unless they are about other services."""
    if effort.left < 0:
        return Twins(two, one, open=True)
    effort.left -= 1
    # Two pages on everything are about what their titles say, which is not compared.
    if one.view is two.view or not proofs.common(one, two) - {EVERY} or overrides(one, two) or overrides(two, one):
        return None
    said = f"{two.owner.id} asks in the same words what {one.owner.id} of {one.view.section.id} asks, and says the same"
    return Twins(two, one, f"{said} of the same service")


def _by_words(guideline: GuidelineView) -> Iterator[list[Condition]]:
    """Yield the rulings that ask the same in the same words, whatever their order."""
    near: dict[object, list[tuple[SectionView, Ruling]]] = {}
    for view, begun in zip(guideline.sections, guideline.notes(_begun), strict=True):
        for key, ruling in begun:
            near.setdefault(key, []).append((view, ruling))
    for several in near.values():
        if len(several) > 1 and len({view.section.id for view, _ in several}) > 1:
            same: dict[object, list[Condition]] = {}
            for view, ruling in several:
                assert ruling.criteria is not None
                form = (ruling.effect, ruling.scope, _form(ruling.criteria))
                same.setdefault(form, []).append(Condition(view, ruling, ruling.criteria, ()))
            yield from same.values()


def _begun(view: SectionView) -> list[tuple[frozenset[str], Ruling]]:
    """Return each ruling with how its criteria begin, capitals aside: enough to tell nearly all apart."""
    alone = len(view.section.rulings) == 1 and not view.section.coding_rules
    found = []
    for ruling in view.section.rulings:
        if ruling.criteria is not None and ruling.complete:
            below = view.criteria if alone else [one for one in walk(ruling.criteria) if isinstance(one, Criterion)]
            if len(below) > 1:  # a single sentence may well stand in two sections
                found.append((frozenset([one.text.value[1:20] for one in below]), ruling))
    return found


def _form(node: Node) -> tuple[object, ...]:
    """Return what a node asks without its ids, the order of its members and lists that only group them."""
    hanging = tuple((key, _form(guard)) for key, guard in guards(node))
    if isinstance(node, Criterion):
        see = None if node.see is None else (node.see.target, node.see.code, node.see.external)
        return (folded(node.text.value), see, hanging)
    members: list[tuple[object, ...]] = []
    for member in node.of:
        same = isinstance(member, Group) and member.op == node.op in ("all", "any") and not any(guards(member))
        members += map(_form, member.of) if same and isinstance(member, Group) else (_form(member),)
    return (node.op, node.n, frozenset(members), hanging)


def _twice(proofs: Proofs, one: Condition, two: Condition, effort: Effort) -> Twins | None:
    if effort.left < 0:
        return Twins(two, one, open=True)
    effort.left -= 4
    if set(one.asked).isdisjoint(two.asked) or not proofs.common(one, two):
        return None
    if overrides(one, two) or overrides(two, one):
        return None
    try:
        conditions = proofs.beside(effort, one, two)
        first, second = conditions.value(one.root), conditions.value(two.root)
        inside = not conditions.algebra.without(first.met, second.met)
        around = not conditions.algebra.without(second.met, first.met)
    except TooLargeError:
        apart = _differ(proofs, one, two, effort) and _differ(proofs, two, one, effort)
        return None if apart else Twins(two, one, open=True)
    if 0 in (first.met, second.met):
        return None  # a fault of its own
    if first == second:
        said = f"{two.owner.id} is met in the same cases as {one.owner.id}, and says the same of the same service"
        return Twins(two, one, said)
    narrow, wider = (two, one) if around else (one, two)
    if (
        not (inside or around)
        or one.view is not two.view
        or one.owner.strength != two.owner.strength
        or not proofs.services(narrow) <= proofs.services(wider)
    ):
        return None
    return Twins(
        narrow, wider,
        f"Wherever {narrow.owner.id} is met, {wider.owner.id} is met too, and says the same of the same service",
    )  # fmt: skip


def _differ(proofs: Proofs, one: Condition, two: Condition, effort: Effort) -> bool:
    """Tell whether a single case of one ruling shows that the other is not met wherever it is."""
    if any(question.op for question in (*one.asked, *two.asked)):
        return False  # amounts hang together
    try:
        alone = proofs.over(one, one.asked, effort)
        met = alone.value(one.root).met
        case = alone.in_case(alone.answers(met)) if met else None
    except TooLargeError:
        return False
    return case is not None and not case.value(two.root).met


CHECKS: tuple[Check, ...] = (Check("S218", "same-ruling-twice", Severity.WARNING, "library", same_ruling_twice),)
