"""What the commands share: exit statuses, the source they read, and words to whoever runs them."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from policypress.library import Read
    from policypress.model import Guideline, Library

OK, FOUND, USAGE, LACKING, UNPUBLISHED = range(5)


class Failure(Exception):
    """A command could not do its work; the status says of which kind."""

    def __init__(self, message: str, status: int = USAGE) -> None:
        super().__init__(message)
        self.status = status


def read_source(source: Path) -> Read:
    """Read the library that a command is about."""
    from policypress.library import read_library

    if not source.is_dir():
        raise Failure(f"there is no folder {source}; name the policies with --source DIR")
    return read_library(source)


def guideline_of(library: Library, id: str) -> Guideline:
    """Return the guideline with this id."""
    for guideline in library.guidelines:
        if guideline.id == id:
            return guideline
    known = ", ".join(guideline.id for guideline in library.guidelines) or "none"
    raise Failure(f"there is no guideline {id} (there is: {known})")


def today() -> str:
    """Return the day, or the one that SOURCE_DATE_EPOCH names for those who want the same answer every day."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    return time.strftime("%Y-%m-%d", time.gmtime(int(epoch)) if epoch.isdecimal() else time.localtime())


def below(path: Path, source: Path) -> Path:
    """Return a path in full that was named on the command line."""
    if not path.exists() and not path.is_symlink():
        raise Failure(f"there is no {path}")
    full = Path(os.path.abspath(path))
    if not full.is_relative_to(os.path.abspath(source)):
        raise Failure(f"{path} is not below {source}; name the policies with --source DIR")
    return full


def templates_of(named: Path | None) -> Path:
    """Return the folder of templates."""
    from policypress.render.folder import templates_folder

    folder = templates_folder(named)
    if not folder.is_dir():
        raise Failure(f"there is no folder {folder}; name the templates with --templates DIR")
    return folder


def colour(stream: object = None) -> bool:
    """Tell whether words on a stream may have colour: on a terminal, unless NO_COLOR says otherwise."""
    out = stream or sys.stdout
    return bool(getattr(out, "isatty", lambda: False)()) and not os.environ.get("NO_COLOR")


def say(words: str) -> None:
    """Say something beside what a command prints."""
    print(words, file=sys.stderr, flush=True)
