"""What people write as the name of their shop: cleaned, or refused with what is wrong in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from kiosk.display.fonts.shop_text import MAX_LETTERS, ShopText
from kiosk.display.fonts.typeface import has_letter, ink_width

READ = TypeAdapter(ShopText)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Almacén Doña Rosa", "Almacén Doña Rosa"),
        ("Açougue do João", "Açougue do João"),
        ("  Pan  y \t Queso\n", "Pan y Queso"),
        ("Alma\u0301 Don\u0303a", "Almá Doña"),  # accents apart, as some keyboards write them
        ("\ufeffKiosco\u200b \u202eRosa\u200f", "Kiosco Rosa"),  # marks that nobody sees
        ("Café\u00a024\u202fhs", "Café 24 hs"),
        ("«Rosa» & Cía. — 100% “rico”", "«Rosa» & Cía. — 100% “rico”"),
        ("", ""),
    ],
)
def test_a_name_is_shown_as_people_mean_it(written: str, shown: str) -> None:
    assert READ.validate_python(written) == shown


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Rosa 🌹", r"the panel cannot show U\+1F339 \(rose\); leave it out"),
        ("متجر", r"U\+0645 \(arabic letter meem\)"),
        ("花屋", r"U\+82B1 \(cjk unified ideograph-82b1\)"),
        ("Ro\x07sa", r"U\+0007 \(a control character\)"),
        ("R" * 41, "41 characters are too many; write 40 characters or fewer"),
        ("R" * 1000, "1000 characters are too many"),
    ],
)
def test_what_the_panel_cannot_show_is_refused_by_its_name(written: str, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        READ.validate_python(written)


@given(st.text(max_size=50))
def test_any_text_is_shown_whole_or_refused(written: str) -> None:
    try:
        shown = READ.validate_python(written)
    except ValidationError:
        return
    assert len(shown) <= MAX_LETTERS
    assert all(map(has_letter, shown))
    assert READ.validate_python(shown) == shown
    assert not shown or ink_width(shown, 12, bold=True) > 0
