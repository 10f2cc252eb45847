"""A configuration file → the same file with every setting that there is, explained.

``config/kiosk.yaml``, the technician's manual, is written by this from an example, so it can't
drift from the settings models: names, defaults and sentences are theirs.
"""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Iterator
from typing import Annotated, Any

import yaml
from pydantic import TypeAdapter
from pydantic.fields import FieldInfo

from kiosk.config.shape import Model, drivers, model_for, models_in
from kiosk.config.tree import Tree

_HEAD = """\
# The configuration of a kiosk, and its manual: every setting there is, and what it means.
#
# A line like `#key: value`, with no space after the #, is a setting left at its default: take the
# # away to change it. A whole driver with # before its lines is one that could be used instead.
# Text needs quotes only if it begins with a special character or holds `: ` or ` #`.
# After each change:  kiosk check FILE  names every mistake, with its line.
"""
_TEXT = "tag:yaml.org,2002:str"
_WIDTH = 98
_STEP = "  "


def annotate(tree: dict[str, Tree], root: Model) -> str:
    """Return the file that holds what the tree holds, and all else as comments."""
    lines = [_HEAD.rstrip()]
    for name, field in root.model_fields.items():
        lines += ["", *_setting(name, field, tree.get(name), "")]
    return "\n".join(lines) + "\n"


def _setting(name: str, field: FieldInfo, given: Tree | None, indent: str) -> Iterator[str]:
    """Yield the sentence, then the key: commented out unless it is given."""
    yield from _comment(_sentence(field, given), indent)
    mark = "#" if given is None else ""
    if not models_in(field.annotation):
        value = given if given is not None else _default(field)
        yield f"{indent}{mark}{name}: {_yaml(value)}".rstrip()
        return
    yield f"{indent}{mark}{name}:"
    if isinstance(given, list):
        yield from _entries(field.annotation, given, indent + _STEP)
    else:
        yield from _drivers(field.annotation, given, indent + _STEP)


def _drivers(annotation: Any, given: Tree | None, indent: str) -> Iterator[str]:
    """Yield the section by its own driver, then by each that could stand there instead."""
    chosen = model_for(annotation, given)
    if chosen:
        yield from _section(chosen, given, indent)
    for model in models_in(annotation):
        if model is not chosen:
            yield ""
            yield from _section(model, None, indent)


def _entries(annotation: Any, given: list[Tree], indent: str) -> Iterator[str]:
    """Yield the entries of a list, then one of each driver that none of them has."""
    used = [model_for(annotation, entry) for entry in given]
    unused = [model for model in models_in(annotation) if model not in used]
    pairs = [*zip(used, given, strict=True), *((model, None) for model in unused)]
    for number, (model, entry) in enumerate(pairs):
        if model is None:
            continue
        if number:
            yield ""
        for line in _section(model, entry, indent + _STEP):
            yield line.replace(f"{_STEP}driver:", "- driver:").replace("  #driver:", "#- driver:")


def _section(model: Model, given: Tree | None, indent: str) -> Iterator[str]:
    if words := drivers(model):
        yield from _comment(_purpose(model), indent)
        yield f"{indent}{'#' if given is None else ''}driver: {words[0]}"
    for name, field in model.model_fields.items():
        if name != "driver":
            value = given.get(name) if isinstance(given, dict) else None
            yield from _setting(name, field, value, indent)


def _sentence(field: FieldInfo, given: Tree | None) -> str:
    """Return the description, and what the setting is when left out, unless its line shows it."""
    assert field.description, "every setting is described"
    if models_in(field.annotation):
        return field.description
    default = _default_text(field)
    if default is None:
        hint = " No default; for example:" if field.examples else " No default."
        return field.description + (hint if given is None else "")
    return field.description + ("" if given is None else f" Default: {_yaml(default)}.")


def _default(field: FieldInfo) -> Any:
    """Return what stands in a line that is commented out."""
    default = _default_text(field)
    if default is None and field.examples:
        return field.examples[0]
    return "" if default is None else default


def _default_text(field: FieldInfo) -> Any:
    """Return the default as one would write it in the file, or None if there is none."""
    if field.is_required():
        return None
    shape: Any = Annotated[field.annotation, *field.metadata]
    kind: TypeAdapter[Any] = TypeAdapter(shape)
    return kind.dump_python(field.get_default(call_default_factory=True), mode="json")


def _yaml(value: Any) -> str:
    """Return the value as it stands behind a key, in quotes only where they help."""
    text: str = yaml.serialize(_node(value), Dumper=yaml.BaseDumper, width=10_000)
    return text.removesuffix("\n").removesuffix("\n...")


def _node(value: Any) -> yaml.Node:
    if isinstance(value, dict):
        pairs = [(_node(key), _node(item)) for key, item in value.items()]
        return yaml.MappingNode("tag:yaml.org,2002:map", pairs, flow_style=True)
    if isinstance(value, list | tuple):
        items = [_node(item) for item in value]
        return yaml.SequenceNode("tag:yaml.org,2002:seq", items, flow_style=True)
    if isinstance(value, bool):
        value = "yes" if value else "no"
    style = "'" if any(mark in str(value) for mark in "\\$*?{}[]") else None
    return yaml.ScalarNode(_TEXT, str(value), style=style)


def _comment(text: str, indent: str) -> Iterator[str]:
    for line in textwrap.wrap(text, _WIDTH - len(indent)):
        yield f"{indent}# {line}"


def _purpose(model: Model) -> str:
    return " ".join((inspect.getdoc(model) or "").split("\n\n")[0].split())
