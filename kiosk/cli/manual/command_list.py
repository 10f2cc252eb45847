"""All commands with their options, and their exit codes, as Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from typer.main import get_group

from kiosk.base.language import _, mark
from kiosk.cli.manual.settings_list import escaped
from kiosk.cli.usage import plain_help
from kiosk.cli.verbs import FILE_OF, GROUPS, app

_EXIT_CODES = {
    0: mark("Good: the command has done what it was asked for."),
    1: mark("What the command was asked about is not well; it says what, and what to do."),
    2: mark("Wrong usage, or a configuration that can't be used; it says where."),
    3: mark("Only `scripts/install`: an update was refused, and nothing was changed."),
    130: mark("Stopped by Ctrl-C."),
}


def exit_codes() -> str:
    """List the exit codes that all commands have in common."""
    return "\n".join(f"- `{code}`: {_(text)}" for code, text in _EXIT_CODES.items())


def commands() -> str:
    """List every command: its help, and each option."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    group: Any = get_group(app)
    for file, title in GROUPS.items():
        yield f"## {_(title)}\n"
        for verb in (verb for verb, place in FILE_OF.items() if place == file):
            yield from _command(f"kiosk {verb}", group.get_command(None, verb))


def _command(words: str, command: Any) -> Iterator[str]:
    if command.hidden:
        return
    inner = getattr(command, "commands", None)
    options = [_option(each) for each in command.params if _is_listed(each)]
    if inner is None or options:  # a group has options if all its commands have them
        yield f"(command-{'-'.join(words.split()[1:])})=\n### `{words}`\n"
        yield escaped(_(plain_help(command.help or ""))) + "\n"
        yield from options
        yield ""
    for name, each in (inner or {}).items():
        yield from _command(f"{words} {name}", each)


def _is_listed(parameter: Any) -> bool:
    return parameter.help and not parameter.hidden and "--help" not in parameter.opts


def _option(parameter: Any) -> str:
    argument = parameter.param_type_name == "argument"
    names = [parameter.name.upper()] if argument else parameter.opts
    shown = ", ".join(f"`{name}`" for name in names)
    return f"- {shown}: {escaped(_(parameter.help))}"
