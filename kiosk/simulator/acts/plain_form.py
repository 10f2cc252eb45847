"""How acts and expectations are written: as a mapping, or as one word where that says it all."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Self

from pydantic import Field, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from kiosk.base.language import _
from kiosk.base.settings import Settings

AmountText = Annotated[str, Field(pattern=r"^[0-9]{1,12}(\.[0-9]{1,9})?$", examples=["22.50"])]
"""An amount as a plain decimal. It stays text, so that no cent is lost to a float."""

Tree = dict[str, Any] | list[Any] | str | int


class ShortForm(Settings):
    """Settings that may be written as one text: the value of the field ``short``."""

    short: ClassVar[str]

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, given: Any) -> Any:
        return {cls.short: given} if isinstance(given, str) else given

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        whole = handler.resolve_ref_schema(handler(schema))
        return {"anyOf": [whole["properties"][cls.short], dict(whole)]}


def plain_form(settings: Settings) -> Tree:
    """Return the shortest form that is read as the same settings: the defaults are left out."""
    tree: dict[str, Any] = {}
    written = settings.model_dump(mode="json", exclude_defaults=True, exclude_none=True)
    for name in written:
        tree[name] = _plain_value(getattr(settings, name), written[name])
    if not isinstance(settings, ShortForm):
        return tree
    if not tree:
        return str(settings.model_dump(mode="json")[settings.short])
    return tree[settings.short] if [*tree] == [settings.short] else tree


def _plain_value(value: Any, written: Any) -> Tree:
    if isinstance(value, Settings):
        return plain_form(value)
    if isinstance(value, dict):
        return value  # settings of a configuration, as they were given
    if isinstance(value, tuple):
        return [_plain_value(*each) for each in zip(value, written, strict=True)]
    if isinstance(written, bool):
        return "yes" if written else "no"
    return written if isinstance(written, int) else str(written)


def exactly_one(settings: Settings, choices: tuple[str, ...]) -> Any:
    """Return the settings if exactly one of the choices is made; raises ValueError."""
    made = [name for name in choices if getattr(settings, name) is not None]
    if len(made) > 1:
        raise ValueError(
            _(
                "{one} and {other} are two steps; write each with a dash of its own",
                one=made[0],
                other=made[1],
            )
        )
    if not made:
        raise ValueError(
            _("this does nothing; write one of: {choices}", choices=", ".join(choices))
        )
    return settings


class Chosen(Settings):
    """Settings of which exactly one is given: ``name`` and ``value`` say which."""

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        exactly_one(self, tuple(type(self).model_fields))
        return self

    @property
    def name(self) -> str:
        """Return the word of what is given."""
        return next(name for name in type(self).model_fields if getattr(self, name) is not None)

    @property
    def value(self) -> Any:
        """Return what is given."""
        return getattr(self, self.name)
