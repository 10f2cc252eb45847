"""What is out of order at the counter, in sentences, also while it is idle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kiosk.base.language import _, mark
from kiosk.service.status_file import REASONS
from kiosk.simulator.acts.outside_acts import NetworkAct
from kiosk.simulator.outside import NetworkNow

_NETWORK = {
    "unreachable": mark("the network is down: no call arrives"),
    "requests_lost": mark("the network loses the requests"),
    "slow": mark("the network is slow: each call takes four seconds more"),
    "answers_lost": mark("the network loses the answers"),
    "captive_page": mark("a sign-in page answers in the place of Mercado Pago"),
    "garbage": mark("the answers of the service can't be read"),
}
_UNPLUGGED = {
    "panel": mark("the panel is unplugged"),
    "lamps": mark("the lamps are unplugged"),
}


def problems_of(status: Mapping[str, Any] | None) -> Iterator[str]:
    """Yield what the kiosk itself says in its status file; its texts are said already."""
    if status is None:
        return
    for fault, health in status.get("health", {}).items():
        if health != "ok":
            yield _("out of service: {reason}", reason=_(REASONS.get(fault, fault)))
    for name, state in status.get("inputs", {}).items():
        if not state.get("connected", True):
            why = state.get("why") or ""
            yield _("{input} is not connected: {reason}", input=name, reason=why)
    yield from status.get("problems", ())
    for reference in status.get("set_aside", ()):
        yield _("sale {reference} is set aside: a person must decide it", reference=reference)


def trouble_made(
    network: NetworkNow, unplugged: list[str], power: bool, speed: float
) -> Iterator[str]:
    """Yield what a person has switched on at the bench, so that nobody wonders about it."""
    if not power:
        yield _("the plug is pulled; put it in again")
    if speed != 1:
        yield _("the time of this counter runs {speed} times as fast", speed=f"{speed:g}")
    yield from _network(network.act)
    for name in unplugged:
        known = _UNPLUGGED.get(name)
        yield _(known) if known else _("{input} is unplugged", input=name)


def _network(act: NetworkAct) -> Iterator[str]:
    if act.random is not None:
        yield _("the network fails at random, by the seed {seed}", seed=act.random)
    elif act.status is not None:
        yield _("the service answers {status} to each call", status=act.status)
    elif act.state != "ok":
        yield _(_NETWORK[act.state])
