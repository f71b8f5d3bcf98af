"""How the run of the cases looks: failures first, then what no case decides."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping

from policypress.evaluation.vignettes import Report
from policypress.report.phrasing import words
from policypress.verdict import MET, Verdict

_ROLES = {
    ("criterion", True): "no case decides it as met",
    ("criterion", False): "no case decides it as not met",
    ("applies_when", True): "no case is decided by its applying",
    ("applies_when", False): "no case is decided by its not applying",
    ("unless", True): "no case is waived by it",
    ("unless", False): "no case is left without its waiver",
    ("except_when", True): "no case is carved out by it",
    ("except_when", False): "no case is left without its carve-out",
}
_WIDTH = 100


def text(report: Report, masked: Mapping[tuple[int, Verdict], str]) -> str:
    """Return what the cases of one guideline show. `masked` says why no case takes a branch, where none can."""
    return "\n".join(_lines(report, masked)) + "\n"


def _lines(report: Report, masked: Mapping[tuple[int, Verdict], str]) -> Iterator[str]:
    failed = [run for run in report.runs if run.failures]
    count = len(report.runs)
    cases = f"{count} case" if count == 1 else f"{count} cases"
    yield f"{report.guideline.id}: {cases}, " + (f"{len(failed)} failed" if failed else "all as expected")
    for run in failed:
        place = run.vignette.span
        yield f"  FAILED {run.vignette.id}  ({place.path}:{place.begin.line})"
        for failure in run.failures:
            yield from _wrapped(failure, "    ")
    if not report.branches:
        yield "  no criteria"
        return
    decided = report.branches - len(report.gaps)
    yield f"  coverage: {decided} of {report.branches} branches ({100 * decided // report.branches} %)"
    for gap in report.gaps:
        why = masked.get((id(gap.node), gap.verdict), "")
        said = _ROLES[gap.role, gap.verdict is MET] + (f"; {why}" if why else "")
        yield from _wrapped(f"{gap.node.id}: {said} ({words(gap.node)})", "    ")


def _wrapped(said: str, indent: str) -> list[str]:
    short = textwrap.shorten(said, 3 * _WIDTH, placeholder=" …")
    return textwrap.wrap(
        short, _WIDTH, initial_indent=indent, subsequent_indent=indent + "  ", break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip
