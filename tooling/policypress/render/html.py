"""Texts and templates as safe HTML, for the site and for the PDF.

Everything a writer typed is untrusted: it is escaped, never a template and never fetched. A text may hold inline
Markdown (emphasis, code, links to http(s) addresses); structure comes from the model alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jinja2
from jinja2.bccache import Bucket
from jinja2.runtime import Context, Macro
from markupsafe import Markup, escape

from policypress.criteria import Citation, See
from policypress.outline import GUARD_WORDS, STRENGTH_WORDS
from policypress.text import Text

_MARKUP = re.compile(r"[*_`\[\\]")
# Never broken across lines: a number with its unit, a code with its system, a short compound such as PET/CT.
_WHOLE = (
    r"(?P<whole>(?<![\w/.-])(?:\d{1,9}(?:[.,]\d{1,9})?(?:[–-]\d{1,9}(?:[.,]\d{1,9})?)?\s(?:%|[a-zµ]{1,10})(?![\w-])"
    r"|[A-Z][A-Za-z0-9]{0,7}(?:[/‑-][A-Z][A-Za-z0-9]{0,7}){1,2}(?![\w/-])))"
)
_SHORT = 24  # a longer term may need a line break of its own
_CODE = (
    r"(?P<code>(?:(?P<system>CPT|HCPCS|ICD-10-CM)\s)?"
    r"(?<![\w.])(?P<number>[0-9A-Z]{3,5}(?:\.[0-9A-Z]{1,4})?)(?![\w]))"
)


class _Compiled(jinja2.BytecodeCache):
    """What templates were compiled to in this process; Jinja compares the words of a template before it takes it."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


_COMPILED = _Compiled()


class _Calls(Context):
    """Calls what a template calls, without asking of each whether it wants the context: of ours, macros alone do."""

    def call(self, called: Any, *arguments: Any, _loop_vars: Any = None, _block_vars: Any = None, **named: Any) -> Any:
        if type(called) is Macro:
            return called(self.eval_ctx, *arguments, **named)
        return called(*arguments, **named)


