"""What a person can type: the options and the help of every verb, in files of a few verbs each.

A file here imports nothing heavy, so that ``kiosk --help`` is quick on a small Pi. What a verb does
is in a file of its own in ``kiosk/cli``, which is imported when the verb is run.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_group

from kiosk.base.language import LANGUAGES, _, language, mark, speak
from kiosk.cli.verbs.shared_options import GROUP_CONTEXT

# The file of each verb, in the order of `kiosk --help`. A file is imported only for its own verbs.
FILE_OF = {
    "run": "counter_verbs",
    "check": "configuration_verbs",
    "schema": "configuration_verbs",
    "preview": "configuration_verbs",
    "wiring": "configuration_verbs",
    "status": "counter_verbs",
    "watch": "counter_verbs",
    "last": "counter_verbs",
    "voice": "device_verbs",
    "simulate": "simulation_verbs",
    "simulate-api": "simulation_verbs",
    "bench": "simulation_verbs",
    "doctor": "configuration_verbs",
    "bundle": "configuration_verbs",
    "migrate": "configuration_verbs",
    "report": "sales_verbs",
    "safe-mode": "counter_verbs",
    "sale": "counter_verbs",
    "setup": "setup_verb",
    "identify": "device_verbs",
    "record": "device_verbs",
    "replay": "device_verbs",
    "orders": "sales_verbs",
    "pos": "account_verbs",
    "fleet": "fleet_verbs",
    "relay": "fleet_verbs",
    "test": "device_verbs",
    "card": "device_verbs",
    "template": "device_verbs",
    "manual": "manual_verb",
}


# The groups of `kiosk --help`, by the file of their verbs.
GROUPS = {
    "setup_verb": mark("The first start"),
    "counter_verbs": mark("The running counter"),
    "sales_verbs": mark("Sales"),
    "configuration_verbs": mark("Setting it up, and finding faults"),
    "device_verbs": mark("Devices"),
    "account_verbs": mark("The account at Mercado Pago"),
    "fleet_verbs": mark("A chain of counters"),
    "simulation_verbs": mark("Without hardware"),
    "manual_verb": mark("To read"),
}

EXAMPLES = {
    "kiosk check kiosk.yaml": mark("can this counter sell?"),
    "kiosk status --watch": mark("what it does now"),
    "kiosk test display": mark("is the picture on the panel right?"),
    "kiosk orders list --day 2026-11-27": mark("the sales of a day"),
    "kiosk bundle -o fault.tar.gz": mark("a file for support"),
}


class _Verbs(TyperGroup):
    """All verbs by name; the options and the help of a verb are read when it is asked for."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = dict.fromkeys(FILE_OF)  # type: ignore[assignment]

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        return super().parse_args(ctx, _take_language(args))

    def make_context(self, *words: Any, **settings: Any) -> Any:
        with _translated_usage():
            return super().make_context(*words, **settings)

    def invoke(self, ctx: Any) -> Any:
        try:
            with _translated_usage():
                return super().invoke(ctx)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            said = _("nothing more can be written: the disk is full; make room, and try again")
            typer.echo(said, err=True)
            raise typer.Exit(1) from error

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if self.commands.get(cmd_name, ctx) is None:
            self.commands.update(_commands_of(FILE_OF[cmd_name]))
        return self.commands.get(cmd_name)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the verbs in groups, and then examples."""
        width = max(map(len, FILE_OF))
        for file, title in GROUPS.items():
            commands = [
                (verb, self.get_command(ctx, verb)) for verb in FILE_OF if FILE_OF[verb] == file
            ]
            rows = [
                (f"{verb:{width}}", command.get_short_help_str(formatter.width - width - 6))
                for verb, command in commands
                if not command.hidden
            ]
            with formatter.section(_(title)):
                formatter.write_dl(rows)
        with formatter.section(_("Examples")):
            formatter.write_dl([(line, _(text)) for line, text in EXAMPLES.items()])

    def get_help(self, ctx: Any) -> str:
        if language() == "en":
            return super().get_help(ctx)
        from kiosk.cli import usage

        usage.translate_texts(self)
        return usage.full_help(super().get_help, ctx)


def _commands_of(file: str) -> Any:
    """Import a file of verbs, and return its verbs by name, in the technician's language."""
    commands = get_group(import_module(f"kiosk.cli.verbs.{file}").app).commands
    if language() != "en":
        from kiosk.cli import usage

        for command in commands.values():
            usage.translate_help(command)
    return commands


_UsageError: Any = typer.BadParameter.__base__  # typer itself has no name for it


@contextmanager
def _translated_usage() -> Iterator[None]:
    """Print usage errors in the technician's language."""
    try:
        yield
    except _UsageError as error:
        if language() != "en":
            from kiosk.cli import usage

            error.show = partial(usage.translated_error, error.show)
        raise


# As in GROUP_CONTEXT: typer imports pydantic for an option without a default.
_NOT_WRITTEN = GROUP_CONTEXT["default_map"] | {
    "install_completion": False,
    "show_completion": False,
}

app = typer.Typer(
    cls=_Verbs,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help; rich takes as long to import as typer
    context_settings={"default_map": _NOT_WRITTEN},
)


def _take_language(words: list[str]) -> list[str]:
    """Speak the language of ``--lang``, which people may write anywhere; return the other words."""
    ours = words[: words.index("--")] if "--" in words else words
    for at, word in enumerate(ours):
        name, equals, wanted = word.partition("=")
        if name == "--lang":
            after = at + 1 if equals else at + 2
            wanted = wanted or "".join(ours[at + 1 : after])
            if wanted not in LANGUAGES:
                said = _("write one of: {choices}", choices=", ".join(LANGUAGES))
                raise typer.BadParameter(said, param_hint="--lang")
            speak(wanted)
            return words[:at] + words[after:]
    return words


def _print_version(wanted: bool) -> None:
    if wanted:
        from kiosk.base.version import kiosk_version

        typer.echo(f"kiosk {kiosk_version()}")
        raise typer.Exit


@app.callback()
def kiosk(
    # For the help only: `_take_language` takes it away. A text would need pydantic: GROUP_CONTEXT.
    _language: Annotated[
        bool,
        typer.Option(
            "--lang",
            help=f"Say everything in the language that follows: {', '.join(LANGUAGES)}. "
            "Default: that of the environment, such as LANG.",
        ),
    ] = False,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version and exit."
        ),
    ] = False,
) -> None:
    """A payment display for shop counters."""
