"""A finding: one line about the box, with what it means and how to fix it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from enum import StrEnum

from kiosk.base.frozen import frozen
from kiosk.base.language import _, mark


class Level(StrEnum):
    """How well the thing is that was looked at."""

    GOOD = "good"
    WARN = "warn"
    BAD = "bad"


class Page(StrEnum):
    """The pages of the manual that say more: ``kiosk manual codes`` shows one."""

    MOUNTING = "mounting"
    ACCOUNT = "account"
    SETTINGS = "settings"
    SYMPTOMS = "symptoms"
    CODES = "codes"


_LEVELS = {Level.GOOD: mark("good"), Level.WARN: mark("warn"), Level.BAD: mark("bad")}


@frozen
class Finding:
    """What was found out about one thing.

    ``what`` is one of the things that are looked at, in English: JSON has it so, and people get its
    translation. ``meaning`` is a sentence; ``fix`` is one line: a command, or what to do; empty if
    nothing is to be done. ``page`` is the page of the manual about it.
    """

    level: Level
    what: str
    meaning: str
    fix: str = ""
    page: str = ""

    def line(self) -> str:
        """Return the line for people: ``warn  clock: it is 40 s slow; run: timedatectl``."""
        fields = {"what": _(self.what), "meaning": self.meaning, "fix": self.fix, "page": self.page}
        if not self.fix:
            text = _("{what}: {meaning}", **fields)
        elif not self.page:
            text = _("{what}: {meaning}; {fix}", **fields)
        else:
            text = _("{what}: {meaning}; {fix} (manual: {page})", **fields)
        return f"{_(_LEVELS[self.level])}  {text}"

    def as_json(self) -> dict[str, str]:
        """Return the finding for programs; all its fields are texts."""
        return {name: str(value) for name, value in asdict(self).items()}


def good(what: str, meaning: str) -> Finding:
    """Return a finding about something that works."""
    return Finding(Level.GOOD, what, meaning)


def warn(what: str, meaning: str, fix: str, page: str = "") -> Finding:
    """Return a finding about something that may keep the counter from selling some day."""
    return Finding(Level.WARN, what, meaning, fix, page)


def bad(what: str, meaning: str, fix: str, page: str = "") -> Finding:
    """Return a finding about something that keeps the counter from selling."""
    return Finding(Level.BAD, what, meaning, fix, page)


def only_root(what: str) -> Finding:
    """Return a finding about something that this user may not see."""
    return warn(what, _("only root can see it"), _("run: sudo kiosk doctor"))


def is_bad(findings: Iterable[Finding]) -> bool:
    """Return whether something keeps the counter from selling: exit code 1."""
    return any(each.level is Level.BAD for each in findings)
