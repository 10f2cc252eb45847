"""The kiosk that runs on this computer, by its status file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kiosk.box.system import System
from kiosk.cli.status import running_status
from kiosk.config import Config


def status_of(config: Config, system: System) -> Mapping[str, Any] | None:
    """Return what the running kiosk says of itself; None if none runs, or if it can't be read."""
    file = system.path(config.service.status_file)
    return running_status(file, lambda pid: system.has(f"/proc/{pid}"))


def running_kiosk(config: Config, system: System) -> int | None:
    """Return the process of the running kiosk of this configuration; None if there is none."""
    seen = status_of(config, system)
    return int(seen["pid"]) if seen else None


def failed_parts(seen: Mapping[str, Any]) -> list[str]:
    """Return the parts of the counter that do not work, such as ``panel``."""
    health = seen.get("health")
    return [part for part, state in health.items() if state != "ok"] if health else []
