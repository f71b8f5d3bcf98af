"""The commands on cases: evaluate one, evaluate a file of many, and run those beside the guidelines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from policypress.criteria import Criterion
from policypress.evaluation.judgement import evaluate
from policypress.evaluation.locating import CaseFault, locate
from policypress.evaluation.masking import masked
from policypress.evaluation.suggesting import suggest
from policypress.evaluation.vignettes import failures, run_vignettes
from policypress.finding import Finding
from policypress.library import Read, read_cases
from policypress.logic import Case
from policypress.model import Guideline, Vignette, section_nodes
from policypress.report import coverage, determination, determination_json, terminal

Say = Callable[[str], object]
FORMATS = {"text": determination.text, "json": determination_json.text}


def evaluate_case(read: Read, file: Path, source: Path, format: str, write: Say, say: Say) -> bool:
    """Evaluate every case of a file. False where one cannot be read, or expects something else."""
    cases, findings = read_cases(file)
    _show(findings, say)
    done = [_evaluated(read, case, file, source, format, write, say) for case in cases]
    return bool(done) and all(done)


def _evaluated(read: Read, case: Vignette, file: Path, source: Path, format: str, write: Say, say: Say) -> bool:
    try:
        guideline = locate(read.library, case, file, source)
    except CaseFault:
        _show(_errors(read, None), say)  # the guideline that is missed may be one that cannot be read
        raise
    if errors := _errors(read, guideline):
        _show(errors, say)
        say(f"{case.id} was not evaluated: {guideline.id} cannot be read whole.")
        return False
    evaluation = evaluate(read.library, case, guideline)
    write(FORMATS[format](evaluation))
    failed = failures(evaluation.judgement)
    for failure in failed:
        say(f"{case.id}: {failure}")
    return not failed


def evaluate_cases(read: Read, guideline: Guideline, file: Path, out: Path | BinaryIO, say: Say) -> bool:
    """Evaluate every case of a file and write the verdicts. False where something in it cannot be read."""
    from policypress.batch.deriving import Endless
    from policypress.batch.duck import FileFault, evaluate_file

    if errors := _errors(read, guideline):
        _show(errors, say)
        say(f"{file} was not evaluated: {guideline.id} cannot be read whole.")
        return False
    try:
        count = evaluate_file(Case({one.id: one for one in read.library.guidelines}, guideline.id, {}), file, out, say)
    except (Endless, FileFault) as fault:
        say(f"{fault}\n{file} was not evaluated.")
        return False
    say(f"evaluated {count} {'case' if count == 1 else 'cases'}")
    return True


def run_cases(read: Read, guidelines: list[Guideline], suggesting: bool, write: Say, say: Say) -> bool:
    """Run the cases beside guidelines, and write what they show or the cases that are missing."""
    passed = True
    for guideline in guidelines:
        if errors := _errors(read, guideline, cases=True):
            _show(errors, say)
            say(f"The cases of {guideline.id} were not run: it cannot be read whole.")
            passed = False
            continue
        report = run_vignettes(read.library, guideline)
        passed = passed and not any(run.failures for run in report.runs)
        if suggesting:
            for missing in suggest(read.library, report):
                write(missing + "\n")
        else:
            write(coverage.text(report, masked(read.library, report)))
    return passed


def _errors(read: Read, guideline: Guideline | None, cases: bool = False) -> list[Finding]:
    """Return the errors of reading that may have lost something the guideline says, or all."""
    ids = None if guideline is None else {guideline.id, *_pointed_at(guideline), "registers"}
    return [
        finding
        for finding in read.findings
        if finding.severity == "error" and (ids is None or _folder(read, finding) in ids)
        and (cases or "vignettes" not in Path(finding.span.path).parts)
    ]  # fmt: skip


def _folder(read: Read, finding: Finding) -> str:
    """Return the folder below the source in which a finding lies."""
    file = finding.span.source.file
    if file is None:
        return ""
    parts = file.absolute().parts
    folders = {one.source.file.absolute().parent for one in read.library.guidelines if one.source.file is not None}
    roots = {folder.parent for folder in folders}
    return next((parts[len(root.parts)] for root in roots if parts[: len(root.parts)] == root.parts), "")


def _pointed_at(guideline: Guideline) -> Iterator[str]:
    for section in guideline.sections:
        for node in section_nodes(section):
            if isinstance(node, Criterion) and node.see is not None and "/" in node.see.target:
                yield node.see.target.partition("/")[0]


def _show(findings: list[Finding] | tuple[Finding, ...], say: Say) -> None:
    for finding in findings:
        say(terminal.block(finding) + "\n")
