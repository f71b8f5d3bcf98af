"""The export: golden files, the same bytes everywhere, and what may not change it."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from policypress.canonical import canonical_hash
from policypress.library import read_library
from policypress.model import section_nodes
from policypress.outline import outline
from policypress.publish import as_drafts
from policypress.render.export import export
from policypress.render.export_registers import codes
from tests.conftest import Golden
from tests.examples import write_example

LIBRARY = Path(__file__).parent / "library"
# The section as its writer typed it, in the short forms; PET/CT gives its pointer a target.
PET_MRI = """\
# file: example/sections/pet-mri.yaml
id: pet-mri
title: PET-MRI
from: 10
effect: covered
strength: may
codes: [78813, 76498]
criteria:
  any:
    - text: The individual meets the condition-specific criteria for PET-MRI in the disease section
      query: No disease section of this guideline states PET-MRI criteria. Which are meant?
    - all:
        - text: The individual meets the guideline criteria for PET/CT
          see: pet-ct
        - The treating institution has no PET/CT
        - The provider asks for PET-MRI in place of PET/CT
coding_rules:
  - rule: report_with
    codes: [78813, 76498]
    text: When PET-MRI is approved, report CPT 78813 together with CPT 76498.
  - rule: may_report_with
    class: {modality: MRI, role: diagnostic}
    with: [78813, 76498]
    text: Diagnostic MRI codes may be reported as well if clinically appropriate.
# file: example/sections/pet-ct.yaml
id: pet-ct
title: PET/CT
effect: covered
codes: [78815]
criteria:
  text: The study changes the plan of treatment
"""


def exports(folder: Path, *, drafts: bool = False) -> dict[str, bytes]:
    library = read_library(folder).library
    laid = [outline(guideline) for guideline in (as_drafts(library) if drafts else library).guidelines]
    return {**{one.guideline.id: export(one, one.guideline.draft) for one in laid}, "codes": codes(laid)}


def copy(folder: Path) -> Path:
    return Path(shutil.copytree(LIBRARY, folder / "library"))


def pet_mri(folder: Path) -> dict[str, Any]:
    write_example(PET_MRI, folder)
    document = json.loads(exports(folder)["example"])
    return {section["id"]: section for section in document["sections"]}["pet-mri"]


# Golden files


def test_pet_mri(golden: Golden, tmp_path: Path) -> None:
    write_example(PET_MRI, tmp_path)
    made = exports(tmp_path)
    golden("pet-mri.json", made["example"])
    golden("pet-mri.codes.json", made["codes"])


@pytest.mark.parametrize("name", ["sleep-and-anesthesia", "durable-equipment", "codes"])
def test_the_test_library(name: str, golden: Golden) -> None:
    golden(f"{name}.json", exports(LIBRARY)[name])


# What the export promises


def test_short_forms_are_gone(tmp_path: Path) -> None:
    section = pet_mri(tmp_path)
    (ruling,) = section["rulings"]
    assert (ruling["id"], ruling["effect"], ruling["strength"], ruling["scope"], ruling["complete"]) == (
        "pet-mri.ruling", "covered", "may", "specific", True,
    )  # fmt: skip
    root = ruling["criteria"]
    assert (root["id"], root["op"], [member["id"] for member in root["of"]]) == (
        "pet-mri.criteria", "any", ["pet-mri.1", "pet-mri.2"],
    )  # fmt: skip
    assert [member["id"] for member in root["of"][1]["of"]] == ["pet-mri.2.1", "pet-mri.2.2", "pet-mri.2.3"]
    assert root["of"][1]["of"][0]["see"] == "pet-ct"
    assert section["queries"] == [
        {"id": "pet-mri.1", "text": "No disease section of this guideline states PET-MRI criteria. Which are meant?"}
    ]


def test_every_word_of_the_tree_is_in_the_export() -> None:
    library = read_library(LIBRARY).library
    for guideline in library.guidelines:
        text = export(outline(guideline), True).decode()
        for section in guideline.sections:
            for node in section_nodes(section):
                assert f'"id": {json.dumps(node.id)}' in text
                if hasattr(node, "text"):
                    assert json.dumps(node.text.value, ensure_ascii=False) in text


def test_queries_only_in_drafts() -> None:
    final, draft = (exports(LIBRARY, drafts=drafts)["sleep-and-anesthesia"] for drafts in (False, True))
    assert b'"queries"' not in final
    assert b"Is the time counted" not in final
    assert b"Is the time counted" in draft
    assert json.loads(draft)["guideline"]["status"] == "draft"


def test_the_hash_of_a_section_is_that_of_its_content() -> None:
    for name, data in exports(LIBRARY).items():
        if name == "codes":
            continue
        for section in json.loads(data)["sections"]:
            sha = section.pop("sha256")
            assert canonical_hash(section) == sha


def test_codes_lists_every_use() -> None:
    made = json.loads(exports(LIBRARY)["codes"])
    assert list(made) == sorted(made)
    for entry in made.values():
        assert set(entry) - {"notice"} == {"system", "label", "modality", "role", "used"}
        assert ("notice" in entry) == (entry["system"] == "CPT")
        for use in entry["used"]:
            assert set(use) == {"guideline", "section", "id", "as"}
            assert use["as"] in {"service", "criterion", "coding_rule", "text"}


def test_the_file_is_plain_json() -> None:
    for data in exports(LIBRARY).values():
        text = data.decode("utf-8")
        assert text.endswith("}\n")
        assert "\r" not in text
        assert "\\u" not in text


# What may not change it

_SCRIPT = """
import sys
from pathlib import Path
from policypress.library import read_library
from policypress.outline import outline
from policypress.render.export import export
from policypress.render.export_registers import codes
laid = [outline(guideline) for guideline in read_library(Path(sys.argv[1])).library.guidelines]
for data in [*(export(one, one.guideline.draft) for one in laid), codes(laid)]:
    sys.stdout.buffer.write(data)
