"""What the page shows of the counter, as one document for JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from operator import itemgetter
from typing import Any

from kiosk.base.language import LANGUAGES
from kiosk.base.money import CURRENCIES
from kiosk.display.chips.known_panels import PANELS
from kiosk.simulator.bench.counter_facts import counter_facts
from kiosk.simulator.bench.journal_table import COLUMNS
from kiosk.simulator.bench.phone_view import PhoneView
from kiosk.simulator.bench.problems import problems_of, trouble_made
from kiosk.simulator.bench.timeline import bytes_shown
from kiosk.simulator.bench.visible_play import shipped_scenarios
from kiosk.simulator.bench.watcher import Watcher
from kiosk.simulator.outside import Outside
from kiosk.simulator.service.order import Order
from kiosk.simulator.service.order_book import OrderBook
from kiosk.simulator.twins.counter import LampsTwin, PanelTwin, SimulatedCounter
from kiosk.simulator.twins.daemon_process import DaemonProcess
from kiosk.simulator.twins.pace import Pace
from kiosk.simulator.twins.twin import CableBytes, Twin

REPLIES_SHOWN = 20  # on the paper roll of the register
SENT_SHOWN = 5  # of each input
_AT_REST = ("idle", "out_of_service", "starting")


class PageState:
    """Collects it from the counter and from the world outside of it."""

    def __init__(
        self,
        counter: SimulatedCounter,
        daemon: DaemonProcess,
        pace: Pace,
        outside: Outside,
        order_book: OrderBook,
        watcher: Watcher,
    ) -> None:
        self._counter, self._daemon, self._pace = counter, daemon, pace
        self._outside, self._order_book, self._watcher = outside, order_book, watcher
        self._phone = PhoneView(outside.phone)

    def shown(self) -> dict[str, Any]:
        """Return the document, in the language that is spoken now."""
        watcher = self._watcher
        status = watcher.status if self._daemon.running else None
        state = (status or {}).get("state", "")
        orders = self._order_book.orders(self._pace.clock())
        return {
            "busy": state not in _AT_REST or not self._daemon.running,
            "readonly": False,
            "counter": counter_facts(self._counter.config, self._counter.panel.name)
            | {"screen": watcher.screen},
            "choices": {
                "panels": sorted(PANELS),
                "languages": list(LANGUAGES),
                "currencies": sorted(CURRENCIES),
                "scenarios": [
                    {"name": name, "title": title} for name, title in shipped_scenarios().items()
                ],
            },
            "inputs": [self._input(name) for name in self._counter.twins],
            "power": "on" if self._daemon.powered else "off",
            "starts": self._daemon.starts,
            "clock": self._pace.speed,
            "unplugged": self._unplugged(),
            "network": self._network(),
            "kiosk": self._kiosk(status) if self._daemon.running else None,
            "problems": list(self._problems(status)),
            "refused": watcher.refused,
            "phone": self._phone.state(
                self._watcher.frame(), self._watcher.picture, waiting=state == "paying"
            ),
            "order": _summary(orders[0]) if orders else None,
            "replies": self._replies(),
            "journal": {"columns": list(COLUMNS), "rows": watcher.journal.rows},
        }

    def _kiosk(self, status: Mapping[str, Any] | None) -> dict[str, Any]:
        lamps = self._watcher.evidence.lamps
        return {
            "status": status,
            "frame": self._watcher.frame(),
            "signal": lamps.signal,
            "said": lamps.said,
            "lamps": lamps.levels if self._counter.lamps.plugged else {},
            "tones": list(lamps.tones) if self._counter.lamps.plugged else [],
        }

    def _input(self, name: str) -> dict[str, Any]:
        twin = self._counter.twins[name]
        told = ((self._watcher.status or {}).get("inputs") or {}).get(name, {})
        page = twin.for_page()
        return page | {
            "kind": _kind(page),
            "connected": bool(told.get("connected")) and self._daemon.running,
            "sent": _sent(twin.exchanges),
        }

    def _replies(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = [
            {"at": reply.at, "input": name, "text": reply.text}
            for name, twin in self._counter.twins.items()
            for reply in twin.replies
        ]
        return sorted(found, key=itemgetter("at"))[-REPLIES_SHOWN:]

    def _unplugged(self) -> list[str]:
        parts: dict[str, PanelTwin | LampsTwin | Twin] = {
            "panel": self._counter.panel,
            "lamps": self._counter.lamps,
            **self._counter.twins,
        }
        return [name for name, part in parts.items() if not part.plugged]

    def _network(self) -> dict[str, Any]:
        act, until = self._outside.network.act, self._outside.network.until
        kind = "random" if act.random is not None else "status" if act.status else act.state
        return {"kind": kind, "status": act.status, "seed": act.random, "until": until}

    def _problems(self, status: Mapping[str, Any] | None) -> Iterator[str]:
        speed, power = self._pace.speed, self._daemon.powered
        yield from trouble_made(self._outside.network, self._unplugged(), power, speed)
        yield from problems_of(status)
        if problem := self._watcher.journal.problem:
            yield problem


def _kind(page: Mapping[str, Any]) -> str:
    """Return which console the page shows for an input."""
    if "scan" in page["can"]:
        return "scanner"
    return {"button": "buttons", "command": "program"}.get(page["driver"], "register")


def _summary(order: Order) -> dict[str, Any]:
    return {
        "id": order.id,
        "reference": order.request.get("external_reference"),
        "amount": order.amount,
        "status": order.status,
        "paying": order.paying is not None,
    }


def _sent(exchanges: Iterable[CableBytes]) -> list[dict[str, Any]]:
    """Return what a device has put on its line, newest last."""
    newest = [each for each in exchanges if each.to_kiosk][-SENT_SHOWN:]
    return [{"at": each.at} | bytes_shown(each.data) for each in newest]
