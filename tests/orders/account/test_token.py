"""The access token is found where the technician says, and shown nowhere."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from kiosk.base.errors import ConfigError
from kiosk.orders.account.token import TokenSettings

TOKEN = "APP_USR-1234567890-070112-abcdef-42"


def token_file(folder: Path, content: bytes = TOKEN.encode(), mode: int = 0o600) -> Path:
    path = folder / "token"
    path.write_bytes(content)
    path.chmod(mode)
    return path


def test_from_the_environment() -> None:
    secret = TokenSettings(env="KIOSK_TOKEN").read({"KIOSK_TOKEN": TOKEN})
    assert secret.get_secret_value() == TOKEN
    assert TOKEN not in f"{secret} {secret!r}"


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n", b"\n\n"])
def test_from_a_private_file_without_its_newline(tmp_path: Path, end: bytes) -> None:
    settings = TokenSettings(file=str(token_file(tmp_path, TOKEN.encode() + end)))
    assert settings.read({}).get_secret_value() == TOKEN


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601])
def test_a_file_that_others_can_use_is_refused_with_the_command_to_run(
    tmp_path: Path, mode: int
) -> None:
    path = token_file(tmp_path, mode=mode)
    with pytest.raises(ConfigError, match=f"chmod 600 {path}"):
        TokenSettings(file=str(path)).read({})


def test_from_a_systemd_credential_whatever_its_mode(tmp_path: Path) -> None:
    token_file(tmp_path, mode=0o440)
    environ = {"CREDENTIALS_DIRECTORY": str(tmp_path)}
    assert TokenSettings(credential="token").read(environ).get_secret_value() == TOKEN


def test_from_the_folder_of_the_credentials_where_systemd_passed_none(tmp_path: Path) -> None:
    token_file(tmp_path)
    environ = {"KIOSK_CREDENTIALS": str(tmp_path)}
    assert TokenSettings(credential="token").read(environ).get_secret_value() == TOKEN
    missing = {"KIOSK_CREDENTIALS": "/nowhere", "CREDENTIALS_DIRECTORY": str(tmp_path)}
    assert TokenSettings(credential="token").read(missing).get_secret_value() == TOKEN


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        (TokenSettings(env="NOWHERE"), r"\(env NOWHERE\): this environment variable is not set"),
        (TokenSettings(file="/nowhere/token"), "No such file"),
        (
            TokenSettings(file="/"),
            "/ is not a file; write the access token into a file of this name",
        ),
        (TokenSettings(credential="token"), "LoadCredential=token"),
    ],
)
def test_a_token_that_is_not_there_is_missed_by_name(settings: TokenSettings, reason: str) -> None:
    with pytest.raises(ConfigError, match=reason):
        settings.read({})


def test_a_named_pipe_does_not_stop_the_kiosk(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "token", 0o600)
    with pytest.raises(ConfigError, match="is not a file"):
        TokenSettings(file=str(tmp_path / "token")).read({})


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"AP P", b"\tAPP", b"AP\nP", b"AP\xc3\xa9P", b"\xff", b"x" * 5000]
)
def test_what_can_be_no_token_is_refused_without_showing_it(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(ConfigError) as caught:
        TokenSettings(file=str(token_file(tmp_path, content))).read({})
    assert "orders.token (file" in str(caught.value)
    shown = content.strip().decode(errors="replace")
    assert not shown or shown not in str(caught.value).replace(str(tmp_path), "")


@pytest.mark.parametrize("places", [{}, {"env": "A", "file": "B"}, {"env": None}])
def test_exactly_one_place_is_needed(places: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="exactly one place"):
        TokenSettings.model_validate(places)


def test_a_token_written_into_the_configuration_is_not_repeated() -> None:
    with pytest.raises(ValidationError, match="must not be in this file") as caught:
        TokenSettings.model_validate(TOKEN)
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize("name", ["../shadow", "a/b", "..", ""])
def test_a_credential_is_a_name_and_no_path(name: str) -> None:
    with pytest.raises(ValidationError):
        TokenSettings(credential=name)
