"""`fmt`: canonical layout, with the ids that are missing."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from policypress.commands.console import FOUND, OK, below, colour, say


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a file would change")


def run(options: argparse.Namespace) -> int:
    from policypress.formatting import format_library
    from policypress.report import terminal

    for path in options.paths:
        below(path, options.source)
    stopped = False
    changed = format_library(options.source, options.paths, write=not options.check)
    for change in changed:
        if change.findings:
            stopped = True
            for finding in change.findings:
                say(terminal.block(finding, colour(sys.stderr)) + "\n")
            say(f"{change.path}: left as it is")
        else:
            say(f"{change.path}: {'would change' if options.check else 'changed'}")
    return FOUND if stopped or (options.check and changed) else OK
