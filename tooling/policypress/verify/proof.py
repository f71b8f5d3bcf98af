"""The proof that outputs and source agree: every difference by name, and a record of what was read."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from policypress.criteria import Criterion
from policypress.model import Guideline, Library
from policypress.processes import pool
from policypress.verify.flow import Difference
from policypress.verify.laid import ordered, trees
from policypress.verify.listed import parts
from policypress.verify.offline import zip_differences
from policypress.verify.read_codes import codes_differences
from policypress.verify.read_feed import feed_differences
from policypress.verify.read_html import WHOLE, SiteReader
from policypress.verify.read_json import json_differences
from policypress.verify.read_pack import pack_differences
from policypress.verify.read_side import side_differences
from policypress.version import SCHEMA_VERSION, TOOL_VERSION

Record = dict[str, Any]
_OWN_PAGES = frozenset(("index.html", "revision_history.html", "source_concordance.html", WHOLE))


@dataclass(frozen=True, slots=True)
class Proof:
    """What was compared and how it differs; nothing in `differences` means that all copies say the same.

    `remarks` are pages that say everything and break off badly. They are no reason to withhold a policy.
    """

    differences: tuple[Difference, ...]
    remarks: tuple[Difference, ...]
    record: Record


def prove(library: Library, out: Path, wanted: Collection[tuple[str, str]], drafts: Collection[str] = ()) -> Proof:
    """Read the outputs of a library below `out`.

    `wanted` are (guideline, part) that must be there; what else is there is read too. `drafts` are the ids of the
    guidelines that were published as drafts.
    """
    guidelines = {
        one.id: replace(one, status="draft") if one.id in drafts and one.status == "final" else one
        for one in library.guidelines
    }
    there = {
        id: {part for part, path in _paths(id).items() if (id, part) in wanted or (out / path).exists()}
        for id in guidelines
    }
    guidelines = {id: one for id, one in guidelines.items() if there[id]}
    work = [(one, guidelines, out, there[id]) for id, one in guidelines.items()]
    several = len(work) > 1 and any("pdf" in parts for parts in there.values()) and (os.cpu_count() or 1) > 1
    if several:
        with pool(len(work)) as workers:
            found = list(workers.map(_one, work))
    else:
        found = [_one(one) for one in work]
    differences = [difference for some, _ in found for difference in some]
    if any("site" in parts for parts in there.values()):
        differences += zip_differences(out / "site")
    if any("json" in parts for parts in there.values()):
        differences += codes_differences(guidelines.values(), out / "json" / "codes.json")
    if any(part == "json" for _, part in wanted):
        differences += pack_differences(guidelines, out / "json")
    if any(part == "site" for _, part in wanted):
        differences += side_differences(
            {id: one for id, one in guidelines.items() if "site" in there[id]}, out / "site"
        )
    remarks = tuple(one for one in differences if one.remark)
    differences = [one for one in differences if not one.remark]
    record = {
        "tool_version": TOOL_VERSION,
        "schema_version": SCHEMA_VERSION,
        "guidelines": {id: record for id, (_, record) in zip(guidelines, found, strict=True)},
        "differences": [str(difference) for difference in differences],
        "remarks": [str(remark) for remark in remarks],
    }
    return Proof(tuple(differences), remarks, record)


def _one(work: tuple[Guideline, Mapping[str, Guideline], Path, Collection[str]]) -> tuple[list[Difference], Record]:
    guideline, library, out, parts = work
    sections = ordered(guideline)
    nodes = [spot for section in sections for tree in trees(section) for spot in tree.below()]
    record: Record = {
        "version": guideline.version,
        "status": guideline.status,
        "sections": len(sections),
        "rulings": sum(len(section.rulings) for section in sections),
        "coding_rules": sum(len(section.coding_rules) for section in sections),
        "criteria": sum(isinstance(spot.node, Criterion) for spot in nodes),
        "groups": sum(not isinstance(spot.node, Criterion) for spot in nodes),
    }
    found: list[Difference] = []
    export: bytes | None = None
    if "json" in parts:
        path = f"json/{guideline.id}.json"
        export = _read(out / path)
        if export is None:
            found.append(Difference(guideline.id, "JSON", "", "", "file", f"{path} cannot be read"))
        else:
            found += json_differences(guideline, export)
            record["json"] = {"path": path, "sha256": _sha256(export)}
    if "site" in parts:
        site = SiteReader(guideline, library, out / "site")
        found += site.differences()
        found += feed_differences(guideline, out / "site" / "feed.xml")
        found += _strays(guideline, out / "site")
        record["site"] = {
            "pieces": site.pieces,
            "pages": {f"site/{path}": sha256 for path, sha256 in sorted(site.files.items())},
        }
    if "pdf" in parts:
        from policypress.verify.read_pdf import PdfReading  # it loads pypdf, which JSON and site can do without

        path = f"pdf/{guideline.id}.pdf"
        data = _read(out / path)
        if data is None:
            found.append(Difference(guideline.id, "PDF", "", "", "file", f"{path} cannot be read"))
        else:
            pdf = PdfReading(guideline, library, data, export)
            found += pdf.differences()
            record["pdf"] = {
                "path": path,
                "sha256": _sha256(data),
                "pages": pdf.pages,
                "pieces": pdf.pieces,
                "characters": pdf.characters,
            }
    return found, record


def _paths(id: str) -> dict[str, str]:
    return {"json": f"json/{id}.json", "site": f"site/{id}", "pdf": f"pdf/{id}.pdf"}


def _strays(guideline: Guideline, site: Path) -> Iterator[Difference]:
    known = {f"{section.id}.html" for section in ordered(guideline)} | _OWN_PAGES
    for cut in ("index.html", "source_concordance.html"):
        known.update(path.rpartition("/")[2] for path in parts(site, f"{guideline.id}/{cut}"))
    for path in sorted((site / guideline.id).glob("*.html")):
        if path.name not in known:
            yield Difference(
                guideline.id, "site", path.stem, path.stem, "section", f"{path.name} is the page of no section"
            )


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
