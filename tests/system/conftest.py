"""What several tests of the booted system share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.system import disks, installed


@pytest.fixture(scope="session")
def installed_disk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The disk of a booted system in which scripts/install was run, switched off in good order."""
    if reason := disks.why_not():
        pytest.skip(reason)
    return installed.make(tmp_path_factory.mktemp("installed"))
