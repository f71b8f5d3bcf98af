"""The published list of codes, read back and laid beside the source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from policypress.criteria import CodeUse, Criterion
from policypress.model import Guideline, Section
from policypress.verify.expected_json import Expected
from policypress.verify.flow import Difference
from policypress.verify.laid import ordered, trees
from policypress.verify.read_json import Strange, read_json

_OWN = ("system", "label", "modality", "role")


def codes_differences(guidelines: Iterable[Guideline], path: Path) -> Iterator[Difference]:
    """Yield how `codes.json` departs from the lists of codes in the source."""
    try:
        found = read_json(path.read_bytes())
    except (OSError, Strange) as error:
        yield Difference("codes.json", "JSON", "", "", "file", f"it cannot be read ({error})")
        return
    by_id = {one.id: one for one in guidelines}
    for guideline in by_id.values():
        registered = guideline.registers.codes
        for section in ordered(guideline):
            for id, as_, uses in lists(section):
                for typed in Expected(guideline).codes(uses):
                    code = typed.partition("-")[0]
                    use = {"guideline": guideline.id, "section": section.id, "id": id, "as": as_}
                    if use not in found.get(code, {}).get("used", []):
                        yield Difference(
                            guideline.id, "codes.json", section.id, id, "codes", f"the use of {code} is missing"
                        )
        for code, entry in found.items():
            mine = [use for use in entry.get("used", []) if use.get("guideline") == guideline.id]
            if not mine or code not in registered:
                continue
            for name in _OWN:
                wanted = registered[code].label.value if name == "label" else getattr(registered[code], name)
                first = entry["used"][0].get("guideline") == guideline.id
                if first and entry.get(name) != wanted:
                    yield Difference(
                        guideline.id, "codes.json", "", code, name,
                        f"{name} says “{entry.get(name)}” where the register says “{wanted}”",
                    )  # fmt: skip
    for code, entry in found.items():
        for use in entry.get("used", []):
            if use.get("guideline") not in by_id:
                stranger = f"it names {use.get('guideline')}, which is no guideline"
                yield Difference("codes.json", "JSON", "", code, "codes", stranger)


def lists(section: Section) -> Iterator[tuple[str, str, tuple[CodeUse, ...]]]:
    """Yield every list of codes in a section: whose it is, how it is used, and the codes."""
    for ruling in section.rulings:
        yield ruling.id, "service", ruling.codes
    for tree in trees(section):
        for spot in tree.below():
            if isinstance(spot.node, Criterion):
                yield spot.node.id, "criterion", spot.node.codes
    for rule in section.coding_rules:
        for part in (rule.codes, rule.with_, rule.instead_of, rule.for_):
            if isinstance(part, tuple):
                yield rule.id, "coding_rule", part


def listed_codes(section: Section) -> list[str]:
    """Return the codes that the lists of a section name one by one."""
    uses = [use for ruling in section.rulings for use in ruling.codes]
    for rule in section.coding_rules:
        uses += rule.codes
        for part in (rule.with_, rule.instead_of, rule.for_):
            uses += part if isinstance(part, tuple) else ()
    for tree in trees(section):
        for spot in tree.below():
            uses += getattr(spot.node, "codes", ())
    return list(dict.fromkeys(use.code for use in uses))
