"""The text of a PDF page as its content stream draws it: where, how large, in which colour, clipped by what.

Reads as much of the language as text and what can hide it take. A thing it does not know is refused, not guessed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from pypdf import PageObject
from pypdf.generic import DictionaryObject

from policypress.verify.pdf_font import Font
from policypress.verify.pdf_syntax import Box, Matrix, Strange, around, box, matrix, meet, operations, times

_WHOLE: Matrix = (1, 0, 0, 1, 0, 0)


@dataclass(slots=True)
class Run:
    """Text drawn in one go. Coordinates are of the page, in points from its lower left corner."""

    text: str
    mcid: int | None  # its place in the tags; None for what is no content
    left: float
    right: float
    base: float
    size: float
    order: int  # what is drawn later lies above
    faults: tuple[str, ...]
    colour: tuple[float, ...] | None


@dataclass(slots=True)
class Paint:
    """A filled rectangle; its colour is None where it is not plain."""

    box: Box
    colour: tuple[float, ...] | None
    order: int


@dataclass(slots=True)
class _State:
    ctm: Matrix
    clip: Box
    colour: tuple[float, ...] | None = (0.0,)
    alpha: float = 1.0
    veil: float = 1.0  # the alpha of the group that all this is drawn in
    font: Font | None = None
    size: float = 0.0
    spacing: float = 0.0
    words: float = 0.0
    scale: float = 1.0
    rise: float = 0.0
    leading: float = 0.0
    mode: int = 0


class PageText:
    """Draws a page in mind. `runs` and `paints` hold what came of it, in the order of drawing."""

    def __init__(self, page: PageObject, fonts: dict[int, Font]) -> None:
        self.runs: list[Run] = []
        self.paints: list[Paint] = []
        self._fonts = fonts
        self._order = 0
        sheet = page.cropbox
        self.box: Box = (float(sheet.left), float(sheet.bottom), float(sheet.right), float(sheet.top))
        if page.get("/Rotate", 0) or page.get("/UserUnit", 1) != 1:
            raise Strange("a page is turned or scaled")
        self._marks: list[tuple[str, int | None]] = []
        contents = page.get_contents()
        if contents is not None:
            resources = page.get("/Resources", DictionaryObject()).get_object()
            self._draw(contents.get_data(), resources, _State(_WHOLE, self.box), 0)

    def _draw(self, data: bytes, resources: Any, state: _State, depth: int) -> None:
        stack: list[_State] = []
        text = line = _WHOLE
        path: list[Box] = []
        plain = True
        clip = False
        marks = len(self._marks)
        for word, args in operations(data):
            if word == "q":
                stack.append(replace(state))
            elif word == "Q":
                if stack:
                    state = stack.pop()
            elif word == "cm":
                state.ctm = times(matrix(args), state.ctm)
            elif word == "re":
                x, y, width, height = args
                path.append(box(state.ctm, x, y, x + width, y + height))
            elif word in ("m", "l", "c", "v", "y"):
                plain = False
                for at in range(0, len(args), 2):
                    path.append(box(state.ctm, args[at], args[at + 1], args[at], args[at + 1]))
            elif word in ("W", "W*"):
                clip = True
            elif word in _PAINTING:
                if word in _FILLING and plain and len(path) == 1 and state.alpha * state.veil > 0.9:
                    self._order += 1
                    self.paints.append(Paint(meet(path[0], state.clip), state.colour, self._order))
                if clip and path:
                    state.clip = meet(around(path), state.clip)
                path, plain, clip = [], True, False
            elif word == "BT":
                text = line = _WHOLE
            elif word == "Tm":
                text = line = matrix(args)
            elif word in ("Td", "TD"):
                text = line = times((1, 0, 0, 1, args[0], args[1]), line)
                state.leading = -args[1] if word == "TD" else state.leading
            elif word == "T*":
                text = line = times((1, 0, 0, 1, 0, -state.leading), line)
            elif word == "Tf":
                state.font, state.size = self._font(resources, args[0]), args[1]
            elif word in _TEXT_STATE:
                setattr(state, _TEXT_STATE[word], args[0] / 100 if word == "Tz" else args[0])
            elif word in ("Tj", "TJ"):
                text = self._show(args[0] if word == "TJ" else args, state, text)
            elif word in ("'", '"'):
                raise Strange(f"text is drawn by {word}")
            elif word in _COLOURS:
                numbers = tuple(arg for arg in args if isinstance(arg, float))
                state.colour = numbers if len(numbers) == len(args) else None
            elif word == "gs":
                found = resources.get("/ExtGState", {}).get("/" + args[0], DictionaryObject()).get_object()
                state.alpha = float(found.get("/ca", state.alpha))
                if found.get("/SMask", "/None") != "/None":
                    state.alpha = 0.0  # how much a mask lets through is not worked out here
            elif word in ("BMC", "BDC"):
                self._mark(args, resources)
            elif word == "EMC":
                if len(self._marks) > marks:
                    self._marks.pop()
            elif word == "Do":
                self._form(resources, args[0], state, depth)
            elif word == "BI":
                raise Strange("a picture stands in the page's text")

    def _font(self, resources: Any, name: str) -> Font:
        reference = resources["/Font"].raw_get("/" + name)
        key = getattr(reference, "idnum", id(reference))
        if key not in self._fonts:
            self._fonts[key] = Font.read(reference.get_object())
        return self._fonts[key]

    def _mark(self, args: list[Any], resources: Any) -> None:
        tag, properties = args[0], args[1] if len(args) > 1 else {}
        if isinstance(properties, str):
            properties = {
                key.lstrip("/"): value for key, value in resources["/Properties"]["/" + properties].get_object().items()
            }
        if tag == "OC":
            raise Strange("a layer of the page can be switched off")
        if "ActualText" in properties:
            raise Strange("a text is given out as another (ActualText)")
        mcid = properties.get("MCID")
        self._marks.append((tag, int(mcid) if mcid is not None else None))

    def _mcid(self) -> int | None:
        for tag, mcid in reversed(self._marks):
            if mcid is not None or tag == "Artifact":
                return mcid
        return None

    def _form(self, resources: Any, name: str, state: _State, depth: int) -> None:
        form: Any = resources["/XObject"]["/" + name].get_object()
        if depth > 8:
            raise Strange("drawings hold drawings without end")
        self._order += 1
        if form.get("/Subtype") != "/Form" or not hasattr(form, "get_data"):
            self.paints.append(Paint(meet(box(state.ctm, 0, 0, 1, 1), state.clip), None, self._order))
            return
        inner = replace(state, ctm=times(matrix([float(one) for one in form.get("/Matrix", _WHOLE)]), state.ctm))
        inner.veil, inner.alpha = state.veil * state.alpha, 1.0
        left, bottom, right, top = (float(one) for one in form["/BBox"])
        inner.clip = meet(box(inner.ctm, left, bottom, right, top), inner.clip)
        self._draw(form.get_data(), form.get("/Resources", resources).get_object(), inner, depth + 1)

    def _show(self, parts: list[Any], state: _State, text: Matrix) -> Matrix:
        font = state.font
        if font is None:
            raise Strange("text is drawn without a font")
        said: list[str] = []
        width = 0.0
        for part in parts:
            if isinstance(part, float):
                width -= part / 1000 * state.size * state.scale
                continue
            for at in range(0, len(part), font.bytes):
                code = int.from_bytes(part[at : at + font.bytes])
                char = font.text.get(code)
                if char is None:
                    raise Strange(f"a glyph of {font.name} has no character")
                said.append(char)
                advance = font.widths.get(code, font.width) / 1000 * state.size + state.spacing
                width += (advance + (state.words if char == " " else 0)) * state.scale
        moved = times((1, 0, 0, 1, width, 0), text)
        if "".join(said).strip():
            self._order += 1
            at_start = times((1, 0, 0, 1, 0, state.rise), times(text, state.ctm))
            at_end = times((1, 0, 0, 1, width, state.rise), times(text, state.ctm))
            size = state.size * (at_start[2] ** 2 + at_start[3] ** 2) ** 0.5
            run = Run(
                "".join(said), self._mcid(), at_start[4], at_end[4], at_start[5], size, self._order, (), state.colour
            )
            run.faults = tuple(self._faults(run, state))
            self.runs.append(run)
        elif said:
            self.runs.append(Run(" ", self._mcid(), 0, 0, 0, 0, self._order, (), None))
        return moved

    def _faults(self, run: Run, state: _State) -> Iterator[str]:
        """Say what keeps a text from the eye."""
        if state.mode in (3, 7):
            yield "it is drawn invisibly"
        if run.size < 4:
            yield f"it is only {run.size:.1f} points high"
        if state.alpha * state.veil < 0.3:
            yield "it is transparent"
        low, high = min(run.left, run.right), max(run.left, run.right)
        for (left, bottom, right, top), words in (
            (self.box, "it lies outside the page"),
            (state.clip, "it is cut off"),
        ):
            if low < left - 2 or high > right + 2 or run.base < bottom - 1 or run.base + run.size / 3 > top + 1:
                yield words
                return


_PAINTING = frozenset("f F f* B B* b b* S s n".split())
_FILLING = frozenset("f F f* B B* b b*".split())
_COLOURS = frozenset("g rg k sc scn".split())
_TEXT_STATE = {"Tc": "spacing", "Tw": "words", "Tz": "scale", "Ts": "rise", "TL": "leading", "Tr": "mode"}
