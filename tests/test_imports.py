"""What a light command does not import."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.test_cli import source

__all__ = ["source"]
# The C parser is an extension of ruamel.yaml, and is loaded without it.
HEAVY = ("weasyprint", "ruamel.yaml", "mkdocs", "jinja2", "markdown_it", "pydantic", "markupsafe", "fontTools", "yaml", "asyncio", "email", "duckdb", "pyspark")
_PROBE = """
import sys
from policypress.cli import main
try:
    main(sys.argv[2:])
except SystemExit:
    pass
loaded = [name for name in sys.argv[1].split(",") if name in sys.modules]
print("loaded:", *loaded, file=sys.stderr)
"""


def test_help_imports_no_parser(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _PROBE, "ruamel.yaml,_ruamel_yaml,policypress.nodes,policypress.checks", "--help"],
        capture_output=True, text=True, check=True, cwd=tmp_path,
    )  # fmt: skip
    assert done.stderr.splitlines()[-1].strip() == "loaded:"


@pytest.mark.parametrize(
    "arguments", [["--help"], ["check"], ["explain", "C101"], ["schema"], ["fmt", "--check"]], ids=" ".join
)
def test_a_light_command_imports_nothing_heavy(arguments: list[str], source: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _PROBE, ",".join(HEAVY), *arguments], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stderr.splitlines()[-1].strip() == "loaded:"


def test_check_imports_nothing_that_writes_classes(source: Path, tmp_path: Path) -> None:
    probe = [sys.executable, "-c", _PROBE, "dataclasses,inspect,shutil,json", "check"]
    done = subprocess.run(probe, capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stderr.splitlines()[-1].strip() == "loaded:"
