"""Where the templates lie."""

from __future__ import annotations

from pathlib import Path


def templates_folder(named: Path | None) -> Path:
    """Return the folder that was named; else `templates/` here; else the package's own."""
    if named is not None:
        return named
    here = Path("templates")
    if (here / "criteria.html.j2").is_file():
        return here
    package = Path(__file__).resolve().parents[1] / "templates"
    # In a checkout the package's templates lie at the top of the repository.
    return package if package.is_dir() else Path(__file__).resolve().parents[3] / "templates"
