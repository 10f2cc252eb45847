"""Which column of a price list is which: by the words of its first line, in three languages."""

from __future__ import annotations

from contextlib import suppress

from kiosk.base.errors import BadReading
from kiosk.base.language import _
from kiosk.inputs.codes.catalogue_text import CatalogueText, plain_words

COLUMNS = ("code", "title", "price", "unit", "category")
NEEDED = ("code", "title", "price")
MAX_TITLES = 20  # lines before the names of the columns

# Other names, without accents. A name of COLUMNS itself always wins.
_NAMES = {
    "code": (
        "codigo", "cod", "codigo de barras", "codigo de barra", "codigo barras", "codigo barra",
        "cod barras", "cod barra", "cod de barras", "codbarra", "ean", "ean13", "ean 13", "gtin",
        "upc", "barcode", "bar code", "plu", "sku", "codigo articulo", "codigo de articulo",
        "codigo producto", "codigo de producto", "codigo do produto", "item code", "product code",
    ),
    "title": (
        "titulo", "name", "nombre", "nome", "descripcion", "descricao", "description", "producto",
        "produto", "product", "articulo", "artigo", "article", "item", "detalle", "denominacion",
        "product name", "item name", "nombre producto", "nombre del producto", "nombre articulo",
        "nombre del articulo", "nome do produto", "descricao do produto",
    ),
    "price": (
        "precio", "preco", "precio de venta", "precio venta", "precio final", "precio unitario",
        "precio publico", "precio al publico", "precio lista", "precio de lista", "pvp",
        "preco de venda", "preco venda", "preco unitario", "sale price", "sales price",
        "list price", "unit price", "importe", "precio con iva", "precio c iva",
        "precio final con iva", "precio iva incluido", "precio minorista", "precio contado",
        "valor", "valor unitario", "valor de venda", "valor venda", "vlr venda", "retail price",
        "selling price", "precio de venta al publico",
    ),
    "unit": (
        "unidad", "unidade", "um", "u m", "uom", "u medida", "unidad de medida", "unidad medida",
        "unidade de medida", "medida", "unit of measure",
    ),
    "category": ("categoria", "rubro", "familia", "departamento", "seccion", "grupo"),
}  # fmt: skip
_CURRENCIES = {"ars", "ar", "brl", "r", "clp", "uyu", "pesos", "reais"}


def find_columns(fields: list[str], text: CatalogueText) -> dict[str, int]:
    """Return the place of each column that is used. Raises BadReading."""
    words = [_without_currency(plain_words(field)) for field in fields]
    found = {name: _places(name, words) for name in COLUMNS}
    for name, places in found.items():
        if len(places) > 1 and name not in {"title", "category"}:
            one, other = (fields[place] for place in places[:2])
            raise BadReading(
                _(
                    "the columns {one} and {other} both mean {name}; rename one of them",
                    one=one,
                    other=other,
                    name=name,
                )
            )
    if missing := next((name for name in NEEDED if not found[name]), None):
        raise BadReading(_advice(missing, fields, text.delimiter))
    return {name: places[0] for name, places in found.items() if places}


def below_titles(text: CatalogueText) -> CatalogueText:
    """Return the lines from the names of the columns on; all, if these are not found.

    Lines with a title or a date may be before them, but no line with three fields: that is a row.
    """
    place = text.begin
    for number in range(text.first_line, text.first_line + MAX_TITLES):
        line = text.line_at(place)
        with suppress(BadReading):
            fields = text.fields(line)
            if _is_header(fields):
                return text.starting_at(place, number)
            if len(list(filter(None, fields))) >= len(NEEDED):
                break
        place += len(line) + 1
    return text


def _is_header(fields: list[str]) -> bool:
    words = [_without_currency(plain_words(field)) for field in fields]
    return sum(bool(_places(name, words)) for name in COLUMNS) > 1


def _places(name: str, words: list[str]) -> list[int]:
    """Return where the column is; of several, the one that comes first among the names."""
    if name in words:
        return [place for place, word in enumerate(words) if word == name]
    return [place for known in _NAMES[name] for place, word in enumerate(words) if word == known]


def _without_currency(words: str) -> str:
    return " ".join(word for word in words.split() if word not in _CURRENCIES)


def _advice(missing: str, fields: list[str], delimiter: str) -> str:
    others = [mark for mark in (";", ",", "\t", "|") if mark != delimiter and mark in fields[0]]
    if len(fields) == 1 and others:
        mark = "tab" if others[0] == "\t" else others[0]
        return _(
            "the fields are not separated by {delimiter!r}; set delimiter to {mark!r}",
            delimiter=delimiter,
            mark=mark,
        )
    return _(
        "this line has no column {missing}; write the names of the columns: {columns}",
        missing=missing,
        columns=delimiter.join(COLUMNS),
    )
