"""What a viewer knows of the counters of a chain, from what they have published. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from kiosk.base.frozen import frozen
from kiosk.base.language import _
from kiosk.fleet.health_payload import Health
from kiosk.fleet.mqtt.vocabulary import MqttMessage
from kiosk.fleet.payloads import EndedSale, Goodbye, Lost, State

M = TypeVar("M", bound=BaseModel)

_TOPIC = re.compile(r"kiosk/v1/([A-Za-z0-9_-]{1,32})/([A-Za-z0-9_-]{1,32})/([a-z/]{1,32})")
_BOOTS = 8  # starts of a kiosk that are remembered
_PROBLEMS = 10  # at most so many are shown of one counter

Presence = State | Goodbye | Lost


class NewestSale(BaseModel):
    """The newest sale of a counter, as ``sale`` and the answer to ``last`` have it."""

    reference: str
    amount: str
    currency: str
    outcome: str = ""  # empty: not known yet
    ended_at: str = ""


def parsed(model: type[M], payload: bytes) -> M | None:
    """Return the message, whatever else is in it; None if it can't be read."""
    try:
        return model.model_validate_json(payload, extra="ignore")
    except ValidationError:
        return None


@dataclass(slots=True)
class _Order:
    """Which messages of a topic are newer than those that were seen: by boot and seq."""

    boot: str = ""  # of the newest message
    newest: dict[str, int] = field(default_factory=dict)  # seq, by boot
    came_back: bool = False  # messages of an earlier boot came after those of a later one

    def take(self, boot: str, seq: int) -> bool:
        """Return whether a message is newer, and remember it if so."""
        if boot in self.newest and seq <= self.newest[boot]:
            return False
        self.came_back |= boot != self.boot and boot in self.newest
        self.newest[boot] = seq
        self.boot = boot
        while len(self.newest) > _BOOTS:
            del self.newest[next(iter(self.newest))]
        return True

    def end(self, boot: str) -> bool:
        """Return whether a will counts: not if the kiosk has started again since that boot.

        The will of an unknown boot counts: the kiosk was lost before its first message.
        """
        return boot == self.boot or self.take(boot, -1)


@dataclass(slots=True)
class ChainCounter:
    """One counter. ``name`` is SHOP/KIOSK; ``presence`` is the newest message of ``state``."""

    name: str
    presence: Presence | None = None
    health: Health | None = None
    last_sale: NewestSale | None = None
    unreadable: set[str] = field(default_factory=set)  # topics whose newest message can't be read
    version: str = ""  # that it published last
    _states: _Order = field(default_factory=_Order)
    _healths: _Order = field(default_factory=_Order)

    @property
    def online(self) -> bool:
        """Whether it is connected with the broker."""
        return isinstance(self.presence, State)

    @property
    def state(self) -> str:
        """What it does, or why it is away; empty if nothing is known."""
        match self.presence:
            case State(state=state):
                return state
            case Goodbye(reason=reason) | Lost(reason=reason):
                return reason
        return ""

    @property
    def since(self) -> str:
        """When this state began, in UTC; empty if that is unknown, as for a lost kiosk."""
        match self.presence:
            case State(since=since):
                return since
            case Goodbye(at=at):
                return at
        return ""

    def problems(self) -> list[str]:
        """Return what a person must look at, in sentences; nothing if the counter is well."""
        return [*self._problems()][:_PROBLEMS]

    def _problems(self) -> Iterator[str]:
        for topic in sorted(self.unreadable):
            yield _(
                "its message {topic} can't be read; kiosk and viewer may be of different versions",
                topic=topic,
            )
        if self._states.came_back:
            yield _("two kiosks use this name; give each its own kiosk.name")
        match self.presence:
            case State(state=state, problems=problems):
                yield from problems
                if state == "out_of_service" and not problems:
                    yield _("it is out of service")
            case Goodbye():
                yield _("it was stopped")
            case Lost():
                yield _("it has no power or no network")
            case None:
                yield _("it has not said what it does")
        if self.health and self.health.update and self.health.update.trial_failed:
            yield _(
                "the update to {version} failed; the earlier version is running",
                version=self.health.update.trial_failed,
            )

    def take(self, topic: str, payload: bytes) -> None:
        """Take a message; an older one than those before changes nothing."""
        readable = True
        match topic:
            case "state":
                readable = self._take_state(payload)
            case "health":
                readable = self._take_health(payload)
            case "sale":
                readable = self._take_sale(payload)
        if readable:
            self.unreadable.discard(topic)
        else:
            self.unreadable.add(topic)

    def _take_state(self, payload: bytes) -> bool:
        try:
            presence = _PRESENCE.validate_json(payload, extra="ignore")
        except ValidationError:
            return False
        match presence:
            case Lost(boot=boot):
                newer = self._states.end(boot)
            case State(boot=boot, seq=seq) | Goodbye(boot=boot, seq=seq):
                newer = self._states.take(boot, seq)
        if newer:
            self.presence = presence
            self.version = presence.version if isinstance(presence, State) else self.version
        return True

    def _take_health(self, payload: bytes) -> bool:
        health = parsed(Health, payload)
        if health and self._healths.take(health.boot, health.seq):
            self.health = health
        return health is not None

    def _take_sale(self, payload: bytes) -> bool:
        sale = parsed(EndedSale, payload)
        if sale:
            self.note_sale(NewestSale.model_validate(sale.model_dump(), extra="ignore"))
        return sale is not None

    def note_sale(self, sale: NewestSale) -> None:
        """Remember a sale if it ended later than the one that is known, or is the same one."""
        known = self.last_sale
        if known is None or sale.reference == known.reference or sale.ended_at >= known.ended_at:
            self.last_sale = sale


_PRESENCE: TypeAdapter[Presence] = TypeAdapter(Presence)


@frozen
class CounterMessage:
    """A message of a counter: its name, the topic below that, and what it says."""

    name: str
    topic: str
    payload: bytes


def message_of(message: MqttMessage) -> CounterMessage | None:
    """Return which counter has published a message; None if no kiosk has published it."""
    match = _TOPIC.fullmatch(message.topic)
    return CounterMessage(f"{match[1]}/{match[2]}", match[3], message.payload) if match else None


class ChainCounters:
    """All counters that have told something."""

    def __init__(self) -> None:
        self._by_name: dict[str, ChainCounter] = {}

    def __iter__(self) -> Iterator[ChainCounter]:
        """Yield the counters by name."""
        return iter([self._by_name[name] for name in sorted(self._by_name)])

    def take(self, message: CounterMessage) -> None:
        """Take a message. An empty state is that of a kiosk that has another name now."""
        if not message.payload:
            if message.topic == "state":
                self._by_name.pop(message.name, None)
            return
        counter = self._by_name.setdefault(message.name, ChainCounter(message.name))
        counter.take(message.topic, message.payload)

    def note_last(self, name: str, answer: Mapping[str, Any]) -> None:
        """Note a counter's answer to the question for its newest sale; empty if it has none."""
        counter = self._by_name.setdefault(name, ChainCounter(name))
        counter.unreadable.discard("out/answer")
        try:
            if answer:
                counter.note_sale(NewestSale.model_validate(answer, extra="ignore"))
        except ValidationError:
            counter.unreadable.add("out/answer")

    def named(self, word: str) -> list[ChainCounter]:
        """Return the counter SHOP/KIOSK, or each one that is called KIOSK in its shop."""
        return [each for each in self if word in (each.name, each.name.partition("/")[2])]
