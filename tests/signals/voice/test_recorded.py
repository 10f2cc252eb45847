"""Recorded words: put together to a sentence, and all that can be wrong with them."""

from __future__ import annotations

import io
import os
import tempfile
import wave
from contextlib import nullcontext
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.base.errors import DeviceGone
from kiosk.base.money import CURRENCIES, Money
from kiosk.sale.words import Screen
from kiosk.signals.voice.recorded import PAUSE, RecordedWords
from kiosk.signals.voice.sentences import file_name, sentence, vocabulary
from tests.support.examples import examples
from tests.support.sound import record_words

RATE = 8000
WORDS = vocabulary("es", CURRENCIES["ARS"])
NAMES = [file_name(word) for word in WORDS]
TWO_PESOS = sentence("es", Screen.PAID, Money.of("2", "ARS"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    record_words(tmp_path / "words", NAMES, rate=RATE)
    return tmp_path / "words"


def faults(folder: Path) -> list[str]:
    return list(RecordedWords(folder).faults(WORDS))


def damage(path: Path, *, channels: int = 1, width: int = 2, rate: int = RATE, frames: int = 800) -> None:  # fmt: skip
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(channels)
        sound.setsampwidth(width)
        sound.setframerate(rate)
        sound.writeframes(bytes(channels * width * frames))


def test_the_words_of_a_sentence_in_their_order(folder: Path) -> None:
    assert faults(folder) == []
    with wave.open(io.BytesIO(RecordedWords(folder).wav(TWO_PESOS))) as sound:
        assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, RATE)
        samples = sound.readframes(sound.getnframes())
    values = [samples[at : at + 2] for at in range(0, len(samples), 2)]
    order = [int.from_bytes(value, "little") for value in dict.fromkeys(values)]
    heard = [NAMES[number - 1] if number else "" for number in order]
    assert heard == ["pagado.wav", "", "dos.wav", "pesos.wav"]
    assert values.count(b"\0\0") == RATE * PAUSE


def test_the_pause_of_8_bit_recordings_is_silent(tmp_path: Path) -> None:
    for name in ("pagado.wav", "dos.wav", "pesos.wav"):
        damage(tmp_path / name, width=1)
    with wave.open(io.BytesIO(RecordedWords(tmp_path).wav(TWO_PESOS))) as sound:
        assert b"\x80" * int(RATE * PAUSE) in sound.readframes(sound.getnframes())


def test_missing_recordings_are_named_together(folder: Path, tmp_path: Path) -> None:
    (folder / "mil.wav").unlink()
    assert faults(folder) == [
        f"{folder}: a recording is missing: mil.wav; kiosk voice --list prints them all"
    ]
    (only,) = faults(tmp_path / "nothing")
    assert f"{len(NAMES)} recordings are missing: ultima-venta.wav, " in only
    assert ", ...; kiosk voice --list" in only


def test_a_recording_of_an_hour_is_refused_before_it_is_read(folder: Path) -> None:
    damage(folder / "mil.wav", frames=1)
    size = 3600 * RATE * 2
    data = bytearray((folder / "mil.wav").read_bytes())
    data[4:8], data[40:44] = (size + 36).to_bytes(4, "little"), size.to_bytes(4, "little")
    (folder / "mil.wav").write_bytes(data)
    os.truncate(folder / "mil.wav", size + 44)  # it takes no room on the disk
    assert faults(folder) == [
        f"{folder}/mil.wav: the recording lasts 3600 s, and 5 s are the most; cut it to one word"
    ]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is not a WAV file of plain samples (PCM)"),
        (b"ID3\x04 an MP3", "is not a WAV file of plain samples (PCM)"),
        (b"RIFF\x04\0\0\0WAVE", "is not a WAV file of plain samples (PCM)"),
        (b"OggS" + bytes(100), "is not a WAV file of plain samples (PCM)"),
    ],
)
def test_what_is_no_wav_file(folder: Path, data: bytes, said: str) -> None:
    (folder / "mil.wav").write_bytes(data)
    (fault,) = faults(folder)
    assert f"{folder}/mil.wav {said}" in fault


def test_a_compressed_wav_file_is_refused(folder: Path) -> None:
    data = bytearray((folder / "mil.wav").read_bytes())
    data[20:22] = b"\x55\0"  # MP3 in a WAV file
    (folder / "mil.wav").write_bytes(data)
    (fault,) = faults(folder)
    assert "plain samples (PCM)" in fault


@pytest.mark.parametrize(
    "form", [{"channels": 6}, {"width": 3}, {"width": 4}, {"rate": 4000}, {"rate": 96_000}]
)
def test_odd_formats_are_refused(folder: Path, form: dict[str, int]) -> None:
    damage(folder / "mil.wav", **form)
    (fault,) = faults(folder)
    assert fault.startswith(f"{folder}/mil.wav: record it in mono or stereo")


def test_an_empty_recording_is_refused(folder: Path) -> None:
    damage(folder / "mil.wav", frames=0)
    assert faults(folder) == [f"{folder}/mil.wav: the recording is empty; record it again"]


def test_recordings_with_different_rates_are_refused(folder: Path) -> None:
    damage(folder / "pesos.wav", rate=44_100, frames=44_100)
    assert faults(folder) == [
        f"{folder}: ultima-venta.wav has 8000 Hz, 16 bit, mono; "
        "pesos.wav has 44100 Hz, 16 bit, mono; record all words in one format"
    ]
    with pytest.raises(DeviceGone, match="several formats; run kiosk check"):
        RecordedWords(folder).wav(TWO_PESOS)


def test_what_is_not_a_file_in_place_of_a_recording(folder: Path) -> None:
    """A named pipe would block whoever opens it."""
    for name, put in (("pesos", Path.mkdir), ("mil", os.mkfifo), ("dos", points_to_itself)):
        (folder / f"{name}.wav").unlink()
        put(folder / f"{name}.wav")
        with pytest.raises(DeviceGone, match=f"{name}.wav: the recording is missing; record it"):
            RecordedWords(folder).wav(((name,),))
    assert "3 recordings are missing: dos.wav, pesos.wav, mil.wav; " in faults(folder)[0]


def points_to_itself(path: Path) -> None:
    path.symlink_to(path.name)


@pytest.mark.parametrize("size", [44, 61, 100])
def test_a_recording_that_was_copied_in_part_is_refused(folder: Path, size: int) -> None:
    """The amount would be another one without this word, or noise after half a sample."""
    os.truncate(folder / "dos.wav", size)
    assert faults(folder) == [
        f"{folder}/dos.wav: the end of the recording is missing; copy it again"
    ]
    with pytest.raises(DeviceGone, match="the end of the recording is missing"):
        RecordedWords(folder).wav(TWO_PESOS)


def test_a_folder_that_can_not_be_looked_into(tmp_path: Path) -> None:
    """A folder that the kiosk's user may not enter: the daemon goes on, and says why."""
    assert "can't be read (File name too long)" in faults(tmp_path / ("words" * 100))[0]


@settings(max_examples=examples(200))
@given(st.dictionaries(st.integers(0, 47), st.integers(0, 255), min_size=1), st.integers(0, 300))
def test_a_damaged_recording_stops_nothing(changes: dict[int, int], size: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "dos.wav"
        damage(path, frames=128)
        data = bytearray(path.read_bytes())
        for place, value in changes.items():
            data[place] = value
        path.write_bytes(data[:size])
        words = RecordedWords(path.parent)
        found = list(words.faults(["dos"]))
        with nullcontext() if not found else pytest.raises(DeviceGone):
            words.wav((("dos",),))
