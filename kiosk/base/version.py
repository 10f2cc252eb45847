"""The version of the kiosk that is installed."""

from __future__ import annotations

import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, distributions
from pathlib import Path


@cache
def kiosk_version() -> str:
    """Return the version; raises PackageNotFoundError if the kiosk is not installed.

    ``importlib.metadata.version`` gives the same. But it parses the whole metadata, which has the
    README in it, and also looks for the package in archives. Both take time and memory.
    """
    return version_in([each for each in sys.path if Path(each).is_dir()])


def version_in(folders: list[str]) -> str:
    """Return the version that is installed in the first of these folders that has one."""
    for found in distributions(name="kiosk", path=folders):
        text = found.read_text("METADATA") or found.read_text("PKG-INFO") or ""
        _, is_stated, rest = text.partition("\nVersion: ")
        if is_stated:
            return rest.partition("\n")[0]
    raise PackageNotFoundError("kiosk")
