"""What is doubtful about a counter, though it can sell: for people. The daemon does not ask."""

from __future__ import annotations

import glob
from collections.abc import Iterator, Mapping
from pathlib import Path

from kiosk.base.errors import ConfigError
from kiosk.base.language import _
from kiosk.base.money import CURRENCIES
from kiosk.config.clashes import doubtful_lines
from kiosk.config.sections import Config
from kiosk.config.yaml_tree import Document
from kiosk.display.chips.known_panels import SLOW
from kiosk.display.screens.canvas import Canvas
from kiosk.display.screens.legibility import LONGEST_TEXT, Legibility, assess, assess_amount
from kiosk.display.screens.logo import LogoUnreadable, read_logo
from kiosk.orders.answers import emvco

_TO_READ = 5.0  # seconds that a result must be visible
_ANY_PITCH = 1.0  # millimetres; whether a QR fits does not depend on it


def warnings_about(
    config: Config, document: Document, environ: Mapping[str, str] | None
) -> Iterator[str]:
    """Yield a sentence for each doubt that the file alone raises.

    With ``environ``, also for a token or a password that this computer does not have.
    """
    if environ is not None:
        yield from _missing_secrets(config, environ)
    yield from _odd_printed_qr(config)
    yield from _check_logo(config)
    yield from _check_pace(config)
    yield from doubtful_lines(document, Config)


def _missing_secrets(config: Config, environ: Mapping[str, str]) -> Iterator[str]:
    token, fleet = config.orders.token, config.fleet
    try:
        token.read(environ)
    except ConfigError as error:
        if not token.is_there(environ):  # else it is a fault
            yield str(error)
    try:
        if fleet:
            fleet.password.read(environ)  # the counter sells without a broker
    except ConfigError as error:
        yield str(error)


def _odd_printed_qr(config: Config) -> Iterator[str]:
    text = config.display.printed_qr
    try:
        for oddity in emvco.check(text) if text else ():
            yield f"display.printed_qr: {oddity}"
    except emvco.BrokenQr:
        return  # it is a fault


def _check_logo(config: Config) -> Iterator[str]:
    try:
        if config.display.logo:
            read_logo(config.display.logo)
    except LogoUnreadable as error:
        yield f"display.logo: {error}"


def _check_pace(config: Config) -> Iterator[str]:
    """Yield what follows from a panel that needs many seconds for a picture."""
    takes, shown_for = config.display.refresh_takes, config.sale.result_shown_for
    if takes <= SLOW:
        return
    yield _(
        "display: this panel needs about {takes:g} s for each picture, so payers see the QR "
        "and the result that much later; a black-and-white panel is faster",
        takes=takes,
    )
    if shown_for < takes + _TO_READ:
        yield _(
            "sale.result_shown_for: this panel needs {takes:g} s to show a result; write "
            "{enough:g} s or more",
            takes=takes,
            enough=takes + _TO_READ,
        )


def legibility(config: Config) -> Legibility | None:
    """Return how far phones read the panel's QRs; None if it shows no QR or its size is unknown.

    A QR or an amount that needs more pixels than there are is found without the size, too.
    """
    panel = config.display
    text = LONGEST_TEXT if config.orders.needs_qr else panel.printed_qr
    if not text:
        return assess_amount(Canvas.of(panel, config.kiosk.language), config.kiosk.currency)
    sign = CURRENCIES[config.kiosk.currency].symbol
    found = assess(panel.pixels, panel.pitch or _ANY_PITCH, text, sign)
    return found if panel.pitch or not found.symbol else None


def check_devices(config: Config) -> Iterator[str]:
    """Yield a sentence for each device that is not there, and for a voice's faults."""
    for each in config.inputs:
        for key in ("port", "device"):
            path = getattr(each, key, None)
            if isinstance(path, str) and path.startswith("/dev/") and not _is_there(path):
                yield _(
                    "inputs.{name}.{key}: {path} is not there; plug it in, or correct {key}",
                    name=each.name,
                    key=key,
                    path=path,
                )
            elif isinstance(path, str) and path.startswith("/") and _is_other(path):
                yield _(
                    "inputs.{name}.{key}: {path} is not a device; write a device file, such as "
                    "/dev/ttyUSB0",
                    name=each.name,
                    key=key,
                    path=path,
                )
    kiosk = config.kiosk
    for fault in config.signals.voice_faults(kiosk.language, CURRENCIES[kiosk.currency]):
        yield f"signals.voice: {fault}"


def _is_other(path: str) -> bool:
    """Return whether there is a folder or a plain file, not a device."""
    return Path(path).is_dir() or Path(path).is_file()


def _is_there(path: str) -> bool:
    """Return whether the device is there; a * in its name stands for any text."""
    return bool(glob.glob(path)) if "*" in path else Path(path).exists()
