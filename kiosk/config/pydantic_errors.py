"""Turns pydantic's errors into faults for the technician, each with its place in the file."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from kiosk.base.durations import format_duration
from kiosk.base.language import _, mark
from kiosk.base.settings import read_duration
from kiosk.config.fault import ConfigFault, KeyPath, choose, did_you_mean, dotted, quoted
from kiosk.config.settings_models import (
    Model,
    drivers_of,
    field_annotations,
    find_field,
    model_for,
)
from kiosk.config.yaml_tree import Document, Tree

# By pydantic's error type. {given} is the text in the file, {help} what the field accepts; the
# other names are in pydantic's context.
_NOT_VALID = mark("{given} is not a valid value; {help}")
_SENTENCES = {
    "greater_than_equal": mark("{given} is too little; write {ge} or more"),
    "greater_than": mark("{given} is too little; write more than {gt}"),
    "less_than_equal": mark("{given} is too much; write {le} or less"),
    "less_than": mark("{given} is too much; write less than {lt}"),
    "string_too_short": mark("{given} is too short; write {min_length} characters or more"),
    "string_too_long": mark("{given} is too long; write {max_length} characters or fewer"),
    "string_pattern_mismatch": _NOT_VALID,
    "literal_error": mark("{given} is not a valid value; {choose}"),
    "enum": mark("{given} is not a valid value; {choose}"),
    "too_short": mark("has too few entries; write {min_length} or more"),
    "too_long": mark("has too many entries; write {max_length} or fewer"),
}
_SECTION = mark("is a section; write its settings on the lines below it, indented")
_LIST = mark("is a list; write each entry on the lines below it, and begin it with a dash: `- `")
_SHAPES = {
    "model_type": _SECTION,
    "model_attributes_type": _SECTION,
    "dict_type": _SECTION,
    "mapping_type": _SECTION,
    "list_type": _LIST,
    "tuple_type": _LIST,
}
_NO_VALUE = mark("has no value; write one after the colon, or remove the line")
_NOT_ONE_VALUE = mark("takes one value, not a section or a list; write it after the colon")


def translate(errors: Iterable[ErrorDetails], document: Document, root: Model) -> list[ConfigFault]:
    """Return a fault for each error, one for each place."""
    problems: dict[KeyPath, _Problem] = {}
    for error in errors:
        path = _path(error, document)
        if _is_consequence(error, path, document):
            continue
        if error["type"].startswith("union_tag"):
            path = (*path, "driver")
        problems.setdefault(path, _Problem(error, path, document, root))
    meant = {problem.meant for problem in problems.values()}  # what is missing has another name
    return [each.fault() for each in problems.values() if not each.is_missing_as(meant)]


def _is_consequence(error: ErrorDetails, path: KeyPath, document: Document) -> bool:
    """Return whether this error is only the consequence of another fault, which is reported."""
    if error["type"] == "too_short":  # pydantic counts only the valid entries
        return len(document.get(path) or ()) >= int(error["ctx"]["min_length"])
    # What is missing may be in the line that could not be read.
    missing = error["type"] in ("missing", "union_tag_not_found") or document.get(path) == {}
    return missing and path[0] in document.incomplete


def _path(error: ErrorDetails, document: Document) -> KeyPath:
    """Return the path in the file: pydantic's path without the tags of its unions."""
    path: KeyPath = ()
    loc = error["loc"]
    about_all = (
        error["type"] == "value_error" and document.get(loc) is None
    )  # about a whole section
    for number, part in enumerate(loc, 1):
        here, last = document.get(path), number == len(loc) and not about_all
        is_tag = isinstance(here, dict) and here.get("driver") == part and not last
        exists = document.get((*path, part)) is not None
        if not is_tag and (exists or (last and isinstance(here, dict))):
            path = (*path, part)
    return path


