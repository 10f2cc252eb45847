"""Measure every row of the table: ``python -m tests.bench [NAME…]``.

Each script runs in its own process, because memory and imports are among what is measured.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent


def scripts() -> list[str]:
    """Return the names of the scripts of this folder that measure rows."""
    files = sorted(FOLDER.glob("*.py"))
    return [file.stem for file in files if "\ndef measure() ->" in file.read_text(encoding="utf-8")]


def main() -> int:
    """Run the named scripts, or all of them; return 1 if one of them failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *scripts()], metavar="NAME")
    names = parser.parse_args().names or scripts()
    failed = [name for name in names if _fails(name)]
    if failed:
        print(f"these scripts failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def _fails(name: str) -> bool:
    return subprocess.run([sys.executable, "-m", f"tests.bench.{name}"], check=False).returncode > 0


if __name__ == "__main__":
    sys.exit(main())
