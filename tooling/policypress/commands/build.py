"""`build`: check, then publish PDF, site and JSON."""

from __future__ import annotations

import argparse
import sys
import time

from policypress.commands.console import (
    FOUND,
    LACKING,
    OK,
    UNPUBLISHED,
    Failure,
    colour,
    guideline_of,
    read_source,
    say,
    templates_of,
)


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--only", metavar="PARTS", help="pdf, site, json, joined by commas")
    parser.add_argument("--guideline", default="", metavar="ID", help="publish this guideline alone")
    parser.add_argument("--draft", action="store_true", help="publish final guidelines as drafts")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if the outputs are stale")


def run(options: argparse.Namespace) -> int:
    from policypress.checks import run_checks
    from policypress.generation import PARTS, PublishFault
    from policypress.publish import MachineLacks, Order, as_drafts, publish, stale
    from policypress.report import terminal

    parts = frozenset(options.only.split(",")) if options.only else frozenset(PARTS)
    if parts - set(PARTS):
        raise Failure(f"--only takes {', '.join(PARTS)}, not {', '.join(sorted(parts - set(PARTS)))}")
    order = Order(options.source, options.out, templates_of(options.templates), parts, options.guideline)
    read = read_source(options.source)
    if options.draft:
        from policypress.record import replace

        read = replace(read, library=as_drafts(read.library))
    if options.guideline:
        guideline_of(read.library, options.guideline)
    findings = [finding for finding in run_checks(read) if finding.severity != "info"]
    errors = [finding for finding in findings if finding.severity == "error"]
    for finding in findings:
        say(terminal.block(finding, colour(sys.stderr)) + "\n")
    if errors:
        say(f"{terminal.count(findings)} Nothing was published.")
        return FOUND
    if options.check:
        reasons = stale(read.library, order)
        for reason in reasons:
            say(f"stale: {reason}")
        return FOUND if reasons else OK
    if not read.library.guidelines:
        raise Failure(f"there is no guideline in {options.source}")
    started = time.monotonic()
    try:
        manifest = publish(read.library, order, say)
    except PublishFault as fault:
        raise Failure(f"{fault}. The previous outputs stand.", UNPUBLISHED) from fault
    except MachineLacks as lack:
        raise Failure(f"this machine lacks {lack}", LACKING) from lack
    seconds = time.monotonic() - started
    say(f"published {len(manifest.outputs)} files to {options.out} in {seconds:.1f} s")
    return OK
