"""Frozen dataclasses and named tuples that are quick to define, and records quick to make."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar, cast, dataclass_transform

if TYPE_CHECKING:
    from dataclasses import Field
    from dataclasses import replace as replace
    from typing import NamedTuple as NamedTuple

C = TypeVar("C")
_set = object.__setattr__


@dataclass_transform(frozen_default=True)
def record(*, kw_only: bool = False) -> Callable[[type[C]], type[C]]:
    """Make a class a frozen dataclass whose methods are those below, the same for all.

    `dataclass` writes and compiles six functions for each class, half a millisecond each time the program starts, and
    its module takes as long to import as ten of them; and an instance of a frozen one sets each field by a call, the
    many that keep their default included, so that a criterion took longer to make than to read. Here an instance holds
    what it was given, and its class the defaults.
    """

    def make(cls: type[C]) -> type[C]:
        made: Any = cls
        names = {name: None for base in cls.__mro__[:0:-1] for name in base.__dict__.get("_record_names", ())}
        names.update(dict.fromkeys(cls.__dict__.get("__annotations__", ())))  # noqa: RUF063
        made._record_names = tuple(names)
        setattr(made, "__match_args__", () if kw_only else made._record_names)  # noqa: B010
        made.__dataclass_fields__ = _Fields()
        for method in (__init__, __setattr__, __delattr__, __eq__, __hash__, __repr__):
            if method.__name__ not in cls.__dict__:
                setattr(cls, method.__name__, method)
        return cls

    return make


class _Fields:
    """What `dataclasses` looks at in a class, made when it does: `fields`, `replace` and `asdict` take records too."""

    def __get__(self, made: object, cls: Any) -> dict[str, Field[Any]]:
        from dataclasses import field, make_dataclass

        listed = [(name, Any, field()) for name in cls._record_names]
        fields: dict[str, Field[Any]] = vars(make_dataclass(cls.__name__, listed))["__dataclass_fields__"]
        cls.__dataclass_fields__ = fields
        return fields


def quick(cls: type[C]) -> Callable[[tuple[Any, ...]], C]:
    """Return what makes a named tuple of all its values. Its class does so by a step in Python, twice as slow."""
    return cast("Callable[[tuple[Any, ...]], C]", partial(tuple.__new__, cls))


def names(cls: type) -> tuple[str, ...]:
    """Return the names of a record's fields in order."""
    found: tuple[str, ...] = cls._record_names  # type: ignore[attr-defined]
    return found


if not TYPE_CHECKING:

    class _Maker(type):
        """Makes a named tuple of a class with annotations, as `typing` does, which compiles each of them first."""

        def __new__(cls, name, _, body):
            fields = body.get("__annotations__", {})
            made = namedtuple(
                name, fields, defaults=[body[field] for field in fields if field in body], module=body["__module__"]
            )
            for key, value in body.items():
                if key not in fields and key != "__module__":
                    setattr(made, key, value)
            return made

    NamedTuple = type.__new__(_Maker, "NamedTuple", (), {})

    def replace(made: C, **changes: object) -> C:
        """Return a record with other values in some fields."""
        given = {name: value for name, value in made.__dict__.items() if name in made._record_names}
        return type(made)(**(given | changes))


def __init__(self: Any, *values: Any, **named: Any) -> None:  # noqa: N807
    if values:
        named.update(zip(self.__match_args__, values, strict=False))
    for name, value in named.items():  # one by one, and not through __dict__, which would take twice the memory
        _set(self, name, value)


def __setattr__(self: Any, name: str, _: object) -> NoReturn:  # noqa: N807
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(f"{type(self).__name__}.{name} cannot be changed")


def __delattr__(self: Any, name: str) -> NoReturn:  # noqa: N807
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(f"{type(self).__name__}.{name} cannot be taken away")


def _values(self: Any) -> tuple[Any, ...]:
    return tuple([getattr(self, name) for name in self._record_names])


def __eq__(self: Any, other: object) -> bool:  # noqa: N807
    return type(self) is type(other) and _values(self) == _values(other)


def __hash__(self: Any) -> int:  # noqa: N807
    return hash(_values(self))


def __repr__(self: Any) -> str:  # noqa: N807
    said = ", ".join(f"{name}={getattr(self, name)!r}" for name in self._record_names)
    return f"{type(self).__name__}({said})"
