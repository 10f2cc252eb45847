"""The configuration of the contract: technicians and tests rely on each of its keys."""

from __future__ import annotations

import os
from pathlib import Path

from kiosk.config import load
from tests.e2e import rig


def test_the_configuration_of_the_contract_is_valid(tmp_path: Path) -> None:
    file = tmp_path / "kiosk.yaml"
    file.write_text(
        rig.CONFIG.format(register="/dev/ttyUSB0", api="http://127.0.0.1:9000", out="out")
    )
    config = load(file, os.environ)
    assert config.sale.expires_after == 300
    assert config.display.pixels == (250, 122)
