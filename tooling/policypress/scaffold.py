"""`policypress new`: a guideline or a section that passes `check`, with comments that teach."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from policypress.decode.guideline import read_guideline
from policypress.decode.kinds import ID, Faults
from policypress.fixing import replace_file
from policypress.layout import as_written
from policypress.library import REGISTER_FOLDER, read_library
from policypress.model import Guideline, section_nodes
from policypress.nodes import Mapping, Sequence, YamlNode, parse
from policypress.schema import EDITOR_FOLDER, write_editor_schemas
from policypress.text import Source

_GUIDELINE = """\
# yaml-language-server: $schema=../../{schemas}/guideline.json
# What the title page says. Dates are written year-month-day.
id: {id}
title: {title}
# A number that readers know the policy by: policy_number: ABC-001
version: 0.1.0
# draft, final or retired. Only a final guideline may hold no open query.
status: draft
effective: {effective}
# Each file of sections/ stands in one chapter, by its id; this is the order of reading.
chapters:
  - title: General
    sections: [general]
"""
_SECTION = """\
# yaml-language-server: $schema=../../../{schemas}/section.json
# The id is permanent: links and claims systems will know the section by it. The title may change.
id: {id}
title: {title}
# A doubt is put to the author here and printed on drafts.
query: The criteria below are a beginning. Which criteria does the policy need?
# covered or not_covered: what follows when the criteria are met.
effect: covered
{scope}# The codes it is about, as soon as registers/codes.yaml holds them: codes: ["78813"]
# One group of criteria: all (every one must be met), any (one is enough), not, or at_least with n and of.
criteria:
  all:
    # One condition a line, in one sentence that is either met or not met. `policypress fmt` gives each its id.
    - The record states the question that the service is meant to answer
    - A clinician who treats the individual asks for the service
    # A group may stand inside a group:
    # - any:
    #     - One way to meet it
    #     - Another way to meet it
"""
_SCOPE = """\
# general: must hold beside every other ruling. Without it, whoever meets these criteria alone is covered.
scope: general
"""


class ScaffoldFault(Exception):
    """A file cannot be made; the message says why."""


def new_guideline(folder: Path, id: str) -> list[Path]:
    """Make a guideline with its first section. Returns the files that were written."""
    _check_id(id)
    home = folder / id
    if id == REGISTER_FOLDER or home.exists() or home.is_symlink():
        raise ScaffoldFault(f"{home} is there already, or means something else; choose another id")
    effective = date(date.today().year + 1, 1, 1).isoformat()
    section = _section(home, "general", _SCOPE)
    head = _new_file(
        home / "guideline.yaml",
        _GUIDELINE.format(schemas=EDITOR_FOLDER.as_posix(), id=as_written(id), title=_title(id), effective=effective),
    )
    return [head, section, *_schemas(folder)]


def new_section(folder: Path, guideline: str, id: str) -> list[Path]:
    """Make a section and list it in the guideline's last chapter. Returns the files that were written."""
    _check_id(guideline)
    _check_id(id)
    held = next((held for held in read_library(folder).library.guidelines if held.id == guideline), None)
    if held is None or held.source.file is None:
        raise ScaffoldFault(f"{folder} holds no guideline {guideline} that can be read")
    if id in _ids(held):
        raise ScaffoldFault(f"{guideline} has the id {id} already, or had it once; choose another")
    head = _with_section(held.source, id)
    section = _section(held.source.file.parent, id)
    replace_file(held.source.file.resolve(), head)
    return [section, held.source.file, *_schemas(folder)]


def _check_id(id: str) -> None:
    if ID.fullmatch(id) is None or len(id) > 80:
        how = "use small letters and digits, joined by single dots or hyphens, such as pet-mri"
        raise ScaffoldFault(f"“{id}” is not written as an id: {how}")


def _ids(guideline: Guideline) -> set[str]:
    ids = {gone.id.value for gone in guideline.retired}
    ids |= {name.value for chapter in guideline.chapters for name in chapter.sections}
    for section in guideline.sections:
        ids.add(section.id)
        ids |= {ruling.id for ruling in section.rulings}
        ids |= {node.id for node in section_nodes(section)}
        ids |= {rule.id for rule in section.coding_rules}
    return ids


def _section(home: Path, id: str, scope: str = "") -> Path:
    if (home / "sections").is_symlink():
        raise ScaffoldFault(f"{home / 'sections'} is a link; put a folder in its place")
    text = _SECTION.format(schemas=EDITOR_FOLDER.as_posix(), id=as_written(id), title=_title(id), scope=scope)
    return _new_file(home / "sections" / f"{id}.yaml", text)


def _new_file(path: Path, text: str) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError as error:
        raise ScaffoldFault(f"{path} is there already") from error
    except OSError as error:
        raise ScaffoldFault(f"{path} cannot be written: {error.strerror or error}") from error
    return path


def _title(id: str) -> str:
    words = id.replace("-", " ").replace(".", " ")
    return as_written(words[0].upper() + words[1:])


def _schemas(folder: Path) -> list[Path]:
    """Write what the first line of the new files points to: it stands beside the source folder."""
    return write_editor_schemas(read_library(folder).library, folder.absolute().parent / EDITOR_FOLDER)


def _with_section(source: Source, id: str) -> str:
    """Return the text of a guideline.yaml with a section at the end of its last chapter."""
    root, _ = parse(source)
    chapters = _value(root, "chapters")
    if not isinstance(chapters, Sequence):
        raise ScaffoldFault(f"{source.path} has no list of chapters")
    if chapters.items:
        listed = _value(chapters.items[-1], "sections")
        if not isinstance(listed, Sequence):
            raise ScaffoldFault(f"the last chapter of {source.path} has no list of sections")
        text = _with_item(source.text, listed, as_written(id))
    else:
        chapter = f"\n  - title: General\n    sections: [{as_written(id)}]"
        text = source.text[: chapters.start].rstrip() + chapter + source.text[chapters.end :]
    again = Source(source.path, text, source.file)
    root, findings = parse(again)
    faults = Faults()
    made = read_guideline(again, root, faults) if root is not None else None
    if findings or faults.findings or made is None or made.chapters[-1].sections[-1].value != id:
        raise ScaffoldFault(f"the chapters of {source.path} cannot be added to; mend what check finds there first")
    return text


def _value(node: YamlNode | None, name: str) -> YamlNode | None:
    entries = node.entries if isinstance(node, Mapping) else []
    return next((value for key, value in entries if key.value == name), None)


def _with_item(text: str, listed: Sequence, item: str) -> str:
    if not listed.items:
        return f"{text[: listed.start]}[{item}]{text[listed.end :]}"
    end = listed.items[-1].end
    if text[listed.start] == "[":
        return f"{text[:end]}, {item}{text[end:]}"
    indent = listed.start - (text.rfind("\n", 0, listed.start) + 1)
    line_end = text.find("\n", end)
    line_end = len(text) if line_end < 0 else line_end
    return f"{text[:line_end].rstrip(chr(13))}\n{' ' * indent}- {item}{text[line_end:]}"
