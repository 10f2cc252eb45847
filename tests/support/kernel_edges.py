"""The kernel's GPIO chips as gpiod shows them: a pipe stands for the edges of a line."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from select import select
from types import TracebackType
from typing import Any, Self

import gpiod
from gpiod.line import Edge, Value

from tests.support.lgpio import Chip


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


@dataclass(frozen=True)
class OpenChip:
    """An open chip."""

    chip: Chip

    def get_info(self) -> Info:
        return Info(label=self.chip.label)

    def get_line_info(self, line: int) -> Info:
        state = self.chip.lines[line]
        return Info(used=bool(state.user or state.mode & 1), consumer=state.user)


@dataclass(frozen=True)
class Info:
    """What the kernel knows about a chip, or about a line."""

    label: str = ""
    used: bool = False
    consumer: str = ""


class Kernel:
    """The chips of a computer, which are lgpio's too. A line that is ``busy`` is granted to nobody."""

    def __init__(self, chips: Mapping[int, Chip]) -> None:
        self.chips = chips
        self.requests: list[Request] = []
        self.busy = False

    @contextmanager
    def open_chip(self, path: str) -> Iterator[OpenChip]:
        """Do as ``gpiod.Chip``."""
        chip = self.chips[int(path.rpartition("gpiochip")[2])]
        if chip.denied:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        yield OpenChip(chip)

    def request_lines(self, path: str, config: dict[Any, Any], consumer: str) -> Request:
        if self.busy:
            raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))
        assert consumer == "kiosk"
        ((line, settings),) = config.items()
        self.requests.append(Request(path, line, settings))
        return self.requests[-1]
