"""The configuration file of a headless counter: the daemon's own loader reads it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from kiosk.base import atomic_file
from kiosk.simulator.acts.changed_settings import merged


class CounterFile:
    """Writes the file, also with mistakes. ``folder`` has all other files of the counter, too."""

    def __init__(self, folder: Path, settings: dict[str, Any]) -> None:
        self.path = folder / "kiosk.yaml"
        token = folder / "token"
        atomic_file.replace(token, b"SIMULATOR", 0o600)
        self._own: dict[str, dict[str, Any]] = {
            "orders": {"token": {"file": str(token)}},
            "journal": {"path": str(folder / "journal.sqlite3")},
            "service": {"status_file": str(folder / "status.json")},
        }
        self._settings = settings
        self._write()

    def change(self, changes: dict[str, Any]) -> None:
        """Change these settings."""
        self._settings = merged(self._settings, changes)
        self._write()

    def _write(self) -> None:
        tree = self._settings | {
            name: {**self._section(name), **section} for name, section in self._own.items()
        }
        text = yaml.safe_dump(tree, allow_unicode=True, sort_keys=False)
        self.path.write_text(text, "utf-8")

    def _section(self, name: str) -> dict[str, Any]:
        """Return a section; a mistake may have put a text in its place."""
        section = self._settings.get(name)
        return section if isinstance(section, dict) else {}
