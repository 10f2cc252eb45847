"""The troubles of a shop's network, by the names that people use, as fault rules."""

from __future__ import annotations

from typing import Any

from kiosk.simulator.faults.fault_actions import FaultRule
from kiosk.simulator.faults.fault_rules import parse

SLOW = 4  # seconds until an answer comes
_SIGN_IN = "Sign in to use the shop's Wi-Fi"

_RULES: dict[str, list[dict[str, Any]]] = {
    "ok": [],
    "unreachable": [{"do": "drop_request"}],
    "slow": [{"do": "delay", "seconds": SLOW}],
    "answers_lost": [{"do": "drop_reply"}],
    # The sign-in page of a guest network answers in the place of the service.
    "captive_page": [{"do": "status", "status": 200, "shape": "html", "message": _SIGN_IN}],
}
KINDS = (*_RULES, "status", "random")


def rules_of(kind: str, *, status: int = 503, seed: int = 0) -> list[FaultRule]:
    """Return the rules of one of KINDS; ``status`` and ``seed`` are for the two with that name."""
    if kind == "status":
        return parse([{"do": "status", "status": status, "shape": _shape(status)}])
    if kind == "random":
        return parse(_at_random(seed))
    return parse(_RULES[kind])


def _shape(status: int) -> str:
    """Return who answers with such a status: a gateway, or the service itself."""
    return "html" if status >= 500 else "errors"


def _at_random(seed: int) -> list[dict[str, Any]]:
    """Return troubles of every kind, which come and go. The same seed gives the same ones."""
    chances: list[tuple[float, dict[str, Any]]] = [
        (0.10, {"do": "drop_request"}),
        (0.08, {"do": "drop_reply"}),
        (0.10, {"do": "delay", "seconds": SLOW}),
        (0.05, {"do": "status", "status": 503, "shape": "html"}),
        (0.04, {"do": "status", "status": 429, "retry_after": 2}),
        (0.03, {"do": "status", "status": 200, "shape": "html", "message": _SIGN_IN}),
        (0.03, {"do": "garbage"}),
    ]
    return [
        rule | {"probability": chance, "seed": seed * len(chances) + number}
        for number, (chance, rule) in enumerate(chances)
    ]
