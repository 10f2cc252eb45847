"""Text → settings and every fault, for any root model. Touches no files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from kiosk.config.clashes import clashes
from kiosk.config.fault import ConfigFault, did_you_mean
from kiosk.config.pydantic_errors import translate
from kiosk.config.settings_models import driver_names, find_field, models_in
from kiosk.config.yaml_text import read
from kiosk.config.yaml_tree import Document, build_tree

S = TypeVar("S", bound=BaseModel)

_TAB_WIDTHS = (2, 4, 8)


@dataclass(frozen=True, slots=True)
class ParsedSettings(Generic[S]):
    """What a text holds: settings, or the faults that stand in their way, as they stand in it."""

    settings: S | None
    faults: tuple[ConfigFault, ...]
    document: Document


def parse_settings(text: str, root: type[S]) -> ParsedSettings[S]:
    """Read the text as ``root``; all faults at once, sorted by place."""
    widths = _TAB_WIDTHS if "\t" in text else _TAB_WIDTHS[:1]
    # How wide the writer's editor shows a tab is not in the file: the width with which the rest
    # of the file makes the most sense is the one that was parsed.
    return min(
        (_parse_settings(text, root, tab) for tab in widths), key=lambda parsed: len(parsed.faults)
    )


def _parse_settings(text: str, root: type[S], tab: int) -> ParsedSettings[S]:
    document = build_tree(read(text, tab))
    if not document.tree and document.faults:
        return ParsedSettings(None, tuple(sorted(document.faults)), document)
    settings, errors = _validate(document, root)
    faults = {*document.faults, *translate(errors, document, root)}
    if _assume_drivers(errors, document, root):
        _, errors = _validate(document, root)
        faults.update(translate(errors, document, root))
    faults.update(clashes(document, root))
    return ParsedSettings(None if faults else settings, tuple(sorted(faults)), document)


def _validate(document: Document, root: type[S]) -> tuple[S | None, list[ErrorDetails]]:
    try:
        return root.model_validate(document.tree), []
    except ValidationError as error:
        return None, error.errors(include_url=False)


def _assume_drivers(errors: list[ErrorDetails], document: Document, root: type[S]) -> bool:
    """Put the drivers that were probably meant into the tree, so that their keys are looked at."""
    assumed = False
    for error in errors:
        section = document.get(error["loc"])
        if error["type"] != "union_tag_invalid" or not isinstance(section, dict):
            continue
        _, field = find_field(root, document.tree, error["loc"])
        words = (
            word for model in models_in(field and field.annotation) for word in driver_names(model)
        )
        wrong = section["driver"]
        if isinstance(wrong, str) and (meant := did_you_mean(wrong, words)):
            section["driver"] = meant
            assumed = True
    return assumed
