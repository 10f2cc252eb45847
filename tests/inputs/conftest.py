"""Shared parts of the tests of inputs: a listener, ptys, and settings as YAML gives them."""

from __future__ import annotations

import math
import os
import tty
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest

from kiosk.inputs import Input
from kiosk.inputs.serial_line import SerialLineSettings
from kiosk.sale.events import Event, InputChange, ReadingBegan, ReadingUnread

PATIENCE = 120.0  # real seconds; only a failing test waits that long


def line_settings(port: str = "/dev/ttyUSB0", **more: Any) -> SerialLineSettings:
    fields = {
        "driver": "serial_line",
        "port": port,
        "number": {"decimal": ",", "thousands": "."},
        "amount": r"TOTAL\s+\$?\s*(?P<amount>\S+)",
    }
    return SerialLineSettings.model_validate(fields | more)


class Listener:
    """Receives what inputs deliver, in order."""

    def __init__(self) -> None:
        self._send, self._heard = anyio.create_memory_object_stream[Event](math.inf)
        self.connections: list[InputChange] = []

    async def deliver(self, event: Event) -> None:
        if isinstance(event, InputChange):
            self.connections.append(event)
            return
        await self._send.send(event)

    async def next(self, *, began: bool = False, unread: bool = False) -> Event:
        """Return the next event; ReadingBegan and ReadingUnread only if they are asked for.

        Whether the device is open is in ``connections``.
        """
        skipped = (*[ReadingBegan] * (not began), *[ReadingUnread] * (not unread))
        with anyio.fail_after(PATIENCE):
            while isinstance(event := await self._heard.receive(), skipped):
                pass
            return event

    @property
    def waiting(self) -> int:
        return self._heard.statistics().current_buffer_used

    def close(self) -> None:
        self._send.close()
        self._heard.close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    listener = Listener()
    yield listener
    listener.close()


@asynccontextmanager
async def running_input(device: Input, listener: Listener) -> AsyncIterator[None]:
    """Run the input, from when it waits for its device."""
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(device.run, listener.deliver)
        await anyio.wait_all_tasks_blocked()
        yield
        tasks.cancel_scope.cancel()


class Register:
    """A cash register on a cable: a pty whose near end always has the same name."""

    def __init__(self, port: Path) -> None:
        self.port = port
        self._master: int | None = None
        self.plug_in()

    def plug_in(self) -> None:
        self._master, slave = os.openpty()
        tty.setraw(self._master)
        tty.setraw(slave)
        self._near = slave
        self.port.symlink_to(os.ttyname(slave))

    def unplug(self) -> None:
        if self._master is not None:
            self.port.unlink()
            os.close(self._master)
            os.close(self._near)
            self._master = None

    def send(self, data: bytes) -> None:
        assert self._master is not None
        assert os.write(self._master, data) == len(data)

    async def receive(self, end: bytes = b"\n") -> bytes:
        assert self._master is not None
        heard = b""
        with anyio.fail_after(PATIENCE):
            while not heard.endswith(end):
                await anyio.wait_readable(self._master)
                heard += os.read(self._master, 4096)
        return heard


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    register = Register(tmp_path / "ttyRegister")
    yield register
    register.unplug()


@pytest.fixture
def prices(tmp_path: Path) -> Path:
    """A price list."""
    file = tmp_path / "prices.csv"
    file.write_text("code,title,price\n42,Pan,900\n")
    return file


def listed(file: Path) -> dict[str, Any]:
    """Return the settings of a price list."""
    return {"file": str(file), "number": {"decimal": "."}}
