"""Watches the counter from outside, and writes what happens there into the timeline.

Everything is read from where a person, a wire or a disk has it: the lines of the inputs, the
service's requests, the panel's pictures, the lamps, the journal, the status file.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

from PIL import Image

from kiosk.base.language import _
from kiosk.orders.http.orders_api import NO_ORDER
from kiosk.sale.words import Outcome, Screen
from kiosk.simulator.bench.evidence import Newest, RunEvidence, written_at
from kiosk.simulator.bench.journal_table import JournalEvent, JournalTable
from kiosk.simulator.bench.timeline import Timeline, body_shown, bytes_shown
from kiosk.simulator.service.messages import ApiAnswer
from kiosk.simulator.service.request_log import RequestEntry, RequestLog
from kiosk.simulator.twins.counter import SimulatedCounter
from kiosk.simulator.twins.daemon_process import DaemonProcess
from kiosk.simulator.twins.pace import Pace

_REFUSED = f"{Outcome.REFUSED}: "  # so the journal's fact begins
READ_WITHIN = 2.0  # seconds from the bytes of a reading to the status that has it
STATUS_WITHIN = 0.5  # seconds of this computer, from the signal to the status file

Found = tuple[float, str, str, dict[str, Any]]


class Watcher:
    """Fills the timeline. ``refused`` is why the last total was refused, None if it was not."""

    def __init__(
        self,
        counter: SimulatedCounter,
        daemon: DaemonProcess,
        pace: Pace,
        timeline: Timeline,
        on_screen: Callable[[str, float], None],
    ) -> None:
        """``on_screen`` is called with each new screen, and when it came, in Unix seconds."""
        self._counter, self._daemon = counter, daemon
        self._pace, self._timeline, self._on_screen = pace, timeline, on_screen
        self.journal = JournalTable(counter.config.journal.path)
        self._lines: dict[str, Newest[Any]] = {}
        self._replies: dict[str, Newest[Any]] = {}
        self.evidence = self._evidence()
        self.status: dict[str, Any] | None = None
        self.refused: dict[str, Any] | None = None
        self._unexplained: float | None = None  # since when a refusal has no reason yet
        self.screen = ""
        self._pictured = 0  # the first frame with this screen
        self._read = 0  # the number of the newest reading in the status

    def begin_run(self) -> None:
        """Forget what the previous run of the daemon left on its devices."""
        self.evidence = self._evidence()
        self.status, self.screen = None, ""
        self._pictured = self._read = 0

    def _evidence(self) -> RunEvidence:
        status = self._counter.config.service.status_file
        return RunEvidence(self._counter.panel.frames, self._counter.lamps.record, status)

    def request_log(self) -> RequestLog:
        """Return the log that the service must use."""
        return RequestLog(self._request, self._answer)

    def update(self) -> None:
        """Take what has happened since the last call."""
        self.status = self.evidence.status.read()
        found = [*self._on_lines(), *self._lights(), *self._readings(), *self._journal()]
        found += self._pictures()
        self._timeline.add_all(found)
        self._explain()

    def frame(self) -> int | None:
        """Return the number of the frame on the panel; it is dark without power or plug."""
        lit = self._daemon.running and self._counter.panel.plugged
        return self.evidence.panel.newest() if lit else None

    def picture(self) -> Image.Image | None:
        """Return what is on the panel, or None while it is dark."""
        frame = self.frame()
        if frame is None:
            return None
        try:
            with Image.open(self.evidence.panel.path(frame)) as picture:
                picture.load()
                return picture
        except FileNotFoundError:  # it is an old one, and there are many newer ones
            return None

    # --- the service --------------------------------------------------------------------------

    def _request(self, entry: RequestEntry, _answer: ApiAnswer | None) -> None:
        self.update()  # first what happened before the request
        is_probe = NO_ORDER in entry.path
        asks = _("a probe: does the service answer?")
        title = asks if is_probe else f"{entry.method} {entry.path}"
        details = body_shown(entry.body) | ({"key": entry.key} if entry.key else {})
        self._timeline.add(entry.at, "request", title, **details)

    def _answer(self, entry: RequestEntry, answer: ApiAnswer | None) -> None:
        about = f"{entry.method} {entry.path}"
        now = self._pace.clock()
        if answer is None:
            lost = _("no answer: the connection is closed ({request})", request=about)
            self._timeline.add(now, "answer", lost, call=entry.operation, bad=True)
        else:
            good_probe = NO_ORDER in entry.path and answer.status == 404
            found = _("the service answers the probe, as it must: there is no such order")
            title = found if good_probe else f"{answer.status} ({about})"
            bad = (answer.status >= 400 and not good_probe) or None
            details = body_shown(answer.body) | {"status": answer.status, "bad": bad}
            self._timeline.add(now, "answer", title, call=entry.operation, **details)

    # --- the inputs ---------------------------------------------------------------------------

    def _on_lines(self) -> Iterator[Found]:
        for name, twin in self._counter.twins.items():
            for seen in self._lines.setdefault(name, Newest()).of(twin.exchanges):
                who = (
                    _("{input} sends", input=name) if seen.to_kiosk else _("to {input}", input=name)
                )
                kind = "sent" if seen.to_kiosk else "reply"
                yield seen.at, kind, who, {"input": name} | bytes_shown(seen.data)
            for reply in self._replies.setdefault(name, Newest()).of(twin.replies):
                yield reply.at, "reply", reply.text, {"input": name}

    def _readings(self) -> Iterator[Found]:
        """Yield what the kiosk has understood, by its status file."""
        for name, state in (self.status or {}).get("inputs", {}).items():
            at = self._bytes_came_at(name)
            for reading in state.get("latest", ()):
                if reading["number"] <= self._read:
                    continue
                bad: dict[str, Any] = {} if reading["verdict"] == "accepted" else {"bad": True}
                if reading["verdict"] == "rejected":
                    bad["refused"] = reading["text"]
                yield at, "reading", self._title_of(name, reading, at), {"input": name} | bad
        self._read = max(self._read, *self._numbers(), 0)

    def _bytes_came_at(self, name: str) -> float:
        """Return when the newest bytes of an input came: the status file has no times."""
        now = self._pace.clock()
        twin = self._counter.twins.get(name)
        times = [each.at for each in twin.exchanges if each.to_kiosk] if twin else []
        return times[-1] if times and now - times[-1] < READ_WITHIN * self._pace.speed else now

    def _numbers(self) -> list[int]:
        inputs = (self.status or {}).get("inputs", {}).values()
        return [each["number"] for state in inputs for each in state.get("latest", ())] or [0]

    def _title_of(self, name: str, reading: dict[str, Any], at: float) -> str:
        fields = {"input": name, "text": reading["text"]}
        match reading["verdict"]:
            case "accepted":
                if self.refused and self.refused["at"] < at:
                    self.refused = None
                return _("{text} read from {input}", **fields)
            case "rejected":
                self._refuse(reading["text"], name)
                return _("reading from {input} refused: {text}", **fields)
            case _:
                return _("{input} sent something that is not a total: {text}", **fields)

    def _explain(self) -> None:
        """Say why a total was not taken, unless the status says soon what was wrong with it."""
        since = self._unexplained
        if since is not None and self._pace.clock() - since > STATUS_WITHIN * self._pace.speed:
            self._refuse(_("not taken now; send it again when the counter is ready"))

    def _refuse(self, text: str, name: str = "") -> None:
        self._unexplained = None
        self.refused = {"at": self._pace.clock(), "input": name, "text": text}

    # --- the disk, the panel, the lamps -------------------------------------------------------

    def _journal(self) -> Iterator[Found]:
        for event in self.journal.update():
            if event.event == "SaleEnded" and event.detail.startswith(_REFUSED):
                self._refuse(event.detail.removeprefix(_REFUSED))
            yield event.at, *_fact(event)

    def _lights(self) -> Iterator[Found]:
        for change in self.evidence.lamps.update():
            match change:
                case {"signal": name, "at": at}:
                    if name == Screen.REJECTED_INPUT:
                        self._unexplained = self._pace.clock()
                    yield at, "signal", _("signal {name}", name=name), {"signal": name}
                case {"said": text, "at": at}:
                    yield at, "said", text, {}

    def _pictures(self) -> Iterator[Found]:
        """Yield the newest picture, if it is of another screen than the one before."""
        frame, screen = self.evidence.panel.newest(), self.evidence.lamps.signal or ""
        if frame is None or frame == self._pictured or screen == self.screen:
            return
        self.screen, self._pictured = screen, frame
        age = time.time() - written_at(self.evidence.panel.path(frame))
        at = self._pace.clock() - age * self._pace.speed
        self._on_screen(screen, at)
        title = _("the panel shows {screen}", screen=screen)
        yield at, "screen", title, {"frame": frame, "screen": screen}


def _fact(event: JournalEvent) -> tuple[str, str, dict[str, Any]]:
    details: dict[str, Any] = {"reference": event.reference}
    if event.event == "SaleOpened":
        title = _("on the disk before the call: {detail}", detail=event.detail)
        return "intent", title, details | {"key": event.key} | body_shown(event.request)
    return "journal", f"{event.event}: {event.detail}", details
