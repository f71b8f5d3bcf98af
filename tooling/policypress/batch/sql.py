"""One SQL statement that gives the verdicts of a guideline for every row of a table of cases.

Verdicts are counted in bits (see `columns.py`): AND and OR over small integers are what a database does fastest. Each
node is a column of its own, in layers of subqueries, so that nothing is worked out twice. The statement is the same
for DuckDB and Spark but for the words in `dialect.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from policypress.batch.columns import MET, NOT_APPLICABLE, NOT_MET, UNKNOWN, Column, Kind, tiny
from policypress.batch.comparing import OPEN, of_amount, of_date, of_number
from policypress.batch.deriving import Deriving, codes_of
from policypress.batch.dialect import Dialect
from policypress.logic import Case
from policypress.ucum import Amount
from policypress.verdict import Determination, Verdict

_WORDS = {MET: Verdict.MET, NOT_MET: Verdict.NOT_MET, NOT_APPLICABLE: Verdict.NOT_APPLICABLE, UNKNOWN: Verdict.UNKNOWN}
_DETERMINED = {
    MET: Determination.CRITERIA_MET, NOT_MET: Determination.CRITERIA_NOT_MET,
    NOT_APPLICABLE: Determination.NO_CRITERIA, UNKNOWN: Determination.MISSING_INFORMATION,
}  # fmt: skip
_BITS = {word: code for code, word in _WORDS.items()}


@dataclass(frozen=True, slots=True)
class Statement:
    """The statement, which of the table's columns it reads, and which match nothing that the guideline asks."""

    text: str
    read: tuple[Column, ...]
    strange: tuple[str, ...]
    asked: tuple[str, ...]  # every name that a column may have
    outputs: tuple[str, ...]

    @property
    def wrong_kinds(self) -> tuple[str, ...]:
        return tuple(column.wrong_kind for column in self.read if column.wrong_kind)

    def invalid(self, table: str, row: str, most: int = 20) -> str:
        """SQL for the rows with a value that cannot be read: what names the row, its first such column, the value."""
        checked = [column for column in self.read if column.invalid() != "FALSE"]
        if not checked:
            return f"SELECT {row}, '' AS name, '' AS held FROM {table} WHERE FALSE"
        name = " ".join(f"WHEN {one.invalid()} THEN {one.dialect.text(one.name)}" for one in checked)
        held = " ".join(f"WHEN {one.invalid()} THEN CAST({one.raw} AS STRING)" for one in checked)
        found = f"SELECT {row}, CASE {name} END AS name, CASE {held} END AS held FROM {table}"
        return f"SELECT * FROM ({found}) AS t WHERE name IS NOT NULL LIMIT {most}"

    def refusal(self, row: str, name: str, held: str) -> str:
        column = next(column for column in self.read if column.name == name)
        return f"{row}, column {name}: “{held}” is {column.wanted}"


def statement(
    case: Case, columns: Mapping[str, Kind], table: str, dialect: Dialect, id: str = "case", on: str = "on"
) -> Statement:
    """Return the statement for a table (a name, or whatever may stand behind FROM) with the given columns.

    Of the case only the policy is read. `id` and `on` name the columns that hold the row's name and day. The result has
    the id and a column for every section, ruling and code, by their ids.
    """
    counting = _Counting(columns, dialect, id, on)
    deriving = Deriving(case, counting)
    sections = case.guidelines[case.home].sections
    rulings = [ruling for section in sections for ruling in section.rulings]
    outputs: dict[str, tuple[_Value, Mapping[int, str]]]
    outputs = {section.id: (deriving.verdict(section.id), _WORDS) for section in sections}
    outputs |= {ruling.id: (deriving.ruling(ruling, case.home), _WORDS) for ruling in rulings}
    outputs |= {code: (deriving.determination(code, case.home), _DETERMINED) for code in codes_of(case)}
    words = [dialect.name(id)] + ([f"d0 AS {dialect.name(on)}"] if on in columns else [])
    for name, (value, told) in outputs.items():
        rest = " ".join(f"WHEN {code} THEN '{word}'" for code, word in told.items() if code != UNKNOWN)
        words.append(f"CASE {value.sql} {rest} ELSE '{told[UNKNOWN]}' END AS {dialect.name(name)}")
    inner = table
    for layer in (counting.read(), *counting.layers):
        if layer:
            kept = dialect.name(id) if inner is table else "*"
            inner = f"(\nSELECT {kept},\n  {_lines(layer)}\nFROM {inner}) AS t"
    text = "SELECT\n  " + ",\n  ".join(words) + f"\nFROM {inner}"
    read = tuple(counting.columns.values())
    strange = tuple(name for name in columns if name not in counting.asked and name not in (id, on))
    return Statement(text, read, strange, tuple(counting.asked), tuple(outputs))


