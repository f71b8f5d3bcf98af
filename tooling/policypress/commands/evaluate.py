"""`evaluate`: the verdict for a case, or for each row of a table."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from policypress.commands.console import FOUND, LACKING, OK, Failure, guideline_of, read_source, say


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("case", nargs="?", type=Path, metavar="CASE.yaml")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument("--cases", type=Path, metavar="FILE", help="evaluate each row of Parquet, CSV or NDJSON")
    parser.add_argument("--guideline", default="", metavar="ID", help="the guideline for --cases")


def run(options: argparse.Namespace) -> int:
    from policypress.casework import evaluate_case
    from policypress.evaluation.locating import CaseFault

    if (options.case is None) == (options.cases is None):
        raise Failure("evaluate takes either CASE.yaml or --cases FILE")
    if options.cases is not None:
        return _evaluate_cases(options)
    if options.guideline:
        raise Failure("--guideline goes with --cases; a case names its guideline itself")
    if not options.case.is_file():
        raise Failure(f"there is no file {options.case}")
    read = read_source(options.source)
    try:
        done = evaluate_case(read, options.case, options.source, options.format, sys.stdout.write, say)
    except CaseFault as fault:
        raise Failure(str(fault)) from fault
    return OK if done else FOUND


def _evaluate_cases(options: argparse.Namespace) -> int:
    from policypress.batch.duck import FORMATS, NoDuckDB
    from policypress.casework import evaluate_cases

    out = None if options.out == Path("build") else options.out  # without --out, to the terminal
    for file in (options.cases, out):
        if file is not None and file.suffix.lower() not in FORMATS:
            raise Failure(f"{file} is none of these: {', '.join(FORMATS)}")
    if not options.cases.is_file():
        raise Failure(f"there is no file {options.cases}")
    if not options.guideline or options.format != "text":
        raise Failure("--cases needs --guideline ID, and writes a table: --format is for one case")
    read = read_source(options.source)
    guideline = guideline_of(read.library, options.guideline)
    try:
        done = evaluate_cases(read, guideline, options.cases, out or sys.stdout.buffer, say)
    except NoDuckDB as lack:
        raise Failure(f"this machine lacks {lack}", LACKING) from lack
    except OSError as error:
        raise Failure(f"cannot write {out or 'the verdicts'}: {error.strerror}") from error
    return OK if done else FOUND
