"""What the export says of registers: the entries that a guideline uses, and `codes.json` over all guidelines."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from policypress.codes import SYSTEM_URIS
from policypress.criteria import Criterion
from policypress.model import section_nodes
from policypress.notices import CPT_NOTICE
from policypress.outline import GuidelineOutline
from policypress.passages import passages
from policypress.registers import Code
from policypress.usage import code_uses, rule_class_codes

Json = dict[str, Any]

_NUMBER = re.compile(r"-?[0-9]{1,300}(?:\.[0-9]{1,300})?")


def codes(all_laid: Iterable[GuidelineOutline]) -> bytes:
    """Return `codes.json`: every code that any guideline uses, with its uses."""
    found: dict[str, Json] = {}
    for laid in all_laid:
        for code, uses in code_uses(laid).items():
            entry = laid.guideline.registers.codes.get(code)
            record = found.setdefault(
                code,
                {
                    "system": entry.system if entry else "",
                    "label": entry.label.value if entry else "",
                    "modality": entry.modality if entry else "",
                    "role": entry.role if entry else "",
                    **({"notice": CPT_NOTICE} if entry and entry.system == "CPT" else {}),
                    "used": [],
                },
            )
            record["used"] += [
                {"guideline": use.guideline, "section": use.section, "id": use.id, "as": use.as_} for use in uses
            ]
    return to_bytes({code: found[code] for code in sorted(found)})


def used_registers(laid_guideline: GuidelineOutline) -> Json:
    """Return the entries of the registers that a guideline uses."""
    guideline = laid_guideline.guideline
    registers = guideline.registers
    used_codes = set(code_uses(laid_guideline))
    facts: set[str] = set()
    parameters: set[str] = set()
    references: set[str] = set()
    words: list[str] = [guideline.title.value]
    for laid in laid_guideline.sections:
        section = laid.section
        for passage in passages(section):
            words.append(passage.text.value)
            parameters |= {use.value for use in passage.uses}
        references |= {citation.id.value for citation in section.references}
        for node in section_nodes(section):
            references |= {citation.id.value for citation in node.references}
            if isinstance(node, Criterion):
                facts.add(node.fact)
                if node.compare is not None:
                    facts.add(node.compare.fact.value)
        for rule in section.coding_rules:
            used_codes.update(rule_class_codes(rule, registers.codes))
        services = {service.value for ruling in section.rulings for service in ruling.services}
        used_codes.update(code for code, entry in registers.codes.items() if entry.modality in services)
    joined = "\n".join(words)
    return {
        "codes": {code: _code(registers.codes[code]) for code in sorted(used_codes) if code in registers.codes},
        "parameters": {
            id: given(
                {
                    "value": number(parameter.value),
                    "max": number(parameter.max) if parameter.max else "",
                    "unit": parameter.unit,
                    "words": parameter.words.value,
                }
            )
            for id, parameter in sorted(registers.parameters.items())
            if id in parameters
        },
        "facts": {
            id: given({"question": fact.question.value, "type": fact.type, "unit": fact.unit})
            | ({"shared": True} if guideline.library.facts.get(id) is fact else {})
            for id, fact in sorted(registers.facts.items())
            if id in facts
        },
        "terms": {
            name: given(
                {
                    "expansion": term.expansion.value if term.expansion else "",
                    "definition": term.definition.value if term.definition else "",
                }
            )
            for name, term in sorted(registers.terms.items())
            if name in joined
        },
        "references": {
            id: given({"title": cited.title.value, "href": cited.href, "locator": cited.locator})
            for id, cited in sorted(registers.references.items())
            if id in references
        },
    }


def _code(entry: Code) -> Json:
    active = entry.active
    return {
        "system": entry.system,
        "label": entry.label.value,
        **given(
            {
                "system_uri": SYSTEM_URIS.get(entry.system, ""),
                "modality": entry.modality,
                "role": entry.role,
                "region": entry.region,
                "active": given({"from": active.from_, "until": active.until}) if active else {},
                "replaced_by": [other.value for other in entry.replaced_by],
            }
        ),
    }


def number(text: str) -> int | float | str:
    """Return a typed number as JSON has it; anything else stays text."""
    # Python's own readers take more: 1_000, inf and nan, which JSON has no number for.
    if _NUMBER.fullmatch(text) is None:
        return text
    return float(text) if "." in text else int(text)


def to_bytes(value: Any) -> bytes:
    """Return JSON as it is published: UTF-8, two spaces, one line end at the end."""
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


def given(values: Mapping[str, Any]) -> Json:
    """Leave out what is empty; a number is never empty."""
    return {key: value for key, value in values.items() if value not in ("", [], {}, None)}
