"""The voice of the real daemon, on sound devices that need no sound card."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from select import select
from time import time

import pytest

from tests.e2e import voice_kills
from tests.e2e.rig import Api, Counter, Register
from tests.support.processes import LONG_ENOUGH, eventually
from tests.support.sound import SoundDevices, needs_aplay, needs_espeak

FAKE = "signals: {driver: fake, record: "


@pytest.fixture
def devices(tmp_path: Path) -> SoundDevices:
    (tmp_path / "sound").mkdir()
    return SoundDevices(tmp_path / "sound")


def speaks_on(counter: Counter, device: str) -> None:
    lines = counter.config.read_text().splitlines()
    voice = f"signals: {{driver: gpio, voice: {{device: {device}}}}}"
    changed = [voice if line.startswith("signals:") else line for line in lines]
    counter.config.write_text("\n".join(changed) + "\n")


def pays(api: Api, register: Register, counter: Counter, amount: str) -> None:
    counter.becomes("idle")
    register.send(f"TOTAL {amount}\r\n".encode())
    counter.becomes("paying")
    api.pay(api.orders()[0]["id"])
    assert register.hears().startswith(b"PAID ")


def test_killed_around_payments(tmp_path: Path) -> None:
    assert "each once" in voice_kills.live_through(4, seed=os.getpid(), folder=tmp_path)


@needs_aplay
@needs_espeak
def test_a_payment_is_heard(
    api: Api, register: Register, counter: Counter, devices: SoundDevices
) -> None:
    speaks_on(counter, "recorder")
    with counter.running(**devices.environ):
        pays(api, register, counter, "1234,50")
        counter.says("the voice says: Pagado, mil doscientos treinta y cuatro pesos con cincuenta")
        eventually(lambda: devices.recording.exists() and devices.seconds() > 3)


@needs_aplay
@needs_espeak
def test_the_sound_begins_soon_after_the_sale_is_written(
    api: Api, register: Register, counter: Counter, devices: SoundDevices
) -> None:
    """The time is printed (pytest -s) and not judged: this computer may be busy."""
    speaks_on(counter, "blocked")
    with devices.listening() as sound, counter.running(**devices.environ):
        pays(api, register, counter, "20,00")
        assert select([sound], [], [], LONG_ENOUGH)[0]
        heard = time()
    with closing(sqlite3.connect(counter.journal)) as db:
        ((at,),) = db.execute("SELECT at FROM events WHERE event = 'SaleEnded'").fetchall()
    print(f"\nspeech begun {heard - datetime.fromisoformat(at).timestamp():.3f} s after the write")


@needs_aplay
@needs_espeak
def test_a_sound_card_that_blocks_stops_no_sale(
    api: Api, register: Register, counter: Counter, devices: SoundDevices
) -> None:
    speaks_on(counter, "blocked")
    with counter.running(**devices.environ):
        for amount in ("20,00", "30,00", "40,00"):
            pays(api, register, counter, amount)
    assert [sale["outcome"] for sale in counter.sales()] == ["paid"] * 3


@needs_aplay
@needs_espeak
def test_a_dead_sound_card_is_a_problem_of_the_status(
    api: Api, register: Register, counter: Counter, devices: SoundDevices
) -> None:
    speaks_on(counter, "nosuch")
    with counter.running(**devices.environ):
        pays(api, register, counter, "20,00")
        (problem,) = eventually(lambda: counter.status()["problems"])
        assert problem.startswith("voice: nosuch: ")
        assert "aplay -L lists the sound devices" in problem
        pays(api, register, counter, "30,00")
    assert counter.log.read_text().count("WARNING kiosk.signals.voice") == 1


def test_kiosk_last_lets_it_be_said_again_also_after_a_restart(
    api: Api, register: Register, counter: Counter
) -> None:
    counter.change(voice_kills.NO_VOICE, voice_kills.VOICE)
    with counter.running():
        pays(api, register, counter, "20,00")
        counter.becomes("idle")
    with counter.running():
        counter.becomes("idle")
        assert counter.command("last", "--say").stdout.startswith("paid  20.00 ARS  ")
        eventually(lambda: len(voice_kills.said_in(counter.folder)) > 1)
    assert voice_kills.said_in(counter.folder) == [
        "Pagado, veinte pesos",
        "Última venta, pagado, veinte pesos",
    ]
