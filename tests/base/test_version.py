"""The version comes from the metadata of the installed package."""

from __future__ import annotations

from importlib.metadata import version

from kiosk.base.version import kiosk_version


def test_it_is_the_version_that_python_knows() -> None:
    assert kiosk_version() == version("kiosk")
