"""The bench: all that the page shows, and all that can be done there, without HTTP."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from kiosk.base.errors import ConfigError
from kiosk.base.language import _, spoken, translated
from kiosk.base.localized_text import parts_of, texts_in
from kiosk.simulator.acts.act import Act
from kiosk.simulator.bench.acts_at_counter import ActsAtCounter
from kiosk.simulator.bench.log_lines import LogLines
from kiosk.simulator.bench.page_state import PageState
from kiosk.simulator.bench.recorder import Recorder
from kiosk.simulator.bench.run_report import report
from kiosk.simulator.bench.timeline import Timeline
from kiosk.simulator.bench.visible_play import VisiblePlay, shipped_scenarios
from kiosk.simulator.bench.watcher import Watcher
from kiosk.simulator.scenario.scenario_file import (
    CheckedScenario,
    check_scenario,
    find_scenario,
)
from kiosk.simulator.scenario.written_steps import in_one_line
from kiosk.simulator.twins.counter import SimulatedCounter
from kiosk.simulator.twins.daemon_process import DaemonProcess
from kiosk.simulator.twins.pace import Pace

VERSIONS_KEPT = 500  # older versions are answered with everything

Newest = tuple[int, int]  # the numbers of the newest entries of the timeline and of the log


class Bench:
    """One counter, and the world outside of it."""

    def __init__(  # noqa: PLR0913, PLR0917 - each is a part of the simulation
        self,
        counter: SimulatedCounter,
        daemon: DaemonProcess,
        pace: Pace,
        acts: ActsAtCounter,
        watcher: Watcher,
        page_state: PageState,
        timeline: Timeline,
        log: LogLines,
        recorder: Recorder,
    ) -> None:
        self.timeline, self.log = timeline, log
        self._counter, self._daemon = counter, daemon
        self._pace, self._acts = pace, acts
        self._watcher, self._page_state = watcher, page_state
        self.recorder = recorder
        self._versions = Versions()
        self.play: VisiblePlay | None = None
        self.next_play: Callable[[CheckedScenario], None] = lambda _checked: None

    async def perform(self, act: Act, *, by_hand: bool = True) -> str:
        """Perform an act; return a sentence for the person, or an empty text.

        What is done ``by_hand`` is recorded. Raises CannotDo, KioskIsOff or NotPayable.
        """
        began = self._pace.clock()
        done = await self._acts.perform(act)
        self.timeline.add(began, "act", in_one_line(act))
        if by_hand:
            self.recorder.act(act)
        return done

    def play_next(self, name: str, text: str) -> None:
        """Replace the whole counter by that of a scenario, and play it. Raises ConfigError."""
        file = self._counter.folder.path / "scenario.yaml"
        if text:
            file.write_text(text, "utf-8")
        elif name in shipped_scenarios():
            file = find_scenario(Path(name))
        else:
            raise ConfigError(_("{name!r} is not the name of a scenario", name=name))
        checked = check_scenario(file)
        checked.required()
        self.next_play(checked)

    def change(self, **choices: str) -> None:
        """Give the counter another ``panel``, ``language`` or ``currency``. Raises ConfigError."""
        self._counter.change(**choices)
        self._daemon.restart()
        self.timeline.add(self._pace.clock(), "note", ", ".join(choices.values()))

    def scenario(self) -> str:
        """Return what was done by hand since the recording began, as the text of a scenario."""
        return self.recorder.as_scenario()

    def report(self, language: str) -> str:
        """Return the run as one HTML file."""
        self._watcher.update()
        with spoken(language):
            shown = {"now": self._pace.clock()} | self._page_state.shown()
            document = _said_again(shown | {"timeline": self.timeline.since(0)})
            return report(document, document["timeline"], self.frame, self.scenario())

    def _scenarios(self) -> dict[str, Any]:
        return {"scenario": self.play.shown() if self.play else None}

    def frame(self, number: int) -> Path | None:
        """Return the file of a frame, or None if there is no such frame."""
        path = self._watcher.evidence.panel.path(number)
        return path if path.exists() else None

    def state(self, after: str = "", language: str = "en") -> dict[str, Any] | None:
        """Return all that the page shows, or None if nothing has changed since ``after``.

        ``timeline`` and ``log`` hold only what is new since that version.
        """
        self._watcher.update()
        with spoken(language):
            shown = _said_again(self._page_state.shown() | self._scenarios())
            newest = self.timeline.newest, self.log.newest
            version = self._versions.of(language, shown, newest)
            if version == after:
                return None
            known = self._versions.newest_at(after)
            entries, lines = known or (0, 0)
            lists = {"timeline": self.timeline.since(entries), "log": self.log.since(lines)}
            about = {"version": version, "complete": known is None, "now": self._pace.clock()}
            return about | shown | _said_again(lists)


def _said_again(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document in the language that is spoken now."""
    return dict(translated(document, {text: parts_of(text) for text in texts_in(document)}))


class Versions:
    """Gives each new content a version; ``newest_at`` knows what its reader has."""

    def __init__(self) -> None:
        self._run = secrets.token_hex(3)  # a page of an earlier run has other versions
        self._count = 0
        self._latest: dict[str, tuple[Any, str]] = {}  # by language
        self._newest: OrderedDict[str, Newest] = OrderedDict()

    def of(self, language: str, content: Any, newest: Newest) -> str:
        """Return the version of the content: the one before, if nothing has changed."""
        before, version = self._latest.get(language, (None, ""))
        if before == (content, newest):
            return version
        self._count += 1
        version = f"{self._run}-{self._count}"
        self._latest[language] = (content, newest), version
        self._newest[version] = newest
        if len(self._newest) > VERSIONS_KEPT:
            self._newest.popitem(last=False)
        return version

    def newest_at(self, version: str) -> Newest | None:
        """Return what a reader of that version has, or None if it is not known any more."""
        return self._newest.get(version)
