"""A second, plain reader of the strict YAML, written from its description: it gives the words of a file in order.

It shares nothing with the product, so that the two can be held against each other. It trusts its input to be sound.
"""

from __future__ import annotations

import json
import re

_PLAIN_END = re.compile(r":(?=[ \n]|$)|[ \n]#|$", re.M)
_FLOW_PLAIN_END = re.compile(r":(?=[ \n,\[\]{}]|$)|[,\[\]{}]|[ \n]#|\n|$")
_HEADER = re.compile(r"[|>](?P<sign>[-+]?)(?P<indent>[1-9]?)[-+]?[ ]*(?:\n|$)")


def words(text: str) -> list[str]:
    """Return every word of a file outside comments, in the order of the file."""
    return [word for scalar in scalars(text) for word in scalar.split()]


def scalars(text: str) -> list[str]:
    """Return every text of a file, keys included, in the order of the file."""
    return _Scanner(text.replace("\r\n", "\n")).scan()


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0
        self.found: list[str] = []
        self.indent = -1  # the column of the key or dash whose value comes next

    def scan(self) -> list[str]:
        while self.place < len(self.text):
            start = self.text.rfind("\n", 0, self.place) + 1
            rest = self.text[self.place :]
            char = rest[0]
            if char in " \n":
                self.place += 1
                if char == "\n":
                    self.indent = -1 if self.indent < 0 else self.indent
            elif char == "#":
                assert self.text[self.place - 1 : self.place] in ("", " ", "\n"), rest[:40]
                self._skip_line()
            elif self.place == start and re.match(r"---(?!\S)", rest):
                self.place += 3
            elif char == "-" and rest[1:2] in (" ", "\n", ""):
                self.indent = self.place - start
                self.place += 1
            elif char == ":" and rest[1:2] in (" ", "\n", ""):
                self.place += 1
            elif char in "|>":
                self._block()
            elif char in "[{":
                self._flow()
            else:
                column = self.place - start
                self.found.append(self._quoted(char) if char in "\"'" else self._until(_PLAIN_END))
                if self.text[self.place : self.place + 1] == ":" or self.text[self.place : self.place + 2] == " :":
                    self.indent = column
        return self.found

    def _skip_line(self) -> None:
        end = self.text.find("\n", self.place)
        self.place = len(self.text) if end < 0 else end

    def _until(self, end: re.Pattern[str]) -> str:
        match = end.search(self.text, self.place)
        assert match is not None
        scalar = self.text[self.place : match.start()]
        assert scalar, self.text[self.place : self.place + 40]
        self.place = match.start()
        return scalar.strip()

    def _quoted(self, mark: str) -> str:
        pattern = r'"((?:[^"\\\n]|\\.)*)"' if mark == '"' else r"'((?:[^'\n]|'')*)'"
        match = re.compile(pattern).match(self.text, self.place)
        assert match is not None, self.text[self.place : self.place + 40]
        self.place = match.end()
        if mark == "'":
            return match[1].replace("''", "'")
        as_json = re.sub(r"\\x(..)", r"\\u00\1", match[1]).replace("\\ ", " ")
        as_json = re.sub(r"\\U(.{8})", lambda wide: json.dumps(chr(int(wide[1], 16)))[1:-1], as_json)
        return str(json.loads(f'"{as_json}"', strict=False))

    def _flow(self) -> None:
        depth = 0
        while True:
            char = self.text[self.place]
            if char in "[{":
                depth += 1
            elif char in "]}":
                depth -= 1
            if char in "[]{}, \n:":
                self.place += 1
                if depth == 0:
                    return
            elif char == "#":
                assert self.text[self.place - 1] in " \n", self.text[self.place : self.place + 40]
                self._skip_line()
            else:
                self.found.append(self._quoted(char) if char in "\"'" else self._until(_FLOW_PLAIN_END))

    def _block(self) -> None:
        header = _HEADER.match(self.text, self.place)
        assert header is not None, self.text[self.place : self.place + 40]
        self.place = header.end()
        depth = self.indent + int(header["indent"]) if header["indent"] else -1
        lines = []
        while self.place < len(self.text):
            end = self.text.find("\n", self.place)
            end = len(self.text) if end < 0 else end
            line = self.text[self.place : end]
            bare = len(line) - len(line.lstrip(" "))
            if line.strip(" "):
                if depth < 0:
                    depth = max(bare, self.indent + 1)
                if bare < depth:
                    break
            lines.append(line)
            self.place = end + 1
        self.found.append("\n".join(lines))
