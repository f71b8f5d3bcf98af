"""The command line: arguments in, exit status out. Of the commands only the one that was asked for is imported."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

from policypress.commands.console import FOUND, LACKING, OK, UNPUBLISHED, USAGE, Failure, say

__all__ = ["COMMANDS", "FOUND", "LACKING", "OK", "UNPUBLISHED", "USAGE", "main", "parser"]

# What each command does; `commands/` has a module of its name.
COMMANDS = {
    "check": "find every fault in every file",
    "build": "check, then publish PDF, site and JSON",
    "print": "print one edition of a guideline into a file: large print, checklist, extract",
    "serve": "show the site with live reload on this machine",
    "fmt": "put files into canonical layout and write missing ids",
    "new": "make a guideline or section that passes check",
    "explain": "print the page of a rule",
    "trace": "show which statement of the source document is carried where",
    "evaluate": "tell the verdict for a case, what decides it and what is missing",
    "vignettes": "run the cases beside the policies, and say what no case decides",
    "verify": "read PDF, site and JSON back and prove that they say what the source says",
    "schema": "print the JSON Schema of the YAML files or of the export",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command. Returns the exit status of the contract (0 to 4)."""
    gc.disable()  # a short life: collecting cycles costs a fifth of it
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    given = sys.argv[1:] if arguments is None else list(arguments)
    if not given or given[0] not in COMMANDS:
        overview = _overview()
        overview.parse_args(given)
        overview.error("the command comes first")
    options = parser(given[0]).parse_args(given[1:])
    try:
        run: Callable[[argparse.Namespace], int] = options.run
        status = run(options)
        sys.stdout.flush()
        return status
    except Failure as failure:
        say(f"policypress: {failure}")
        return failure.status
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except KeyboardInterrupt:
        say("policypress: stopped")
        return 130
    except Exception as error:
        if options.debug:
            raise
        say(f"policypress: internal error ({type(error).__name__}: {error}); run again with --debug and report it")
        return USAGE


def parser(command: str) -> argparse.ArgumentParser:
    """Return what reads the arguments of a command."""
    module = import_module(f"policypress.commands.{command}")
    help = COMMANDS[command]
    made = argparse.ArgumentParser(
        prog=f"policypress {command}", description=help[0].upper() + help[1:], formatter_class=_lines
    )
    made.add_argument("--source", type=Path, default=Path("source"), metavar="DIR", help="the policies (source/)")
    made.add_argument("--out", type=Path, default=Path("build"), metavar="DIR", help="the outputs (build/)")
    made.add_argument("--templates", type=Path, metavar="DIR", help="the templates (templates/)")
    made.add_argument("--debug", action="store_true", help="show the traceback of an internal error")
    module.arguments(made)
    made.set_defaults(run=module.run)
    return made


def _overview() -> argparse.ArgumentParser:
    from policypress.version import TOOL_VERSION

    made = argparse.ArgumentParser(
        prog="policypress", formatter_class=_lines,
        description="Medical policies written once in YAML, published as PDF, site and JSON.",
    )  # fmt: skip
    made.add_argument("--version", action="version", version=f"policypress {TOOL_VERSION}")
    listed = made.add_subparsers(title="commands", required=True, metavar="COMMAND", prog="policypress")
    for name, help in COMMANDS.items():
        listed.add_parser(name, help=help, add_help=False)
    return made


def _lines(prog: str) -> argparse.HelpFormatter:
    """Lay out help. argparse asks for one with each argument; its own measures the terminal through `shutil` first."""
    try:
        width = int(os.environ.get("COLUMNS", "0")) or os.get_terminal_size().columns
    except (OSError, ValueError):
        width = 80
    return argparse.HelpFormatter(prog, width=width - 2)
