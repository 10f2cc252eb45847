"""Makes the sound: ``espeak-ng`` or recorded words, played by ``aplay`` in its own process.

Nothing here can hurt the counter: a process that takes too long is killed, and while one can't be
killed, because its sound card hangs in the kernel, no other one is started.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from functools import partial
from typing import IO, Protocol

import anyio

from kiosk.base.environment import Offload
from kiosk.base.errors import DeviceGone
from kiosk.base.language import _, system_reason
from kiosk.base.money import Currency
from kiosk.base.permissions import NOT_GRANTED
from kiosk.signals.voice.recorded import RecordedWords, duration
from kiosk.signals.voice.sentences import LANGUAGES, Sentence, vocabulary, written
from kiosk.signals.voice.settings import VoiceSettings

OPENS_WITHIN, LETTER_WITHIN = 5.0, 0.2  # seconds; a letter takes less than half of that
ENDS_WITHIN = 2.0  # seconds from SIGKILL to the end of a process
WORDS_PER_MINUTE = 155  # a little slower than espeak-ng's own 175
NICENESS = 10  # the sale comes first, where there is one processor only

# What the programs and ALSA's plug-ins look at. The kiosk's own environment may hold its token.
PASSED_ON = ("PATH", "HOME", "LANG", "LC_", "XDG_", "ALSA_", "ESPEAK_", "PIPEWIRE_", "PULSE_")

Process = subprocess.Popen[bytes]


class Speaker(Protocol):
    """Says sentences."""

    async def check(self) -> None:
        """Raise DeviceGone if it is clear already that nothing can be said."""

    async def say(self, said: Sentence) -> None:
        """Say it, and return at its end. If canceled, be silent at once. Raises DeviceGone."""


class AlsaSpeaker:
    """A Speaker on an ALSA device."""

    def __init__(
        self, settings: VoiceSettings, language: str, currency: Currency, thread: Offload
    ) -> None:
        self._settings, self._language, self._currency = settings, language, currency
        self._recorded = RecordedWords(settings.words) if settings.words else None
        self._thread = thread
        self._hanging: Sequence[Process] = ()

    async def check(self) -> None:
        """Raise DeviceGone with the first of the faults."""
        parts = self._settings, self._language, self._currency
        if faults := await self._thread(lambda: list(speaker_faults(*parts))):
            raise DeviceGone(faults[0])

    async def say(self, said: Sentence) -> None:
        """Say it. See ``Speaker``."""
        self._hanging = [each for each in self._hanging if each.poll() is None]
        if self._hanging:
            raise DeviceGone(
                _(
                    "{device}: the sound card hangs; unplug it, or restart the computer",
                    device=self._settings.device,
                )
            )
        with anyio.CancelScope(shield=True):  # what has been started must be known
            processes, seconds = await self._thread(partial(self._start, said))
        limit = OPENS_WITHIN + seconds
        try:
            with anyio.fail_after(limit):
                for each in processes:
                    await _ended(each)
            self._judge(processes)
        except TimeoutError:
            raise DeviceGone(
                _(
                    "{device}: the sound device did not play a sentence within {limit:.0f} s; "
                    "check signals.voice.device, and what else uses it",
                    device=self._settings.device,
                    limit=limit,
                )
            ) from None
        finally:
            await self._end(processes)

    def _start(self, said: Sentence) -> tuple[Sequence[Process], float]:
        """Start the processes; the last one is the player. Raises DeviceGone.

        Return them, and the seconds that the sentence takes at most.
        """
        with ExitStack() as on_failure:
            started: list[Process] = []
            on_failure.callback(_discard, started)
            if self._recorded:
                sound = self._recorded.wav(said)
                source, seconds = _as_file(sound), duration(sound)
            else:
                started.append(_start(self._espeak(written(said)), makes_sound=True))
                assert started[0].stdout
                source, seconds = started[0].stdout, LETTER_WITHIN * len(written(said))
            with closing(source):
                started.append(_start(self._aplay(), source))
            on_failure.pop_all()
            return started, seconds

    def _espeak(self, text: str) -> list[str]:
        voice, speed = LANGUAGES[self._language].espeak, str(WORDS_PER_MINUTE)
        line = ["espeak-ng", "-b", "1", "-v", voice, "-s", speed, "--stdout", text]
        return ["nice", "-n", str(NICENESS), *line] if shutil.which("nice") else line

    def _aplay(self) -> list[str]:
        return ["aplay", "--quiet", "--file-type=wav", f"--device={self._settings.device}"]

    def _judge(self, processes: Sequence[Process]) -> None:
        """Raise DeviceGone if the sentence was not said."""
        *makers, player = processes
        for each in makers:
            if each.returncode not in (0, -signal.SIGPIPE):
                raise DeviceGone(
                    _("espeak-ng failed: {each}; install it again", each=_last_words(each))
                )
        if player.returncode:
            raise DeviceGone(_not_played(self._settings.device, _last_words(player)))
        if any(each.returncode for each in makers):  # aplay did not read all of the sound
            raise DeviceGone(_not_played(self._settings.device, _("aplay ended too early")))

    async def _end(self, processes: Sequence[Process]) -> None:
        """Kill what still runs, so that it is silent now; note what can't be killed."""
        for each in processes:
            each.kill()
        with anyio.move_on_after(ENDS_WITHIN, shield=True):
            for each in processes:
                await _ended(each)
        self._hanging = [each for each in processes if each.poll() is None]
        for each in processes:
            assert each.stderr
            each.stderr.close()


