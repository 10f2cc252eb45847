"""Sound devices without a sound card: ALSA's null, and devices that are files.

ALSA's plug-ins ``null`` and ``file`` work without any driver in the kernel.
"""

from __future__ import annotations

import os
import shutil
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

WAV_HEADER = 44  # bytes
SYSTEM = Path("/usr/share/alsa/alsa.conf")

needs_aplay = pytest.mark.skipif(
    not shutil.which("aplay") or not SYSTEM.exists(),
    reason="aplay is not installed (apt install alsa-utils)",
)
needs_espeak = pytest.mark.skipif(
    not shutil.which("espeak-ng"), reason="espeak-ng is not installed (apt install espeak-ng)"
)


class SoundDevices:
    """Devices by name: ``recorder`` writes a WAV file, ``blocked`` takes nothing, for ever."""

    def __init__(self, folder: Path) -> None:
        self.recording = folder / "heard.wav"
        self._fifo = folder / "blocked"
        os.mkfifo(self._fifo)
        self._settings = folder / "asound.conf"
        self._settings.write_text(
            f'pcm.recorder {{ type file slave.pcm null file "{self.recording}" format wav }}\n'
            f'pcm.blocked {{ type file slave.pcm null file "{self._fifo}" format raw }}\n'
        )

    @property
    def environ(self) -> dict[str, str]:
        """What a program needs in its environment to know these devices."""
        return {"ALSA_CONFIG_PATH": f"{SYSTEM}:{self._settings}"}

    @contextmanager
    def listening(self) -> Iterator[int]:
        """Open the other end of ``blocked``: it takes a little now, and then blocks again."""
        descriptor = os.open(self._fifo, os.O_RDONLY | os.O_NONBLOCK)
        try:
            yield descriptor
        finally:
            os.close(descriptor)

    def seconds(self) -> float:
        """Return how much was heard: nothing while the header is not complete."""
        size = self.recording.stat().st_size
        if size <= WAV_HEADER:
            return 0.0
        with wave.open(str(self.recording)) as sound:
            frame = sound.getnchannels() * sound.getsampwidth()
            return float(size / frame / sound.getframerate())

    def samples(self) -> bytes:
        with wave.open(str(self.recording)) as sound:
            return bytes(sound.readframes(sound.getnframes()))


def record_words(folder: Path, names: list[str], *, rate: int = 8000, seconds: float = 0.1) -> None:
    """Record words, each with a value of its own in every sample."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, name in enumerate(names, 1):
        with wave.open(str(folder / name), "wb") as sound:
            sound.setnchannels(1)
            sound.setsampwidth(2)
            sound.setframerate(rate)
            sound.writeframes(number.to_bytes(2, "little") * int(rate * seconds))
