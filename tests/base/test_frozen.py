"""``@frozen`` makes classes that behave as ``@dataclass(frozen=True, slots=True)`` would."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from inspect import signature
from typing import Any

import pytest

from kiosk.base.frozen import frozen


@frozen
class Price:
    amount: str
    currency: str = "ARS"
    secret: str = field(default="", repr=False)
    seen_at: float = field(default=0.0, compare=False)


@frozen
class Discounted(Price):
    off: int = 0


@frozen
class Nothing:
    pass


@dataclass(frozen=True, slots=True)
class UsualPrice:
    amount: str
    currency: str = "ARS"
    secret: str = field(default="", repr=False)
    seen_at: float = field(default=0.0, compare=False)


@pytest.mark.parametrize("change", [{}, {"seen_at": 5.0}, {"secret": "x"}, {"amount": "2.00"}])
def test_it_compares_and_prints_as_a_dataclass_does(change: dict[str, Any]) -> None:
    one, usual = Price("1.00"), UsualPrice("1.00")
    other, usual_other = replace(one, **change), replace(usual, **change)
    assert (one == other) is (usual == usual_other)
    assert (hash(one) == hash(other)) is (hash(usual) == hash(usual_other))
    assert repr(other) == repr(usual_other).replace("UsualPrice", "Price")
    assert asdict(other) == asdict(usual_other)


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ((), {}),
        (("1.00", "UYU", "x", 5.0, "too many"), {}),
        (("1.00",), {"amount": "2.00"}),
        ((), {"amount": "1.00", "colour": "red"}),
    ],
)
def test_wrong_arguments_are_refused_in_the_words_of_a_dataclass(
    values: tuple[Any, ...], named: dict[str, Any]
) -> None:
    with pytest.raises(TypeError) as usual:
        UsualPrice(*values, **named)
    with pytest.raises(TypeError) as refused:
        Price(*values, **named)
    assert str(refused.value) == str(usual.value).replace("UsualPrice", "Price")


def test_arguments_have_their_names_and_defaults() -> None:
    assert Price(currency="UYU", amount="1.00") == Price("1.00", "UYU")
    parameters = signature(Discounted).parameters
    assert [*parameters] == ["amount", "currency", "secret", "seen_at", "off"]
    assert parameters["currency"].default == "ARS"


def test_a_default_can_be_made_for_each_and_be_completed() -> None:
    @frozen
    class Listing:
        names: list[str] = field(default_factory=list)
        first: str = ""

        def __post_init__(self) -> None:
            self.names.append("first")

    @frozen
    class Longer(Listing):
        second: str = ""

    assert Listing().names is not Listing().names
    assert Longer(second="x").names == ["first"]


def test_classes_are_never_equal_to_each_other() -> None:
    assert Price("1.00") != Discounted("1.00")
    assert Nothing() == Nothing()
    assert {Nothing(), Nothing()} == {Nothing()}


@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, lambda it: pickle.loads(pickle.dumps(it))]
)
def test_a_copy_is_equal(again: Callable[[Price], Price]) -> None:
    price = Discounted("1.00", off=5)
    assert again(price) == price


def test_it_takes_no_other_attributes_and_matches_by_place() -> None:
    with pytest.raises(AttributeError):
        object.__setattr__(Price("1.00"), "colour", "red")
    match Price("1.00", "UYU"):
        case Price(amount, currency):
            assert (amount, currency) == ("1.00", "UYU")


def test_a_method_of_its_own_stays() -> None:
    @frozen
    class Quiet:
        secret: str

        def __repr__(self) -> str:
            return "Quiet"

    assert repr(Quiet("x")) == "Quiet"
    assert Quiet("x") != Quiet("y")