def speaker_faults(settings: VoiceSettings, language: str, currency: Currency) -> Iterator[str]:
    """Yield a sentence for each program or recording that is missing or not usable."""
    needed = {"aplay": "alsa-utils"} | ({} if settings.words else {"espeak-ng": "espeak-ng"})
    for program, package in needed.items():
        if not shutil.which(program):
            yield _(
                "the program {program} is not installed; run: sudo apt install {package}",
                program=program,
                package=package,
            )
    if settings.words:
        yield from RecordedWords(settings.words).faults(vocabulary(language, currency))


def _start(
    line: list[str], source: int | IO[bytes] = subprocess.DEVNULL, *, makes_sound: bool = False
) -> Process:
    target = subprocess.PIPE if makes_sound else subprocess.DEVNULL
    try:
        return subprocess.Popen(  # noqa: S603 - our own programs; the device is one argument
            line, stdin=source, stdout=target, stderr=subprocess.PIPE, env=_environment()
        )
    except OSError as error:
        raise DeviceGone(
            _(
                "{line} can't be started ({reason}); install it",
                line=line[0],
                reason=system_reason(error),
            )
        ) from error


def _environment() -> dict[str, str]:
    return {name: text for name, text in os.environ.items() if name.startswith(PASSED_ON)}


def _discard(processes: Sequence[Process]) -> None:
    for each in processes:
        each.kill()
        with each:  # waits, and closes its pipes
            pass


def _as_file(data: bytes) -> IO[bytes]:
    """Return an open file in memory: a player that is slow can't block the kiosk."""
    file = os.fdopen(os.memfd_create("kiosk-voice", os.MFD_CLOEXEC), "w+b", buffering=0)
    file.write(data)
    file.seek(0)
    return file


async def _ended(process: Process) -> None:
    """Wait for the end of a process without a thread, and collect it."""
    if process.poll() is None:
        descriptor = os.pidfd_open(process.pid)
        try:
            await anyio.wait_readable(descriptor)
        finally:
            os.close(descriptor)
        process.wait()


def _last_words(process: Process) -> str:
    """Return the last line of what an ended process printed as errors."""
    assert process.stderr
    os.set_blocking(process.stderr.fileno(), False)  # a process of its own may still have it open
    lines = (process.stderr.read() or b"").decode(errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), _("no reason given"))


def _not_played(device: str, why: str) -> str:
    if "ermission denied" in why or "not permitted" in why:
        return f"{device}: {_(NOT_GRANTED)}"
    why = why.removeprefix("aplay: ").partition(": ")[2] or why
    return _(
        "{device}: {why}; aplay -L lists the sound devices; correct signals.voice.device",
        device=device,
        why=why,
    )
