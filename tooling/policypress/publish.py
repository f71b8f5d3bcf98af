"""Builds the outputs of a library: PDF, site and JSON of its guidelines, as one generation."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path

from policypress.generation import PARTS, Generation, Manifest, PublishFault, file_hash, locked
from policypress.model import Library
from policypress.outline import GuidelineOutline, outline
from policypress.processes import pool
from policypress.proving import RECORD, prove_fresh

Progress = Callable[[str], None]


class MachineLacks(Exception):
    """The machine lacks something that this build needs; the message names it."""


@dataclass(frozen=True)
class Order:
    """What to build from where to where. `guideline` is "" for all of them."""

    source: Path
    out: Path
    templates: Path
    parts: frozenset[str] = frozenset(PARTS)
    guideline: str = ""


def publish(library: Library, order: Order, progress: Progress = print) -> Manifest:
    """Build the outputs and swap them in. Raises PublishFault or MachineLacks; the previous outputs stand then."""
    try:
        with locked(order.out):
            return _publish(library, order, progress)
    except OSError as error:
        raise PublishFault(f"cannot write {error.filename or order.out}: {error.strerror}") from error


def _publish(library: Library, order: Order, progress: Progress) -> Manifest:
    previous = Manifest.read(order.out)
    sources, templates = source_hashes(library, order.source), template_hashes(order.templates)
    covered = _covered(library, order, previous)
    kept = _kept(order, previous, covered, sources, templates)
    generation = Generation(order.out)
    try:
        for path in kept:
            generation.keep(path)
        _render(covered, order, generation, progress)
        progress("verifying")
        built = {laid.guideline.id for laid in covered if order.guideline in ("", laid.guideline.id)}
        shown = replace(library, guidelines=tuple(laid.guideline for laid in covered))
        for remark in prove_fresh(shown, built, order.parts, templates, generation):
            progress(f"remark: {remark}")
        drafts = [laid.guideline.id for laid in covered if laid.guideline.draft]
        return generation.publish(sources, templates, drafts)
    finally:
        generation.discard()


def stale(library: Library, order: Order) -> list[str]:
    """Say in what the output folder differs from what a build would write; nothing where it is fresh."""
    manifest = Manifest.read(order.out)
    if manifest is None:
        return [f"{order.out} holds no build"]
    reasons = _differences(manifest, source_hashes(library, order.source), template_hashes(order.templates))
    wanted = [guideline for guideline in library.guidelines if order.guideline in ("", guideline.id)]
    for part in sorted(order.parts):
        if not any(path.startswith(f"{part}/") for path in manifest.outputs):
            reasons.append(f"{part} has not been built")
        elif part != "site":
            paths = [f"{part}/{guideline.id}.{part}" for guideline in wanted]
            reasons += [f"{path} has not been built" for path in paths if path not in manifest.outputs]
    if not reasons:
        drafts = {guideline.id for guideline in wanted if guideline.draft}
        reasons += _redrafted(manifest, drafts, {guideline.id for guideline in wanted})
    reasons += [f"{path} was changed after it was built" for path in manifest.damaged(order.out)]
    return reasons


def as_drafts(library: Library) -> Library:
    """Return the library with its final guidelines as drafts."""
    return replace(
        library,
        guidelines=tuple(
            replace(guideline, status="draft") if guideline.status == "final" else guideline
            for guideline in library.guidelines
        ),
    )


def source_hashes(library: Library, folder: Path) -> dict[str, str]:
    """Return path below the source folder -> SHA-256 of every file that was read."""
    base = folder.absolute()
    return {
        os.path.relpath(source.file.absolute(), base).replace(os.sep, "/"): hashlib.sha256(
            source.text.encode()
        ).hexdigest()
        for source in library.sources
        if source.file is not None
    }


def template_hashes(folder: Path) -> dict[str, str]:
    """Return path below the templates folder -> SHA-256 of every file there."""
    return {
        path.relative_to(folder).as_posix(): file_hash(path) for path in sorted(folder.rglob("*")) if path.is_file()
    }


def _covered(library: Library, order: Order, previous: Manifest | None) -> list[GuidelineOutline]:
    """The guidelines whose outputs the new generation holds: all, or the one asked for and those published before."""
    wanted = {guideline.id for guideline in library.guidelines}
    if order.guideline:
        before = () if previous is None else previous.outputs
        wanted &= {order.guideline, *(Path(path).stem for path in before if path.startswith(("json/", "pdf/")))}
    return [outline(guideline) for guideline in library.guidelines if guideline.id in wanted]


def _kept(
    order: Order,
    previous: Manifest | None,
    covered: Iterable[GuidelineOutline],
    sources: dict[str, str],
    templates: dict[str, str],
) -> list[str]:
    """Outputs of the previous build that this one does not write anew; they must still match the source."""
    if previous is None:
        return []
    names = {laid.guideline.id for laid in covered}
    kept = []
    for path in previous.outputs:
        part = path.split("/", 1)[0]
        other = order.guideline and part in ("pdf", "json") and Path(path).stem in names - {order.guideline}
        if path != RECORD and (part not in order.parts or other):
            kept.append(path)
    if kept:
        drafts = {laid.guideline.id for laid in covered if laid.guideline.draft}
        shown = {name for path in kept for name in names if path.startswith("site/") or Path(path).stem == name}
        differences = _differences(previous, sources, templates) + _redrafted(previous, drafts, shown)
        differences += [f"{path} was changed after it was built" for path in previous.damaged(order.out)]
        if differences:
            raise PublishFault(f"{kept[0]} no longer matches the source ({differences[0]}); build it too")
    return kept


def _redrafted(manifest: Manifest, drafts: set[str], names: set[str]) -> list[str]:
    """Say which of the named guidelines were published with a DRAFT mark and are no drafts now, or the reverse."""
    changed = sorted(({*manifest.drafts} ^ drafts) & names)
    return [f"{name} was {'' if name in manifest.drafts else 'not '}published as a draft" for name in changed]


def _differences(manifest: Manifest, sources: dict[str, str], templates: dict[str, str]) -> list[str]:
    found = []
    for name, then, now in (("", manifest.sources, sources), ("templates/", manifest.templates, templates)):
        for path in sorted({*then, *now}):
            if then.get(path) != now.get(path):
                what = "is new" if path not in then else "is gone" if path not in now else "has changed"
                found.append(f"{name}{path} {what}")
    current = Manifest({}, {}, {}, []).versions
    found += [f"{name} was {value}" for name, value in manifest.versions.items() if current[name] != value]
    return found


def _render(covered: list[GuidelineOutline], order: Order, generation: Generation, progress: Progress) -> None:
    from policypress.render import export, export_registers

    wanted = [laid for laid in covered if order.guideline in ("", laid.guideline.id)]
    told = wanted if order.parts & {"json", "pdf"} else []
    exports = {laid.guideline.id: export.export(laid, laid.guideline.draft) for laid in told}
    workers = pool(len(wanted)) if wanted and "pdf" in order.parts else None
    try:
        pdfs: dict[str, Future[bytes]] = {}
        if workers is not None:
            for laid in wanted:
                progress(f"{laid.guideline.id}: PDF")
                pdfs[laid.guideline.id] = workers.submit(_pdf, laid, exports[laid.guideline.id], order.templates)
        if "json" in order.parts:
            from policypress.conformance.pack import write_pack
            from policypress.render.export_schema import consumer_schema, criteria_schema

            progress("JSON")
            for id, data in exports.items():
                generation.write(f"json/{id}.json", data)
            generation.write("json/codes.json", export_registers.codes(covered))
            generation.write("json/schema/criteria.schema.json", export_registers.to_bytes(criteria_schema()))
            generation.write("json/schema/criteria.consumer.schema.json", export_registers.to_bytes(consumer_schema()))
            write_pack([laid.guideline for laid in covered], generation, order.templates)
        if "site" in order.parts:
            from policypress.render.site_build import build_site
            from policypress.render.site_links import SiteFault

            progress("site")
            try:
                build_site(covered, generation.folder / "site", order.templates)
            except SiteFault as fault:
                raise PublishFault(f"the site cannot be published: {fault}") from fault
        for id, future in pdfs.items():
            generation.write(f"pdf/{id}.pdf", future.result())
    finally:
        if workers is not None:
            workers.shutdown(cancel_futures=True)


def _pdf(laid: GuidelineOutline, export: bytes, templates: Path) -> bytes:
    """Render one PDF; runs in a process of its own."""
    from policypress.render.pdf import PdfFault, render

    try:
        return render(laid, export, templates, draft=laid.guideline.draft)
    except PdfFault as fault:
        raise PublishFault(f"the PDF cannot be published: {fault}") from None
    except OSError as error:
        if "cannot load library" in str(error):
            raise MachineLacks("Pango, which draws the PDF (Debian: libpango-1.0-0 libpangoft2-1.0-0)") from None
        raise
