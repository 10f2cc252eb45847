"""Control characters by their names, as manuals of registers and scanners write them."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from kiosk.inputs.text.control_names import Characters

CHARACTERS: TypeAdapter[str] = TypeAdapter(Characters)


@pytest.mark.parametrize(
    ("written", "characters"),
    [
        ("", ""),
        ("STX", "\x02"),
        ("etx", "\x03"),
        ("CR LF", "\r\n"),
        ("DC3 DC3", "\x13\x13"),
        ("0x13 0X0d", "\x13\r"),
        ("*", "*"),
        ("* CR", "*\r"),
        ("STX SPACE", "\x02 "),
        ("\x02", "\x02"),
        ("\x1c\x1f", "\x1c\x1f"),
    ],
)
def test_a_name_or_the_character_itself(written: str, characters: str) -> None:
    assert CHARACTERS.validate_python(written) == characters
    assert CHARACTERS.validate_python(characters.replace(" ", "SPACE")) is not None


@pytest.mark.parametrize(
    ("written", "reason"), [("123456789", "more than 8"), ("€", "not ASCII"), (2, "write a name")]
)
def test_what_can_not_be_sent(written: object, reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        CHARACTERS.validate_python(written)
