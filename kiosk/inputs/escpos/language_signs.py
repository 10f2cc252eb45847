"""Signs that a register prints in another language than the one that is set. Pure.

Nobody finds out a language for certain: ``ESC E`` switches bold print on in all of them, with an
argument or without. So a command is only a sign, and a sign makes its line doubtful.
"""

from __future__ import annotations

from kiosk.base.language import _
from kiosk.inputs.escpos.printer_languages import PRINTER_LANGUAGES, PrinterLanguage
from kiosk.inputs.text.escape_sequences import (
    EndlessCommand,
    EscapeCommand,
    EscapeReader,
    PlainText,
    StrayByte,
    Token,
    UnknownCommand,
)

_ESC, _GS = b"\x1b", b"\x1d"
_DRAWERS = b"\x00\x0101"  # which ESC p opens
_EPSON = PRINTER_LANGUAGES["epson"]
_OTHERS = {name: language for name, language in PRINTER_LANGUAGES.items() if name != "epson"}

# Commands with one argument in Epson's language, and with none in another one.
_ONE_OR_NONE = frozenset(
    name
    for name, size in _EPSON.commands.sizes.items()
    if size == 1 and any(each.commands.sizes.get(name) == 0 for each in _OTHERS.values())
)


class LanguageSigns:
    """Looks, token by token, for signs that what is printed is not in Epson's language.

    ``seen`` has the commands that were signs. Without an effect in other languages: the technician
    has chosen them.
    """

    def __init__(self, language: PrinterLanguage) -> None:
        self.seen: set[bytes] = set()
        self._is_epson = language is _EPSON
        self.page_mode = False
        self._ambiguous = b""  # the command before, if its argument may have been text

    def doubts(self, token: Token) -> bool:
        """Take the next token; return whether it makes its line doubtful."""
        before, self._ambiguous = self._ambiguous, b""
        match token:
            case PlainText(data) if before and data[:1] in b"0123456789.,":
                return self._sign(before)
            case UnknownCommand(data) if data[:1] in _ESC + _GS:
                return self._sign(data)
            case UnknownCommand() | EndlessCommand() | StrayByte():
                return True
            case EscapeCommand(name, args) if self._is_epson:
                self.page_mode = name == b"\x1bL" or (
                    self.page_mode and name not in (b"\x1bS", b"\x1b@", b"\f")
                )
                return self._is_foreign(name, args) and self._sign(name)
            case _:
                return False

    def _sign(self, name: bytes) -> bool:
        self.seen.add(name)
        return True

    def _is_foreign(self, name: bytes, args: bytes) -> bool:
        """Return whether the arguments look like text that follows a command without them."""
        if name == b"\x1bW":
            return not self.page_mode
        if name == b"\x1bp":
            return args[:1] not in _DRAWERS
        if name in _ONE_OR_NONE and args >= b" ":
            self._ambiguous = name
            return args not in b"0123"
        return False

    def advice(self) -> str:
        """Return the settings that may do, or an empty text without a sign."""
        if not (self.seen and self._is_epson):
            return ""
        *more, last = _likeliest(self.seen)
        names = _("{several} or {last}", several=", ".join(more), last=last) if more else last
        return _("set language: {names} (that of the register's printer)", names=names)


def _likeliest(seen: set[bytes]) -> list[str]:
    """Return the languages that most of the signs fit: several have the same commands."""
    fits = {name: sum(_fits(sign, each) for sign in seen) for name, each in _OTHERS.items()}
    return [name for name, count in fits.items() if count == max(fits.values())]


def _fits(sign: bytes, language: PrinterLanguage) -> bool:
    """Return whether the command is another one in this language than in Epson's."""
    sizes, epsons = language.commands.sizes, _EPSON.commands.sizes
    if sign in epsons:
        return sign in sizes and sizes[sign] != epsons[sign]
    return any(name.startswith(sign) for name in sizes)


def misread(data: bytes, language: PrinterLanguage) -> int:
    """Return how many tokens of a stream do not fit the language, or are signs of another one.

    NUL fits: some programs end a barcode with it that needs no end.
    """
    signs = LanguageSigns(language)
    tokens = EscapeReader(language.commands).read(data)
    return sum(signs.doubts(token) for token in tokens if token != StrayByte(b"\0"))
