"""Parsing: a text becomes settings, or all its faults, for any settings model. Reads no files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from kiosk.base.frozen import frozen
from kiosk.config.clashes import clashes
from kiosk.config.fault import ConfigFault, did_you_mean
from kiosk.config.settings_models import drivers_of, find_field
from kiosk.config.yaml_text import read_yaml, section_of
from kiosk.config.yaml_tree import Document, build_tree

S = TypeVar("S", bound=BaseModel)

Complete = Callable[[Document], None]

_TAB_WIDTHS = (2, 4, 8)


@frozen
class ParsedSettings(Generic[S]):
    """The settings in a text, or its faults, sorted by place."""

    settings: S | None
    faults: tuple[ConfigFault, ...]
    document: Document


def parse_settings(text: str, root: type[S], complete: Complete | None = None) -> ParsedSettings[S]:
    """Parse the text as a ``root`` model. ``complete`` adds to the tree."""
    widths = _TAB_WIDTHS if "\t" in text else _TAB_WIDTHS[:1]
    # The file does not say how wide the writer's editor shows a tab: take the width that gives the
    # fewest faults.
    parsed = min(
        (_parse_settings(text, root, tab, complete) for tab in widths),
        key=lambda parsed: len(parsed.faults),
    )
    return _with_lookalikes(parsed, text, root, complete) if parsed.faults else parsed


def _with_lookalikes(
    parsed: ParsedSettings[S], text: str, root: type[S], complete: Complete | None
) -> ParsedSettings[S]:
    """Name characters that look like others, and the faults that are left without them."""
    from kiosk.config.lookalikes import replace_lookalikes  # noqa: PLC0415 - not without faults

    plain, notes = replace_lookalikes(text)
    if not notes:
        return parsed
    rest = parse_settings(plain, root, complete)
    named = (ConfigFault(place, section_of(text, place.line), said) for place, said in notes)
    return ParsedSettings(None, tuple(sorted({*named, *rest.faults})), rest.document)


def _parse_settings(
    text: str, root: type[S], tab: int, complete: Complete | None
) -> ParsedSettings[S]:
    one, other, *_ = root.model_fields
    document = build_tree(read_yaml(text, tab, root.model_fields), (one, other))
    if not document.tree and document.faults:
        return ParsedSettings(None, tuple(sorted(document.faults)), document)
    if complete:
        complete(document)
    settings, errors = _validate(document, root)
    faults = {*document.faults, *_translated(errors, document, root)}
    if _correct_drivers(errors, document, root):
        _, errors = _validate(document, root)
        faults.update(_translated(errors, document, root))
    faults.update(clashes(document, root))
    return ParsedSettings(None if faults else settings, tuple(sorted(faults)), document)


def _validate(document: Document, root: type[S]) -> tuple[S | None, list[ErrorDetails]]:
    try:
        return root.model_validate(document.tree), []
    except ValidationError as error:
        return None, error.errors(include_url=False)


def _translated(errors: list[ErrorDetails], document: Document, root: type[S]) -> list[ConfigFault]:
    if not errors:
        return []
    from kiosk.config.pydantic_errors import translate  # noqa: PLC0415 - not without faults

    return translate(errors, document, root)


def _correct_drivers(errors: list[ErrorDetails], document: Document, root: type[S]) -> bool:
    """Correct misspelt drivers in the tree, so that their settings are checked; return if any."""
    corrected = False
    for error in errors:
        section = document.get(error["loc"])
        if error["type"] != "union_tag_invalid" or not isinstance(section, dict):
            continue
        _, field = find_field(root, document.tree, error["loc"])
        words = drivers_of(field and field.annotation)
        wrong = section["driver"]
        if isinstance(wrong, str) and (meant := did_you_mean(wrong, words)):
            section["driver"] = meant
            corrected = True
    return corrected
