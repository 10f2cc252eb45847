"""The settings of the voice."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from kiosk.base.language import mark
from kiosk.base.permissions import SOUND, SOUND_AT_LOW_PRIORITY, Permissions
from kiosk.base.settings import Settings, YesNo
from kiosk.sale.words import Screen

BEST_FORMAT = mark("mono, 16 bits, 22050 Hz")
LONGEST = 5.0  # seconds of one recording

Said = Literal["paid", "canceled", "expired", "refused", "refunded", "held", "checking"]


class VoiceSettings(Settings):
    """A voice that says how a sale ended and its amount, in the language of the panel."""

    device: str = Field(
        "default",
        pattern=r"^[^\s-]\S{0,99}$",
        examples=["plughw:CARD=Device"],
        description=(
            "The sound device, by its ALSA name: aplay -L lists them. plughw:CARD=NAME is a card, "
            "whatever else is plugged in."
        ),
    )
    words: Path | None = Field(
        None,
        description=(
            "A folder of recorded words: kiosk voice --list prints the name of each file. "
            f"All are WAV files in one format (best: {BEST_FORMAT}), and at most {LONGEST:.0f} s "
            "long. Without it, espeak-ng speaks."
        ),
    )
    says: tuple[Said, ...] = Field(
        ("paid", "canceled", "expired", "refused", "refunded", "held", "checking"),
        description="What is said, always with the amount.",
    )
    scan_me: YesNo = Field(
        False, description="yes: the amount is also said with the QR, for payers who do not see."
    )

    @property
    def screens(self) -> frozenset[Screen]:
        """What is said unasked."""
        scan_me = {Screen.SCAN_ME} if self.scan_me else set()
        return frozenset({Screen(word) for word in self.says} | scan_me)

    def permissions(self) -> Permissions:
        """Return the permissions that it needs."""
        return SOUND if self.words else SOUND_AT_LOW_PRIORITY
