"""The daemon's log for people: each line with its level, and what it means where that helps."""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kiosk.base.language import _, mark

LINES_KEPT = 200
SCREENS_KEPT = 10
_LEVELS = {"WARNING": "warning", "ERROR": "error", "CRITICAL": "error"}

# A part of a line, and what the line means. The first part that is found counts.
MEANINGS = (
    ("rejected: ", mark("The reading was not sold. Correct it at its device, and send it again.")),
    (
        "reference none (a probe)",
        mark("The kiosk asks for an order that can't exist: any answer shows that it is reached."),
    ),
    ("the call failed", mark("No good answer came. The kiosk asks again by itself.")),
    ("POST /v1/orders: ", mark("The order was created; its amount can't change any more.")),
    ("/cancel: ", mark("The kiosk asks the service to end the order.")),
    ("set aside", mark("Nobody knows how this sale ended. A person must decide about it.")),
    (
        "held for people",
        mark("Another amount was paid. A person must refund it or collect the rest."),
    ),
    ("waited, and is not sold", mark("It came while another sale was open. Send it again.")),
    ("failed: ", mark("A part of the counter does not work. Until it does, nothing is sold.")),
    ("works again", mark("This part of the counter is well again.")),
    (
        "panel shows checking",
        mark("Nobody knows yet whether it was paid. Nobody should pay again."),
    ),
    (
        "panel shows out_of_service",
        mark("The counter can't see payments now, so it shows no QR."),
    ),
    ("opened, ", mark("The sale is in the journal, on the disk. Only now the order is asked for.")),
    ("the register has the result", mark("The cash register got its reply.")),
    ("exit code -9", mark("The power was cut. The journal knows what was open.")),
    ("the daemon ended", mark("The daemon is started again, as systemd does it.")),
    ("will be used as soon as", mark("The new configuration waits for the end of the sale.")),
    ("the kiosk keeps the configuration it has", mark("The changed file has faults.")),
)


_SHOWS = "panel shows "
_TIME = re.compile(r"(\d\d):(\d\d):(\d\d\.\d{3}) ")
_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class ShownScreen:
    """A screen in the log, its reason, and the reference of its sale; or empty texts.

    ``logged_at`` is the time of the line, in Unix seconds of this computer. The screen was asked
    for just before that.
    """

    logged_at: float
    screen: str
    reason: str = ""
    sale: str = ""


class LogLines:
    """The newest lines of the daemon's log. Their numbers grow by one.

    ``asked_for`` has the screens of the newest lines about the panel, newest last.
    """

    def __init__(self) -> None:
        self._lines: deque[dict[str, Any]] = deque(maxlen=LINES_KEPT)
        self.newest = 0
        self.asked_for: deque[ShownScreen] = deque(maxlen=SCREENS_KEPT)

    def append(self, text: str, /) -> None:
        """Append a line."""
        self.newest += 1
        level, meaning = _level(text), _meaning(text)
        if _SHOWS in text:
            self.asked_for.append(_screen_in(text))
        self._lines.append(
            {"number": self.newest, "text": text, "level": level, "meaning": meaning}
        )

    def __iter__(self) -> Iterator[str]:
        return (str(line["text"]) for line in self._lines)

    def since(self, number: int) -> list[dict[str, Any]]:
        """Return the lines that are newer than the one with this number, oldest first."""
        new = min(self.newest - number, len(self._lines))
        return [self._lines[index] for index in range(-new, 0)]


def _screen_in(line: str) -> ShownScreen:
    """Return the screen in a line of ``kiosk.service.sale_log``."""
    about, _separator, rest = line.partition(_SHOWS)
    words = rest.partition(", code ")[0]
    screen, _bracket, reason = words.partition(" (")
    sale = about.rpartition("sale ")[2].removesuffix(": ") if "sale " in about else ""
    return ShownScreen(_logged_at(line), screen, reason.removesuffix(")"), sale)


def _logged_at(line: str) -> float:
    """Return the time of the line, which may be read much later on a busy computer."""
    now = time.time()
    stamp = _TIME.match(line)
    if stamp is None:
        return now
    hours, minutes, seconds = stamp.groups()
    written = int(hours) * 3600 + int(minutes) * 60 + float(seconds)
    local = time.localtime(now)
    read = local.tm_hour * 3600 + local.tm_min * 60 + local.tm_sec + now % 1
    return now - (read - written) % _DAY


def _level(line: str) -> str:
    if line.startswith("kiosk simulate:"):
        return "note"
    words = line.split(" ", 2)
    return _LEVELS.get(words[1], "info") if len(words) > 1 else "info"


def _meaning(line: str) -> str:
    return next((_(meaning) for part, meaning in MEANINGS if part in line), "")
