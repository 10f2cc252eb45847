"""The verbs of a chain of counters."""

from __future__ import annotations

import math
from datetime import datetime
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer
from typer.core import TyperGroup

from kiosk.cli.verbs.shared_options import GROUP_CONTEXT, JsonOption, SecondsOption

app = typer.Typer(rich_markup_mode=None)

# People may write these before or after the name of the verb.
_ACCOUNT = ("--settings", "--broker", "--user", "--password-file", "--ca", "--shop")


class CounterQuestion(StrEnum):
    """What a person can ask a counter."""

    STATUS = "status"
    LAST = "last"
    DOCTOR = "doctor"


class AccountOptions(NamedTuple):
    """Where the broker and the account of the viewer are named; empty where they are not."""

    settings: Path | None = None
    broker: str = ""
    user: str = ""
    password_file: str = ""
    ca: str = ""
    shop: str = ""


class _FleetVerbs(TyperGroup):
    """Takes the options of the account wherever they are written."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        ours, others = list[str](), list[str]()
        words = iter(args)
        for word in words:
            name, equals, _value = word.partition("=")
            if name in _ACCOUNT:
                ours += [word] if equals else [word, *next(([each] for each in words), [])]
            else:
                others.append(word)
                if word == "--":
                    others += words
        return super().parse_args(ctx, ours + others)


fleet = typer.Typer(
    cls=_FleetVerbs,
    help="All counters of a chain, through their broker.",
    no_args_is_help=True,
    context_settings=GROUP_CONTEXT,
)
app.add_typer(fleet, name="fleet")


def _work(name: str) -> Any:
    """Import what a verb does: it needs the extra for MQTT."""
    from kiosk.cli.extra import needs_extra

    with needs_extra("fleet"):
        return import_module(f"kiosk.cli.chain.{name}")


CounterArgument = Annotated[
    str, typer.Argument(metavar="COUNTER", help="SHOP/KIOSK, or KIOSK if one shop has it.")
]


@fleet.callback()
def account(
    context: typer.Context,
    settings: Annotated[
        Path | None,
        typer.Option(
            help="The file with broker, user, password and ca. Default: "
            "~/.config/kiosk/fleet.yaml, or else /etc/kiosk/fleet.yaml.",
        ),
    ] = None,
    broker: Annotated[
        str, typer.Option(envvar="KIOSK_FLEET_BROKER", help="As in mqtts://broker.example:8883.")
    ] = "",
    user: Annotated[
        str,
        typer.Option(
            envvar="KIOSK_FLEET_USER",
            help="The account at the broker. Each program needs its own, such as viewer.",
        ),
    ] = "",
    password_file: Annotated[
        str,
        typer.Option(
            envvar="KIOSK_FLEET_PASSWORD_FILE",
            help="The file with the password. Or put the password into KIOSK_FLEET_PASSWORD.",
        ),
    ] = "",
    ca: Annotated[
        str,
        typer.Option(envvar="KIOSK_FLEET_CA", help="The file of the broker's own authority."),
    ] = "",
    shop: Annotated[str, typer.Option(help="Only the counters of this shop.")] = "",
) -> None:
    """All counters of a chain, through their broker."""
    context.obj = AccountOptions(settings, broker, user, password_file, ca, shop)


@fleet.command("list")
def list_counters(context: typer.Context, as_json: JsonOption = False) -> None:
    """List all counters: state, last sale, version and problems. Exit 1: one is not well."""
    _work("chain_list").list_counters(context.obj, as_json)


@fleet.command()
def watch(context: typer.Context, seconds: SecondsOption = math.inf) -> None:
    """Show all counters live. Exit 1: one is not well at the end.

    Without a terminal, it prints what changes, line by line.
    """
    _work("chain_watch").watch_counters(context.obj, seconds)


@fleet.command()
def show(context: typer.Context, counter: CounterArgument, as_json: JsonOption = False) -> None:
    """Show all that is known of a counter. Exit 1: it is not well, or it is not known."""
    _work("chain_list").show_counter(context.obj, counter, as_json)


@fleet.command()
def ask(
    context: typer.Context,
    counter: CounterArgument,
    question: Annotated[CounterQuestion, typer.Argument(help="What to ask.")],
    as_json: JsonOption = False,
) -> None:
    """Ask a counter for its status, its last sale, or what its doctor finds.

    Exit 1: it does not answer, or the doctor found something bad.
    """
    _work("chain_ask").ask_counter(context.obj, counter, question, as_json)


@fleet.command()
def sales(
    context: typer.Context,
    day: Annotated[
        datetime,
        typer.Option(formats=["%Y-%m-%d"], help="The day, in the time zone of each kiosk."),
    ],
    as_json: JsonOption = False,
) -> None:
    """Write the sales of a day at all counters as CSV. Exit 1: a counter did not answer.

    The counters are asked for what their journals have, so sales from before this program ran are
    there, too.
    """
    _work("chain_ask").chain_sales(context.obj, day, as_json)


@fleet.command()
def add(
    context: typer.Context,
    shop: Annotated[str, typer.Argument(help="Up to 32 letters, digits, - and _.")],
    kiosk: Annotated[str, typer.Argument(help="Its kiosk.name, another one for each in a shop.")],
    as_json: JsonOption = False,
) -> None:
    """Print what to do so that a new kiosk can connect, with a new password for it.

    Nothing is changed, and the password is kept nowhere: run it again for another one.
    """
    _work("chain_add").add_kiosk(context.obj, shop, kiosk, as_json)


@fleet.command()
def serve(
    context: typer.Context,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="The port of the page; 0 takes any.")
    ] = 8802,
) -> None:
    """Show all counters on a page, for browsers on this computer only.

    The page is for a screen on the wall. It changes nothing, and is new every few seconds.
    """
    from kiosk.cli.extra import needs_extra

    with needs_extra("relay"):
        from kiosk.cli.chain import chain_serve as work
    work.serve_counters(context.obj, port)


@fleet.command()
def remove(context: typer.Context, counter: CounterArgument) -> None:
    """Remove a counter that is retired, or has another name now, from the broker.

    It must not be connected. The account needs more rights than the viewer's: see manager in
    config/fleet/acl. Sales and journals are not changed.
    """
    _work("chain_remove").remove_counter(context.obj, counter)


@fleet.command()
def rollout(
    context: typer.Context,
    version: Annotated[str, typer.Argument(help="The version of the update, such as 1.5.0.")],
    share: Annotated[
        int, typer.Option(min=0, max=100, help="For how many of 100 counters it is now.")
    ],
    away: Annotated[
        int,
        typer.Option(
            min=0, help="How many counters may be away, so that their version is unknown."
        ),
    ] = 0,
    as_json: JsonOption = False,
) -> None:
    """Say whether more counters may take an update. Exit 1: not yet, and why.

    All counters of the share must have the version and be well, and none may have failed to take
    it. Ask before you make a bundle with a larger share.
    """
    _work("chain_rollout").judge_rollout(context.obj, version, share, away, as_json)


@app.command()
def relay(
    config: Annotated[
        Path,
        typer.Option("--config", "-c", help="The relay's own configuration file.", readable=False),
    ] = Path("/etc/kiosk/relay.yaml"),
    check: Annotated[
        bool, typer.Option("--check", help="Only say what is wrong with the file, and exit.")
    ] = False,
) -> None:
    """Take the notices of Mercado Pago on a server of the shop, and hint at the counters.

    A counter then sees a payment about a second later, and asks the service less often. Nothing is
    stored, so several copies can run at the same time.
    """
    from kiosk.cli.extra import needs_extra

    with needs_extra("relay"):
        from kiosk.cli import relay as work
    work.relay(config, check)
