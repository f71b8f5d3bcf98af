"""What the scan finds in a text: codes, quantities, marks, capitals; and what it leaves alone."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policypress import wording
from policypress.amounts import UNITS
from policypress.decode.kinds import Faults
from policypress.decode.section import read_section
from policypress.model import Section
from policypress.nodes import parse
from policypress.registers import Code
from policypress.text import Source, Text
from policypress.wording import MARKS, Wording, scan

REGISTERED = ("78815", "78816", "76498", "00100", "G0235", "0042T", "C71.9", "12345")


def section_of(*notes: str) -> Section:
    listed = "".join(f"  - {json.dumps(note, ensure_ascii=False)}\n" for note in notes)
    source = Source("x.yaml", f"id: a\ntitle: Q\nnotes:\n{listed}")
    root, findings = parse(source)
    assert findings == []
    assert root is not None
    section = read_section(source, root, Faults())
    assert section is not None
    return section


def found(*notes: str, registered: tuple[str, ...] = REGISTERED) -> Wording:
    section = section_of(*notes)
    label = Text("L", section.source, 0, 1)
    return scan(section, {code: Code(code, "CPT", label, label.span) for code in registered})


def codes_in(words: str, *registered: str) -> list[str]:
    return ["-".join([hit.code, *hit.modifiers, *filter(None, [hit.last])]) for hit in found(words, registered=registered).codes]


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ("Report CPT 78815 for it", ["78815"]),
        ("Report CPT code 78815.", ["78815"]),
        ("Report CPT® 78815, 78816 and 76498", ["78815", "78816", "76498"]),
        ("(CPT 78815/78816/76498)", ["78815", "78816", "76498"]),
        ("codes 78815, 78816, or 76498", ["78815", "78816", "76498"]),
        ("CPT 00100 and CPT 0042T and CPT 0001U", ["00100", "0042T", "0001U"]),
        ("HCPCS G0235 and E0601", ["G0235", "E0601"]),
        ("the HCPCS code G0235", ["G0235"]),
        ("0042T or 0001U", ["0042T", "0001U"]),
        ("CPT 78815-26", ["78815-26"]),
        ("CPT 78815-26-TC", ["78815-26-TC"]),
        ("CPT 78815-TC is reported", ["78815-TC"]),
        *((f"CPT 78811{hyphen}78816", ["78811-78816"]) for hyphen in "-\u2010\u2011\u2013\u2014"),
        ("HCPCS G0398–G0400", ["G0398-G0400"]),
        ("ICD-10-CM C71.9", ["C71.9"]),
        ("diagnosis (ICD-10 C71.9, C71.8)", ["C71.9", "C71.8"]),
        ("CPT 78815.", ["78815"]),
        ("CPT 78815; CPT 78816", ["78815", "78816"]),
        ("“CPT 78815”", ["78815"]),
        ("*CPT 78815*", ["78815"]),
    ],
)
def test_codes_are_found_with_nothing_registered(words: str, codes: list[str]) -> None:
    assert codes_in(words) == codes


@pytest.mark.parametrize(
    "words",
    ["ZIP 45402", "trial S1207", "5000U of it", "Dayton, OH 45402", "a fee of $12345", "12345 individuals", "phone 555-12345", "Grade A12", "level B12 is low",
     "T2N0", "stage T1a", "HER2", "since 2005", "H1N1", "45402-1234", "1278815", "78815.5", "x78815", "78815x", "F-18", "I-131",
     "the CPT of 2025", "CD20"],
)  # fmt: skip
def test_other_numbers_are_no_codes(words: str) -> None:
    assert codes_in(words) == []


def test_a_registered_number_is_a_code_without_a_word_before_it() -> None:
    assert codes_in("78815 is reported", "78815") == ["78815"]
    assert codes_in("78815 is reported") == []
    assert found("78815 is reported").codes[0].registered
    assert not found("CPT 99999").codes[0].registered


@pytest.mark.parametrize(
    ("words", "amounts"),
    [
        ("12 weeks", [("12", "", "wk")]),
        ("6–8 weeks", [("6", "8", "wk")]),
        ("6-8 weeks", [("6", "8", "wk")]),
        ("6 to 8 weeks", [("6", "8", "wk")]),
        ("6\u201110 weeks", [("6", "10", "wk")]),
        ("a 12-week interval", [("12", "", "wk")]),
        ("a 12\u2011week interval", [("12", "", "wk")]),
        ("≥ 8 mm", [("8", "", "mm")]),
        ("≥8mm", [("8", "", "mm")]),
        ("1.5 cm", [("1.5", "", "cm")]),
        ("12\u00a0weeks", [("12", "", "wk")]),
        ("1,500 mg", [("1500", "", "mg")]),
        ("50%", [("50", "", "%")]),
        ("50 percent", [("50", "", "%")]),
        ("twelve weeks", [("12", "", "wk")]),
        ("Two years", [("2", "", "a")]),
        ("35 kg/m²", [("35", "", "kg/m2")]),
        ("15 events per hour", [("15", "", "{event}/h")]),
        ("60 Gy in 30 days", [("60", "", "Gy"), ("30", "", "d")]),
        ("two cycles", [("2", "", "{cycle}")]),
        ("6 continuous weeks", [("6", "", "wk")]),
        ("two consecutive months", [("2", "", "mo")]),
        ("60 cmH2O", [("60", "", "cm[H2O]")]),
        ("60 cm H2O", [("60", "", "cm[H2O]")]),
        ("a peak flow of 270 L/min", [("270", "", "L/min")]),
        ("10 kHz or 40 Hz", [("10", "", "kHz"), ("40", "", "Hz")]),
        ("120 to 149 ms", [("120", "149", "ms")]),
        ("5 mg/d, another unit than mg", []),
        ("told three times", []),
        ("one of two plans", []),
        ("CPT 78815", []),
        ("section 10.2 may", []),
        ("stage 3 disease", []),
    ],
)
def test_quantities(words: str, amounts: list[tuple[str, str, str]]) -> None:
    assert [(hit.value, hit.max, hit.unit) for hit in found(words).quantities] == amounts


@pytest.mark.parametrize("unit", sorted(UNITS))
def test_every_unit_is_found(unit: str) -> None:
    assert [hit.unit for hit in found(f"About 7 {unit}, no more").quantities] == [UNITS[unit]]


@pytest.mark.parametrize(("mark", "word"), [(mark, word) for mark, words in MARKS.items() for word in words])
def test_every_mark_is_found(mark: str, word: str) -> None:
    assert [(hit.mark, hit.words) for hit in found(f"x {word}, x").marks] == [(mark, word)]
    assert [hit.mark for hit in found(f"{word.capitalize()} x").marks] == [mark]
    assert found(f"x{word}x").marks == ()


def test_marks_in_a_sentence() -> None:
    assert [hit.mark for hit in found("At least one of the two; NOT both, other than MRI AND/OR CT").marks] == [
        "at_least", "any", ";", "not", "all", "except", "and", "or",
    ]  # fmt: skip


def test_marks_and_units_over_white_space_of_any_kind() -> None:
    assert [hit.mark for hit in found("At\u00a0least it, other\u00a0than that").marks] == ["at_least", "except"]
    assert [hit.unit for hit in found("15 events\u00a0per\u00a0hour", "140 mm\u00a0Hg").quantities] == ["{event}/h", "mm[Hg]"]


def test_capitals() -> None:
    assert [hit.words for hit in found("PET-MRI and PET/CT of the CNS, FDG").capitals] == ["PET-MRI", "PET/CT", "CNS", "FDG"]
    assert [hit.words for hit in found("HER2 or T2N0 status").capitals] == ["HER2", "T2N0"]


def test_hits_know_their_place_in_the_file() -> None:
    wording = found('He said "so": ≥ 12 weeks', "then CPT 78815–78816; not now")
    for hit in (*wording.codes, *wording.quantities, *wording.marks, *wording.capitals):
        assert hit.span.raw == hit.words
        assert hit.passage.text.value[hit.start : hit.end] == hit.words


def test_nothing_is_found_across_two_texts() -> None:
    assert found("Report CPT", "78999 is a number").codes == ()
    assert found("at", "least").marks == ()
    assert found("about 12", "weeks").quantities == ()
    assert [hit.words for hit in found("not before 10", "to 12 weeks").quantities] == ["12 weeks"]


def test_a_quantity_over_the_lines_of_one_text() -> None:
    source = Source("x.yaml", "id: a\ntitle: Q\nnotes:\n  - |\n    Not within 12\n    weeks of it\n")
    root, _ = parse(source)
    assert root is not None
    section = read_section(source, root, Faults())
    assert section is not None
    (hit,) = scan(section, {}).quantities
    assert (hit.value, hit.unit, hit.span.raw) == ("12", "wk", "12\n    weeks")


def test_find_gives_every_place() -> None:
    wording = found("one two one", "one")
    assert [(hit.passage.text.value, hit.start) for hit in wording.find("one")] == [("one two one", 0), ("one two one", 8), ("one", 0)]
    assert list(wording.find("three")) == []


_PIECES = ["CPT ", "78815", "G0235", "-26", "–78816", "12 weeks", " ", "≥", "/", ",", "and", "NOT", ";", "C71.9", '"', "\\", "6–8 mm", "x", "."]


@given(st.lists(st.lists(st.sampled_from(_PIECES), min_size=1, max_size=10).map("".join).filter(str.strip), min_size=1, max_size=3))
@settings(max_examples=200, deadline=None)
def test_any_text_is_scanned_into_places_that_hold_the_words(notes: list[str]) -> None:
    wording = found(*notes)
    for hit in (*wording.codes, *wording.quantities, *wording.marks, *wording.capitals):
        assert hit.passage.text.value[hit.start : hit.end] == hit.words
    in_order = [(hit.passage.text.start, hit.start) for hit in wording.codes]
    assert in_order == sorted(in_order)


_PIECES = [
    "all", "At least", "one of", "twoweeks", "Twelve-month", "twenty-four hours", "no", "note", "isn't", "OR", "and/or",
    "78815", "78811-78816", "A9552", "C71.9", "0042T", "12", "1.5", "1,234 mg", "00012.1.2", "3.78815", "12weeks", "5–7",
    "mL", "MBq-15 mg", "mpMRI", "PET/CT", "PET-CT", "ABCd", "a_B", "K", "İ", "ſ", "٣ weeks", ";", ",", ".", "(", ")", "-",
    "–", "'", "\n", "\u00a0", " ", " ", " ", "weeks", "%", "of", "kg/m²", "events per hour", "é",
]  # fmt: skip


@settings(max_examples=600, deadline=None)
@given(st.lists(st.sampled_from(_PIECES) | st.text(max_size=3), max_size=14))
def test_looking_only_where_a_hit_may_begin_finds_all(pieces: list[str]) -> None:
    text = "".join(pieces)
    found = [(match.lastgroup, match.span()) for match in wording._matches(text)]
    assert found == [(match.lastgroup, match.span()) for match in wording._MASTER.finditer(text)]


@given(st.text(st.sampled_from("()., :ceghinorsvwxy"), max_size=9) | st.sampled_from(sorted(MARKS)))
def test_nothing_begins_in_a_plain_word(word: str) -> None:
    if wording._is_plain(word):
        assert wording._BEGINNING.search(word) is None
