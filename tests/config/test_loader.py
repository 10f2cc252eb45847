"""Loading a file: the Config it holds, or every fault; and what is the matter with its token."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from kiosk.base.errors import ConfigError
from kiosk.config import Config, load
from kiosk.config.loader import check_file
from kiosk.inputs.serial_line import SerialLineSettings
from tests.config.counter import COUNTER, changed

TOKEN = "APP_USR-not-to-be-seen-anywhere"
CONTRACT = r"""
kiosk:   {name: counter-1, language: es, currency: ARS}
inputs:
  - driver: serial_line              # a register or scanner that sends lines
    port: /dev/ttyUSB0
    baud: 9600
    number: {decimal: ",", thousands: "."}
    amount: 'TOTAL\s+\$?\s*(?P<amount>\S+)'   # lines that don't match are ignored
    reply:                            # what the register gets back; omit for none
      paid: "PAID {amount} {reference}\r\n"
      failed: "FAIL {outcome} {reference}\r\n"
sale:
  expires_after: 5 min                # the order's validity, and how long the QR is shown
  result_shown_for: 8 s
  on_new_amount: replace              # or: busy  (while an unpaid order is shown)
orders:
  driver: mercadopago                 # the Orders API
  base_url: http://127.0.0.1:9000     # default https://api.mercadopago.com; http only to loopback
  token: {env: KIOSK_TOKEN}
  external_pos_id: COUNTER1
  mode: dynamic                       # dynamic | static | hybrid
display: {driver: fake, size: 250x122, frames: out/frames}
signals: {driver: fake, record: out/signals.jsonl}
journal: {path: out/journal.sqlite3}
service: {status_file: out/status.json}
"""


def written(folder: Path, text: str | bytes) -> Path:
    file = folder / "kiosk.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def faults(file: Path, **environ: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load(file, environ)
    return str(caught.value).replace(str(file), "F")


def test_the_contract_is_read_as_it_stands(tmp_path: Path) -> None:
    config = load(written(tmp_path, CONTRACT), {"KIOSK_TOKEN": TOKEN})
    (register,) = config.inputs
    assert isinstance(register, SerialLineSettings)
    assert register.driver == "serial_line"
    assert register.name == "serial_line"
    assert (register.port, register.baud) == ("/dev/ttyUSB0", 9600)
    assert register.number.decimal == ","
    assert register.reply.paid == "PAID {amount} {reference}\r\n"
    assert (config.sale.expires_after, config.sale.result_shown_for) == (300, 8)
    assert config.orders.base_url == "http://127.0.0.1:9000"
    assert config.display.pixels == (250, 122)
    assert config.journal.path == Path("out/journal.sqlite3")
    assert config.service.status_file == Path("out/status.json")


def test_windows_line_ends_and_a_byte_order_mark_make_no_difference(tmp_path: Path) -> None:
    plain = load(written(tmp_path, COUNTER), {})
    windows = b"\xef\xbb\xbf" + COUNTER.replace("\n", "\r\n").encode()
    assert load(written(tmp_path, windows), {}) == plain


def test_nameless_inputs_are_called_after_their_drivers(tmp_path: Path) -> None:
    button = "  - driver: button\n    pin: {}\n"
    named = "  - driver: button\n    name: button-2\n    pin: 4\n"
    text = changed("orders:", button.format(2) + button.format(3) + named + "orders:")
    config = load(written(tmp_path, text), {})
    assert [entry.name for entry in config.inputs] == [
        "serial_line", "button", "button-3", "button-2"
    ]  # fmt: skip


def test_all_faults_come_in_one_error(tmp_path: Path) -> None:
    file = written(tmp_path, changed("ARS", "ARG").replace("250x122", "1"))
    assert faults(file).splitlines() == [
        "F:1:50: kiosk.currency: 'ARG' is not a valid value; did you mean ARS?",
        "F:9:31: display.size: '1' is not a size in pixels; write it like 250x122",
    ]


@pytest.mark.parametrize("name", ["missing.yaml", "."])
def test_a_file_that_cannot_be_read_is_a_fault_of_its_own(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    assert "can't be read" in faults(file)
    with pytest.raises(ConfigError):
        check_file(file, {})


def test_a_file_in_another_encoding_is_told_where_it_goes_wrong(tmp_path: Path) -> None:
    file = written(tmp_path, COUNTER.replace("counter-1", "Peña").encode("latin-1"))
    assert (
        faults(file) == "F:1:17: file: this is not UTF-8 text; save the file as UTF-8 in the editor"
    )


def test_limits_between_sections_are_told_at_the_setting(tmp_path: Path) -> None:
    text = changed("COUNTER1\n", "COUNTER1\n  mode: static\nsale:\n  expires_after: 1 h\n")
    (line,) = faults(written(tmp_path, text)).splitlines()
    assert line.startswith("F:11:18: sale.expires_after: ")


def test_a_token_that_is_not_here_may_be_elsewhere(tmp_path: Path) -> None:
    file = written(tmp_path, COUNTER)
    checked = check_file(file, {})
    assert load(file, {}) == checked.config
    (warning,) = checked.warnings()
    assert warning.startswith("orders.token (env KIOSK_TOKEN)")


@pytest.mark.parametrize("token", ["", "two words", "x" * 5000])
def test_a_token_that_is_unfit_is_a_fault(tmp_path: Path, token: str) -> None:
    file = written(tmp_path, COUNTER)
    (line,) = faults(file, KIOSK_TOKEN=token).splitlines()
    assert line.startswith("F:7:3: orders.token: ")
    assert "two words" not in line


def test_a_token_file_that_others_can_read_is_a_fault(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text(TOKEN)
    token.chmod(0o644)
    file = written(tmp_path, changed("{env: KIOSK_TOKEN}", f"{{file: {token}}}"))
    assert faults(file) == (
        f"F:7:3: orders.token: others can read it; run: chmod 600 {token}"
    )  # fmt: skip
    token.chmod(0o600)
    assert check_file(file, {}).warnings() == ()


def test_a_credential_is_found_where_systemd_puts_it(tmp_path: Path) -> None:
    file = written(tmp_path, changed("env: KIOSK_TOKEN", "credential: token"))
    assert len(check_file(file, {}).warnings()) == 1
    (tmp_path / "token").write_text(TOKEN)
    assert check_file(file, {"CREDENTIALS_DIRECTORY": str(tmp_path)}).warnings() == ()


def test_a_configuration_never_shows_the_token(tmp_path: Path) -> None:
    config = load(written(tmp_path, COUNTER), {"KIOSK_TOKEN": TOKEN})
    shown = [repr(config), str(config), config.model_dump_json(), str(config.model_dump())]
    assert not any(TOKEN in text for text in shown)


def test_a_configuration_never_changes_and_can_be_written_down_and_read_again(
    tmp_path: Path,
) -> None:
    config = load(written(tmp_path, changed("COUNTER1", "COUNTER1\nsale: {}")), {})
    assert Config.model_validate(config.model_dump(mode="json", exclude_none=True)) == config
    with pytest.raises(ValueError, match="frozen"):
        config.sale.expires_after = Decimal(1)  # type: ignore[misc,assignment]
