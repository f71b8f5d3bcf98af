"""What can happen to the structure: conditions lost, moved, nested, turned round; guards and exceptions; rulings."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from random import Random

from policypress.nodes import Mapping, Scalar, Sequence, YamlNode
from policypress.wording import MARKS
from tests.mutation.places import (
    Change,
    Mutant,
    Place,
    Policy,
    add_key,
    block,
    column,
    drop_item,
    drop_key,
    is_block,
    items,
    lines,
    mutant,
    put,
    scalar,
    value,
    words,
    written,
)


def _members(policy: Policy, groups: bool) -> Iterator[Place]:
    for place in policy.places():
        if place.movable and (place.operator != "") is groups:
            yield place


def _decided(policy: Policy, place: Place) -> bool:
    """Tell whether cases decide every criterion of a place both ways."""
    return policy.evidence.decided(place.source.path, place.node.start)


def drop_criterion(policy: Policy, _: Random) -> Iterator[Mutant]:
    for place in _members(policy, groups=False):
        assert place.among is not None
        yield mutant(drop_item(place.source, place.among, place.node), evident=_decided(policy, place))


def drop_group(policy: Policy, _: Random) -> Iterator[Mutant]:
    for place in _members(policy, groups=True):
        assert place.among is not None
        yield mutant(drop_item(place.source, place.among, place.node), evident=_decided(policy, place))


def operator(old: str, new: str) -> object:
    """Return the kind that writes one operator for another."""

    def kind(policy: Policy, _: Random) -> Iterator[Mutant]:
        for place in policy.places():
            if place.operator == old and isinstance(place.node, Mapping) and place.members is not None:
                key = next(name for name, _ in place.node.entries if name.value == old)
                if len(place.members.items) > 1:
                    yield mutant(put(place.source, key, new), evident=_decided(policy, place))

    return kind


def at_least_to_all(policy: Policy, _: Random) -> Iterator[Mutant]:
    for place in policy.places():
        if place.operator == "at_least" and place.members is not None and isinstance(place.node, Mapping):
            key, found = next(entry for entry in place.node.entries if entry[0].value == "at_least")
            at = column(place.source, place.members.start)
            new = f"all:\n{' ' * at}{block(place.source, place.members, at)}"
            yield mutant(Change(place.source.path, key.start, found.end, new), evident=_decided(policy, place))


def other_count(policy: Policy, _: Random) -> Iterator[Mutant]:
    for place in policy.places():
        number = value(value(place.node, "at_least"), "n")
        if isinstance(number, Scalar) and number.value.isdigit():
            for step in (-1, 1):
                yield mutant(put(place.source, number, str(int(number.value) + step)), evident=_decided(policy, place))


def drop_not(policy: Policy, _: Random) -> Iterator[Mutant]:
    for place in policy.places():
        if place.operator == "not" and isinstance(place.node, Mapping) and isinstance(
            inner := value(place.node, "not"), Mapping
        ):  # fmt: skip
            key = next(name for name, _ in place.node.entries if name.value == "not")
            if not {name.value for name, _ in place.node.entries} & {name.value for name, _ in inner.entries} - {"id"}:
                bare = drop_key(place.source, inner, "id")
                new = block(place.source, inner, column(place.source, key.start))
                if bare is not None and inner.entries[0][0].value == "id":
                    new = re.sub(r"\Aid: \S+\n *", "", new)
                yield mutant(Change(place.source.path, key.start, inner.end, new), evident=_decided(policy, place))


def flip_effect(policy: Policy, _: Random) -> Iterator[Mutant]:
    for source, ruling in policy.rulings():
        effect = value(ruling, "effect")
        if isinstance(effect, Scalar):
            turned = "covered" if effect.value == "not_covered" else "not_covered"
            yield mutant(put(source, effect, turned), evident=policy.evidence.asked(source.path, ruling.start))


def move(policy: Policy, chance: Random) -> Iterator[Mutant]:
    groups = [place for place in policy.places() if place.members is not None]
    for place in _members(policy, groups=False):
        assert place.among is not None
        start, end = lines(place.source, place.node)
        others = [
            group.members
            for group in groups
            if group.source is place.source and group.members is not None and group.members is not place.among
            and not start <= group.members.start < end and is_block(place.source, place.among)
        ]  # fmt: skip
        if others:
            target = chance.choice(others)
            at = column(place.source, target.items[-1].start)
            after = lines(place.source, target.items[-1])[1]
            new = f"{' ' * (at - 2)}- {block(place.source, place.node, at)}\n"
            path = place.source.path
            yield mutant(Change(path, start, end, ""), Change(path, after, after, new), evident=_decided(policy, place))


def _wrapped(place: Place, head: str) -> Change:
    """Return the edit that puts a condition below a new key; `head` is what stands before it on its line."""
    at = column(place.source, place.node.start)
    indent = at + 2 + (2 if head.endswith("- ") else 0)
    key = head.removesuffix("- ")
    dash = "- " if head.endswith("- ") else ""
    shown = block(place.source, place.node, indent)
    id = scalar(place.node, "id")
    key = f"id: {id}-outer\n{' ' * at}{key}" if id else key
    if isinstance(place.node, Scalar) and not dash:
        return put(place.source, place.node, f"{key} {shown}")
    return put(place.source, place.node, f"{key}\n{' ' * (at + 2)}{dash}{shown}")


def nest(policy: Policy, _: Random) -> Iterator[Mutant]:
    for place in _members(policy, groups=False):
        if is_block(place.source, place.node):
            yield mutant(_wrapped(place, "all:- "))


def negate(policy: Policy, _: Random) -> Iterator[Mutant]:
    for place in _members(policy, groups=False):
        if is_block(place.source, place.node):
            yield mutant(_wrapped(place, "not:"), evident=_decided(policy, place))


def _nest_two(policy: Policy, same: bool) -> Iterator[Mutant]:
    for place in _members(policy, groups=False):
        among = place.among
        if among is None or len(among.items) < 3 or place.role not in ("all", "any"):
            continue
        at = next(at for at, one in enumerate(among.items) if one is place.node)
        if at + 1 == len(among.items) or not is_block(place.source, among):
            continue
        role = place.role if same else {"all": "any", "any": "all"}[place.role]
        dash = column(place.source, place.node.start) - 2
        start, end = lines(place.source, place.node)[0], lines(place.source, among.items[at + 1])[1]
        two = "".join(
            f"{' ' * (dash + 4)}- {block(place.source, one, dash + 6)}\n" for one in among.items[at : at + 2]
        )
        id = scalar(place.node, "id")
        id = f"id: {id}-outer\n{' ' * (dash + 2)}" if id else ""
        evident = same or all(policy.evidence.decided(place.source.path, one.start) for one in among.items)
        yield mutant(Change(place.source.path, start, end, f"{' ' * dash}- {id}{role}:\n{two}"), evident=evident)


def nest_two(policy: Policy, _: Random) -> Iterator[Mutant]:
    return _nest_two(policy, same=False)


def nest_two_alike(policy: Policy, _: Random) -> Iterator[Mutant]:
    return _nest_two(policy, same=True)


def dissolve(policy: Policy, _: Random) -> Iterator[Mutant]:
    for place in _members(policy, groups=True):
        members = place.members
        if members is not None and place.operator in ("all", "any") and place.operator != place.role:
            dash = column(place.source, place.node.start) - 2
            start, end = lines(place.source, place.node)
            new = "".join(f"{' ' * dash}- {block(place.source, one, dash + 2)}\n" for one in members.items)
            yield mutant(Change(place.source.path, start, end, new), evident=_decided(policy, place))


def merge(policy: Policy, _: Random) -> Iterator[Mutant]:
    for place in _members(policy, groups=False):
        among, text = place.among, place.text
        if among is None or text is None or place.role not in ("all", "any") or not words(text):
            continue
        at = next(at for at, one in enumerate(among.items) if one is place.node)
        if at + 1 < len(among.items):
            following = among.items[at + 1]
            other = following if isinstance(following, Scalar) else value(following, "text")
            if isinstance(other, Scalar) and other.value and words(other):
                joint = "and" if place.role == "all" else "or"
                new = f"{text.value} {joint} {other.value[0].lower()}{other.value[1:]}"
                quoted = f"'{new}'" if text.style else new
                evident = _decided(policy, place) and policy.evidence.decided(place.source.path, following.start)
                yield mutant(
                    put(place.source, text, quoted), drop_item(place.source, among, following), evident=evident
                )


def split(policy: Policy, _: Random) -> Iterator[Mutant]:
    for place in _members(policy, groups=False):
        text = place.text
        if text is None or not words(text) or not is_block(place.source, place.node):
            continue
        found = re.search(r" (?:and|or) (?=\w+ \w+ )", text.value)
        if found is not None:
            dash = column(place.source, place.node.start) - 2
            end = lines(place.source, place.node)[1]
            rest = text.value[found.end() :].rstrip(".")
            quote = text.style
            yield mutant(
                put(place.source, text, quote + text.value[: found.start()] + quote),
                Change(place.source.path, end, end, f"{' ' * dash}- {quote}{rest[0].upper()}{rest[1:]}{quote}\n"),
                evident=_decided(policy, place),
            )


def duplicate(policy: Policy, _: Random) -> Iterator[Mutant]:
    for place in _members(policy, groups=False):
        start, end = lines(place.source, place.node)
        yield mutant(Change(place.source.path, end, end, place.source.text[start:end].rstrip("\n") + "\n"))


def duplicate_without_id(policy: Policy, _: Random) -> Iterator[Mutant]:
    for place in _members(policy, groups=False):
        if place.text is not None and words(place.text):
            end = lines(place.source, place.node)[1]
            dash = column(place.source, place.node.start) - 2
            id = scalar(place.node, "id")
            head = f"id: {id}-copy\n{' ' * (dash + 2)}text: " if id else ""
            new = f"{' ' * dash}- {head}{written(place.source, place.text)}\n"
            yield mutant(Change(place.source.path, end, end, new))


def _told_apart(policy: Policy, path: str, one: YamlNode, other: YamlNode) -> bool:
    """Tell whether data hold what the words of two criteria are about, and not the same: questions, codes, amounts."""
    first, second = policy.evidence.criterion(path, one.start), policy.evidence.criterion(path, other.start)
    if first is None or second is None:
        return False
    asked = [policy.evidence.questioned(path, node.start) for node in (one, other)]
    held = [({use.code for use in each.codes}, {use.value for use in each.uses}) for each in (first, second)]
    numbers = [set(re.findall(r"\d+", each.text.value)) for each in (first, second)]
    return all(asked) or (held[0] != held[1] and numbers[0] != numbers[1])


def by_cases(policy: Policy, path: str, owner: Mapping) -> bool:
    """Tell whether cases decide what a key hangs on both ways."""
    return policy.evidence.decided(path, owner.start)


def by_cases_of_codes(policy: Policy, path: str, owner: Mapping) -> bool:
    return policy.evidence.asked(path, owner.start)


def by_ledger(policy: Policy, path: str, owner: Mapping) -> bool:
    """Tell whether the statement that something itself names has the hedge that it has."""
    own = {one.value for one in _from(owner)}
    strength = scalar(owner, "strength")
    spoken = re.search(rf"\b(?:{'|'.join(MARKS[strength])})\b", re.sub(r"strength: \w+", "", policy.sources[path].text))
    return strength in (policy.evidence.marks(path, own) or ()) and spoken is None


def by_words(policy: Policy, path: str, owner: Mapping) -> bool:
    """Tell whether the words still say what is gone: an amount tied by `uses` alone."""
    return value(owner, "compare") is None


def by_questions(policy: Policy, path: str, owner: Mapping) -> bool:
    """Tell whether others with these words name the fact, or cases give an answer to it."""
    found = policy.evidence.criterion(path, owner.start)
    return found is not None and (by_cases(policy, path, owner) or policy.evidence.questioned(path, owner.start))


def _from(owner: Mapping) -> list[Scalar]:
    found = value(owner, "from")
    return [one for one in (found, *items(found)) if isinstance(one, Scalar)]


def swap_texts(policy: Policy, _: Random) -> Iterator[Mutant]:
    for place in _members(policy, groups=False):
        among, text = place.among, place.text
        at = next(at for at, one in enumerate(items(among)) if one is place.node)
        if text is not None and among is not None and at + 1 < len(among.items):
            following = among.items[at + 1]
            other = following if isinstance(following, Scalar) else value(following, "text")
            if isinstance(other, Scalar) and words(text) and words(other) and isinstance(place.node, Mapping):
                source = place.source
                yield mutant(
                    put(source, text, written(source, other)), put(source, other, written(source, text)),
                    evident=_told_apart(policy, source.path, place.node, following),
                )  # fmt: skip


def dropped_key(key: str, evident: Callable[[Policy, str, Mapping], bool]) -> object:
    """Return the kind that takes a key away from a condition or ruling; `evident` tells whether something shows it."""

    def kind(policy: Policy, _: Random) -> Iterator[Mutant]:
        owners = [(place.source, place.node) for place in policy.places() if isinstance(place.node, Mapping)]
        for source, owner in dict.fromkeys([*owners, *policy.rulings()]):
            if isinstance(owner, Mapping) and value(owner, key) is not None:
                change = drop_key(source, owner, key)
                if change is not None:
                    yield mutant(change, evident=evident(policy, source.path, owner))

    return kind


def renamed_key(old: str, new: str) -> object:
    """Return the kind that writes one key for another."""

    def kind(policy: Policy, _: Random) -> Iterator[Mutant]:
        for place in policy.places():
            if isinstance(place.node, Mapping):
                names = {name.value: name for name, _ in place.node.entries}
                if old in names and new not in names:
                    yield mutant(put(place.source, names[old], new), evident=_decided(policy, place))

    return kind


def guard_to_member(policy: Policy, _: Random) -> Iterator[Mutant]:
    for place in _members(policy, groups=False):
        yield from _guard_out(policy, place)
    for place in _members(policy, groups=True):
        yield from _guard_out(policy, place)


def _guard_out(policy: Policy, place: Place) -> Iterator[Mutant]:
    guard = value(place.node, "applies_when")
    if isinstance(place.node, Mapping) and isinstance(guard, Mapping) and place.role == "all":
        change = drop_key(place.source, place.node, "applies_when")
        start = lines(place.source, place.node)[0]
        dash = column(place.source, place.node.start) - 2
        new = f"{' ' * dash}- {block(place.source, guard, dash + 2)}\n"
        if change is not None:
            yield mutant(Change(place.source.path, start, start, new), change, evident=_decided(policy, place))


def drop_ruling(policy: Policy, _: Random) -> Iterator[Mutant]:
    for source, root in policy.sections():
        rulings = value(root, "rulings")
        if isinstance(rulings, Sequence) and len(rulings.items) > 1:
            for ruling in rulings.items:
                yield mutant(
                    drop_item(source, rulings, ruling), evident=policy.evidence.decides_ruling(source.path, ruling.start)
                )


def other_strength(policy: Policy, _: Random) -> Iterator[Mutant]:
    swapped = {"may": "must", "should": "may", "generally": "must", "must": "may"}
    for source, ruling in policy.rulings():
        strength = value(ruling, "strength")
        if isinstance(strength, Scalar):
            evident = by_ledger(policy, source.path, ruling)
            yield mutant(put(source, strength, swapped[strength.value]), evident=evident)
    for place in policy.places():
        strength = value(place.node, "strength")
        if isinstance(strength, Scalar):
            evident = isinstance(place.node, Mapping) and by_ledger(policy, place.source.path, place.node)
            yield mutant(put(place.source, strength, swapped[strength.value]), evident=evident)


def added_strength(policy: Policy, _: Random) -> Iterator[Mutant]:
    for source, ruling in policy.rulings():
        if value(ruling, "strength") is None:
            from_ = policy.evidence.from_of(source.path, ruling.start)
            marks = policy.evidence.marks(source.path, from_, around=True)
            evident = marks is not None and "may" not in marks
            yield mutant(add_key(source, ruling, "strength: may"), evident=evident)


def other_scope(policy: Policy, _: Random) -> Iterator[Mutant]:
    for source, ruling in policy.rulings():
        if scalar(ruling, "scope") == "general" and (change := drop_key(source, ruling, "scope")) is not None:
            yield mutant(change, evident=policy.evidence.asked(source.path, ruling.start))


def other_comparison(policy: Policy, _: Random) -> Iterator[Mutant]:
    swapped = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "=": "!=", "!=": "="}
    for place in policy.places():
        op = value(value(place.node, "compare"), "op")
        if isinstance(op, Scalar):
            yield mutant(put(place.source, op, f'"{swapped[op.value]}"'), evident=_decided(policy, place))


_LIMIT = re.compile(r"\bat least|(?:more|less|fewer|later|younger|older|smaller|longer) than|\bor (?:more|older|later)|[≥≤<>]")


def _limited(place: Place) -> bool:
    """Tell whether the words say on which side of the limit the limit lies."""
    return place.text is not None and _LIMIT.search(place.text.value) is not None


def near_comparison(policy: Policy, _: Random) -> Iterator[Mutant]:
    swapped = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
    for place in policy.places():
        op = value(value(place.node, "compare"), "op")
        if isinstance(op, Scalar) and op.value in swapped:
            yield mutant(put(place.source, op, f'"{swapped[op.value]}"'), evident=_limited(place))


def other_see(policy: Policy, chance: Random) -> Iterator[Mutant]:
    for place in policy.places():
        see = value(place.node, "see")
        if isinstance(see, Scalar) and "/" not in see.value:
            ids = [scalar(root, "id") for source, root in policy.sections() if _home(source.path) == _home(place.source.path)]
            others = [id for id in ids if id and id != see.value and id != see.value.split(".")[0]]
            if others:
                yield mutant(put(place.source, see, chance.choice(others)), evident=_decided(policy, place))


def _home(path: str) -> str:
    return path.partition("/")[0]


def broken_see(policy: Policy, _: Random) -> Iterator[Mutant]:
    for place in policy.places():
        see = value(place.node, "see")
        if isinstance(see, Scalar):
            yield mutant(put(place.source, see, see.value[:-1] + ("x" if see.value[-1] != "x" else "y")))
