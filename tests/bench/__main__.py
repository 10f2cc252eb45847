"""Measure every row of the table: ``python -m tests.bench [NAME…]``.

Each script runs in its own process, because memory and imports are among what is measured. Those that
take longer than two minutes run only when they are named.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent
LONG = {"forgetful_wire", "soak"}
LIMIT = 300  # seconds: a script that hangs must not hold up the others, even on a busy computer


def scripts() -> list[str]:
    """Return the names of the scripts of this folder that measure rows."""
    files = sorted(FOLDER.glob("*.py"))
    return [file.stem for file in files if "\ndef measure() ->" in file.read_text(encoding="utf-8")]


def main() -> int:
    """Run the named scripts, or all but the long ones; return 1 if one of them failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of: {', '.join(scripts())}")
    names = parser.parse_args().names
    if unknown := set(names) - {*scripts()}:
        parser.error(f"no script measures {', '.join(sorted(unknown))}; choose from {scripts()}")
    failed = [name for name in names or scripts() if (names or name not in LONG) and _fails(name)]
    if failed:
        print(f"these scripts failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def _fails(name: str) -> bool:
    limit = None if name in LONG else LIMIT
    words = [sys.executable, "-m", f"tests.bench.{name}"]
    try:
        return subprocess.run(words, check=False, timeout=limit).returncode > 0
    except subprocess.TimeoutExpired:
        print(f"{name}: stopped, because it took more than {limit} s", file=sys.stderr)
        return True


if __name__ == "__main__":
    sys.exit(main())
