"""The broker and the account: from options, the environment and a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.base.errors import ConfigError
from kiosk.cli.chain.chain_account import account_of, connector
from kiosk.cli.verbs.fleet_verbs import AccountOptions

FILE = "broker: mqtts://file.example:8884\nuser: viewer\npassword: {env: SECRET}\nshop: shop1\n"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a person's settings, which is empty."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv("KIOSK_FLEET_PASSWORD", raising=False)
    (tmp_path / "kiosk").mkdir()
    return tmp_path / "kiosk"


def test_the_file_of_the_person_is_found(home: Path) -> None:
    (home / "fleet.yaml").write_text(FILE)
    account = account_of(AccountOptions())
    assert (account.host, account.port, account.user) == ("file.example", 8884, "viewer")
    assert account.shop == "shop1"


def test_an_option_counts_more_than_the_file(home: Path) -> None:
    (home / "fleet.yaml").write_text(FILE)
    account = account_of(AccountOptions(user="ana", shop="shop2", password_file="/secret"))
    assert (account.host, account.user, account.shop) == ("file.example", "ana", "shop2")
    assert account.password.file == "/secret"


def test_no_file_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KIOSK_FLEET_PASSWORD", "secret")
    account = account_of(AccountOptions(broker="mqtt://b.example", user="viewer"))
    assert (account.port, account.tls) == (1883, False)


def test_all_that_is_missing_is_named(home: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        account_of(AccountOptions())
    assert [fault.partition(";")[0] for fault in caught.value.faults] == [
        "--broker is missing", "--user is missing", "--password-file is missing"
    ]  # fmt: skip
    assert f"write broker into {home}/fleet.yaml" in str(caught.value)


@pytest.mark.parametrize(
    "broker",
    ["b.example", "http://b.example", "mqtts://", "mqtt://x:0", "mqtt://x:65536", "mqtt://x y"],
)
def test_an_address_that_is_none(broker: str) -> None:
    with pytest.raises(ConfigError, match=r"--broker: .* is not a valid value"):
        account_of(AccountOptions(broker=broker, user="viewer", password_file="/secret"))


def test_a_password_that_others_can_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret\n")
    secret.chmod(0o644)
    options = AccountOptions(broker="mqtt://x", user="viewer", password_file=str(secret))
    with pytest.raises(ConfigError, match="others can read it; run: chmod 600"):
        connector(account_of(options))


def test_an_authority_that_is_not_there() -> None:
    options = AccountOptions(
        broker="mqtts://x", user="viewer", password_file="/secret", ca="/nowhere/ca.crt"
    )
    with pytest.raises(ConfigError, match=r"/nowhere/ca\.crt: the file can't be read"):
        account_of(options)
