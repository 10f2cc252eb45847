"""Whom an access token stands for. The token is made of words, so that a test can choose.

Any token is good but ``BAD``. The words in it (between ``-`` or ``_``) change the account:

========================  ==================================================================
``AR`` ``BR`` ``CL`` ``UY``  its country, instead of the simulator's
``MX`` ``CO`` ``PE``      a country without QR orders: ``unsupported_site``
``OAUTH``                 obtained through OAuth, so that a ``marketplace_fee`` is possible
``ORPHAN``                through OAuth, of a marketplace that no longer exists
``OTHER``                 another seller, who can't see the first one's orders
``TEST``                  test credentials, whose orders are called ``ORDTST…``
========================  ==================================================================

So ``APP_USR-BR-OAUTH`` is a Brazilian seller who let a marketplace in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from kiosk.simulator.service.error_codes import Problem


@dataclass(frozen=True, slots=True)
class Country:
    """A country of QR orders, with its smallest payment and its currency's decimals.

    Argentina's minimum is what the live service answers; of the others none is known.
    """

    code: str
    currency: str
    least: Decimal = Decimal("0.01")
    decimals: int = 2


COUNTRIES = {
    country.code: country
    for country in (
        Country("AR", "ARS", least=Decimal("15.00")),
        Country("BR", "BRL"),
        Country("CL", "CLP", least=Decimal(1), decimals=0),
        Country("UY", "UYU"),
    )
}
_ELSEWHERE = {"MX", "CO", "PE"}


@dataclass(frozen=True, slots=True)
class Account:
    """A seller, as his token shows him. ``country`` is None where there are no QR orders."""

    user_id: str
    country: Country | None
    oauth: bool = False
    marketplace: bool = False
    test: bool = False


@lru_cache(maxsize=256)
def account_of(token: str, country: str) -> Account:
    """Return the account behind a token; ``country`` counts if the token names none.

    Raises Problem ``unauthorized``.
    """
    if not token or token == "BAD":  # noqa: S105 - the one token that the simulator refuses
        raise Problem.of("unauthorized")
    words = set(re.split("[-_]", token))
    named = sorted(words & (COUNTRIES.keys() | _ELSEWHERE))
    code = named[0] if named else country
    return Account(
        user_id=f"5238400{'2' if 'OTHER' in words else '1'}{ord(code[0])}",
        country=COUNTRIES.get(code),
        oauth=bool(words & {"OAUTH", "ORPHAN"}),
        marketplace="OAUTH" in words,
        test="TEST" in words,
    )
