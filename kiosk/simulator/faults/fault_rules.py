"""Fault rules: which calls go wrong, and how. They come from a YAML or JSON file, as a list.

For example, a bad afternoon::

    - {do: drop_reply, call: create, nth: 1}             # the first order is made, nobody hears
    - {do: pay_first, call: cancel, times: 1}            # the payer is faster than the cancel
    - {do: delay, call: get, every: 10, seconds: 4}
    - {do: status, probability: 0.1, seed: 7, status: 503, shape: html}

Which calls a rule is for:

- ``call``: ``create``, ``get``, ``cancel``, ``refund``, ``account`` (users, stores, points of sale)
  or ``any`` (the default);
- at most one of ``nth: 3`` (the third such call), ``every: 3`` (each third) and ``probability:
  0.2`` (with ``seed``, 0 if left out); none of them means each call;
- ``times``: then the rule is spent.

What it does (``when: before`` the call is carried out, or ``after``):

- ``drop_request``: closes the connection; nothing was carried out.
- ``drop_reply``: carries the call out and closes the connection without an answer.
- ``delay``: waits ``seconds``; ``when`` is ``before`` if left out.
- ``status``: answers ``status`` with an error body of ``shape`` ``errors``, ``flat``, ``legacy``,
  ``gateway`` (the four JSON shapes that the services use), ``html`` or ``empty``; with ``code`` and
  ``message``, and a Retry-After header if ``retry_after`` is given (seconds, or a date); ``when``
  is ``before`` if left out.
- ``garbage``: answers ``text``, which is no JSON, with ``status``; ``when`` is ``after``.
- ``locked``: a payer has just begun, and will have paid after ``seconds``.
- ``pay_first``: a payer pays in the very moment before the call.
- ``wrong_amount``, ``wrong_reference``, ``wrong_id``: the answer is another order's in that point;
  ``value`` says what it claims.

Rules that fire for the same call lie around it like skins, the file's first one outermost: one
that answers ``before`` keeps the call from those after it. A key that is not known is an error.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path
from random import Random
from typing import Annotated, Any, get_args

import yaml
from pydantic import Field, TypeAdapter, ValidationError

from kiosk.base.errors import ConfigError
from kiosk.simulator.faults.fault_actions import (
    AnswerStatus,
    Delay,
    DropReply,
    DropRequest,
    FaultRule,
    Garbage,
    Locked,
    PayFirst,
    WrongAmount,
    WrongId,
    WrongReference,
)
from kiosk.simulator.service.messages import Operation

_Any = (
    DropRequest
    | DropReply
    | Delay
    | AnswerStatus
    | Garbage
    | Locked
    | PayFirst
    | WrongAmount
    | WrongReference
    | WrongId
)
ACTIONS: dict[str, type[FaultRule]] = {
    get_args(kind.model_fields["do"].annotation)[0]: kind for kind in get_args(_Any)
}
_RULES = TypeAdapter(list[Annotated[_Any, Field(discriminator="do")]])


class Faults:
    """The rules in force, each with its own count of calls and its own chance."""

    def __init__(self, rules: Iterable[FaultRule] = ()) -> None:
        self._armed: list[_Armed] = []
        self.add(rules)

    def add(self, rules: Iterable[FaultRule]) -> None:
        """Put more rules in force; they count calls from now on."""
        self._armed.extend(_Armed(rule) for rule in rules)

    def clear(self) -> None:
        """Let everything go well from now on."""
        self._armed.clear()

    def firing(self, operation: Operation) -> list[FaultRule]:
        """Count a call, and return the rules that fire for it."""
        return [armed.rule for armed in self._armed if armed.fires(operation)]


class _Armed:
    """A rule and how often it was asked and fired."""

    def __init__(self, rule: FaultRule) -> None:
        self.rule = rule
        self._calls = 0
        self._fired = 0
        self._chance = Random(rule.seed)  # noqa: S311 - to be repeatable is what it is for

    def fires(self, operation: Operation) -> bool:
        if self.rule.call not in ("any", operation) or self._fired == self.rule.times:
            return False
        self._calls += 1
        chosen = self._chooses()
        self._fired += chosen
        return chosen

    def _chooses(self) -> bool:
        if self.rule.nth is not None:
            return self._calls == self.rule.nth
        if self.rule.every is not None:
            return self._calls % self.rule.every == 0
        if self.rule.probability is not None:
            return self._chance.random() < self.rule.probability
        return True


def load(path: Path) -> list[FaultRule]:
    """Return the rules of a YAML or JSON file; ConfigError says all that is wrong with it."""
    try:
        document = yaml.safe_load(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: can't be read: {error.strerror}; check its name") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        why = " ".join(str(error).split())
        raise ConfigError(f"{path}: is neither YAML nor JSON: {why}") from error
    try:
        return parse(document)
    except ConfigError as error:
        raise ConfigError(*(f"{path}: {fault}" for fault in error.faults)) from error


def parse(document: Any) -> list[FaultRule]:
    """Return the rules in a list of mappings; ConfigError has a sentence for each fault."""
    if not isinstance(document, list):
        raise ConfigError("fault rules are a list; begin each with a dash, as in - {do: delay}")
    try:
        return list(_RULES.validate_python(document))
    except ValidationError as error:
        raise ConfigError(*(_sentence(fault) for fault in error.errors())) from error


def _sentence(fault: Any) -> str:
    """Return what pydantic found, for the person who wrote the file."""
    number, *inner = fault["loc"]
    where = f"rule {number + 1}"
    if fault["type"] == "union_tag_not_found":
        return f"{where}: do is missing; say what goes wrong: {', '.join(ACTIONS)}"
    if fault["type"] == "union_tag_invalid":
        wrong = fault["ctx"]["tag"]
        return f"{where}: do: {wrong!r} is no action; {_nearest(wrong, ACTIONS)}"
    if fault["type"] == "extra_forbidden":
        do, key = inner
        return f"{where}: {do} has no key {key!r}; {_nearest(key, ACTIONS[do].model_fields)}"
    if fault["type"] == "model_attributes_type":
        return f"{where}: is no mapping; write it like {{do: delay, seconds: 3}}"
    message = fault["msg"].removeprefix("Value error, ")
    return f"{where}: {': '.join([*map(str, inner[1:]), message])}"


def _nearest(word: str, known: Iterable[str]) -> str:
    known = list(known)
    close = difflib.get_close_matches(word, known, 1)
    return f"did you mean {close[0]}?" if close else f"choose from {', '.join(known)}"
