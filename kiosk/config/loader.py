"""Reads a configuration file: a Config, or a ConfigError with all faults of the file."""

from __future__ import annotations

import codecs
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from kiosk.base.errors import ConfigError
from kiosk.base.frozen import frozen
from kiosk.base.language import _, system_reason
from kiosk.config.counter_checks import check_last_buttons, check_printed_code
from kiosk.config.fault import ConfigFault, Position, dotted
from kiosk.config.parsing import ParsedSettings, S, parse_settings
from kiosk.config.sections import Config
from kiosk.config.yaml_text import read_yaml
from kiosk.config.yaml_tree import Document, build_tree
from kiosk.orders.account.token import TokenSettings

_TOKEN = ("orders", "token")
# How the files of word processors, PDFs, pictures and archives begin.
_NO_TEXT = (
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0",
    b"{\\rtf",
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8",
    b"\x1f\x8b",
)
_UTF16 = codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE
_LONGEST = 50_000  # bytes of a file that is perhaps no text at all: reading more takes too long


@frozen
class CheckedFile:
    """The result of checking a file: its configuration, or its faults.

    ``warnings`` returns sentences about what is doubtful, or wrong only on this computer. It is a
    function, because no daemon asks for them.
    ``data`` is the content of the file. ``problem`` says why it is used in place of
    another file, if it is: see ``last_sold.py``.
    """

    document: Document
    config: Config | None
    faults: tuple[ConfigFault, ...]
    warnings: Callable[[], tuple[str, ...]] = tuple
    data: bytes = b""
    problem: str = ""

    def require_config(self, path: Path) -> Config:
        """Return the configuration, or raise ConfigError with a line for each fault."""
        if self.config is None:
            raise ConfigError(*(fault.line(str(path)) for fault in self.faults))
        return self.config


def load(path: Path, environ: Mapping[str, str]) -> Config:
    """Return the configuration, or raise ConfigError with a line for each fault.

    A token that is there but not usable is a fault. A missing token is not: only a program that
    calls the service needs it, and ``OrdersSettings.open`` raises ConfigError without it.
    """
    return check_file(path, environ).require_config(path)


def check_file(path: Path, environ: Mapping[str, str], *, reads_token: bool = True) -> CheckedFile:
    """Check the file; raises ConfigError only if it can't be read at all.

    A simulation has its own token, so it does not read the one of the file.
    """
    data = read_bytes(path)
    parsed = parse_bytes(data, Config)
    if parsed.settings is None:
        return CheckedFile(parsed.document, None, parsed.faults, data=data)
    settings, document = parsed.settings, parsed.document
    faults = [
        *(_check_token(settings.orders.token, document, environ) if reads_token else ()),
        *_check_sample_order(settings, document),
        *check_printed_code(settings, document),
        *check_last_buttons(settings, document),
    ]
    warnings = partial(_warnings, settings, document, environ if reads_token else None)
    config = None if faults else settings.with_last_good_lists()
    return CheckedFile(document, config, tuple(sorted(faults)), warnings, data)


def _warnings(
    config: Config, document: Document, environ: Mapping[str, str] | None
) -> tuple[str, ...]:
    from kiosk.config.counter_warnings import warnings_about  # noqa: PLC0415 - not for a daemon

    return tuple(warnings_about(config, document, environ))


def usable_file(file: Path) -> tuple[CheckedFile, Sequence[str]]:
    """Return the file; or, with its faults, the last one that sold. Raises ConfigError."""
    checked: CheckedFile | None = None
    try:
        checked = check_file(file, os.environ)
        checked.require_config(file)
        return checked, ()
    except ConfigError as error:
        from kiosk.config.last_sold import last_sold  # noqa: PLC0415 - only for a file with faults

        return last_sold(file, checked, error), error.faults


def parse_bytes(
    data: bytes, root: type[S], complete: Callable[[Document], None] | None = None
) -> ParsedSettings[S]:
    """Parse the content of a file as a ``root`` model. See ``parse_settings``."""
    if data.startswith(_NO_TEXT):
        said = _("this is not a text file; write the settings with a text editor, such as nano")
        return ParsedSettings(None, (ConfigFault(Position(1, 1), "file", said),), Document())
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return ParsedSettings(None, (_not_utf8(error),), _other_text(data))
    return parse_settings(with_line_feeds(text), root, complete)


def with_line_feeds(text: str) -> str:
    """Return the text with the line ends of Linux in place of those of Windows or old Macs."""
    return text.replace("\r\n", "\n") if "\n" in text else text.replace("\r", "\n")


def read_bytes(path: Path) -> bytes:
    """Return the content of a file; raises ConfigError."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigError(
            _(
                "{path}: the file can't be read ({reason}); check its name and its permissions",
                path=path,
                reason=system_reason(error),
            )
        ) from error


def _other_text(data: bytes) -> Document:
    """Return what a file says that an editor saved with another encoding, as far as it is known."""
    if len(data) > _LONGEST:
        return Document()
    encoding = "utf-16" if data.startswith(_UTF16) else "latin-1"
    return build_tree(read_yaml(data.decode(encoding, "replace").replace("\r\n", "\n")))


def _not_utf8(error: UnicodeDecodeError) -> ConfigFault:
    if error.object.startswith(_UTF16):
        message = _("this is UTF-16 text; save the file as UTF-8 in the editor")
        return ConfigFault(Position(1, 1), "file", message)
    before = error.object[: error.start].split(b"\n")
    place = Position(len(before), len(before[-1].decode()) + 1)
    return ConfigFault(
        place, "file", _("this is not UTF-8 text; save the file as UTF-8 in the editor")
    )


def _check_sample_order(config: Config, document: Document) -> list[ConfigFault]:
    """Build a sample order, because the service's limits concern several settings together."""
    sale, shop = config.sale, config.kiosk
    try:
        config.orders.validate_sample(expires_after=sale.expires_after, currency=shop.currency)
    except ConfigError as error:
        return [placed(sentence, document) for sentence in error.faults]
    return []


def placed(sentence: str, document: Document, config: Config | None = None) -> ConfigFault:
    """Return the fault of a sentence that begins with the name of a setting, at its place.

    With ``config``, an input is named by its name in place of its number.
    """
    key, _colon, message = sentence.partition(": ")
    path: list[str | int] = list(key.partition(" ")[0].split("."))
    if path[0] == "inputs" and config:
        names = [entry.name for entry in config.inputs]
        path[1:2] = [names.index(name) for name in path[1:2] if name in names]
    place = document.values.get(tuple(path)) or document.place(tuple(path))
    return ConfigFault(place, key, message)


def _check_token(
    token: TokenSettings, document: Document, environ: Mapping[str, str]
) -> Iterator[ConfigFault]:
    """Yield a fault for a token that is there and not usable. A missing one is only a warning."""
    try:
        token.read(environ)
    except ConfigError as error:
        if token.is_there(environ):
            message = str(error).removeprefix(f"{token}: ")
            yield ConfigFault(document.place(_TOKEN), dotted(_TOKEN), message)
