"""Amounts in words against their parameters, and the register of parameters itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from policypress.finding import Finding
from tests.examples import findings_of

HEAD = "id: radiation\ntitle: Imaging after radiation\neffect: covered\ncriteria:\n"
PARAMETERS = """\
# file: registers/parameters.yaml
- {id: radiation-delay, value: 12, unit: wk, words: "12 weeks"}
- {id: interval, value: 6, max: 8, unit: wk, words: "6–8 weeks"}
- {id: limit, value: 2, unit: a, words: "2 years"}
- {id: bmi-limit, value: 35, unit: kg/m2, words: "35 kg/m²"}
- {id: yearly, value: 1, unit: a, words: "every year"}
- {id: treatments, value: 3, unit: "{treatment}", words: "3 sessions"}
# file: example/sections/section.yaml
"""


def found(block: str, folder: Path, rule: str) -> list[Finding]:
    return [finding for finding in findings_of(block, folder) if finding.rule.id == rule]


def mended(findings: list[Finding]) -> str:
    """Apply the edits of findings to their file, last first."""
    edits = sorted((edit for finding in findings for edit in finding.edits), key=lambda edit: -edit.span.start)
    text = edits[0].span.source.text
    for edit in edits:
        text = text[: edit.span.start] + edit.new + text[edit.span.end :]
    return text


@pytest.mark.parametrize(
    ("text", "uses"),
    [
        ("The radiation ended 84 days ago", "radiation-delay"),
        ("The radiation ended twelve weeks ago", "radiation-delay"),
        ("A 12‑week delay has been kept", "radiation-delay"),
        ("The course took 6-8 weeks", "interval"),
        ("The course took between 6 and 8 weeks", "interval"),
        ("The course took six to eight weeks", "interval"),
        ("The follow-up took 24 months", "limit"),
        ("The BMI is 35 or more", "bmi-limit"),
        ("Imaging is repeated every year", "yearly"),
        ("The individual had 3 cycles", "treatments"),
        ("The follow-up took 2 years after 12 weeks of delay", "limit, radiation-delay"),
    ],
)
def test_words_that_name_their_parameter(text: str, uses: str, tmp_path: Path) -> None:
    block = PARAMETERS + HEAD + f"  text: {text}\n  uses: [{uses}]\n"
    assert not [finding for finding in findings_of(block, tmp_path) if finding.rule.id[0] == "P"]


@pytest.mark.parametrize(
    ("text", "uses", "words"),
    [
        ("The radiation ended 10 weeks ago", "radiation-delay", "10 weeks"),
        ("The radiation ended 12 days ago", "radiation-delay", "12 days"),
        ("The radiation ended 3 months ago", "radiation-delay", "3 months"),
        ("The course took 6–9 weeks", "interval", "6–9 weeks"),
        ("The course took 6 weeks", "interval", "6 weeks"),
        ("The BMI is 36 kg/m²", "bmi-limit", "36 kg/m²"),
    ],
)
def test_words_at_odds(text: str, uses: str, words: str, tmp_path: Path) -> None:
    (finding,) = found(PARAMETERS + HEAD + f"  text: {text}\n  uses: [{uses}]\n", tmp_path, "P101")
    assert finding.span.raw == words
    assert words in finding.message
    assert uses in finding.message
    assert "P101" not in {each.rule.id for each in _again(mended([finding]), tmp_path)}


def _again(section: str, folder: Path) -> tuple[Finding, ...]:
    return findings_of(PARAMETERS + section, folder)


def test_an_adjective_stays_one(tmp_path: Path) -> None:
    block = HEAD + "  text: A 10-week delay has been kept\n  uses: [radiation-delay]\n"
    (finding,) = found(block, tmp_path, "P101")
    assert [edit.new for edit in finding.edits] == ["12-week"]


def test_a_parameter_that_the_words_do_not_name(tmp_path: Path) -> None:
    (finding,) = found(HEAD + "  text: The radiation ended a while ago\n  uses: [radiation-delay]\n", tmp_path, "P101")
    assert finding.span.raw == "radiation-delay"
    assert "12 weeks" in finding.message
    assert finding.related[0].span.path.endswith("parameters.yaml")


def test_compare_need_not_be_named(tmp_path: Path) -> None:
    compare = '  compare: {fact: since-radiation, op: ">=", parameter: radiation-delay}\n'
    assert not found(HEAD + "  text: The radiation ended long enough ago\n" + compare, tmp_path, "P101")
    (finding,) = found(HEAD + "  text: The radiation ended 10 weeks ago\n" + compare, tmp_path, "P101")
    assert finding.span.raw == "10 weeks"


def test_compare_with_a_value(tmp_path: Path) -> None:
    text = "  text: The radiation ended 10 weeks ago\n"
    compare = '  compare: {fact: since-radiation, op: ">=", value: 70, unit: d}\n'
    assert not [finding for finding in findings_of(HEAD + text + compare, tmp_path) if finding.rule.id[0] == "P"]
    (finding,) = found(HEAD + text + compare.replace("70", "71"), tmp_path, "P101")
    assert finding.message == "The words say “10 weeks”, compare says 71 d"
    assert finding.edits == ()


def test_place_inside_a_block_text(tmp_path: Path) -> None:
    block = HEAD + "  text: |\n    The radiation is over,\n    and it ended 10 weeks ago\n  uses: [radiation-delay]\n"
    (finding,) = found(block, tmp_path, "P101")
    assert (finding.span.begin.line, finding.span.begin.column) == (7, 18)
    assert finding.span.raw == "10 weeks"


def test_place_inside_an_escaped_text(tmp_path: Path) -> None:
    block = HEAD + '  text: "A \\"dose\\" ended 10\\u2011week\\x20blocks"\n  uses: [radiation-delay]\n'
    (finding,) = found(block, tmp_path, "P101")
    assert finding.span.raw == "10\\u2011week"


def test_an_untied_amount_is_tied(tmp_path: Path) -> None:
    block = HEAD + "  text: The radiation ended 84 days ago\n"
    (finding,) = found(block, tmp_path, "P102")
    assert finding.span.raw == "84 days"
    assert "radiation-delay" in finding.help
    assert mended([finding]) == block + "  uses: [radiation-delay]\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "  all:\n    - Radiation ended 12 weeks ago\n    - A scan was done\n",
            "  all:\n    - text: Radiation ended 12 weeks ago\n      uses: [radiation-delay]\n    - A scan was done\n",
        ),
        (
            "  all:\n    - {text: 'Ended 12 weeks ago', fact: since}\n    - A scan was done\n",
            "  all:\n    - {text: 'Ended 12 weeks ago', uses: [radiation-delay], fact: since}\n    - A scan was done\n",
        ),
        (
            "  text: Ended 12 weeks ago, after 6–8 weeks\n  uses: [interval]\n",
            "  text: Ended 12 weeks ago, after 6–8 weeks\n  uses: [interval, radiation-delay]\n",
        ),
    ],
)
def test_uses_is_written_in_every_form(before: str, after: str, tmp_path: Path) -> None:
    findings = found(HEAD + before, tmp_path, "P102")
    assert mended(findings) == HEAD + after
    assert not found(HEAD + after, tmp_path, "P102")


def test_two_amounts_of_one_text_are_tied_one_after_the_other(tmp_path: Path) -> None:
    block = HEAD + "  text: Ended 12 weeks ago, after 6–8 weeks\n"
    findings = found(block, tmp_path, "P102")
    assert [finding.span.raw for finding in findings] == ["12 weeks", "6–8 weeks"]
    once = mended(findings)
    twice = mended(found(once, tmp_path, "P102"))
    assert twice == block + "  uses: [radiation-delay, interval]\n"
    assert not found(twice, tmp_path, "P102")


@pytest.mark.parametrize(
    "text",
    ["A 6-minute walk test was done", "A 24-hour urine collection is planned", "Grade 3 events occurred", "He has 2 CTs"],
)
def test_what_only_looks_like_an_amount(text: str, tmp_path: Path) -> None:
    assert not found(HEAD + f"  text: {text}\n", tmp_path, "P102")


def test_notes_titles_and_queries_need_no_parameter(tmp_path: Path) -> None:
    block = HEAD.replace("Imaging after radiation", "Imaging after 9 weeks") + (
        "  text: The radiation is over\n  query: Are 9 weeks meant?\nnotes:\n  - It often takes 9 weeks.\n"
    )
    assert not found(block, tmp_path, "P102")


def test_units_of_a_coding_rule(tmp_path: Path) -> None:
    block = (
        'id: units\ntitle: Units\ncoding_rules:\n  - rule: units_per_encounter\n    codes: ["78813"]\n'
        "    units: 2\n    text: Report at most 2 units of CPT 78813.\n"
    )
    assert not found(block, tmp_path, "P102")
    (finding,) = found(block.replace("at most 2", "at most 3"), tmp_path, "P101")
    assert finding.span.raw == "3 units"


def test_an_unknown_parameter_is_another_rules_finding(tmp_path: Path) -> None:
    findings = findings_of(HEAD + "  text: The radiation ended 10 weeks ago\n  uses: [unheard-of]\n", tmp_path)
    assert not [finding for finding in findings if finding.rule.id[0] == "P"]


@pytest.mark.parametrize(
    ("entry", "wrong"),
    [
        ('{id: a, value: 12, unit: wk, words: "12 weeks"}', False),
        ('{id: a, value: 12, unit: wk, words: "twelve weeks"}', False),
        ('{id: a, value: 84, unit: d, words: "12 weeks"}', False),
        ('{id: a, value: 6, max: 8, unit: wk, words: "between 6 and 8 weeks"}', False),
        ('{id: a, value: 18, unit: a, words: "adult"}', False),
        ('{id: a, value: 35, unit: kg/m2, words: "a BMI of 35"}', False),
        ('{id: a, value: 4, unit: "{treatment}", words: "4 sessions"}', False),
        ('{id: a, value: 12, unit: wk, words: "10 weeks"}', True),
        ('{id: a, value: 12, unit: wk, words: "12 days"}', True),
        ('{id: a, value: 6, max: 8, unit: wk, words: "6–9 weeks"}', True),
        ('{id: a, value: 6, max: 8, unit: wk, words: "6–8 days"}', True),
        ('{id: a, value: 6, unit: wk, words: "6–8 weeks"}', True),
        ('{id: a, value: 35, unit: kg/m2, words: "a BMI of 40"}', True),
    ],
)
def test_words_of_a_parameter(entry: str, wrong: bool, tmp_path: Path) -> None:
    assert bool(found(f"# file: registers/parameters.yaml\n- {entry}\n", tmp_path, "P103")) is wrong


def test_places_in_a_register(tmp_path: Path) -> None:
    block = (
        "# file: registers/parameters.yaml\n- id: a\n  value: 3\n  unit: wk\n  words: 3 weeks\n"
        "- id: b\n  max: 3\n  value: 3\n  unit: year\n  words: 3–3 years\n"
    )
    (order,) = found(block, tmp_path, "P104")
    assert (order.span.raw, order.span.begin.line) == ("3", 6)
    (unit,) = found(block, tmp_path, "P105")
    assert (unit.span.raw, unit.span.begin.line) == ("year", 8)
    assert [edit.new for edit in unit.edits] == ["a"]


def test_units_of_facts_and_comparisons(tmp_path: Path) -> None:
    block = (
        "# file: registers/facts.yaml\n- {id: since-radiation, question: When, type: quantity, unit: weeks}\n"
        "# file: example/sections/section.yaml\n" + HEAD + "  text: The radiation ended 10 weeks ago\n"
        '  compare: {fact: since-radiation, op: ">=", value: 10, unit: weeks}\n'
    )
    assert [(finding.span.path.rsplit("/", 1)[1], finding.span.raw) for finding in found(block, tmp_path, "P105")] == [
        ("section.yaml", "weeks"),
        ("facts.yaml", "weeks"),
    ]


def test_a_number_whose_unit_the_words_spell_otherwise(tmp_path: Path) -> None:
    block = PARAMETERS + HEAD + "  text: The individual had four treatments\n  uses: [treatments]\n"
    (finding,) = found(block, tmp_path, "P101")
    assert (finding.span.raw, finding.message) == ("four", "treatments is “3 sessions”, and the words say “four”")
    several = block.replace("four treatments", "four treatments on five days")
    (finding,) = found(several, tmp_path, "P101")
    assert finding.span.raw == "four"  # five days is an amount of its own
    (finding,) = found(block.replace("four treatments", "four of six treatments"), tmp_path, "P101")
    assert finding.span.raw == "treatments"  # either could be meant


def test_an_amount_without_a_parameter_is_noted_where_others_have_one(tmp_path: Path) -> None:
    block = HEAD + "  text: The radiation ended at least 11 weeks ago\n"
    (finding,) = found(block, tmp_path, "P108")
    assert (finding.span.raw, finding.rule.severity) == ("11 weeks", "info")
    assert not found(block, tmp_path, "P102")
    without = "# file: registers/parameters.yaml\n[]\n# file: example/sections/section.yaml\n" + block
    assert not found(without, tmp_path / "other", "P108")


def test_a_conversion_in_brackets_is_no_amount_of_its_own(tmp_path: Path) -> None:
    block = HEAD + "  text: The radiation ended at least 12 weeks (3 months) ago\n  uses: [radiation-delay]\n"
    assert not found(block, tmp_path, "P102") and not found(block, tmp_path, "P108")


def test_a_comparison_with_an_amount_that_the_words_do_not_name(tmp_path: Path) -> None:
    """The words hold the amount of `uses`, and the comparison is with another."""
    block = (
        'id: pet\ntitle: PET\neffect: covered\ncriteria:\n  text: Radiation was at least 12 weeks ago\n'
        '  uses: [radiation-delay]\n  compare: {fact: since-radiation, op: ">=", parameter: interval}\n'
    )
    (finding,) = [one for one in findings_of(block, tmp_path) if one.rule.id == "P101"]
    assert (finding.span.raw, finding.edits) == ("12 weeks", ())
    assert finding.message == "The words say “12 weeks”, the parameter interval is “6–8 weeks” (6–8 wk)"
    right = block.replace("parameter: interval", "parameter: radiation-delay")
    assert not [one for one in findings_of(right, tmp_path / "right") if one.rule.id == "P101"]


@pytest.mark.parametrize(("words", "found"), [("two units", False), ("2 units", False), ("three units", True)])
def test_units_in_words(words: str, found: bool, tmp_path: Path) -> None:
    block = (
        "id: pet\ntitle: PET\neffect: covered\ncodes: [78815]\ncriteria:\n  text: A biopsy has failed\ncoding_rules:\n"
        f"  - rule: units_per_encounter\n    codes: [78815]\n    units: 2\n    text: At most {words} of CPT 78815 are reported.\n"
    )
    said = [one.message for one in findings_of(block, tmp_path)]
    assert said == (["The words say “three units”, units says 2"] if found else [])
