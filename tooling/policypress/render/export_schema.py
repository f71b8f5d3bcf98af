"""The published JSON Schema of the export: a strict one, and one for consumers that lets unknown keys pass."""

from __future__ import annotations

from typing import Any

from policypress.codes import SYSTEM_URIS
from policypress.decode.registers import ROLES
from policypress.decode.section import RULES
from policypress.render.schema_parts import (
    CODE,
    DATE,
    DIALECT,
    ID,
    NODE,
    ONE_CODE,
    SHA256,
    STRENGTH,
    SYSTEM,
    TARGET,
    TEXT,
    WORDS,
    Json,
    by_key,
    list_of,
    mapping,
    said,
)  # fmt: skip
from policypress.version import SCHEMA_VERSION


def criteria_schema() -> Json:
    """Return the strict schema: every key is known."""
    return {
        "$schema": DIALECT,
        "$id": f"urn:policypress:criteria:{SCHEMA_VERSION}",
        "title": "Criteria of a medical policy",
        "$comment": "criteria.consumer.schema.json says the same and lets unknown keys pass.",
        **_DOCUMENT,
        "$defs": _DEFINITIONS,
    }


def consumer_schema() -> Json:
    """Return the schema for consumers: a later minor version, with keys they do not know, passes as well."""
    schema: Json = _open(criteria_schema())
    major = SCHEMA_VERSION.split(".")[0]
    schema["$id"] = f"urn:policypress:criteria.consumer:{major}"
    schema["$comment"] = "criteria.schema.json says the same and refuses unknown keys."
    schema["properties"]["schema_version"] = {
        "type": "string", "pattern": rf"^{major}\.[0-9]+\.[0-9]+$", "description": _VERSION_DOC
    }  # fmt: skip
    return schema


def codes_schema() -> Json:
    """Return the schema of `codes.json`."""
    return {
        "$schema": DIALECT,
        "$id": f"urn:policypress:codes:{SCHEMA_VERSION}",
        "title": "Where the codes of all guidelines are used",
        **by_key(f"^{ONE_CODE}$", mapping("A code and its uses.", {
            "system": said({"enum": [*SYSTEM["enum"], ""]}, "The code system; empty where no register holds the code."),
            "label": said(WORDS, "The publisher's own short label."),
            "modality": said(WORDS, "The modality, such as CT or PET/CT."),
            "role": said({"enum": [*ROLES, ""]}, "What the code is reported for."),
            "used": list_of(mapping("One use.", {
                "guideline": said(ID, "The guideline."),
                "section": said(ID, "Its section."),
                "id": said(ID, "The ruling, criterion or coding rule, or what the text belongs to."),
                "as": said({"enum": ["service", "criterion", "coding_rule", "text"]}, "How it is used."),
            }), "Every use, in reading order."),
        }, {"notice": said(TEXT, "Words that every copy of the code must carry.")})),
    }  # fmt: skip


