"""What typer says of wrong usage, and the help, in another language than English.

typer says most of it in English only. Its sentences are the messages below, word by word, so that
they can be found in what it prints; what is not found stays English.
"""

from __future__ import annotations

import inspect
import io
import re
from collections.abc import Callable
from functools import partial
from typing import Any

import typer

from kiosk.base.language import _, mark

_SENTENCES = (
    mark("Usage: {usage}"),
    mark("Try '{command}' for help."),
    mark("Error: {what}"),
    mark("Invalid value for {name}: {what}"),
    mark("Missing argument {name}."),
    mark("Missing option {name}."),
    mark("Missing command."),
    mark("No such command {name}. Did you mean {meant}?"),
    mark("No such command {name}."),
    mark("No such option: {name} (Possible options: {meant})"),
    mark("No such option: {name}"),
    mark("Option {name} requires an argument."),
    mark("Option {name} does not take a value."),
    mark("Got unexpected extra argument(s) ({words})"),
    mark("Value error, {value} is not one of {choices}."),
    mark("Value error, {value} does not match the formats {formats}."),
    mark("Invalid value: {what}"),
    mark("Input should be greater than or equal to {least}"),
    mark("Input should be less than or equal to {most}"),
    mark("Input should be a valid integer, unable to parse string as an integer"),
    mark("Input should be a valid number, unable to parse string as a number"),
)
# What typer asks gettext for itself, and the text of the option --help.
_OF_THE_HELP = (
    mark("Arguments"),
    mark("Options"),
    mark("Commands"),
    mark("required"),
    mark("default: {default}"),
    mark("Aborted!"),
    mark("Show this message and exit."),
)


def translated_error(show: Callable[..., None]) -> None:
    """Print what a usage error shows, in the technician's language."""
    english = io.StringIO()
    show(english)
    for line in english.getvalue().splitlines():
        typer.echo(_sentence(line), err=True)


def _sentence(text: str) -> str:
    """Say a sentence of typer, and the sentences in it."""
    for message in _SENTENCES:
        pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>.*)", re.escape(message))
        if match := re.fullmatch(pattern, text):
            fields = {name: _sentence(value) for name, value in match.groupdict().items()}
            return _(message, **fields)
    return text


def translate_help(command: Any) -> None:
    """Put the help of a verb, and of all verbs under it, into the technician's language."""
    translate_texts(command)
    command.get_help = partial(full_help, command.get_help)
    for inner in getattr(command, "commands", {}).values():
        translate_help(inner)


def translate_texts(command: Any) -> None:
    """Put the help of a verb and of its options into the technician's language."""
    command.help = _(plain_help(command.help or ""))
    for parameter in command.params:
        if text := getattr(parameter, "help", None):
            parameter.help = _(text)


def plain_help(docstring: str) -> str:
    """Return a docstring with each paragraph on one line."""
    paragraphs = inspect.cleandoc(docstring).split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def full_help(get_help: Callable[[Any], str], context: Any) -> str:
    """Return the help with its first line and its last, which typer says in English only."""
    usage, *lines = get_help(context).splitlines()
    exits = "Show this message and exit."
    return "\n".join([_sentence(usage), *(line.replace(exits, _(exits)) for line in lines)])