def _lines(layer: Mapping[str, str]) -> str:
    return ",\n  ".join(f"{sql} AS {name}" for name, sql in layer.items())


class _Value(NamedTuple):
    """A verdict as SQL: a column of a layer or a constant. `drops` tells whether it can be not applicable."""

    sql: str
    layer: int = 0
    drops: bool = True


class _Counting:
    """Counts verdicts in columns. Layer 0 reads the table; each later one sees the columns of those before."""

    def __init__(self, columns: Mapping[str, Kind], dialect: Dialect, id: str, on: str) -> None:
        self.kinds = columns
        self.dialect = dialect
        self.id = dialect.name(id)
        self.layers: list[dict[str, str]] = []
        self.columns: dict[str, Column] = {}  # the table's, as far as they are asked for
        self.asked: dict[str, None] = {}
        self._done: dict[str, _Value] = {}
        self._used: dict[str, tuple[Column, str]] = {}  # name in layer 0 -> column and part
        self._count = 0
        if on in columns:
            self.columns[on] = Column(on, columns[on], 0, dialect, self.id, day=True)
            self._used["d0"] = (self.columns[on], "d")

    @property
    def unknown(self) -> _Value:
        return _Value(str(UNKNOWN), drops=False)

    def read(self) -> dict[str, str]:
        """Return layer 0."""
        found = {}
        for name, (column, part) in self._used.items():
            column = self.columns[column.name]  # as it was in the end
            if column.wrong_kind:
                continue  # the statement is not run
            found[name] = column.given() if part == "g" else column.verdict() if part == "v" else column.amounts()[part]
        return found

    def answered(self, names: Sequence[str], below: Callable[[], _Value]) -> _Value:
        self.asked |= dict.fromkeys(names)
        there = [self._column(name) for name in names if name in self.kinds]
        otherwise = below()
        if not there:
            return otherwise
        drops = otherwise.drops or any(column.kind == "text" for column in there)
        if len(there) == 1 and otherwise == self.unknown:
            return _Value(self._part(there[0], "v"), 0, drops)
        given = [self._part(column, "g") for column in there]
        return self._named(f"COALESCE({', '.join(given)}, {otherwise.sql})", [otherwise], drops)

    def compared(self, name: str, op: str, wanted: Amount | None, unit: str) -> _Value:
        self.asked[name] = None
        if name not in self.kinds:
            return self.unknown
        column = self._column(name, wanted.unit if wanted else "", unit)
        if wanted is None:
            text = OPEN
        elif column.kind == "number":
            text = of_number(self._part(column, "n"), op, wanted, unit)
        else:
            text = of_date(self._part(column, "d"), "d0" if "d0" in self._used else "", op, wanted, self.dialect)
        if column.kind == "text":
            if wanted is not None:
                number, spelled = self._part(column, "n"), self._part(column, "u")
                other = of_amount(number, spelled, op, wanted, unit, self.dialect)
                text = f"CASE WHEN {self._part(column, 'd')} IS NOT NULL THEN {text} ELSE {other} END"
            given = self._part(column, "g")
            text = f"CASE WHEN {given} = {NOT_APPLICABLE} THEN {given} ELSE {text} END"
        return self._named(f"CAST({text} AS TINYINT)", [], column.kind == "text")

    def all_of(self, values: Sequence[_Value]) -> _Value:
        if len(values) < 2:
            return values[0] if values else _Value(str(NOT_APPLICABLE))
        return self._named(_joined("&", values), values, all(value.drops for value in values))

    def any_of(self, values: Sequence[_Value]) -> _Value:
        if len(values) < 2:
            return self.all_of(values)
        drops = all(value.drops for value in values)
        text = " | ".join(map(_counted, values))
        return self._named(f"({text} | ({_joined('&', values)}))" if drops else f"({text})", values, drops)

    def at_least(self, n: int, values: Sequence[_Value]) -> _Value:
        met, possible = (" + ".join(f"CAST({_counted(v)} & {bit} AS INT)" for v in values) for bit in (4, 2))
        text = f"WHEN {met} >= {4 * n} THEN {MET} WHEN {possible} >= {2 * n} THEN {UNKNOWN} ELSE {NOT_MET}"
        drops = all(value.drops for value in values)
        if drops:
            text = f"WHEN {_joined('&', values)} = {NOT_APPLICABLE} THEN {NOT_APPLICABLE} {text}"
        return self._named(f"CAST(CASE {text} END AS TINYINT)", values, drops)

    def negate(self, value: _Value) -> _Value:
        swapped = f"WHEN {MET} THEN {tiny(NOT_MET)} WHEN {NOT_MET} THEN {tiny(MET)} ELSE {value.sql}"
        return self._named(f"CASE {value.sql} {swapped} END", [value], value.drops)

    def guarded(self, own: _Value, guard: _Value) -> _Value:
        rest = f"WHEN {UNKNOWN} THEN {tiny(UNKNOWN)} ELSE {tiny(NOT_APPLICABLE)}"
        return self._named(f"CASE {guard.sql} WHEN {MET} THEN {own.sql} {rest} END", [own, guard], True)

    def waived(self, own: _Value, unless: _Value) -> _Value:
        joined = f"({_counted(own)} | {_counted(unless)})"
        if own.drops:  # an exception that is not met leaves it where it is
            joined = f"CASE WHEN {unless.sql} IN ({UNKNOWN}, {MET}) THEN {joined} ELSE {own.sql} END"
        return self._named(joined, [own, unless], own.drops)

    def carved(self, own: _Value, except_when: _Value) -> _Value:
        left = f"WHEN {MET} THEN {tiny(NOT_MET)} WHEN {UNKNOWN} THEN {tiny(UNKNOWN)} ELSE {tiny(NOT_APPLICABLE)}"
        return self._named(f"({own.sql} & CASE {except_when.sql} {left} END)", [own, except_when], own.drops)

    def standing(self, value: _Value, above: Sequence[_Value], harmless: Verdict | None) -> _Value:
        if not above:
            return value
        out = " OR ".join(f"{other.sql} IN ({MET}, {NOT_MET})" for other in above)
        open = " OR ".join(f"{other.sql} = {UNKNOWN}" for other in above)
        kept = "" if harmless is None else f" AND {value.sql} <> {_BITS[harmless]}"
        text = (
            f"WHEN {value.sql} = {NOT_APPLICABLE} OR {out} THEN {tiny(NOT_APPLICABLE)} "
            f"WHEN ({open}){kept} THEN {tiny(UNKNOWN)} ELSE {value.sql}"
        )
        return self._named(f"CASE {text} END", [value, *above], True)

    def determined(self, general: _Value, specific: _Value, excluded: _Value) -> _Value:
        text = (
            f"WHEN {excluded.sql} = {MET} OR {general.sql} = {NOT_MET} OR {specific.sql} = {NOT_MET} THEN {NOT_MET} "
            f"WHEN {excluded.sql} = {UNKNOWN} THEN {UNKNOWN} "
            f"WHEN {specific.sql} = {NOT_APPLICABLE} THEN {NOT_APPLICABLE} "
            f"WHEN {general.sql} >= {MET} AND {specific.sql} = {MET} THEN {MET} ELSE {UNKNOWN}"
        )
        return self._named(f"CAST(CASE {text} END AS TINYINT)", [general, specific, excluded], True)

    def _column(self, name: str, *units: str) -> Column:
        """Return a column of the table; with units, it is asked for an amount."""
        column = self.columns.get(name)
        if column is None:
            column = Column(name, self.kinds[name], len(self.columns) + 1, self.dialect, self.id)
        if units:
            column = replace(column, measured=True, units=(*column.units, *units))
        self.columns[name] = column
        return column

    def _part(self, column: Column, part: str) -> str:
        name = f"{part}{0 if column.day else column.place}"
        self._used[name] = (column, part)
        return name

    def _named(self, text: str, values: Sequence[_Value], drops: bool) -> _Value:
        """Return a column for an expression over columns of the layers so far."""
        if text not in self._done:
            layer = max((value.layer for value in values), default=0)
            if layer == len(self.layers):
                self.layers.append({})
            name = f"x{self._count}"
            self._count += 1
            self.layers[layer][name] = text
            self._done[text] = _Value(name, layer + 1, drops)
        return self._done[text]


def _joined(with_: str, values: Sequence[_Value]) -> str:
    return f" {with_} ".join(value.sql for value in values)


def _counted(value: _Value) -> str:
    """Return a member of `any`: nothing where it does not apply."""
    if value.sql.isdigit():
        return "0" if value.sql == str(NOT_APPLICABLE) else value.sql
    return f"({value.sql} & (({value.sql} & 1) - 1))" if value.drops else value.sql
