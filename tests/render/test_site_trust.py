"""What lets a reader trust a page and take it along: dates, citations, the whole on one page, feed, offline copy."""

from __future__ import annotations

import datetime
import io
import re
import shutil
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Browser

from policypress.library import read_library
from policypress.outline import outline
from policypress.render.site import site
from policypress.render.site_build import build_site
from policypress.render.site_check import check_site
from tests.render.chromium import quiet_page
from tests.render.published import ROOT, TEMPLATES, files, laid_library, page
from tests.render.test_site import HOSTILE, plain, shown, write
from tests.render.test_site_build import mkdocs, project

ATOM = "{http://www.w3.org/2005/Atom}"
WHOLE = "sleep-and-anesthesia/whole_guideline.html"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("trusted") / "site"
    build_site(laid_library(), out, TEMPLATES)
    return out


def test_the_whole_guideline_stands_on_one_page(built: Path) -> None:
    for one in laid_library():
        whole = page(built / one.guideline.id / "whole_guideline.html")
        articles = whole.all("article")
        assert [article.attributes["id"] for article in articles] == [section.id for section in one.sections]
        for section, article in zip(one.sections, articles, strict=True):
            own = page(built / one.guideline.id / f"{section.id}.html").all("article")[0]
            assert article.text == own.text
            assert list(shown(article)) == list(shown(own))
        assert [len(whole.all(f"h{level}")) for level in (1,)] == [1]
        for revision in one.guideline.revisions:
            assert revision.summary.value in whole.text


def test_links_between_sections_stay_on_the_one_page(built: Path) -> None:
    links = [link.attributes["href"] for link in page(built / WHOLE).all("main")[0].all("a")]
    sections = {path.name for path in (built / "sleep-and-anesthesia").glob("*.html")} - {
        "index.html", "revision_history.html", "source_concordance.html",
    }  # fmt: skip
    assert not [link for link in links if link.partition("#")[0] in sections]
    assert len([link for link in links if link.startswith("#")]) > 50


def test_a_long_guideline_has_no_page_that_holds_it_all(tmp_path: Path) -> None:
    source = write(tmp_path, "many", {f"s{place}": plain(f"s{place}") for place in range(201)})
    made = site(laid_library(source), TEMPLATES)
    assert "many/whole_guideline.html" not in made.pages
    assert "whole_guideline" not in made.pages["many/index.html"].body + made.pages["many/index.html"].side


def test_the_feed_is_atom_and_knows_no_clock(built: Path) -> None:
    feed = ElementTree.fromstring((built / "feed.xml").read_bytes())
    assert feed.tag == f"{ATOM}feed"
    revisions = [(one.guideline, revision) for one in laid_library() for revision in one.guideline.revisions]
    entries = feed.findall(f"{ATOM}entry")
    assert len(entries) == len(revisions) > 1
    for element in (feed, *entries):  # what RFC 4287 demands of each, once
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"{ATOM}{name}")) == 1
        datetime.datetime.fromisoformat(element.findtext(f"{ATOM}updated", ""))
        assert element.findtext(f"{ATOM}author/{ATOM}name")
        for link in element.findall(f"{ATOM}link"):
            assert (built / link.attrib["href"]).is_file()
    ids = [one.findtext(f"{ATOM}id", "") for one in (feed, *entries)]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", one) for one in ids)
    days = [one.findtext(f"{ATOM}updated", "") for one in entries]
    assert sorted(days, reverse=True) == days
    assert feed.findtext(f"{ATOM}updated") == days[0]
    assert {(one.findtext(f"{ATOM}title"), one.findtext(f"{ATOM}summary")) for one in entries} == {
        (f"{guideline.title.value} {revision.version}", revision.summary.value) for guideline, revision in revisions
    }


def test_the_feed_takes_any_text(tmp_path: Path) -> None:
    source = write(tmp_path / "source", "small", {"one": plain("one")})
    file = source / "small" / "guideline.yaml"
    typed = HOSTILE.replace("'", "''")
    text = file.read_text(encoding="utf-8").replace(
        "revisions: []", f"revisions:\n  - version: 1.0.0\n    date: 2026-01-01\n    summary: '{typed}'"
    )
    file.write_text(text, encoding="utf-8")
    feed = ElementTree.fromstring(site(laid_library(source), TEMPLATES).files["feed.xml"])
    assert feed.findtext(f"{ATOM}entry/{ATOM}summary") == HOSTILE


