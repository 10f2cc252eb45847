"""Merchant strings as four countries print them: the same ones for every run of every test.

Their shapes are those of published strings (a POS's identifier in its account field, Pix beside it
in Brazil, links in Chile), filled with seeded noise; 141 to 247 characters, valid to the last CRC.
"""

from __future__ import annotations

import random
from functools import cache

from tests.display.reading import field, merchant_qr

SHORTEST, LONGEST = 141, 247
_NAMES = {
    "AR": ("Almacen Dona Rosa", "KIOSCO 24HS", "Pan y Queso SRL", "Librería Ñandú"),
    "BR": ("IZABEL APARECIDA DE MELO", "Padaria Sao Joao", "FELIPE MATOS ME", "Açougue Bom Boi"),
    "CL": ("Panaderia Nunoa", "MINIMARKET EL SOL SPA", "Botillería Ñuble", "Cafe 1900"),
    "UY": ("Quiosco del Puerto", "ALMACEN LA PALOMA", "Ferretería Peñarol", "Tienda 18"),
}
_CITIES = {
    "AR": ("CABA", "Rosario", "CORDOBA"),
    "BR": ("SAO PAULO", "Curitiba", "BELO HORIZONTE"),
    "CL": ("Santiago", "VALPARAISO"),
    "UY": ("Montevideo", "SALTO"),
}
_CURRENCIES = {"AR": "032", "BR": "986", "CL": "152", "UY": "858"}


def _uuid(dice: random.Random) -> str:
    return "-".join(f"{dice.getrandbits(4 * n):0{n}x}" for n in (8, 4, 4, 4, 12))


def _amount(dice: random.Random) -> str:
    return field("54", f"{dice.randint(1, 999_999)}.{dice.randint(0, 99):02}")


def _accounts(country: str, dice: random.Random) -> str:
    """Return the fields that say whom to pay."""
    tax_id = str(dice.randint(20_000_000_000, 34_999_999_999))
    pos = field("00", dice.choice(("com.mercadolibre", "COM.MERCADOLIBRE")))
    match country:
        case "AR":
            own = field("43", pos + field("01", "3063" + _uuid(dice)))
            return own + (field("50", field("00", tax_id)) if dice.random() < 0.7 else "")
        case "BR":
            pix = field("00", "br.gov.bcb.pix") + field("01", _uuid(dice))
            link = field("00", "BR.GOV.BCB.PIX") + field("25", f"pix-qr.mercadopago.com/{tax_id}")
            own = field("43", pos + field("01", f"https://mpago.la/pos/{tax_id}"))
            return dice.choice((field("26", pix), field("26", link))) + own
        case "CL":
            url = f"https://mpago.la/pos/{tax_id}?o={dice.getrandbits(40)}"
            return field("26", field("00", "cl.mercadopago") + field("01", url))
        case _:
            return field("43", pos + field("01", f"{tax_id}-{_uuid(dice)}"))


@cache
def corpus(count: int = 200, seed: int = 5) -> tuple[str, ...]:
    """Return so many strings, as many of each country; the first has the greatest length."""
    dice = random.Random(seed)
    found = [longest()]
    while len(found) < count:
        country = list(_NAMES)[len(found) % len(_NAMES)]
        accounts = _accounts(country, dice) + (_amount(dice) if dice.random() < 0.5 else "")
        if dice.random() < 0.4:  # a second scheme's account
            accounts = field("27", field("00", "com.example") + field("01", _uuid(dice))) + accounts
        name, city = dice.choice(_NAMES[country]), dice.choice(_CITIES[country])
        text = merchant_qr(accounts, country, _CURRENCIES[country], name, city)
        if SHORTEST <= len(text) <= LONGEST:
            found.append(text)
    return tuple(found)


def longest() -> str:
    """Return a Pix string of the greatest length that is to be expected."""
    pix = field("00", "br.gov.bcb.pix") + field("01", "5f84a4c5-c5cb-4599-9f13-7eb4d419dacc")
    link = field("00", "com.mercadolibre") + field("01", "https://mpago.la/pos/91823704?o=1c0")
    accounts = field("26", pix + field("02", "Mercado Pago"))
    accounts += field("43", link) + field("54", "123456.78")
    text = merchant_qr(accounts, "BR", "986", "IZABEL APARECIDA DE MELO", "SAO PAULO")
    assert len(text) == LONGEST, len(text)
    return text
