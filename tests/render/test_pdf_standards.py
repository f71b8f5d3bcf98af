"""Every PDF that is published keeps to PDF/UA-2, PDF/A-4f and Well-Tagged PDF, as tools say that read it themselves."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import page
import pikepdf
import pytest

from policypress.outline import GuidelineOutline
from policypress.render.design import read_design
from policypress.render.export import export
from policypress.render.paper import print_pdf
from policypress.render.pdf import PdfFault, compose, render
from tests.render import verapdf
from tests.render.printed import ROOT, TEMPLATES, laid, small


def printed(
    guideline: GuidelineOutline, folder: Path, standard: str = "PDF/UA-2", drafts: tuple[bool, ...] = (False, True)
) -> list[Path]:
    """Print a guideline into a folder, as final and as draft unless told otherwise."""
    files = []
    for draft in drafts:
        file = folder / f"{guideline.guideline.id}-{'draft' if draft else 'final'}.pdf"
        exported = export(guideline, draft)
        page = compose(guideline, TEMPLATES, draft=draft)
        design = replace(read_design(TEMPLATES), standards={guideline.guideline.id: standard})
        file.write_bytes(print_pdf(guideline.guideline, page, exported, TEMPLATES, lambda _: None, design))
        files.append(file)
    return files


def heard(file: Path) -> str:
    """Return what outloud finds: what a reader hears, which the standards do not ask."""
    command = [str(Path(sys.executable).parent / "outloud"), "--fail-on", "warning", str(file)]
    done = subprocess.run(command, capture_output=True, text=True)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def other_faults(file: Path, *profiles: str) -> list[str]:
    """Return what a second validator finds, which has no code in common with the first.

    It takes a last byte 0D of compressed data for a part of the line end behind it, and then calls the length wrong. That
    a length is right is what `damage` looks at.
    """
    found = [one for name in profiles for one in page.validate_pdf(str(file), profile=name).failures]
    misread = "PDFA3A-STREAM-LENGTH-001" if b"\r\nendstream" in file.read_bytes() else ""
    return [str(one) for one in found if one.rule_id != misread]


def test_a_wrong_length_is_damage(broken: Path, folder: Path) -> None:
    data = broken.read_bytes()
    (folder / "length.pdf").write_bytes(re.sub(rb"/Length (\d)(\d+)", rb"/Length 1\g<2>", data))
    assert (folder / "length.pdf").read_bytes() != data
    assert damage(folder / "length.pdf")


def damage(file: Path) -> list[str]:
    with pikepdf.open(file) as pdf:
        return list(pdf.check_pdf_syntax())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("printed")


@pytest.fixture(scope="module")
def ours(folder: Path) -> list[Path]:
    """As final and as draft; the other guidelines take their time and are thorough."""
    return printed(laid("oncology-imaging", ROOT / "source"), folder)


@pytest.fixture(scope="module")
def broken(folder: Path) -> Path:
    short = small(folder / "short", "It holds")
    with pikepdf.open(io.BytesIO(render(short, export(short, True), TEMPLATES, draft=True))) as pdf:
        del pdf.Root.MarkInfo
        del pdf.pages[0].StructParents
        pdf.save(folder / "broken.pdf")
    return folder / "broken.pdf"


@pytest.fixture(scope="module")
def faults(ours: list[Path], broken: Path) -> dict[str, list[str]]:
    """What veraPDF finds, in all files at once: its start is what takes time."""
    jobs = {**dict.fromkeys(ours, verapdf.NEWEST), broken: ("ua2",)}
    return verapdf.faults(jobs)


def test_our_guideline_keeps_to_the_standards(ours: list[Path], faults: dict[str, list[str]]) -> None:
    wanted = {f"{file.name} {name}": [] for file in ours for name in verapdf.NEWEST}
    assert {key: faults[key] for key in wanted} == wanted
    assert [damage(file) for file in ours] == [[], []]
    assert [heard(file) for file in ours] == ["", ""]


def test_a_guideline_keeps_to_the_former_standards_where_it_asks_for_them(folder: Path) -> None:
    """As a validator sees it that is quick to start; veraPDF is asked in the thorough tests."""
    former = printed(laid("durable-equipment"), folder, "PDF/UA-1", drafts=(True,))
    assert [damage(file) for file in former] == [[]]
    assert [heard(file) for file in former] == [""]
    assert [other_faults(file, "ua1", "3a") for file in former] == [[]]


def test_what_breaks_a_standard_is_seen(broken: Path, faults: dict[str, list[str]]) -> None:
    assert faults["broken.pdf ua2"]
    assert heard(broken)


@pytest.mark.thorough
def test_every_other_guideline_keeps_to_the_standards(folder: Path) -> None:
    newest = [
        *printed(laid("sleep-and-anesthesia"), folder),
        *printed(laid("durable-equipment"), folder),
    ]
    (folder / "former").mkdir()
    former = [
        file
        for name, source in (
            ("sleep-and-anesthesia", "tests/library"),
            ("durable-equipment", "tests/library"),
            ("oncology-imaging", "source"),
        )
        for file in printed(laid(name, ROOT / source), folder / "former", "PDF/UA-1")
    ]
    jobs = {**dict.fromkeys(newest, verapdf.NEWEST), **dict.fromkeys(former, verapdf.FORMER)}
    found = verapdf.faults(jobs)
    assert len(found) == sum(map(len, jobs.values()))
    assert {name: faults for name, faults in found.items() if faults} == {}
    assert [[*damage(file), heard(file)] for file in jobs] == [[""]] * len(jobs)
    assert [other_faults(file, "ua1", "3a") for file in former] == [[]] * len(former)


@pytest.mark.thorough
def test_a_guideline_of_150_pages_keeps_to_the_standards(folder: Path) -> None:
    command = (
        "import sys; from pathlib import Path; from library import write_library; write_library(Path(sys.argv[1]), 105)"
    )
    subprocess.run([sys.executable, "-c", command, str(folder / "long")], check=True, cwd=ROOT / "bench")
    long = laid("bench", folder / "long")
    file = folder / "long.pdf"
    file.write_bytes(render(long, export(long, True), TEMPLATES, draft=True))
    with pikepdf.open(file) as pdf:
        assert len(pdf.pages) >= 150
    assert verapdf.faults({file: verapdf.NEWEST}) == {f"long.pdf {name}": [] for name in verapdf.NEWEST}
    assert damage(file) == []
    assert heard(file) == ""


def test_another_weasyprint_is_refused_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("weasyprint.__version__", "71.3")
    with pytest.raises(PdfFault, match=r"written for WeasyPrint 70\.0, and 71\.3 is installed"):
        render(small(tmp_path, "It holds"), b"{}", TEMPLATES, draft=False)