def test_the_offline_copy_is_the_site_without_what_leads_out_of_it(built: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(built / "offline.zip") as archive:
        assert archive.testzip() is None
        archive.extractall(tmp_path)
    copy = tmp_path / "medical-policies"
    assert set(files(copy)) == set(files(built)) - {"offline.zip", "404.html"}
    assert check_site(copy) == []
    for name in files(built):
        if name.endswith(".html") and name != "404.html":
            assert page(built / name).all("p", "downloads")
            assert not page(copy / name).all("p", "downloads")
            assert page(copy / name).all("main")[0].all("h1") == page(built / name).all("main")[0].all("h1")


def test_the_offline_copy_is_small_and_the_same_from_every_build(tmp_path: Path) -> None:
    laid = [outline(one) for one in read_library(ROOT / "source").library.guidelines]
    for folder in ("one", "elsewhere/two"):
        build_site(laid, tmp_path / folder, TEMPLATES)
    first, second = ((tmp_path / folder / "offline.zip").read_bytes() for folder in ("one", "elsewhere/two"))
    assert first == second
    assert len(first) < 1_000_000
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert sorted(archive.namelist()) == archive.namelist()


def test_every_page_leads_to_feed_and_offline_copy_and_those_of_a_guideline_to_its_data(built: Path) -> None:
    for name in files(built):
        if not name.endswith(".html") or name == "404.html":
            continue
        read = page(built / name)
        links = {link.attributes["href"].removeprefix("../") for link in read.all("footer")[0].all("a")}
        assert links >= {"feed.xml", "offline.zip"}
        kinds = {one.attributes["type"] for one in read.all("link") if one.attributes["rel"] == "alternate"}
        of_guideline = name.startswith(("sleep-and-anesthesia/", "durable-equipment/"))
        assert kinds == {"application/atom+xml"} | ({"application/json", "application/pdf"} if of_guideline else set())


def edit_links(folder: Path) -> dict[str, str]:
    return {
        path.stem: paragraph.all("a")[0].attributes["href"]
        for path in sorted(folder.glob("sleep-and-anesthesia/*.html"))
        for paragraph in page(path).all("p", "edit")
    }


def test_a_section_leads_to_its_yaml_where_mkdocs_knows_the_repository(tmp_path: Path, built: Path) -> None:
    work = project(tmp_path / "work")
    section = work / "source" / "sleep-and-anesthesia" / "sections" / "children.yaml"
    section.write_text("# Read the old one first.\n\n" + section.read_text(encoding="utf-8"), encoding="utf-8")
    with (work / "mkdocs.yml").open("a", encoding="utf-8") as settings:
        settings.write("repo_url: https://git.example.org/plan/policies\nedit_uri: edit/main/\n")
    ran = mkdocs(work)
    assert ran.returncode == 0, ran.stderr
    links = edit_links(work / "site")
    at = "https://git.example.org/plan/policies/edit/main/source/sleep-and-anesthesia/sections"
    assert links["children"] == f"{at}/children.yaml#L3"
    assert links["general"] == f"{at}/general.yaml#L1"
    assert set(links) == {section.id for one in laid_library() for section in one.sections} & set(links)
    assert edit_links(built) == {}


def test_a_section_leads_to_its_yaml_where_the_templates_say_where(tmp_path: Path) -> None:
    templates = Path(shutil.copytree(TEMPLATES, tmp_path / "templates"))
    parts = templates / "site" / "parts.html.j2"
    at = "https://git.example.org/edit/main/source/"
    text = parts.read_text(encoding="utf-8").replace("set SOURCE = ''", f"set SOURCE = '{at}'")
    parts.write_text(text, encoding="utf-8")
    build_site(laid_library(), tmp_path / "site", templates)
    assert edit_links(tmp_path / "site")["general"] == f"{at}sleep-and-anesthesia/sections/general.yaml#L1"


@pytest.mark.parametrize(
    ("day", "late"),
    [
        ("2025-12-31", {"Effective": "not yet in force"}),
        ("2026-01-01", {}),
        ("2026-11-01", {}),
        ("2026-11-02", {"Next review": "overdue"}),
    ],
)
def test_dates_are_held_against_the_day_of_the_reader(
    browser: Browser, tmp_path: Path, day: str, late: dict[str, str]
) -> None:
    source = write(tmp_path / "source", "small", {"one": plain("one")}, extra="next_review: 2026-11-01\n")
    build_site(laid_library(source), tmp_path / "site", TEMPLATES)
    for path in ("index.html", "small/index.html", "small/one.html", "small/whole_guideline.html"):
        assert "overdue" not in (tmp_path / "site" / path).read_text(encoding="utf-8")
        with quiet_page(browser) as tab:
            tab.clock.set_fixed_time(datetime.datetime.fromisoformat(f"{day}T12:00:00"))
            tab.goto((tmp_path / "site" / path).as_uri())
            facts = tab.locator(".dated > div").all_inner_texts()
            marked = dict(fact.split("\n", 1) for fact in facts)
            said = {name: value.rpartition("2026 ")[2] for name, value in marked.items() if value[-1].isalpha()}
            said.pop("Status")
            assert said == late


def test_each_criterion_is_cited_by_a_button(browser: Browser, built: Path) -> None:
    with quiet_page(browser) as tab:
        tab.context.grant_permissions(["clipboard-read", "clipboard-write"])
        tab.goto((built / "sleep-and-anesthesia" / "lab-study.html").as_uri())
        handles = tab.locator("a.handle").all_inner_texts()
        assert tab.locator("button.copy").count() == len(handles) > 20
        tab.get_by_role("button", name="Copy the citation of lab-study.bmi", exact=True).press("Enter")
        tab.wait_for_function("() => document.querySelector('p[role=status].unseen').textContent.startsWith('Copied')")
        copied = tab.evaluate("navigator.clipboard.readText()")
        one = next(one for one in laid_library() if one.guideline.id == "sleep-and-anesthesia")
        policy, place = one.guideline, one.places["lab-study.bmi"]
        cited = f"{policy.policy_number}, version {policy.version}, section {place.section.number}, {place.label}"
        assert copied == f"{cited} (lab-study.bmi)"
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto((built / "sleep-and-anesthesia" / "lab-study.html").as_uri())
    assert tab.locator("button").count() == 0
    context.close()
