"""Recorded words: a folder of WAV files, which are put together to a sentence."""

from __future__ import annotations

import io
import wave
from collections.abc import Iterable, Iterator
from pathlib import Path

from kiosk.base.errors import DeviceGone
from kiosk.base.frozen import frozen
from kiosk.base.language import _, ngettext, system_reason
from kiosk.signals.voice.sentences import Sentence, file_name
from kiosk.signals.voice.settings import BEST_FORMAT, LONGEST

RATES = range(8_000, 48_001)  # samples a second
PAUSE = 0.2  # seconds between two phrases
NAMED = 5  # missing files that a message names


@frozen
class SoundFormat:
    """How the samples of a file are stored."""

    channels: int
    width: int  # bytes of a sample
    rate: int  # samples a second

    def silence(self, seconds: float) -> bytes:
        """Return so much silence: 8-bit samples are unsigned, all others are signed."""
        zero = b"\x80" if self.width == 1 else b"\0"
        return zero * self.size(int(self.rate * seconds))

    def size(self, frames: int) -> int:
        """Return the bytes of so many frames: one frame has a sample of each channel."""
        return self.channels * self.width * frames

    def __str__(self) -> str:
        channels = {1: "mono", 2: "stereo"}[self.channels]
        return f"{self.rate} Hz, {8 * self.width} bit, {channels}"


class UnusableWord(Exception):
    """A recording can't be used; the message says why, and what to do."""


class MissingWord(UnusableWord):
    """There is no such file."""


class RecordedWords:
    """The recordings of a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def faults(self, words: Iterable[str]) -> Iterator[str]:
        """Yield a sentence for each recording of these words that can't be used.

        All missing ones are in one sentence.
        """
        missing, formats = [], dict[SoundFormat, str]()
        for name in map(file_name, words):
            try:
                formats.setdefault(_read(self._folder / name)[0], name)
            except MissingWord:
                missing.append(name)
            except UnusableWord as bad:
                yield str(bad)
        if missing:
            yield self._missing(missing)
        if len(formats) > 1:
            examples = "; ".join(
                _("{name} has {each}", name=name, each=each) for each, name in formats.items()
            )
            yield _(
                "{folder}: {examples}; record all words in one format",
                folder=self._folder,
                examples=examples,
            )

    def wav(self, said: Sentence) -> bytes:
        """Return the sentence as a WAV file; raises DeviceGone if a word can't be used."""
        try:
            phrases = [
                [_read(self._folder / file_name(word)) for word in phrase] for phrase in said
            ]
        except UnusableWord as bad:
            raise DeviceGone(str(bad)) from bad
        formats = {form for phrase in phrases for form, _ in phrase}
        if len(formats) > 1:
            raise DeviceGone(
                _(
                    "{folder}: the recordings have several formats; run kiosk check",
                    folder=self._folder,
                )
            )
        (form,) = formats
        spoken = (b"".join(frames for _, frames in phrase) for phrase in phrases)
        return _wav(form, form.silence(PAUSE).join(spoken))

    def _missing(self, names: list[str]) -> str:
        some = ", ".join(names[:NAMED]) + (", ..." if len(names) > NAMED else "")
        return ngettext(
            "{folder}: a recording is missing: {some}; kiosk voice --list prints them all",
            "{folder}: {number} recordings are missing: {some}; kiosk voice --list prints them all",
            len(names),
            folder=self._folder,
            some=some,
        )


def duration(data: bytes) -> float:
    """Return the seconds of a WAV file that was put together here."""
    with wave.open(io.BytesIO(data)) as sound:
        return float(sound.getnframes() / sound.getframerate())


def _read(path: Path) -> tuple[SoundFormat, bytes]:
    """Return the format and the samples of a file; raises UnusableWord."""
    try:
        if not path.is_file():  # opening a named pipe would block
            raise MissingWord(_("{path}: the recording is missing; record it", path=path))
        with path.open("rb") as file, wave.open(file) as sound:
            form = SoundFormat(sound.getnchannels(), sound.getsampwidth(), sound.getframerate())
            _check(path, form, sound.getnframes())
            samples = sound.readframes(sound.getnframes())
    except (wave.Error, EOFError, RuntimeError) as error:  # all that wave and its chunks raise
        why = str(error) or _("it ends too early")
        raise UnusableWord(
            _("{path} is not a WAV file of plain samples (PCM): {why}", path=path, why=why)
        ) from error
    except OSError as error:
        raise UnusableWord(
            _(
                "{path}: the recording can't be read ({reason})",
                path=path,
                reason=system_reason(error),
            )
        ) from error
    if len(samples) < form.size(sound.getnframes()):
        raise UnusableWord(
            _("{path}: the end of the recording is missing; copy it again", path=path)
        )
    return form, samples


def _check(path: Path, form: SoundFormat, frames: int) -> None:
    if form.channels not in (1, 2) or form.width not in (1, 2) or form.rate not in RATES:
        raise UnusableWord(
            _(
                "{path}: record it in mono or stereo, with 8 or 16 bits and 8000 to 48000 Hz; "
                "the best is {best_format}",
                path=path,
                best_format=_(BEST_FORMAT),
            )
        )
    if not frames:
        raise UnusableWord(_("{path}: the recording is empty; record it again", path=path))
    if frames > form.rate * LONGEST:
        seconds = frames / form.rate
        raise UnusableWord(
            _(
                "{path}: the recording lasts {seconds:.0f} s, and {longest:.0f} s are the most; "
                "cut it to one word",
                path=path,
                seconds=seconds,
                longest=LONGEST,
            )
        )


def _wav(form: SoundFormat, samples: bytes) -> bytes:
    data = io.BytesIO()
    with wave.open(data, "wb") as sound:
        sound.setnchannels(form.channels)
        sound.setsampwidth(form.width)
        sound.setframerate(form.rate)
        sound.writeframes(samples)
    return data.getvalue()
