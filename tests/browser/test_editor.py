"""A language server for YAML, the one behind most editors, completes and explains with the schemas of this library."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.render.published import ROOT

_SERVER = Path(__file__).parent / "node_modules/yaml-language-server/bin/yaml-language-server"
_SCHEMA = ROOT / ".vscode/schema/section.json"
_SETTINGS = {"yaml": {"schemas": {_SCHEMA.as_uri(): "*"}, "completion": True, "hover": True, "schemaStore": {"enable": False}}}
_TEXT = """\
id: pet-mri
title: PET-MRI
effect: covered
codes: ["7"]
criteria:
  all:
    - text: The delay after radiation is kept
      uses: [""]
      compare: {fact: , op: ">=", parameter: }
    - text: The individual meets the criteria
      see:\x20
coding_rules:
  - rule:\x20
"""


class Editor:
    """An editor with one file open, over the protocol that language servers speak."""

    def __init__(self, text: str) -> None:
        self.uri = (ROOT / "source/example/sections/section.yaml").as_uri()
        self.lines = text.splitlines()
        self.server = subprocess.Popen(["node", _SERVER, "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.asked = 0
        self.ask("initialize", {"processId": None, "rootUri": None, "capabilities": {"workspace": {"configuration": True}}})
        self.tell("initialized", {})
        opened = {"uri": self.uri, "languageId": "yaml", "version": 1, "text": text}
        self.tell("textDocument/didOpen", {"textDocument": opened})
        self.wait(lambda told: told.get("method") == "textDocument/publishDiagnostics")  # it knows the schemas now

    def tell(self, method: str, params: object, **more: object) -> None:
        self._write({"jsonrpc": "2.0", "method": method, "params": params, **more})

    def ask(self, method: str, params: object) -> Any:
        self.asked += 1
        self.tell(method, params, id=self.asked)
        return self.wait(lambda told: told.get("id") == self.asked and "method" not in told)["result"]

    def wait(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Read until something comes that is waited for; the server asks for the settings of the editor meanwhile."""
        while not wanted(told := self._read()):
            if "id" in told and "method" in told:
                items = told.get("params", {}).get("items", [])
                result = [_SETTINGS.get(one.get("section"), {}) for one in items]
                self._write({"jsonrpc": "2.0", "id": told["id"], "result": result})
        return told

    def completed(self, line_with: str, behind: str) -> dict[str, str]:
        """Return what is offered behind some words of a line, each with its explanation."""
        found = self.ask("textDocument/completion", self._place(line_with, behind)) or {"items": []}
        items = found["items"] if isinstance(found, dict) else found
        return {one["label"].strip('"'): _words(one.get("documentation")) for one in items}

    def explained(self, line_with: str, behind: str) -> str:
        """Return what is shown under the pointer."""
        found = self.ask("textDocument/hover", self._place(line_with, behind))
        return _words(found["contents"]) if found else ""

    def _place(self, line_with: str, behind: str) -> dict[str, object]:
        line = next(place for place, words in enumerate(self.lines) if line_with in words)
        character = self.lines[line].index(behind) + len(behind)
        return {"textDocument": {"uri": self.uri}, "position": {"line": line, "character": character}}

    def _write(self, told: object) -> None:
        body = json.dumps(told).encode()
        assert self.server.stdin is not None
        self.server.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self.server.stdin.flush()

    def _read(self) -> dict[str, Any]:
        assert self.server.stdout is not None
        length = 0
        while (line := self.server.stdout.readline().strip()) != b"":
            if line.startswith(b"Content-Length: "):
                length = int(line.split()[1])
        return dict(json.loads(self.server.stdout.read(length)))


def _words(told: object) -> str:
    return str(told.get("value", "")) if isinstance(told, dict) else str(told or "")


@pytest.fixture(scope="module")
def editor() -> Iterator[Editor]:
    made = Editor(_TEXT)
    with made.server:
        yield made
        made.server.kill()


def test_codes_are_offered_with_their_labels(editor: Editor) -> None:
    offered = editor.completed("codes:", '["7')
    assert {"78813", "78815", "70553"} <= offered.keys()
    assert offered["70553"] == "CPT: Brain MRI with and without contrast"


def test_parameters_facts_and_ids_are_offered(editor: Editor) -> None:
    assert editor.completed("uses:", '[""')["radiation-delay"] == "12 weeks"
    assert editor.completed("compare:", "fact: ")["since-radiation"].endswith("?")
    assert editor.completed("see:", "see: ")["pet-ct"].startswith("PET/CT")


def test_the_kinds_of_coding_rules_are_offered(editor: Editor) -> None:
    assert {"report", "report_with", "not_with"} <= editor.completed("- rule:", "rule: ").keys()


def test_a_key_is_explained(editor: Editor) -> None:
    assert "covered" in editor.explained("effect:", "eff")
