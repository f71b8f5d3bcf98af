"""`verify`: PDF, site and JSON read back against the source."""

from __future__ import annotations

import argparse

from policypress.commands.console import OK, UNPUBLISHED, Failure, read_source, say


def arguments(_: argparse.ArgumentParser) -> None:
    pass  # nothing beyond what every command takes


def run(options: argparse.Namespace) -> int:
    from policypress.proving import prove_published

    faults, read = prove_published(read_source(options.source).library, options.out)
    for line in (*faults, *read):
        print(line)
    if faults:
        said = "1 difference" if len(faults) == 1 else f"{len(faults)} differences"
        raise Failure(f"{said} between {options.out} and {options.source}", UNPUBLISHED)
    say(f"{options.out} says what {options.source} says")
    return OK
