"""The section ``codes:`` of a scanner: what its codes may be."""

from __future__ import annotations

import codecs
import stat
from itertools import combinations
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, field_validator, model_validator

from kiosk.base.errors import ConfigError
from kiosk.base.money import Currency
from kiosk.base.settings import NumberSettings, Settings, YesNo
from kiosk.inputs.codes.catalogue import CatalogueFormat
from kiosk.inputs.codes.check_digits import is_right
from kiosk.inputs.codes.labels import Holds, LabelPattern
from kiosk.inputs.common.limits import LimitSettings


class LabelSettings(Settings):
    """A kind of label that the shop's scale prints."""

    pattern: str = Field(
        max_length=32,
        description=(
            "The digits without the check digit: 20.....{NNNDD} is the start 20, five digits of "
            "the item, and a value with two decimals. V is a price's own check digit."
        ),
    )
    holds: Literal["price", "weight", "count"] = Field(
        "price",
        description="What the value is; weight (in kg) and count need the item in the catalogue.",
    )

    @field_validator("pattern")
    @classmethod
    def _is_a_pattern(cls, text: str) -> str:
        LabelPattern(text, Holds.PRICE)
        return text

    def label(self) -> LabelPattern:
        """Return the pattern as the decoder uses it."""
        return LabelPattern(self.pattern, Holds(self.holds))


def _encoding(name: str) -> str:
    try:
        codecs.lookup(name)
    except LookupError:
        raise ValueError(
            f"{name!r} is no encoding; write utf-8, cp1252 or the one of the file"
        ) from None
    return name


class CatalogueSettings(Settings):
    """The shop's price list, a CSV file."""

    file: Path = Field(
        description=(
            "The file. Its first line names the columns code, title, price, and perhaps unit (kg, "
            "or nothing for pieces) and category; it is read again when it changes."
        )
    )
    number: NumberSettings = Field(description="How the file writes its prices; never guessed.")
    delimiter: str = Field(
        ",", min_length=1, max_length=1, description="The mark between two fields: , or ;"
    )
    encoding: Annotated[str, AfterValidator(_encoding)] = Field(
        "utf-8", description="How the file writes its letters: utf-8, or cp1252 from old programs."
    )

    @model_validator(mode="after")
    def _marks_differ(self) -> Self:
        if self.delimiter in (self.number.decimal, self.number.thousands):
            raise ValueError(
                f"prices and fields both use {self.delimiter!r}; set delimiter to another mark"
            )
        return self

    def form(self, currency: Currency) -> CatalogueFormat:
        """Return how the file is written."""
        return CatalogueFormat(self.number.format(), currency, self.delimiter, self.encoding)


class SignedSettings(Settings):
    """Amounts as codes that only the shop's own software can make, each good for one sale."""

    key_file: Path = Field(
        description="The file with the secret, 16 bytes or more; nobody but the service reads it."
    )
    used_file: Path = Field(
        description="Where the kiosk keeps which of them were used; it must survive a restart."
    )

    def key(self) -> bytes:
        """Return the secret. Raises ConfigError."""
        try:
            if self.key_file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise ConfigError(f"{self.key_file}: others may read it; chmod 600 it")
            key = self.key_file.read_bytes().strip()
        except OSError as fault:
            raise ConfigError(f"{self.key_file}: it can't be read ({fault.strerror})") from fault
        if len(key) < 16:
            raise ConfigError(f"{self.key_file}: the secret is shorter than 16 bytes; make another")
        return key


class CodesSettings(LimitSettings):
    """What the codes of this scanner may be. What is left out is refused."""

    labels: tuple[LabelSettings, ...] = Field(
        (), description="The labels of the shop's scales: a list with one entry a layout."
    )
    catalogue: CatalogueSettings | None = Field(
        None, description="The shop's price list, for codes that carry no price."
    )
    gs1: Literal["identified", "assumed", "off"] = Field(
        "identified",
        description=(
            "GS1 codes that carry prices: identified wants AIM identifiers or separators from the "
            "scanner, assumed tries every long number, off refuses them."
        ),
    )
    gln: str = Field(
        "",
        pattern="^([0-9]{13})?$",
        description="The shop's own number at GS1: payment slips made out to it are accepted.",
    )
    control: YesNo = Field(
        False,
        description=(
            "Whether the scanner may read KQPAY, KQCANCEL, KQREMOVE, KQCLEAR and KQQTY05. Not "
            "where customers can reach it: anyone can print a code."
        ),
    )
    signed: SignedSettings | None = Field(
        None, description="Amounts in codes that are signed with a secret; each sells once."
    )
    plain: NumberSettings | None = Field(
        None,
        description=(
            "How bare numbers state amounts. Leave it out, unless only the cashier scans: any "
            "number would be an amount."
        ),
    )

    @field_validator("gln")
    @classmethod
    def _is_a_gln(cls, text: str) -> str:
        if text and not is_right(text):
            raise ValueError(f"{text} has a wrong check digit; look the number up")
        return text

    @model_validator(mode="after")
    def _labels_differ(self) -> Self:
        for one, other in combinations(self.labels, 2):
            if one.label().clashes_with(other.label()):
                raise ValueError(
                    f"{one.pattern} and {other.pattern} fit the same label; make them differ"
                )
        return self
