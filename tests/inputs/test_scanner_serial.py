"""A scanner on a real tty: identifiers, separators, and a cable that is pulled out."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest
from pydantic import ValidationError

from kiosk.base.money import CURRENCIES, Money
from kiosk.inputs.codes.own_codes import sign
from kiosk.inputs.scanner.scanner_input import Scanner
from kiosk.inputs.scanner_serial import ScannerSerialSettings
from kiosk.sale.events import AmountRead, ItemScanned, ReadingBegan, ReadingRejected
from kiosk.sale.words import Item
from tests.inputs.conftest import PATIENCE, Listener, Register, listed, running_input

pytestmark = pytest.mark.anyio
ARS = CURRENCIES["ARS"]
KEY = "a secret of sixteen bytes"


def settings(port: Path, gap: str = "300 ms", **codes: Any) -> ScannerSerialSettings:
    fields = {"name": "scanner", "port": str(port), "gap": gap, "codes": codes}
    return ScannerSerialSettings.model_validate(fields)


@asynccontextmanager
async def running(listener: Listener, port: Path, **codes: Any) -> AsyncIterator[Scanner]:
    device = settings(port, **codes).open(ARS)
    async with running_input(device, listener):
        yield device


def rejected(reason: str) -> ReadingRejected:
    return ReadingRejected(reason, "scanner")


PRICED = b"]C101077900010010543103000250392219950\x1d10LOTE\r\n"
PAN = Item("7790001001054", Money.of("199.50", "ARS"), 1, "7790001001054")


@pytest.mark.parametrize("cut", range(1, len(PRICED), 7))
async def test_a_gs1_code_with_a_price(register: Register, listener: Listener, cut: int) -> None:
    async with running(listener, register.port, gap="10 s"):  # a busy computer makes long pauses
        register.send(PRICED[:cut])
        await anyio.wait_all_tasks_blocked()
        register.send(PRICED[cut:])
        assert await listener.next() == ItemScanned(PAN, "scanner")


async def test_noise_then_a_good_code(register: Register, listener: Listener) -> None:
    async with running(listener, register.port):
        register.send(b"\x80\xff\x01\0\r" + PRICED)
        assert await listener.next() == rejected(
            "a code has unreadable characters; check the scanner's settings"
        )
        assert await listener.next() == ItemScanned(PAN, "scanner")


async def told(caplog: pytest.LogCaptureFixture, words: str) -> None:
    """Wait until the log has these words."""
    with anyio.fail_after(PATIENCE):
        while words not in caplog.text:  # noqa: ASYNC110 - a log has no event
            await anyio.sleep(0.005)


async def test_a_cable_that_is_pulled_in_the_middle_of_a_code(
    register: Register, listener: Listener, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    async with running(listener, register.port):
        register.send(PRICED[:20])
        assert await listener.next(began=True) == ReadingBegan("scanner")
        register.unplug()
        cut = "a code was cut off after 20 characters; scan it again"
        assert await listener.next() == rejected(cut)
        register.plug_in()
        await told(caplog, "scanner: it works again")
        register.send(PRICED)
        assert await listener.next() == ItemScanned(PAN, "scanner")


class TestSignedAmounts:
    @pytest.fixture
    def signed(self, tmp_path: Path) -> dict[str, str]:
        key_file = tmp_path / "key"
        key_file.write_text(KEY + "\n")
        key_file.chmod(0o600)
        return {"key_file": str(key_file), "used_file": str(tmp_path / "used" / "tickets")}

    def code(self, serial: str) -> bytes:
        return sign(Money.of("12.50", "ARS"), serial, KEY.encode()).encode() + b"\r"

    def used(self, signed: dict[str, str]) -> list[str]:
        return Path(signed["used_file"]).read_text().splitlines()

    async def test_each_sells_once_also_after_a_restart(
        self, register: Register, listener: Listener, signed: dict[str, str]
    ) -> None:
        amount = AmountRead(Money.of("12.50", "ARS"), "scanner")
        async with running(listener, register.port, signed=signed):
            register.send(self.code("A0001"))
            assert await listener.next() == amount
            register.send(self.code("A0002"))
            assert await listener.next() == amount
        assert self.used(signed) == ["A0001", "A0002"]
        _write(Path(signed["used_file"]), "A0001", "A0002", "A00")
        os.truncate(signed["used_file"], 14)  # a power cut while the next one was written
        async with running(listener, register.port, signed=signed):
            register.send(self.code("A0001"))
            assert await listener.next() == rejected("this code was already used; print another")
            register.send(self.code("A0003"))
            assert await listener.next() == amount
        assert self.used(signed) == ["A0001", "A0002", "A0", "A0003"]

    async def test_one_that_can_not_be_remembered_is_not_taken(
        self, register: Register, listener: Listener, signed: dict[str, str]
    ) -> None:
        Path(signed["used_file"]).parent.write_text("a file stands in the way")
        async with running(listener, register.port, signed=signed):
            register.send(self.code("A0001"))
            reason = "signed amounts can't be read now; call the technician"
            assert await listener.next() == rejected(reason)


async def test_a_product_of_the_price_list(
    register: Register, listener: Listener, prices: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    async with running(listener, register.port, catalogue=listed(prices)):
        await told(caplog, f"{prices}: 1 article")
        register.send(b"42\r")
        item = Item("Pan", Money.of("900.00", "ARS"), 1, "42")
        assert await listener.next() == ItemScanned(item, "scanner")


async def test_a_scanner_whose_codes_end_in_a_star(
    register: Register, listener: Listener, prices: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    fields = {"name": "scanner", "port": str(register.port), "begins_with": "STX", "ends_with": "*"}
    wanted = fields | {"codes": {"catalogue": listed(prices)}}
    device = ScannerSerialSettings.model_validate(wanted).open(ARS)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(device.run, listener.deliver)
        await told(caplog, f"{prices}: 1 article")
        register.send(b"\x0242*\r42*")
        item = Item("Pan", Money.of("900.00", "ARS"), 1, "42")
        assert await listener.next() == ItemScanned(item, "scanner")
        assert await listener.next() == rejected("the beginning of a code was lost; scan it again")
        tasks.cancel_scope.cancel()


def test_a_mark_as_the_suffix_is_what_ends_a_code() -> None:
    fields = {"port": "/dev/ttyACM0", "suffix": "*"}
    assert ScannerSerialSettings.model_validate(fields).ends_with == "*"
    with pytest.raises(ValidationError, match="'enter', 'tab' or 'none'"):
        ScannerSerialSettings.model_validate(fields | {"suffix": "entr"})


def _write(file: Path, *lines: str) -> None:
    file.write_text("".join(line + "\n" for line in lines))
