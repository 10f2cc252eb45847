"""Streams like those that were captured at printers, as bytes of our own making.

Two sorts: the samples of zachzurn/thermal (pictures, barcodes, page mode, a damaged one), and what
Openbravo POS sends to printers that are not Epson's. The commands are theirs. The
texts, amounts, dots and codes are ours. Dots have totals, cuts and ESC @ in them, and codes have
totals, so that a wrong size shows.
"""

from __future__ import annotations

import pytest

from kiosk.inputs.escpos.language_signs import misread
from kiosk.inputs.escpos.printer_languages import EPSON
from kiosk.sale.events import ReadingRejected, ReadingUnread
from tests.inputs.escpos.test_printer_languages import amounts
from tests.inputs.escpos.test_receipt_decoder import BEGAN, CUT, decoder, printed, read
from tests.support.examples import examples

TOTAL = "1234.56"
CODE = b"TOTAL 9,99"
NO_TEXT = b"\x01"


def dots(size: int) -> bytes:
    """Return dots that state a total of their own if they are read as text.

    The last one is a byte that no text has, so that a size that is too small by one shows, too.
    """
    bait = b"\n" + CODE + b"\n" + CUT + b"\x1b@"
    return (bait * (size // len(bait) + 1))[: size - 1] + NO_TEXT


def graphics(arguments: bytes) -> bytes:
    """Return GS ( L pL pH, the count of the bytes that follow, and these."""
    return b"\x1d(L" + len(arguments).to_bytes(2, "little") + arguments


def symbol(arguments: bytes) -> bytes:
    """Return GS ( k pL pH, the count of the bytes that follow, and these."""
    return b"\x1d(k" + len(arguments).to_bytes(2, "little") + arguments


# --- as in zachzurn/thermal --------------------------------------------------------------------

# Order of commands: sample_files/in/receipt_with_barcode.thermal
RECEIPT_WITH_BARCODE = b"".join(
    [
        b"\x1b@",  # ESC @
        b"\x1bD\x23\x00",  # ESC D: a tab stop in column 35
        b"\x1dP\xb4\xb4",  # GS P: motion units of 1/180 inch
        # GS ( L, function 83: define the download graphics A1, 240 × 10 dots
        graphics(b"\x30\x53\x30A1\x01\xf0\x00\x0a\x00\x31" + dots(300)),
        b"\x1ba\x01",  # ESC a: centered
        graphics(b"\x30\x55A1\x01\x02"),  # GS ( L, function 85: print the graphics A1
        b"\x1bJ\x08",  # ESC J: feed 8 units
        b"GRACIAS\n26/11/2026 15:00",
        b"\x1bd\x03",  # ESC d: feed 3 lines
        b"\x1ba\x00",  # ESC a: left
        b"YERBA 1 KG\t  1.000,00\nPAN\t    234,56\n\n",
        b"\x1d!\x01",  # GS !: double height
        b"TOTAL\t  1.234,56\n",
        b"\x1d!\x00",  # GS !: normal size
        b"------------------------------------------\n",
        b"EFECTIVO\t  2.000,00\nVUELTO\t    765,44",
        b"\x1bd\x03",  # ESC d: feed 3 lines
        b"\x1ba\x01<< PUNTOS : 14 >>\x1bJ\x23",  # ESC a: centered; ESC J: feed 35 units
        b"\x1dh\x32\x1dH\x02\x1df\x01",  # GS h, GS H, GS f: the barcode's height and its text
        b"\x1dk\x04" + CODE + b"\x00",  # GS k, form A: CODE39 that ends in NUL
        b"\x1dVB\x1e",  # GS V 66: feed and cut
    ]
)

# Commands: sample_files/in/page_mode.thermal, a coupon in four directions, and discount.thermal
BORDER = b"\x1b*\x00\x19\x00" + dots(25)  # ESC *: 25 columns of 8 dots
PAGE_MODE = b"".join(
    [
        b"\x1b@\x1bL",  # ESC @; ESC L: page mode
        b"\x1dP\xcb\xcb",  # GS P: motion units of 1/203 inch
        b"\x1bW\x06\x00\x00\x00\xf4\x01\xee\x02",  # ESC W: the area of the border
        b"\x1bT\x00" + BORDER * 3 + b"\x1b\x0c",  # ESC T: its direction; ESC FF: print
        b"\x1bT\x01" + BORDER * 3,
        b"\x1bT\x02" + BORDER * 3,
        b"\x1bT\x03" + BORDER * 3,
        b"\x1b$\x18\x00\x1d$\x90\x00",  # ESC $, GS $: the column and the height on the page
        b"\x1d(G\x02\x00\x50\x01",  # GS ( G
        b"\x1d\\\xd8\xff",  # GS \: 40 units up
        # GS ( L, function 112: store 464 × 4 dots; function 50: print them
        graphics(b"\x30\x70\x30\x01\x01\x31\xd0\x01\x04\x00" + dots(232)),
        graphics(b"\x30\x32"),
        b"\x1bW\x8c\x00\x76\x00\x68\x01\x10\x02",  # ESC W: the area of the text
        b"\x1bT\x01",  # ESC T: from bottom to top
        b"\x1d!\x11\nFELICES FIESTAS\n\n",  # GS !: double size
        b"\x1d!\x10TOTAL  1.234,56",  # GS !: double width
        b"\x1bJ\xc8",  # ESC J: feed 200 units
        b"ALMACEN 10% DE DESCUENTO",
        b"\x1bW\x32\x00\x4c\x02\x48\x00\x44\x00",  # ESC W: the area of a symbol
        b"\x1bT\x01\x1b3\x18",  # ESC T; ESC 3: line spacing
        (b"\x1b*\x00\x22\x00" + dots(34)) * 3,  # ESC *: 34 columns of 8 dots
        b"\x1b*\x21\x10\x00" + dots(48),  # ESC *: 16 columns of 24 dots
        b"\x1bW\x14\x01\xe2\x00\x46\x00\x38\x01",  # ESC W: the area of the barcode
        b"\x1bT\x01\x1dH\x02\x1df\x01\x1dh\x28\x1dw\x02",  # ESC T, GS H, GS f, GS h, GS w
        b"\x1d$\x28\x00",  # GS $: the height on the page
        b"\x1dk\x04" + CODE + b"\x00",  # GS k, form A: CODE39
        b"\x1b\x0c",  # ESC FF: print the page
        b"\x1dVB\x50",  # GS V 66: feed and cut
        b"\x1bS",  # ESC S: standard mode
    ]
)

# Commands: sample_files/in/print_graphics.thermal, gs_images_raster.thermal,
# gs_images_column.thermal, barcodes_upce.thermal. GS 8 L, GS * and form A's other kinds: Epson's
# ESC/POS application programming guide
PICTURES_AND_CODES = b"".join(
    [
        b"\x1b@",  # ESC @
        # GS ( L, function 67: define the stored graphics G1, 128 × 8 dots; function 69: print it
        graphics(b"\x30\x43\x30G1\x01\x80\x00\x08\x00\x31" + dots(128)),
        graphics(b"\x30\x45G1\x01\x01"),
        # GS ( L, function 112: store 64 × 8 dots; function 50: print them
        graphics(b"\x30\x70\x30\x01\x01\x31\x40\x00\x08\x00" + dots(64)),
        graphics(b"\x30\x32"),
        # GS 8 L: function 112 again, with a count of four bytes
        b"\x1d8L\x4a\x00\x00\x00" + b"\x30\x70\x30\x01\x01\x31\x40\x00\x08\x00" + dots(64),
        graphics(b"\x30\x32"),
        b"\x1dv0\x00\x08\x00\x0a\x00" + dots(80),  # GS v 0: a raster of 64 × 10 dots
        b"\x1b*\x21\x10\x00" + dots(48) + b"\n",  # ESC *: 16 columns of 24 dots
        b"\x1d*\x02\x04" + dots(64) + b"\x1d/\x00",  # GS *: define 16 × 32 dots; GS /: print them
        b"ALMACEN\nSUBTOTAL  1.234,56\n",
        b"\x1bE\x01TOTAL $  1.234,56\x1bE\x00\n",  # ESC E: bold
        b"\x1dk\x00778900010001\x00",  # GS k, form A: UPC-A
        b"\x1dk\x02779000100105\x00",  # EAN-13
        b"\x1dk\x05123456\x00",  # ITF
        b"\x1dk\x06A9999A\x00",  # CODABAR
        b"\x1dkC\x0c779000100105",  # GS k, form B: EAN-13 of 12 digits
        b"\x1dkE\x0aTOTAL 9.99",  # CODE39
        b"\x1dkI\x0d{A" + CODE + NO_TEXT,  # CODE128
        symbol(b"0A\x00") + symbol(b"0C\x03"),  # GS ( k, functions 65, 67: a PDF417's sizes
        symbol(b"0E0\x00") + symbol(b"0F\x00"),  # functions 69, 70: error correction, options
        symbol(b"0P0\n" + CODE + b"\n" + CUT),  # function 80: its text
        symbol(b"0Q0"),  # function 81: print it
        symbol(b"1A2\x00"),  # GS ( k, function 165: the QR's model
        symbol(b"1C\x04"),  # function 167: its size
        symbol(b"1E1"),  # function 169: its error correction
        symbol(b"1P0\n" + CODE + b"\n" + CUT),  # function 180: its text
        symbol(b"1Q0"),  # function 181: print it
        b"\x1bd\x04\x1dV\x01",  # ESC d: feed; GS V: cut
    ]
)

# --- as Openbravo POS prints -------------------------------------------------------------------

PRINTER = b"\x1b=\x01"  # ESC =: to the printer, not to the display; before each piece


def openbravo(image: bytes, line_end: bytes, cut: bytes, drawer: bytes) -> bytes:
    """Return a ticket as DevicePrinterESCPOS sends it, with the codes of one printer."""
    return b"".join(
        [
            PRINTER + image + b"\x20\x00\x04\x00" + dots(128),  # 256 × 4 dots
            PRINTER + b"\x1d!\x00" + PRINTER + b"YERBA 1 KG   1.000,00" + PRINTER + line_end,
            PRINTER + b"\x1d!\x00" + PRINTER + b"PAN            234,56" + PRINTER + line_end,
            PRINTER + b"\x1d!\x31",  # GS !: wide and high
            PRINTER + b"\x1bE\x01Total.    \x1bE\x00",  # ESC E: bold
            PRINTER + b"\x1bE\x01\x1b-\x01$1.234,56\x1b-\x00\x1bE\x00",  # ESC -: underlined
            PRINTER + line_end,
            PRINTER + b"\x1d!\x00" + PRINTER + b"Efectivo     2.000,00" + PRINTER + line_end,
            PRINTER + line_end + b"\x1dh\x40\x1dH\x02\x1df\x01",  # GS h, GS H, GS f
            b"\x1dk\x02779000100105\x00" + line_end,  # GS k, form A: EAN-13
            PRINTER + line_end * 5 + cut,
            PRINTER + drawer,
        ]
    )


START = b"\x1b@" + PRINTER + b"\x1bt\x13"  # ESC @, ESC =, ESC t 19; only as the program starts

# CodesSurePOS: GS v 0 in mode 2; CR; ESC i cuts; ESC p opens the drawer
SUREPOS = openbravo(b"\x1dv0\x02", b"\r", b"\x1bi", b"\x1bp\x00\x32\xfa")
# CodesIthaca: GS v 0 in mode 3; CR LF; ESC P 0 cuts; ESC x 1 opens the drawer
ITHACA = openbravo(b"\x1dv0\x03", b"\r\n", b"\x1bP\x00", b"\x1bx\x01")

CAPTURES = {
    "receipt with barcode": RECEIPT_WITH_BARCODE,
    "page mode": PAGE_MODE,
    "pictures and codes": PICTURES_AND_CODES,
    "SurePOS": START + SUREPOS,
    "Ithaca": START + ITHACA,
}


@pytest.mark.parametrize("name", CAPTURES)
def test_a_captured_stream_says_its_total_and_nothing_else(name: str) -> None:
    assert printed(CAPTURES[name]) == [read(TOTAL)]
    assert (misread(CAPTURES[name], EPSON) > 0) == (name == "Ithaca")  # its cut is not Epson's


@pytest.mark.parametrize("name", CAPTURES)
def test_without_its_total_line_no_digit_of_a_picture_or_code_is_an_amount(name: str) -> None:
    stream = CAPTURES[name].replace(b"1.234,56", b"")
    assert [type(each) for each in printed(stream)] == [ReadingUnread]


@pytest.mark.slow
@pytest.mark.parametrize("name", CAPTURES)
def test_a_captured_stream_cut_at_any_byte_states_no_other_amount(name: str) -> None:
    stream = CAPTURES[name]
    total_line = stream.rindex(b"1.234,56") + len(b"1.234,56")
    for cut in range(len(stream)):
        assert amounts(printed(stream[:cut])) <= {TOTAL}, cut
        assert cut > total_line or not amounts(printed(stream[:cut])), cut
        assert printed(stream[:cut], stream[cut:]) == [read(TOTAL)], cut


@pytest.mark.parametrize("name", CAPTURES)
def test_a_captured_stream_whose_picture_was_damaged_is_refused_as_cut_off(name: str) -> None:
    """After the total comes a picture that has lost its end, or whose size is wrong."""
    stream = CAPTURES[name]
    after_total = stream.rindex(b"1.234,56") + len(b"1.234,56")
    picture = b"\n\x1dv0\x00\x08\x00\xff\xff" + dots(80)  # GS v 0: 65535 rows, but only 10 come
    for rest in (b"", stream[after_total:]):
        (said,) = printed(stream[:after_total] + picture + rest)
        assert isinstance(said, ReadingRejected)
        assert said.reason == "the receipt is incomplete; print it again"


@pytest.mark.parametrize("name", CAPTURES)
def test_a_captured_stream_in_small_pieces_says_the_same(name: str) -> None:
    stream = CAPTURES[name]
    for size in range(1, examples(20)):
        pieces = [stream[at : at + size] for at in range(0, len(stream), size)]
        assert printed(*pieces) == [read(TOTAL)], size


def test_openbravo_starts_the_printer_only_once() -> None:
    till = decoder()
    other = SUREPOS.replace(b"1.234,56", b"90,00")
    assert till.feed(START + SUREPOS + other, 0.0) == [BEGAN, read(TOTAL), read("90.00")]


def test_an_unknown_cut_leaves_it_to_silence_to_part_two_tickets() -> None:
    other = ITHACA.replace(b"1.234,56", b"90,00")
    till = decoder()
    till.feed(START + ITHACA, 0.0)
    assert till.feed(other, 2.5) == [read(TOTAL), BEGAN]
    assert till.feed(b"", till.deadline) == [read("90.00")]
    (said,) = printed(START + ITHACA + other)
    assert isinstance(said, ReadingRejected)
    assert "several totals" in said.reason
