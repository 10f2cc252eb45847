"""The protocol, speed and parity of an unknown device are guessed from what it sends."""

from __future__ import annotations

from random import Random

import pytest
import yaml

from kiosk.inputs.tools.protocol_guess import SURE, Guess, best, guesses
from tests.inputs.ecr.transbank_register import SALE, asks
from tests.inputs.escpos.test_receipt_decoder import invoice
from tests.inputs.pole.test_dialects import WRITTEN

TICKET = b"TICKET 7\r\nPAN LACTAL  1.200,00\r\nTOTAL $ 1.234,56\r\n"


def drivers(data: bytes) -> set[str]:
    return {guess.driver for guess in best(data)}


@pytest.mark.parametrize(("dialect", "data"), WRITTEN)
def test_each_dialect_of_displays_is_among_the_best_guesses(dialect: str, data: bytes) -> None:
    found = best(data)
    assert {guess.driver for guess in found} == {"pole_display"}
    named = {dict(guess.settings)["dialect"] for guess in found}
    assert dialect in named or {dialect, *named} <= {"utc_standard", "utc_enhanced"}
    assert len(named) <= 3  # those that share all the bytes that came


@pytest.mark.parametrize(
    ("data", "driver"),
    [
        (TICKET, "serial_line"),
        (b"7790001001054\r7790001001054\r", "scanner_serial"),
        (SALE + b"\x06" + asks("0100"), "ecr_terminal"),
        (invoice("bitImageRaster", 64), "escpos_printer"),
        (b"\x1b@ALMACEN\nTOTAL 5,00\n\x1dV\x00", "escpos_printer"),
    ],
)
def test_other_devices_are_told_apart(data: bytes, driver: str) -> None:
    assert driver in drivers(data)
    assert "pole_display" not in drivers(data)


@pytest.mark.parametrize("seed", range(20))
def test_noise_is_nothing(seed: int) -> None:
    assert best(Random(seed).randbytes(200)) == []


# --- parity and speed, on a simulated wire -----------------------------------------------------


def bits(data: bytes, parity: str) -> list[int]:
    """Return the line's levels, a bit time each: start, seven or eight data bits, parity, stop."""
    levels = [1] * 20
    for byte in data:
        count = 8 if parity == "none" else 7
        frame = [byte >> bit & 1 for bit in range(count)]
        if parity != "none":
            frame.append({"even": sum(frame) % 2, "odd": 1 - sum(frame) % 2, "mark": 1}[parity])
        levels += [0, *frame, 1]
    return levels + [1] * 20


def heard(data: bytes, sent: int, at: int = 0, parity: str = "none") -> bytes:
    """Return what a port set to ``at`` baud, 8N1, makes of bytes sent at another speed."""
    levels, step = bits(data, parity), sent / (at or sent)
    result, time = bytearray(), 0.0
    while time + 10 * step < len(levels):
        if levels[int(time)]:
            time += step / 16
            continue
        middle = time + step / 2
        result.append(sum(levels[int(middle + step * bit)] << bit - 1 for bit in range(1, 9)))
        time = middle + 9 * step
        while time < len(levels) and not levels[int(time)]:
            time += step / 16  # a framing error: wait for the line to rest
    return bytes(result)


def test_the_simulated_wire_carries_what_is_sent() -> None:
    assert heard(TICKET, 9600) == TICKET


@pytest.mark.parametrize("parity", ["even", "odd", "mark"])
def test_a_parity_bit_that_was_taken_for_data(parity: str) -> None:
    data = heard(TICKET, 9600, parity=parity)
    assert data != TICKET
    guess = best(data)[0]
    assert (guess.driver, guess.bits, guess.parity) == ("serial_line", 7, parity)


@pytest.mark.parametrize("sent", [4800, 9600, 19200])
@pytest.mark.parametrize("at", [2400, 9600, 19200, 38400])
def test_the_wrong_speed_makes_no_sense(sent: int, at: int) -> None:
    for data in (TICKET * 3, SALE * 5, WRITTEN[0][1] * 4):
        found = best(heard(data, sent, at)) if heard(data, sent, at) else []
        assert bool(found) == (sent == at), found


def test_a_guess_says_the_lines_to_paste() -> None:
    guess = Guess(1.0, "pole_display", (("dialect", "epson"),), 7, "even")
    text = guess.yaml("/dev/serial/by-id/usb-1", 2400)
    assert yaml.safe_load(text) == [
        {
            "driver": "pole_display",
            "port": "/dev/serial/by-id/usb-1",
            "baud": 2400,
            "bytes": 7,
            "parity": "even",
            "dialect": "epson",
        }
    ]


def test_nothing_is_nothing() -> None:
    assert best(b"") == []
    assert all(guess.score < SURE for guess in guesses(b"\0"))
