"""`vignettes`: the cases beside the policies, and what no case decides."""

from __future__ import annotations

import argparse
import sys

from policypress.commands.console import FOUND, OK, guideline_of, read_source, say


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--guideline", default="", metavar="ID", help="run the cases of this guideline alone")
    parser.add_argument("--suggest", action="store_true", help="write the cases that are missing, as YAML")


def run(options: argparse.Namespace) -> int:
    from policypress.casework import run_cases

    read = read_source(options.source)
    wanted = [guideline_of(read.library, options.guideline)] if options.guideline else list(read.library.guidelines)
    return OK if run_cases(read, wanted, options.suggest, sys.stdout.write, say) else FOUND
