"""Bad inputs that cannot lie in a repository as text: bytes, bombs, and what fills a limit."""

from __future__ import annotations

from policypress.nodes import MAX_BYTES, MAX_DEPTH, MAX_TEXT

TEXT = "id: hard\ntitle: Hard\neffect: covered\ncriteria:\n  text: The study changes the plan of treatment\n"
NOTES = TEXT + "notes:\n"
MEMBERS = "id: hard\ntitle: Hard\neffect: covered\ncriteria:\n  all:\n"


def _with(inside: bytes) -> bytes:
    return NOTES.encode() + b"  - A note of " + inside + b" words\n"


def _filled(size: int) -> bytes:
    text = NOTES + "  - A note of some length that fills the file\n" * ((size - len(NOTES)) // 46)
    return (text + "#" * (size - len(text) - 1) + "\n").encode()


def _nested(levels: int) -> bytes:
    """Nest groups so that the deepest mapping lies `levels` collections deep."""
    head = "id: hard\ntitle: Hard\neffect: covered\ncriteria:\n"
    return (head + "".join("  " * at + "not:\n" for at in range(1, levels)) + "  " * levels + "text: It is so\n").encode()


def _member(text: str) -> bytes:
    return (MEMBERS + f"    - {text}\n    - PET/CT is not available\n").encode()


MADE: dict[str, bytes] = {
    # limits
    "1-mib-exactly": _filled(MAX_BYTES),
    "1-mib-and-a-byte": _filled(MAX_BYTES + 1),
    "depth-at-the-limit": _nested(MAX_DEPTH - 1),
    "depth-over-the-limit": _nested(MAX_DEPTH),
    "text-at-the-limit": (NOTES + "  - " + "x" * MAX_TEXT + "\n").encode(),
    "text-over-the-limit": (NOTES + "  - " + "x" * (MAX_TEXT + 1) + "\n").encode(),
    "quoted-text-at-the-limit": (NOTES + '  - "' + "x" * MAX_TEXT + '"\n').encode(),
    "quoted-text-over-the-limit": (NOTES + '  - "' + "x" * (MAX_TEXT + 1) + '"\n').encode(),
    "block-text-at-the-limit": (NOTES + "  - |\n    " + "x" * MAX_TEXT + "\n").encode(),
    "block-text-over-the-limit": (NOTES + "  - |\n    " + "x" * (MAX_TEXT + 1) + "\n").encode(),
    "title-over-the-limit": TEXT.replace("Hard", "H" * (MAX_TEXT + 1)).encode(),
    "1-mib-of-one-word": (NOTES + "  - " + "x" * (MAX_BYTES - 200) + "\n").encode(),
    "1-mib-of-comments": (TEXT + "# comment\n" * 104_000).encode(),
    "1-mib-of-blank-lines": (TEXT + "\n" * (MAX_BYTES - 200)).encode(),
    "1-mib-of-blanks": (TEXT + " " * (MAX_BYTES - 200)).encode(),
    "1-mib-in-open-quotes": (NOTES + '  - "' + "x\n" * 520_000).encode(),
    # bombs
    "aliases-of-aliases": (
        "a0: &a0 [x, x]\n" + "".join(f"a{at}: &a{at} [*a{at - 1}, *a{at - 1}]\n" for at in range(1, 40))
    ).encode(),
    "merges-of-merges": ("a0: &a0 {x: y}\n" + "".join(f"a{at}: &a{at} {{<<: *a{at - 1}}}\n" for at in range(1, 30))).encode(),
    "alias-of-itself": b"a: &a [*a]\n",
    "10000-anchors": ("".join(f"a{at}: &a{at} x\n" for at in range(10_000))).encode(),
    "500000-open-brackets": NOTES.encode() + b"  - " + b"[" * 500_000,
    "500000-brackets": NOTES.encode() + b"  - " + b"[" * 250_000 + b"]" * 250_000,
    "200000-open-braces": NOTES.encode() + b"  - " + b"{a: " * 200_000,
    "400000-dashes": NOTES.encode() + b"  " + b"- " * 400_000 + b"x\n",
    "300000-question-marks": NOTES.encode() + b"  " + b"? " * 300_000 + b"x\n",
    "1000-indents": "".join(" " * at + "a:\n" for at in range(1_000)).encode(),
    "100000-equal-keys": b"a: b\n" * 100_000,
    "10000-unknown-keys": (TEXT + "".join(f"key{at}: b\n" for at in range(10_000))).encode(),
    "100000-open-keys": b"a\n" * 100_000,
    "200000-colons": NOTES.encode() + b"  - " + b": " * 200_000 + b"\n",
    "20000-wrong-criteria": (MEMBERS + "    - {txt: x}\n" * 20_000).encode(),
    "10000-doubtful-criteria": (
        MEMBERS + "".join(f"    - Case {at} should be complex, etc. unless 12 weeks pass (e.g. CT)\n" for at in range(10_000))
    ).encode(),
    "10000-same-criteria": (MEMBERS + "    - The study changes the plan of treatment\n" * 10_000).encode(),
    "5000-equal-ids": (MEMBERS + "    - {id: hard.a, text: It is so}\n" * 5_000).encode(),
    "5000-queries": (MEMBERS + "".join(f"    - {{text: It is {at}, query: Really?}}\n" for at in range(5_000))).encode(),
    "5000-suppressions": (MEMBERS + "".join(f"    # allow: W102 so\n    - It is {at}\n" for at in range(5_000))).encode(),
    "6000-codes": (TEXT.replace("criteria", f"codes: [{', '.join(['78815'] * 6_000)}]\ncriteria")).encode(),
    "1000-rulings-against-each-other": (
        "id: hard\ntitle: Hard\nrulings:\n"
        + "".join(
            f"  - id: hard.ruling-{at}\n    effect: {('covered', 'not_covered')[at % 2]}\n    services: [PET]\n    criteria:\n"
            f"      all:\n        - The study is urgent\n        - Step {at % 97} was done\n        - Step {at % 89} was left out\n"
            for at in range(1_000)
        )
    ).encode(),
    "2000-rulings-in-a-ring": (
        "id: hard\ntitle: Hard\nrulings:\n"
        + "".join(
            f"  - id: hard.ruling-{at}\n    effect: covered\n    services: [PET]\n    criteria:\n"
            f"      text: The individual meets the criteria for step {at}\n      see: hard.ruling-{(at + 1) % 2_000}\n"
            for at in range(2_000)
        )
    ).encode(),
    "400-guards": (
        MEMBERS
        + "".join(
            f"    - text: Step {at} was done\n      applies_when:\n        text: Radiation ended more than {at} weeks ago\n"
            f"        compare: {{fact: since-radiation, op: '>', value: {at}, unit: wk}}\n"
            for at in range(1, 401)
        )
    ).encode(),
    "40-limits-of-a-calendar": (
        MEMBERS.replace("all:", "any:")
        + "".join(
            f"    - text: Radiation ended more than 181.{at} days ago\n"
            f"      compare: {{fact: since-radiation, op: '>', value: '181.{at}', unit: d}}\n"
            for at in range(10, 50)
        )
        + "    - text: Radiation ended more than 6 months ago\n"
        "      compare: {fact: since-radiation, op: '>', value: 6, unit: mo}\n"
    ).encode(),
    "a-line-of-60000-codes": (
        TEXT.replace("criteria", f"codes: [{', '.join(str(at) for at in range(20_000, 80_000))}]\ncriteria")
    ).encode(),
    "digits-of-another-width": _member("The study (CPT \uff17\uff18\uff18\uff11\uff15) changes the plan"),
    "sign-without-width-in-an-operator": MEMBERS.replace("all", "al\u200dl").encode() + b"    - It is so\n    - It is not\n",
    "direction-in-an-id": TEXT.replace("id: hard", "id: ha\u202erd").encode(),
    "keys-in-braces-that-break-off": (
        TEXT.replace("\n  text: The study changes the plan of treatment", " {text: Is it so?, fact: so}")
    ).encode(),
    "tag-at-a-key": TEXT.replace("criteria", "!!str criteria").encode(),
    "anchor-at-a-key": TEXT.replace("criteria", "&a criteria").encode(),
    "merge-key-in-quotes": TEXT.replace("effect", '"<<": {title: Soft}\neffect').encode(),
    "one-key-in-three-quotes": (
        MEMBERS + "    - One\n    - Two\n  \"all\":\n    - Three\n    - Four\n  'all':\n    - Five\n    - Six\n"
    ).encode(),
    "2000-rulings": (
        "id: hard\ntitle: Hard\nrulings:\n"
        + "".join(f"  - id: hard.r{at}\n    effect: covered\n    criteria: {{text: It is so}}\n" for at in range(2_000))
    ).encode(),
    # one text that a pattern could choke on
    **{
        f"20000-characters-of-{name}": _member(f'"{(sign * MAX_TEXT)[:MAX_TEXT]}"')
        for name, sign in {
            "or": "CT or PET when ", "and": "it is and it was ", "semicolons": "; ", "brackets": "(", "closing": ")",
            "bracketed": "(it is) ", "examples": "e.g. ", "codes": "78815/", "ranges": "78811-78816, ", "digits": "7",
            "numbers": "12 ", "amounts": "12 weeks after ", "unless": "unless ", "guidelines": "specific guidelines ",
            "hyphens": "a-", "dots": "a.", "slashes": "PET/CT/", "capitals": "ABC ", "colons": "Use: use ", "letters": "e",
            "blanks": "a  ", "stars": "*a* ", "links": "[a](b) ", "tags": "<a ", "braces": "{{ ", "marks": "not ",
            "may": "may be required ", "report": "report the code ", "ampersands": "&amp;", "joined": "x" + "\u0301",
        }.items()
    },
    "20000-characters-of-quotes": _member("'" + "''" * (MAX_TEXT - 1) + "'"),
    "20000-characters-of-escapes": _member('"' + '\\"' * (MAX_TEXT - 1) + '"'),
    "20000-characters-in-a-title": TEXT.replace("Hard", "'" + ("SCLC staging; " * MAX_TEXT)[:MAX_TEXT] + "'").encode(),
    # characters
    "nul": _with(b"\0"),
    "bell": _with(b"\x07"),
    "vertical-tab": _with(b"\x0b"),
    "form-feed": _with(b"\x0c"),
    "escape": _with(b"\x1b[31m"),
    "delete": _with(b"\x7f"),
    "tab-as-indent": NOTES.encode() + b"\t- A note\n",
    "tab-in-text": _with(b"\t"),
    "tab-at-the-end": NOTES.encode() + b"  - A note\t\n",
    "bom": b"\xef\xbb\xbf" + TEXT.encode(),
    "bom-inside": _with("\ufeff".encode()),
    "bom-alone": b"\xef\xbb\xbf",
    "utf-16": TEXT.encode("utf-16"),
    "utf-16-without-bom": TEXT.encode("utf-16-le"),
    "utf-16-big-end-first": TEXT.encode("utf-16-be"),
    "utf-32": TEXT.encode("utf-32"),
    "utf-7": TEXT.replace("Hard", "H+AOQ-rd").encode(),
    "latin-1": TEXT.replace("Hard", "H\u00e4rd").encode("latin-1"),
    "ebcdic": TEXT.encode("cp037"),
    "half-a-pair": _with(b"\xed\xa0\x80"),
    "both-halves-of-a-pair": _with(b"\xed\xa0\xbd\xed\xb8\x80"),
    "overlong-slash": _with(b"\xc0\xaf"),
    "cut-off-inside-a-letter": TEXT.encode() + b"# \xe2\x80",
    "beyond-unicode": _with(b"\xf4\x90\x80\x80"),
    "next-line": _with("\u0085".encode()),
    "line-separator": _with("\u2028".encode()),
    "paragraph-separator": _with("\u2029".encode()),
    "soft-hyphen": _with("\u00ad".encode()),
    "zero-width-space": _with("\u200b".encode()),
    "zero-width-joiner": _with("\u200d".encode()),
    "word-joiner": _with("\u2060".encode()),
    "right-to-left-override": _with("\u202e".encode()),
    "isolate": _with("\u2066".encode()),
    "arabic-letter-mark": _with("\u061c".encode()),
    "variation-selector": _with("\ufe0f".encode()),
    "tag-letters": _with("\U000e0041".encode()),
    "noncharacter": _with("\ufffe".encode()),
    "last-character": _with("\U0010ffff".encode()),
    "private-use": _with("\ue000".encode()),
    "replacement": _with("\ufffd".encode()),
    "hangul-filler": _with("\u3164".encode()),
    "braille-blank": _with("\u2800".encode()),
    "many-accents": _with(("e" + "\u0301" * 500).encode()),
    "zero-width-in-a-code": TEXT.replace("criteria", 'codes: ["788\u200b13"]\ncriteria').encode(),
    "hidden-in-a-comment": b"# a \xe2\x80\xae comment\n" + TEXT.encode(),
    # line ends
    "windows-line-ends": TEXT.replace("\n", "\r\n").encode(),
    "line-ends-of-both-kinds": TEXT.replace("\n", "\r\n", 2).encode(),
    "old-macintosh-line-ends": TEXT.replace("\n", "\r").encode(),
    "carriage-return-in-text": _with(b"\r"),
    "two-carriage-returns": TEXT.replace("\n", "\r\r\n", 1).encode(),
    "no-last-line-end": TEXT.rstrip("\n").encode(),
    "one-byte": b"a",
    "one-line-end": b"\n",
    "random-bytes": bytes((at * 7919 + at // 256) % 256 for at in range(4_000)),
    "an-image": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    "a-zip": b"PK\x03\x04\x14\0\0\0\x08\0",
}
