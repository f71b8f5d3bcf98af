"""Golden files: outputs that were read by a person once. `./run test --rewrite-goldens` writes them anew."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent / "golden"
Golden = Callable[[str, bytes], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite-goldens", action="store_true", help="write tests/golden anew; review the difference")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Return a function that holds an output against its golden file."""
    rewrite = request.config.getoption("--rewrite-goldens")

    def compare(name: str, data: bytes) -> None:
        path = GOLDEN / name
        if rewrite:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        assert path.is_file(), f"{name} is missing; ./run test --rewrite-goldens writes it"
        assert data.decode() == path.read_text(encoding="utf-8")

    return compare
