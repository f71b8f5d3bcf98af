"""Puts the outputs to the proof: a fresh generation before it is published, and what lies in an output folder."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path

from policypress.generation import MANIFEST, Generation, Manifest, PublishFault
from policypress.model import Library

RECORD = "verify.json"
_SHOWN = 20


def prove_fresh(library: Library, built: Collection[str], parts: Collection[str], generation: Generation) -> None:
    """Read a fresh generation back and write down what was read. Raises PublishFault where it differs.

    `library` holds what the generation covers; of those guidelines the `built` ones must have these `parts`.
    """
    from policypress.verify.proof import prove

    wanted = {(id, part) for id in built for part in parts} | {
        (one.id, "site") for one in library.guidelines if "site" in parts
    }
    proof = prove(library, generation.folder, wanted)
    if proof.differences:
        said = "\n".join(_few([str(difference) for difference in proof.differences]))
        raise PublishFault(f"what was made differs from the source:\n{said}")
    generation.write(RECORD, (json.dumps(proof.record, ensure_ascii=False, indent=2) + "\n").encode())


def prove_published(library: Library, out: Path) -> tuple[list[str], list[str]]:
    """Read an output folder back. Returns in what it differs from the source, and what was read."""
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
    faults += _record_faults(out, proof.record["guidelines"])
    read = [
        f"{id}: {', '.join(part for part in ('JSON', 'site', 'PDF') if part.lower() in record)}; "
        f"{record['criteria']} criteria in {record['sections']} sections"
        for id, record in proof.record["guidelines"].items()
    ]
    read += [
        f"{id}, PDF: {remark} (no fault, and worth a look)"
        for id, record in proof.record["guidelines"].items()
        for remark in record.get("pdf", {}).get("remarks", ())
    ]
    read += [f"{name}: not published here" for name in sorted(names - {id for id, _ in published})]
    return faults, read


def _record_faults(out: Path, guidelines: dict[str, dict[str, object]]) -> list[str]:
    """Compare the record that the build left with what is there now."""
    try:
        then = json.loads((out / RECORD).read_bytes())["guidelines"]
    except (OSError, ValueError, KeyError, TypeError):
        return [f"{RECORD} cannot be read"]
    return [
        f"{RECORD} does not speak of these outputs of {id}" for id, now in guidelines.items() if then.get(id) != now
    ]


def _names_guideline(path: str) -> bool:
    part, _, name = path.partition("/")
    export = part == "json" and name.endswith(".json") and name not in ("codes.json", "index.json")
    return (part == "pdf" or export) and "/" not in name


def _few(faults: list[str]) -> list[str]:
    more = len(faults) - _SHOWN
    return faults[:_SHOWN] + ([f"and {more} more"] if more > 0 else [])
