"""Which input an act is for, where the act does not name one."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Protocol, TypeVar

from kiosk.base.language import _
from kiosk.config.fault import choose
from kiosk.simulator.acts.act import Act
from kiosk.simulator.acts.device_acts import PressAct


class InputAbility(Protocol):
    """An input: its name, what can be done at it (key, scan, press, send), and what a press does.

    ``presses`` is empty if the input takes several words.
    """

    @property
    def name(self) -> str:
        """The name of the input."""

    @property
    def can(self) -> Collection[str]:
        """What can be done at it."""

    @property
    def presses(self) -> str:
        """What a press of it does; empty if that is chosen by a word."""


AnyInput = TypeVar("AnyInput", bound=InputAbility)


def which_input(act: Act, inputs: Iterable[AnyInput]) -> AnyInput:
    """Return the input for ``send``, ``key``, ``scan`` or ``press``; raises ValueError."""
    every, wanted = list(inputs), act.value.input
    if wanted:
        return _named(wanted, act, every)
    able = [each for each in every if _can(each, act)]
    if not able:
        raise ValueError(_("no input of this counter can do this; add one, or another act"))
    exact = [each for each in able if each.presses]  # a button of its own
    fitting = exact or able
    if len(fitting) > 1:
        raise ValueError(
            _(
                "several inputs can do this; write input: and one of {names}",
                names=", ".join(each.name for each in fitting),
            )
        )
    return fitting[0]


def _named(name: str, act: Act, every: list[AnyInput]) -> AnyInput:
    named = next((each for each in every if each.name == name), None)
    if named is None:
        raise ValueError(
            _(
                "this counter has no input {name!r}; {choose}",
                name=name,
                choose=choose(name, [each.name for each in every]),
            )
        )
    if not _can(named, act):
        raise ValueError(
            _("the input {name} can't {what}; choose another one", name=name, what=act.name)
        )
    return named


def _can(each: InputAbility, act: Act) -> bool:
    value = act.value
    if isinstance(value, PressAct) and each.presses not in ("", value.button):
        return False
    return act.name in each.can
