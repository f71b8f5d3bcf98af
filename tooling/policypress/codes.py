"""The grammar of procedure and diagnosis codes.

CPT: American Medical Association, categories I (five digits), II (F), III (T), PLA (U), MAAA (M), vaccine
administration (A); HCPCS Level II: CMS, a letter A-V and four digits; ICD-10-CM: NCHS, letter, digit, then up to
five characters with a dot after the third. A modifier is two characters behind a hyphen.
"""

from __future__ import annotations

import re
from functools import lru_cache

from policypress.pattern import pattern

CPT = r"[0-9]{4}[0-9FTUMA]"
HCPCS = r"[A-V][0-9]{4}"
ICD = r"[A-Z][0-9][0-9A-Z](?:\.[0-9A-Z]{1,4})?"
_ONE = pattern(rf"(?P<CPT>{CPT})|(?P<HCPCS>{HCPCS})|(?P<ICD>{ICD})")
ENTRY = pattern(
    rf"(?P<code>{CPT}|{HCPCS}|{ICD})(?:-(?P<last>{CPT}|{HCPCS}|{ICD})|(?P<modifiers>(?:-[0-9A-Z]{{2}})*))"
)

# What FHIR calls each code system.
SYSTEM_URIS = {
    "CPT": "http://www.ama-assn.org/go/cpt",
    "HCPCS": "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
    "ICD-10-CM": "http://hl7.org/fhir/sid/icd-10-cm",
}


HYPHENS = "-\u2010\u2011\u2012\u2013\u2014\u2212"
PLAIN_HYPHENS = str.maketrans(dict.fromkeys(HYPHENS, "-"))
# Letters of other alphabets that look like ours.
LOOK_ALIKES = str.maketrans("АВСЕНКМОРТХУІЅЈаеорсухіѕјΑΒΕΖΗΙΚΜΝΟΡΤΥΧο", "ABCEHKMOPTXYISJaeopcyxisjABEZHIKMNOPTYXo")


def respelled(text: str) -> str:
    """Return a code as it belongs: capitals, plain hyphens, our alphabet, no blanks around it or its hyphens."""
    plain = text.translate(PLAIN_HYPHENS).translate(LOOK_ALIKES).upper()
    return re.sub(r"\s*-\s*", "-", plain.strip())


@lru_cache(4096)
def entry(text: str) -> tuple[str, tuple[str, ...], str] | None:
    """Take an entry of a list of codes apart: code, modifiers, last code of a range. The same few come all the time."""
    match = ENTRY.fullmatch(text)
    if match is None:
        return None
    return match["code"], tuple(filter(None, (match["modifiers"] or "").split("-"))), match["last"] or ""


def system_of(code: str) -> str:
    """Return "CPT", "HCPCS" or "ICD-10-CM" by the form of a code, "" where it has none of these forms."""
    match = _ONE.fullmatch(code)
    if match is None:
        return ""
    return "ICD-10-CM" if match.lastgroup == "ICD" else str(match.lastgroup)


def same_family(first: str, last: str) -> bool:
    """Tell whether a range may run from one code to the other: same system, same letter, in order."""
    return system_of(first) == system_of(last) and _family(first) == _family(last) and first < last


def in_range(code: str, first: str, last: str) -> bool:
    """Tell whether a code lies in the range of a family."""
    return system_of(code) == system_of(first) and _family(code) == _family(first) and first <= code <= last


def _family(code: str) -> tuple[str, str]:
    return (code[0] if code[0].isalpha() else "", code[-1] if code[-1].isalpha() else "")
