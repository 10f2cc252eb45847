"""Fault rules: which calls fail, and how. They come from a YAML or JSON file, as a list.

For example::

    - {do: drop_reply, call: create, nth: 1}             # the first order is made, its answer lost
    - {do: pay_first, call: cancel, times: 1}            # the payer is faster than the cancel
    - {do: delay, call: get, every: 10, seconds: 4}
    - {do: status, probability: 0.1, seed: 7, status: 503, shape: html}

Which calls a rule is for:

- ``call``: ``create``, ``get``, ``cancel``, ``refund``, ``account`` (users, stores, points of sale)
  or ``any`` (the default);
- at most one of ``nth: 3`` (the third of these calls), ``every: 3`` (every third one) and
  ``probability: 0.2`` (with ``seed``, default 0); without any of them, every call;
- ``times``: the rule applies this many times, then no more.

What it does (``when: before`` the call is carried out, or ``after``):

- ``drop_request``: closes the connection; nothing was carried out.
- ``drop_reply``: carries the call out and closes the connection without an answer.
- ``delay``: waits ``seconds``; ``when`` is ``before`` by default.
- ``status``: answers ``status`` with an error body of ``shape`` ``errors``, ``flat``, ``legacy``,
  ``gateway`` (the four JSON shapes that the services use), ``html`` or ``empty``; with ``code`` and
  ``message``, and a Retry-After header if ``retry_after`` is given (seconds, or a date); ``when``
  is ``before`` by default.
- ``garbage``: answers ``text``, which is not valid JSON, with ``status``; ``when`` is ``after`` by
  default.
- ``locked``: a payer has just begun to pay, and will have paid after ``seconds``.
- ``pay_first``: a payer pays just before the call is carried out.
- ``wrong_amount``, ``wrong_reference``, ``wrong_id``: the answer holds another order's amount,
  reference or id: ``value``.
- ``other_status``: the answer holds the status ``value``.

Several rules for the same call are nested: the first one in the file is the outermost. A rule that
answers ``before`` keeps the call from the rules after it. An unknown key is an error.
"""

from __future__ import annotations

import difflib
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from random import Random
from typing import Annotated, Any, get_args

import anyio
import yaml
from pydantic import Field, TypeAdapter, ValidationError

from kiosk.base.errors import ConfigError
from kiosk.config.loader import read_bytes
from kiosk.simulator.faults.fault_actions import (
    AnswerStatus,
    Delay,
    DropReply,
    DropRequest,
    FaultRule,
    Garbage,
    Locked,
    OtherStatus,
    PayFirst,
    WrongAmount,
    WrongId,
    WrongReference,
)
from kiosk.simulator.service.messages import Operation

_AnyRule = (
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
    | OtherStatus
)
ACTIONS: dict[str, type[FaultRule]] = {
    get_args(kind.model_fields["do"].annotation)[0]: kind for kind in get_args(_AnyRule)
}
_RULES = TypeAdapter(list[Annotated[_AnyRule, Field(discriminator="do")]])


class Faults:
    """The active rules, each with its own count of calls and its own random numbers.

    ``sleep`` is how slow calls wait: the service's clock may run faster than the computer's.
    """

    def __init__(
        self,
        rules: Iterable[FaultRule] = (),
        sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
    ) -> None:
        self.sleep = sleep
        self._active: list[_ActiveRule] = []
        self.add(rules)

    def add(self, rules: Iterable[FaultRule]) -> None:
        """Add rules. They count calls from now on."""
        self._active.extend(_ActiveRule(rule) for rule in rules)

    def clear(self) -> None:
        """Remove all rules: every call succeeds from now on."""
        self._active.clear()

    def rules_for(self, operation: Operation) -> list[FaultRule]:
        """Count a call and return the rules that apply to it."""
        return [active.rule for active in self._active if active.applies(operation)]


class _ActiveRule:
    """A rule, and how often it was considered and applied."""

    def __init__(self, rule: FaultRule) -> None:
        self.rule = rule
        self._calls = 0
        self._applied = 0
        self._random = Random(rule.seed)  # noqa: S311 - it must be repeatable

    def applies(self, operation: Operation) -> bool:
        if self.rule.call not in ("any", operation) or self._applied == self.rule.times:
            return False
        self._calls += 1
        chosen = self._chooses()
        self._applied += chosen
        return chosen

    def _chooses(self) -> bool:
        if self.rule.nth is not None:
            return self._calls == self.rule.nth
        if self.rule.every is not None:
            return self._calls % self.rule.every == 0
        if self.rule.probability is not None:
            return self._random.random() < self.rule.probability
        return True


def load(path: Path) -> list[FaultRule]:
    """Return the rules of a YAML or JSON file. Raises ConfigError with every fault in it."""
    data = read_bytes(path)
    try:
        document = yaml.safe_load(data.decode())
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        why = " ".join(str(error).split())
        raise ConfigError(
            f"{path}: the file is not valid YAML or JSON ({why}); correct it"
        ) from error
    try:
        return parse(document)
    except ConfigError as error:
        raise ConfigError(*(f"{path}: {fault}" for fault in error.faults)) from error


def parse(document: Any) -> list[FaultRule]:
    """Return the rules in a list of mappings. Raises ConfigError with a sentence for each fault."""
    if not isinstance(document, list):
        raise ConfigError(
            "fault rules must be a list; begin each rule with a dash, as in - {do: delay}"
        )
    try:
        return list(_RULES.validate_python(document))
    except ValidationError as error:
        raise ConfigError(*(_sentence(fault) for fault in error.errors())) from error


def _sentence(fault: Any) -> str:
    """Return a fault that pydantic found as a sentence for the author of the file."""
    number, *inner = fault["loc"]
    where = f"rule {number + 1}"
    if fault["type"] == "union_tag_not_found":
        return f"{where}: do is missing; write do: and one of: {', '.join(ACTIONS)}"
    if fault["type"] == "union_tag_invalid":
        wrong = fault["ctx"]["tag"]
        return f"{where}: do: {wrong!r} is not a valid action; {_nearest(wrong, ACTIONS)}"
    if fault["type"] == "missing":
        return f"{where}: {inner[-1]} is missing; write {inner[-1]}: and its value"
    if fault["type"] == "extra_forbidden":
        do, key = inner
        return f"{where}: {do} has no key {key!r}; {_nearest(key, ACTIONS[do].model_fields)}"
    if fault["type"] == "model_attributes_type":
        return f"{where}: this is not a mapping; write it like {{do: delay, seconds: 3}}"
    message = fault["msg"].removeprefix("Value error, ")
    return f"{where}: {': '.join([*map(str, inner[1:]), message])}"


def _nearest(word: str, known: Iterable[str]) -> str:
    known = list(known)
    close = difflib.get_close_matches(word, known, 1)
    return f"did you mean {close[0]}?" if close else f"choose from {', '.join(known)}"
