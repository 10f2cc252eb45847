"""Measure every row of the table: ``python -m tests.bench [NAME…] [--write]``.

Each script runs in its own process, because memory and imports are among what is measured. Those that
take longer than two minutes run only when they are named. ``--write`` takes the figures into the
manual.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench import manual_page
from tests.bench.table import ROWS_FILE

FOLDER = Path(__file__).parent
LONG = {"forgetful_wire", "soak"}
LIMIT = 600  # seconds: a script that hangs must not hold up the others, even on a busy computer
GOODBYE_TAKES = 30  # seconds for a script to end the processes that it has started


def scripts() -> list[str]:
    """Return the names of the scripts of this folder that measure rows."""
    files = sorted(FOLDER.glob("*.py"))
    return [file.stem for file in files if "\ndef measure() ->" in file.read_text(encoding="utf-8")]


def main() -> int:
    """Run the named scripts, or all but the long ones; return 1 if one of them failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of: {', '.join(scripts())}")
    parser.add_argument("--write", action="store_true", help="write the manual's page of figures")
    words = parser.parse_args()
    if unknown := set(words.names) - {*scripts()}:
        parser.error(f"no script measures {', '.join(sorted(unknown))}; choose from {scripts()}")
    names = words.names or [name for name in scripts() if name not in LONG]
    with TemporaryDirectory() as folder:
        failed = [name for name in names if _fails(name, Path(folder, name))]
        measured = {name: manual_page.rows_in(Path(folder, name)) for name in names}
    if words.write:
        good = {name: rows for name, rows in measured.items() if name not in failed}
        manual_page.write(good, scripts())
    if failed:
        print(f"these scripts failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def _fails(name: str, rows_file: Path) -> bool:
    limit = None if name in LONG else LIMIT
    words = [sys.executable, "-m", f"tests.bench.{name}"]
    environ = os.environ | {ROWS_FILE: str(rows_file)}
    with subprocess.Popen(words, env=environ) as process:
        try:
            return process.wait(limit) != 0
        except subprocess.TimeoutExpired:
            print(f"{name}: stopped, because it took more than {limit} s", file=sys.stderr)
            _stop(process)
            return True


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End a script; it ends its brokers and counters first, if it still can."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(GOODBYE_TAKES)
    except subprocess.TimeoutExpired:
        process.kill()


if __name__ == "__main__":
    sys.exit(main())
