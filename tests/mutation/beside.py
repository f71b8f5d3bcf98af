"""What can happen around the conditions: ids, dates, registers, queries, the ledger, coding rules, cases, files."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from random import Random

from policypress.nodes import Mapping, Scalar, Sequence, YamlNode
from policypress.text import Source
from tests.mutation.places import (
    Change,
    Mutant,
    Policy,
    add_key,
    drop_item,
    drop_key,
    items,
    lines,
    mappings,
    mutant,
    put,
    scalar,
    value,
)


def _ids(policy: Policy) -> Iterator[tuple[Source, Mapping, Scalar]]:
    for source, root in policy.sections():
        for mapping in mappings(root):
            if isinstance(id := value(mapping, "id"), Scalar):
                yield source, mapping, id


def id_with_capital(policy: Policy, _: Random) -> Iterator[Mutant]:
    for source, _mapping, id in _ids(policy):
        yield mutant(put(source, id, id.value[0].upper() + id.value[1:] + "_"))


def id_twice(policy: Policy, chance: Random) -> Iterator[Mutant]:
    for source, root in policy.sections():
        found = [id for mapping in mappings(root) if isinstance(id := value(mapping, "id"), Scalar)]
        for id in found[1:]:
            other = chance.choice([one for one in found if one.value != id.value] or found)
            if other.value != id.value:
                yield mutant(put(source, id, other.value))


def id_dropped(policy: Policy, _: Random) -> Iterator[Mutant]:
    for source, mapping, _id in _ids(policy):
        if (change := drop_key(source, mapping, "id")) is not None and mapping.start > 0:
            yield mutant(change, evident=policy.evidence.final(source.path))


def retired_id(policy: Policy, chance: Random) -> Iterator[Mutant]:
    for source, root in policy.files("guideline.yaml"):
        folder = source.path.rpartition("/")[0]
        used = [id.value for other, _, id in _ids(policy) if other.path.startswith(folder + "/")]
        if isinstance(root, Mapping) and used and value(root, "retired") is None:
            for id in chance.sample(used, min(6, len(used))):
                yield mutant(add_key(source, root, f"retired: [{{id: {id}, on: 2025-12-01}}]"))


def _pair(policy: Policy, first: str, second: str) -> Iterator[Mutant]:
    for source, root in policy.files("guideline.yaml"):
        one, other = value(root, first), value(root, second)
        if isinstance(one, Scalar) and isinstance(other, Scalar) and one.value != other.value:
            yield mutant(put(source, one, other.value), put(source, other, one.value))


def swapped_reviews(policy: Policy, _: Random) -> Iterator[Mutant]:
    yield from _pair(policy, "last_review", "next_review")
    yield from _pair(policy, "effective", "until")


def no_such_day(policy: Policy, _: Random) -> Iterator[Mutant]:
    for source, root in policy.files("guideline.yaml"):
        for key in ("effective", "last_review", "next_review"):
            if isinstance(date := value(root, key), Scalar):
                yield mutant(put(source, date, date.value[:5] + "02-30"))


def effective_before_code(policy: Policy, _: Random) -> Iterator[Mutant]:
    for source, root in policy.files("guideline.yaml"):
        if isinstance(date := value(root, "effective"), Scalar) and any(
            scalar(value(entry, "active"), "from") for _, entry, _ in policy.entries("codes")
        ):
            yield mutant(put(source, date, "1980-01-01"))


def code_ended(policy: Policy, _: Random) -> Iterator[Mutant]:
    for source, entry, _among in policy.entries("codes"):
        if value(entry, "active") is None:
            change = add_key(source, entry, "active: {until: 2001-12-31}")
            yield mutant(change, evident=listed(policy, source.path, entry))


def other_version(policy: Policy, _: Random) -> Iterator[Mutant]:
    for source, root in policy.files("guideline.yaml"):
        version = value(root, "version")
        if isinstance(version, Scalar) and items(value(root, "revisions")):
            yield mutant(put(source, version, "9.0.0"))


def made_final(policy: Policy, _: Random) -> Iterator[Mutant]:
    for source, root in policy.files("guideline.yaml"):
        status = value(root, "status")
        if isinstance(status, Scalar) and status.value == "draft":
            yield mutant(put(source, status, "final"))


def section_unlisted(policy: Policy, _: Random) -> Iterator[Mutant]:
    for source, listed in _chapters(policy):
        for item in listed.items if len(listed.items) > 1 else ():
            yield mutant(drop_item(source, listed, item))


def section_listed_twice(policy: Policy, _: Random) -> Iterator[Mutant]:
    for source, listed in _chapters(policy):
        for item in listed.items:
            sign = ", " if source.text[listed.start] == "[" else "\n" + source.text[lines(source, item)[0] : item.start]
            yield mutant(Change(source.path, item.end, item.end, sign + source.text[item.start : item.end]))


def _chapters(policy: Policy) -> Iterator[tuple[Source, Sequence]]:
    for source, root in policy.files("guideline.yaml"):
        for chapter in items(value(root, "chapters")):
            if isinstance(found := value(chapter, "sections"), Sequence):
                yield source, found


def section_lost(policy: Policy, _: Random) -> Iterator[Mutant]:
    """A section whose file holds its first line alone, as after a copy that broke off."""
    for source, root in policy.sections():
        if len(root.entries) > 2:
            yield mutant(Change(source.path, root.entries[1][1].end, len(source.text.rstrip()), ""))


def entry_dropped(register: str, evident: Callable[[Policy, str, Mapping], bool]) -> object:
    """Return the kind that takes an entry out of a register or out of the ledger."""

    def kind(policy: Policy, _: Random) -> Iterator[Mutant]:
        for source, entry, among in policy.entries(register):
            if len(among.items) > 1:
                yield mutant(drop_item(source, among, entry), evident=evident(policy, source.path, entry))

    return kind


def used(policy: Policy, path: str, entry: Mapping) -> bool:
    return True


def listed(policy: Policy, path: str, entry: Mapping) -> bool:
    """Tell whether a list of codes names the code of an entry."""
    codes = {item.value for _, _, found in policy.code_lists() for item in found.items if isinstance(item, Scalar)}
    return scalar(entry, "code") in codes


def abbreviation(policy: Policy, path: str, entry: Mapping) -> bool:
    """Tell whether a term is an abbreviation that texts use."""
    term = scalar(entry, "term")
    used = any(re.search(rf"(?<!\w){re.escape(term)}(?![\w/-])", text.value) for _, text in policy.texts())
    return sum(char.isupper() for char in term) > 1 and used


def compared(policy: Policy, path: str, entry: Mapping) -> bool:
    """Tell whether a fact is compared somewhere, which needs its entry."""
    return scalar(entry, "type") in ("quantity", "date")


def named_statement(policy: Policy, path: str, entry: Mapping) -> bool:
    """Tell whether a `from` names a statement itself, and not one above it."""
    home, id = path.partition("/")[0], scalar(entry, "id")
    below = any(name.startswith(f"{id}.") for folder, name in _ledger_ids(policy) if folder == home)
    return policy.evidence.named[home, id] > 0 and not below


def entry_twice(register: str) -> object:
    """Return the kind that copies an entry of a register or of the ledger."""

    def kind(policy: Policy, _: Random) -> Iterator[Mutant]:
        for source, entry, _among in policy.entries(register):
            start, end = lines(source, entry)
            yield mutant(Change(source.path, end, end, source.text[start:end]))

    return kind


def query_dropped(policy: Policy, _: Random) -> Iterator[Mutant]:
    for source, root in policy.sections():
        for mapping in mappings(root):
            query = value(mapping, "query")
            if query is not None and (change := drop_key(source, mapping, "query")) is not None:
                yield mutant(change, evident=value(query, "covers") is not None)


def from_dropped(policy: Policy, _: Random) -> Iterator[Mutant]:
    for source, root in policy.sections():
        for mapping in mappings(root):
            if value(mapping, "from") is not None and (change := drop_key(source, mapping, "from")) is not None:
                yield mutant(change, evident=mapping is root)


def from_unknown(policy: Policy, _: Random) -> Iterator[Mutant]:
    for source, root in policy.sections():
        for mapping in mappings(root):
            if isinstance(found := value(mapping, "from"), Scalar):
                yield mutant(put(source, found, found.value + "9"))


def from_other(policy: Policy, chance: Random) -> Iterator[Mutant]:
    for source, root in policy.sections():
        folder = source.path.partition("/")[0]
        known = [scalar(one, "id") for ledger, one, _ in policy.entries("statements") if ledger.path.startswith(folder)]
        for mapping in mappings(root):
            found = value(mapping, "from")
            if isinstance(found, Scalar) and len(known) > 1:
                other = chance.choice([one for one in known if one != found.value])
                evident = policy.evidence.named[folder, found.value] == 1 and bool(_says(policy, folder, found.value))
                yield mutant(put(source, found, other), evident=evident)


def _says(policy: Policy, folder: str, id: str) -> str:
    """Return the codes, amounts and marks that the ledger has of a statement."""
    for source, entry, _ in policy.entries("statements"):
        if source.path.startswith(folder + "/") and scalar(entry, "id") == id:
            return " ".join(
                one.value
                for key in ("codes", "quantities", "marks")
                for one in items(value(entry, key))
                if isinstance(one, Scalar)
            )
    return ""


def left_out_but_carried(policy: Policy, _: Random) -> Iterator[Mutant]:
    for source, entry, _among in policy.entries("statements"):
        if value(entry, "left_out") is None:
            evident = named_statement(policy, source.path, entry)
            yield mutant(add_key(source, entry, "left_out: A page number"), evident=evident)


def _ledger_ids(policy: Policy) -> Iterator[tuple[str, str]]:
    for source, entry, _ in policy.entries("statements"):
        yield source.path.partition("/")[0], scalar(entry, "id")


def broken_hash(policy: Policy, _: Random) -> Iterator[Mutant]:
    for source, entry, _among in policy.entries("statements"):
        if isinstance(found := value(entry, "sha256"), Scalar):
            yield mutant(put(source, found, found.value[:-1]))


def other_hash(policy: Policy, _: Random) -> Iterator[Mutant]:
    for source, entry, _among in policy.entries("statements"):
        if isinstance(found := value(entry, "sha256"), Scalar):
            new = found.value[:-1] + ("0" if found.value[-1] != "0" else "1")
            yield mutant(put(source, found, new), evident=False)


def coding_rule_dropped(policy: Policy, _: Random) -> Iterator[Mutant]:
    for source, root in policy.sections():
        listed = value(root, "coding_rules")
        if isinstance(listed, Sequence):
            for rule in listed.items:
                change = drop_item(source, listed, rule) if len(listed.items) > 1 else drop_key(source, root, "coding_rules")
                if change is not None:
                    own = scalar(rule, "from")
                    yield mutant(change, evident=_says_alone(policy, source, rule, own))


def _says_alone(policy: Policy, source: Source, rule: YamlNode, id: str) -> bool:
    """Tell whether a coding rule alone carries a statement, and it has a code that the rest of its file has not."""
    home = source.path.partition("/")[0]
    rest = source.text[: rule.start] + source.text[rule.end :]
    codes = [one for one in _says(policy, home, id).split() if one[0].isdigit() or one[1:2].isdigit()]
    return policy.evidence.named[home, id] == 1 and any(code not in rest for code in codes if len(code) >= 5)


def coding_rule_turned(policy: Policy, _: Random) -> Iterator[Mutant]:
    turned = {
        "report": "not_for", "report_with": "not_with", "may_report_with": "not_with", "not_with": "report_with",
        "not_for": "report", "report_instead_of": "report_with",
    }  # fmt: skip
    for source, rule in policy.coding_rules():
        kind = value(rule, "rule")
        if isinstance(kind, Scalar) and kind.value in turned:
            renamed = {"report": ("codes", "for"), "not_for": ("for", "")}.get(kind.value)
            if renamed is None:
                changes = [put(source, kind, turned[kind.value])]
                if kind.value == "report_instead_of":
                    changes += [put(source, name, "with") for name, _ in rule.entries if name.value == "instead_of"]
                yield mutant(*changes)


def _cases(policy: Policy) -> Iterator[tuple[Source, YamlNode]]:
    """Yield each case, alone in its file or in a list."""
    for source, root in policy.files("/vignettes/"):
        yield from ((source, case) for case in (items(root) or [root]))


def verdict_turned(policy: Policy, _: Random) -> Iterator[Mutant]:
    turned = {"met": "not_met", "not_met": "met", "criteria_met": "criteria_not_met", "criteria_not_met": "criteria_met"}
    for source, root in _cases(policy):
        verdict = value(value(root, "expect"), "verdict")
        if isinstance(verdict, Scalar):
            yield mutant(put(source, verdict, turned.get(verdict.value, "met")))


def answer_turned(policy: Policy, _: Random) -> Iterator[Mutant]:
    turned = {"met": "not_met", "not_met": "met"}
    for source, root in _cases(policy):
        facts = value(root, "facts")
        for _name, answer in facts.entries if isinstance(facts, Mapping) else ():
            if isinstance(answer, Scalar) and answer.value in turned:
                evident = policy.evidence.decisive(source.path, answer.start)
                yield mutant(put(source, answer, turned[answer.value]), evident=evident)


def fact_misspelled(policy: Policy, _: Random) -> Iterator[Mutant]:
    for source, root in _cases(policy):
        facts = value(root, "facts")
        for name, _answer in facts.entries if isinstance(facts, Mapping) else ():
            yield mutant(put(source, name, name.value + "x"))


def fact_of_condition_misspelled(policy: Policy, _: Random) -> Iterator[Mutant]:
    for place in policy.places():
        fact = value(place.node, "fact")
        if isinstance(fact, Scalar):
            at = len(fact.value) // 2
            yield mutant(put(place.source, fact, fact.value[:at] + fact.value[at + 1 :]))


def other_fact(policy: Policy, chance: Random) -> Iterator[Mutant]:
    """A condition that asks another registered question than its words do."""
    known = [scalar(entry, "id") for _, entry, _ in policy.entries("facts") if scalar(entry, "type") in ("", "verdict")]
    for place in policy.places():
        fact = value(place.node, "fact")
        if isinstance(fact, Scalar) and fact.value in known and len(known) > 1:
            yield mutant(put(place.source, fact, chance.choice([one for one in known if one != fact.value])))


def html(policy: Policy, _: Random) -> Iterator[Mutant]:
    for source, text in policy.texts():
        if text.style == "" and (match := re.search(r" (\w{5,}) ", text.value)) is not None:
            start, end = text.start + match.start(1), text.start + match.end(1)
            yield mutant(Change(source.path, start, end, f"<b>{match[1]}</b>"))


def hidden_character(policy: Policy, _: Random) -> Iterator[Mutant]:
    for source, text in policy.texts():
        if text.style == "" and (match := re.search(r"\w\w", text.value)) is not None:
            yield mutant(Change(source.path, text.start + match.start() + 1, text.start + match.start() + 1, "\u200b"))


def key_misspelled(policy: Policy, chance: Random) -> Iterator[Mutant]:
    for source, root in policy.sections():
        for mapping in mappings(root):
            name = chance.choice(mapping.entries)[0]
            yield mutant(put(source, name, name.value[:-1] + "_"))


def colon_lost(policy: Policy, _: Random) -> Iterator[Mutant]:
    for source, root in policy.sections():
        for name, _value in root.entries[1:]:
            yield mutant(Change(source.path, name.end, name.end + 1, ""))
