"""What the tests of updates share."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.installer.releaser import Counter, Releaser


@pytest.fixture(scope="session")
def releaser(tmp_path_factory: pytest.TempPathFactory) -> Releaser:
    if shutil.which("ssh-keygen") is None:
        pytest.skip("no ssh-keygen here: apt install openssh-client")
    return Releaser(tmp_path_factory.mktemp("releaser"))


@pytest.fixture
def counter(releaser: Releaser, tmp_path: Path) -> Counter:
    return Counter(tmp_path / "counter", releaser)
