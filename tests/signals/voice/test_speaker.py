"""The voice on ALSA devices that need no sound card."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import pytest

from kiosk.base.environment import OneThread
from kiosk.base.errors import DeviceGone
from kiosk.base.money import CURRENCIES, Money
from kiosk.sale.words import Screen
from kiosk.signals.voice import speaker as module
from kiosk.signals.voice.sentences import file_name, sentence
from kiosk.signals.voice.settings import VoiceSettings
from kiosk.signals.voice.speaker import AlsaSpeaker, speaker_faults
from tests.support.sound import SoundDevices, needs_aplay, needs_espeak, record_words

ARS = CURRENCIES["ARS"]
PAID = sentence("es", Screen.PAID, Money.of("1234.50", "ARS"))


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> Any:
    return request.param


pytestmark = [pytest.mark.anyio, needs_aplay]


@pytest.fixture
def devices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SoundDevices:
    devices = SoundDevices(tmp_path)
    monkeypatch.setenv(*next(iter(devices.environ.items())))
    return devices


@pytest.fixture
def words(tmp_path: Path) -> Path:
    names = [file_name(word) for phrase in PAID for word in phrase]
    record_words(tmp_path / "words", names)
    return tmp_path / "words"


Make = Callable[..., AlsaSpeaker]


def speaker(**settings: Any) -> AlsaSpeaker:
    return AlsaSpeaker(VoiceSettings(**settings), "es", ARS, OneThread())


def children() -> str:
    """Return the programs of this test that run, or that nobody has collected."""
    line = ["ps", "--ppid", str(os.getpid()), "-o", "args="]
    return subprocess.run(line, capture_output=True, text=True, check=True).stdout


@needs_espeak
async def test_espeak_is_heard(devices: SoundDevices) -> None:
    await speaker(device="recorder").say(PAID)
    assert 3 < devices.seconds() < 7
    assert len(set(devices.samples())) > 100, "not silence"


async def test_recorded_words_are_heard(devices: SoundDevices, words: Path) -> None:
    await speaker(device="recorder", words=words).say(PAID)
    spoken = sum(len(phrase) for phrase in PAID) * 0.1 + 0.2
    assert devices.seconds() == pytest.approx(spoken, abs=0.05)


@pytest.mark.parametrize("device", ["nosuch", "hw:7"])
async def test_a_device_that_does_not_exist_is_named(
    device: str, words: Path, devices: SoundDevices
) -> None:
    with pytest.raises(DeviceGone, match=rf"^{device}: .*; aplay -L lists the sound devices"):
        await speaker(device=device, words=words).say(PAID)


async def test_a_device_that_blocks_is_given_up(
    devices: SoundDevices, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sentence may take as long as its recordings, however short the words are."""
    monkeypatch.setattr(module, "OPENS_WITHIN", 0.2)
    monkeypatch.setattr(module, "LETTER_WITHIN", 0.0)
    record_words(tmp_path / "slow", ["un.wav", "peso.wav"], seconds=0.4)
    blocked = speaker(device="blocked", words=tmp_path / "slow")
    for _ in range(2):
        with pytest.raises(DeviceGone, match="did not play a sentence within 1 s"):
            await blocked.say((("un", "peso"),))
    assert "aplay" not in children()


async def test_it_is_silent_at_once_when_the_next_sale_begins(
    devices: SoundDevices, words: Path
) -> None:
    with anyio.move_on_after(0.2) as said:
        await speaker(device="blocked", words=words).say(PAID)
    assert said.cancelled_caught
    assert "aplay" not in children()


async def test_no_program_is_left_behind(devices: SoundDevices, words: Path) -> None:
    for _ in range(3):
        await speaker(device="null", words=words).say(PAID)
    assert "aplay" not in children()


async def test_programs_that_are_not_installed_are_named(
    monkeypatch: pytest.MonkeyPatch, words: Path, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert list(speaker_faults(VoiceSettings(), "es", ARS)) == [
        "the program aplay is not installed; run: sudo apt install alsa-utils",
        "the program espeak-ng is not installed; run: sudo apt install espeak-ng",
    ]
    with pytest.raises(DeviceGone, match="aplay is not installed"):
        await speaker().check()
    with pytest.raises(DeviceGone, match="espeak-ng can't be started"):
        await speaker().say(PAID)
    with pytest.raises(DeviceGone, match="aplay can't be started"):
        await speaker(words=words).say(PAID)


async def test_a_player_without_permission_says_what_to_run(
    monkeypatch: pytest.MonkeyPatch, words: Path, tmp_path: Path
) -> None:
    aplay = tmp_path / "aplay"
    aplay.write_text(
        '#!/bin/sh\necho "aplay: main:831: audio open error: Operation not permitted" >&2\nexit 1\n'
    )
    aplay.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    with pytest.raises(DeviceGone, match="default: no permission; run: sudo kiosk setup --units"):
        await speaker(words=words).say(PAID)


@pytest.mark.parametrize(
    ("espeak", "aplay", "said"),
    [
        ("echo 'no voices here' >&2; exit 3", "exit 0", "espeak-ng failed: no voices here"),
        ("echo broken >&2; exit 1", "echo 'aplay: read error' >&2; exit 1", "espeak-ng failed: br"),
        ("kill -SEGV $$", "exit 0", "espeak-ng failed: no reason given"),
        ("exec cat /dev/zero", "exit 0", "default: aplay ended too early"),
        ("exec cat /dev/zero", "echo 'aplay: main:1: gone' >&2; exit 1", "default: gone"),
    ],
)
async def test_the_program_that_failed_is_named(
    espeak: str, aplay: str, said: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, line in (("espeak-ng", espeak), ("aplay", aplay)):
        (tmp_path / name).write_text(f"#!/bin/sh\n{line}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    with pytest.raises(DeviceGone, match=said):
        await speaker().say(PAID)


async def test_the_programs_do_not_get_the_token(
    monkeypatch: pytest.MonkeyPatch, words: Path, tmp_path: Path
) -> None:
    """Nor an open file of the kiosk."""
    (tmp_path / "aplay").write_text(
        f"#!/bin/sh\nenv > {tmp_path}/env\nls -l /proc/self/fd > {tmp_path}/open\n"
    )
    (tmp_path / "aplay").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    monkeypatch.setenv("KIOSK_TOKEN", "TEST-1234")
    monkeypatch.setenv("ALSA_CARD", "Device")
    with (tmp_path / "journal").open("w"):
        await speaker(words=words).say(PAID)
    heard = (tmp_path / "env").read_text()
    assert "TEST-1234" not in heard
    assert "ALSA_CARD=Device" in heard
    assert "journal" not in (tmp_path / "open").read_text()


class Immortal(subprocess.Popen[bytes]):
    """A process whose sound card hangs in the kernel: SIGKILL does not end it."""

    def kill(self) -> None:
        """Do nothing."""


async def test_while_a_process_hangs_in_the_kernel_no_other_is_started(
    devices: SoundDevices, words: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ENDS_WITHIN", 0.1)
    monkeypatch.setattr(subprocess, "Popen", Immortal)
    stuck = speaker(device="blocked", words=words)
    with anyio.move_on_after(0.2):
        await stuck.say(PAID)
    (hanging,) = stuck._hanging
    for _ in range(2):
        with pytest.raises(DeviceGone, match="the sound card hangs"):
            await stuck.say(PAID)
    assert children().count("aplay") == 1
    hanging.send_signal(9)
    hanging.wait()
    with anyio.move_on_after(0.2) as said:
        await stuck.say(PAID)
    assert said.cancelled_caught
    for each in stuck._hanging:
        each.send_signal(9)
        each.wait()
