"""Settings of a configuration that change while a counter runs, and how they change it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from kiosk.base.language import _
from kiosk.config.yaml_text import read_yaml
from kiosk.config.yaml_tree import Tree, build_tree

_KEPT = ("inputs", "journal", "service")  # the devices and files of a simulation stay


def _from_text(given: Any) -> Any:
    """Return the settings of a YAML text, as the page sends it."""
    if not isinstance(given, str):
        return given
    document = build_tree(read_yaml(given))
    if document.faults:
        raise ValueError(document.faults[0].message)
    return document.tree


def _kept(changes: dict[str, Any]) -> dict[str, Any]:
    """Return the changes; raises ValueError if they are of devices or files of the simulation."""
    for name in _KEPT:
        if name in changes:
            raise ValueError(
                _("{name} can't change while the simulation runs; leave it out", name=name)
            )
    return changes


ChangedSettings = Annotated[
    dict[str, Any], BeforeValidator(_from_text), AfterValidator(_kept), Field(min_length=1)
]
"""A part of a configuration, as a tree. It may be wrong in any way: that is a scenario, too."""


def merged(usual: dict[str, Tree], given: dict[str, Tree]) -> dict[str, Tree]:
    """Return the usual settings with those given; another driver has no usual settings.

    An empty value takes out a setting.
    """
    if given.get("driver", usual.get("driver")) != usual.get("driver"):
        return given
    result = dict(usual)
    for name, value in given.items():
        before = usual.get(name)
        if isinstance(value, dict) and isinstance(before, dict):
            result[name] = merged(before, value)
        elif value == {} and name in usual:
            del result[name]
        else:
            result[name] = value
    return result
