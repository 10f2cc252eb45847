"""What all tests share."""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite("tests.support")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--seeds", type=int, default=2000, help="how many days the simulation lives through"
    )
    parser.addoption(
        "--sales", type=int, default=500, help="how many the booted system sells in 96 MB"
    )
