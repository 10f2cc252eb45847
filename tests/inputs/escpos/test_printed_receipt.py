"""Receipts that state a total and are no sale: voided ones, reprints, reports of the register."""

from __future__ import annotations

import pytest

from kiosk.base.money import CURRENCIES
from kiosk.inputs.common.repeats import RepeatFilter
from kiosk.inputs.escpos.printed_receipt import NoSaleRule
from kiosk.inputs.escpos_printer import EscposPrinterSettings
from kiosk.sale.events import AmountRead, Event, ReadingBegan, ReadingUnread


def printed(*lines: str, **more: object) -> list[Event]:
    """Return what a printer with the default words reads of these lines."""
    fields = {"listen": "127.0.0.1", "number": {"decimal": ",", "thousands": "."}}
    settings = EscposPrinterSettings.model_validate(fields | more)
    till = settings.decoder("till", CURRENCIES["ARS"], RepeatFilter(0), joins_late=False)
    receipt = "\n".join(lines).encode("cp850") + b"\n\x1dV\x00"
    said = till.feed(b"\x1b@\x1bt\x02" + receipt, 1.0)
    return [each for each in said if isinstance(each, Event) and not isinstance(each, ReadingBegan)]


@pytest.mark.parametrize(
    "line",
    [
        "*** ANULADO ***", "TICKET ANULADO", "VENTA ANULADA Nº 0012", "CUPOM FISCAL CANCELADO",
        "NOTA DE CRÉDITO B 0001-00001234", "** REIMPRESIÓN **", "CIERRE Z NRO 123", "INFORME X",
        "ARQUEO DE CAJA", "CIERRE DE TURNO 2", "LEITURA X", "REDUÇÃO Z", "FECHAMENTO DE CAIXA",
    ],
)  # fmt: skip
def test_a_total_that_is_no_sale_is_counted_and_never_sold(line: str) -> None:
    for lines in ((line, "TOTAL 12,00"), ("TOTAL 12,00", line)):
        (said,) = printed(*lines)
        assert isinstance(said, ReadingUnread)
        assert said.reason.endswith("the receipt is not a sale; see the setting no_sale")


@pytest.mark.parametrize(
    "line",
    [
        "ANULADO COCA -500,00", "ANULADO -500,00", "ITEM CANCELADO 003", "COCA ANULADO",
        "DUPLICADO", "COPIA CLIENTE", "NO VALIDO SI ESTA ANULADO", "CREDITO", "FACTURA B",
        "CAMBIOS Y DEVOLUCIONES EN 10 DIAS", "EL CIERRE ES A LAS 20",
    ],
)  # fmt: skip
def test_a_word_within_other_text_hides_no_total(line: str) -> None:
    assert [type(each) for each in printed(line, "TOTAL 12,00")] == [AmountRead]


def test_a_shop_chooses_its_own_words() -> None:
    (said,) = printed("SEGUNDA VIA", "TOTAL 12,00", no_sale=["Segunda vía"])
    assert isinstance(said, ReadingUnread)
    assert isinstance(printed("ANULADO", "TOTAL 12,00", no_sale=[])[0], AmountRead)


def test_a_phrase_without_words_fits_nothing() -> None:
    assert NoSaleRule(["7", "*"]).phrase_in("CAJA 7") == ""
