"""Checks of several settings together: panel and QRs, and the files that scanners need."""

from __future__ import annotations

import glob
from collections.abc import Iterator
from pathlib import Path

from kiosk.base.language import _
from kiosk.base.money import CURRENCIES
from kiosk.config.fault import ConfigFault
from kiosk.config.sections import Config
from kiosk.config.yaml_tree import Document
from kiosk.display.chips.known_panels import SLOW
from kiosk.display.screens.canvas import Canvas
from kiosk.display.screens.legibility import LONGEST_TEXT, Legibility, assess, assess_amount
from kiosk.display.screens.logo import LogoUnreadable, read_logo
from kiosk.orders.answers import emvco

_TO_READ = 5.0  # seconds that a result must be visible
_ANY_PITCH = 1.0  # millimetres; whether a QR fits does not depend on it


def check_panel(config: Config, document: Document) -> tuple[list[ConfigFault], list[str]]:
    """Return faults and warnings about the printed code, the logo, and a slow panel."""
    faults, warnings = _check_printed_qr(config, document)
    warnings = [*warnings, *_check_logo(config), *_check_pace(config)]
    return [*faults, *_check_fallback(config, document)], warnings


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


def _check_printed_qr(config: Config, document: Document) -> tuple[list[ConfigFault], list[str]]:
    text, key = config.display.printed_qr, "display.printed_qr"
    try:
        oddities = emvco.check(text) if text else ()
    except emvco.BrokenQr as broken:
        place = document.place(("display", "printed_qr"))
        return [
            ConfigFault(
                place,
                key,
                _("{broken}; copy the complete qr_code of the point of sale", broken=broken),
            )
        ], []
    return [], [f"{key}: {oddity}" for oddity in oddities]


def _check_fallback(config: Config, document: Document) -> list[ConfigFault]:
    """Return a fault if the panel falls back on the printed code, but that code has no orders."""
    printed = config.display.qr_too_large == "printed_code"
    if not printed or getattr(config.orders, "mode", "") in ("hybrid", "static"):
        return []
    place = document.place(("display", "qr_too_large"))
    message = _(
        "these orders can't be paid with the printed code; write out_of_service, or set "
        "orders.mode: hybrid"
    )
    return [ConfigFault(place, "display.qr_too_large", message)]


def _check_logo(config: Config) -> list[str]:
    try:
        if config.display.logo:
            read_logo(config.display.logo)
    except LogoUnreadable as error:
        return [f"display.logo: {error}"]
    return []


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


def check_last_buttons(config: Config, document: Document) -> Iterator[ConfigFault]:
    """Yield a fault for each button that repeats the last result where no voice can say it."""
    for number, entry in enumerate(config.inputs):
        if getattr(entry, "presses", "") == "last" and not config.signals.voice:
            place = document.place(("inputs", number, "presses"))
            message = _("no voice can say the last result; write signals: {voice: {}} too")
            yield ConfigFault(place, f"inputs.{entry.name}.presses", message)


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
