"""Faults seeded into outputs, each of which must be named: which guideline, output, section and id."""

from __future__ import annotations

import copy
import functools
import json
import re
import shutil
from pathlib import Path

import pytest

from policypress.library import read_library
from policypress.model import Guideline
from policypress.outline import GuidelineOutline, outline
from policypress.render.export import export
from policypress.render.site_build import build_site
from policypress.verify.flow import Difference
from policypress.verify.laid import ordered
from policypress.verify.read_html import SiteReader
from policypress.verify.read_json import json_differences
from tests.verify import json_faults, page_faults
from tests.verify.naming import family, ids

ROOT = Path(__file__).parents[1]
TEMPLATES = ROOT / "templates"
NAME = "sleep-and-anesthesia"


@functools.cache
def library() -> dict[str, Guideline]:
    return {one.id: one for one in read_library(ROOT / "tests" / "library").library.guidelines}


@functools.cache
def laid() -> GuidelineOutline:
    return outline(library()[NAME])


@functools.cache
def exported() -> bytes:
    return export(laid(), False)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("verify") / "site"
    build_site([outline(one) for one in library().values()], folder, TEMPLATES)
    return folder


@pytest.fixture(params=[6, pytest.param(10_000, marks=pytest.mark.thorough)], ids=["some", "all"])
def most(request: pytest.FixtureRequest) -> int:
    """At how many places each fault is seeded."""
    return int(request.param)


def named(found: list[Difference], output: str, section: str, accepted: set[str]) -> bool:
    return any(
        one.guideline == NAME and one.output == output and one.section == section and one.id in accepted
        for one in found
    )


def test_untouched_outputs_are_proved(site: Path) -> None:
    assert not list(json_differences(library()[NAME], exported()))
    assert not list(SiteReader(library()[NAME], library(), site).differences())


def test_every_fault_in_the_json_is_named(most: int) -> None:
    seeded: dict[str, int] = {}
    whole = json.loads(exported())
    for at, section in enumerate(whole["sections"]):
        near = family(library()[NAME], section["id"])
        for place, (thing, _) in enumerate(json_faults.things(section)):
            for name, fault in json_faults.FAULTS.items():
                if seeded.get(name, 0) >= most:
                    continue
                damaged = copy.deepcopy(section)
                victim, holder = list(json_faults.things(damaged))[place]
                if not fault(victim, holder):
                    continue
                changed = {**whole, "sections": [*whole["sections"]]}
                changed["sections"][at] = json_faults.sealed(damaged)
                found = list(json_differences(library()[NAME], json.dumps(changed).encode()))
                assert named(found, "JSON", section["id"], near[thing["id"]]), f"{name} at {thing['id']}: {found}"
                seeded[name] = seeded.get(name, 0) + 1
    assert set(seeded) == set(json_faults.FAULTS)
    assert sum(seeded.values()) > 150


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda whole: whole["sections"].pop(2), "the section stands there 0 times"),
        (lambda whole: whole["sections"].reverse(), "the sections stand in the order"),
        (lambda whole: whole["guideline"].update(version="1.9.9"), "version says “1.9.9”"),
        (lambda whole: whole["guideline"].update(effective="2025-01-01"), "effective says"),
        (lambda whole: whole["guideline"].update(status="draft"), "status says “draft”"),
        (lambda whole: whole["parameters"]["bmi-limit"].update(value=30), "value says “30”"),
        (lambda whole: whole["parameters"].pop("bmi-limit"), "bmi-limit: it is missing from the parameters"),
        (lambda whole: whole["codes"]["95810"].update(label="other"), "95810: label says “other”"),
        (lambda whole: whole["codes"].pop("95811"), "95811: it is missing from the codes"),
        (lambda whole: whole["facts"]["bmi"].update(question="?"), "bmi: question says"),
        (lambda whole: whole["sections"][0].update(queries=[{"id": "general", "text": "?"}]), "queries says"),
        (lambda whole: whole["sections"][1].update(sha256="0" * 64), "its sha256 is not that of its content"),
        (lambda whole: whole["sections"].__setitem__(0, whole["sections"][1]), "the section stands there 2 times"),
    ],
)
def test_a_fault_in_the_rest_of_the_json_is_named(change: object, said: str) -> None:
    whole = json.loads(exported())
    change(whole)  # type: ignore[operator]
    assert said in "\n".join(map(str, json_differences(library()[NAME], json.dumps(whole).encode())))


@pytest.mark.parametrize("data", [b"", b"[]", b'{"a": 1, "a": 2}', b"\xff", b'{"a": NaN}', exported()[:-200]])
def test_a_file_that_is_no_export_is_refused(data: bytes) -> None:
    assert list(json_differences(library()[NAME], data))


