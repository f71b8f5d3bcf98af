"""Puts the outputs to the proof: a fresh generation before it is published, and what lies in an output folder."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from pathlib import Path

from policypress.evaluation.vector_lines import vector_faults
from policypress.generation import MANIFEST, Generation, Manifest, PublishFault, file_hash
from policypress.model import Library

RECORD = "verify.json"
_SHOWN = 20


def prove_fresh(
    library: Library,
    built: Collection[str],
    parts: Collection[str],
    templates: Mapping[str, str],
    generation: Generation,
) -> list[str]:
    """Read a fresh generation back and write down what was read. Raises PublishFault where it differs.

    Returns what to remark of its pages.

    `library` holds what the generation covers; of those guidelines the `built` ones must have these `parts`.
    `templates` are the hashes of the files that were there to be copied.
    """
    from policypress.verify.proof import prove

    wanted = {(id, part) for id in built for part in parts} | {
        (one.id, "site") for one in library.guidelines if "site" in parts
    }
    proof = prove(library, generation.folder, wanted)
    faults = [str(difference) for difference in proof.differences]
    if "json" in parts:
        faults += _vectors(library, generation.folder)
    if faults:
        said = "\n".join(_few(faults))
        raise PublishFault(f"what was made differs from the source:\n{said}")
    files = _ways(library, generation.folder, frozenset(templates.values()))
    record = {**proof.record, "files": files}
    generation.write(RECORD, (json.dumps(record, ensure_ascii=False, indent=2) + "\n").encode())
    return [str(remark) for remark in proof.remarks]


def prove_published(library: Library, out: Path) -> tuple[list[str], list[str]]:
    """Read an output folder back. Returns in what it differs from the source, and what was read and is remarked."""
    from policypress.verify.proof import prove

    manifest = Manifest.read(out)
    if manifest is None:
        return [f"{out} holds no build"], []
    faults = [f"{path} is missing" for path in manifest.outputs if not (out / path).is_file()]
    faults += [f"{path} was changed after it was built" for path in manifest.damaged(out) if (out / path).is_file()]
    held = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    faults += [f"{path} was written by no build" for path in sorted(held - {*manifest.outputs, MANIFEST})]
    names = {guideline.id for guideline in library.guidelines}
    published = {(Path(path).stem, path.split("/")[0]) for path in manifest.outputs if _names_guideline(path)}
    published |= {(id, "site") for id in names if any(path.startswith(f"site/{id}/") for path in manifest.outputs)}
    faults += [
        f"{path} belongs to no guideline of the source"
        for path in sorted(manifest.outputs)
        if _names_guideline(path) and Path(path).stem not in names
    ]
    proof = prove(library, out, published, manifest.drafts)
    faults += map(str, proof.differences)
    if any(part == "json" for _, part in published):
        faults += _vectors(library, out)
    faults += _record_faults(out, manifest.outputs, proof.record["guidelines"])
    read = [
        f"{id}: {', '.join(part for part in ('JSON', 'site', 'PDF') if part.lower() in record)}; "
        f"{record['criteria']} criteria in {record['sections']} sections"
        for id, record in proof.record["guidelines"].items()
    ]
    read += [f"remark: {remark}" for remark in proof.remarks]
    read += [f"{name}: not published here" for name in sorted(names - {id for id, _ in published})]
    return faults, read


def _ways(library: Library, out: Path, templates: Collection[str]) -> dict[str, str]:
    """Return of every output in which way it was proved."""
    from policypress.verify.listed import whole
    from policypress.verify.read_lists import LISTS

    ids, lists = [guideline.id for guideline in library.guidelines], {f"site/{name}" for name in LISTS}
    read = {"json/codes.json", "site/terms.html", "site/references.html", "site/feed.xml", "site/js/rulings.js"}
    read |= {path for id in ids for path in (f"json/{id}.json", f"pdf/{id}.pdf")}
    folders = tuple(f"site/{name}/" for name in (*ids, "codes"))
    derived = ("json/index.json", "json/criteria.ndjson", "json/vectors.ndjson", "json/types.d.ts", "json/schema/")
    ways = {}
    for file in sorted(path for path in out.rglob("*") if path.is_file()):
        path = file.relative_to(out).as_posix()
        if path in (RECORD, MANIFEST):
            continue
        if whole(path) in read or path.endswith(".zip") or (path.startswith(folders) and whole(path) not in lists):
            ways[path] = "read back"
        elif path.startswith(derived):
            ways[path] = "worked out anew"
        elif whole(path) in lists:
            ways[path] = "links followed"
        else:
            ways[path] = "copied" if file_hash(file) in templates else "not read back"
    return ways


def _vectors(library: Library, out: Path) -> list[str]:
    """Compare the vectors with the guidelines whose exports are published."""
    there = {one.id: one for one in library.guidelines if (out / "json" / f"{one.id}.json").is_file()}
    return list(vector_faults(there, out))


def _record_faults(out: Path, outputs: Collection[str], guidelines: dict[str, dict[str, object]]) -> list[str]:
    """Compare the record that the build left with what is there now."""
    try:
        record = json.loads((out / RECORD).read_bytes())
        then, listed = record["guidelines"], {*record["files"]}
    except (OSError, ValueError, KeyError, TypeError):
        return [f"{RECORD} cannot be read"]
    there = {path for path in outputs if path != RECORD}
    return [f"{RECORD} does not speak of {path}" for path in sorted(there ^ listed)] + [
        f"{RECORD} does not speak of these outputs of {id}" for id, now in guidelines.items() if then.get(id) != now
    ]


def _names_guideline(path: str) -> bool:
    part, _, name = path.partition("/")
    export = part == "json" and name.endswith(".json") and name not in ("codes.json", "index.json")
    return (part == "pdf" or export) and "/" not in name


def _few(faults: list[str]) -> list[str]:
    more = len(faults) - _SHOWN
    return faults[:_SHOWN] + ([f"and {more} more"] if more > 0 else [])
