"""The fields of a row in a price list: code, price and unit, as shops and spreadsheets write them.

What a spreadsheet has done to a code is named. Where the digits are certain, because the check
digit of a GTIN is right, the code is read with a remark; otherwise its row is refused.
"""

from __future__ import annotations

import re

from kiosk.base.errors import BadReading
from kiosk.base.language import _, mark
from kiosk.base.money import Currency, Money, NumberFormat
from kiosk.inputs.codes.catalogue_text import plain_words
from kiosk.inputs.codes.check_digits import is_gtin

WEIGHED = "kg"  # the unit of a product that is sold by weight; scales and GS1 use kilograms too

_AS_TEXT = mark("format the column as text, and write the code again")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_FORMULA = re.compile(r'="([^"]*)"|=([0-9]+)')
_QUOTED = re.compile("'([0-9A-Za-z]+)")
_POWER = re.compile(r"([0-9])(?:[.,]([0-9]+))?[Ee]\+?([0-9]{1,2})")
_WITH_DECIMALS = re.compile(r"([0-9]+)[.,]0+")
_SEPARATED = re.compile(r"['0-9][0-9 .,\u00a0-]*[0-9]")
_MONTHS = {
    "ene", "jan", "feb", "fev", "mar", "abr", "apr", "may", "mai", "jun", "jul", "ago", "aug",
    "sep", "set", "oct", "out", "nov", "dic", "dec", "dez",
}  # fmt: skip
_ERROR = re.compile("#+|#N/[AD]|#[¡¿]?[A-ZÁÉÍÓÚÃ/0]+[!?]|Err:[0-9]{3}")  # in three languages
_LOST_ZEROS = {7: 8, 10: 12, 11: 12}  # digits that are left, and those of the GTIN


def read_code(text: str) -> tuple[str, str]:
    """Return the code, and a remark if a spreadsheet has changed it. Raises BadReading."""
    if is_gtin(text):  # as nearly all are, in a list of a hundred thousand
        return text, ""
    return _read_other_code(text)


def _read_other_code(text: str) -> tuple[str, str]:
    if not text:
        raise BadReading(_("the code is empty; write it"))
    _check("code", text)
    if formula := _FORMULA.fullmatch(text):
        return _certain(formula[1] or formula[2], _("the code is the formula {text}", text=text))
    if text.startswith("="):
        raise BadReading(
            _("the code is the formula {text}; {as_text}", text=text, as_text=_(_AS_TEXT))
        )
    if quoted := _QUOTED.fullmatch(text):
        return _certain(quoted[1], _("an apostrophe is before the code {text}", text=text))
    if power := _POWER.fullmatch(text):
        return _from_power(text, power)
    if whole := _WITH_DECIMALS.fullmatch(text):
        if not is_gtin(whole[1]):
            raise BadReading(
                _(
                    "a spreadsheet has added decimals to the code {text}; {as_text}",
                    text=text,
                    as_text=_(_AS_TEXT),
                )
            )
        return _certain(
            whole[1], _("a spreadsheet has added decimals to the code {text}", text=text)
        )
    digits = re.sub("[^0-9]", "", text)
    if digits != text and _SEPARATED.fullmatch(text) and is_gtin(digits):
        return _certain(
            digits, _("there are marks between the digits of the code {text}", text=text)
        )
    if not text.isascii():
        raise BadReading(_("the code has characters that are not ASCII; remove them"))
    return text, _doubt(text)


def read_title(text: str) -> str:
    """Return the title. Raises BadReading."""
    if not text:
        raise BadReading(_("the title is empty; write it"))
    _check("title", text)
    return text


def _check(name: str, text: str) -> None:
    """Raise BadReading if the field ``name`` can't be read, or is the error of a formula."""
    if _CONTROL.search(text):
        raise BadReading(_("the {name} has control characters; remove them", name=name))
    if text.startswith(("#", "Err:")) and _ERROR.fullmatch(text):
        raise BadReading(
            _(
                "the {name} {text!r} can't be used: it is the error of a formula; correct the "
                "formula",
                name=name,
                text=text,
            )
        )


def _certain(code: str, what: str) -> tuple[str, str]:
    if not code or not code.isascii():
        raise BadReading(f"{what}; {_(_AS_TEXT)}")
    return code, _("{what}; it is read as {code}; format the column as text", what=what, code=code)


def _from_power(text: str, power: re.Match[str]) -> tuple[str, str]:
    """Read ``7.790001001054E+12``; refuse ``7,79E+12``. ``12E3`` is a code of the shop."""
    first, decimals, exponent = power[1], power[2] or "", int(power[3])
    digits = first + decimals
    if "+" not in text and not decimals:
        return text, ""
    what = _("a spreadsheet has written the code in powers of ten ({text})", text=text)
    if len(digits) != exponent + 1 or not is_gtin(digits):
        raise BadReading(
            _("{what}, and its digits are lost; {as_text}", what=what, as_text=_(_AS_TEXT))
        )
    return _certain(digits, what)


