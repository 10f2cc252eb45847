"""GS1 element strings: from a scan to its fields, or BadReading with the reason.

Rules: GS1 General Specifications, sections 3 (formats), 4.13 (which fields are allowed together)
and 7.8 (how a string is split). What the fields sell is decided in ``gs1_meaning.py``.
"""

from __future__ import annotations

from kiosk.base.errors import BadReading
from kiosk.base.language import _
from kiosk.inputs.codes.check_digits import has_valid_check_digit
from kiosk.inputs.codes.gs1_table import IdentifierRule, rules

GS = "\x1d"  # what a scanner sends for FNC1, the separator

Fields = dict[str, str]  # AI to value, in the order they came


def parse(data: str) -> Fields:
    """Return the fields of an element string, without its AIM identifier. Raises BadReading."""
    fields: Fields = {}
    rest = data.removeprefix(GS)  # some scanners send the first FNC1 as well
    while rest:
        rule = _rule(rest)
        value, rest = _split(rule, rest[len(rule.ai) :])
        _add(fields, rule, value)
    if not fields:
        raise BadReading(_("the GS1 code is empty; scan it again"))
    return fields


def check_combination(fields: Fields) -> Fields:
    """Return the fields if they are allowed together. Raises BadReading."""
    for ai in fields:
        rule = rules()[ai]
        for row in rule.requires:
            if not any(_has_all(fields, choice) for choice in row):
                wanted = " or ".join(f"({choice})" for choice in row)
                raise BadReading(
                    _(
                        "in the GS1 code, ({ai}) needs {wanted}; correct the label",
                        ai=ai,
                        wanted=wanted,
                    )
                )
        for excluded in rule.excludes:
            if others := [other for other in fields if other != ai and _matches(other, excluded)]:
                raise BadReading(
                    _(
                        "the GS1 code has both ({ai}) and ({others}); correct the label",
                        ai=ai,
                        others=others[0],
                    )
                )
    return fields


def add(fields: Fields, ai: str, value: str) -> None:
    """Add a field whose AI is already known, as in a web address. Raises BadReading."""
    if ai not in rules():
        raise BadReading(_("({ai}) is not a GS1 identifier; correct the label", ai=ai))
    _add(fields, rules()[ai], value)


def _rule(rest: str) -> IdentifierRule:
    for length in (2, 3, 4):
        if rule := rules().get(rest[:length]):
            return rule
    raise BadReading(_("the GS1 code has an unknown identifier; scan it again"))


def _split(rule: IdentifierRule, rest: str) -> tuple[str, str]:
    """Return the value at the start of ``rest``, and what follows its separator."""
    if rule.length:
        return rest[: rule.length], rest[rule.length :].removeprefix(GS)
    value, _, rest = rest.partition(GS)
    return value, rest


def _add(fields: Fields, rule: IdentifierRule, value: str) -> None:
    match = rule.pattern.fullmatch(value)
    if match is None:
        raise BadReading(
            _("in the GS1 code, the value of ({ai}) has a wrong format; scan it again", ai=rule.ai)
        )
    for part, test in zip(match.groups(), rule.tests, strict=True):
        if part is not None and not _passes(part, test):
            raise BadReading(
                _("in the GS1 code, the value of ({ai}) is wrong; scan it again", ai=rule.ai)
            )
    if fields.setdefault(rule.ai, value) != value:
        raise BadReading(
            _("the GS1 code has two different values of ({ai}); correct the label", ai=rule.ai)
        )


def _passes(part: str, test: str) -> bool:
    match test:
        case "csum":
            return has_valid_check_digit(part)
        case "date" | "date0":
            return _is_date(part, allow_day_0=test == "date0")
        case _:
            return True


def _is_date(text: str, *, allow_day_0: bool) -> bool:
    """Return whether the text is a date as YYMMDD."""
    year, month, day = int(text[:2]), int(text[2:4]), int(text[4:])
    if not 1 <= month <= 12:
        return False
    leap = year % 4 == 0  # 2000 is one; two digits reach no other century
    days = (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]
    return (0 if allow_day_0 else 1) <= day <= days


def _has_all(fields: Fields, choice: str) -> bool:
    """Return whether the fields have ``choice``: an AI, a pattern, or several joined by ``+``."""
    return all(any(_matches(ai, part) for ai in fields) for part in choice.split("+"))


def _matches(ai: str, pattern: str) -> bool:
    """Return whether the AI matches a pattern such as ``390n`` or ``31nn``: n is any digit."""
    return len(ai) == len(pattern) and ai.startswith(pattern.rstrip("n"))
