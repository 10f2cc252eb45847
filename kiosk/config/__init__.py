"""The configuration: one YAML file → ``Config``, or every fault at once, each with its place."""

from __future__ import annotations

from kiosk.config.loader import load
from kiosk.config.sections import Config

__all__ = ["Config", "load"]
