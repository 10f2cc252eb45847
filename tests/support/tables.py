"""Reads tables of cases from YAML files, by libyaml: ten times faster than in Python."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml


def cases_of(file: Path) -> list[dict[str, Any]]:
    return list(yaml.load(file.read_text("utf-8"), yaml.CSafeLoader))
