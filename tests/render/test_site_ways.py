"""The ways to a ruling from the side, as lists that need no script and as filters whose state is in the address."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from policypress.library import read_library
from policypress.logic import holds
from policypress.outline import GuidelineOutline, outline
from policypress.render.site import site
from policypress.render.site_build import build_site
from policypress.render.site_ways import DISEASE, PHASE, ways
from policypress.usage import class_codes
from tests.render.chromium import quiet_page
from tests.render.published import ROOT, TEMPLATES, Element, laid_library, page
from tests.render.test_site import plain, write

FILTERED = """() => Array.from(document.querySelectorAll('#p_list > li'))
  .filter(one => one.getClientRects().length > 0).map(one => one.querySelector('a').getAttribute('href'))"""


@pytest.fixture(scope="module")
def laid() -> list[GuidelineOutline]:
    return [outline(one) for one in read_library(ROOT / "source").library.guidelines]


@pytest.fixture(scope="module")
def built(laid: list[GuidelineOutline], tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("ways") / "site"
    build_site(laid, out, TEMPLATES)
    return out


def links(element: Element) -> list[str]:
    return [link.attributes["href"] for link in element.all("a")]


def address(guideline: str, section: str, key: str) -> str:
    return f"{guideline}/{section}.html" + (f"#{key}" if key != section else "")


def groups(read: Element) -> dict[str, list[str]]:
    return {one.all("h2")[0].text: links(one.all("ul")[0]) for one in read.all("section") if one.all("h2")}


def test_every_ruling_and_coding_rule_stands_in_the_list(laid: list[GuidelineOutline], built: Path) -> None:
    wanted = [
        address(one.guideline.id, section.id, key)
        for one in laid
        for section in one.sections
        for key in [
            *(ruling.ruling.id for ruling in section.rulings),
            *(rule.rule.id for rule in section.coding_rules),
        ]
    ]
    assert len(wanted) > 50
    listed = next(one for one in page(built / "browse.html").all("ul", "ways-list"))
    assert [links(entry)[0] for entry in listed.all("li")] == wanted


def test_each_modality_lists_what_is_about_it(laid: list[GuidelineOutline], built: Path) -> None:
    found = groups(page(built / "modalities.html"))
    wanted: dict[str, list[str]] = {}
    for one in laid:
        codes = one.guideline.registers.codes
        for section in one.sections:
            for ruling in section.rulings:
                named = {service.value for service in ruling.ruling.services}
                named |= {codes[use.code].modality for use in ruling.ruling.codes if use.code in codes} - {""}
                for modality in named or {"Every service"}:
                    wanted.setdefault(modality, []).append(address(one.guideline.id, section.id, ruling.ruling.id))
    assert len(wanted) > 4
    for modality, places in wanted.items():
        assert set(places) <= set(found[modality])
    assert list(found)[-1] == "Every service"


def test_each_phase_lists_the_criteria_that_speak_of_it(laid: list[GuidelineOutline], built: Path) -> None:
    found = groups(page(built / "phases.html"))
    assert "The study is for surveillance" in found
    seen = 0
    for one in laid:
        for section in one.sections:
            for item in section.items():
                if item.criterion and item.criterion.fact.startswith(PHASE):
                    home = address(one.guideline.id, section.id, "")
                    assert any(to.startswith(home) for places in found.values() for to in places)
                    seen += 1
    assert seen > 15
    targets = {to.partition("#")[2] for places in found.values() for to in places}
    spoken = {way.phases[fact] for one in laid for way in ways(one) for fact in way.phases}
    assert targets == spoken


def test_everything_with_a_name_stands_in_the_alphabet(laid: list[GuidelineOutline], built: Path) -> None:
    read = page(built / "a-z.html")
    names = {link.text for section in read.all("section") for link in section.all("a")}
    for one in laid:
        assert {section.title for section in one.sections} <= names
        for term in one.guideline.registers.terms.values():
            assert {term.term.value, *([term.expansion.value] if term.expansion else [])} <= names
        assert {code.label.value for code in one.guideline.registers.codes.values()} <= names
    letters = [section.all("h2")[0].text for section in read.all("section") if section.all("h2")]
    assert letters == ["0–9", *sorted(letters[1:])]


def test_a_code_page_shows_what_holds_for_the_code(laid: list[GuidelineOutline], built: Path) -> None:
    seen = [0, 0]
    for one in laid:
        registered = one.guideline.registers.codes
        for code in registered:
            there = set(links(page(built / "codes" / f"{code}.html").all("main")[0]))
            for section in one.sections:
                for ruling in (outlined.ruling for outlined in section.rulings):
                    to = "../" + address(one.guideline.id, section.id, ruling.id)
                    if ruling.complete and holds(one.guideline, ruling, code):
                        assert to in there, (code, to)
                        seen[0] += 1
                for rule in (outlined.rule for outlined in section.coding_rules):
                    for part in (rule.class_, rule.with_, rule.instead_of, rule.for_):
                        if part and not isinstance(part, tuple) and code in class_codes(part, registered):
                            assert "../" + address(one.guideline.id, section.id, rule.id) in there
                            seen[1] += 1
    assert seen[0] > 100
    assert seen[1] > 20
    words = page(built / "codes" / "77012.html").all("main")[0].text
    assert "for every guidance code" in words
    assert "Coding rule R6 not for: CPT 77012" in words


def test_terms_are_told_where_they_stand(laid: list[GuidelineOutline], built: Path) -> None:
    for one in laid:
        terms = {
            spelled.value: term.expansion.value
            for term in one.guideline.registers.terms.values()
            if term.expansion
            for spelled in (term.term, *term.variants)
        }
        for section in one.sections:
            article = page(built / one.guideline.id / f"{section.id}.html").all("article")[0]
            used = list(dict.fromkeys(abbr.text for abbr in article.all("abbr")))
            tables = article.all("section", "terms-here")
            rows = [row for row in (tables[0].all("tr") if tables else []) if row.all("dfn")]
            assert [row.all("dfn")[0].text for row in rows] == used
            for row in rows:
                assert row.all("td")[0].text.startswith(terms[row.all("dfn")[0].text])
            leads = article.all("a", "term")
            anchors = {row.attributes["id"]: row.all("dfn")[0].text for row in rows}
            assert {anchors[link.attributes["href"][1:]] for link in leads} == {link.text for link in leads}
            assert len(leads) == len({link.text for link in leads})


@pytest.mark.parametrize(
    ("state", "wanted"),
    [
        ("", bool),
        ("modality=PET%2FCT", lambda way: not way.modalities or "PET/CT" in way.modalities),
        ("phase=purpose.surveillance", lambda way: "purpose.surveillance" in way.phases),
        ("disease=dx.nsclc&kind=covered", lambda way: "dx.nsclc" in way.diseases and way.kind == "covered"),
        ("kind=coding_rule&modality=MRI", lambda way: way.kind == "coding_rule" and (not way.modalities or "MRI" in way.modalities)),
        ("modality=Seance&kind=neither", bool),
    ],
)  # fmt: skip
def test_the_address_holds_the_filter(
    browser: Browser, laid: list[GuidelineOutline], built: Path, state: str, wanted: object
) -> None:
    assert callable(wanted)
    chosen = [address(way.guideline, way.section.id, way.id) for one in laid for way in ways(one) if wanted(way)]
    with quiet_page(browser) as tab:
        tab.goto(f"{(built / 'browse.html').as_uri()}#{state}")
        assert tab.evaluate(FILTERED) == chosen
        total = sum(len(ways(one)) for one in laid)
        told = f"All {total} shown." if len(chosen) == total else f"{len(chosen)} of {total} shown."
        assert tab.text_content("#p_counted") == told


def test_a_choice_goes_into_the_address_and_back(browser: Browser, built: Path) -> None:
    with quiet_page(browser) as tab:
        tab.goto((built / "browse.html").as_uri())
        tab.get_by_label("Phase of care").select_option("purpose.surveillance")
        tab.get_by_label("Modality").select_option("PET/CT")
        assert tab.evaluate("location.hash") == "#modality=PET%2FCT&phase=purpose.surveillance"
        found = tab.evaluate(FILTERED)
        assert 0 < len(found) < 10
        tab.reload()
        assert tab.evaluate(FILTERED) == found
        assert tab.get_by_label("Modality").input_value() == "PET/CT"
        tab.get_by_role("button", name="Show all").click()
        assert tab.evaluate("location.hash") == ""
        assert len(tab.evaluate(FILTERED)) > 50
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto((built / "browse.html").as_uri())
    assert tab.locator("#p_list > li").count() > 50
    assert not tab.locator("form.filter").is_visible()
    context.close()


def test_modalities_that_are_spelled_alike_keep_apart(tmp_path: Path) -> None:
    two = "id: one\ntitle: Alike\nrulings:\n" + "".join(
        f"  - id: one.r{place}\n    effect: covered\n    services: [{service}]\n    criteria: It is met\n"
        for place, service in enumerate(("'PET/CT'", "PET-CT", "'PET CT'"))
    )
    source = write(tmp_path / "source", "small", {"one": two, "two": plain("two")})
    laid = [outline(one) for one in read_library(source).library.guidelines]
    build_site(laid, tmp_path / "site", TEMPLATES)
    found = groups(page(tmp_path / "site" / "modalities.html"))
    assert list(found) == ["PET CT", "PET-CT", "PET/CT", "Every service"]


def test_a_library_without_diseases_and_phases_says_so(tmp_path: Path) -> None:
    pages = site(laid_library(write(tmp_path, "small", {"one": plain("one")})), TEMPLATES).pages
    assert "No criterion names a phase of care." in pages["phases.html"].body
    assert "By phase of care" not in pages["index.html"].body
    assert DISEASE not in pages["browse.html"].body
