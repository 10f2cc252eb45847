"""What every settings model uses: the base class, and the types of values in YAML.

The configuration loader passes every scalar as text, so each type here reads text, and its error
says in one sentence what it accepts. A driver's settings model is in the driver's file.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import partial
from typing import Annotated, Any, NoReturn, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
    model_validator,
)

from kiosk.base.durations import format_duration, parse_duration
from kiosk.base.language import _
from kiosk.base.money import NumberFormat

LEAST_PIXELS = 16  # of a panel's side; no screen of the kiosk fits in fewer


class Settings(BaseModel):
    """A section of the configuration: unknown keys are faults, and its values never change.

    A field's ``description`` is printed above the key in ``config/kiosk.yaml``. Its validator
    is made when it is first used: a model that is only a part of others never needs one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, defer_build=True)


class GpioLine:
    """Marks a field as a GPIO line, so that two uses of one line are found."""


def _whole(value: Any) -> Any:
    if isinstance(value, str):
        if not re.fullmatch(r"-?(0|[1-9][0-9]*)", value):
            if re.fullmatch(r"[1-9][0-9]{0,2}([.,][0-9]{3})+", value):
                _write_only(value, re.sub("[.,]", "", value))
            if with_more := re.fullmatch(r"([1-9][0-9]*)(?: [^0-9].*| ?°)", value):
                _write_only(value, with_more[1])
            raise ValueError(
                _("{value!r} is not a whole number; write digits only, such as 9600", value=value)
            )
        return int(value)
    return value


# A decimal comma, a currency's sign, or inches. Three digits after a comma may be thousands.
_NUMBER_WITH_MORE = (
    r"\$? ?([0-9]{1,12}(?:[.,][0-9]{1,2})?) ?(?:[$\"″”]|in|inch|inches|pulgadas|polegadas)?"
)


def _write_only(value: str, number: str) -> NoReturn:
    raise ValueError(
        _("{value!r} is not a plain number; write only {number}", value=value, number=number)
    )


def _yes_no(value: Any) -> Any:
    if isinstance(value, str):
        answers = {"yes": True, "true": True, "on": True, "no": False, "false": False, "off": False}
        if value.lower() not in answers:
            raise ValueError(_("{value!r} is neither yes nor no; write yes or no", value=value))
        return answers[value.lower()]
    return value


def _decimal(value: Any) -> Any:
    if isinstance(value, str):
        if not re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,9})?", value):
            if with_more := re.fullmatch(_NUMBER_WITH_MORE, value):
                _write_only(value, with_more[1].replace(",", "."))
            raise ValueError(
                _("{value!r} is not a plain number; write it like 1500 or 0.5", value=value)
            )
        return Decimal(value)
    return value


def read_duration(value: Any) -> Any:
    """Return the seconds that a text states; leave anything but text to pydantic."""
    return parse_duration(value) if isinstance(value, str) else value


_BOARD_PIN = r"(?i)(?:pin ?[0-9]{1,2}|2[89]|3[0-9]|40)"


def read_pin(value: Any) -> Any:
    """Return the number of the GPIO line that a text names; leave anything but text to pydantic."""
    if isinstance(value, str):
        match = re.fullmatch(r"(?:GPIO)?(0|[1-9][0-9]?)", value)
        if not match or int(match[1]) > 27:
            if re.fullmatch(_BOARD_PIN, value):
                raise ValueError(
                    _(
                        "{value!r} is the number of a pin on the board; write the BCM number of "
                        "its line, 0 to 27, as in 17 or GPIO17",
                        value=value,
                    )
                )
            raise ValueError(
                _(
                    "{value!r} is not a GPIO line; write its BCM number, 0 to 27, as in 17 or "
                    "GPIO17",
                    value=value,
                )
            )
        return int(match[1])
    return value


_AFTER_NAME = re.compile("[,;]| [0-9]")  # after the name of a device


