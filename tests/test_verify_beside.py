"""Faults in what lies beside the criteria: bulk files, vectors, lists of files, types, side pages, links."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from policypress.evaluation.vector_lines import VECTORS, vector_faults
from policypress.library import read_library
from policypress.model import Guideline
from policypress.publish import Order, publish
from policypress.verify.flow import Difference
from policypress.verify.laid import ordered
from policypress.verify.read_html import SiteReader
from policypress.verify.read_pack import pack_differences
from policypress.verify.read_side import side_differences

ROOT = Path(__file__).parents[1]
LIBRARY = ROOT / "tests" / "library"
NAME = "sleep-and-anesthesia"
Change = Callable[[str], str]


@functools.cache
def library() -> dict[str, Guideline]:
    return {one.id: one for one in read_library(LIBRARY).library.guidelines}


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("beside") / "build"
    order = Order(LIBRARY, folder, ROOT / "templates", frozenset(("json", "site")))
    publish(read_library(LIBRARY).library, order, lambda _: None)
    return folder


@pytest.fixture
def told(out: Path) -> Iterator[Callable[[str, Change], str]]:
    """Return what is said of the outputs after one file was changed; the file is put back."""
    changed: dict[Path, bytes] = {}

    def damage(path: str, change: Change) -> str:
        file = out / path
        whole = changed.setdefault(file, file.read_bytes())
        damaged = change(whole.decode("utf-8"))
        assert damaged != whole.decode("utf-8"), "the fault did not apply"
        file.write_text(damaged, encoding="utf-8")
        found = "\n".join(map(str, differences(out, path)))
        file.write_bytes(whole)
        return found

    yield damage


def differences(out: Path, path: str) -> list[Difference] | list[str]:
    if path == VECTORS:
        return list(vector_faults(library(), out))
    if path.startswith("json/"):
        return list(pack_differences(library(), out / "json"))
    if path.startswith(f"site/{NAME}/") and Path(path).stem in {one.id for one in library()[NAME].sections}:
        reader = SiteReader(library()[NAME], library(), out / "site")
        numbered = list(enumerate(ordered(library()[NAME]), 1))
        return [
            one
            for place, section in numbered
            if section.id == Path(path).stem
            for one in reader.section(section, place)
        ]
    return list(side_differences(library(), out / "site"))


def test_untouched_outputs_are_proved(out: Path) -> None:
    assert not list(pack_differences(library(), out / "json"))
    assert not list(vector_faults(library(), out))
    assert not list(side_differences(library(), out / "site"))


def line(change: Callable[[dict[str, Any]], object], holds: str = "") -> Change:
    """Change the first line that holds some words."""

    def changed(text: str) -> str:
        lines = text.splitlines(keepends=True)
        at = next(place for place, one in enumerate(lines) if holds in one)
        record = json.loads(lines[at])
        change(record)
        lines[at] = json.dumps(record, ensure_ascii=False) + "\n"
        return "".join(lines)

    return changed


def whole(change: Callable[[dict[str, Any]], object]) -> Change:
    def changed(text: str) -> str:
        record = json.loads(text)
        change(record)
        return json.dumps(record, ensure_ascii=False)

    return changed


def without(words: str) -> Change:
    return lambda text: "".join(one for one in text.splitlines(keepends=True) if words not in one)


def sub(pattern: str, replacement: str) -> Change:
    return lambda text: re.sub(pattern, replacement, text, count=1, flags=re.S)


def turned(record: dict[str, Any]) -> None:
    record["verdict"] = {"met": "not_met", "not_met": "met"}.get(record["verdict"], "met")


@pytest.mark.parametrize(
    ("file", "change", "said"),
    [
        ("criteria.ndjson", without('"id": "lab-study.bmi"'), "criteria.ndjson, JSON, lab-study.bmi: its line differs"),
        ("criteria.ndjson", line(lambda one: one.update(text="?"), '"id": "lab-study.bmi"'), "lab-study.bmi: its line differs from the export in text"),
        ("criteria.ndjson", line(lambda one: one.update(op="any"), '"op": "all"'), "in op"),
        ("criteria.ndjson", line(lambda one: one.update(effect="covered"), '"effect": "not_covered"'), "in effect"),
        ("criteria.ndjson", line(lambda one: one["path"].append("x"), '"role": "member"'), "in path"),
        ("criteria.ndjson", line(lambda one: one.update(role="unless"), '"role": "applies_when"'), "in role"),
        ("criteria.ndjson", line(lambda one: one["of"].reverse(), '"op": "any"'), "in of"),
        ("criteria.ndjson", line(lambda one: one["compare"].update(op="<"), '"op": ">="'), "in compare"),
        ("criteria.ndjson", lambda text: text + text.splitlines()[0] + "\n", "belongs to no node"),
        ("criteria.ndjson", lambda text: "".join(text.splitlines(keepends=True)[:-1]), "its line is missing"),
        ("criteria.ndjson", lambda text: text[:-20], "criteria.ndjson, JSON: it cannot be read"),
        ("vectors.ndjson", line(turned, '"ruling"'), "where the source says"),
        ("vectors.ndjson", line(turned, '"code"'), "where the source says"),
        ("vectors.ndjson", without('{"ruling": "lab-study.adult"}'), "lab-study.adult: no vector asks for it"),
        ("vectors.ndjson", line(lambda one: one.update(then="met" if one["then"] != "met" else "not_met"), '"then"'), "its answers give"),
        ("vectors.ndjson", line(lambda one: one["missing"].append("x"), '"then"'), "its answers give"),
        ("vectors.ndjson", line(lambda one: one.update(deciding=["lab-study.bmi"]), '"verdict": "unknown"'), "names what decides an open verdict"),
        ("vectors.ndjson", line(lambda one: one.update(guideline="bygone")), "is no guideline that is published"),
        ("vectors.ndjson", line(lambda one: one.update(facts={}), '"verdict": "met"'), "where the source says"),
        ("index.json", whole(lambda one: one["files"]["codes.json"].update(bytes=1)), "codes.json: the hash or the size"),
        ("index.json", whole(lambda one: one["files"]["codes.json"].update(sha256="0" * 64)), "codes.json: the hash or the size"),
        ("index.json", whole(lambda one: one["files"].pop("evaluator.js")), "evaluator.js: the hash or the size"),
        ("index.json", whole(lambda one: one["files"].update({"x.json": {}})), "x.json: it is listed, and is not there"),
        ("index.json", whole(lambda one: one["guidelines"][NAME].update(version="9")), f"{NAME}: what is listed of it"),
        ("index.json", whole(lambda one: one["guidelines"][NAME].update(notices=[])), f"{NAME}: what is listed of it"),
        ("index.json", whole(lambda one: one["guidelines"][NAME]["sections"].pop("general")), f"{NAME}: what is listed of it"),
        ("index.json", whole(lambda one: one["guidelines"].pop(NAME)), f"{NAME}: what is listed of it"),
        ("evaluator.py", lambda text: text.replace("met", "Met", 1), "evaluator.py: the hash or the size"),
        ("types.d.ts", lambda text: text.replace("unless", "until"), "types.d.ts, JSON, unless: the exports have the key"),
        ("schema/criteria.schema.json", lambda text: text.replace('"except_when"', '"except"'), "except_when: the exports have the key"),
        ("schema/criteria.consumer.schema.json", lambda text: text.replace('"strength"', '"x"'), "strength: the exports have the key"),
    ],
)  # fmt: skip
def test_a_fault_beside_the_exports_is_named(
    told: Callable[[str, Change], str], file: str, change: Change, said: str
) -> None:
    assert said in told(f"json/{file}", change)


def test_every_wrong_vector_is_named(out: Path, told: Callable[[str, Change], str]) -> None:
    count = len((out / "json" / "vectors.ndjson").read_text("utf-8").splitlines())
    everything = told(
        "json/vectors.ndjson", lambda text: "".join(line(turned)(one) for one in text.splitlines(keepends=True))
    )
    assert everything.count("where the source says") == count > 250


@pytest.mark.parametrize(
    ("page", "change", "said"),
    [
        ("codes/95810.html", sub(r'<h1 class="code">95810', '<h1 class="code">95811'), "codes/95810.html, site, 95810: its title"),
        ("codes/95810.html", sub('intro">Lab sleep', 'intro">Home sleep'), "does not say “Lab sleep night"),
        ("codes/95810.html", sub(r"#lab-study\.report-attended", "#lab-study.report-reading"), "lab-study.report-attended, where the code is used"),
        ("codes/95810.html", sub(r"<main", "<div"), "95810: its title"),
        ("codes/E0601.html", lambda _: "", "E0601: its title"),
        ("terms.html", sub("body mass index", "body mass"), "terms.html, site, BMI: says “body mass” where"),
        ("terms.html", sub(r'<div id="t_bmi">.*?</div>', ""), "BMI: says “nothing”"),
        ("terms.html", sub(r"</dl>", "<div><dt>XYZ</dt><dd>unknown</dd></div></dl>"), "XYZ: says “unknown”"),
        ("terms.html", sub("each hour of sleep", "each night of sleep"), "AHI: says"),
        ("references.html", sub("chapter 3", "chapter 4"), "example-sleep-2025: does not say"),
        ("references.html", sub("of the 2025 meeting", "of the meeting"), "example-sleep-2025: does not say"),
        ("references.html", sub("https://example.org/sleep-2025", "https://example.org/"), "does not lead to https://example.org/sleep-2025"),
        ("references.html", sub(r'<li id="r_example-sleep-2025">.*?</ul></li>', ""), "example-sleep-2025: does not say"),
        ("indications.html", sub(r"younger than 18", "younger than 81"), "children.age: “The individual is younger than 81 years” leads to"),
        ("indications.html", sub(r"#children\.age", "#children.psg"), "which says something else"),
        ("codes/index.html", sub(r'href="0001U\.html"', 'href="00100.html"'), "the code 0001U leads to codes/00100.html"),
        ("codes/index.html", sub(r">7 Added tests", ">7 Other tests"), "“7 Other tests” leads to"),
        ("modalities.html", sub(r"added-tests\.html#", "general.html#"), "which says something else"),
        ("index.html", sub(r"codes/0001U\.html", "codes/0.html"), "leads to codes/0.html, which is not there"),
        (f"{NAME}/revision_history.html", sub("heart failure added", "heart failure removed"), "1.1.0: does not say in its place"),
        (f"{NAME}/revision_history.html", sub("2025-07-01", "2025-08-01"), "1.1.0: does not say in its place"),
        (f"{NAME}/revision_history.html", sub(r"<tr><th scope=\"row\">2\.0\.0.*?</tr>", ""), "2.0.0: does not say in its place"),
        (f"{NAME}/revision_history.html", sub("lab-study.split-night", "lab-study.split"), "lab-study.split-night: does not say"),
        (f"{NAME}/revision_history.html", sub("</tbody>", "<tr><th>0.1</th></tr></tbody>"), "says more than the source does"),
        (f"{NAME}/source_concordance.html", sub(r'<tr id="s_1\.1">.*?</tr>', ""), "statements instead of"),
        (f"{NAME}/source_concordance.html", sub(r"general\.html#general\.visit", "general.html#general.question"), "1.1: is carried otherwise"),
        (f"{NAME}/source_concordance.html", sub("states no rule", "states a rule"), "0.1: does not say why it is left out"),
        (f"{NAME}/lab-study.html", sub(r'(<a class="handle" href="#lab-study\.)bmi', r"\1snoring"), "the id lab-study.bmi leads to"),
        (f"{NAME}/lab-study.html", sub(r"codes/95810\.html", "codes/95811.html"), "the code 95810 leads to codes/95811.html"),
        (f"{NAME}/lab-study.html", sub(r'class="code" href="\.\./codes/95810\.html"', 'href="../codes/0.html"'), "leads to codes/0.html, which is not there"),
        (f"{NAME}/lab-study.html", sub(r'href="lab-study\.html#lab-study\.adult"', 'href="lab-study.html#lab-study.repeat"'), "no link leads to sleep-and-anesthesia/lab-study.html#lab-study.adult"),
        (f"{NAME}/lab-study.html", sub(r'href="#lab-study\.one-unit">Coding', 'href="#lab-study.two-units">Coding'), "leads to lab-study.two-units, which is not on"),
    ],
)  # fmt: skip
def test_a_fault_in_another_page_is_named(
    told: Callable[[str, Change], str], page: str, change: Change, said: str
) -> None:
    assert said in told(f"site/{page}", change)


def test_the_record_says_of_every_file_how_it_was_proved(out: Path) -> None:
    files = json.loads((out / "verify.json").read_bytes())["files"]
    there = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    assert files.keys() == there - {"verify.json", "manifest.json"}
    assert {"read back", "worked out anew", "links followed", "copied"} < set(files.values())
    # Two have nothing of a guideline's that stands nowhere else: the page on how to read, and the words of the search.
    assert {path for path, way in files.items() if way == "not read back"} == {
        "site/how-to-read.html",
        "site/js/search-index.js",
    }
