"""The settings of a section or a driver, each with its meaning and its default, as Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic.fields import FieldInfo

from kiosk.base.language import _
from kiosk.config.reference import as_yaml, default_of, purpose_of
from kiosk.config.sections import Config
from kiosk.config.settings_models import Model, driver_names, literal_choices, models_in

_STEP = "  "


def settings(place: str = "") -> str:
    """List the settings at a place: ``sale``, ``display.oled``, ``signals.voice``; or all."""
    if not place:
        return "\n".join(_every_section())
    return settings_of(_model_at(place))


def settings_of(model: Model) -> str:
    """List the settings of a model."""
    return "\n".join(_list(model, ""))


def _every_section() -> Iterator[str]:
    for name, field in Config.model_fields.items():
        yield f"(settings-{name})=\n## {name}\n\n{_(field.description or '')}\n"
        for model in models_in(field.annotation):
            if words := driver_names(model):
                yield f"### {name}: `driver: {words[0]}`\n\n{_(purpose_of(model))}\n"
            yield from _list(model, "")
            yield ""


def _model_at(place: str) -> Model:
    model: Model = Config
    for word in place.split("."):
        own = model.model_fields.get(word)
        models = models_in(own.annotation) if own else ()
        model = models[0] if models else _driver(model, word)
        if own and len(models) > 1:
            following = place.split(".")[place.split(".").index(word) + 1 :]
            named = [each for each in models if {*driver_names(each)} & {*following}]
            model = named[0] if named else models[0]
    return model


def _driver(model: Model, word: str) -> Model:
    if word not in driver_names(model):
        raise ValueError(f"{word} is not a section or a driver here")
    return model


def _list(model: Model, indent: str) -> Iterator[str]:
    for name, field in model.model_fields.items():
        if name == "driver" and driver_names(model):
            continue
        yield f"{indent}- `{name}`: {_sentence(field)}"
        for inner in models_in(field.annotation):
            if words := driver_names(inner):
                yield f"{indent}{_STEP}- `driver: {words[0]}`: {_(purpose_of(inner))}"
                yield from _list(inner, indent + 2 * _STEP)
            else:
                yield from _list(inner, indent + _STEP)


def _sentence(field: FieldInfo) -> str:
    description = field.description or ""
    parts = [_(description)]
    words = literal_choices(field.annotation)
    if not models_in(field.annotation):
        if not all(word in description for word in words):
            parts.append(_("One of: {choices}.", choices=", ".join(f"`{word}`" for word in words)))
        default = default_of(field)
        if field.is_required():
            parts.append(_("It must be given."))
        elif default not in (None, "", [], {}):
            parts.append(_("Default: {value}.", value=f"`{as_yaml(default)}`"))
    return escaped(" ".join(parts))


def escaped(text: str) -> str:
    """Return text whose marks such as ``*`` and ``<`` Markdown leaves alone, outside of code."""
    parts = text.split("`")
    for number in range(0, len(parts), 2):
        for mark in "\\*_<>[]{}|$":
            parts[number] = parts[number].replace(mark, f"\\{mark}")
    return "`".join(parts)
