"""Runs commands where ``scripts/install`` puts configuration, token, journal and live state.

Run it as ``unshare --mount python -m tests.cli.installed TREE``: it sees TREE's folders as those of
the system, starts the daemon there, and reads the commands as JSON from standard input.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

from typer.testing import CliRunner

from kiosk.cli.verbs import app
from tests.support.processes import eventually, running

FOLDERS = {"etc": "/etc", "run": "/run", "lib": "/var/lib"}  # in a tree: in the system
STRANGER = 65534


def lay_out(tree: Path, example: Path, service: str) -> None:
    """Make the folders of an installed system that has this configuration."""
    for folder in FOLDERS:
        (tree / folder / "kiosk").mkdir(parents=True, mode=0o750)
    shutil.copytree("/etc/ssl", tree / "etc/ssl", symlinks=True, dirs_exist_ok=True)
    for name in ("passwd", "group", "hosts"):
        shutil.copy(f"/etc/{name}", tree / "etc" / name)
    text = example.read_text().replace(
        "driver: mercadopago", f"driver: mercadopago\n  base_url: {service}"
    )
    (tree / "etc/kiosk/kiosk.yaml").write_text(text)
    (tree / "etc/kiosk/prices.csv").write_text("code,title,price,unit\n7,Pan,10.00,kg\n")
    token = tree / "etc/kiosk/token"
    token.write_text("APP_USR-TEST-1\n")
    token.chmod(0o600)


def give_away(tree: Path) -> None:
    """Give what is private to somebody else; root without its rights may not read it either."""
    for folder in ("run/kiosk", "lib/kiosk"):
        (tree / folder).chmod(0o700)
        os.chown(tree / folder, STRANGER, STRANGER)
    os.chown(tree / "etc/kiosk/token", STRANGER, STRANGER)


def run(
    tree: Path, *commands: list[str], sells: bool = True, through: tuple[str, ...] = ()
) -> list[tuple[int, str]]:
    """Return the exit code of each command, and what it says."""
    words = [*through, sys.executable, "-m", "tests.cli.installed", str(tree)]
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", _MOUNTS, str(tree), *words, "sells" if sells else ""],
        input=json.dumps(commands),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [(code, said) for code, said in json.loads(done.stdout)]


_MOUNTS = (
    "".join(f'mount --bind "$0/{inside}" {place} && ' for inside, place in FOLDERS.items())
    + 'exec "$@"'
)


def _perform(tree: Path, sells: str) -> None:
    answers = []
    with ExitStack() as stack:
        if sells:
            stack.enter_context(running("run", log=tree / "log"))
            eventually(lambda: "panel" in _status())
        for words in json.load(sys.stdin):
            done = CliRunner().invoke(app, words)
            assert done.exception is None or isinstance(done.exception, SystemExit), (
                words,
                done.exception,
            )
            answers.append((done.exit_code, done.output))
    print(json.dumps(answers))


def _status() -> str:
    file = Path("/run/kiosk/status.json")
    return file.read_text() if file.exists() else ""


if __name__ == "__main__":
    _perform(Path(sys.argv[1]), sys.argv[2])
