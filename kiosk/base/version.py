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
    folders = [each for each in sys.path if Path(each).is_dir()]
    for found in distributions(name="kiosk", path=folders):
        _, _, rest = (found.read_text("METADATA") or "").partition("\nVersion: ")
        return rest.partition("\n")[0]
    raise PackageNotFoundError("kiosk")
