"""The payer's phone: what it reads from a panel's pixels, and what a payer can do with that."""

from __future__ import annotations

from random import Random

import pytest
from PIL import Image

from kiosk.base.money import Money
from kiosk.display.chips.known_panels import PANELS, panel_named
from kiosk.display.screens.canvas import Canvas
from kiosk.display.screens.draw import draw
from kiosk.display.screens.samples import sample
from kiosk.sale.words import Screen
from kiosk.simulator.payers_phone import PayersPhone, read_codes
from kiosk.simulator.service.accounts import account_of
from kiosk.simulator.service.order import Order, OrderStatus
from kiosk.simulator.service.order_book import NotPayable, OrderBook
from tests.simulator.counter import order, order_of

NOW = 1_790_000_000.0


class Shop:
    """A counter with a panel, and a payer in front of it."""

    def __init__(self) -> None:
        self.now = NOW
        self.book = OrderBook(Random(1))
        self.phone = PayersPhone(self.book, lambda: self.now)

    def sells(self, amount: str = "22.50") -> Order:
        return self.book.create(account_of("TOKEN", "AR"), order_of(amount), self.now)


def picture(qr: str, panel: str = "epd-2.13") -> Image.Image:
    """Return what the panel shows for a sale with this QR, or its idle screen without one."""
    canvas = Canvas.of(panel_named(panel), "es", "Kiosco Lucía")
    screen = Screen.SCAN_ME if qr else Screen.IDLE
    return draw(sample(screen, Money.of("22.50", "ARS"), qr), canvas, NOW)


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.mark.parametrize("panel", PANELS)
def test_the_phone_reads_what_every_panel_shows(panel: str) -> None:
    text = "https://mpago.la/pos/123"
    assert read_codes(picture(text, panel)) == [text]


def test_a_payer_pays_what_the_panel_shows(shop: Shop) -> None:
    sold = shop.sells()
    scanned = shop.phone.scan(picture(sold.qr_data))
    assert (scanned.order_id, scanned.amount) == (sold.id, "22.50")
    shop.phone.pay()
    assert sold.status is OrderStatus.PROCESSED


def test_without_a_code_there_is_nothing_to_pay(shop: Shop) -> None:
    shop.sells()
    for seen in (None, picture(""), picture("https://elsewhere.example/another-code")):
        with pytest.raises(NotPayable, match="sees no code"):
            shop.phone.scan(seen)
    with pytest.raises(NotPayable, match="scanned nothing"):
        shop.phone.pay()


def test_a_phone_that_scanned_in_time_pays_the_order_that_has_left_the_panel(shop: Shop) -> None:
    first = shop.sells()
    shop.phone.scan(picture(first.qr_data))
    second = shop.sells("99.00")
    assert shop.phone.pay() is first
    assert second.status is OrderStatus.CREATED


def test_after_the_end_of_the_order_the_phone_says_why_it_cannot_pay(shop: Shop) -> None:
    sold = shop.sells()
    shop.phone.scan(picture(sold.qr_data))
    shop.now += 3600
    with pytest.raises(NotPayable, match="expired"):
        shop.phone.pay()


def test_a_payer_who_has_begun_may_finish_after_the_validity(shop: Shop) -> None:
    sold = shop.sells()
    shop.phone.scan(picture(sold.qr_data))
    shop.now = sold.expires_at - 1
    shop.phone.pay(takes=5)
    shop.now += 10
    assert shop.phone.order() is sold
    assert sold.status is OrderStatus.PROCESSED


def test_a_declined_payment_leaves_the_order_open_for_another_try(shop: Shop) -> None:
    sold = shop.sells()
    shop.phone.scan(picture(sold.qr_data))
    shop.phone.decline()
    assert (sold.status, len(sold.rejections)) == (OrderStatus.CREATED, 1)
    shop.phone.pay()
    assert sold.status is OrderStatus.PROCESSED


def test_a_payer_may_pay_another_amount(shop: Shop) -> None:
    sold = shop.sells()
    shop.phone.scan(picture(sold.qr_data))
    shop.phone.pay("20.00")
    assert sold.payment is not None
    assert (sold.payment.amount, sold.amount) == ("20.00", "22.50")


def test_who_walks_away_must_scan_again(shop: Shop) -> None:
    sold = shop.sells()
    shop.phone.scan(picture(sold.qr_data))
    shop.phone.walk_away()
    with pytest.raises(NotPayable, match="scanned nothing"):
        shop.phone.pay()


def test_money_is_given_back_in_part_and_then_the_rest_but_never_more(shop: Shop) -> None:
    sold = shop.sells()
    with pytest.raises(NotPayable, match="no payment"):
        shop.phone.refund()
    shop.phone.scan(picture(sold.qr_data))
    shop.phone.pay()
    shop.phone.refund("10.00")
    assert (sold.status, f"{sold.refunded:f}") == (OrderStatus.PROCESSED, "10.00")
    with pytest.raises(NotPayable, match="refund_amount_exceeds"):
        shop.phone.refund("12.51")
    shop.phone.refund()
    assert sold.status is OrderStatus.REFUNDED


def test_the_printed_code_leads_to_its_newest_order(shop: Shop) -> None:
    with pytest.raises(NotPayable, match="no order now"):
        shop.phone.scan_printed_code("COUNTER1")
    fixed = order(config__qr__mode="static")
    sold = shop.book.create(account_of("TOKEN", "AR"), fixed, shop.now)
    assert shop.phone.scan_printed_code("COUNTER1").order_id == sold.id
