"""The command ``kiosk``: what people type is in ``verbs``, what it does is in a file for each verb.

``README.md`` lists them. Exit 0: good. 1: the thing asked about is not well. 2: wrong usage or
configuration.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_group

from kiosk.base.language import LANGUAGES, _, language_of, speak

# The file of each verb, in the order of `kiosk --help`. A file is imported only for its own verbs.
FILE_OF = {
    "run": "counter_verbs",
    "check": "configuration_verbs",
    "schema": "configuration_verbs",
    "preview": "configuration_verbs",
    "status": "counter_verbs",
    "watch": "counter_verbs",
    "last": "counter_verbs",
    "voice": "device_verbs",
    "simulate": "simulation_verbs",
    "simulate-api": "simulation_verbs",
    "doctor": "configuration_verbs",
    "migrate": "configuration_verbs",
    "report": "sales_verbs",
    "safe-mode": "counter_verbs",
    "sale": "counter_verbs",
    "setup": "configuration_verbs",
    "identify": "device_verbs",
    "record": "device_verbs",
    "replay": "device_verbs",
    "orders": "sales_verbs",
    "pos": "account_verbs",
    "test": "device_verbs",
}


class _Verbs(TyperGroup):
    """All verbs by name; the options and the help of a verb are read when it is asked for."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = dict.fromkeys(FILE_OF)  # type: ignore[assignment]

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        return super().parse_args(ctx, _language_first(args))

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in FILE_OF:
            return None
        file = import_module(f"kiosk.cli.verbs.{FILE_OF[cmd_name]}")
        return get_group(file.app).get_command(ctx, cmd_name)


app = typer.Typer(
    cls=_Verbs,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help; rich takes as long to import as typer
)


def _language_first(words: list[str]) -> list[str]:
    """Return the words with ``--lang`` before the verb: people may write it anywhere."""
    ours = words[: words.index("--")] if "--" in words else words
    for at, word in enumerate(ours):
        if word.partition("=")[0] == "--lang":
            after = at + 1 if "=" in word else at + 2
            return [*words[at:after], *words[:at], *words[after:]]
    return words


def _speak(language: str | None) -> None:
    if language in LANGUAGES:
        speak(language)
    elif language is not None:
        raise typer.BadParameter(_("write one of: {choices}", choices=", ".join(LANGUAGES)))


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"kiosk {version('kiosk')}")
        raise typer.Exit


@app.callback()
def kiosk(
    _language: Annotated[
        str | None,
        typer.Option(
            "--lang",
            callback=_speak,
            is_eager=True,
            metavar="|".join(LANGUAGES),
            help="Say everything in this language. Default: that of the environment, such as LANG.",
        ),
    ] = None,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version and exit."
        ),
    ] = False,
) -> None:
    """A payment display for shop counters."""


def main() -> None:
    """Run the command line, in the language of the person who types."""
    speak(language_of(os.environ))
    app()
