"""Frozen dataclasses that are quick to define and quick to make."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import FrozenInstanceError, dataclass, field
from typing import Any, NoReturn, TypeVar, dataclass_transform

C = TypeVar("C")
_set = object.__setattr__


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(*, kw_only: bool = False) -> Callable[[type[C]], type[C]]:
    """Make a class a frozen dataclass whose methods are those below, the same for all.

    `dataclass` writes and compiles six functions for each class, half a millisecond each time the program starts; and
    an instance of a frozen one sets each field by a call, the many that keep their default included, so that a
    criterion took longer to make than to read. Here an instance holds what it was given, and its class the defaults.
    """

    def make(cls: type[C]) -> type[C]:
        for method in (__init__, __setattr__, __delattr__, __eq__, __hash__, __repr__):
            if method.__name__ not in cls.__dict__:
                setattr(cls, method.__name__, method)
        cls.__doc__ = cls.__doc__ or cls.__name__  # else `dataclass` works out a signature to put there
        return dataclass(init=False, repr=False, eq=False, kw_only=kw_only)(cls)

    return make


def __init__(self: Any, *values: Any, **named: Any) -> None:  # noqa: N807
    if values:
        named.update(zip(self.__match_args__, values, strict=False))
    for name, value in named.items():  # one by one, and not through __dict__, which would take twice the memory
        _set(self, name, value)


def __setattr__(self: Any, name: str, _: object) -> NoReturn:  # noqa: N807
    raise FrozenInstanceError(f"{type(self).__name__}.{name} cannot be changed")


def __delattr__(self: Any, name: str) -> NoReturn:  # noqa: N807
    raise FrozenInstanceError(f"{type(self).__name__}.{name} cannot be taken away")


def _values(self: Any) -> tuple[Any, ...]:
    return tuple([getattr(self, name) for name in self.__dataclass_fields__])


def __eq__(self: Any, other: object) -> bool:  # noqa: N807
    return type(self) is type(other) and _values(self) == _values(other)


def __hash__(self: Any) -> int:  # noqa: N807
    return hash(_values(self))


def __repr__(self: Any) -> str:  # noqa: N807
    said = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__dataclass_fields__)
    return f"{type(self).__name__}({said})"
