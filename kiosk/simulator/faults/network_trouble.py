"""The troubles of a shop's network, as people name them in an act, as fault rules."""

from __future__ import annotations

from typing import Any

from kiosk.simulator.acts.outside_acts import NetworkAct
from kiosk.simulator.faults.fault_actions import FaultRule
from kiosk.simulator.faults.fault_rules import parse

SLOW = 4  # seconds until an answer comes

# The sign-in page of a guest network answers in the place of the service.
_CAPTIVE_PAGE = {
    "do": "status",
    "status": 200,
    "shape": "html",
    "message": "Sign in to use the Wi-Fi of the shop",
}
_STATES: dict[str, list[dict[str, Any]]] = {
    "ok": [],
    "unreachable": [{"do": "drop_request"}],
    "requests_lost": [{"do": "drop_request"}],
    "slow": [{"do": "delay", "seconds": SLOW}],
    "answers_lost": [{"do": "drop_reply"}],
    "captive_page": [_CAPTIVE_PAGE],
    "garbage": [{"do": "garbage"}],
}
# How likely each trouble is, where they come and go.
_CHANCES: tuple[tuple[float, dict[str, Any]], ...] = (
    (0.10, {"do": "drop_request"}),
    (0.08, {"do": "drop_reply"}),
    (0.10, {"do": "delay", "seconds": SLOW}),
    (0.05, {"do": "status", "status": 503, "shape": "html"}),
    (0.04, {"do": "status", "status": 429, "retry_after": 2}),
    (0.03, _CAPTIVE_PAGE),
    (0.03, {"do": "garbage"}),
)


def rules_of(act: NetworkAct) -> list[FaultRule]:
    """Return the rules that make the network so."""
    calls = {"call": act.call, "times": act.times}
    return parse([rule | calls for rule in _troubles(act)])


def _troubles(act: NetworkAct) -> list[dict[str, Any]]:
    if act.random is not None:
        return _at_random(act.random)
    if act.status is not None:
        answer = {"do": "status", "status": act.status, "shape": _shape(act.status)}
        return [answer | {"code": act.code}]
    return _STATES[act.state]


def _shape(status: int) -> str:
    """Return who answers with such a status: a gateway, or the service itself."""
    return "html" if status >= 500 else "errors"


def _at_random(seed: int) -> list[dict[str, Any]]:
    """Return troubles of every kind. The same seed gives the same ones."""
    return [
        rule | {"probability": chance, "seed": seed * len(_CHANCES) + number}
        for number, (chance, rule) in enumerate(_CHANCES)
    ]
