"""Checks of several settings together: the printed code, and the buttons for a voice."""

from __future__ import annotations

from collections.abc import Iterator

from kiosk.base.language import _
from kiosk.config.fault import ConfigFault
from kiosk.config.sections import Config
from kiosk.config.yaml_tree import Document
from kiosk.orders.answers import emvco


def check_printed_code(config: Config, document: Document) -> Iterator[ConfigFault]:
    """Yield a fault if the printed code is broken, or the panel needs one that has no orders."""
    text = config.display.printed_qr
    try:
        if text:
            emvco.check(text)
    except emvco.BrokenQr as broken:
        place = document.place(("display", "printed_qr"))
        message = _("{broken}; copy the complete qr_code of the point of sale", broken=broken)
        yield ConfigFault(place, "display.printed_qr", message)
    yield from _check_fallback(config, document)


def _check_fallback(config: Config, document: Document) -> Iterator[ConfigFault]:
    """Yield a fault if the panel falls back on the printed code, but that code has no orders."""
    printed = config.display.qr_too_large == "printed_code"
    if printed and getattr(config.orders, "mode", "") not in ("hybrid", "static"):
        place = document.place(("display", "qr_too_large"))
        message = _(
            "these orders can't be paid with the printed code; write out_of_service, or set "
            "orders.mode: hybrid"
        )
        yield ConfigFault(place, "display.qr_too_large", message)


def check_last_buttons(config: Config, document: Document) -> Iterator[ConfigFault]:
    """Yield a fault for each button that repeats the last result where no voice can say it."""
    for number, entry in enumerate(config.inputs):
        if getattr(entry, "presses", "") == "last" and not config.signals.voice:
            place = document.place(("inputs", number, "presses"))
            message = _("no voice can say the last result; write signals: {voice: {}} too")
            yield ConfigFault(place, f"inputs.{entry.name}.presses", message)
