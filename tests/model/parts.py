"""The parts of a state of the model, and their numbers."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from kiosk.sale.asking import NEVER
from kiosk.sale.policy import Policy
from kiosk.sale.words import Outcome, Screen, Unknown
from tests.model.abstract_service import Call

T = TypeVar("T", bound=Hashable)
BITS = 20  # of each part's number in a packed state
MASK = (1 << BITS) - 1


# The numbers of the counter, the journal, the service, the wire and the people; then of the effects
# that wait until the journal can be written, 0 for none. The counter is 0 while the power is off.
State = tuple[int, int, int, int, int, int]


class Question(NamedTuple):
    """A call underway. ``reply`` is the number of the service's answer on its way back."""

    call: Call
    due: float  # seconds until the client gives up
    reply: int | None = None

    def later(self, seconds: float) -> Question:
        """Return the question after so many seconds."""
        return self._replace(due=self.due - seconds)


class Wire(NamedTuple):
    """What travels between the kiosk and the service.

    ``late``: requests that the kiosk has given up, and that still arrive.
    """

    underway: Question | None = None
    looking: Question | None = None
    late: tuple[Call, ...] = ()

    def later(self, seconds: float) -> Wire:
        """Return the wire after so many seconds."""
        underway = self.underway and self.underway.later(seconds)
        return Wire(underway, self.looking and self.looking.later(seconds), self.late)

    def next_moment(self) -> float:
        """Return the seconds until the client gives up a call."""
        return min((it.due for it in (self.underway, self.looking) if it), default=NEVER)


class People(NamedTuple):
    """What people see and hear. ``replies``: results on their way to the register."""

    screen: Screen | None = None  # None: the panel is dark
    qr: str = ""  # the order whose QR is on the panel
    replies: tuple[tuple[str, Outcome | Unknown], ...] = ()


@dataclass(frozen=True)
class Variant:
    """A configuration of the kiosk and of its world. ``may`` says what can happen in it."""

    name: str
    policy: Policy
    may: frozenset[str]
    slots: int = 2
    printed: bool = False
    own_qr: bool = True
    nightly: bool = False  # too large for the test suite


class Parts(Generic[T]):
    """Values and their numbers."""

    def __init__(self) -> None:
        self._numbers: dict[T, int] = {}
        self.values: list[T] = []

    def number(self, value: T) -> int:
        """Return the number of this value; the first one is 0."""
        found = self._numbers.get(value)
        if found is None:
            found = self._numbers[value] = len(self.values)
            self.values.append(value)
        return found


def pack(state: State) -> int:
    """Return the state as one number."""
    counter, journal, service, wire, people, blocked = state
    return (
        counter
        | journal << BITS
        | service << 2 * BITS
        | wire << 3 * BITS
        | people << 4 * BITS
        | blocked << 5 * BITS
    )


def unpack(packed: int) -> State:
    """Return the state of this number."""
    return (
        packed & MASK,
        packed >> BITS & MASK,
        packed >> 2 * BITS & MASK,
        packed >> 3 * BITS & MASK,
        packed >> 4 * BITS & MASK,
        packed >> 5 * BITS,
    )
