"""Building: the same bytes from either command, and every fault of a finished site named."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from policypress.render.site_build import SiteFault, build_site
from policypress.render.site_check import check_site
from tests.render.published import LIBRARY, ROOT, TEMPLATES, files, laid_library


def project(folder: Path) -> Path:
    """A folder as `mkdocs` finds it: mkdocs.yml, source, templates."""
    folder.mkdir()
    shutil.copy(ROOT / "mkdocs.yml", folder)
    shutil.copytree(LIBRARY, folder / "source")
    shutil.copytree(TEMPLATES, folder / "templates")
    return folder


def mkdocs(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", *arguments],
        cwd=folder, capture_output=True, text=True, check=False, env={**os.environ, "NO_COLOR": "1"},
    )  # fmt: skip


def test_mkdocs_and_the_build_write_the_same_bytes(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    one = tmp_path / "one"
    written = build_site(laid_library(), one, TEMPLATES)
    assert capfd.readouterr() == ("", "")
    assert logging.getLogger("mkdocs").handlers == []
    assert [path.relative_to(one).as_posix() for path in written] == sorted(files(one))
    work = project(tmp_path / "elsewhere")
    ran = mkdocs(work)
    assert ran.returncode == 0, ran.stderr
    assert files(work / "site") == files(one)
    assert "sitemap.xml" not in files(one)


def test_mkdocs_stops_on_an_error_in_the_source(tmp_path: Path) -> None:
    work = project(tmp_path / "work")
    section = work / "source" / "sleep-and-anesthesia" / "sections" / "general.yaml"
    section.write_text(section.read_text(encoding="utf-8").replace("scope:", "scoop:"), encoding="utf-8")
    ran = mkdocs(work)
    assert ran.returncode == 1
    assert "general.yaml:9:5" in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ('<p><a href="nowhere.html">x</a></p>', "by-hand.html: leads to nowhere.html, and there is no such file"),
        ('<p><a href="terms.html#t_none">x</a></p>', "leads to terms.html#t_none, and there is no such anchor"),
        ('<p id="p_main">x</p>', "by-hand.html: two elements have the id p_main"),
        ('<p onclick="x()">x</p>', "a script stands in the attribute onclick"),
        ('<p><img src="https://example.org/x.png" alt=""></p>', "loads https://example.org/x.png from another host"),
        ("[x](nowhere.md)", "nowhere.md"),
    ],
)
def test_faults_of_a_hand_written_page_stop_the_build(written: str, fault: str, tmp_path: Path) -> None:
    templates = tmp_path / "templates"
    shutil.copytree(TEMPLATES, templates)
    (templates / "site" / "pages" / "by-hand.md").write_text(f"# By hand\n\n{written}\n", encoding="utf-8")
    with pytest.raises(SiteFault) as stopped:
        build_site(laid_library()[:1], tmp_path / "site", templates)
    assert fault in str(stopped.value)


def test_a_hand_written_page_cannot_take_the_place_of_another(tmp_path: Path) -> None:
    templates = tmp_path / "templates"
    shutil.copytree(TEMPLATES, templates)
    (templates / "site" / "pages" / "terms.md").write_text("# Mine\n", encoding="utf-8")
    with pytest.raises(SiteFault, match=r"terms\.html, which belongs to the guidelines"):
        build_site(laid_library()[:1], tmp_path / "site", templates)


def test_links_beside_the_site_are_known_one_by_one(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text('<a href="../pdf/a.pdf">x</a><a href="../pdf/b.pdf">x</a>', encoding="utf-8")
    assert check_site(tmp_path, {"../pdf/a.pdf"}) == ["index.html: leads to ../pdf/b.pdf, and there is no such file"]


def test_an_attribute_is_not_mistaken_for_another(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text('<p title=" href=\'x.html\' id=y onclick=z >">id="q"</p>', encoding="utf-8")
    assert check_site(tmp_path) == []
