"""A trial of a device: somebody in front of the counter answers questions about it.

`kiosk test` says what to change for each no. `kiosk setup` changes it, and tries again.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

import typer

from kiosk.base.frozen import frozen
from kiosk.base.language import _
from kiosk.cli.common import NO, YES, fail


@frozen
class Trial:
    """A question about a device. ``advice`` says what to do if the answer is no.

    ``setting`` is what is to be changed then, to ``value``; empty if no setting helps.
    """

    question: str
    advice: str
    setting: tuple[str, ...] = ()
    value: str = ""


class DeviceWrong(Exception):
    """A device is not right. Its argument: what is wrong, and what to do."""


class Person(Protocol):
    """Somebody who stands in front of the counter."""

    def say(self, text: str) -> None:
        """Tell them something."""

    def is_so(self, question: str) -> bool:
        """Ask them a question of yes or no."""


@frozen
class Technician:
    """Who runs `kiosk test` on a terminal. With ``aside``, standard output stays free for JSON."""

    aside: bool = False

    def say(self, text: str) -> None:
        """Print a line."""
        typer.echo(text, err=self.aside)

    def is_so(self, question: str) -> bool:
        """Ask; exit with 1 if nobody answers, as without a terminal."""
        try:
            return is_yes(question, aside=self.aside)
        except typer.Abort:
            typer.echo(err=self.aside)  # the prompt is still on this line
            fail(
                _(
                    "the test has ended without an answer to each question; run it again on a "
                    "terminal"
                )
            )


def is_yes(question: str, *, aside: bool = False) -> bool:
    """Ask until the answer is yes or no, also in Spanish or Portuguese. Raises typer.Abort."""
    while True:
        answer = typer.prompt(f"{question} [y/n]", err=aside).strip().lower()
        if answer in YES + NO:
            return answer in YES
        typer.echo(_("Answer y (yes) or n (no)."), err=aside)


def failed(trials: Iterable[Trial], person: Person) -> list[Trial]:
    """Ask each question; return the trials with the answer no."""
    return [trial for trial in trials if not person.is_so(trial.question)]
