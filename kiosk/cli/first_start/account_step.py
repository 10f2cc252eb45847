"""The token and its account: asked for, checked with the service, never shown."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import aclosing
from pathlib import Path
from typing import Any

import anyio
from pydantic import SecretStr

from kiosk.base.environment import Environment
from kiosk.base.errors import CallError, ConfigError, OrderRefused
from kiosk.base.frozen import frozen
from kiosk.base.language import _, system_reason
from kiosk.cli.common import fail
from kiosk.cli.first_start.file_batch import NewFile
from kiosk.cli.first_start.interview import Interview
from kiosk.config.sections import Config
from kiosk.orders.account.account_settings import AccountSettings
from kiosk.orders.account.stores import AccountStores, Owner, PointOfSale

CURRENCY_OF = {"MLA": "ARS", "MLB": "BRL", "MLC": "CLP", "MLU": "UYU"}
_REFUSED = (401, 403)


@frozen
class KnownAccount:
    """What is known about the account. ``is_new``: its token is not in its place yet."""

    token: SecretStr | None = None
    is_new: bool = False
    owner: Owner | None = None
    points: tuple[PointOfSale, ...] = ()

    @property
    def currency(self) -> str:
        """Return the currency of the account's country; empty if it is not known."""
        return CURRENCY_OF.get(self.owner.site, "") if self.owner else ""

    def to_write(self, place: Path | None) -> NewFile | None:
        """Return the file of a new token, which only its owner can read."""
        if not (place and self.token and self.is_new):
            return None
        return NewFile(place, self.token.get_secret_value() + "\n", 0o600)

    @property
    def pos_ids(self) -> list[str]:
        """Return the external ids of the points of sale that can get orders."""
        return [pos.external_id for pos in self.points if pos.external_id]


def token_file(orders: Mapping[str, Any], root: Path, environ: Mapping[str, str]) -> Path | None:
    """Return the file of the token; None if it is in the environment.

    The unit loads a credential from /etc/kiosk: see LoadCredential= in systemd/kiosk.service.
    """
    match orders.get("token"):
        case {"credential": str(name)}:
            folder = environ.get("KIOSK_CREDENTIALS")
            return (Path(folder) if folder else root / "etc/kiosk") / name
        case {"file": str(path)}:
            return root / path.lstrip("/")
    return None


def ask_for_token(interview: Interview, settings: Config, place: Path | None) -> KnownAccount:
    """Return the token and what the service says about it. Asks again for one that is refused."""
    kept = _text_of(place) if place else os.environ.get(settings.orders.token.env or "", "")
    while True:
        new = _given(interview, place, bool(kept))
        if not (new or kept):
            interview.say(_("There is no token yet; run this again when you have it."))
            return KnownAccount()
        try:
            return _look(interview, settings.orders, new or kept, is_new=bool(new))
        except (ConfigError, OrderRefused) as error:
            if not interview.asks or interview.flag("token-file"):
                fail(_("the token is not right: {error}", error=error))
            interview.say(_("The token is not right: {error}", error=error))


def _given(interview: Interview, place: Path | None, is_there: bool) -> str:
    if file := interview.flag("token-file"):
        try:
            return Path(file).read_text().strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = system_reason(error) if isinstance(error, OSError) else _("it is not text")
            said = _(
                "--token-file: {file}: {reason}; check its name and its permissions",
                file=file,
                reason=reason,
            )
            fail(said, code=2)
    if place is None:
        return ""
    if is_there:
        return interview.secret(_("Access token (not shown; Enter keeps the one that is there)"))
    return interview.secret(_("Access token (not shown; Enter if you do not have it yet)"))


def _text_of(place: Path) -> str:
    try:
        return place.read_text().strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _look(
    interview: Interview, orders: AccountSettings, token: str, *, is_new: bool
) -> KnownAccount:
    """Ask the service. Raises ConfigError for an invalid text, OrderRefused for a wrong token."""
    secret = orders.token.checked(token)
    try:
        owner, points = anyio.run(_owner_and_points, orders, secret)
    except CallError as error:
        if isinstance(error, OrderRefused) and error.status in _REFUSED:
            raise
        interview.say(
            _("The token could not be checked: {error}. `kiosk doctor` does it later.", error=error)
        )
        return KnownAccount(secret, is_new)
    kind = _("a test account") if owner.is_test else _("an account that takes real money")
    interview.say(_("The token is right: {nickname}, {kind}.", nickname=owner.nickname, kind=kind))
    return KnownAccount(secret, is_new, owner, tuple(points))


async def _owner_and_points(
    orders: AccountSettings, token: SecretStr
) -> tuple[Owner, list[PointOfSale]]:
    async with aclosing(AccountStores(orders, orders.exchange(Environment(), token))) as shop:
        return await shop.owner(), await shop.points_of_sale()


def create_point_of_sale(orders: AccountSettings, token: SecretStr | None, name: str) -> None:
    """Create the point of sale of these settings at the service. Raises CallError."""

    async def create() -> None:
        async with aclosing(AccountStores(orders, orders.exchange(Environment(), token))) as shop:
            await shop.create_point_of_sale(orders.external_pos_id, name, None)

    anyio.run(create)
