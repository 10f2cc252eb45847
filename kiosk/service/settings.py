"""The section ``service:`` of the configuration."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from kiosk.base.settings import Settings


class ServiceSettings(Settings):
    """How the daemon reports its state to the system."""

    status_file: Path = Field(
        Path("/run/kiosk/status.json"),
        description=(
            "The file of the live state, for kiosk status. Keep it on a tmpfs. Beside it is the "
            "socket through which commands such as kiosk orders settle write to the journal."
        ),
    )
    log: Literal["debug", "info", "warning"] = Field(
        "info", description="How much is logged: debug, info or warning."
    )