class _Problem:
    """One error, with the model, the field and the text at its place."""

    def __init__(self, error: ErrorDetails, path: KeyPath, document: Document, root: Model) -> None:
        self.error = error
        self.path = path
        self.document = document
        self.root = root
        self.owner, self.field = find_field(root, document.tree, path)
        self.raw: Tree | None = document.get(path)

    @property
    def meant(self) -> KeyPath | None:
        """The path that an unknown setting stands for, if one is like it."""
        if self.error["type"] != "extra_forbidden" or self.raw == {}:
            return None
        known = self.owner.model_fields if self.owner else {}
        word = did_you_mean(str(self.path[-1]), known)
        return (*self.path[:-1], word) if word else None

    def is_missing_as(self, meant: Collection[KeyPath | None]) -> bool:
        """Whether this setting is missing only because its name is written in another way."""
        return self.error["type"] == "missing" and self.path in meant

    def fault(self) -> ConfigFault:
        document = self.document
        place = document.place(self.path)
        if self.error["type"] != "extra_forbidden" and self.raw not in (None, {}):
            place = document.values.get(self.path, place)
        return ConfigFault(place, dotted(self.path), self._message())

    def _message(self) -> str:
        kind = self.error["type"]
        if kind == "extra_forbidden":
            return self._unknown()
        if kind in ("missing", "union_tag_not_found"):
            return self._missing()
        if kind == "union_tag_invalid" and isinstance(self.raw, str):
            return _(
                "{given} is not a valid driver; {choose}",
                given=self._given(),
                choose=choose(self.raw, self._drivers()),
            )
        if kind in ("value_error", "assertion_error"):
            return self._validator_message()
        return self._wrong(kind)

    def _unknown(self) -> str:
        known = self.owner.model_fields if self.owner else {}
        word = str(self.path[-1])
        if self.raw == {} and re.search("[ :]", word):
            return _("a setting needs a colon and a space; write it like `key: value`")
        if place := self._right_place(word):
            return place
        if self.meant:
            return _('unknown setting; did you mean "{meant}"?', meant=self.meant[-1])
        return _("unknown setting; remove it, or write one of: {known}", known=", ".join(known))

    def _right_place(self, word: str) -> str:
        """Return where the setting belongs, if it is only in the wrong place."""
        if word in self.root.model_fields:
            return _("{section} is a section; begin it in column 1", section=word)
        sections = [name for name in self.root.model_fields if word in self._settings_of(name)]
        if len(sections) != 1 or sections[0] == self.path[0]:
            return ""
        return _(
            "is a setting of {section}; write it below {section}, indented", section=sections[0]
        )

    def _settings_of(self, section: str) -> Collection[str]:
        """Return the names of the settings of a section, or of its first entry."""
        given, field = self.document.tree.get(section), self.root.model_fields[section]
        entry = given[0] if isinstance(given, list) and given else given
        model = model_for(field.annotation, entry)
        return model.model_fields if model else ()

    def _missing(self) -> str:
        if self.path[-1] == "driver" and not self.field:
            return _("is missing; write one of: {drivers}", drivers=", ".join(self._drivers()))
        examples = self.field.examples if self.field else None
        if examples:
            return _(
                "is missing; add it, for example `{key}: {example}`",
                key=self.path[-1],
                example=examples[0],
            )
        return _("is missing; add it: {description}", description=_inline(self._description()))

    def _validator_message(self) -> str:
        message = str((self.error.get("ctx") or {}).get("error", self.error["msg"]))
        if isinstance(self.raw, str):
            message = message.replace(repr(self.raw), self._given())
        return message if ";" in message else f"{message}; {self._help()}"

    def _wrong(self, kind: str) -> str:
        if kind in _SHAPES:
            return self._shape(kind)
        if self.raw == {} or self.raw is None:
            return _(_NO_VALUE)
        if kind not in ("too_short", "too_long") and not isinstance(self.raw, str):
            return _(_NOT_ONE_VALUE)
        return _(_SENTENCES.get(kind, _NOT_VALID), **self._words())

    def _shape(self, kind: str) -> str:
        """Return what must be there in place of a value, or of a list."""
        if _SHAPES[kind] == _SECTION and isinstance(self.raw, list):
            return _("is a section, not a list; remove the dashes before its settings")
        model = model_for(self.field.annotation, {}) if self.field else None
        needed = (
            [name for name, f in model.model_fields.items() if f.is_required()] if model else []
        )
        if _SHAPES[kind] == _SECTION and isinstance(self.raw, str) and len(needed) == 1:
            line = f"{self.path[-1]}: {{{needed[0]}: {str(self.raw)[:40]}}}"
            return _("is a section; write it like `{line}`", line=line)
        return _(_SHAPES[kind])

    def _words(self) -> dict[str, Any]:
        context = self.error.get("ctx") or {}
        options = re.findall(r"'([^']*)'", str(context.get("expected", "")))
        words = {name: self._limit(value) for name, value in context.items()}
        known = {"given": self._given(), "help": self._help()}
        return words | known | {"choose": choose(str(self.raw), options)}

    def _limit(self, value: Any) -> Any:
        """Return a limit in the form of the file."""
        timed = self.field is not None and is_duration(self.field)
        return format_duration(float(value)) if timed else value

    def _given(self) -> str:
        secret = "token" in self.path
        return _("the text here") if secret else quoted(str(self.raw))

    def _help(self) -> str:
        if self.field is not None and self.field.examples:
            return _("write it like {example}", example=self.field.examples[0])
        return _inline(self._description())

    def _description(self) -> str:
        described = self.field.description if self.field is not None else None
        return _(described) if described else _("see the manual, config/kiosk.yaml")

    def _drivers(self) -> list[str]:
        _, section = find_field(self.root, self.document.tree, self.path[:-1])
        return [*drivers_of(section.annotation)] if section else []


def is_duration(field: FieldInfo) -> bool:
    """Return whether the field is a duration."""
    return any(
        getattr(marker, "func", None) is read_duration for marker in field_annotations(field)
    )


def _inline(text: str) -> str:
    """Return a description as the end of a sentence, without its capital letter and full stop."""
    text = text.removesuffix(".")
    return text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2] == " " else text
