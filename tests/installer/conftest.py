"""What the tests of updates share."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from tests.installer.night import Night, Shelf
from tests.installer.releaser import Counter, Releaser


@pytest.fixture(scope="session")
def releaser(tmp_path_factory: pytest.TempPathFactory) -> Releaser:
    if shutil.which("ssh-keygen") is None:
        pytest.skip("no ssh-keygen here: apt install openssh-client")
    return Releaser(tmp_path_factory.mktemp("releaser"))


@pytest.fixture
def counter(releaser: Releaser, tmp_path: Path) -> Counter:
    return Counter(tmp_path / "counter", releaser)


@pytest.fixture
def night(tmp_path: Path) -> Night:
    return Night(tmp_path)


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    if shutil.which("curl") is None:
        pytest.skip("no curl here: apt install curl")
    shelf = Shelf()
    thread = Thread(target=shelf.server.serve_forever, args=(0.05,))
    thread.start()
    yield shelf
    shelf.closed.set()
    shelf.server.shutdown()
    thread.join()
    shelf.server.server_close()
