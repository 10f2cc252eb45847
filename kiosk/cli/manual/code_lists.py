"""The codes that the counter shows: why it can't sell, and its signals, as Markdown."""

from __future__ import annotations

import math
from collections.abc import Iterator

from kiosk.base.language import _, mark
from kiosk.display.screens.texts import LANGUAGES
from kiosk.sale.words import Fault, Screen
from kiosk.service.status_file import REASONS
from kiosk.signals.patterns import PATTERNS, PatternStep, SignalPattern

_CURES = {
    Fault.NETWORK: mark(
        "Look at the network cable or the Wi-Fi. Then run `sudo kiosk doctor`: it says which step "
        "fails (name, connection, clock, certificate, answer). The kiosk sells again by itself as "
        "soon as the service answers."
    ),
    Fault.TOKEN: mark(
        "The token has expired, was revoked, or belongs to another account. Copy the token of your "
        "application at Mercado Pago again, run `sudo kiosk setup`, then "
        "`sudo systemctl restart kiosk`."
    ),
    Fault.SETUP: mark(
        "Run `sudo kiosk doctor`, and `journalctl -u kiosk -n 50`: the log names the setting. Most "
        "often it is `orders.external_pos_id`: `sudo kiosk pos list` lists the points of sale."
    ),
    Fault.NO_QR: mark(
        "Look at `orders.mode`: with `static`, payers scan the printed code, and the panel has "
        "no QR. Run `sudo kiosk doctor --api`."
    ),
    Fault.NOT_PAYABLE: mark(
        "Run `journalctl -u kiosk -n 50`: the log has the status of the order. The next sale tries "
        "it again. If the panel still shows this code, run `sudo kiosk doctor --api`."
    ),
    Fault.CURRENCY: mark(
        "Set `kiosk.currency` to the currency of the account's country: ARS, BRL, CLP or UYU. Then "
        "run `sudo systemctl reload kiosk`."
    ),
    Fault.PANEL: mark(
        "Nobody can see the QR, so nothing is sold. Switch the power off, look at the panel's "
        "cable, and switch it on again. Then stop the kiosk and run `sudo kiosk test display`."
    ),
    Fault.JOURNAL: mark(
        "The record of the sales can't be written: the disk is full, read-only or broken. Run "
        "`sudo kiosk doctor`: it says which."
    ),
    Fault.START: mark(
        "The kiosk failed to start five times. It is tried again every three minutes. Run "
        "`sudo kiosk check` and `journalctl -u kiosk -n 50`."
    ),
}
_MEANINGS = {
    Screen.IDLE: mark("There is no sale."),
    Screen.WORKING: mark("A total was read, and the order is created."),
    Screen.SCAN_ME: mark("The payer can scan the QR."),
    Screen.PAID: mark("Mercado Pago says that the sale is paid."),
    Screen.CANCELED: mark("The sale was canceled. Nothing was charged."),
    Screen.EXPIRED: mark("Nobody paid in time. Nothing was charged."),
    Screen.REFUSED: mark("Mercado Pago did not accept the sale. Nothing was charged."),
    Screen.CHECKING: mark("It is not known yet whether the sale is paid. Do not pay again."),
    Screen.OUT_OF_SERVICE: mark("The counter can't sell. The panel shows the reason code."),
    Screen.REJECTED_INPUT: mark("A reading was not a valid total or code. Key or scan it again."),
}


def reason_codes() -> str:
    """List why a counter can't sell: what the panel shows, what it means, what to do."""
    return "\n".join(line for fault in Fault for line in _reason(fault))


def _reason(fault: Fault) -> Iterator[str]:
    on_panel = [LANGUAGES[word].faults[fault] for word in ("es", "pt", "en")]
    anchor = fault.replace("_", "-")
    yield f"(code-{anchor})=\n## {fault}\n"
    yield _("On the panel: {words}.", words=", ".join(f"“{word}”" for word in on_panel)) + "\n"
    yield _("It means: {meaning}.", meaning=_(REASONS[fault])) + "\n"
    yield _(_CURES[fault]) + "\n"
    yield "[" + _("If that does not help") + f"](#cure-{anchor})\n"


def signals() -> str:
    """List the signals: what each means, its light and its sound."""
    return "\n".join(line for screen in PATTERNS for line in _signal(screen))


def _signal(screen: Screen) -> Iterator[str]:
    yield f"(signal-{screen.replace('_', '-')})=\n## {screen}\n"
    yield _(_MEANINGS[screen]) + "\n"
    yield from _pattern(PATTERNS[screen])
    yield ""


def _pattern(pattern: SignalPattern) -> Iterator[str]:
    if pattern.once:
        yield "- " + _("Once: {steps}.", steps=_steps(pattern.once))
    if pattern.repeat:
        yield "- " + _("Then, until the next signal: {steps}.", steps=_steps(pattern.repeat))


def _steps(steps: tuple[PatternStep, ...]) -> str:
    shown = [_step(each) for each in steps]
    return ", ".join(shown[:8]) + (", …" if len(shown) > 8 else "")


def _step(step: PatternStep) -> str:
    lit = [_lamp(lamp, level) for lamp, level in step.lights.items() if level]
    parts = [" + ".join(lit) or _("dark"), *([f"{step.hertz:.0f} Hz"] if step.hertz else [])]
    length = _("steady") if math.isinf(step.seconds) else f"{step.seconds:g} s"
    return f"{' '.join(parts)} ({length})"


def _lamp(lamp: str, level: float) -> str:
    return _(lamp) if level == 1 else f"{_(lamp)} {level:.0%}"
