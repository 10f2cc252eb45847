"""The account, its stores and its points of sale, in both versions of their API."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from kiosk.simulator.older.instore_service import check_user, older_account
from kiosk.simulator.older.older_errors import OlderProblem
from kiosk.simulator.service.accounts import Account
from kiosk.simulator.service.messages import ApiAnswer, ApiRequest, Operation
from kiosk.simulator.service.order_book import OrderBook
from kiosk.simulator.service.qr_strings import qr_data

Json = dict[str, Any]

_SITES = {"AR": "MLA", "BR": "MLB", "CL": "MLC", "UY": "MLU"}


class Shops:
    """Stores and points of sale, by account."""

    def __init__(self, order_book: OrderBook) -> None:
        self.order_book = order_book
        self.stores: dict[str, list[Json]] = {}
        self.points_of_sale: dict[str, list[Json]] = {}
        self._numbers = iter(range(1_000_001, 9_999_999))

    def number(self) -> int:
        """Return a new id."""
        return next(self._numbers)

    def points_of_sale_of(self, account: Account) -> list[Json]:
        """Return the account's points of sale: those of the options, then the created ones."""
        known = sorted(self.order_book.options.points_of_sale)
        ready = [
            {
                "id": 100 + place,
                "name": external_id,
                "external_id": external_id,
                "user_id": int(account.user_id),
            }
            for place, external_id in enumerate(known)
        ]
        by_hand = {"id": 99, "name": "Made in the app", "external_id": None}
        return [*ready, by_hand, *self.points_of_sale.get(account.user_id, [])]


class ShopService:
    """``/users``, ``/pos`` and ``/v2/pos``."""

    routes: Mapping[str, Operation] = dict.fromkeys(
        (
            "GET /users/me",
            "POST /users/{user_id}/stores",
            "GET /users/{user_id}/stores/search",
            "POST /pos",
            "GET /pos",
            "GET /pos/{number}",
            "POST /v2/pos",
            "GET /v2/pos",
        ),
        Operation.ACCOUNT,
    )

    def __init__(self, shops: Shops) -> None:
        self._shops = shops
        self._answers: dict[str, Callable[[ApiRequest, Account], ApiAnswer]] = {
            "GET /users/me": self._me,
            "POST /users/{user_id}/stores": self._create_store,
            "GET /users/{user_id}/stores/search": self._search_stores,
            "POST /pos": self._create_pos,
            "POST /v2/pos": self._create_pos,
            "GET /pos": self._search_pos,
            "GET /v2/pos": self._search_pos,
            "GET /pos/{number}": self._get_pos,
        }

    def order_id_of(self, _call: ApiRequest) -> str:
        """Return an empty text: these calls are not about an order."""
        return ""

    def answer(self, call: ApiRequest, _now: float) -> ApiAnswer:
        """Return what the API answers."""
        try:
            account = older_account(call, self._shops.order_book.options.country)
            if "user_id" in call.path:
                check_user(call.path["user_id"], self._shops.order_book.options.user_id)
            return self._answers[call.route](call, account)
        except OlderProblem as problem:
            return ApiAnswer(problem.status, problem.body())

    def _me(self, _call: ApiRequest, account: Account) -> ApiAnswer:
        name = f"TESTUSER{account.user_id}" if account.test else f"TIENDA{account.user_id}"
        site = _SITES.get(account.country.code if account.country else "", "MLM")
        tags = ["test_user"] if account.test else ["normal"]
        me = {
            "id": int(self._shops.order_book.options.user_id or account.user_id),
            "nickname": name,
            "site_id": site,
            "tags": tags,
        }
        return ApiAnswer.json(200, me)

    def _create_store(self, call: ApiRequest, account: Account) -> ApiAnswer:
        body = _object(call.body, "name", "external_id", "location")
        stores = self._shops.stores.setdefault(account.user_id, [])
        if any(store["external_id"] == body["external_id"] for store in stores):
            return _refuse(
                400, "external_id_already_used", "A store with this external_id exists already."
            )
        store = {"id": self._shops.number(), **body}
        stores.append(store)
        return ApiAnswer.json(201, store)

    def _search_stores(self, call: ApiRequest, account: Account) -> ApiAnswer:
        stores = _wanted(self._shops.stores.get(account.user_id, []), call)
        return ApiAnswer.json(200, {"paging": {"total": len(stores)}, "results": stores})

    def _create_pos(self, call: ApiRequest, account: Account) -> ApiAnswer:
        second = call.route == "POST /v2/pos"
        if second and not call.key:
            return _refuse(400, "empty_required_header", "X-Idempotency-Key is required.")
        body = _object(call.body, "name", "external_id")
        if not re.fullmatch("[A-Za-z0-9]+", str(body["external_id"])):
            return _refuse(400, "INVALID_EXTERNAL_ID", "Use letters and digits only.")
        if len(body["external_id"]) >= 40:
            return _refuse(400, "EXTERNAL_ID_TOO_LONG", "Use fewer than 40 characters.")
        all_of_them = [each for known in self._shops.points_of_sale.values() for each in known]
        if any(each["external_id"] == body["external_id"] for each in all_of_them) or (
            body["external_id"] in self._shops.order_book.options.points_of_sale
        ):
            return _refuse(
                409, "point_of_sale_exists", "A point of sale with this external_id exists already."
            )
        return ApiAnswer.json(201, self._add_pos(body, account, second=second))

    def _add_pos(self, body: Json, account: Account, *, second: bool) -> Json:
        external_id = body["external_id"]
        self._shops.order_book.points_of_sale.add(account, external_id)
        number = self._shops.number()
        image = {"image": f"https://www.mercadopago.com/instore/merchant/qr/{number}/image.png"}
        country = account.country.code.lower() if account.country else "ar"
        code = qr_data(country, self._shops.order_book.rng)
        qr = (
            {"qr_response": {**image, "qr_code": code}}
            if second
            else {"qr": image, "qr_code": code}
        )
        pos = {"id": number, "user_id": int(account.user_id), "status": "active", **body, **qr}
        self._shops.points_of_sale.setdefault(account.user_id, []).append(pos)
        return pos

    def _search_pos(self, call: ApiRequest, account: Account) -> ApiAnswer:
        found = _wanted(self._shops.points_of_sale_of(account), call)
        if call.route == "GET /v2/pos":
            return ApiAnswer.json(200, {"data": found})
        return ApiAnswer.json(200, {"paging": {"total": len(found)}, "results": found})

    def _get_pos(self, call: ApiRequest, account: Account) -> ApiAnswer:
        number = call.path["number"]
        found = [pos for pos in self._shops.points_of_sale_of(account) if str(pos["id"]) == number]
        return (
            ApiAnswer.json(200, found[0])
            if found
            else _refuse(404, "not_found", "This point of sale does not exist.")
        )


def _wanted(things: list[Json], call: ApiRequest) -> list[Json]:
    wanted = call.query.get("external_id")
    return [each for each in things if wanted is None or each.get("external_id") == wanted]


def _object(body: bytes, *required: str) -> Json:
    try:
        tree = json.loads(body)
    except ValueError:
        tree = None
    if not isinstance(tree, dict):
        raise OlderProblem("json_syntax_error")
    for name in required:
        if not tree.get(name):
            raise OlderProblem(f"invalid_{name}", "is required")
    return tree


def _refuse(status: int, code: str, message: str) -> ApiAnswer:
    return ApiAnswer.json(
        status, {"error": code, "message": message, "status": status, "causes": []}
    )
