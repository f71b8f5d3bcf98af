"""Golden files: outputs that were read by a person once. `./run test --rewrite-goldens` writes them anew."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# The same examples in every run: a change fails for what it changes. The thorough run draws new ones.
settings.register_profile("steady", derandomize=True, deadline=None)
GOLDEN = Path(__file__).parent / "golden"
Golden = Callable[[str, bytes], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite-goldens", action="store_true", help="write tests/golden anew; review the difference")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("markexpr", "") != "thorough":
        settings.load_profile("steady")


def pytest_collection_finish() -> None:
    gc.freeze()  # thousands of tests stay to the end: looking through them for garbage would cost minutes


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The browser that the tests of the site open pages in."""
    from tests.render.chromium import chromium  # most tests can do without the driver

    with chromium() as started:
        yield started


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
