"""The catalogues of translations: brought up to date with the messages in the code, and compiled.

``python -m tests.catalogues --write`` adds new messages to each ``kiosk.po`` without a translation,
removes those that are no longer said, and compiles the ``.mo`` that the kiosk reads. Without
``--write`` it prints what is not translated. A person writes the translations into the ``.po``.
"""

from __future__ import annotations

import ast
import errno
import io
import os
import re
import string
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from pydantic import BaseModel
from typer.main import get_command, get_group

from kiosk.base.language import DOMAIN, LANGUAGES, LOCALE
from kiosk.cli.usage import plain_help
from kiosk.cli.verbs import FILE_OF, app
from kiosk.config.reference import purpose_of
from kiosk.config.sections import Config
from kiosk.config.settings_models import driver_names, models_in
from kiosk.simulator.acts.expectation import Step
from tests.messages import PACKAGE, texts
from tests.support.parsed import nodes_of

TRANSLATIONS = [language for language in LANGUAGES if language != "en"]
_SAYING = {
    "_": 1,
    "english": 1,
    "mark": 1,
    "ngettext": 2,
}  # the functions, and how many messages each is given


class LocaleCatalog(Catalog):
    """A catalogue whose header says only what gettext needs: no dates, no versions of programs."""

    num_plurals = 2  # as English; CLDR has a third form for whole millions
    plural_expr = "(n != 1)"

    def _mime_headers(self) -> list[tuple[str, str]]:
        """Return the header, which is the translation of the empty message."""
        return [
            ("Language", str(self.locale)),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit"),
            ("Plural-Forms", self.plural_forms),
        ]

    mime_headers = property(_mime_headers)


@dataclass(frozen=True, slots=True)
class Marked:
    """A message in the code that gets a translation: one text, or a singular and a plural."""

    file: str
    line: int
    texts: tuple[str, ...]


# What the system says of an error, through ``system_reason``.
_SYSTEM = (
    errno.EACCES, errno.EADDRINUSE, errno.EBUSY, errno.ECONNREFUSED, errno.EEXIST, errno.EIO, errno.EISDIR,
    errno.ENODEV, errno.ENOENT, errno.ENOSPC, errno.ENOTDIR, errno.ENXIO, errno.EPERM, errno.EROFS,
    errno.ETIMEDOUT,
)  # fmt: skip


@cache
def marked() -> tuple[Marked, ...]:
    """Return all messages of the package that get a translation."""
    return tuple(_all_marked())


def _all_marked() -> Iterator[Marked]:
    yield from (Marked("base/language.py", 0, (os.strerror(number),)) for number in _SYSTEM)
    yield from (Marked("cli/verbs", 0, (text,)) for text in sorted(set(_helps())))
    yield from (Marked("config/sections.py", 0, (text,)) for text in _descriptions(Config, set()))
    yield from (Marked("simulator/acts", 0, (text,)) for text in _descriptions(Step, set()))
    for path in sorted(PACKAGE.rglob("*.py")):
        yield from _marked(path)


def _marked(path: Path) -> Iterator[Marked]:
    for node in nodes_of(path):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            texts = node.args[: _SAYING.get(node.func.id, 0)]
            if texts and all(isinstance(text, ast.Constant) for text in texts):
                said = tuple(ast.literal_eval(text) for text in texts)
                yield Marked(str(path.relative_to(PACKAGE)), node.lineno, said)


# Arguments whose text is not a message, or is found by another rule.
_OTHER_ARGUMENTS = {"description", "examples", "help", "metavar", "pattern"}
_LOGS = {"log", "_log"}


def unmarked(file: str) -> Iterator[str]:
    """Yield the messages of a file, except those of its log, that get no translation."""
    nodes = nodes_of(PACKAGE / file)
    known = {inner for node in nodes for part in _known(node) for inner in ast.walk(part)}
    for line, text in texts(nodes, leave_out=known):
        if _WORDS_BESIDE_FIELDS.search(text):
            yield f"{line}: {text}"


# A word that is not the name of a setting, a path, or a unit.
_WORDS_BESIDE_FIELDS = re.compile(r"(?<![\w./{])[a-z]{3,}(?![\w.:}])")


