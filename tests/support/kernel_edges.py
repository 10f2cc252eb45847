"""Requests of GPIO lines as gpiod makes them, without a chip: a pipe stands for the kernel's."""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass, field
from datetime import timedelta
from select import select
from types import TracebackType
from typing import Any, Self

import gpiod
from gpiod.line import Edge, Value


@dataclass
class Request:
    """An open request of one line."""

    chip: str
    line: int
    settings: gpiod.LineSettings
    ends: tuple[int, int] = field(default_factory=lambda: os.pipe2(os.O_NONBLOCK))
    value: Value = Value.INACTIVE
    released: bool = False

    @property
    def fd(self) -> int:
        return self.ends[0]

    def read_edge_events(self) -> list[bytes]:
        return [bytes([each]) for each in os.read(self.fd, 64)]

    def wait_edge_events(self, timeout: timedelta) -> bool:
        return bool(select([self.fd], [], [], timeout.total_seconds())[0])

    def get_value(self, line: int) -> Value:
        assert line == self.line
        return self.value

    def becomes(self, value: Value) -> None:
        """Change the level, with an edge if that one was asked for."""
        self.value = value
        if value is Value.ACTIVE or self.settings.edge_detection is Edge.BOTH:
            os.write(self.ends[1], b".")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self.released = True
        for end in self.ends:
            os.close(end)


class Kernel:
    """Grants lines; one that is ``busy`` to nobody."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.busy = False

    def request_lines(self, path: str, config: dict[Any, Any], consumer: str) -> Request:
        if self.busy:
            raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))
        assert consumer == "kiosk"
        ((line, settings),) = config.items()
        self.requests.append(Request(path, line, settings))
        return self.requests[-1]