class _Environment(jinja2.Environment):
    """Looks for each template once: none changes while an environment lives."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._found: dict[str, jinja2.Template] = {}

    def get_template(self, name: Any, parent: str | None = None, globals: Any = None) -> jinja2.Template:
        if name not in self._found:
            self._found[name] = super().get_template(name, parent, globals)
        return self._found[name]


def environment(templates: Path) -> jinja2.Environment:
    """Return the one Jinja environment: everything escaped, an undefined name is an error."""
    made = _Environment(
        loader=jinja2.FileSystemLoader(templates), autoescape=True, undefined=jinja2.StrictUndefined,
        auto_reload=False, bytecode_cache=_COMPILED,  # each build makes an environment of its own
    )  # fmt: skip
    made.context_class = _Calls
    made.globals.update(guard_words=GUARD_WORDS, strength_words=STRENGTH_WORDS)
    return made


class Words:
    """Turns texts of one guideline into HTML.

    `codes` and `terms` map what may stand in a text to the address it links to, and to its expansion; `target` gives
    the address and the printed name of an id (or None); `cite` those of a reference; `about` says what a
    query is about.
    """

    def __init__(
        self,
        codes: Mapping[str, str],
        terms: Mapping[str, str],
        target: Callable[[str], tuple[str, str] | None],
        cite: Callable[[str], tuple[str, str] | None],
        about: Callable[[str], Markup] = lambda _: Markup(),
    ) -> None:
        self._codes = codes
        self._terms = terms
        self._target = target
        self._cite = cite
        self.about = about
        names = "|".join(re.escape(term) for term in sorted(terms, key=lambda term: (-len(term), term)))
        term = rf"(?P<term>(?<![\w/-])(?:{names})(?![\w]))|" if names else ""
        self._special = re.compile(f"{term}{_CODE}|{_WHOLE}")
        self._markdown: Any = None
        self._pieces: dict[tuple[str | None, str], Markup | None] = {}
        self.met: dict[str, bool] | None = None  # terms met since `begin` -> whether one leads to its meaning

    def begin(self) -> None:
        """Start a page that says what its terms mean: the first of each leads to the anchor `p_t_<number>` there."""
        self.met = {}

    def __call__(self, text: Text | str) -> Markup:
        """Return one line of HTML."""
        value = text if isinstance(text, str) else text.value
        if _MARKUP.search(value) is None:
            return self._plain(value)
        return Markup(self._parser().renderInline(value))  # html is off, and texts pass _plain

    def paragraphs(self, text: Text | str) -> Markup:
        """Return a text of one or more paragraphs (parted by an empty line)."""
        value = text if isinstance(text, str) else text.value
        parts = [part for part in re.split(r"\n\s*\n", value) if part.strip()]
        return Markup("".join(f"<p>{self(part)}</p>" for part in parts))

    def pointer(self, see: See) -> Markup:
        """Return where a criterion sends its reader."""
        if see.external:
            return Markup("(see {}, outside this guideline)").format(self(see.external))
        name = see.code or see.target
        found = (self._codes.get(see.code, ""), f"code {see.code}") if see.code else self._target(name)
        if found is None or not found[0]:
            return Markup("(see {})").format(name if found is None else found[1])
        return Markup('(see <a href="{}">{}</a>)').format(*found)

    def citation(self, citation: Citation) -> Markup:
        """Return a reference as it is cited."""
        found = self._cite(citation.id.value)
        where = f", {citation.locator}" if citation.locator else ""
        if found is None:
            return escape(citation.id.value + where)
        return Markup('<a class="citation" href="{}">{}</a>{}').format(*found, where)

    def _plain(self, value: str, linked: bool = True) -> Markup:
        pieces: list[str] = []  # each safe already
        end = 0
        for match in self._special.finditer(value):
            key = (match.lastgroup, match[0])
            if key not in self._pieces:
                self._pieces[key] = self._piece(match)
            piece = self._pieces[key]
            if self.met is not None and piece is not None and match.lastgroup == "term":
                piece = self._meet(match[0], piece, linked)
            if piece is not None:
                pieces += (escape(value[end : match.start()]), piece)
                end = match.end()
        if not pieces:
            return escape(value)
        pieces.append(escape(value[end:]))
        return Markup("".join(pieces))

    def _meet(self, term: str, piece: Markup, linked: bool) -> Markup:
        """Note a term, and lead from its first place to its meaning; not inside Markdown, which may be a link."""
        assert self.met is not None
        leads = self.met.setdefault(term, False)
        if leads or not linked:
            return piece
        self.met[term] = True
        return Markup('<a class="term" href="#p_t_{}">{}</a>').format(list(self.met).index(term) + 1, piece)

    def _piece(self, match: re.Match[str]) -> Markup | None:
        if match.lastgroup == "term":
            expansion = self._terms[match[0]]
            if not expansion:
                return None
            whole = "whole" if len(match[0]) <= _SHORT else "long"
            return Markup('<abbr class="{}" title="{}">{}</abbr>').format(whole, expansion, match[0])
        if match["whole"]:
            return Markup('<span class="whole">{}</span>').format(match[0])
        address = self._codes.get(match["number"])
        if address is None:
            return None
        return Markup('<a class="code" href="{}">{}</a>').format(address, match[0])

    def _parser(self) -> Any:
        if self._markdown is None:
            from markdown_it import MarkdownIt

            parser = MarkdownIt("commonmark", {"html": False}).disable(["image", "autolink", "entity"])
            parser.validateLink = lambda url: re.match(r"https?://", url) is not None  # type: ignore[method-assign]
            parser.add_render_rule("text", lambda _, tokens, at, *_more: self._plain(tokens[at].content, linked=False))
            self._markdown = parser
        return self._markdown
