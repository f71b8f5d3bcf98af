"""`trace`: which statement of the source document is carried where."""

from __future__ import annotations

import argparse
from pathlib import Path

from policypress.commands.console import FOUND, OK, Failure, guideline_of, read_source


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("guideline", metavar="GUIDELINE")
    parser.add_argument("--against", type=Path, metavar="FILE", help="compare the ledger with the document itself")


def run(options: argparse.Namespace) -> int:
    from policypress.trace import against, render_text, trace

    guideline = guideline_of(read_source(options.source).library, options.guideline)
    report = trace(guideline)
    print(render_text(report))
    status = OK if report.whole else FOUND
    if options.against is not None:
        try:
            document = options.against.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise Failure(f"cannot read {options.against}: {error}") from error
        differences = against(guideline.statements, document)
        for difference in differences:
            print(difference)
        if not differences:
            print(f"The ledger and {options.against} hold the same statements.")
        status = FOUND if differences else status
    return status
