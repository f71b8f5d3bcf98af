"""Exports in memory and the reference evaluators that read them, the one in JavaScript in a browser."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

from policypress.model import Guideline
from policypress.outline import outline
from policypress.render.export import export
from tests.guide import ROOT, in_browser

PACK = ROOT / "templates" / "conformance"
_spec = importlib.util.spec_from_file_location("evaluator", PACK / "evaluator.py")
assert _spec is not None and _spec.loader is not None
evaluator: Any = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(evaluator)

# What the browser is asked: each item names policies, the guideline, what it asks, and facts (or questions with
# answers, of which it tries every combination, the last changing fastest). A letter stands for each outcome.
_PROGRAM = """
await import("/evaluator.js");
const { policies, work } = await (await fetch("/work.json")).json();
const told = [], cases = {};
const outcome = (home, asks, facts, on) => {
  const one = (cases[home] ??= new policypress.Case(policies, {}, "", home)); // it looks up every id once
  return Object.assign(one, { facts: new Map(Object.entries(facts)), on }).outcome(asks);
};
for (const { home, asks, facts, on, questions } of work) {
  if (facts) {
    told.push(outcome(home, asks, facts, on));
    continue;
  }
  const names = Object.keys(questions), at = names.map(() => 0), letters = [];
  for (let more = true; more; ) {
    const some = {};
    names.forEach((name, place) => { if (questions[name][at[place]]) some[name] = questions[name][at[place]]; });
    letters.push(outcome(home, asks, some, on));
    let place = names.length - 1;
    while (place >= 0 && ++at[place] === questions[names[place]].length) at[place--] = 0;
    more = place >= 0;
  }
  told.push(letters.map((one) => ({ met: "y", not_met: "n", unknown: "?", not_applicable: "-" })[one] ?? one).join(""));
}
console.log(JSON.stringify(told));
"""
LETTERS = {"met": "y", "not_met": "n", "unknown": "?", "not_applicable": "-"}


def exported(guidelines: dict[str, Guideline]) -> list[dict[str, Any]]:
    """Return the exports as a consumer parses them."""
    return [json.loads(export(outline(one), draft=one.draft)) for one in guidelines.values()]


def in_javascript(policies: list[dict[str, Any]], work: list[dict[str, Any]], folder: Path) -> list[str]:
    """Let the reference evaluator in a browser work something out."""
    (folder / "evaluator.js").write_bytes((PACK / "evaluator.js").read_bytes())
    (folder / "work.json").write_text(json.dumps({"policies": policies, "work": work}), encoding="utf-8")
    found: list[str] = json.loads(in_browser(_PROGRAM, folder))
    assert len(found) == len(work)
    return found