def _open(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {key: _open(value) for key, value in schema.items() if (key, value) != ("additionalProperties", False)}
    return [_open(value) for value in schema] if isinstance(schema, list) else schema


_FROM = list_of(TEXT, "Statements of the source document that it carries, by number; inherited downwards.")
_NOTES = list_of(TEXT, "What else a reader should know; no condition.")
_EXAMPLES = list_of(TEXT, "Examples; no condition.")
_DOCUMENTATION = list_of(TEXT, "What the chart must show.")
_USES = list_of(ID, "Parameters that the text names.")
_CODES = list_of(CODE, "Codes, with their modifiers; ranges are resolved.")
_CITATIONS = list_of(
    mapping("A cited one.", {"id": said(ID, "A key of references.")}, {"locator": said(TEXT, "The place in it.")}),
    "References that stand behind it.",
)
_CLASS: Json = {
    **mapping("Codes named by what they are; every property that is given must fit.", {}, {
        "system": said(SYSTEM, "The code system."),
        "modality": said(TEXT, "The modality of the register."),
        "role": said({"enum": list(ROLES)}, "What the codes are reported for."),
        "region": said(TEXT, "The region of the body."),
    }),
    "minProperties": 1,
}  # fmt: skip
_CODES_OR_CLASS: Json = {"anyOf": [{"type": "array", "items": CODE}, {"$ref": "#/$defs/class"}]}
_GUARDS: Json = {
    "applies_when": said(NODE, "Where this is not met, the node is not applicable and drops out of its group."),
    "unless": said(NODE, "A waiver: where this is met, the node counts as met."),
    "except_when": said(NODE, "A carve-out: where this is met, the node counts as not met."),
}
_BESIDE: Json = {
    **_GUARDS,
    "strength": said(STRENGTH, "The hedge of the source document."),
    "documentation": _DOCUMENTATION,
    "examples": _EXAMPLES,
    "notes": _NOTES,
    "references": _CITATIONS,
    "from": _FROM,
}
_NODE_ID = said(ID, "Permanent: the anchor in the site and the named destination in the PDF.")
_GROUP: Json = {
    **mapping("A group of nodes.", {
        "id": _NODE_ID,
        "op": said({"enum": ["all", "any", "not", "at_least"]}, "How the members combine."),
        "of": list_of(NODE, "The members; one for not."),
    }, {"n": said({"type": "integer", "minimum": 1}, "How many members must be met, for at_least."), **_BESIDE}),
    "if": {"properties": {"op": {"const": "at_least"}}},
    "then": {"required": ["n"]},
    "else": {"properties": {"n": False}},
}  # fmt: skip
_COMPARE: Json = {
    **mapping("Makes a criterion computable: the fact, compared with a parameter or a value.", {
        "fact": said(ID, "The measured fact."),
        "op": said({"enum": ["<", "<=", ">", ">=", "=", "!="]}, "The comparison."),
    }, {
        "parameter": said(ID, "A key of parameters."),
        "value": said({"type": ["number", "string"]}, "A number, or a date."),
        "unit": said(TEXT, "The UCUM unit of value."),
    }),
    "oneOf": [{"required": ["parameter"]}, {"required": ["value"]}],
}  # fmt: skip
_SEE: Json = {
    "oneOf": [
        said(TARGET, "A section, ruling or node of this guideline, or guideline/id."),
        mapping("The determination for a code.", {"code": said(CODE, "The code.")}),
        mapping("Guidance outside this library.", {"external": said(TEXT, "Its name.")}),
    ]
}
_CRITERION = mapping("One condition, answered met or not met.", {
    "id": _NODE_ID,
    "text": said(TEXT, "The condition in words; inline Markdown."),
    "fact": said(ID, "The name of the question; the same fact is asked once. Often the criterion's own id."),
    "codes": said(_CODES, "Codes that the text names."),
    "uses": _USES,
}, {
    "compare": {"$ref": "#/$defs/compare"},
    "see": said(_SEE, "The criterion takes the verdict of what this points to."),
    **_BESIDE,
})  # fmt: skip
_RULING = mapping("What is covered or not covered when the criteria are met.", {
    "id": _NODE_ID,
    "effect": said({"enum": ["covered", "not_covered"]}, "What follows when the criteria are met."),
    "strength": said(STRENGTH, "The hedge of the source document."),
    "scope": said({"enum": ["specific", "general"]}, "general: must hold beside every specific ruling."),
    "codes": said(_CODES, "The codes it is about. Neither codes nor services: every service of the guideline."),
    "services": list_of(TEXT, "The modalities it is about."),
    "complete": said({"type": "boolean"}, "false: the source lost a part; it takes no part in a determination."),
    "criteria": said({"anyOf": [NODE, {"type": "null"}]}, "The criteria; null where the source lost them."),
}, {
    "overrides": list_of(TARGET, "Sections or rulings that it replaces where it applies."),
    "notes": _NOTES,
    "from": _FROM,
})  # fmt: skip
_CODING_RULE: Json = {
    **mapping("A rule that binds the claim, not the patient.", {
        "id": _NODE_ID,
        "rule": said({"enum": list(RULES)}, "; ".join(f"{rule}: {words}" for rule, words in RULES.items())),
        "text": said(TEXT, "The rule in words."),
    }, {
        "codes": said(_CODES, "The codes it is about."),
        "class": said({"$ref": "#/$defs/class"}, "Or the class of codes it is about."),
        "with": said(_CODES_OR_CLASS, "The other codes."),
        "instead_of": said(_CODES_OR_CLASS, "The codes that they take the place of."),
        "for": said(_CODES_OR_CLASS, "What the codes are not reported for."),
        "units": said({"type": "integer", "minimum": 1}, "How many units in one encounter."),
        "when": said(NODE, "The condition under which it binds."),
        "strength": said(STRENGTH, "The hedge of the source document."),
        "uses": _USES,
        "notes": _NOTES,
        "from": _FROM,
    }),
    "oneOf": [{"required": ["codes"]}, {"required": ["class"]}],
}  # fmt: skip
_QUERY = mapping("A doubt put to the author; in drafts only.", {
    "id": said(ID, "What it stands on."),
    "text": said(TEXT, "The question."),
}, {
    "covers": list_of(TEXT, "Rules whose findings it states."),
    "answered": mapping("How it was settled.", {
        "by": said(TEXT, "Who answered."), "on": said(DATE, "The day."), "text": said(TEXT, "The answer."),
    }),
})  # fmt: skip
_SECTION = mapping("One page of the guideline.", {
    "id": _NODE_ID,
    "title": said(TEXT, "Its title."),
    "from": _FROM,
    "intro": said(WORDS, "Words before the criteria; may be empty."),
    "rulings": list_of({"$ref": "#/$defs/ruling"}, "What is covered and not covered, and when."),
    "coding_rules": list_of({"$ref": "#/$defs/coding_rule"}, "Rules that bind the claim."),
    "documentation": _DOCUMENTATION,
    "notes": _NOTES,
    "references": _CITATIONS,
    "sha256": said(SHA256, "Of the section without this key, in RFC 8785's canonical form: changes when it changes."),
}, {
    "examples": _EXAMPLES,
    "queries": list_of({"$ref": "#/$defs/query"}, "Open and answered author queries; in drafts only."),
})  # fmt: skip
_GUIDELINE = mapping("What the title page says.", {
    "id": said(ID, "The guideline's permanent id."),
    "title": said(TEXT, "Its title."),
    "policy_number": said(WORDS, "The number it is filed under; may be empty."),
    "version": said(TEXT, "Its version."),
    "status": said({"enum": ["draft", "final", "retired"]}, "draft: not for use; it may hold open queries."),
    "effective": said(DATE, "The first day it applies."),
    "checklist": said({"type": "boolean"}, "false: the public site gives no verdicts."),
    "approved_by": list_of(mapping("An approval.", {
        "name": said(TEXT, "Who."), "role": said(TEXT, "In which role."), "on": said(DATE, "The day."),
    }), "Who approved it."),
    "chapters": list_of(mapping("A chapter.", {
        "title": said(WORDS, "Its title."), "sections": list_of(ID, "Its sections, in order."),
    }), "The sections in reading order."),
    "revisions": list_of(mapping("A revision.", {
        "version": said(TEXT, "The version."), "date": said(DATE, "The day."), "summary": said(TEXT, "What changed."),
    }), "Its history."),
}, {
    "until": said(DATE, "The last day it applies."),
    "last_review": said(DATE, "The day of the last review."),
    "next_review": said(DATE, "The day the next review is due."),
    "publisher": said(TEXT, "Who publishes it."),
    "population": said(TEXT, "Whom it is about."),
    "jurisdictions": list_of(TEXT, "Where it applies."),
    "lines_of_business": list_of(TEXT, "For which plans it applies."),
    "owner": said(TEXT, "Who answers for it."),
    "contact": said(TEXT, "Where questions go."),
    "supersedes": said(TEXT, "What it takes the place of."),
    "notice": said(TEXT, "Words that every copy must carry."),
})  # fmt: skip
_CODE_ENTRY = mapping("A code of the register.", {
    "system": said(SYSTEM, "The code system."),
    "label": said(TEXT, "The publisher's own short label, not the code owner's descriptor."),
}, {
    "system_uri": said({"enum": list(SYSTEM_URIS.values())}, "What FHIR calls the code system."),
    "modality": said(TEXT, "The modality."),
    "role": said({"enum": list(ROLES)}, "; ".join(f"{role}: {words}" for role, words in ROLES.items())),
    "region": said(TEXT, "The region of the body."),
    "active": mapping("The days on which it may be reported, as far as someone verified them.", {}, {
        "from": said(DATE, "The first day."), "until": said(DATE, "The last day."),
    }),
    "replaced_by": list_of(CODE, "The codes that took its place."),
})  # fmt: skip
_VERSION_DOC = "Of this form: a new minor version only adds keys, a new major version may change or drop some."
_DOCUMENT = mapping("One guideline with all its criteria.", {
    "schema_version": {"const": SCHEMA_VERSION, "description": _VERSION_DOC},
    "guideline": _GUIDELINE,
    "notices": list_of(TEXT, "Words that every copy must carry: the publisher's, and the AMA's where a CPT code is."),
    "sections": list_of({"$ref": "#/$defs/section"}, "Its sections in reading order."),
    "codes": by_key(f"^{ONE_CODE}$", _CODE_ENTRY, "The registered codes that it uses."),
    "parameters": by_key(ID["pattern"], mapping("A quantity with one meaning.", {
        "value": said({"type": "number"}, "The number."),
        "unit": said(TEXT, "Its UCUM unit."),
        "words": said(TEXT, "As texts say it."),
    }, {"max": said({"type": "number"}, "The upper end, where it is a range.")}), "The quantities that it uses."),
    "facts": by_key(ID["pattern"], mapping("A question that is asked once.", {
        "question": said(TEXT, "What a reviewer is asked."),
        "type": said({"enum": ["verdict", "quantity", "date"]}, "The kind of answer."),
    }, {
        "unit": said(TEXT, "The UCUM unit of a quantity."),
        "shared": said({"const": True}, "One question for all guidelines: a case gives it without a guideline's id."),
    }), "The registered facts that it asks for."),
    "terms": by_key("^.+$", mapping("A term.", {}, {
        "expansion": said(TEXT, "What it stands for."), "definition": said(TEXT, "What it means."),
    }), "The registered terms that its texts use."),
    "references": by_key(ID["pattern"], mapping("A reference.", {"title": said(TEXT, "Its title.")}, {
        "href": said(TEXT, "Its address."), "locator": said(TEXT, "The place in it."),
    }), "The references that it cites."),
    "retired": list_of(mapping("An id that is gone.", {"id": said(ID, "The id."), "on": said(DATE, "Since when.")}, {
        "successor": said(TEXT, "The id that took its place."),
    }), "Ids that were in use and are not given again."),
})  # fmt: skip
_DEFINITIONS: Json = {
    "section": _SECTION,
    "ruling": _RULING,
    "coding_rule": _CODING_RULE,
    "node": said({"anyOf": [{"$ref": "#/$defs/group"}, {"$ref": "#/$defs/criterion"}]}, "A criterion or a group."),
    "group": _GROUP,
    "criterion": _CRITERION,
    "compare": _COMPARE,
    "class": _CLASS,
    "query": _QUERY,
}
