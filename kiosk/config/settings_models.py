"""Finds the settings model and the field that belong to a place in a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal, TypeGuard, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from kiosk.base.drivers import DriverSettings
from kiosk.config.fault import KeyPath
from kiosk.config.yaml_tree import Tree

Model = type[BaseModel]
Section = tuple[KeyPath, Model, dict[str, Any]]  # its path, its model, and what is in it


def models_in(annotation: Any) -> tuple[Model, ...]:
    """Return all models in an annotation, also nested ones; imports all drivers of a section."""
    return tuple(model for found in _stated(annotation) for model in _alternatives(found))


def is_section(annotation: Any) -> bool:
    """Return whether the annotation is a section, or a list of them, not a value."""
    return any(True for _ in _stated(annotation))


def _stated(annotation: Any) -> Iterator[Model]:
    """Yield the models that an annotation names; that of all drivers is not resolved."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        return
    for part in get_args(annotation):
        yield from _stated(part)


def _alternatives(model: Model) -> tuple[Model, ...]:
    return model.all() if stands_for_drivers(model) else (model,)


def stands_for_drivers(model: Model) -> TypeGuard[type[DriverSettings]]:
    """Return whether the model stands for all drivers of a section."""
    return issubclass(model, DriverSettings) and model.stands_for_all()


def is_list(annotation: Any) -> bool:
    """Return whether the annotation is a list of entries."""
    return any(get_origin(part) is tuple for part in (annotation, *get_args(annotation)))


def model_for(annotation: Any, tree: Tree | None) -> Model | None:
    """Return the model for the section in the tree: the one that its driver names."""
    models = tuple(_stated(annotation))
    if len(models) != 1:
        return None
    model = models[0]
    if not stands_for_drivers(model):
        return model
    driver = model.driver_in(tree)
    return model.of(driver) if driver in model.drivers else None


def drivers_of(annotation: Any) -> tuple[str, ...]:
    """Return the names of the drivers of a section; imports none of them."""
    return tuple(
        name for model in _stated(annotation) if stands_for_drivers(model) for name in model.drivers
    )


def driver_names(model: Model) -> tuple[str, ...]:
    """Return the values of ``driver`` that select this model."""
    field = model.model_fields.get("driver")
    return literal_choices(field.annotation) if field else ()


def literal_choices(annotation: Any) -> tuple[str, ...]:
    """Return the values that the literals in an annotation allow."""
    if get_origin(annotation) is Literal:
        return tuple(str(choice) for choice in get_args(annotation))
    return tuple(choice for part in get_args(annotation) for choice in literal_choices(part))


def find_field(root: Model, tree: Tree, path: KeyPath) -> tuple[Model | None, FieldInfo | None]:
    """Return the model and the field of the key at the end of the path; None if unknown."""
    model: Model | None = root
    field: FieldInfo | None = None
    annotation: Any = root
    here: Any = tree
    for part in path:
        if isinstance(part, str):
            model = model_for(annotation, here)
            field = model.model_fields.get(part) if model else None
            annotation = field.annotation if field else None
        here = _child(here, part)
    return model, field


def _child(tree: Any, part: str | int) -> Any:
    try:
        return tree[part]
    except (KeyError, IndexError, TypeError):
        return None


def walk_sections(annotation: Any, tree: Tree | None, path: KeyPath = ()) -> Iterator[Section]:
    """Walk the sections of a file: path, model, and what is in it."""
    if isinstance(tree, list):
        for number, item in enumerate(tree):
            yield from walk_sections(annotation, item, (*path, number))
        return
    model = model_for(annotation, tree)
    if model is None or not isinstance(tree, dict):
        return
    yield path, model, tree
    for name, field in model.model_fields.items():
        if is_section(field.annotation):
            yield from walk_sections(field.annotation, tree.get(name), (*path, name))


def walk_values(annotation: Any, tree: Tree | None) -> Iterator[tuple[KeyPath, FieldInfo, Any]]:
    """Walk the settings of a file: path, field, and the given text or the default."""
    yield from values_in(walk_sections(annotation, tree))


def values_in(sections: Iterable[Section]) -> Iterator[tuple[KeyPath, FieldInfo, Any]]:
    """Walk the settings of sections, as ``walk_values`` does."""
    for path, model, section in sections:
        for name, field in model.model_fields.items():
            if not is_section(field.annotation):
                yield (*path, name), field, section.get(name, field.default)


def field_annotations(field: FieldInfo) -> Iterator[Any]:
    """Return all annotations of a field's type, also nested ones: validators, GpioLine."""
    yield from field.metadata
    yield from _annotated(field.annotation)


def _annotated(annotation: Any) -> Iterator[Any]:
    parts = get_args(annotation)
    if get_origin(annotation) is Annotated:
        yield from parts[1:]
        parts = parts[:1]
    for part in parts:
        yield from _annotated(part)
