"""The account behind the token, its stores and points of sale: for setting a counter up.

Not for sales. The point-of-sale API has two generations (``/pos`` and ``/v2/pos``) which answer in
different shapes; the first is asked, and the second where the first is gone.
"""

from __future__ import annotations

import json
import urllib.parse
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kiosk.base.errors import OrderRefused, OutcomeUnknown
from kiosk.orders.account.account_settings import AccountSettings
from kiosk.orders.answers.order_answer import parse_json, text_at, value_at
from kiosk.orders.answers.refusals import older_failure
from kiosk.orders.http.exchange import Exchange

_GONE = (404, 405, 410)
_PAGE = 50


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose token it is. ``site`` is the country's, as MLA."""

    user_id: str
    nickname: str
    site: str
    is_test: bool


@dataclass(frozen=True, slots=True)
class Store:
    """A shop with an address."""

    id: str
    name: str
    external_id: str


@dataclass(frozen=True, slots=True)
class PointOfSale:
    """A counter, as the account knows it.

    Without an ``external_id``, as when it was made in the app, no order can name it.
    ``qr_code`` is the printed code's own string where the service tells it; ``image`` its picture.
    """

    id: str
    name: str
    external_id: str
    store_id: str = ""
    fixed_amount: str = ""
    qr_code: str = ""
    image: str = ""


class AccountStores:
    """Calls about the account. Raises CallErrors that say what to do."""

    def __init__(self, settings: AccountSettings, exchange: Exchange) -> None:
        self._exchange = exchange
        self._advice = {
            "401": f"check the access token in {settings.token}",
            "403": f"the access token in {settings.token} may not do this; check its account",
            "point_of_sale_exists": "choose another external id; this one is taken",
            "INVALID_EXTERNAL_ID": "write letters and digits only",
            "EXTERNAL_ID_TOO_LONG": "write fewer than 40 characters",
        }

    async def owner(self) -> Owner:
        """Return whose token it is (``GET /users/me``)."""
        tree = await self._ask("GET", "/users/me")
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
        """Create a store. ``location`` has the service's own keys: street_name, city_name."""
        user_id = (await self.owner()).user_id
        body = {"name": name, "external_id": external_id, "location": dict(location)}
        return _store(await self._ask("POST", f"/users/{user_id}/stores", body))

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
            return _pos(await self._ask("POST", "/pos", body | in_store))
        except OrderRefused as refused:
            if refused.status not in _GONE:
                raise
        in_store_2 = {"store_id": store.id} if store else {}
        return _pos(await self._ask("POST", "/v2/pos", body | in_store_2))

    async def _list(self, path: str) -> list[Any]:
        """Return all that a search finds, page after page."""
        joint = "&" if "?" in path else "?"
        everything: list[Any] = []
        while True:
            page = f"{path}{joint}limit={_PAGE}&offset={len(everything)}"
            found = list(_results(await self._ask("GET", page)))
            new = [each for each in found if each not in everything]
            everything += new
            if not new or len(found) < _PAGE:
                return everything

    async def _ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        content = None if body is None else json.dumps(body).encode()
        key = str(uuid.uuid4()) if body else ""
        answer = await self._exchange.send(method, path, key=key, body=content)
        if not answer.is_good:
            raise older_failure(answer.status, answer.headers, answer.body, self._advice)
        tree = parse_json(answer.body)
        if isinstance(tree, list) and len(tree) == 1:  # so one page of the documents shows it
            tree = tree[0]
        if not isinstance(tree, dict):
            raise OutcomeUnknown(f"the service's answer to {method} {path} is no JSON object")
        return tree

    async def aclose(self) -> None:
        """Close the connection."""
        await self._exchange.aclose()


def _results(tree: Any) -> Iterator[Any]:
    """Yield what a search found, from either generation's answer."""
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
