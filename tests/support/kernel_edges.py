"""Requests of GPIO lines as gpiod makes them, without a chip: a pipe stands for the kernel's."""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import gpiod


@dataclass
class Request:
    """An open request of one line."""

    chip: str
    line: int
    settings: gpiod.LineSettings
    ends: tuple[int, int] = field(default_factory=lambda: os.pipe2(os.O_NONBLOCK))
    released: bool = False

    @property
    def fd(self) -> int:
        return self.ends[0]

    def read_edge_events(self) -> list[bytes]:
        return [bytes([each]) for each in os.read(self.fd, 64)]

    def press(self) -> None:
        """Give the edge that was asked for."""
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