def _known(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the parts of a node whose texts need no other translation."""
    if isinstance(node, ast.Assert) and node.msg:
        yield node.msg
    if isinstance(node, ast.Call):
        yield from (each.value for each in node.keywords if each.arg in _OTHER_ARGUMENTS)
        called = node.func
        if isinstance(called, ast.Name) and called.id in _SAYING:
            yield from node.args
        if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name):
            yield from node.args if called.value.id in _LOGS else ()


def _helps() -> Iterator[str]:
    """Yield the texts of the help of all verbs and options."""
    yield from _helps_of(get_command(app))
    for verb in FILE_OF:
        file = import_module(f"kiosk.cli.verbs.{FILE_OF[verb]}")
        yield from _helps_of(get_group(file.app))


def _helps_of(command: Any) -> Iterator[str]:
    yield from filter(None, [plain_help(command.help or "")])
    yield from (text for each in command.params if (text := getattr(each, "help", None)))
    for inner in getattr(command, "commands", {}).values():
        if inner:
            yield from _helps_of(inner)


def _descriptions(model: type[BaseModel], seen: set[type[BaseModel]]) -> Iterator[str]:
    """Yield what a driver is for, the descriptions of all its settings, and of the models in it."""
    if model in seen:
        return
    seen.add(model)
    if driver_names(model):
        yield purpose_of(model)
    for field in model.model_fields.values():
        yield from filter(None, [field.description])
        for inner in models_in(field.annotation):
            yield from _descriptions(inner, seen)


def fields(text: str) -> set[str]:
    """Return the fields of a message as they are written, such as ``{value!r}``; none in a bad one."""
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError:  # a brace that stands for itself, in a message without fields
        return set()
    return {
        f"{name}{'!' if conversion else ''}{conversion or ''}:{form}"
        for _, name, form, conversion in parts
        if name is not None
    }


def path_of(language: str, suffix: str = "po") -> Path:
    """Return the file of a catalogue."""
    return LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.{suffix}"


def read(language: str) -> Catalog:
    """Return the catalogue of a language, as it is in its ``.po``."""
    if not (path := path_of(language)).exists():
        return Catalog(language)
    with path.open("rb") as file:
        return read_po(file, language)


@cache
def wanted(language: str) -> Catalog:
    """Return the catalogue with exactly the messages of the code; new ones have no translation."""
    now = read(language)
    comment = "# Made by `python -m tests.catalogues --write`; people write the translations."
    catalogue = LocaleCatalog(language, domain=DOMAIN, header_comment=comment, fuzzy=False)
    for said in {each.texts for each in marked()}:
        key = said if len(said) > 1 else said[0]
        known = now.get(said[0])
        catalogue.add(
            key,
            string=known.string if known else None,
            user_comments=known.user_comments if known else (),
            flags=("fuzzy",) if known and known.fuzzy else (),
        )
    return catalogue


def as_po(catalogue: Catalog) -> bytes:
    """Return the text of the ``.po``. It depends on nothing but the messages: few merges clash."""
    file = io.BytesIO()
    write_po(file, catalogue, width=0, no_location=True, sort_output=True)
    return file.getvalue()


def as_mo(catalogue: Catalog) -> bytes:
    """Return the compiled catalogue."""
    file = io.BytesIO()
    write_mo(file, catalogue)
    return file.getvalue()


def untranslated(catalogue: Catalog) -> list[str]:
    """Return the messages without a translation, or with a doubtful one."""
    return [str(each.id) for each in catalogue if each.id and (each.fuzzy or not _is_said(each))]


def _is_said(message: Message) -> bool:
    """Return whether the message has a translation, in the plural too."""
    return all(message.string or [""]) if message.pluralizable else bool(message.string)


def main() -> None:
    """Print what is not translated; with ``--write`` bring the files up to date first."""
    for language in TRANSLATIONS:
        catalogue = wanted(language)
        if sys.argv[1:] == ["--write"]:
            path_of(language).parent.mkdir(parents=True, exist_ok=True)
            path_of(language).write_bytes(as_po(catalogue))
            path_of(language, "mo").write_bytes(as_mo(catalogue))
        for text in untranslated(catalogue):
            print(f"{language}: {text}")


if __name__ == "__main__":
    main()