def _looks_like_date(code: str) -> bool:
    """Return whether it is like 2-mar, mar-26, 2.mar.2026, 02/03/26 or 2026-03-02."""
    parts = re.split("[-/. ]+", code.lower())
    months = [part for part in parts if part in _MONTHS]
    numbers = [part for part in parts if part.isdigit() and len(part) in {1, 2, 4}]
    is_whole = len(parts) in {2, 3} and len(months) + len(numbers) == len(parts)
    return is_whole and (len(months) == 1 or (len(numbers) == 3 and not set(code) & set(". ")))


def _doubt(code: str) -> str:
    """Return a remark if a spreadsheet may have changed the code. It may also be correct."""
    if _looks_like_date(code):
        return _(
            "the code {code} may be another one, which a spreadsheet has changed to a date; "
            "if so, {as_text}",
            code=code,
            as_text=_(_AS_TEXT),
        )
    whole = code.zfill(_LOST_ZEROS.get(len(code), 0))
    if not code.isdigit() or whole == code or not is_gtin(whole):
        return ""
    return _(
        "the code {code} may be {whole}, if a spreadsheet has removed the zeros at the "
        "beginning; if so, {as_text}",
        code=code,
        whole=whole,
        as_text=_(_AS_TEXT),
    )


def read_price(text: str, number: NumberFormat, currency: Currency) -> Money:
    """Return the price of a field. Raises BadReading.

    Spreadsheets write a currency beside it, a single decimal (``1234,5``), or more decimals that
    are zeros (``1234.5000``). Three decimals are refused, because they may be thousands.
    """
    _check("price", text)
    bare = _without_sign(text, currency)
    whole, mark, decimals = bare.rpartition(number.decimal or "\0")
    if mark and re.fullmatch("[0-9]|[0-9]{2}0{2,}", decimals):
        bare = f"{whole}{mark}{decimals[:2]:0<2}"
    try:
        return number.parse(bare, currency)
    except BadReading as fault:
        raise BadReading(
            _("the price {text!r} can't be used: {fault}", text=text, fault=fault)
        ) from None


def _without_sign(text: str, currency: Currency) -> str:
    if text.isascii() and text[:1].isdigit() and text[-1:].isdigit():
        return text
    bare = re.sub(r"\s", " ", text).strip()
    for sign in (currency.code, f"{currency.code[:2]}$", currency.symbol, "$"):
        if bare.upper().startswith(sign) or bare.upper().endswith(sign):
            return bare.upper().removeprefix(sign).removesuffix(sign).strip()
    return bare


_KILOGRAMS = {
    "kg", "kgs", "kgr", "kgrs", "k", "kilo", "kilos", "kilogramo", "kilogramos", "kilogram",
    "kilograms", "quilo", "quilos", "quilograma", "quilogramas",
}  # fmt: skip
_PIECES = {
    "u", "un", "uni", "unid", "unids", "unidad", "unidades", "unidade", "ud", "uds", "und", "unds",
    "unit", "units", "pz", "pza", "pzas", "pzs", "pieza", "piezas", "peca", "pecas", "pc", "pcs",
    "piece", "pieces", "c", "cu", "cada", "each", "ea", "uno", "una", "caja", "cajas", "caixa",
    "cx", "bolsa", "bolsas", "paquete", "paquetes", "paq", "pack", "packs", "pacote", "pct", "lata",
    "latas", "botella", "botellas", "bot", "garrafa", "frasco", "docena", "docenas", "duzia", "dz",
    "par", "pares", "rollo", "rollos", "sobre", "sobres", "bandeja", "atado", "maple", "bulto",
    "fardo", "juego", "kit", "set", "blister", "tira", "display", "pote", "barra", "litro",
    "litros", "lt", "lts", "l", "ml", "cc", "metro", "metros", "m", "mt", "mts",
}  # fmt: skip
_FILL = {"por", "x", "el", "la", "de", "precio", "preco", "o", "1"}


def read_unit(text: str) -> str:
    """Return ``kg``, or the text for pieces. Raises BadReading for any other unit."""
    if not text:
        return text
    words = set(re.findall("[a-z]+|[0-9]+", plain_words(text.replace(".", ""))))
    if words & _PIECES and all(map(str.isdigit, words - _PIECES - _FILL)):
        return text
    if set() < words - _FILL <= _KILOGRAMS:
        return WEIGHED
    raise BadReading(
        _(
            "the unit {text!r} can't be used; write kg and the price of a kg, or leave the unit "
            "of pieces empty",
            text=text,
        )
    )


def is_cut_price(price: str, after: str, line: str, number: NumberFormat, delimiter: str) -> bool:
    """Return whether the price may be only the first part: its own mark is also the delimiter.

    ``1234,50`` is cut in a file with commas, and ``1,234.50`` as well if the decimal mark is a
    point.
    """
    if f'"{price}"' in line:
        return False
    has_same_mark = delimiter in {number.decimal, number.thousands}
    if has_same_mark and re.fullmatch("[0-9]{1,3}", after):
        return True
    cut = re.fullmatch("[0-9]{3}([^0-9])[0-9]{1,2}", after)
    return delimiter == "," and cut is not None and cut[1] == (number.decimal or ".")
