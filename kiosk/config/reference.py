"""Writes the reference of all settings: a configuration file with every setting explained.

``config/kiosk.yaml`` is written by this from an example. Its names, defaults and sentences come
from the settings models, so it is always correct.
"""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import yaml
from pydantic import TypeAdapter
from pydantic.fields import FieldInfo

from kiosk.base.language import _
from kiosk.config.settings_models import (
    Model,
    driver_names,
    is_list,
    is_section,
    literal_choices,
    model_for,
    models_in,
)
from kiosk.config.yaml_tree import Tree

SCHEMA_LINE = "# yaml-language-server: $schema=kiosk.schema.json"  # for editors
_HEAD = f"""\
{SCHEMA_LINE}
# The configuration of a kiosk, and its manual: every setting, with its meaning and its default.
#
# A line like `#key: value`, with no space after the #, is a setting with its default value:
# remove the # to change it. A setting with nothing after its colon has no default. A driver after
# a #, with its settings, can replace the driver above it; in a list it can also be added.
# After each change, run `kiosk check FILE`: it names every fault, with its line.
"""
_WIDTH = 98
_STEP = "  "


def annotate(tree: Mapping[str, Tree], root: Model) -> str:
    """Return a file with the settings of the tree, and all other settings as comments."""
    lines = [_HEAD.rstrip()]
    for name, field in root.model_fields.items():
        without: Tree | None = (
            None if field.default is None else {}
        )  # a section that may be left out
        lines += ["", *_setting(name, field, tree.get(name, without), "")]
    return "\n".join(lines) + "\n"


def explain(tree: Mapping[str, Tree], root: Model) -> str:
    """Return a file with the settings of the tree only, each with its sentence above it.

    The sentences are in the technician's language. The file has the same settings as the tree.
    """
    lines: list[str] = []
    for name, given in tree.items():
        lines += ["", *_explained(name, root, given, "")]
    return "\n".join(lines[1:]) + "\n"


def _explained(
    name: str, model: Model | None, given: Tree, indent: str, dash: str = ""
) -> Iterator[str]:
    field = model.model_fields.get(name) if model else None
    if field and field.description and not dash:  # an entry's first setting is its driver
        yield from _comment(_(field.description), indent)
    if not given or not field or not is_section(field.annotation) or isinstance(given, str):
        yield f"{indent}{dash}{name}: {as_yaml(given)}".rstrip()
        return
    yield f"{indent}{dash}{name}:"
    inner = indent + " " * len(dash) + _STEP
    for each in given if isinstance(given, list) else [given]:
        step = "- " if isinstance(given, list) else ""
        if not isinstance(each, dict) or not each:
            yield f"{inner}{step}{as_yaml(each)}"
            continue
        for number, (key, value) in enumerate(each.items()):
            of_entry = model_for(field.annotation, each)
            place = (inner, step) if not number else (inner + " " * len(step), "")
            yield from _explained(key, of_entry, value, *place)


def _section(model: Model, given: Tree | None, indent: str, dash: str = "") -> Iterator[str]:
    """Yield the settings of a section, as comments if it is not given."""
    inner = indent + " " * len(dash)
    if words := driver_names(model):
        yield from _comment(purpose_of(model), indent)
        yield f"{indent}{'#' if given is None else ''}{dash}driver: {words[0]}"
        dash = ""
    for name, field in model.model_fields.items():
        if name != "driver":
            value = given.get(name) if isinstance(given, dict) else None
            if value is None and given is not None and _is_plain_section(field):
                value = {}
            yield from _setting(name, field, value, indent if dash else inner, dash)
            dash = ""  # the dash of an entry without a driver is before its first setting


def _setting(
    name: str, field: FieldInfo, given: Tree | None, indent: str, dash: str = ""
) -> Iterator[str]:
    """Yield the sentence, then the key: a comment if it is not given."""
    yield from _comment(_sentence(field, given), indent)
    mark = ("#" if given is None else "") + dash
    if not models_in(field.annotation):
        value = _suggestion(field) if given is None else given
        yield f"{indent}{mark}{name}: {as_yaml(value)}".rstrip()
        return
    yield f"{indent}{mark}{name}:"
    if isinstance(given, list) or (given is None and is_list(field.annotation)):
        yield from _entries(field.annotation, given or [], indent + _STEP)
    else:
        yield from _alternatives(field.annotation, given, indent + _STEP)


