"""The browser of the page's tests. The quick loop, which has none, does not import it either."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from tests.simulator.bench.visit import chromium  # noqa: PLC0415 - see above

    with chromium() as browser:
        yield browser
