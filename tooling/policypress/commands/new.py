"""`new`: a guideline or section that passes `check`."""

from __future__ import annotations

import argparse
import os

from policypress.commands.console import OK, Failure


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=("guideline", "section"))
    parser.add_argument("id")
    parser.add_argument("--guideline", metavar="ID", help="the guideline a new section belongs to")


def run(options: argparse.Namespace) -> int:
    from policypress.scaffold import ScaffoldFault, new_guideline, new_section

    try:
        if options.what == "guideline":
            made = new_guideline(options.source, options.id)
        elif not options.guideline:
            raise Failure("new section needs --guideline ID")
        else:
            made = new_section(options.source, options.guideline, options.id)
    except ScaffoldFault as fault:
        raise Failure(str(fault)) from fault
    for path in made:
        print(os.path.relpath(path))
    return OK
