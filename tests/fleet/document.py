"""Write the document of the topics for programs of others: ``python -m tests.fleet.document``."""

from __future__ import annotations

from pathlib import Path

import yaml

from kiosk.fleet.asyncapi import document

FILE = Path(__file__).parents[2] / "config" / "fleet" / "asyncapi.yaml"
HEAD = "# Made from kiosk/fleet/payloads.py: python -m tests.fleet.document\n"


def written() -> str:
    """Return the file as it must be."""
    return HEAD + yaml.safe_dump(document(), sort_keys=False, width=98, allow_unicode=True)


if __name__ == "__main__":
    FILE.write_text(written())
