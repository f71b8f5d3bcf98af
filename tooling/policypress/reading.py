"""The rules of reading: what is refused in a file before its meaning is looked at. Pages are as in `file_rules`."""

from __future__ import annotations

from policypress.file_rules import FILE_RULES
from policypress.finding import Rule, Severity


def _rule(id: str, name: str, page: str) -> Rule:
    return Rule(id, name, Severity.ERROR, page)


SYNTAX = _rule(
    "Y010",
    "yaml-syntax",
    """The file is not YAML.

Most often a sentence holds a character that YAML takes for its own: a colon and a space, or a first character such
as `[`, `*`, `!` or `>`. Put the sentence in quotes.

```yaml bad
id: pet-mri
title: PET-MRI: when it is covered
effect: covered
criteria:
  text: The study changes the plan of treatment
```
```yaml good
id: pet-mri
title: "PET-MRI: when it is covered"
effect: covered
criteria:
  text: The study changes the plan of treatment
```
""",
)
FORBIDDEN = _rule(
    "Y011",
    "yaml-feature",
    """The file uses a part of YAML that can hide or change words.

Anchors, aliases, merge keys, tags, directives and several documents make a file say something other than what its
reader sees. Write the words out; a sentence that begins with `*`, `&` or `!` goes in quotes.

```yaml bad
id: pet-mri
title: PET-MRI
effect: covered
criteria:
  all:
    - ! PET must be delayed
    - The study changes the plan of treatment
```
```yaml good
id: pet-mri
title: PET-MRI
effect: covered
criteria:
  all:
    - "! PET is delayed"
    - The study changes the plan of treatment
```
""",
)
DUPLICATE_KEY = _rule(
    "Y012",
    "duplicate-key",
    """A key stands twice in one mapping.

Ordinary YAML keeps the last and drops the first without a word. `All` beside `all` counts as twice.

```yaml bad
id: pet-mri
title: PET-MRI
title: PET with MRI
effect: covered
criteria:
  text: The study changes the plan of treatment
```
```yaml good
id: pet-mri
title: PET with MRI
effect: covered
criteria:
  text: The study changes the plan of treatment
```
""",
)
MANY_LINES = _rule(
    "Y013",
    "text-over-lines",
    """A text runs on over several lines.

A forgotten `- ` would fold two criteria into one. Write the text on one line, or as a block behind `|`.

```yaml bad
id: pet-mri
title: PET-MRI
effect: covered
criteria:
  all:
    - The study changes the plan of treatment
      PET/CT is not available
    - The provider asks for the study
```
```yaml good
id: pet-mri
title: PET-MRI
effect: covered
criteria:
  all:
    - The study changes the plan of treatment
    - PET/CT is not available
    - The provider asks for the study
```
""",
)
COMMENT = _rule(
    "Y014",
    "comment-behind-text",
    """A comment stands behind a text.

A ` #` inside a sentence would cut the rest off. Put the comment on its own line, or the sentence in quotes. Behind a
code, an id or a date a comment is welcome.

```yaml bad
id: pet-mri
title: PET-MRI
effect: covered
criteria:
  text: The number of lesions # is over two
```
```yaml good
id: pet-mri
title: PET-MRI
effect: covered
criteria:
  text: "The number of lesions # is over two"
```
""",
)
FLOW = _rule(
    "Y015",
    "sentence-in-brackets",
    """A list or mapping in brackets holds a sentence without quotes.

Its commas would split it into several. Write one `- ` line for each sentence.

```yaml bad
id: pet-mri
title: PET-MRI
effect: covered
criteria:
  all: [The study changes the plan of treatment, PET/CT is not available]
```
```yaml good
id: pet-mri
title: PET-MRI
effect: covered
criteria:
  all:
    - The study changes the plan of treatment
    - PET/CT is not available
```
""",
)
BLOCK = _rule(
    "Y016",
    "structure-in-block",
    """A line inside a block text looks like a key or a list item.

Indented one step too far, a criterion becomes words of the text above it.

```yaml bad
id: pet-mri
title: PET-MRI
effect: covered
criteria:
  text: The study changes the plan of treatment
notes:
  - |
    Read with care.
    - PET/CT is not available
```
```yaml good
id: pet-mri
title: PET-MRI
effect: covered
criteria:
  text: The study changes the plan of treatment
notes:
  - |
    Read with care.
  - PET/CT may not be available
```
""",
)
CHARACTER = _rule(
    "Y017",
    "hidden-character",
    """A character is not visible: a tab, a control, a zero-width or a bidirectional character.

Such characters change what is read or searched without a trace on the screen. They come from pasting out of a word
processor or a PDF; written as an escape in quotes they are refused too.

```yaml bad
id: pet-mri
title: "PET-MRI\\u200b"
effect: covered
criteria:
  text: The study changes the plan of treatment
```
```yaml good
id: pet-mri
title: "PET-MRI"
effect: covered
criteria:
  text: The study changes the plan of treatment
```
""",
)
TOO_DEEP = _rule(
    "Y018",
    "too-deep",
    """The file is nested over 16 levels deep.

Nobody can review logic of that depth. Move a part into a section of its own and point to it with `see`.
""",
)
LOST_WORDS = _rule(
    "Y019",
    "words-outside",
    """Words of the file did not arrive in what was read.

Every word outside comments must be in the tree that was read, and nothing else. Here something stands between the
values, such as `? ` or `...`.

```yaml bad
id: pet-mri
title: PET-MRI
effect: covered
criteria:
  text: The study changes the plan of treatment
...
```
```yaml good
id: pet-mri
title: PET-MRI
effect: covered
criteria:
  text: The study changes the plan of treatment
```
""",
)

READING_RULES = (
    *FILE_RULES, SYNTAX, FORBIDDEN, DUPLICATE_KEY, MANY_LINES, COMMENT, FLOW, BLOCK,
    CHARACTER, TOO_DEEP, LOST_WORDS,
)  # fmt: skip
