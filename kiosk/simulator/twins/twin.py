"""The twin of an input: what people do at it, and every byte that passes, with its time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import anyio

from kiosk.base.errors import ConfigError
from kiosk.base.frozen import frozen
from kiosk.base.language import _
from kiosk.base.money import Currency
from kiosk.inputs import InputSettings
from kiosk.inputs.codes.settings import CatalogueSettings
from kiosk.inputs.scanner.price_list_reader import load_catalogue
from kiosk.inputs.scanner.scanner_input import ScannerSettings
from kiosk.simulator.twins.wire import other_end
from kiosk.simulator.twins.wire.other_end import CannotDo

EXCHANGES_KEPT = 500
REPLIES_KEPT = 20  # on the paper roll of the register
ARTICLES_SHOWN = 50


class KioskIsOff(Exception):
    """The daemon does not read the input. The message is a sentence that says so."""

    def __init__(self) -> None:
        super().__init__(_("the kiosk is off; wait until it has started"))


@frozen
class CableBytes:
    """Bytes on the cable. ``at`` is in Unix seconds of the simulation."""

    at: float
    to_kiosk: bool
    data: bytes


@frozen
class ReplySeen:
    """What a register got back, as people can read it."""

    at: float
    text: str


class Twin:
    """A device at an input of the real daemon. ``clock`` returns Unix seconds.

    ``watch`` is called with each exchange. What people do raises CannotDo and KioskIsOff.
    """

    can_unplug: ClassVar[bool] = False

    def __init__(
        self, settings: InputSettings, currency: Currency, clock: Callable[[], float]
    ) -> None:
        self.settings, self._currency, self._clock = settings, currency, clock
        self.name, self.driver = settings.name, settings.driver
        self._end = other_end(settings, currency)
        self.plugged = True
        self._list_known: Any = None  # what the articles were read from
        self._articles: list[dict[str, str]] = []
        self.exchanges: deque[CableBytes] = deque(maxlen=EXCHANGES_KEPT)
        self.replies: deque[ReplySeen] = deque(maxlen=REPLIES_KEPT)
        self.watch: Callable[[CableBytes], None] = lambda _: None

    @property
    def dialect(self) -> str:
        """The language of its bytes, where its driver has several."""
        return self._end.dialect

    @property
    def can(self) -> frozenset[str]:
        """What people can do here: key, scan, press, send, unplug."""
        return self._end.can | ({"unplug"} if self.can_unplug else set())

    @property
    def words(self) -> tuple[str, ...]:
        """What ``press`` takes."""
        return self._end.words

    @property
    def presses(self) -> str:
        """What a press does; empty if ``press`` takes several words."""
        return ""

    @property
    def place(self) -> str:
        """Where the daemon finds it."""
        return ""

    def key(self, amount: Decimal) -> bytes:
        """Key a total; return the bytes that were sent."""
        return self.send(self._end.key(amount))

    def scan(self, code: str) -> bytes:
        """Scan a code; return the bytes that were sent."""
        return self.send(self._end.scan(code))

    def press(self, word: str = "") -> bytes:
        """Press a button; without a word, the only one. Return the bytes that were sent."""
        return self.send(self._end.press(word or next(iter(self.words), "")))

    def send(self, data: bytes) -> bytes:
        """Send these bytes, and return them."""
        if not self.plugged:
            raise CannotDo(_("{name} is unplugged; plug it in", name=self.name))
        self._write(data)
        self._note(data, to_kiosk=True)
        return data

    def unplug(self) -> None:
        """Pull the plug of its cable. The kiosk notices it."""
        if not self.can_unplug:
            raise CannotDo(_("{name} has no plug that the kiosk could miss", name=self.name))
        self.plugged = False
        self._disconnect()

    def plug_in(self) -> None:
        """Put the plug in again."""
        if not self.plugged:
            self.plugged = True
            self._connect()

    def use(self, settings: InputSettings, currency: Currency) -> None:
        """Go on with changed settings: another currency, but the same place."""
        self.settings, self._currency = settings, currency
        self._end = other_end(settings, currency)

    def before_start(self) -> None:
        """Forget what the daemon has not read: it is about to be switched on."""

    def close(self) -> None:
        """Remove the device."""

    async def run(self) -> None:
        """Take what the kiosk sends, until canceled."""
        await anyio.sleep_forever()

    def for_page(self) -> dict[str, Any]:
        """Return what a console for it shows, for JSON."""
        return {
            "name": self.name,
            "driver": self.driver,
            "dialect": self.dialect,
            "can": sorted(self.can),
            "place": self.place,
            "plugged": self.plugged,
            "presses": list(self.words),
            "amount": self._fixed_amount(),
            "articles": self.articles(),
        }

    def articles(self) -> list[dict[str, str]]:
        """Return the first articles of its price list, if it has one."""
        if not isinstance(self.settings, ScannerSettings) or not self.settings.codes.catalogue:
            return []
        listed = self.settings.codes.catalogue
        known = listed, self._currency, _changed(listed.file)
        if known != self._list_known:
            self._list_known, self._articles = known, self._read_articles(listed)
        return self._articles

    def _read_articles(self, listed: CatalogueSettings) -> list[dict[str, str]]:
        try:
            catalogue = load_catalogue(listed, self._currency)
        except ConfigError:
            return []  # the daemon says what is wrong with it
        return [
            {"code": each.code, "title": each.title, "price": each.price.plain()}
            for each in catalogue.first(ARTICLES_SHOWN)
        ]

    def _fixed_amount(self) -> str | None:
        return None

    def _connect(self) -> None:
        """Make what the daemon opens."""

    def _disconnect(self) -> None:
        """Remove it."""

    def _write(self, _data: bytes) -> None:
        raise CannotDo(_("{name} sends no bytes", name=self.name))

    def _heard(self, data: bytes) -> None:
        """Take bytes of the kiosk, and answer them as the device does."""
        self._note(data, to_kiosk=False)
        heard = self._end.received(data)
        self.replies.extend(ReplySeen(self._clock(), text) for text in heard.replies)
        if heard.answer:
            with suppress(KioskIsOff, CannotDo):
                self.send(heard.answer)

    def _note(self, data: bytes, *, to_kiosk: bool) -> None:
        exchange = CableBytes(self._clock(), to_kiosk, data)
        self.exchanges.append(exchange)
        self.watch(exchange)


def _changed(file: Path) -> int:
    return file.stat().st_mtime_ns if file.exists() else 0