def _device_file(folder: str, value: Any) -> Any:
    """Refuse the name of a device without its folder, and say which file is meant."""
    if not isinstance(value, str) or not value:
        return value
    if value[0] in "/*":
        if after := _AFTER_NAME.search(value):
            path = value[: after.start()].rstrip()
            raise ValueError(
                _("{value!r} is more than a device file; write only {path}", value=value, path=path)
            )
        return value
    if re.fullmatch(r"(?i)(\\\\\.\\)?com[0-9]{1,3}:?", value):
        raise ValueError(
            _(
                "{value!r} is a port of Windows; write its device file, such as /dev/ttyUSB0 "
                "(kiosk identify finds it)",
                value=value,
            )
        )
    if value.startswith("\\"):
        value, written = value.replace("\\", "/"), value
        path = value if value.startswith(folder) else folder + value.rpartition("/")[2]
        raise ValueError(_("{value!r} has backslashes; write {path}", value=written, path=path))
    path = folder + re.sub(r"^dev/(input/)?", "", value)
    raise ValueError(_("{value!r} has no folder; write {path}", value=value, path=path))


def _size(value: Any) -> Any:
    if isinstance(value, str):
        match = re.fullmatch(r"([1-9][0-9]{1,3})x([1-9][0-9]{1,3})", value)
        if not match:
            raise ValueError(
                _("{value!r} is not a size in pixels; write it like 250x122", value=value)
            )
        width, height = int(match[1]), int(match[2])
        if min(width, height) < LEAST_PIXELS:
            raise ValueError(
                _(
                    "{value!r} is too small; write at least {least} each way",
                    value=value,
                    least=LEAST_PIXELS,
                )
            )
        return width, height
    if isinstance(value, list):
        raise ValueError(_("is a list; write it like 250x122"))
    return value


def _size_text(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"


# The JSON Schema is for editors: it describes the text in the file, not the value that the kiosk
# makes of it.
_DURATION_SCHEMA = {"type": "string", "pattern": "^(P.*|([0-9.]+ ?[a-zA-Z]+[, ]*)+)$"}
_YES_NO_SCHEMA = {"enum": [True, False, "yes", "no", "on", "off"]}
_PIN_SCHEMA = {
    "anyOf": [
        {"type": "integer", "minimum": 0, "maximum": 27},
        {"type": "string", "pattern": "^GPIO[0-9]{1,2}$"},
    ]
}
_SIZE_SCHEMA = {"type": "string", "pattern": "^[1-9][0-9]{1,3}x[1-9][0-9]{1,3}$"}

Whole = Annotated[int, BeforeValidator(_whole)]
YesNo = Annotated[bool, BeforeValidator(_yes_no), WithJsonSchema(_YES_NO_SCHEMA)]
PlainDecimal = Annotated[
    Decimal, BeforeValidator(_decimal), WithJsonSchema({"type": ["string", "number"]})
]
Duration = Annotated[
    float,
    BeforeValidator(read_duration),
    PlainSerializer(format_duration, return_type=str, when_used="json"),
    WithJsonSchema(_DURATION_SCHEMA),
]
Pin = Annotated[int, BeforeValidator(read_pin), GpioLine(), WithJsonSchema(_PIN_SCHEMA)]
PortFile = Annotated[str, BeforeValidator(partial(_device_file, "/dev/"))]
InputFile = Annotated[str, BeforeValidator(partial(_device_file, "/dev/input/"))]
Size = Annotated[
    tuple[int, int],
    BeforeValidator(_size),
    PlainSerializer(_size_text, return_type=str, when_used="json"),
    WithJsonSchema(_SIZE_SCHEMA),
]


class NumberSettings(Settings):
    """How an input writes its numbers. The same text is different money in another format."""

    decimal: str = Field(
        "",
        pattern="^[.,]?$",
        description="The mark before the cents: a comma or a point. Leave it out if there is none.",
    )
    thousands: str = Field(
        "",
        pattern="^[., ']?$",
        description=(
            "The mark between thousands: a point, a comma, a space (also a no-break or a thin one) "
            "or an apostrophe. Leave it out if there is none."
        ),
    )
    implied_decimals: Whole = Field(
        0,
        ge=0,
        le=4,
        description="How many decimals the input leaves out: 2 if it sends 123456 for 1234.56.",
    )

    @model_validator(mode="after")
    def _marks_differ(self) -> Self:
        if self.decimal and self.decimal == self.thousands:
            raise ValueError(
                _(
                    "decimal and thousands are both {decimal!r}; write two different marks",
                    decimal=self.decimal,
                )
            )
        return self

    def format(self) -> NumberFormat:
        """Return the number format that reads the amounts."""
        return NumberFormat(self.decimal, self.thousands, self.implied_decimals)
