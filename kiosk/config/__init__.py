"""The configuration: a YAML file → ``Config``, or all its faults at once, each with its place."""

from __future__ import annotations

from kiosk.config.loader import load
from kiosk.config.sections import Config

__all__ = ["Config", "load"]
