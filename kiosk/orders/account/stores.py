"""The account of a token, its stores and its points of sale. Used to set a counter up, not to sell.

The point-of-sale API has two versions (``/pos`` and ``/v2/pos``) with different answers. The first
is called, and the second if the first does not exist.
"""

from __future__ import annotations

import json
import urllib.parse
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from kiosk.base.errors import OrderRefused, OutcomeUnknown
from kiosk.base.frozen import frozen
from kiosk.base.language import _
from kiosk.orders.account.account_settings import AccountSettings
from kiosk.orders.answers.json_values import parse_json, text_at, value_at
from kiosk.orders.answers.refusals import older_call_error
from kiosk.orders.http.exchange import Exchange

_GONE = (404, 405, 410)
_PAGE = 50


@frozen
class Owner:
    """The account of a token. ``site`` is its country's, such as MLA."""

    user_id: str
    nickname: str
    site: str
    is_test: bool


@frozen
class Store:
    """A shop with an address."""

    id: str
    name: str
    external_id: str


@frozen
class PointOfSale:
    """A counter of the account.

    One without an ``external_id`` (made in the app) can't get orders. ``qr_code`` is the text of
    its printed code, empty if the service does not return it; ``image`` is its picture.
    """

    id: str
    name: str
    external_id: str
    store_id: str = ""
    fixed_amount: str = ""
    qr_code: str = ""
    image: str = ""


class AccountStores:
    """Calls about the account. Raises CallErrors; their messages say what to do."""

    def __init__(self, settings: AccountSettings, exchange: Exchange) -> None:
        self._exchange = exchange
        self._advice = {
            "401": settings.token.remedy,
            "403": _(
                "the token in {token} has no permission for this; check its account",
                token=settings.token,
            ),
            "point_of_sale_exists": _("this external id is already used; choose another one"),
            "INVALID_EXTERNAL_ID": _("write letters and digits only"),
            "EXTERNAL_ID_TOO_LONG": _("write fewer than 40 characters"),
        }

    async def owner(self) -> Owner:
        """Return the account of the token (``GET /users/me``)."""
        tree = await self._call("GET", "/users/me")
        nickname, tags = text_at(tree, "nickname"), value_at(tree, "tags")
        is_test = "test_user" in (tags if isinstance(tags, list) else ())
        return Owner(
            user_id=text_at(tree, "id"),
            nickname=nickname,
            site=text_at(tree, "site_id"),
            is_test=is_test or nickname.upper().startswith("TEST"),
        )

    async def stores(self) -> list[Store]:
        """Return the account's stores."""
        user_id = (await self.owner()).user_id
        return [_store(each) for each in await self._list(f"/users/{user_id}/stores/search")]

    async def create_store(self, name: str, external_id: str, location: Mapping[str, Any]) -> Store:
        """Create a store. ``location`` has the service's keys: street_name, city_name."""
        user_id = (await self.owner()).user_id
        body = {"name": name, "external_id": external_id, "location": dict(location)}
        return _store(await self._call("POST", f"/users/{user_id}/stores", body))

    async def points_of_sale(self, external_id: str = "") -> list[PointOfSale]:
        """Return the account's points of sale, or those with this external id."""
        query = f"?external_id={urllib.parse.quote(external_id, safe='')}" if external_id else ""
        try:
            found = await self._list(f"/pos{query}")
        except OrderRefused as refused:
            if refused.status not in _GONE:
                raise
            found = await self._list(f"/v2/pos{query}")
        return [_pos(each) for each in found]

    async def create_point_of_sale(
        self, external_id: str, name: str, store: Store | None
    ) -> PointOfSale:
        """Create a point of sale whose printed code takes orders (``fixed_amount``)."""
        body: dict[str, Any] = {"name": name, "external_id": external_id, "fixed_amount": True}
        try:
            in_store = {"store_id": int(store.id)} if store else {}
            return _pos(await self._call("POST", "/pos", body | in_store))
        except OrderRefused as refused:
            if refused.status not in _GONE:
                raise
        in_store_2 = {"store_id": store.id} if store else {}
        return _pos(await self._call("POST", "/v2/pos", body | in_store_2))

    async def _list(self, path: str) -> list[Any]:
        """Return all results of a search, page after page."""
        joint = "&" if "?" in path else "?"
        everything: list[Any] = []
        while True:
            page = f"{path}{joint}limit={_PAGE}&offset={len(everything)}"
            found = list(_results(await self._call("GET", page)))
            new = [each for each in found if each not in everything]
            everything += new
            if not new or len(found) < _PAGE:
                return everything

    async def _call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        content = None if body is None else json.dumps(body).encode()
        key = str(uuid.uuid4()) if body else ""
        answer = await self._exchange.send(method, path, key=key, body=content)
        if not answer.is_good:
            raise older_call_error(answer.status, answer.headers, answer.body, self._advice)
        tree = parse_json(answer.body)
        if isinstance(tree, list) and len(tree) == 1:  # as one page of the documents shows it
            tree = tree[0]
        if not isinstance(tree, dict):
            raise OutcomeUnknown(
                _(
                    "the service's answer to {method} {path} is not a JSON object",
                    method=method,
                    path=path,
                )
            )
        return tree

    async def aclose(self) -> None:
        """Close the connection."""
        await self._exchange.aclose()


def _results(tree: Any) -> Iterator[Any]:
    """Yield the results of a search, from the answer of either version."""
    for name in ("results", "data"):
        found = value_at(tree, name)
        if isinstance(found, list):
            yield from found


def _store(tree: Any) -> Store:
    return Store(
        text_at(tree, "id"),
        text_at(tree, "name"),
        text_at(tree, "external_id"),
    )


def _pos(tree: Any) -> PointOfSale:
    fixed = value_at(tree, "fixed_amount")
    return PointOfSale(
        id=text_at(tree, "id"),
        name=text_at(tree, "name"),
        external_id=text_at(tree, "external_id"),
        store_id=text_at(tree, "store_id"),
        fixed_amount={True: "yes", False: "no"}.get(fixed, "") if isinstance(fixed, bool) else "",
        qr_code=text_at(tree, "qr_code") or text_at(tree, "qr_response", "qr_code"),
        image=text_at(tree, "qr", "image") or text_at(tree, "qr_response", "image"),
    )
