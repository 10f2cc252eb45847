"""A computer with nothing on it, on which `kiosk setup` is run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.support.processes import LONG_ENOUGH


class Box:
    """The files of a computer, and the command line on it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.config = root / "etc/kiosk/kiosk.yaml"
        self.token = root / "etc/kiosk/token"

    def words(self, *words: str) -> list[str]:
        return ["setup", "--config", str(self.config), "--root", str(self.root), *words]

    def setup(self, *words: str, typed: str = "", code: int = 0, **environ: str) -> str:
        """Run it without a terminal; return what it says."""
        done = self._run(words, typed, code, environ)
        return done.stdout + done.stderr

    def answer(self, *words: str) -> Any:
        """Return the JSON for programs."""
        return json.loads(self._run(words, "", 0, {}).stdout)

    def _run(
        self, words: Sequence[str], typed: str, code: int, environ: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "kiosk", *self.words(*words)]
        done = subprocess.run(
            command,
            input=typed,
            capture_output=True,
            text=True,
            timeout=LONG_ENOUGH,
            env={**os.environ, **environ},
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done

    @property
    def files(self) -> dict[str, str]:
        found = (path for path in self.root.rglob("*") if path.is_file())
        return {str(path.relative_to(self.root)): path.read_text() for path in found}
