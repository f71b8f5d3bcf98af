"""What is found first, asked in a real browser of the published guideline, opened from a folder."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from policypress.library import read_library
from policypress.outline import outline
from policypress.render.site_build import build_site
from policypress.usage import code_uses
from tests.render.chromium import chromium, quiet_page
from tests.render.published import ROOT, TEMPLATES, laid_library

ASK = """question => {
  const box = document.getElementById('p_search');
  box.value = question;
  box.dispatchEvent(new Event('input'));
  return {
    told: document.querySelector('#p_found [role=status]').textContent,
    found: Array.from(document.querySelectorAll('#p_found li'), one => ({
      name: one.querySelector('a').textContent, kind: one.querySelector('.kind').textContent,
      address: one.querySelector('a').getAttribute('href'), marked: Array.from(one.querySelectorAll('mark'), mark => mark.textContent)})),
  };
}"""
GENERAL = "2 General necessity of oncology imaging"
PETCT = "3 PET/CT covered indications (general)"
NOT_INDICATED = "4 PET/CT not indicated"
WBMRI = "9 Whole-body MRI (WBMRI)"
LIMITED = "11 Limited or follow-up CT, unlisted codes for treatment planning"
CNS = "13 Primary CNS tumors"
RESTAGING = "14 Restaging and recurrence, surveillance and follow-up"
THYROID = "15 Thyroid cancer: surveillance, MTC monitoring, ATC monitoring"
ESOPHAGUS = "17 Esophageal and GE junction cancer, malignant pleural mesothelioma"
FIRST = {
    # codes: whole, begun, with system or modifier
    "78815": "CPT 78815",
    "cpt 78815": "CPT 78815",
    "CPT78815": "CPT 78815",
    "CPT-78816": "CPT 78816",
    "CPT: 70553": "CPT 70553",
    "78815-26": "CPT 78815",
    "20982": "CPT 20982",
    "7881": "CPT 78813",
    "788": "CPT 78813",
    "7638": "CPT 76380",
    "7702": "CPT 77021",
    # one question, whatever parts the words
    "PET-MRI": "PET-MRI",
    "PET/MRI": "PET-MRI",
    "pet mri": "PET-MRI",
    "PET\u2011MRI": "PET-MRI",
    "PET\u2013MRI": "PET-MRI",
    "PET\u2212MRI": "PET-MRI",
    "petmri": "PET-MRI",
    "PET-MR": "PET-MRI",
    "PET/CT": "PET/CT",
    "PET-CT": "PET/CT",
    "PET": "PET",
    "whole body MRI": WBMRI,
    "whole\u2010body\u2010MRI": WBMRI,
    "wholebody MRI": WBMRI,
    "follow-up": LIMITED,
    "followup": LIMITED,
    "high grade glioma": f"{CNS}, A.1.when",
    # amounts
    "6-8 weeks": f"{GENERAL}, A.5.1",
    "6\u20138 weeks": f"{GENERAL}, A.5.1",
    "6 to 8 weeks": f"{GENERAL}, A.5.1",
    "60 days": f"{GENERAL}, A.1",
    "5 years": f"{GENERAL}, B.3",
    "8 mm": f"{NOT_INDICATED}, 5",
    "8mm": f"{NOT_INDICATED}, 5",
    "12 weeks radiation": f"{PETCT}, 2",
    # abbreviations and what they stand for
    "NF1": "NF1",
    "NF 1": "NF1",
    "neurofibromatosis type 1": "NF1",
    "neurofibromatosis": "NF1",
    "NSCLC": "NSCLC",
    "non-small cell lung cancer": "NSCLC",
    "small cell lung cancer": "SCLC",
    "medullary thyroid cancer": "MTC",
    "calcitonin": "Ctn",
    "radiofrequency ablation": "RFA",
    "ultrasound": "US",
    "WB-MRI": "WBMRI",
    "wbmri": "WBMRI",
    "whole-body magnetic resonance imaging": "WBMRI",
    "3-D": "3D",
    "Ga-68-DOTATATE": "68Ga-DOTATATE",
    "magnetic resonance imaging brain": "CPT 70553",
    "positron emission tomography infection": f"{NOT_INDICATED}, 1",
    # one edit: another letter, one too many, one too few, two swapped
    "survaillance": RESTAGING,
    "surveilance": RESTAGING,
    "surveillannce": RESTAGING,
    "surveillacne": RESTAGING,
    "thryoid": THYROID,
    "menigioma": f"{CNS}, A.3.when",
    "mesotheliona": ESOPHAGUS,
    "oesophagus": f"{ESOPHAGUS}, A.when",
    "oesophag": ESOPHAGUS,
    "needel": "CPT 77012",
    "positron emision tomography": "PET",
    # words of sections, criteria, coding rules, remarks
    "brain MRI": "CPT 70553",
    "limited CT": "CPT 76380",
    "3D rendering": "7 3D rendering",
    "rare malignancies": "12 Rare malignancies: conditional approval",
    "unbundling": f"{PETCT}, R2",
    "infection": f"{NOT_INDICATED}, 1",
    "lesion smaller": f"{NOT_INDICATED}, 5",
    "histology": f"{GENERAL}, A.2.1",
    "Li-Fraumeni": f"{WBMRI}, 1.1.1",
    "salvage surgery": "16 Lung cancer (SCLC and NSCLC), G.2",
    "bone tumor ablation": "CPT 20982",
    # places
    "section 13": CNS,
    "cns.glioma.3.2": f"{CNS}, A.1.3.2",
    "pet-ct.2": f"{PETCT}, 2",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("searched") / "site"
    build_site([outline(one) for one in read_library(ROOT / "source").library.guidelines], out, TEMPLATES)
    return out


@pytest.fixture(scope="module")
def tab(site: Path) -> Iterator[Page]:
    with chromium() as browser, quiet_page(browser) as page:
        page.goto((site / "index.html").as_uri())
        assert not page.evaluate("'POLICYPRESS_SEARCH' in window")  # nobody has searched yet
        page.focus("#p_search")
        page.wait_for_function("() => 'POLICYPRESS_SEARCH' in window")
        yield page


def test_the_first_hit_is_the_one_that_was_meant(tab: Page) -> None:
    assert len(FIRST) >= 60
    first = {question: next((one["name"] for one in tab.evaluate(ASK, question)["found"]), "") for question in FIRST}
    assert first == FIRST


def test_every_code_is_found_by_itself_and_by_its_beginning(tab: Page) -> None:
    codes = [code for one in read_library(ROOT / "source").library.guidelines for code in code_uses(outline(one))]
    assert len(codes) > 10
    for code in codes:
        assert tab.evaluate(ASK, code)["found"][0]["address"].endswith(f"codes/{code}.html")
        begun = [one["address"] for one in tab.evaluate(ASK, code[:3])["found"]]
        assert any(address.endswith(f"codes/{code}.html") for address in begun)


def test_every_criterion_is_found_by_its_words_and_by_its_id(tab: Page, site: Path) -> None:
    script = (site / "js" / "search-index.js").read_text(encoding="utf-8")
    index = json.loads(script.removeprefix("window.POLICYPRESS_SEARCH=").removesuffix(";\n"))
    criteria = [entry for entry in index["entries"] if entry[4] == "criterion"]
    assert len(criteria) > 150
    wanted = {item.node.id for one in read_library(ROOT / "source").library.guidelines for section in outline(one).sections
              for item in section.items() if item.criterion}  # fmt: skip
    assert {entry[1] for entry in criteria} == wanted
    for entry in criteria[::7]:
        assert tab.evaluate(ASK, entry[1])["found"][0]["address"].endswith(f"#{entry[1]}")
        by_words = tab.evaluate(ASK, entry[3])["found"]
        assert any(one["address"].endswith(f"#{entry[1]}") for one in by_words), entry


def test_what_was_taken_for_a_slip_is_said(tab: Page) -> None:
    assert "read as “surveillance”" in tab.evaluate(ASK, "survaillance")["told"]
    assert tab.evaluate(ASK, "survaillance")["found"][0]["marked"] == ["surveillance"]
    assert "read as" not in tab.evaluate(ASK, "surveillance")["told"]
    assert tab.evaluate(ASK, "xylophone") == {"told": "Nothing found for “xylophone”.", "found": []}
    # A mistyped code is never taken for its neighbour.
    assert tab.evaluate(ASK, "78851") == {"told": "No guideline here names the code “78851”.", "found": []}


def test_the_index_is_small(site: Path) -> None:
    assert len(gzip.compress((site / "js" / "search-index.js").read_bytes())) < 150_000


def test_an_icd_code_is_found_without_its_dot(tab: Page, tmp_path: Path) -> None:
    build_site(laid_library(), tmp_path / "site", TEMPLATES)
    tab.goto((tmp_path / "site" / "index.html").as_uri())
    tab.focus("#p_search")
    tab.wait_for_function("() => 'POLICYPRESS_SEARCH' in window")
    assert tab.evaluate(ASK, "g4733")["found"][0]["name"] == "ICD-10-CM G47.33"
