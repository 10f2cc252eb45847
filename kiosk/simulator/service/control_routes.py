"""The control routes, under ``/simulator``: the payer, the faults, and a record of the requests.

They do not belong to the Orders API and need no token. On a port, ``guard`` keeps the pages
of other sites away from them.

- ``GET /simulator/orders``: all orders as the API shows them, newest first.
- ``POST /simulator/orders/{id}/pay``: a payer scans the order's QR and pays. With ``?takes=3`` the
  order is locked for three seconds first; ``?method=credit_card`` chooses the payment method, and
  ``?quirk=left_open`` one of ``order.Quirk``: what the service does beyond its documents.
  Answers 404 for an unknown order, and 409 with the reason if it can't be paid.
- ``POST /simulator/orders/{id}/scan``: a payer scans it and walks away; with ``?rejected=1`` the
  payment is refused. Only the older APIs show it.
- ``POST /simulator/orders/{id}/fail``: sets the order to ``failed``; ``?detail=`` is its detail.
- ``POST /simulator/orders/{id}/refund``: the seller refunds it in another app. With ``?takes=60``
  the refund is under way (``processing``) for a minute.
- ``POST /simulator/pos/{external_pos_id}/scan``: a payer scans the printed code of a counter and
  pays.
- ``GET /simulator/requests``: the API requests that were received, oldest first.
- ``POST /simulator/faults``: adds fault rules, a JSON list (see ``fault_rules``). ``DELETE``
  removes all rules.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from kiosk.base.errors import ConfigError
from kiosk.simulator.faults.fault_rules import Faults, parse
from kiosk.simulator.service.bodies import order_body
from kiosk.simulator.service.error_codes import Problem
from kiosk.simulator.service.order import Order, Quirk
from kiosk.simulator.service.order_book import NotPayable, OrderBook, UnknownOrder
from kiosk.simulator.service.request_log import RequestLog

CONTROL = "/simulator/"  # all control routes begin so


def control_routes(
    order_book: OrderBook, faults: Faults, clock: Callable[[], float], log: RequestLog
) -> list[Route]:
    """Return the routes for this order book, these faults and this log."""
    control = _ControlEndpoints(order_book, faults, clock, log)
    return [
        Route("/simulator/orders", control.orders, methods=["GET"]),
        Route("/simulator/orders/{order_id}/pay", control.pay, methods=["POST"]),
        Route("/simulator/orders/{order_id}/scan", control.scan_only, methods=["POST"]),
        Route("/simulator/orders/{order_id}/fail", control.fail, methods=["POST"]),
        Route("/simulator/orders/{order_id}/refund", control.refund, methods=["POST"]),
        Route("/simulator/pos/{pos}/scan", control.scan, methods=["POST"]),
        Route("/simulator/requests", control.requests, methods=["GET"]),
        Route("/simulator/faults", control.add_faults, methods=["POST"]),
        Route("/simulator/faults", control.clear_faults, methods=["DELETE"]),
    ]


class _ControlEndpoints:
    def __init__(
        self, order_book: OrderBook, faults: Faults, clock: Callable[[], float], log: RequestLog
    ) -> None:
        self._order_book = order_book
        self._faults = faults
        self._clock = clock
        self._log = log

    async def orders(self, _request: Request) -> Response:
        now = self._clock()
        return JSONResponse([order_body(order, now) for order in self._order_book.orders(now)])

    async def pay(self, request: Request) -> Response:
        order_id, query = request.path_params["order_id"], request.query_params
        method = query.get("method", "account_money")
        return self._paid(
            lambda now: self._order_book.pay(
                order_id, now, _takes(request), method, _quirks(request)
            )
        )

    async def fail(self, request: Request) -> Response:
        order_id = request.path_params["order_id"]
        detail = request.query_params.get("detail", "insufficient_amount")
        return self._paid(lambda now: self._order_book.fail(order_id, now, detail))

    async def refund(self, request: Request) -> Response:
        order_id = request.path_params["order_id"]
        return self._paid(
            lambda now: self._order_book.refund_elsewhere(order_id, now, _takes(request))
        )

    async def scan_only(self, request: Request) -> Response:
        order_id, rejected = request.path_params["order_id"], "rejected" in request.query_params
        return self._paid(lambda now: self._order_book.scan_only(order_id, now, rejected=rejected))

    async def scan(self, request: Request) -> Response:
        pos = request.path_params["pos"]
        return self._paid(lambda now: self._order_book.pay_printed_code(pos, now, _takes(request)))

    async def requests(self, _request: Request) -> Response:
        return JSONResponse(self._log.as_json())

    async def add_faults(self, request: Request) -> Response:
        try:
            self._faults.add(parse(json.loads(await request.body())))
        except ValueError as error:
            return _error(400, f"the body is not valid JSON ({error}); correct it")
        except ConfigError as error:
            return _error(400, *error.faults)
        return Response(status_code=204)

    async def clear_faults(self, _request: Request) -> Response:
        self._faults.clear()
        return Response(status_code=204)

    def _paid(self, pay: Callable[[float], Order]) -> Response:
        now = self._clock()
        try:
            return JSONResponse(order_body(pay(now), now))
        except UnknownOrder as error:
            return _error(404, f"there is no order {error.args[0]}; see GET /simulator/orders")
        except NotPayable as error:
            return _error(409, str(error))
        except Problem as problem:
            return _error(409, problem.errors[0].code)
        except UnknownQuirk as error:
            return _error(400, f"{error.args[0]} is not a quirk; choose from {', '.join(Quirk)}")
        except ValueError:
            return _error(400, "takes is not a number of seconds; write it like ?takes=3")


def _takes(request: Request) -> float:
    return float(request.query_params.get("takes", "0"))


class UnknownQuirk(LookupError):
    """A query names a quirk that does not exist."""


def _quirks(request: Request) -> frozenset[Quirk]:
    names = request.query_params.getlist("quirk")
    for name in names:
        if name not in {*Quirk}:
            raise UnknownQuirk(name)
    return frozenset(map(Quirk, names))


def _error(status: int, *sentences: str) -> Response:
    return JSONResponse({"errors": list(sentences)}, status)
