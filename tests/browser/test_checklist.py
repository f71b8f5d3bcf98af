"""The checklist as people use it: by mouse, by keyboard, with a screen reader, on a phone, on paper."""

from __future__ import annotations

import re
from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import Browser, Page, expect

from policypress.render.site_build import build_site
from tests.browser.watching import axe
from tests.render.published import ROOT, TEMPLATES, laid_library

HOME_TEST = "sleep-and-anesthesia/home-test.html"
LAB = "sleep-and-anesthesia/lab-study.html"


def pick(tab: Page, id: str, answer: str) -> None:
    tab.locator(f'[id="{id}"] > .answer input[value={answer}]').check()


def test_answers_lead_to_a_verdict(watched: Page, address: str) -> None:
    watched.goto(address + "sleep-and-anesthesia/children.html")
    result, still = watched.locator(".verdict strong"), watched.locator(".still")
    expect(result).to_have_text("Open")
    expect(still).to_have_text(re.compile(r"^\d answers can still change it: "))
    assert watched.locator("article .state").filter(visible=True).count() == 0
    for field in watched.locator("fieldset.answer").all():
        field.locator("[value=met]").check()
    expect(result).not_to_have_text("Open")
    expect(still).to_have_text("No open answer can change it.")
    watched.get_by_role("button", name="Reset").click()
    expect(result).to_have_text("Open")
    assert watched.locator("input:checked").evaluate_all("all => all.map(one => one.value)") == ["unknown"] * 4
    expect(watched.get_by_role("button", name="Reset")).to_be_focused()


def test_each_part_shows_how_it_stands(watched: Page, small: Path) -> None:
    watched.goto((small / LAB).as_uri())

    def state(id: str) -> str:
        return watched.locator(f'[id="{id}"]').locator("> .group > .operator > .state, > .answer > .state").inner_text()

    pick(watched, "lab-study.snoring", "met")
    pick(watched, "lab-study.pauses", "met")
    assert state("lab-study.signs") == "met"
    assert state("lab-study.criteria") == "open"
    pick(watched, "lab-study.osa", "not_met")
    assert state("lab-study.airflow") == "does not apply"
    pick(watched, "lab-study.recent", "met")
    pick(watched, "lab-study.treatment-changed", "met")
    assert state("lab-study.recent") == "counts as not met"
    assert watched.locator(".parts span").all_inner_texts() == ["A: open", "B: not met", "C: open"]
    # Two of four signs are met, so the other two change nothing any more.
    assert watched.locator('[id="lab-study.bmi"] > .answer > .note').inner_text() == "can no longer change the result"
    assert watched.locator('[id="lab-study.illness"] > .answer > .note').inner_text() == ""


def test_only_a_guarded_criterion_can_be_not_applicable(watched: Page, small: Path) -> None:
    watched.goto((small / LAB).as_uri())
    with_it = watched.locator("[value=not_applicable]").evaluate_all("all => all.map(one => one.closest('li').id)")
    assert with_it == ["lab-study.airflow", "lab-study.effort", "lab-study.nap-study"]


def test_a_fact_is_asked_once(watched: Page, large: Path) -> None:
    watched.goto((large / "oncology-imaging" / "cns.html").as_uri())
    again = watched.locator("p.answer").first
    expect(again).to_contain_text("Answered at ")
    first = str(again.locator("a").get_attribute("href")).removeprefix("#")
    pick(watched, first, "met")
    expect(again).to_contain_text(": Met")


def test_the_summary_names_every_criterion_with_its_id(browser: Browser, small: Path) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    tab = context.new_page()
    tab.goto((small / HOME_TEST).as_uri())
    tab.locator("fieldset.answer [value=not_met]").first.check()
    tab.get_by_role("button", name="Copy summary").click()
    expect(tab.locator(".copied")).to_have_text("Copied")
    told = tab.evaluate("navigator.clipboard.readText()")
    one = next(one for one in laid_library() if one.guideline.id == "sleep-and-anesthesia")
    items = list(one.places["home-test"].section.items())
    for item in items:
        assert f"{'the whole' if item.role == 'root' else item.label} [{item.node.id}]" in told
        if item.criterion:
            assert item.criterion.text.value in told
    assert told.count("Unknown: ") == len([item for item in items if item.criterion]) - 1
    assert told.startswith("3 Home sleep test\n")
    assert "Version: " in told
    assert "\nResult: " in told
    context.close()


