"""The account behind an access token. The words in the token choose the account.

Every token is valid except ``BAD``. The words in it (separated by ``-`` or ``_``) change the
account:

========================  ==================================================================
``AR`` ``BR`` ``CL`` ``UY``  its country, instead of the default of the simulator
``MX`` ``CO`` ``PE``      a country without QR orders: ``unsupported_site``
``OAUTH``                 obtained through OAuth, so a ``marketplace_fee`` is allowed
``ORPHAN``                through OAuth, from a marketplace that no longer exists
``OTHER``                 another seller, who can't see the orders of the first one
``TEST``                  test credentials; their order ids begin with ``ORDTST``
========================  ==================================================================

So ``APP_USR-BR-OAUTH`` is a Brazilian seller who has authorized a marketplace.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from kiosk.base.frozen import frozen
from kiosk.simulator.service.error_codes import Problem


@frozen
class Country:
    """A country with QR orders: its smallest payment, and the decimals of its currency.

    Argentina's minimum is what the live service answers. For the others no minimum is known.
    """

    code: str
    currency: str
    minimum: Decimal = Decimal("0.01")
    decimals: int = 2


COUNTRIES = {
    country.code: country
    for country in (
        Country("AR", "ARS", minimum=Decimal("15.00")),
        Country("BR", "BRL"),
        Country("CL", "CLP", minimum=Decimal(1), decimals=0),
        Country("UY", "UYU"),
    )
}
_WITHOUT_QR_ORDERS = {"MX", "CO", "PE"}


@frozen
class Account:
    """A seller, as the token describes it. ``country`` is None for a country without QR orders."""

    user_id: str
    country: Country | None
    oauth: bool = False
    marketplace: bool = False
    test: bool = False


@lru_cache(maxsize=256)
def account_of(token: str, country: str) -> Account:
    """Return the account behind a token. ``country`` is used if the token names no country.

    Raises Problem ``unauthorized``.
    """
    if not token or token == "BAD":  # noqa: S105 - the one token that the simulator refuses
        raise Problem.of("unauthorized")
    words = set(re.split("[-_]", token))
    named = sorted(words & (COUNTRIES.keys() | _WITHOUT_QR_ORDERS))
    code = named[0] if named else country
    return Account(
        user_id=f"5238400{'2' if 'OTHER' in words else '1'}{ord(code[0])}",
        country=COUNTRIES.get(code),
        oauth=bool(words & {"OAUTH", "ORPHAN"}),
        marketplace="OAUTH" in words,
        test="TEST" in words,
    )
