"""The interview: each question is answered by a flag, by its default, or by a person."""

from __future__ import annotations

import getpass
import shutil
import sys
import textwrap
from collections.abc import Callable, Mapping
from io import TextIOWrapper
from typing import NoReturn

import typer

from kiosk.base.language import _
from kiosk.cli.common import NO, YES, fail

EMPTY = "-"  # the answer for nothing, where there is a default


class Interview:
    """Asks on standard output, and reads a line of standard input for each answer.

    With ``takes_defaults`` nobody is asked. With ``aside`` standard output stays free for JSON.
    """

    def __init__(
        self, flags: Mapping[str, str | None], takes_defaults: bool, aside: bool = False
    ) -> None:
        self._aside = aside
        self._flags = {flag: text for flag, text in flags.items() if text is not None}
        self.asks = not takes_defaults
        if isinstance(sys.stdin, TextIOWrapper):  # a terminal may send bytes that are not UTF-8
            sys.stdin.reconfigure(errors="replace")

    def flag(self, name: str) -> str:
        """Return what a flag says; empty if it is not given."""
        return self._flags.get(name, "")

    def forget_flags(self) -> None:
        """Ask from now on also what flags have answered: these answers were not right."""
        self._flags = {}

    def say(self, text: str) -> None:
        """Say a paragraph, in lines as wide as the terminal."""
        width = shutil.get_terminal_size().columns - 1
        for line in text.splitlines():
            said = textwrap.fill(line, width, break_long_words=False, break_on_hyphens=False)
            typer.echo(said, err=self._aside)

    def answer(
        self, flag: str, question: str, default: str, complaint: Callable[[str], str]
    ) -> str:
        """Return an answer without a complaint. A wrong flag ends the command with exit code 2."""
        if flag in self._flags or not self.asks:
            text = self._flags.get(flag, default)
            text = "" if text == EMPTY else text
            if wrong := complaint(text):
                fail(f"--{flag}: {wrong}", code=2)
            return text
        while True:
            text = self._line(f"{question} [{default or EMPTY}]: ", f"--{flag}") or default
            text = "" if text == EMPTY else text
            if not (wrong := complaint(text)):
                return text
            self.say(wrong)

    def is_so(self, question: str, default: bool = True) -> bool:
        """Return the answer to a question of yes or no; the default if nobody is asked."""
        choice = "[Y/n]" if default else "[y/N]"
        while self.asks:
            text = self._line(f"{question} {choice}: ", "--yes").lower()
            if not text:
                break
            if text in YES + NO:
                return text in YES
            self.say(_("Answer y (yes) or n (no)."))
        return default

    def secret(self, question: str) -> str:
        """Return an answer that the terminal does not show; empty if nobody is asked."""
        if not self.asks:
            return ""
        if not sys.stdin.isatty():
            return self._line(f"{question}: ", "--token-file")
        try:
            return getpass.getpass(_in_lines(f"{question}:")).strip()
        except EOFError:
            self._nobody_answers("--token-file")

    def _line(self, prompt: str, flag: str) -> str:
        typer.echo(_in_lines(prompt), nl=False, err=self._aside)
        line = sys.stdin.readline()
        if not line:
            self._nobody_answers(flag)
        return line.strip()

    def _nobody_answers(self, flag: str) -> NoReturn:
        typer.echo(err=self._aside)
        fail(
            _(
                "a question was not answered, so nothing was changed; use a terminal, or answer "
                "with {flag}; --yes takes the defaults",
                flag=flag,
            ),
            code=2,
        )


def _in_lines(prompt: str) -> str:
    """Return the prompt in lines as wide as the terminal, with room to type after the last one."""
    width = shutil.get_terminal_size().columns - 1
    lines = textwrap.wrap(prompt, width, break_long_words=False, break_on_hyphens=False)
    return "\n".join(lines) + " "