def _page(site: Path, section: str) -> Path:
    return site / NAME / f"{section}.html"


def _section(site: Path, id: str) -> list[Difference]:
    reader = SiteReader(library()[NAME], library(), site)
    numbered = list(enumerate(ordered(library()[NAME]), 1))
    number, section = next((number, section) for number, section in numbered if section.id == id)
    return list(reader.section(section, number))


def test_every_fault_in_the_site_is_named(site: Path, most: int) -> None:
    seeded: dict[str, int] = {}
    for section in library()[NAME].sections:
        path, near = _page(site, section.id), family(library()[NAME], section.id)
        whole = path.read_text(encoding="utf-8")
        for id in ids(library()[NAME], section.id):
            for name, fault in page_faults.SITE.items():
                damaged = fault(whole, id) if seeded.get(name, 0) < most else None
                if damaged is None or damaged == whole:
                    continue
                path.write_text(damaged, encoding="utf-8")
                found = _section(site, section.id)
                assert named(found, "site", section.id, near[id]), f"{name} at {id}: {found}"
                seeded[name] = seeded.get(name, 0) + 1
        path.write_text(whole, encoding="utf-8")
    assert set(seeded) == set(page_faults.SITE)
    assert sum(seeded.values()) > 150


@pytest.mark.parametrize(
    ("pattern", "replacement", "said"),
    [
        (r"Generally not covered when(?=</h2>)", "Generally covered when", "lab-study.repeat: says"),
        (r'(<p class="about">For )<span class="service">PSG</span>', r"\1every service", "lab-study.adult: says"),
        (r"general: holds beside", "x", ""),
        (r'<span class="number">2</span>', '<span class="number">3</span>', "the title says “3 Sleep study"),
        (r"<article", "<article hidden", "is hidden by the attribute hidden"),
        (r"<main", '<main style="display:none"', "the whole section is hidden"),
        (r'<article id="lab-study"', '<article id="home-test"', "shows home-test instead of this section"),
        (r"</article>", '<div class="query"><p>Query to the author</p><p>Why?</p></div></article>', "at its end"),
        (r"</head>", "<style>.criterion { display: none }</style></head>", "the style of .criterion"),
        (r"</head>", "<style>.words::before { content: 'not ' }</style></head>", "says “not”"),
        (r"</head>", "<style>li:not(:hover) > .text { opacity: 0 }</style></head>", "the style of li:not"),
        (r"</head>", "<style>@media print { .guard { visibility: hidden } }</style></head>", "the style of .guard"),
        (r"</head>", "<style>[id='lab-study.bmi'] { font-size: 0 }</style></head>", "lab-study.bmi: “"),
        (r"</head>", "<style>.group.any > ol li + li { display: none }</style></head>", "the style of .group.any"),
        (r"<dd>2.0.0</dd>", "<dd>2.0.1</dd>", "does not say version 2.0.0"),
        (r'<header class="head">', '<header class="head"><p class="banner draft">Draft</p>', "shown as draft"),
        (r">95811</a></th>", ">95812</a></th>", "95811 is missing from its table of codes"),
        (r"(<div class=\"intro\">)<p>.*?</p>", r"\1", "A technician attends"),
        (r"Loud snoring", "Loud <!-- snoring -->", "lab-study.snoring: says"),
        (r"Loud snoring is", "Loud <del>snoring</del> is", "lab-study.snoring: “snoring” is hidden by <del>"),
        (r"Loud snoring is", "Loud <details>snoring</details> is", "a closed <details>"),
    ],
)
def test_a_fault_in_the_rest_of_a_page_is_named(site: Path, pattern: str, replacement: str, said: str) -> None:
    path = _page(site, "lab-study" if said else "general")
    whole = path.read_text(encoding="utf-8")
    damaged, count = re.subn(pattern, replacement, whole, count=1, flags=re.S)
    assert count
    try:
        path.write_text(damaged, encoding="utf-8")
        assert (said or "general.every-service") in "\n".join(map(str, _section(site, path.stem)))
    finally:
        path.write_text(whole, encoding="utf-8")


def test_another_sections_page_and_a_lost_page_are_named(site: Path) -> None:
    path = _page(site, "lab-study")
    whole = path.read_bytes()
    try:
        shutil.copyfile(_page(site, "home-test"), path)
        assert "section lab-study: oncology" not in str(found := _section(site, "lab-study"))
        assert named(found, "site", "lab-study", {"lab-study"})
        path.unlink()
        assert named(_section(site, "lab-study"), "site", "lab-study", {"lab-study"})
    finally:
        path.write_bytes(whole)
