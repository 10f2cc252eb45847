"""Whether a bundle is for this counter, now."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

from manifest import Manifest, Refusal, order_of


class NotYet(Exception):
    """The bundle is good, but other counters install it first."""


@dataclass(frozen=True)
class Counter:
    """What matters of this computer."""

    python: str
    processor: str
    today: date  # as its clock says, which may be wrong
    installed: str = ""  # the version
    installed_made: date = date.min

    @property
    def day(self) -> date:
        """Today is never before the day on which the installed release was made.

        A Pi without a network starts with the time of its last shutdown, or in 1970.
        """
        return max(self.today, self.installed_made)

    def judge(self, manifest: Manifest, *, may_go_back: bool) -> None:
        """Refuse a bundle that is for others, too old or too new."""
        self._judge_platform(manifest)
        if self.day > manifest.until:
            raise Refusal(
                f"its last day was {manifest.until}, and today is {self.day};"
                " get a newer bundle, or correct the clock"
            )
        if self.installed:
            self._judge_version(manifest, may_go_back=may_go_back)

    def _judge_platform(self, manifest: Manifest) -> None:
        theirs = f"Python {manifest.python} on {manifest.processor}"
        ours = f"Python {self.python} on {self.processor}"
        if theirs != ours:
            raise Refusal(
                f"it is for {theirs}, and this is {ours}; get the bundle for this computer"
            )

    def _judge_version(self, manifest: Manifest, *, may_go_back: bool) -> None:
        version = order_of(manifest.version)
        try:
            installed = order_of(self.installed)
        except ValueError as fault:
            if may_go_back:
                return
            raise Refusal(
                f"the installed version: {fault}; install it by hand with --rollback"
            ) from None
        if version < installed and not may_go_back:
            raise Refusal(
                f"its version {manifest.version} is older than the installed {self.installed};"
                " to install it anyway, by hand, add --rollback"
            )
        if installed < order_of(manifest.follows):
            raise Refusal(
                f"{manifest.version} can't follow the installed {self.installed};"
                f" install {manifest.follows} first"
            )


def wait_for_others(manifest: Manifest, machine: str) -> None:
    """Raise NotYet if the share is for other counters. A counter keeps its number, 0 to 99."""
    number = int(hashlib.sha256(machine.encode()).hexdigest(), 16) % 100
    if number >= manifest.share:
        raise NotYet(
            f"{manifest.version} is for {manifest.share} of 100 counters now,"
            f" and not for this one (number {number})"
        )
