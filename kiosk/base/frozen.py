"""``@frozen``: a dataclass whose values never change, made ten times faster.

``@dataclass(frozen=True, slots=True)`` writes and compiles six methods for each class. For the 200
classes of the daemon this takes most of a second at each start of a small computer, and 1 MiB.
``@frozen`` compiles one ``__init__`` for each number of fields, and each class gets it with its own
names; the classes share the other methods. mypy refuses to change a value, Python does not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, Field, dataclass, field, fields
from functools import cache
from operator import attrgetter
from types import CodeType, FunctionType
from typing import Any, TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(cls: type[T]) -> type[T]:
    """Make a dataclass of this class. Its own ``__eq__``, ``__hash__`` and ``__repr__`` stay."""
    for name, method in _SHARED.items():
        if cls.__dict__.get(name) is None:
            setattr(cls, name, method)
    compiled = _does_more(cls)
    made: Any = dataclass(slots=True, eq=False, repr=False, init=compiled)(cls)
    if not compiled:
        made.__init__ = _init(made)
    names = [each.name for each in fields(made) if each.compare]
    made.compared_by = attrgetter(*names or ["__class__"])
    frozen_class: type[T] = made
    return frozen_class


def _does_more(cls: type) -> bool:
    """Return whether ``__init__`` does more than to set each attribute to its argument."""
    stated = {**getattr(cls, "__dataclass_fields__", {}), **vars(cls)}.values()
    made = [each for each in stated if isinstance(each, Field)]
    factories = [each for each in made if each.default_factory is not MISSING]
    return bool(factories) or hasattr(cls, "__post_init__") or "__init__" in vars(cls)


def _init(cls: type) -> Callable[..., None]:
    """Return the ``__init__`` of a class: that of any with as many fields, with other names."""
    names = tuple(each.name for each in fields(cls))
    code = _init_code(len(names)).replace(co_varnames=("self", *names), co_names=names)
    defaults = tuple(each.default for each in fields(cls) if each.default is not MISSING)
    init = FunctionType(code, {}, "__init__", defaults)
    init.__qualname__ = f"{cls.__qualname__}.__init__"
    return init


@cache
def _init_code(count: int) -> CodeType:
    """Compile an ``__init__`` that sets so many attributes."""
    names = [f"field_{number}" for number in range(count)]
    body = ";".join(f"self.{name}={name}" for name in names) or "pass"
    made = compile(f"def _({','.join(['self', *names])}):{body}", "<frozen>", "exec").co_consts
    code = next(each for each in made if isinstance(each, CodeType))
    return code.replace(co_name="__init__")


def _equal(one: Any, other: Any) -> bool:
    if type(other) is not type(one):
        return NotImplemented  # type: ignore[no-any-return]
    same: bool = one.compared_by(one) == other.compared_by(other)
    return same


def _hash(one: Any) -> int:
    return hash(one.compared_by(one))


def _represent(one: Any) -> str:
    shown = (f"{each.name}={getattr(one, each.name)!r}" for each in fields(one) if each.repr)
    return f"{type(one).__qualname__}({', '.join(shown)})"


_SHARED = {"__eq__": _equal, "__hash__": _hash, "__repr__": _represent}
