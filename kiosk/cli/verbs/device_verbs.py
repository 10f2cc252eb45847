"""The verbs that try the devices of a counter."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated

import typer

from kiosk.cli.verbs.shared_options import (
    DEFAULT_CONFIG,
    GROUP_CONTEXT,
    ConfigOption,
    InputOption,
    JsonOption,
    SecondsOption,
)

WaitOption = Annotated[
    float, typer.Option("--for", min=1, help="Wait for this many seconds at most.")
]

app = typer.Typer(rich_markup_mode=None)
devices = typer.Typer(
    help="Try a device of the counter, with somebody in front of it.",
    no_args_is_help=True,
    context_settings=GROUP_CONTEXT,
)
app.add_typer(devices, name="test")


@app.command()
def identify(
    port: Annotated[
        list[str] | None,
        typer.Option(help="Listen to this serial port only. Can be repeated."),
    ] = None,
    seconds: SecondsOption = math.inf,
) -> None:
    """Find out which device is which. Stop the kiosk first. Exit 1: no device sent anything.

    Press a key, scan a code, ring up a total on the register, or plug a device in. If the data of a
    serial port is not readable, the command tries the next speed; so send the same a few times.
    """
    from kiosk.cli import identify as work

    work.identify(port, seconds)


@app.command()
def record(
    file: Annotated[Path, typer.Argument(help="The file to write: JSON lines.")],
    config: ConfigOption = DEFAULT_CONFIG,
    name: InputOption = "",
    seconds: SecondsOption = math.inf,
) -> None:
    """Record what the device of an input sends, with times. Stop the kiosk first.

    The device gets its usual answers, but nothing is sold. The file holds everything that was sent,
    including confidential data.
    """
    from kiosk.cli import record as work

    work.record(file, config, name, seconds)


@app.command()
def replay(
    file: Annotated[Path, typer.Argument(help="A file that kiosk record wrote.")],
    config: ConfigOption = DEFAULT_CONFIG,
    name: InputOption = "",
    as_json: JsonOption = False,
) -> None:
    """Print what an input of the configuration reads in a recording. Exit 1: nothing accepted."""
    from kiosk.cli import replay as work

    work.replay(file, config, name, as_json)


@app.command()
def voice(
    config: ConfigOption = DEFAULT_CONFIG,
    words: Annotated[
        bool, typer.Option("--list", help="Print each word to record, and its file name.")
    ] = False,
    say: Annotated[
        str, typer.Option("--say", metavar="AMOUNT", help="Say this amount, such as 12.50.")
    ] = "",
) -> None:
    """List the words to record for signals.voice.words, or say an amount.

    Language, currency and sound device come from the configuration.
    """
    from kiosk.cli import voice as work

    work.voice(config, words, say)


OutputOption = Annotated[
    Path, typer.Option("--output", "-o", help="The file to write: NAME.pdf or NAME.svg.")
]


@app.command()
def card(
    output: OutputOption,
    currency: Annotated[
        str, typer.Option(help="The currency: ARS, BRL, CLP or UYU. Default: that of the language.")
    ] = "",
) -> None:
    """Draw a page to print: test codes for scanners, QRs for phones, amounts for people.

    Print it at 100 %. The codes are harmless: no counter sells by them, unless it has the test key.
    """
    from kiosk.cli import card as work

    work.card(output, currency)


@app.command()
def template(
    output: OutputOption,
    file: Annotated[
        Path | None,
        typer.Argument(help=f"The configuration file. Default: {DEFAULT_CONFIG}", readable=False),
    ] = None,
    panel: Annotated[
        str, typer.Option(help="Name of the panel, in place of the configuration's.")
    ] = "",
) -> None:
    """Draw where to cut the case for the panel, in true size, with its picture in the window.

    Print it at 100 %. Exit 1: the panel is larger than A4.
    """
    from kiosk.cli import template as work

    work.template(file, panel, output)


@devices.command()
def display(config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """Show a test picture on the panel, and ask what is to be seen. Stop the kiosk first.

    Exit 1: the panel can't be opened, or something on it is wrong.
    """
    from kiosk.cli import device_tests as work

    work.try_one(config, "display", as_json=as_json)


@devices.command("voice")
def say_sample(config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """Say an amount on the sound device, and ask whether it was heard.

    Exit 1: it can't be said, or it was not heard.
    """
    from kiosk.cli import device_tests as work

    work.try_one(config, "voice", as_json=as_json)


@devices.command()
def lights(config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """Light one lamp after the other, and ask about each. Stop the kiosk first.

    Exit 1: the lamps can't be opened, or one of them is wrong.
    """
    from kiosk.cli import device_tests as work

    work.try_one(config, "lights", as_json=as_json)


@devices.command()
def buzzer(config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """Sound the buzzer until you answer. Stop the kiosk first.

    Exit 1: the buzzer can't be opened, or it is wrong.
    """
    from kiosk.cli import device_tests as work

    work.try_one(config, "buzzer", as_json=as_json)


@devices.command()
def scanner(
    config: ConfigOption = DEFAULT_CONFIG,
    name: InputOption = "",
    seconds: WaitOption = 30.0,
    as_json: JsonOption = False,
) -> None:
    """Wait for a code of a scanner, and ask whether it was read well. Stop the kiosk first.

    Nothing is sold. Exit 1: nothing came, or it is wrong.
    """
    from kiosk.cli import device_tests as work

    work.try_one(config, "scanner", name=name, seconds=seconds, as_json=as_json)


@devices.command()
def register(
    config: ConfigOption = DEFAULT_CONFIG,
    name: InputOption = "",
    seconds: WaitOption = 60.0,
    as_json: JsonOption = False,
) -> None:
    """Wait for a total of a register, and ask whether it was read well. Stop the kiosk first.

    Nothing is sold. Exit 1: nothing came, or it is wrong.
    """
    from kiosk.cli import device_tests as work

    work.try_one(config, "register", name=name, seconds=seconds, as_json=as_json)


@devices.command("all")
def all_devices(
    config: ConfigOption = DEFAULT_CONFIG, seconds: WaitOption = 60.0, as_json: JsonOption = False
) -> None:
    """Test each configured device, one after the other. Stop the kiosk first.

    Exit 1: one of them is bad.
    """
    from kiosk.cli import device_tests as work

    work.try_all(config, seconds, as_json)