def _alternatives(annotation: Any, given: Tree | None, indent: str) -> Iterator[str]:
    """Yield the section with its own driver, then with each other driver."""
    chosen = model_for(annotation, given)
    if chosen:
        yield from _section(chosen, given, indent)
    for model in models_in(annotation):
        if model is not chosen:
            yield ""
            yield from _section(model, None, indent)


def _entries(annotation: Any, given: list[Tree], indent: str) -> Iterator[str]:
    """Yield the entries of a list, then one entry for each driver that is not used."""
    used = [model_for(annotation, entry) for entry in given]
    unused = [model for model in models_in(annotation) if model not in used]
    entries = [*zip(used, given, strict=True), *((model, None) for model in unused)]
    for number, (model, entry) in enumerate(entries):
        assert model, "only a file without faults is annotated"
        if number:
            yield ""
        yield from _section(model, entry, indent, dash="- ")


def _is_plain_section(field: FieldInfo) -> bool:
    """Return whether the field is a section that may be empty."""
    return len(models_in(field.annotation)) == 1 and not field.is_required() and bool(field.default)


def _sentence(field: FieldInfo, given: Tree | None) -> str:
    """Return the description, and what the line of the setting does not show."""
    assert field.description, "every setting has a description"
    if models_in(field.annotation):
        return field.description
    words = literal_choices(field.annotation)
    named = all(word in field.description for word in words)
    sentence = field.description if named else f"{field.description} One of: {', '.join(words)}."
    if given is None:
        return f"{sentence} For example:" if _is_example(field) else sentence
    default = default_of(field)
    return sentence if default in (None, "") else f"{sentence} Default: {as_yaml(default)}."


def _suggestion(field: FieldInfo) -> Any:
    """Return the value in a line that is a comment: the default, or an example."""
    return field.examples[0] if field.examples and _is_example(field) else default_of(field)


def _is_example(field: FieldInfo) -> bool:
    return bool(field.examples) and default_of(field) is None


def default_of(field: FieldInfo) -> Any:
    """Return the default in the form of the file, or None if there is none."""
    if field.is_required():
        return None
    shape: Any = field.annotation
    if field.metadata:
        shape = Annotated[field.annotation, *field.metadata]
    kind: TypeAdapter[Any] = TypeAdapter(shape)
    return kind.dump_python(field.get_default(call_default_factory=True), mode="json")


def as_yaml(value: Any) -> str:
    """Return the value as YAML, in quotes only if it needs them."""
    if value is None:
        return ""
    text: str = yaml.serialize(
        _node(value), Dumper=yaml.BaseDumper, width=10_000, allow_unicode=True
    )
    return text.removesuffix("\n").removesuffix("\n...")


def _node(value: Any) -> yaml.Node:
    if isinstance(value, list | tuple):
        items = [_node(item) for item in value]
        return yaml.SequenceNode("tag:yaml.org,2002:seq", items, flow_style=True)
    if isinstance(value, dict):
        pairs = [(_node(key), _node(each)) for key, each in value.items()]
        return yaml.MappingNode("tag:yaml.org,2002:map", pairs, flow_style=True)
    if isinstance(value, bool):
        value = "yes" if value else "no"
    text = str(value)
    plain = re.fullmatch(r"[\w/][^\\$*?{}\[\]]*", text)
    style = None if plain else "'"  # the emitter takes double quotes if single ones are not enough
    return yaml.ScalarNode("tag:yaml.org,2002:str", text, style=style)


def _comment(text: str, indent: str) -> Iterator[str]:
    for line in textwrap.wrap(text, _WIDTH - len(indent)):
        yield f"{indent}# {line}"


def purpose_of(model: Model) -> str:
    """Return the first sentences of a model: what the section or the driver is for."""
    return " ".join((inspect.getdoc(model) or "").split("\n\n")[0].split())
