"""Frozen dataclasses that are quick to make."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeVar, dataclass_transform

C = TypeVar("C")


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def record(cls: type[C]) -> type[C]:
    """Make a class a frozen dataclass, all of whose fields are named when it is made.

    A frozen dataclass calls `object.__setattr__` for each field, the many that keep their default included: a criterion
    took longer to make than to read. Here an instance holds what it was given, and the class the defaults.
    """
    cls.__init__ = _fill  # type: ignore[method-assign]
    return dataclass(frozen=True, init=False)(cls)


def _fill(self: object, **given: Any) -> None:
    self.__dict__.update(given)
