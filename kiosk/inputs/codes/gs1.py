"""GS1 element strings: from a scan to its fields, or the reason why it is none.

Rules: GS1 General Specifications, sections 3 (formats), 4.13 (what may stand together) and 7.8
(how a string is cut). Knows what a field is, not what is to be done about it.
"""

from __future__ import annotations

from kiosk.base.errors import BadReading
from kiosk.inputs.codes.check_digits import is_right
from kiosk.inputs.codes.gs1_table import IdentifierRule, rules

GS = "\x1d"  # what a scanner sends for FNC1, the separator

Fields = dict[str, str]  # AI to value, in the order they came


def parse(data: str) -> Fields:
    """Return the fields of what follows an AIM identifier of GS1. Raises BadReading."""
    fields: Fields = {}
    rest = data.removeprefix(GS)  # some scanners send the first FNC1 as well
    while rest:
        rule = _rule(rest)
        value, rest = _cut(rule, rest[len(rule.ai) :])
        _add(fields, rule, value)
    if not fields:
        raise BadReading("the GS1 code is empty")
    return fields


def check(fields: Fields) -> Fields:
    """Return the fields if they may stand together. Raises BadReading."""
    for ai in fields:
        rule = rules()[ai]
        for row in rule.requires:
            if not any(_has_all(fields, choice) for choice in row):
                wanted = " or ".join(f"({choice})" for choice in row)
                raise BadReading(f"in the GS1 code ({ai}) lacks {wanted}")
        for excluded in rule.excludes:
            if others := [other for other in fields if other != ai and _is(other, excluded)]:
                raise BadReading(f"the GS1 code has both ({ai}) and ({others[0]})")
    return fields


def add(fields: Fields, ai: str, value: str) -> None:
    """Add a field that came by itself, as in a web address. Raises BadReading."""
    if ai not in rules():
        raise BadReading(f"GS1 knows no ({ai})")
    _add(fields, rules()[ai], value)


def _rule(rest: str) -> IdentifierRule:
    for length in (2, 3, 4):
        if rule := rules().get(rest[:length]):
            return rule
    raise BadReading("the GS1 code has an identifier that GS1 does not know")


def _cut(rule: IdentifierRule, rest: str) -> tuple[str, str]:
    """Return the value at the beginning of the rest, and what is left after its separator."""
    if rule.length:
        return rest[: rule.length], rest[rule.length :].removeprefix(GS)
    value, _, rest = rest.partition(GS)
    return value, rest


def _add(fields: Fields, rule: IdentifierRule, value: str) -> None:
    match = rule.pattern.fullmatch(value)
    if match is None:
        raise BadReading(f"in the GS1 code ({rule.ai}) is not as GS1 writes it")
    for part, test in zip(match.groups(), rule.tests, strict=True):
        if part is not None and not _passes(part, test):
            raise BadReading(f"in the GS1 code ({rule.ai}) is wrong; scan it again")
    if fields.setdefault(rule.ai, value) != value:
        raise BadReading(f"the GS1 code has two different ({rule.ai})")


def _passes(part: str, test: str) -> bool:
    match test:
        case "csum":
            return is_right(part)
        case "date" | "date0":
            return _is_date(part, day_may_lack=test == "date0")
        case _:
            return True


def _is_date(text: str, *, day_may_lack: bool) -> bool:
    year, month, day = int(text[:2]), int(text[2:4]), int(text[4:])
    if not 1 <= month <= 12:
        return False
    leap = year % 4 == 0  # 2000 is one, and the other centuries are out of reach
    days = (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]
    return (0 if day_may_lack else 1) <= day <= days


def _has_all(fields: Fields, choice: str) -> bool:
    """``choice`` is an AI, a pattern of AIs, or several with a plus between."""
    return all(any(_is(ai, part) for ai in fields) for part in choice.split("+"))


def _is(ai: str, pattern: str) -> bool:
    """Return whether the AI fits ``390n`` or ``31nn``: n is any digit."""
    return len(ai) == len(pattern) and ai.startswith(pattern.rstrip("n"))
