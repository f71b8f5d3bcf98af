"""The look of the printed edition, which a publisher sets in one file: `design.toml` beside the templates."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

FILE = "design.toml"
LEAST = 4.5  # contrast of a text to its ground, WCAG 2.2, 1.4.3
_MARK = "#eef1f5"  # DRAFT and RETIRED behind the text
_SIZE = r"\d+(?:\.\d+)?(?:mm|pt|in|cm)"
_KINDS = {
    "color": (r"#[0-9a-fA-F]{6}", 'a color such as "#12456b"'),
    "length": (_SIZE, 'a length such as "10.5pt"'),
    "lengths": (rf"{_SIZE}(?: {_SIZE}){{0,3}}", 'one to four lengths such as "30mm 28mm 31mm 30mm"'),
    "sheet": (rf"Letter|Legal|A4|A5|{_SIZE} {_SIZE}", "Letter, Legal, A4, A5, or a width and a height"),
    "face": (r"[A-Za-z0-9][A-Za-z0-9 -]*", "the name of a typeface"),
    "words": (r"[^\x00-\x1f<>]{0,80}", "a line of at most 80 characters"),
    "picture": (r"|[\w-]+(?:/[\w-]+)*\.svg", "an SVG below templates/pdf/"),
    "standard": (r"PDF/UA-[12]", "PDF/UA-2 or PDF/UA-1"),
}
_COLORS = (
    "ink quiet hair accent all all-tint any any-tint at at-tint none none-tint query query-tint guard-tint".split()
)
_SIZES = "text small fine ids title section chapter ruling".split()
_KEYS = {
    "page": {"size": "sheet", "margin": "lengths"},
    "type": {**dict.fromkeys(("text-face", "title-face", "id-face"), "face"), **dict.fromkeys(_SIZES, "length")},
    "colors": dict.fromkeys(_COLORS, "color"),
    "words": {"head": "words", "foot": "words"},
    "logo": {"file": "picture", "height": "length"},
    "file": {"standard": "standard"},
}
# A text and the ground that it stands on.
_PAIRS = (
    *((text, ground) for text in "ink quiet accent all any at none query".split() for ground in ("", _MARK)),
    *((text, f"{text}-tint") for text in ("all", "any", "at", "none", "query")),
    *((text, f"{box}-tint") for box in ("all", "any", "at", "none", "query", "guard") for text in ("ink", "quiet")),
)


class DesignFault(Exception):
    """A design that cannot be used. The message names the key."""


@dataclass(frozen=True)
class Design:
    """What the file says; nothing where a folder of templates has none."""

    values: Mapping[str, str] = field(default_factory=dict)  # "colors.ink" -> "#1b2430"
    standards: Mapping[str, str] = field(default_factory=dict)  # guideline -> another standard than the usual

    def standard(self, guideline: str) -> str:
        return self.standards.get(guideline, self.values.get("file.standard", "PDF/UA-2"))

    @property
    def foot(self) -> str:
        return self.values.get("words.foot", "")

    @property
    def has_logo(self) -> bool:
        return bool(self.values.get("logo.file"))

    def style(self, css: str) -> str:
        """Return a stylesheet with the design's values in it."""
        if not self.values:
            return css
        known = {key.replace(".", "-"): value for key, value in self.values.items()}
        for key, value in self.values.items():
            table, _, name = key.partition(".")
            if table == "colors" or name.endswith("-face"):
                known[name] = value
        known["words-head"] = '"' + known["words-head"].replace("\\", "\\\\").replace('"', '\\"') + '"'
        known["logo-file"] = f"url({known['logo-file']})" if known["logo-file"] else "none"
        return re.sub(r"var\(--([\w-]+)\)", lambda match: known.get(match[1], match[0]), css)


def read_design(templates: Path) -> Design:
    """Read the design of a folder of templates. Raises DesignFault."""
    try:
        text = (templates / FILE).read_text(encoding="utf-8")
    except FileNotFoundError:
        return Design()
    try:
        said: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DesignFault(f"{FILE} cannot be read: {error}") from None
    others = said.get("file", {}).pop("guidelines", {}) if isinstance(said.get("file"), dict) else {}
    for table in said:
        if table not in _KEYS or not isinstance(said[table], dict):
            raise DesignFault(f"{FILE} has [{table}], which is none of {', '.join(_KEYS)}")
    for table, inside in said.items():
        for key in inside:
            if key not in _KEYS[table]:
                near = get_close_matches(key, _KEYS[table], 1)
                raise DesignFault(f"{FILE} has {table}.{key}" + (f"; did you mean {near[0]}?" if near else ""))
    values = {
        f"{table}.{key}": _value(f"{table}.{key}", said.get(table, {}).get(key), kind)
        for table, keys in _KEYS.items()
        for key, kind in keys.items()
    }
    for name, standard in others.items():
        _value(f"file.guidelines.{name}", standard, "standard")
    design = Design(values, others)
    for fault in _hard_to_read(design):
        raise DesignFault(fault)
    if design.has_logo and not (templates / "pdf" / values["logo.file"]).is_file():
        raise DesignFault(f"{FILE} names the logo {values['logo.file']}, which is not below {templates / 'pdf'}")
    return design


def _value(key: str, value: Any, kind: str) -> str:
    pattern, wanted = _KINDS[kind]
    if value is None:
        raise DesignFault(f"{FILE} lacks {key}")
    if not isinstance(value, str) or re.fullmatch(pattern, value) is None:
        raise DesignFault(f"{FILE} says {value!r} for {key}, which wants {wanted}")
    return value


def _hard_to_read(design: Design) -> Iterator[str]:
    for text, ground in _PAIRS:
        colors = [design.values[f"colors.{text}"], design.values.get(f"colors.{ground}", ground or "#ffffff")]
        if (ratio := contrast(*colors)) < LEAST:
            on = ground.removeprefix("#eef1f5") or ("the DRAFT mark" if ground else "white")
            yield f"{FILE}: {text} on {on} has a contrast of {ratio:.2f}:1, and {LEAST}:1 is needed to read it"


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colors (#rrggbb) as WCAG reckons it."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(color: str) -> float:
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
