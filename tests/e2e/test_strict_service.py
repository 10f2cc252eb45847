"""A strict service that is not ours does what no document foresees.

After each oddity the order, the journal, the register and the signals tell one truth; or the sale is
set aside, and log and status say what to do. The next total, keyed at once, sells within ten seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.e2e.oddities import (
    GARBAGE,
    Oddity,
    about_the_order,
    all_payments_fail,
    becomes,
    bomb,
    busy,
    first,
    flapping,
    held,
    lost,
    pays,
    pays_after_a_look,
    pays_twice,
    pays_untold,
    pays_with,
    says,
    second_payment_succeeds,
    sets,
    text,
    uses_discount,
    without,
)
from tests.e2e.rig import TOKEN
from tests.e2e.strict_counter import play_day, side_by_side
from tests.e2e.strict_http import Answer
from tests.e2e.strict_older import StrictOlderService, older_error
from tests.e2e.strict_orders import NO_ORDER, StrictOrdersService
from tests.e2e.strict_service import StrictService, error

BRL = {"id": "REF1", "amount": "10.00", "currency": "BRL", "status": "processed"}
PAID = {"paid_amount": "50.00", "payment_method": "account_money", "refunded_amount": None}
UNTOLD = {"paid_amount": None, "payment_id": None}
ENDLESS = {"create": says(error(500, "internal_error"))}
NOT_OURS = "is not from the payment service"

# These end at once, so a counter plays several of them, one after another.
COUNTERS = 5
AT_ONCE = {
    "the answer to the create is lost": Oddity("paid", {"create": first(lost)}, pays(), PAID),
    "a detail that nobody knows": Oddity("paid", {}, pays(status_detail="settled"), PAID),
    "paid more: a tip": Oddity("paid", {}, pays("55.00"), {"paid_amount": "55.00"}),
    "an offered discount": Oddity("paid", {}, uses_discount, {"paid_amount": "45.00"}),
    "paid less": Oddity(
        "held",
        {},
        pays("45.00"),
        {"outcome": "abandoned", "paid_amount": "45.00"},
        problem="held for people",
    ),
    "no paid amount": Oddity("paid", {}, pays_untold, {"paid_amount": None}),
    "no payments": Oddity(
        "paid", {"look": without("transactions", "total_paid_amount")}, pays(), UNTOLD
    ),
    "null nodes": Oddity(
        "paid",
        {
            "look": sets(
                transactions=None, config=None, currency=None, status_detail=None, items=None
            )
        },
        pays(),
        {"paid_amount": "50.00"},
    ),
    "numbers for strings": Oddity(
        "paid", {"look": sets(total_amount=50.0, total_paid_amount=50, user_id=7)}, pays(), PAID
    ),
    "the first of two payments failed": Oddity("paid", {}, second_payment_succeeds, PAID),
    "paid twice": Oddity("paid", {}, pays_twice, {"paid_amount": "100.00"}, "paid 100.00 ARS of"),
    "an amount with a comma": Oddity(
        "paid", {"look": sets(total_paid_amount="50,00", total_amount=None)}, pays(), PAID
    ),
    "an old answer from a cache": Oddity("paid", {"look": flapping}, pays(), PAID),
    "paid before the create is answered": Oddity(
        "paid", {"create": sets(status="processed", total_paid_amount="50.00")}
    ),
    "a create that is refused": Oddity("refused", {"create": says(error(402, "failed"))}),
    "refunded before we look": Oddity("refunded", {}, becomes("refunded")),
    "a refund in another currency": Oddity("paid", {}, pays_with(refunds=[BRL]), PAID),
    "a chargeback": Oddity(
        "held", {}, pays_with(chargebacks=[{"id": "CHB1"}]), {"outcome": "paid"}
    ),
    "no QR": Oddity("canceled", {"create": without("type_response")}, log="no_qr", problem="no QR"),
    "an order in another currency": Oddity(
        "canceled", {"create": sets(currency="BRL")}, log="currency", problem="kiosk.currency"
    ),
    "a new order that failed": Oddity(
        "canceled", {"create": sets(status="failed")}, log="not_payable"
    ),
}

CONTROL = "\x1b[2Jfai\u202eled"
STATIC = (("mode: dynamic", "mode: static"),)
HYBRID = (("mode: dynamic", "mode: hybrid"),)

# These need the time of an order's validity, so each has a counter of its own.
LATE = {
    "Retry-After: 600": Oddity(
        "paid", {"look": first(busy(500, 600))}, pays_after_a_look, PAID, "panel shows checking"
    ),
    "503 for an hour": Oddity(
        "paid", {"look": first(busy(503, 3600))}, pays_after_a_look, PAID, "panel shows checking"
    ),
    "too many requests": Oddity(
        "paid", {"look": first(busy(429, 120))}, pays_after_a_look, PAID, "panel shows checking"
    ),
    "nobody pays": Oddity("expired"),
    "an order of another account": Oddity(
        "set aside", about_the_order(says(Answer(404, NO_ORDER)))
    ),
    "another id": Oddity("set aside", {"look": sets(id=f"ORD{'9' * 26}")}, pays(), log="(foreign)"),
    "control characters": Oddity("set aside", {"look": sets(status=CONTROL)}, log="?[2Jfai?led/"),
    "a redirect": Oddity("set aside", {"create": text(302, Location="http://127.0.0.1:1")}),
    "a tester sets failed, hybrid": Oddity("set aside", {}, becomes("failed"), config=HYBRID),
    "garbage": Oddity("set aside", about_the_order(GARBAGE)),
    "300 MB of zeros": Oddity("set aside", about_the_order(bomb)),
    "a login page": Oddity("set aside", about_the_order(text(200, "<html>Wi-Fi: log in</html>"))),
    "creates fail for ever, printed code": Oddity("set aside", ENDLESS, config=STATIC),
    "creates fail for ever": Oddity("set aside", ENDLESS),
    "a gateway answers": Oddity("set aside", {"create": busy(504, 3600)}),
    "the answer comes minutes later": Oddity("set aside", {"create": held}),
    "a proxy forbids": Oddity("set aside", {"create": text(403)}, log=NOT_OURS),
    "a proxy has no page": Oddity("set aside", {"create": text(404)}, log=NOT_OURS),
    "a proxy wants a password": Oddity("set aside", {"create": text(407)}, log=NOT_OURS),
    "a tester sets failed": Oddity("set aside", {}, becomes("failed", "insufficient_amount")),
    "a status that nobody knows": Oddity("set aside", {}, becomes("in_review")),
    "charged back": Oddity("set aside", {}, becomes("charged_back")),
    "processed, but all payments failed": Oddity(
        "set aside", {}, all_payments_fail, log="(unpaid)"
    ),
    "paid in another currency": Oddity(
        "set aside", {}, pays(currency="BRL"), log="(other currency)"
    ),
    "paid for another reference": Oddity(
        "set aside", {"look": sets(external_reference="of-somebody-else")}, pays(), log="(foreign)"
    ),
}

OLDER: dict[str, Oddity] = {
    "nobody pays": Oddity("expired"),
    "creates fail for ever": Oddity(
        "set aside", {"create": says(older_error(500, "in_store_order_creation_error"))}
    ),
    "opened, but approved": Oddity(
        "set aside", {}, pays(status="opened", order_status="payment_required")
    ),
    "closed, but undefined": Oddity("set aside", {}, pays(order_status="undefined")),
}
OLDER_AT_ONCE = {
    "paid": Oddity("paid", {}, pays(), {"paid_amount": "50.00", "payment_id": "987"}),
    "paid with a tip": Oddity(
        "paid", {}, pays("55.00", total_amount=55.0), {"paid_amount": "55.00"}
    ),
    "paid less": Oddity("held", {}, pays("45.00"), {"outcome": "abandoned"}),
    "refunded before we look": Oddity("refunded", {}, pays(order_status="reverted")),
}

Changes = tuple[tuple[str, str], ...]


def days(
    folder: Path, kind: type[StrictService], oddities: dict[str, Oddity], config: Changes = ()
) -> dict[str, Callable[[], None]]:
    """Return a play for each oddity, with a counter of its own."""
    return {
        name: partial(
            play_day,
            folder / str(number),
            kind(token=TOKEN),
            [oddity],
            *config,
            *oddity.config,
        )
        for number, (name, oddity) in enumerate(oddities.items())
    }


def test_sales_that_end_at_once(tmp_path: Path) -> None:
    names = list(AT_ONCE)
    parts = [names[first::COUNTERS] for first in range(COUNTERS)]
    side_by_side(
        {
            ", ".join(part): partial(
                play_day,
                tmp_path / str(number),
                StrictOrdersService(token=TOKEN),
                [AT_ONCE[name] for name in part],
            )
            for number, part in enumerate(parts)
        }
    )


def test_sales_that_end_late_or_are_set_aside(tmp_path: Path) -> None:
    side_by_side(days(tmp_path, StrictOrdersService, LATE))


def older_days(folder: Path, driver: str) -> dict[str, Callable[[], None]]:
    older = f"driver: {driver}\n  user_id: 446566691"
    config = ("  mode: dynamic\n", ""), ("driver: mercadopago", older)
    service = StrictOlderService(token=TOKEN)
    at_once = partial(play_day, folder / "at once", service, [*OLDER_AT_ONCE.values()], *config)
    plays = days(folder, StrictOlderService, OLDER, config) | {"at once": at_once}
    return {f"{driver}, {name}": play for name, play in plays.items()}


def test_the_older_apis(tmp_path: Path) -> None:
    drivers = ("dynamic_qr", "attended_qr")
    plays = [older_days(tmp_path / driver, driver) for driver in drivers]
    side_by_side({**plays[0], **plays[1]})
