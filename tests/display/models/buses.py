"""The three ways on which luma.core reaches a panel, each with a model of the panel at its end."""

from __future__ import annotations

import errno
from collections.abc import Iterable
from typing import Any, Protocol

from gpiozero import Device


class SpiChip(Protocol):
    """A model of a panel that takes bytes with the level of the D/C line."""

    def spi(self, message: Iterable[int], *, data: bool) -> None: ...


class I2cChip(Protocol):
    """A model of a panel that takes I2C writes."""

    def i2c(self, message: Iterable[int]) -> None: ...


class GivenI2c:
    """A bus that is handed to luma: it gets SMBus blocks of at most 32 bytes."""

    def __init__(self, chip: I2cChip, address: int = 0x3C) -> None:
        self.chip, self.address = chip, address
        self.transfers = 0
        self.unplugged = False

    def write_i2c_block_data(self, address: int, register: int, block: list[int]) -> None:
        if self.unplugged or address != self.address:
            raise OSError(errno.EREMOTEIO, "Remote I/O error")
        assert len(block) <= 32, "SMBus takes 32 bytes in a block"
        self.transfers += 1
        self.chip.i2c([register, *block])


class OpenedI2c(GivenI2c):
    """What luma opens by itself through smbus2, on a Pi: it sends a frame in one transfer."""

    closed = False

    def i2c_rdwr(self, message: Iterable[int]) -> None:
        address = message.addr  # type: ignore[attr-defined]
        if self.unplugged or address != self.address:
            raise OSError(errno.EREMOTEIO, "Remote I/O error")
        self.transfers += 1
        self.chip.i2c(list(message))

    def close(self) -> None:
        self.closed = True


class SpiDev:
    """A spidev whose panel samples the D/C line, a mock pin of gpiozero."""

    max_speed_hz = 0

    def __init__(self, chip: SpiChip, dc: int) -> None:
        self.chip, self.dc = chip, dc
        self.opened: tuple[int, int] | None = None
        self.closed = False

    def open(self, port: int, device: int) -> None:
        self.opened = port, device

    def writebytes(self, message: Iterable[int]) -> None:
        factory: Any = Device.pin_factory
        self.chip.spi(message, data=bool(factory.pin(self.dc).state))

    def close(self) -> None:
        self.closed = True
