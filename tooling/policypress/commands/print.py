"""`print`: one edition of a guideline into a file."""

from __future__ import annotations

import argparse
from pathlib import Path

from policypress.commands.console import FOUND, OK, UNPUBLISHED, Failure, guideline_of, read_source, say, templates_of


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("guideline", metavar="GUIDELINE")
    parser.add_argument("--edition", choices=("usual", "large-print", "checklist"), default="usual")
    parser.add_argument("--section", action="append", default=[], metavar="ID", help="an extract; may be repeated")
    parser.add_argument("--draft", action="store_true", help="print a final guideline as a draft")
    parser.add_argument("--to", type=Path, metavar="FILE", help="the file to write (GUIDELINE.EDITION.pdf)")


def run(options: argparse.Namespace) -> int:
    from policypress.checks import run_checks
    from policypress.generation import PublishFault
    from policypress.printing import Wish, print_edition
    from policypress.publish import as_drafts

    read = read_source(options.source)
    library = as_drafts(read.library) if options.draft else read.library
    guideline = guideline_of(library, options.guideline)
    known = {section.id for section in guideline.sections}
    for id in options.section:
        if id not in known:
            raise Failure(f"there is no section {id} in {guideline.id}")
    errors = [finding for finding in run_checks(read) if finding.severity == "error"]
    if errors:
        raise Failure(f"check finds {len(errors)} errors in {options.source}. Nothing was printed.", FOUND)
    name = "-".join(["extract", *options.section]) if options.section else options.edition
    file = options.to or Path(f"{guideline.id}.{name}.pdf")
    wish = Wish(guideline, options.edition, options.section)
    try:
        printed, remarks = print_edition(library, wish, templates_of(options.templates))
        file.write_bytes(printed)
    except PublishFault as fault:
        raise Failure(f"{fault}. Nothing was written.", UNPUBLISHED) from fault
    except OSError as error:
        raise Failure(f"cannot write {file}: {error.strerror}", UNPUBLISHED) from error
    for remark in remarks:
        say(remark)
    say(f"printed {file}")
    return OK
