"""The few words in which DuckDB and Spark differ."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dialect:
    quote: str  # around a name
    escapes: tuple[tuple[str, str], ...]  # inside a text
    fails: str  # the function that ends the statement with a message
    days: str  # the number of a day

    def name(self, name: str) -> str:
        return self.quote + name.replace(self.quote, self.quote * 2) + self.quote

    def text(self, text: str) -> str:
        for letter, escaped in self.escapes:
            text = text.replace(letter, escaped)
        return f"'{text}'"


DUCKDB = Dialect('"', (("'", "''"),), "error", "({0} - DATE '1970-01-01')")
SPARK = Dialect("`", (("\\", "\\\\"), ("'", "\\'")), "raise_error", "unix_date({0})")
