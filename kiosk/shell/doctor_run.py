"""An examination of the box while the kiosk sells: ``kiosk doctor``, in a process of its own.

So its memory goes back when it ends, and neither a hanging device nor its work holds up a sale.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import anyio

from kiosk.base.errors import KioskError

TAKES_AT_MOST = 120.0  # seconds
_GENTLY = ("nice", "-n", "19")


async def examine(config: Path) -> list[dict[str, str]]:
    """Return what ``kiosk doctor --json`` finds; raises KioskError if it can't be run."""
    words = [*_GENTLY, sys.executable, "-m", "kiosk", "doctor", str(config), "--json"]
    try:
        with anyio.fail_after(TAKES_AT_MOST):
            done = await anyio.run_process(words, check=False, stderr=subprocess.DEVNULL)
        findings = json.loads(done.stdout)
    except (OSError, TimeoutError, ValueError) as error:
        raise KioskError("the examination can't be made; run: kiosk doctor") from error
    return [{str(name): str(value) for name, value in each.items()} for each in findings]
