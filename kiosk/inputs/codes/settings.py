"""The section ``codes:`` of a scanner: which codes it may read."""

from __future__ import annotations

import stat
from itertools import combinations
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, field_validator, model_validator

from kiosk.base.errors import ConfigError
from kiosk.base.language import _, system_reason
from kiosk.base.money import Currency
from kiosk.base.settings import NumberSettings, Settings, YesNo
from kiosk.inputs.codes.catalogue import CatalogueFormat
from kiosk.inputs.codes.check_digits import has_valid_check_digit
from kiosk.inputs.codes.labels import LabelPattern, LabelValue
from kiosk.inputs.common.limits import LimitSettings


class LabelSettings(Settings):
    """One layout of the labels that the shop's scale prints."""

    pattern: str = Field(
        max_length=32,
        description=(
            "The digits of the label, without the last check digit. 20.....{NNNDD} means: the "
            "start 20, five digits of the item, and a value with two decimals. V means: the check "
            "digit of the price."
        ),
    )
    holds: Literal["price", "weight", "count"] = Field(
        "price",
        description=(
            "What the value is. For weight (in kg) and count, the item must be in the catalogue."
        ),
    )

    @field_validator("pattern")
    @classmethod
    def _is_a_pattern(cls, text: str) -> str:
        LabelPattern(text, LabelValue.PRICE)
        return text

    def label_pattern(self) -> LabelPattern:
        """Return the pattern that the code reader uses."""
        return LabelPattern(self.pattern, LabelValue(self.holds))


def _encoding(name: str) -> str:
    try:
        "a".encode(name).decode(name)  # there are codecs that are not for text
    except (LookupError, UnicodeError, TypeError):
        raise ValueError(
            _(
                "{name!r} is not a valid encoding; write utf-8, cp1252 or the encoding of the file",
                name=name,
            )
        ) from None
    return name


class CatalogueSettings(Settings):
    """The shop's price list: a CSV file."""

    file: Path = Field(
        description=(
            "The CSV file. Below a title, if any, a line names the columns: code, title, price, "
            "and optionally unit (kg; empty for pieces) and category; or código, producto, "
            "precio, unidad, rubro. "
            "A row with a fault is refused, and the others are sold. The kiosk reads the file "
            "again when it changes."
        )
    )
    number: NumberSettings = Field(
        description="How the prices are written in the file; the kiosk never guesses it."
    )
    delimiter: str = Field(
        ",",
        pattern=r"""^[^A-Za-z0-9"'\r\n]$""",
        description=(
            "The character between two fields: , or ; (if a file begins with sep=; that is used). "
            "With a comma here and in the prices, the file must have quotation marks around them."
        ),
    )
    encoding: Annotated[str, AfterValidator(_encoding)] = Field(
        "utf-8",
        description=(
            "The encoding of the file: utf-8; old programs often write cp1252. Not for a file that "
            "states it by a byte order mark, as spreadsheets do for UTF-16."
        ),
    )
    last_good: Path | None = Field(
        None,
        description=(
            "Where the kiosk keeps the last list that it could sell from, for a restart while the "
            "file is missing or wrong. Default: beside the journal."
        ),
    )

    def file_format(self, currency: Currency) -> CatalogueFormat:
        """Return how the file is written."""
        return CatalogueFormat(self.number.format(), currency, self.delimiter, self.encoding)


class SignedSettings(Settings):
    """Amounts in codes that only the shop's own software can print; each is valid for one sale."""

    key_file: Path = Field(
        description="The file with the secret, of 16 bytes or more. Only the service may read it."
    )
    used_file: Path = Field(
        description="The file where the kiosk records which were used; it must survive a restart."
    )

    def key(self) -> bytes:
        """Return the secret. Raises ConfigError."""
        try:
            if self.key_file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise ConfigError(
                    _(
                        "{key_file}: other users can read it; set its mode to 600",
                        key_file=self.key_file,
                    )
                )
            key = self.key_file.read_bytes().strip()
        except OSError as fault:
            raise ConfigError(
                _(
                    "{key_file}: it can't be read ({reason}); check the path and the permissions",
                    key_file=self.key_file,
                    reason=system_reason(fault),
                )
            ) from fault
        if len(key) < 16:
            raise ConfigError(
                _(
                    "{key_file}: the secret is shorter than 16 bytes; make a new one",
                    key_file=self.key_file,
                )
            )
        return key


class CodesSettings(LimitSettings):
    """Which codes this scanner may read. All other codes are refused."""

    labels: tuple[LabelSettings, ...] = Field(
        (), description="The labels of the shop's scales: a list with one entry for each layout."
    )
    catalogue: CatalogueSettings | None = Field(
        None, description="The shop's price list, for codes that do not contain a price."
    )
    gs1: Literal["identified", "assumed", "off"] = Field(
        "identified",
        description=(
            "GS1 codes that contain prices. identified: the scanner must send AIM identifiers or "
            "separators. assumed: every long number is read as GS1. off: they are refused."
        ),
    )
    gln: str = Field(
        "",
        pattern="^([0-9]{13})?$",
        description="The shop's own GS1 number (GLN). Payment slips with it are accepted.",
    )
    control: YesNo = Field(
        False,
        description=(
            "Whether the scanner may read KQPAY, KQCANCEL, KQREMOVE, KQCLEAR and KQQTY05. Say no "
            "if customers can reach the scanner: anyone can print a code."
        ),
    )
    signed: SignedSettings | None = Field(
        None, description="Amounts in codes that are signed with a secret; each is sold once."
    )
    plain: NumberSettings | None = Field(
        None,
        description=(
            "If it is set, plain numbers are amounts, written in this way. Set it only where "
            "nobody but the cashier scans, because then any number is an amount."
        ),
    )

    @field_validator("gln")
    @classmethod
    def _is_a_gln(cls, text: str) -> str:
        if text and not has_valid_check_digit(text):
            raise ValueError(_("{text} has a wrong check digit; correct the number", text=text))
        return text

    @model_validator(mode="after")
    def _labels_differ(self) -> Self:
        for one, other in combinations(self.labels, 2):
            if one.label_pattern().overlaps(other.label_pattern()):
                raise ValueError(
                    _(
                        "{one} and {other} match the same label; make them different",
                        one=one.pattern,
                        other=other.pattern,
                    )
                )
        return self