def test_without_a_clipboard_the_summary_can_be_taken_by_hand(browser: Browser, small: Path) -> None:
    context = browser.new_context()
    tab = context.new_page()
    tab.add_init_script("delete Navigator.prototype.clipboard")
    tab.goto((small / HOME_TEST).as_uri())
    tab.get_by_role("button", name="Copy summary").click()
    shown = tab.get_by_label("Summary")
    expect(shown).to_be_focused()
    assert "Result: Open" in shown.input_value()
    context.close()


def test_it_is_answered_by_keyboard_alone(watched: Page, small: Path) -> None:
    watched.goto((small / HOME_TEST).as_uri())
    first = watched.locator("fieldset.answer").first
    first.locator("[value=unknown]").focus()  # where Tab arrives: the button that is on
    watched.keyboard.press("ArrowUp")
    expect(first.locator("[value=not_met]")).to_be_checked()
    watched.keyboard.press("ArrowUp")
    expect(first.locator("[value=met]")).to_be_checked()
    watched.keyboard.press("Tab")
    assert watched.evaluate("document.activeElement.value ?? document.activeElement.tagName") != "met"
    watched.get_by_role("button", name="Reset").focus()
    watched.keyboard.press("Enter")
    expect(first.locator("[value=unknown]")).to_be_checked()


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 664), (320, 512)])
def test_the_result_covers_nothing_that_has_the_focus(width: int, height: int, watched: Page, small: Path) -> None:
    watched.emulate_media(reduced_motion="reduce")
    watched.set_viewport_size({"width": width, "height": height})
    watched.goto((small / LAB).as_uri())
    pick(watched, "lab-study.snoring", "met")
    assert watched.evaluate("document.documentElement.scrollWidth") <= width
    watched.evaluate("scrollTo(0, 0)")
    watched.locator(".skip").focus()
    seen = 0
    for _ in range(300):
        watched.keyboard.press("Tab")
        covered = watched.evaluate(
            """() => {
              const one = document.activeElement, bar = document.querySelector(".result");
              if (one === document.body) return null;
              if (bar.contains(one)) return "";
              const at = one.getBoundingClientRect(), over = bar.getBoundingClientRect();
              const apart = at.bottom <= over.top || at.top >= over.bottom || at.right <= over.left || at.left >= over.right;
              return apart && at.bottom > 0 && at.top < innerHeight ? "" : one.outerHTML;
            }"""
        )
        if covered is None:
            break
        assert covered == ""
        seen += 1
    assert seen > 40


def test_the_result_is_told_when_it_changes_and_not_before(watched: Page, small: Path) -> None:
    watched.goto((small / HOME_TEST).as_uri())
    watched.evaluate(
        """() => {
          window.said = [];
          for (const one of document.querySelectorAll("article [role=status]")) {
            new MutationObserver(() => said.push(one.textContent)).observe(one, { childList: true, characterData: true, subtree: true });
          }
        }"""
    )
    fields = watched.locator("fieldset.answer").all()
    fields[0].locator("[value=met]").check()
    fields[0].locator("[value=unknown]").check()
    assert [one for one in watched.evaluate("said") if one] == []
    for field in fields:
        field.locator("[value=met]").check()
    heard = [one for one in watched.evaluate("said") if one]
    assert heard == [f"Result: {watched.locator('.verdict strong').inner_text()}"]
    roles = watched.locator("article [aria-live], article [role=alert]").count()
    assert roles == 0  # polite, as a status is


def test_what_is_pressed_is_large_enough(watched: Page, small: Path) -> None:
    watched.set_viewport_size({"width": 390, "height": 844})
    watched.goto((small / LAB).as_uri())
    sizes = watched.locator(".answer label, .result button").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect()).map(one => [one.width, one.height])"
    )
    assert len(sizes) > 50
    assert min(side for size in sizes for side in size) >= 24


