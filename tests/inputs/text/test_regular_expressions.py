"""A technician's expressions: no line, however long, may hold up the counter."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.inputs.text.backtracking import slow_text
from kiosk.inputs.text.pattern_automaton import parse
from kiosk.inputs.text.regular_expressions import checked, compiled

QUICK = [
    r"TOTAL\s+\$?\s*(?P<amount>\S+)",
    r"TOTAL:?\s+\$?\s*(?P<amount>\S+)",
    r"\s*TOTAL\s*[:=]?\s*(?:\$|ARS)?\s*(?P<amount>[0-9.,]+)\s*(?:ARS)?\s*",
    r".*TOTAL\s*:\s*(?P<amount>[\d.,]+)",
    r"TOTAL (?P<amount>\S+).*",
    r"TOTAL\D*(?P<amount>\d\S*)",
    r"CAJA \S+ \$ (?P<amount>\S+)",
    r"A PAGAR: R\$(?P<amount>\S+?)\*?",
    r"(?P<amount>\d{1,3}(\.\d{3})*,\d\d) TOTAL",
    r"(?i)(?:\S+\s+)*total (?P<amount>\d+)",
    r"(?P<amount>\d{1,12}\d*)",
    r"(?:a?)*(?P<amount>5)",
    r"TOTAL(?!ES) (?P<amount>.+)",
    r"T\b[^0-9]*(?P<amount>[0-9]+)$",
    r"TOTAL\s*[:.=]*\s*\$?\s*(?P<amount>[0-9][0-9.,]*)\s*-*\s*",
    r"TOTAL[^0-9]*(?P<amount>[0-9][0-9.,]*)",
]
SLOW = [
    (r"(?P<amount>([0-9]+)+)", "0"),
    (r"(?P<amount>(?:[0-9]|[0-9])*)x", "0"),
    (r"(?P<amount>(?:[0-9]*)*)", "0"),
    (r"(\w+\s?)*(?P<amount>5)", "0"),
    (r"((ab)*|(a|b)*)*(?P<amount>5)", "a"),
    (r".*(?P<amount>[0-9,]+)", ","),
    (r".*\s.*(?P<amount>5)", " "),
    (r"TOTAL\D*(?P<amount>\S+)", "!"),
    (r".*TOTAL.*\s(?P<amount>\S+)", "TOTAL "),
    (r"(?P<amount>[0-9]{1,200}[0-9]*)", "0"),
    (r"(?i)(?P<amount>a*A*)b", "A"),
    (r"(?P<amount>(?i:a*)A*)b", "A"),
    (r"\s*(?:\s*x)*(?P<amount>5)\s+\s", " "),
]


@pytest.mark.parametrize("pattern", QUICK)
def test_a_quick_expression_is_accepted(pattern: str) -> None:
    assert checked(pattern, "amount") == pattern


@pytest.mark.parametrize(("pattern", "text"), SLOW)
def test_a_slow_expression_is_refused_with_the_text_that_takes_long(
    pattern: str, text: str
) -> None:
    with pytest.raises(ValueError, match="would take too long") as refused:
        checked(pattern, "amount")
    assert text * 3 in str(refused.value)


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        (r"(?P<amount>[0-9]", "not a valid regular expression"),
        (r"TOTAL", r"no group named amount; write \(\?P<amount>"),
        (r"(?P<amount>[0-9])(?P=amount)", "refers to an earlier group"),
        (r"(?=.*x)(?P<amount>5)", "a lookahead with a repetition"),
        (rf"(?P<amount>(?:{'ab' * 90})*)(?:{'ba' * 90})*", "too complicated"),
        (rf"(?P<amount>{'x{16}' * 50})", "too complicated"),
    ],
)
def test_what_can_not_be_judged_is_refused(pattern: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        checked(pattern, "amount")


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("TOTAL (?P<amount>.+", "character 7: a ( has no )"),
        ("(?P<amount>.+))", "character 15: a ) has no ("),
        ("(?P<amount>[0-9,)", "character 12: a [ has no ]"),
        ("*(?P<amount>5)", "character 1: there is nothing to repeat before it"),
        ("(?P<amount>5**)", "character 14: it repeats a repetition"),
        ("(?P<amount.+)", "character 5: the name of a group has no >"),
        ("(?P<amount>5)\\", "character 14: there is nothing after the \\"),
        ("(?P<amount>5{3,1})", "character 14: the smaller number must come first"),
        ("(?P<amount>\\q)", r"character 12: Python says: bad escape \q"),
        ("(?P<amount>5{9999999999})", "Python says: the repetition number is too large"),
    ],
)
def test_a_mistake_is_said_with_its_place(pattern: str, reason: str) -> None:
    with pytest.raises(ValueError, match="not a valid regular expression") as refused:
        checked(pattern, "amount")
    assert f"({reason}" in str(refused.value)


PIECES = st.sampled_from(
    [r"\s*", r"\s+", r"\$?", r"(?:ARS)?", r"[:=]?", r"[:=]*", "x", r"(?P<one>\$)?", r"\S+", ".*"]
)


@given(
    st.lists(PIECES, max_size=6).map("".join).filter(lambda text: text.count("one") < 2),
    st.text(" $:x5ARS", max_size=8),
)
def test_the_compiled_expression_matches_what_was_written(pattern: str, text: str) -> None:
    written, made = re.compile(pattern), compiled(pattern)
    for one, other in (
        (written.match(text), made.match(text)),
        (written.fullmatch(text), made.fullmatch(text)),
    ):
        assert (one and (one.span(), one.groupdict())) == (
            other and (other.span(), other.groupdict())
        )


def ways(pattern: str, text: str) -> int:
    """Return how many states the parts of ``X*`` in a row can be in after each character."""
    sets = re.findall(r"\[[^]]*\]", pattern)
    counts = [1] + [0] * (len(sets) - 1)
    for char in text:
        moved = [0] * len(sets)
        for at, count in enumerate(counts):
            for to in range(at, len(sets)):
                moved[to] += count * (char in sets[to])
        counts = moved
    return sum(counts)


@given(st.lists(st.sets(st.sampled_from("abc"), min_size=1), min_size=1, max_size=4))
def test_it_agrees_with_counting_the_ways(sets: list[set[str]]) -> None:
    pattern = "".join(f"[{''.join(sorted(chars))}]*" for chars in sets)
    slow = slow_text(parse(pattern + "x"))
    growth = [max(ways(pattern, char * length) for char in "abc") for length in (20, 40)]
    assert bool(slow) == (growth[1] > growth[0])


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"\s*$", " "),
        (r"<[^>]*>", "< "),
        (r"[0-9]+,", "0"),
        (r"(?<![A-Z])[0-9]+,", "0"),
        (r"(?<![0-9])[0-9]+,", None),
        (r"<[^<>]*>", None),
        (r"[a-z]+|[0-9]+", None),
        (r"^[^0-9]*TOTAL|^[0-9]+,", None),
        (r"A\s+PAGAR", None),
    ],
)
def test_an_expression_that_is_searched_for_begins_anywhere(pattern: str, text: str | None) -> None:
    assert slow_text(parse(pattern), search=True) == text
