"""`serve`: the site with live reload on this machine."""

from __future__ import annotations

import argparse
import gc

from policypress.commands.console import OK, Failure, say, templates_of


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=8000)


def run(options: argparse.Namespace) -> int:
    from functools import partial

    from policypress.checks import run_checks
    from policypress.render.serve import serve

    gc.enable()  # this process stays
    templates = templates_of(options.templates)
    try:
        check = partial(run_checks, kept={})
        serve(options.source, templates, options.port, check=check, published=options.out, ready=say)
    except OSError as error:
        raise Failure(f"cannot serve on port {options.port}: {error.strerror}") from error
    return OK
