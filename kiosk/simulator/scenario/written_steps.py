"""Writes scenarios: the steps that were performed by hand, as a file that can be played."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from kiosk.simulator.acts.act import Act
from kiosk.simulator.acts.expectation import Step
from kiosk.simulator.acts.plain_form import plain_form
from kiosk.simulator.scenario.scenario_file import SCHEMA_LINE

_WIDTH = 98


def in_one_line(step: Act) -> str:
    """Return an act or a step as one line of YAML."""
    return _flow(plain_form(step))[1:-1]


def write_scenario(
    title: str, why: str, steps: Sequence[Step], counter: Mapping[str, Any] | str = ""
) -> str:
    """Return the text of a scenario. ``counter`` is a tree of settings, or the name of a file."""
    lines = [SCHEMA_LINE, f"title: {_flow(title)}", f"why: {_flow(why)}"]
    if isinstance(counter, str) and counter:
        lines.append(f"counter: {_flow(counter)}")
    elif counter:
        block = yaml.safe_dump({"counter": dict(counter)}, allow_unicode=True, sort_keys=False)
        lines += block.splitlines()
    lines.append("steps:")
    lines += [f"  - {in_one_line(step)}" for step in steps]
    return "\n".join(lines) + "\n"


def _flow(tree: Any) -> str:
    """Return the tree on one line; every text that YAML could misread is quoted."""
    text = yaml.dump(
        tree,
        Dumper=_Dumper,
        default_flow_style=True,
        allow_unicode=True,
        sort_keys=False,
        width=10_000_000,
    )
    return text.removesuffix("\n").removesuffix("\n...")


class _Dumper(yaml.SafeDumper):
    """Quotes a text that is more than words. Our loader takes ``off`` for a text: so does this."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - as PyYAML declares it


_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9]*([ _-][A-Za-z0-9]+)*|[0-9]+ (ms|s|min|h)")
_NO_TEXT = {"null", "Null", "NULL"}  # the loader takes them for no value


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:  # noqa: ARG001 - as PyYAML calls it
    plain = _PLAIN.fullmatch(text) and text not in _NO_TEXT
    return yaml.ScalarNode("tag:yaml.org,2002:str", text, style=None if plain else '"')


def _number(dumper: yaml.SafeDumper, number: int) -> yaml.ScalarNode:  # noqa: ARG001
    return yaml.ScalarNode("tag:yaml.org,2002:str", str(number))


_Dumper.add_representer(str, _text)
_Dumper.add_multi_representer(str, _text)  # words of an enumeration
_Dumper.add_representer(int, _number)