"""


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONHASHSEED": "0"},
        {"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati", "LC_ALL": "C"},
        {"PYTHONHASHSEED": "4242", "TZ": "America/New_York", "LC_ALL": "tr_TR.UTF-8", "LANG": "de_DE.UTF-8"},
        {"PYTHONOPTIMIZE": "1", "PYTHONUTF8": "0", "LC_ALL": "POSIX"},
    ],
    ids=lambda environment: "-".join(environment.values()),
)
def test_the_same_bytes_in_another_place(environment: dict[str, str], tmp_path: Path) -> None:
    folder = copy(tmp_path / "another place, with spaces")
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT, str(folder)], capture_output=True, check=True, cwd=tmp_path,
        env={**{name: value for name, value in os.environ.items() if not name.startswith(("LC_", "PYTHON"))}, **environment},
    )  # fmt: skip
    assert done.stdout == b"".join(exports(LIBRARY).values())


def test_line_ends_do_not_matter(tmp_path: Path) -> None:
    folder = copy(tmp_path)
    for path in folder.rglob("*.yaml"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert exports(folder) == exports(LIBRARY)


def test_comments_and_empty_lines_do_not_matter(tmp_path: Path) -> None:
    folder = copy(tmp_path)
    for path in folder.rglob("*.yaml"):
        lines = path.read_text(encoding="utf-8").splitlines()
        in_block = False
        made = ["# comment", ""]
        for line in lines:
            in_block = (in_block and (not line or line.startswith("    "))) or line.endswith(("|", ">"))
            made += [line] if in_block or not line else [line, "  # comment: - x", ""]
        path.write_text("\n".join(made) + "\n", encoding="utf-8")
    assert exports(folder) == exports(LIBRARY)


def test_the_names_of_section_files_do_not_matter(tmp_path: Path) -> None:
    folder = copy(tmp_path)
    for number, path in enumerate(sorted(folder.rglob("sections/*.yaml"), reverse=True)):
        path.rename(path.with_name(f"{number}.yaml"))
    assert exports(folder) == exports(LIBRARY)


def test_the_order_of_folders_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    before = exports(LIBRARY)
    listdir = os.listdir

    def shuffled(folder: Any) -> list[str]:
        names = listdir(folder)
        random.Random(7).shuffle(names)
        return names

    monkeypatch.setattr(os, "listdir", shuffled)
    assert exports(LIBRARY) == before


def test_the_order_of_keys_does_not_matter(tmp_path: Path) -> None:
    write_example(PET_MRI, tmp_path / "one")
    title = "title: PET-MRI\nfrom: 10\n"
    write_example(PET_MRI.replace(title, "").replace("coding_rules:", f"{title}coding_rules:"), tmp_path / "two")
    assert exports(tmp_path / "one") == exports(tmp_path / "two")


def test_quotes_and_styles_do_not_matter(tmp_path: Path) -> None:
    write_example(PET_MRI, tmp_path / "one")
    other = PET_MRI.replace("[78813, 76498]", "['78813', \"76498\"]")
    other = re.sub(r"- (PET/CT is not available.*)", r'- "\1"', other)
    other = re.sub(r"- (The provider asks .*)", r"- |\n            \1", other)
    write_example(other, tmp_path / "two")
    assert other.count("|") == 1
    assert exports(tmp_path / "one") == exports(tmp_path / "two")


def test_a_new_section_leaves_the_others_alone(tmp_path: Path) -> None:
    folder = copy(tmp_path)
    (folder / "durable-equipment" / "sections" / "new.yaml").write_text(
        "id: new\ntitle: New\neffect: covered\ncodes: [E0601]\ncriteria:\n  text: A new condition is met\n",
        encoding="utf-8",
    )
    path = folder / "durable-equipment" / "guideline.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("[rental]", "[new, rental]"), encoding="utf-8")
    before, after = exports(LIBRARY), exports(folder)
    assert after["sleep-and-anesthesia"] == before["sleep-and-anesthesia"]
    sections = {section["id"]: section for section in json.loads(after["durable-equipment"])["sections"]}
    assert list(sections) == ["new", "rental"]
    assert sections["rental"] == json.loads(before["durable-equipment"])["sections"][0]


def test_order_of_members_changes_only_their_group(tmp_path: Path) -> None:
    folder = copy(tmp_path)
    path = folder / "sleep-and-anesthesia" / "sections" / "children.yaml"
    text = path.read_text(encoding="utf-8")
    first, second = (re.search(rf" *- id: children.{id}\n.*\n", text) for id in ("snoring", "pauses"))
    assert first is not None
    assert second is not None
    path.write_text(text.replace(first[0] + second[0], second[0] + first[0]), encoding="utf-8")
    before, after = (json.loads(exports(where)["sleep-and-anesthesia"]) for where in (LIBRARY, folder))
    changed = [old["id"] for old, new in zip(before["sections"], after["sections"], strict=True) if old != new]
    assert changed == ["children"]
    signs = after["sections"][3]["rulings"][0]["criteria"]["of"][0]
    assert [member["id"] for member in signs["of"]] == ["children.pauses", "children.snoring"]
