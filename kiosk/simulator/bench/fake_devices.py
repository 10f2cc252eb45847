"""The files of a configuration's fake devices: where they write, and where keys are pressed."""

from __future__ import annotations

import os
from pathlib import Path

from kiosk.base.errors import ConfigError
from kiosk.base.frozen import frozen
from kiosk.config import Config
from kiosk.display.fake import FakePanelSettings
from kiosk.inputs.fake import FakeInputSettings
from kiosk.signals.fake import FakeSignalsSettings
from kiosk.simulator.twins.twin import KioskIsOff


@frozen
class Devices:
    """The files that the bench and the daemon share."""

    frames: Path
    unplugged: Path | None  # while this file exists, the panel fails
    record: Path
    pipe: Path
    replies: Path | None
    status: Path

    @classmethod
    def of(cls, config: Config) -> Devices:
        """Return the files. Raises ConfigError if a device is not a fake one."""
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
            "the simulator needs fake devices; write display: {driver: fake, frames: …}, signals: "
            "{driver: fake, record: …} and an input with driver: fake, as in config/simulator.yaml"
        )


def press(pipe: Path, words: str) -> None:
    """Write a line such as ``amount 12.50`` to the fake input. Raises KioskIsOff."""
    try:
        fd = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:  # the pipe does not exist yet, or is not open for reading
        raise KioskIsOff from error
    with open(fd, "wb", buffering=0) as keys:
        keys.write(words.encode() + b"\n")
