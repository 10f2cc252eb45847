"""The section ``journal:`` of the configuration."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from kiosk.base.settings import Settings, Whole


class JournalSettings(Settings):
    """Where sales are written down."""

    path: Path = Field(
        Path("/var/lib/kiosk/journal.sqlite3"),
        description="The SQLite file that holds every sale; keep it on a disk that lasts.",
    )
    keep: Whole = Field(
        20_000,
        ge=100,
        le=1_000_000,
        description="How many sales are kept; the oldest go, once they are settled and told.",
    )
