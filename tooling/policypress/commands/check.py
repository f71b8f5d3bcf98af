"""`check`: every fault in every file."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from policypress.commands.console import FOUND, OK, Failure, below, colour, read_source, say, today

if TYPE_CHECKING:
    from policypress.checks.check import SectionView
    from policypress.finding import Finding
    from policypress.library import Read


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="report only what lies below these")
    parser.add_argument("--format", choices=("text", "json", "sarif", "github"), default="text")
    parser.add_argument("--strict", action="store_true", help="exit 1 on warnings too")
    parser.add_argument("--fix", action="store_true", help="make the edits that are safe")
    parser.add_argument("--watch", action="store_true", help="check again whenever a file is saved")
    parser.add_argument("--diff", action="store_true", help="print what --fix would do, and write nothing")
    parser.add_argument("--timing", action="store_true", help="print what each rule costs")


def run(options: argparse.Namespace) -> int:
    from policypress.checks import run_checks
    from policypress.report import render

    wanted = [below(path, options.source) for path in options.paths]
    if options.watch:
        if options.fix or options.diff or options.timing:
            raise Failure("--watch goes without --fix, --diff and --timing")
        return _watch(options, wanted)
    costs: list[tuple[float, str]] = []
    timing = (lambda rule, seconds: costs.append((seconds, rule))) if options.timing else None
    findings = run_checks(read_source(options.source), timing, today())
    if options.diff:
        from policypress.fixing import diff

        said = diff([finding for finding in findings if _is_below(finding, wanted)])
        sys.stdout.write(said)
        return FOUND if said else OK
    if options.fix:
        from policypress.fixing import fix

        say(fix([finding for finding in findings if _is_below(finding, wanted)]))
        findings = run_checks(read_source(options.source), None, today())
    shown = [finding for finding in findings if _is_below(finding, wanted)]
    sys.stdout.write(render(shown, options.format, colour()))
    for seconds, rule in sorted(costs, reverse=True):
        say(f"{rule:8}  {seconds * 1000:8.2f} ms")
    return _status(shown, strict=options.strict)


def _watch(options: argparse.Namespace, wanted: Sequence[Path]) -> int:
    from policypress.checks import run_checks
    from policypress.report import render
    from policypress.watching import watch

    read_source(options.source)  # fails where there is no such folder
    gc.enable()  # this process stays
    kept: dict[int, SectionView] = {}

    def show(read: Read) -> None:
        shown = [finding for finding in run_checks(read, None, today(), kept) if _is_below(finding, wanted)]
        clear = "\033[2J\033[H" if sys.stdout.isatty() else ""
        sys.stdout.write(clear + render(shown, options.format, colour()) + ("" if clear else "\n"))
        sys.stdout.flush()

    watch(options.source, show)
    return OK


def _status(findings: Sequence[Finding], strict: bool) -> int:
    counted = {"error", "warning"} if strict else {"error"}
    return FOUND if any(finding.severity in counted for finding in findings) else OK


def _is_below(finding: Finding, wanted: Sequence[Path]) -> bool:
    return not wanted or any(Path(os.path.abspath(finding.span.path)).is_relative_to(path) for path in wanted)
