"""An access token that the service refuses, is missing, and comes back."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.rig import Api, Counter, Register, sells
from tests.support.processes import eventually


def write(path: Path, token: str) -> None:
    path.write_text(token)
    path.chmod(0o600)


def empty(path: Path) -> None:
    write(path, "")


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def status(counter: Counter) -> str:
    words = [sys.executable, "-m", "kiosk", "status", "-c", str(counter.config)]
    return subprocess.run(words, check=False, capture_output=True, text=True).stdout


def test_a_credential_that_was_replaced_is_used_at_a_reload(
    api: Api, register: Register, counter: Counter, tmp_path: Path
) -> None:
    token = tmp_path / "token"
    write(token, "BAD")
    counter.change("{env: KIOSK_TOKEN}", "{credential: token}")
    with counter.running(CREDENTIALS_DIRECTORY=str(tmp_path)) as daemon:
        counter.is_out_of_service("token")
        advice = "replace the access token in orders.token (credential token); then restart"
        eventually(lambda: advice in status(counter))
        counter.says(advice)
        write(token, "APP_USR-42")
        daemon.send_signal(signal.SIGHUP)
        counter.becomes("idle")
        assert "problem" not in status(counter)
        sells(api, register, counter)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (Path.unlink, "No such file or directory"),
        (empty, "it is empty; put the access token there"),
        (folder, "is not a file; write the access token into a file of this name"),
    ],
)
def test_a_token_file_that_was_spoiled_is_named_and_used_when_it_is_good_again(
    counter: Counter, tmp_path: Path, spoil: Callable[[Path], None], said: str
) -> None:
    """Without a restart, and without a signal."""
    token = tmp_path / "token"
    write(token, "BAD")
    counter.change("{env: KIOSK_TOKEN}", f"{{file: {token}}}")
    with counter.running() as daemon:
        counter.is_out_of_service("token")
        spoil(token)
        eventually(lambda: said in status(counter))
        counter.says(said)
        if token.is_dir():
            token.rmdir()
        write(token, "APP_USR-42")
        counter.becomes("idle")
        assert daemon.poll() is None
