"""What holds for a code that it does not name: rulings by modality, coding rules by class."""

from __future__ import annotations

from collections.abc import Iterable

from policypress.model import CodeClass
from policypress.outline import GuidelineOutline
from policypress.render.site_ways import Way, parts
from policypress.usage import class_codes

Reasoned = list[tuple[Way, str]]


class Held:
    """Knows of one guideline what takes in a code without naming it, and what kind each coding rule is of."""

    def __init__(self, laid: GuidelineOutline, all_: Iterable[Way]) -> None:
        self._registered = laid.guideline.registers.codes
        self._rulings: dict[str, Reasoned] = {}
        self._rules: dict[str, Reasoned] = {}
        self.kinds: dict[str, str] = {}  # coding rule -> what it says, in a word
        known = {way.id: way for way in all_ if way.guideline == laid.guideline.id}
        for section in laid.sections:
            for ruling in (one.ruling for one in section.rulings if one.ruling.complete):
                for service in ruling.services:
                    self._rulings.setdefault(service.value, []).append((known[ruling.id], service.value))
                if not ruling.services and not ruling.codes:
                    self._rulings.setdefault("", []).append((known[ruling.id], "every service"))
            for rule in (one.rule for one in section.coding_rules):
                self.kinds[rule.id] = rule.rule.replace("_", " ")
                for part in parts(rule):
                    if isinstance(part, CodeClass):
                        named = " ".join(filter(None, (part.system, part.modality, part.role, part.region)))
                        for code in class_codes(part, self._registered):
                            self._rules.setdefault(code, []).append((known[rule.id], named))

    def by(self, code: str) -> tuple[Reasoned, Reasoned]:
        """Return the rulings and the coding rules, each with the reason."""
        if code not in self._registered:
            return self._rulings.get("", []), []
        modality = self._registered[code].modality
        rulings = [*(self._rulings.get(modality, []) if modality else []), *self._rulings.get("", [])]
        return rulings, self._rules.get(code, [])
