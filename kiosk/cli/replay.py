"""``kiosk replay``: what an input of the configuration reads in a recording, without the device."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import typer

from kiosk.base.errors import ConfigError
from kiosk.base.language import _, mark, system_reason
from kiosk.base.localized_text import english
from kiosk.base.money import CURRENCIES
from kiosk.cli.common import fail, load_or_exit
from kiosk.config import Config
from kiosk.inputs import InputSettings
from kiosk.inputs.scanner.scan_decoder import SignedAmountRead
from kiosk.inputs.tools.playback import replay as replay_recording
from kiosk.inputs.tools.recording import BadRecording, read_pieces
from kiosk.inputs.transport.stream_input import ProtocolAnswer
from kiosk.sale.events import (
    AmountRead,
    Event,
    ItemScanned,
    ReadingBegan,
    ReadingRejected,
    ReadingUnread,
)


def replay(file: Path, config: Path, name: str, as_json: bool) -> None:
    """Perform ``kiosk replay``."""
    settings = load_or_exit(config)
    chosen = chosen_input(settings, name)
    readings = 0
    try:
        with file.open(encoding="utf-8") as lines:
            for at, reading in replay_recording(
                read_pieces(lines), chosen, CURRENCIES[settings.kiosk.currency]
            ):
                if not isinstance(reading, ReadingBegan):
                    readings += not isinstance(
                        reading, ProtocolAnswer | ReadingRejected | ReadingUnread
                    )
                    typer.echo(_json(at, reading) if as_json else f"{at:9.3f}  {describe(reading)}")
    except ConfigError as fault:
        fail(_("the price list can't be used: {fault}", fault=fault), code=2)
    except BadRecording as fault:
        fail(f"{file}: {fault}", code=2)
    except (OSError, UnicodeDecodeError) as fault:
        reason = system_reason(fault) if isinstance(fault, OSError) else _("it is not text")
        fail(_("{path} can't be read ({reason}); check its name", path=file, reason=reason), code=2)
    raise typer.Exit(0 if readings else 1)


def chosen_input(settings: Config, name: str) -> InputSettings:
    """Return the input with this name, or the only one."""
    names = [entry.name for entry in settings.inputs]
    found = [entry for entry in settings.inputs if name in ("", entry.name)]
    if len(found) != 1:
        fail(_("which input? Add --input and one of: {names}", names=", ".join(names)), code=2)
    return found[0]


def describe(
    reading: Event | ProtocolAnswer | SignedAmountRead, say: Callable[..., str] = _
) -> str:
    """Return the reading in words; ``say`` says them in a language."""
    match reading:
        case AmountRead(amount):
            return say(mark("amount {amount}"), amount=amount)
        case ItemScanned(item):
            title, count, price = item.title, item.quantity, item.price
            return say(
                mark("item {title}: {count} × {price}"), title=title, count=count, price=price
            )
        case ReadingRejected(reason):
            return say(mark("rejected: {reason}"), reason=reason)
        case ReadingUnread(reason, _unused, text):
            return say(mark("unread: {reason}"), reason=reason) + (f" ({text})" if text else "")
        case SignedAmountRead(signed):
            return say(mark("signed amount {amount}"), amount=signed.amount)
        case ProtocolAnswer(data):
            return say(mark("answered {bytes}"), bytes=data.hex(" "))
        case event:
            return type(event).__name__


def _json(at: float, reading: Event | ProtocolAnswer | SignedAmountRead) -> str:
    return json.dumps({"at": round(at, 4), "said": describe(reading, english)})
