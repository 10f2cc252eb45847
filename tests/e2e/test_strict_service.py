"""A strict service that is not ours does what no document foresees.

After each oddity the order, the journal, the register and the signals tell one truth; or the sale is
set aside, and log and status say what to do. The next total, keyed at once, sells within ten seconds.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.e2e.oddities import (
    Oddity,
    all_payments_fail,
    becomes,
    busy,
    first,
    held,
    lost,
    pays,
    pays_untold,
    pays_with,
    says,
    second_payment_succeeds,
    sets,
    text,
    uses_discount,
    without,
)
from tests.e2e.strict_counter import play_all
from tests.e2e.strict_older import StrictOlderService
from tests.e2e.strict_orders import StrictOrdersService
from tests.e2e.strict_service import StrictService, error

BRL = {"id": "REF1", "amount": "10.00", "currency": "BRL", "status": "processed"}
PAID = {"paid_amount": "50.00", "payment_method": "account_money", "refunded_amount": None}
UNTOLD = {"paid_amount": None, "payment_id": None}
ENDLESS = {"create": says(error(500, "internal_error"))}
NOT_OURS = "is not from the payment service"

# These end at once, so a counter plays several of them, one after another.
COUNTERS = 4
AT_ONCE = {
    "the answer to the create is lost": Oddity("paid", {"create": first(lost)}, pays(), PAID),
    "a detail that nobody knows": Oddity("paid", {}, pays(status_detail="settled"), PAID),
    "paid more: a tip": Oddity("paid", {}, pays("55.00"), {"paid_amount": "55.00"}),
    "an offered discount": Oddity("paid", {}, uses_discount, {"paid_amount": "45.00"}),
    "paid less": Oddity(
        "held", {}, pays("45.00"), {"outcome": "abandoned", "paid_amount": "45.00"}
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
    "refunded before we look": Oddity("refunded", {}, becomes("refunded")),
    "a refund in another currency": Oddity("paid", {}, pays_with(refunds=[BRL]), PAID),
    "a chargeback": Oddity(
        "held", {}, pays_with(chargebacks=[{"id": "CHB1"}]), {"outcome": "paid"}
    ),
    "an order in another currency": Oddity(
        "canceled", {"create": sets(currency="BRL")}, log="currency"
    ),
    "a new order that failed": Oddity(
        "canceled", {"create": sets(status="failed")}, log="not_payable"
    ),
}

# These end only when the sale is set aside, so each has a counter of its own.
SET_ASIDE = {
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


def driver(words: str) -> Changes:
    """Return the changes of the configuration to an older driver."""
    older = f"driver: {words}\n  user_id: 446566691"
    return ("  mode: dynamic\n", ""), ("driver: mercadopago", older)


DRIVERS = {name: driver(name) for name in ("dynamic_qr", "attended_qr")}


def play_side_by_side(
    folder: Path, kind: type[StrictService], *days: dict[str, Oddity], config: Changes = ()
) -> None:
    """Play each day at a counter of its own, all at the same time."""
    with ThreadPoolExecutor(len(days)) as pool:
        played = [
            pool.submit(play_all, folder / str(number), kind(token="TEST"), day, *config)
            for number, day in enumerate(days)
        ]
        failed = {name: why for each in played for name, why in each.result().items()}
    assert not failed, "\n\n".join(f"{name}: {why}" for name, why in failed.items())


def one_by_one(oddities: dict[str, Oddity]) -> list[dict[str, Oddity]]:
    return [{name: oddity} for name, oddity in oddities.items()]


def test_sales_that_end_at_once(tmp_path: Path) -> None:
    names = list(AT_ONCE)
    days = [{name: AT_ONCE[name] for name in names[first::COUNTERS]} for first in range(COUNTERS)]
    play_side_by_side(tmp_path, StrictOrdersService, *days)


def test_sales_that_are_set_aside(tmp_path: Path) -> None:
    play_side_by_side(tmp_path, StrictOrdersService, *one_by_one(SET_ASIDE))


@pytest.mark.parametrize("words", DRIVERS)
def test_the_older_apis(tmp_path: Path, words: str) -> None:
    days = [OLDER_AT_ONCE, *one_by_one(OLDER)]
    play_side_by_side(tmp_path, StrictOlderService, *days, config=DRIVERS[words])
