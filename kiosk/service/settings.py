"""The section ``service:`` of the configuration."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from kiosk.base.settings import Settings


class ServiceSettings(Settings):
    """How the daemon shows itself to the system."""

    status_file: Path = Field(
        Path("/run/kiosk/status.json"),
        description="Where the live state is written, for kiosk status; best on a tmpfs.",
    )
    log: Literal["debug", "info", "warning"] = Field(
        "info", description="How much is logged: debug, info or warning."
    )