def states(tab: Page) -> list[str]:
    """Bring a checklist from its first state, in which every page is looked at, into the others, with axe-core."""
    fields = tab.locator("fieldset.answer").all()
    fields[0].locator("[value=met]").check()
    found = axe(tab)
    for field in fields:
        field.locator("[value=not_met]").check()
    for one in tab.locator("[value=not_applicable]").all():
        one.check()
    tab.evaluate("delete Navigator.prototype.clipboard")
    tab.get_by_role("button", name="Copy summary").click()
    expect(tab.get_by_label("Summary")).to_be_visible()
    return found + axe(tab)


def test_it_is_accessible_in_every_state(tab: Page, small: Path) -> None:
    tab.goto((small / HOME_TEST).as_uri())
    assert states(tab) == []


@pytest.mark.thorough
@pytest.mark.parametrize("site", ["small", "large"])
def test_every_checklist_is_accessible_in_every_state(site: str, tab: Page, request: pytest.FixtureRequest) -> None:
    folder: Path = request.getfixturevalue(site)
    seen = 0
    for path in sorted(folder.glob("*/*.html")):
        if 'id="p_checklist"' in path.read_text(encoding="utf-8"):
            tab.goto(path.as_uri())
            assert states(tab) == [], path.name
            seen += 1
    assert seen > 5


def test_paper_shows_the_criteria_and_no_answers(tab: Page, small: Path) -> None:
    tab.goto((small / HOME_TEST).as_uri())
    blank = words(tab)
    for field in tab.locator("fieldset.answer").all():
        field.locator("[value=met]").check()
    assert words(tab) == blank
    assert not re.search(r"Unknown|Copy summary|Answer what you know", blank)


def words(tab: Page) -> str:
    sheets = pypdfium2.PdfDocument(tab.pdf(format="Letter", prefer_css_page_size=True))
    return "".join(sheet.get_textpage().get_text_bounded() for sheet in sheets)


def test_a_guideline_can_do_without(small: Path, watched: Page) -> None:
    off = (small / "durable-equipment" / "rental.html").read_text(encoding="utf-8")
    assert "checklist" not in off
    assert "evaluator" not in off
    watched.goto((small / "durable-equipment" / "rental.html").as_uri())
    assert watched.locator(".answer, .result, .ask, .state").count() == 0


def test_nothing_is_kept(watched: Page, small: Path) -> None:
    watched.goto((small / HOME_TEST).as_uri())
    watched.locator("fieldset.answer [value=met]").first.check()
    assert watched.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]
    watched.reload()
    assert watched.locator("input:checked").evaluate_all("all => all.map(one => one.value)") == ["unknown"] * 4


def test_a_section_that_decides_nothing_asks_nothing(tmp_path: Path) -> None:
    source = tmp_path / "source"
    (source / "small" / "sections").mkdir(parents=True)
    (source / "small" / "guideline.yaml").write_text(
        "id: small\ntitle: Small\nversion: 1.0.0\nstatus: draft\neffective: 2026-01-01\n"
        "chapters:\n  - title: One\n    sections: [lost, words]\nrevisions: []\n",
        encoding="utf-8",
    )
    for id, rest in (("lost", "effect: covered\ncomplete: false\ncriteria: It is met\n"), ("words", "intro: Words alone\n")):
        (source / "small" / "sections" / f"{id}.yaml").write_text(f"id: {id}\ntitle: {id}\n{rest}", encoding="utf-8")
    build_site(laid_library(source), tmp_path / "site", TEMPLATES)
    for id in ("lost", "words"):
        assert "p_checklist" not in (tmp_path / "site" / "small" / f"{id}.html").read_text(encoding="utf-8")


def test_the_pages_run_the_published_evaluator(small: Path) -> None:
    published = ROOT / "templates" / "conformance" / "evaluator.js"
    assert (small / "js" / "evaluator.js").read_bytes() == published.read_bytes()
