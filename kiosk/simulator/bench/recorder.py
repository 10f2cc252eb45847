"""Records what people do at the bench, and what the panel shows then, as steps of a scenario."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from kiosk.base.language import _
from kiosk.config.yaml_text import read_yaml
from kiosk.config.yaml_tree import build_tree
from kiosk.sale.words import Screen
from kiosk.simulator.acts.act import Act
from kiosk.simulator.acts.expectation import Step
from kiosk.simulator.scenario.written_steps import write_scenario

STEPS_KEPT = 2000
SHORTEST_WAIT = 2.0  # seconds between two acts; less does not matter
_SOON = 10.0  # seconds that the panel may need at least

# What follows from an act. The other screens come and go by themselves.
_RESULTS = frozenset({
    Screen.SCAN_ME, Screen.PAID, Screen.CANCELED, Screen.EXPIRED, Screen.REFUSED, Screen.CHECKING,
    Screen.OUT_OF_SERVICE, Screen.REJECTED_INPUT,
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Moment:
    """Something that was done or seen, in Unix seconds."""

    at: float
    act: Act | None = None
    screen: Screen | None = None


class Recorder:
    """Keeps the newest acts and screens since ``begin``.

    ``clock`` returns Unix seconds; ``settings`` is the text of the counter's configuration.
    """

    def __init__(self, clock: Callable[[], float], settings: str = "") -> None:
        self._clock, self._settings = clock, settings
        self._moments: deque[_Moment] = deque(maxlen=STEPS_KEPT)

    def begin(self) -> None:
        """Forget what was recorded before."""
        self._moments.clear()

    def act(self, act: Act) -> None:
        """Record what a person has done."""
        self._moments.append(_Moment(self._clock(), act=act))

    def screen(self, name: str, at: float) -> None:
        """Record what is on the panel now, if it is the result of something."""
        if self._moments and name in _RESULTS:
            self._moments.append(_Moment(at, screen=Screen(name)))

    def steps(self) -> list[Step]:
        """Return what was recorded; a pause of some seconds between two acts is a step too."""
        steps: list[Step] = []
        before: float | None = None
        for moment in self._moments:
            passed = moment.at - before if before is not None else 0.0
            if moment.act:
                if passed >= SHORTEST_WAIT:
                    steps.append(Step.model_validate({"wait": round(passed)}))
                steps.append(Step.model_validate(moment.act.model_dump(exclude_unset=True)))
            else:
                within = math.ceil(max(_SOON, 2 * passed))
                seen = {"screen": moment.screen, "within": within}
                steps.append(Step.model_validate({"expect": seen}))
            before = moment.at
        return steps

    def as_scenario(self) -> str:
        """Return what was recorded, as the text of a scenario with the whole configuration."""
        settings = build_tree(read_yaml(self._settings)).tree if self._settings else ""
        why = _("It was recorded at the bench.")
        return write_scenario(_("A recorded run"), why, self.steps(), settings)
