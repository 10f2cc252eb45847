"""The translations: all there, none left over, with the fields and the marks of the English."""

from __future__ import annotations

import re
import symtable
from collections.abc import Iterator

import pytest

from tests.catalogues import (
    TRANSLATIONS,
    as_mo,
    as_po,
    fields,
    marked,
    path_of,
    unmarked,
    untranslated,
    wanted,
)
from tests.messages import PACKAGE

ADVICE = "after a change of messages run: python -m tests.catalogues --write"
# Marks that must be in a translation as often as in the English.
MARKS = ("{", "}", "`", "; ", "\n", "<", ">", "--", "/")


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_every_message_is_translated(language: str) -> None:
    assert untranslated(wanted(language)) == []


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_the_files_have_exactly_the_messages_of_the_code(language: str) -> None:
    assert path_of(language).read_bytes() == as_po(wanted(language)), ADVICE


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_the_compiled_catalogue_is_that_of_the_text(language: str) -> None:
    assert path_of(language, "mo").read_bytes() == as_mo(wanted(language)), ADVICE


def pairs(language: str) -> list[tuple[str, str]]:
    """Return each text with its translation, the plurals too."""
    found = []
    for message in wanted(language):
        if message.id and message.pluralizable:
            found += list(zip(message.id, message.string or (), strict=True))
        elif message.id:
            found.append((str(message.id), str(message.string or "")))
    return found


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_a_translation_has_the_fields_of_the_english(language: str) -> None:
    other = {said: text for said, text in pairs(language) if fields(said) != fields(text)}
    assert other == {}


def marks(text: str) -> dict[str, int]:
    """Return how often a text has each mark, and how it begins and ends."""
    counts = {mark: text.count(mark) for mark in MARKS}
    ends = re.search(r"[:;.?!…]?\s*$", text)
    return counts | {
        f"ends with {ends[0] if ends else ''!r}": 1,
        "begins with a blank": text[:1] == " ",
    }


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_a_translation_has_the_marks_of_the_english(language: str) -> None:
    other = {said: text for said, text in pairs(language) if marks(said) != marks(text)}
    assert other == {}


def test_no_function_uses_the_name_of_gettext_for_something_else() -> None:
    confused = [
        f"{path.name}:{function.get_lineno()}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for function in functions(symtable.symtable(path.read_text("utf-8"), path.name, "exec"))
        if "_" in function.get_identifiers()
        and function.lookup("_").is_local()
        and function.lookup("_").is_referenced()
    ]
    assert confused == []


def functions(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    """Yield the names of all functions and classes in a file, at any depth."""
    for child in table.get_children():
        yield child
        yield from functions(child)


def test_messages_with_fields_are_well_formed() -> None:
    """A lone brace is only for a message that is said without fields."""
    bad = [
        (each.file, each.line, text)
        for each in marked()
        for text in each.texts
        if "{" in text and not fields(text) and re.search(r"{\w+[}!:]", text)
    ]
    assert bad == []


# Whatever these say is for a person in front of the kiosk; the log and what programs read are not.
TRANSLATED = (
    "base/durations.py",
    "base/money.py",
    "base/permissions.py",
    "base/settings.py",
    "config/clashes.py",
    "config/counter_checks.py",
    "config/counter_warnings.py",
    "config/fault.py",
    "config/loader.py",
    "config/pi_checks.py",
    "config/pydantic_errors.py",
    "config/yaml_text.py",
    "config/yaml_tree.py",
    "cli/check.py",
    "cli/replay.py",
    "cli/record.py",
    "cli/preview.py",
    "cli/pos.py",
    "cli/patience.py",
    "cli/orders.py",
    "cli/order_changes.py",
    "cli/migrate.py",
    "cli/looks.py",
    "cli/day_summary.py",
    "cli/comparison.py",
    "cli/identify.py",
    "wiring/drawing.py",
    "wiring/table.py",
    "wiring/plan.py",
    "cli/wiring.py",
    "cli/trial.py",
    "cli/signal_check.py",
    "cli/input_check.py",
    "cli/common.py",
    "cli/device_tests.py",
    "cli/doctor.py",
    "cli/last.py",
    "cli/migration_checklist.py",
    "cli/panel_check.py",
    "cli/setup.py",
    "cli/status.py",
    "cli/voice.py",
    "cli/watch.py",
)


def test_all_that_these_files_say_gets_a_translation() -> None:
    assert {file: found for file in TRANSLATED if (found := list(unmarked(file)))} == {}
