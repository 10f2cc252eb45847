"""The private folder of a simulation: every file that its counter writes is in it."""

from __future__ import annotations

import fcntl
import os
from itertools import count
from pathlib import Path

from kiosk.base.errors import ConfigError
from kiosk.base.language import _, system_reason

CHECKOUT = Path("out/simulator")  # where the folder config/ is beside it


class SimulationFolder:
    """The names of its files. ``claim`` makes the folder and keeps other simulations out of it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.config_file = path / "counter.yaml"
        self.devices = path / "devices"
        self.frames = path / "frames"
        self.panel_unplugged = path / "unplugged"  # while this file exists, the panel fails
        self.lamps_unplugged = path / "lamps_unplugged"
        self.record = path / "signals.jsonl"
        self.journal = path / "journal.sqlite3"
        self.status = path / "status.json"
        self._lock = -1

    @classmethod
    def claim(cls, wanted: Path | None = None) -> SimulationFolder:
        """Return the wanted folder, or the usual one, or that with the next number if it is in use.

        Raises ConfigError if it can't be written.
        """
        first = (wanted or _usual()).absolute()
        for number in count(1):
            folder = cls(first if number == 1 else first.with_name(f"{first.name}-{number}"))
            try:
                if folder._claimed():
                    return folder
            except OSError as error:
                raise ConfigError(
                    _(
                        "{folder}: the simulation can't write there ({reason}); choose another "
                        "folder with --folder",
                        folder=folder.path,
                        reason=system_reason(error),
                    )
                ) from error
        raise AssertionError("there is always a next number")

    def _claimed(self) -> bool:
        """Lock the folder until this process ends; return False if another one has locked it."""
        self.devices.mkdir(parents=True, exist_ok=True)
        lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            return False
        self._lock = lock
        self.panel_unplugged.unlink(missing_ok=True)
        self.lamps_unplugged.unlink(missing_ok=True)
        return True

    def release(self) -> None:
        """Let another simulation use the folder."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1


def _usual() -> Path:
    if Path("config/simulator.yaml").exists():
        return CHECKOUT
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local/state"
    return Path(state) / "kiosk/simulator"
