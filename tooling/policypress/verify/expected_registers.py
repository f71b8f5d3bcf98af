"""What the registers say of everything that the export may name, worked out from the source alone."""

from __future__ import annotations

from collections.abc import Mapping

from policypress.codes import SYSTEM_URIS
from policypress.model import Guideline
from policypress.verify.expected_json import Json, filled, quantity


def registers(guideline: Guideline) -> Mapping[str, Mapping[str, Json]]:
    """Return what the registers say of everything that the export may name."""
    own = guideline.registers
    return {
        "codes": {
            code: {
                "system": entry.system,
                "label": entry.label.value,
                **filled(
                    system_uri=SYSTEM_URIS.get(entry.system, ""),
                    modality=entry.modality,
                    role=entry.role,
                    region=entry.region,
                    active=filled(**{"from": entry.active.from_, "until": entry.active.until}) if entry.active else {},
                    replaced_by=[other.value for other in entry.replaced_by],
                ),
            }
            for code, entry in own.codes.items()
        },
        "parameters": {
            id: {
                "value": quantity(entry.value),
                "words": entry.words.value,
                **filled(max=quantity(entry.max) if entry.max else "", unit=entry.unit),
            }
            for id, entry in own.parameters.items()
        },
        "facts": {
            id: {
                "question": entry.question.value,
                "type": entry.type,
                **filled(unit=entry.unit),
                **({"shared": True} if guideline.library.facts.get(id) is entry else {}),
            }
            for id, entry in own.facts.items()
        },
        "terms": {
            name: filled(
                expansion=entry.expansion.value if entry.expansion is not None else "",
                definition=entry.definition.value if entry.definition is not None else "",
            )
            for name, entry in own.terms.items()
        },
        "references": {
            id: {"title": entry.title.value, **filled(href=entry.href, locator=entry.locator)}
            for id, entry in own.references.items()
        },
    }
