"""Python as it runs where the kiosk is installed: from compiled files, and before other processes."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

from tests.bench.tapped_counter import ON_TIME, at_real_time


class Python:
    """Starts Python with compiled files of its own. What runs for the first time compiles them."""

    def __init__(self, cache: str) -> None:
        # An empty text counts as not set. systemd names no list of authorities either.
        unset = {"PYTHONDONTWRITEBYTECODE": "", "SSL_CERT_FILE": ""}
        self.settings = {"PYTHONPYCACHEPREFIX": cache, **unset}
        self.environ = {**os.environ, **self.settings}
        self._through = tuple(ON_TIME) if at_real_time() else ()

    def words(self, *words: str) -> list[str]:
        """Return the command line that runs Python with these words."""
        return [*self._through, sys.executable, *words]

    def seconds(self, *words: str) -> float:
        """Return how long Python takes for these words, until it has ended."""
        begun = time.perf_counter()
        command = self.words(*words)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=self.environ)
        return time.perf_counter() - begun


@contextmanager
def compiled() -> Iterator[Python]:
    """Give a Python, and remove its compiled files afterwards."""
    with TemporaryDirectory() as cache:
        yield Python(cache)
