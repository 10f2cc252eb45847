"""Where the fake devices of a configuration keep their evidence, and where they can be pressed."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from kiosk.base.errors import ConfigError
from kiosk.config import Config
from kiosk.display.fake import FakePanelSettings
from kiosk.inputs.fake import FakeInputSettings
from kiosk.signals.fake import FakeSignalsSettings


class SwitchedOff(Exception):
    """Nobody listens at the device. The message says so."""


@dataclass(frozen=True, slots=True)
class Devices:
    """The paths by which the bench and the daemon meet."""

    frames: Path
    unplugged: Path | None  # while this file exists, the panel fails
    record: Path
    pipe: Path
    replies: Path | None
    status: Path

    @classmethod
    def of(cls, config: Config) -> Devices:
        """Find them; raise ConfigError with a sentence for each device that is no fake."""
        panel, lamps = config.display, config.signals
        inputs = [entry for entry in config.inputs if isinstance(entry, FakeInputSettings)]
        if (
            isinstance(panel, FakePanelSettings)
            and panel.frames
            and isinstance(lamps, FakeSignalsSettings)
            and lamps.record
            and inputs
        ):
            return cls(
                frames=panel.frames,
                unplugged=panel.fail_while,
                record=lamps.record,
                pipe=inputs[0].path,
                replies=inputs[0].replies,
                status=config.service.status_file,
            )
        raise ConfigError(
            "the bench has no hardware: display needs driver: fake with frames, signals needs "
            "driver: fake with record, and one of the inputs fake; config/simulator.yaml shows it"
        )


def press(pipe: Path, words: str) -> None:
    """Write a line into the fake input, as ``amount 12.50``; SwitchedOff if nobody reads it."""
    try:
        fd = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:  # no pipe yet, or nobody at its other end
        raise SwitchedOff("The kiosk is off: nothing hears the key.") from error
    with open(fd, "wb", buffering=0) as keys:
        keys.write(words.encode() + b"\n")
