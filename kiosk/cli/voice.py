"""``kiosk voice``: the words to record, and a try of an amount."""

from __future__ import annotations

from pathlib import Path

import anyio
import typer

from kiosk.base.environment import Environment
from kiosk.base.errors import BadReading, DeviceGone
from kiosk.base.language import _
from kiosk.base.money import CURRENCIES, Money, NumberFormat
from kiosk.cli.common import fail, load_or_exit
from kiosk.config import Config
from kiosk.sale.words import Screen
from kiosk.signals.voice.sentences import Sentence, file_name, sentence, vocabulary, written
from kiosk.signals.voice.settings import BEST_FORMAT, VoiceSettings


def voice(config: Path, words: bool, say: str) -> None:
    """Perform ``kiosk voice``."""
    if words == bool(say):
        fail(_("write either --list, or --say with an amount, as in --say 12.50"), code=2)
    settings = load_or_exit(config)
    if words:
        _print_words(settings)
    else:
        _say_to_pay(settings, _amount(settings, say))


def _print_words(settings: Config) -> None:
    for word in vocabulary(settings.kiosk.language, CURRENCIES[settings.kiosk.currency]):
        typer.echo(f"{file_name(word)}\t{word}")
    typer.echo(
        _(
            "Record each as a WAV file, all in one format (best: {best_format}). Then write "
            "their folder into signals.voice.words, and run kiosk check.",
            best_format=_(BEST_FORMAT),
        ),
        err=True,
    )


def _amount(settings: Config, text: str) -> Money:
    try:
        return NumberFormat(decimal=".").parse(text, CURRENCIES[settings.kiosk.currency])
    except BadReading as bad:
        fail(_("{text}: {bad}; write an amount such as 12.50", text=text, bad=bad), code=2)


def _say_to_pay(settings: Config, amount: Money) -> None:
    said = to_pay(settings, amount)
    typer.echo(written(said))
    try:
        speak(settings, said)
    except DeviceGone as gone:
        fail(f"signals.voice: {gone}")


def to_pay(settings: Config, amount: Money) -> Sentence:
    """Return an amount as it is said with the QR: nobody may take this for a payment."""
    return sentence(settings.kiosk.language, Screen.SCAN_ME, amount)


def speak(settings: Config, said: Sentence) -> None:
    """Say it on the counter's sound device. Raises DeviceGone."""
    anyio.run(_speak, settings, said)


async def _speak(settings: Config, said: Sentence) -> None:
    spoken = settings.signals.voice or VoiceSettings()
    signals = settings.signals.model_copy(update={"voice": spoken})
    currency = CURRENCIES[settings.kiosk.currency]
    speaker = signals.speaker(settings.kiosk.language, currency, Environment())
    await speaker.check()
    await speaker.say(said)
