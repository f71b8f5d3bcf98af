"""Builds of a library: what is written, what is carried over, what is refused, and when outputs are stale."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path

import jsonschema
import pytest

from policypress import cli
from policypress.generation import MANIFEST, Manifest, PublishFault, locked
from policypress.library import read_library
from policypress.publish import Order, as_drafts, publish, stale
from policypress.render import site_build

ROOT = Path(__file__).parent.parent
SECTION = Path("durable-equipment", "sections", "rental.yaml")


class Place:
    """A copy of the test library with an output folder."""

    def __init__(self, folder: Path) -> None:
        self.source = Path(shutil.copytree(ROOT / "tests" / "library", folder / "source"))
        self.templates = Path(shutil.copytree(ROOT / "templates", folder / "templates"))
        self.out = folder / "build"

    def make_small(self) -> None:
        shutil.rmtree(self.source)
        for words in (["guideline", "knee"], ["section", "knee-mri", "--guideline", "knee"]):
            assert cli.main(["new", *words, "--source", str(self.source)]) == 0

    def order(self, *parts: str, guideline: str = "") -> Order:
        return Order(self.source, self.out, self.templates, frozenset(parts or ("json",)), guideline)

    def build(self, *parts: str, guideline: str = "") -> Manifest:
        return publish(read_library(self.source).library, self.order(*parts, guideline=guideline), lambda _: None)

    def stale(self, *parts: str) -> list[str]:
        return stale(read_library(self.source).library, self.order(*parts))

    def change(self, path: Path = SECTION) -> None:
        text = (self.source / path).read_text(encoding="utf-8")
        (self.source / path).write_text(text + "# changed\n", encoding="utf-8")

    def state(self) -> dict[str, bytes]:
        return {path.relative_to(self.out).as_posix(): path.read_bytes() for path in self.out.rglob("*") if path.is_file()}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_json_is_written_with_its_schemas(place: Place) -> None:
    place.build("json")
    state = place.state()
    assert set(state) == {
        "json/codes.json", "json/durable-equipment.json", "json/sleep-and-anesthesia.json", "json/schema/criteria.schema.json",
        "json/schema/criteria.consumer.schema.json", "json/vectors.ndjson", "json/criteria.ndjson", "json/types.d.ts",
        "json/evaluator.js", "json/evaluator.py", "json/index.json", MANIFEST, "verify.json",
    }  # fmt: skip
    for name in ("criteria", "criteria.consumer"):
        schema = json.loads(state[f"json/schema/{name}.schema.json"])
        validator = jsonschema.validators.validator_for(schema)
        validator.check_schema(schema)
        for id in ("durable-equipment", "sleep-and-anesthesia"):
            assert [error.message for error in validator(schema).iter_errors(json.loads(state[f"json/{id}.json"]))] == []


def test_the_manifest_holds_true_hashes(place: Place) -> None:
    place.build("json")
    record = json.loads((place.out / MANIFEST).read_bytes())
    sources = {path.relative_to(place.source).as_posix(): path for path in place.source.rglob("*.yaml")}
    assert record["sources"] == {
        name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in sorted(sources.items())
    }
    assert record["outputs"] == {
        name: hashlib.sha256(data).hexdigest() for name, data in sorted(place.state().items()) if name != MANIFEST
    }


def test_the_same_bytes_twice_and_elsewhere(place: Place, tmp_path: Path) -> None:
    place.build("json", "site")
    before = place.state()
    place.build("json", "site")
    assert place.state() == before
    other = Place(tmp_path / "elsewhere")
    other.build("site", "json")
    assert other.state() == before


def test_a_linked_source_gives_the_same_manifest(place: Place, tmp_path: Path) -> None:
    place.build()
    before = place.state()
    link = tmp_path / "link"
    link.symlink_to(place.source)
    place.source = link
    place.build()
    assert place.state() == before


def test_other_parts_are_carried_over(place: Place) -> None:
    place.build("json", "site")
    site = {name: data for name, data in place.state().items() if name.startswith("site/")}
    place.build("json")
    state = place.state()
    assert {name: data for name, data in state.items() if name.startswith("site/")} == site
    assert any(name.startswith("json/") for name in state)


@pytest.mark.parametrize("what", ["source", "template", "output", "new file"])
def test_other_parts_that_are_stale_are_refused(what: str, place: Place) -> None:
    place.build("json", "site")
    if what == "source":
        place.change()
    elif what == "template":
        (place.templates / "criteria.html.j2").write_text("", encoding="utf-8")
    elif what == "output":
        (place.out / "site" / "index.html").write_text("", encoding="utf-8")
    else:
        (place.source / SECTION).with_name("new.yaml").write_text("id: new\ntitle: New\n", encoding="utf-8")
    before = place.state()
    with pytest.raises(PublishFault, match="build it too"):
        place.build("json")
    assert place.state() == before
    if what != "template":
        place.build("json", "site")


def test_one_guideline_alone(place: Place) -> None:
    place.build("json", guideline="durable-equipment")
    assert "json/sleep-and-anesthesia.json" not in place.state()
    assert "json/durable-equipment.json" in place.state()


def test_one_guideline_beside_the_others(place: Place) -> None:
    place.build("json")
    before = place.state()
    place.build("json", guideline="durable-equipment")
    assert place.state() == before


def test_one_guideline_beside_others_that_are_stale_is_refused(place: Place) -> None:
    place.build("json")
    place.change(Path("sleep-and-anesthesia", "guideline.yaml"))
    before = place.state()
    with pytest.raises(PublishFault, match=r"json/sleep-and-anesthesia\.json"):
        place.build("json", guideline="durable-equipment")
    assert place.state() == before


def test_a_guideline_that_is_gone_leaves_no_output(place: Place) -> None:
    place.build("json")
    shutil.rmtree(place.source / "sleep-and-anesthesia")
    place.build("json")
    assert "json/sleep-and-anesthesia.json" not in place.state()


def test_fresh_outputs_are_not_stale(place: Place) -> None:
    assert place.stale("json") == [f"{place.out} holds no build"]
    place.build("json")
    assert place.stale("json") == []
    assert place.stale("json", "pdf") == ["pdf has not been built"]


def test_what_makes_outputs_stale(place: Place) -> None:
    place.build("json")
    place.change()
    assert place.stale("json") == [f"{SECTION.as_posix()} has changed"]
    place.build("json")
    (place.out / "json" / "codes.json").unlink()
    assert place.stale("json") == ["json/codes.json was changed after it was built"]
    place.build("json")
    (place.source / SECTION).unlink()
    assert place.stale("json") == [f"{SECTION.as_posix()} is gone"]


def test_a_draft_build_of_final_guidelines_is_stale_for_a_final_one(place: Place) -> None:
    library = read_library(place.source).library
    publish(as_drafts(library), place.order("json"), lambda _: None)
    assert json.loads(place.state()["json/sleep-and-anesthesia.json"])["guideline"]["status"] == "draft"
    assert place.stale("json") == ["sleep-and-anesthesia was published as a draft"]
    assert stale(as_drafts(library), place.order("json")) == []


def test_parts_of_a_draft_build_are_not_carried_into_a_final_one(place: Place) -> None:
    library = read_library(place.source).library
    publish(as_drafts(library), place.order("json", "site"), lambda _: None)
    before = place.state()
    with pytest.raises(PublishFault, match="was published as a draft"):
        place.build("json")
    assert place.state() == before
    place.build("json", "site", guideline="sleep-and-anesthesia")
    assert place.stale("json", "site") == []


def test_outputs_of_one_guideline_are_stale_for_all(place: Place) -> None:
    place.build("json", guideline="durable-equipment")
    assert place.stale("json") == ["json/sleep-and-anesthesia.json has not been built"]
    only = place.order("json", guideline="durable-equipment")
    assert stale(read_library(place.source).library, only) == []


def test_stale_writes_nothing(place: Place) -> None:
    place.stale("json")
    assert not place.out.exists()


def test_a_held_lock_is_refused(place: Place) -> None:
    place.build()
    before = place.state()
    with locked(place.out), pytest.raises(PublishFault, match="another build"):
        place.build()
    assert place.state() == before


@pytest.mark.parametrize("where", ["file", "below a file", "no right"])
def test_a_place_that_cannot_be_written(where: str, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = place.out.parent / "blocked"
    if where == "no right":
        place.out = blocked

        def refuse(*_: object, **__: object) -> str:
            raise PermissionError(13, "Permission denied", str(blocked.parent))

        monkeypatch.setattr("tempfile.mkdtemp", refuse)
    else:
        blocked.write_text("mine", encoding="utf-8")
        place.out = blocked if where == "file" else blocked / "build"
    with pytest.raises(PublishFault, match="cannot write"):
        place.build()


def test_a_failing_renderer_leaves_the_previous_outputs(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.build("json", "site")
    before = place.state()

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device", "site/index.html")

    monkeypatch.setattr(site_build, "build_site", fail)
    with pytest.raises(PublishFault, match=r"cannot write site/index\.html: No space left"):
        place.build("json", "site")
    assert place.state() == before
    assert [path for path in place.out.parent.iterdir() if path.name.startswith(".")] == []


def test_a_full_disk_at_every_write(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.make_small()
    place.build()
    before = place.state()
    fsync = os.fsync
    for at in range(1, 60):
        left = at

        def fail(handle: int) -> None:
            nonlocal left
            left -= 1
            if left <= 0:
                raise OSError(28, "No space left on device")
            fsync(handle)

        place.change(Path("knee", "sections", "knee-mri.yaml"))
        monkeypatch.setattr(os, "fsync", fail)
        try:
            place.build()
        except PublishFault:
            monkeypatch.undo()
            assert place.state() == before or Manifest.read(place.out) is not None
        else:
            monkeypatch.undo()
            break
        manifest = Manifest.read(place.out)
        assert manifest is not None
        assert manifest.damaged(place.out) == []
    else:
        raise AssertionError("no build ever came through")
    assert at > 5


def test_progress_is_told(place: Place) -> None:
    steps: list[str] = []
    publish(read_library(place.source).library, place.order("json", "site"), steps.append)
    assert steps == ["JSON", "site", "verifying"]


def test_a_page_that_breaks_off_badly_is_remarked_and_published(place: Place) -> None:
    place.make_small()
    sheet = place.templates / "pdf" / "guideline.css"
    sheet.write_text(sheet.read_text(encoding="utf-8") + "h2 { break-after: page !important }\n", encoding="utf-8")
    steps: list[str] = []
    publish(read_library(place.source).library, place.order("pdf"), steps.append)
    remarks = [step for step in steps if step.startswith("remark: knee, PDF: page ")]
    assert any("ends with the heading" in remark for remark in remarks)
    assert json.loads((place.out / "verify.json").read_bytes())["remarks"] == [one[8:] for one in remarks]
