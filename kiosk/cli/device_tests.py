"""``kiosk test DEVICE``: tries one device of the counter, with somebody in front of it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import typer

from kiosk.base.language import _
from kiosk.base.money import CURRENCIES, Money
from kiosk.cli.common import fail, load_or_exit
from kiosk.cli.voice import say_to_pay

# Words that are right in one language only: "veintiún mil", "vinte e um mil e cem". A voice in the
# wrong language is heard at once.
SAMPLE = Decimal(21_100)


def voice(config: Path) -> None:
    """Perform ``kiosk test voice``."""
    settings = load_or_exit(config)
    if not settings.signals.voice:
        fail(
            _("this kiosk has no voice; write signals: {voice: {}} into its configuration"), code=2
        )
    spoken = settings.signals.voice
    source = _("the words in {words}", words=spoken.words) if spoken.words else "espeak-ng"
    typer.echo(_("the sound device {device}, with {source}:", device=spoken.device, source=source))
    say_to_pay(settings, Money(SAMPLE, CURRENCIES[settings.kiosk.currency]))
    typer.echo(
        _("did you hear it? If not, look at the volume: alsamixer; then at the device: aplay -L")
    )
