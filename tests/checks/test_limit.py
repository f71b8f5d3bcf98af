"""Every finding of a file is told, up to a number that no policy reaches; what is beyond is counted (L120)."""

from __future__ import annotations

from pathlib import Path

import pytest

from policypress.checks import CHECKS, run_checks
from policypress.library import read_library
from tests.examples import findings_of, write_example

MEMBERS = "id: a\ntitle: A\neffect: covered\ncriteria:\n  all:\n"


def vague(count: int) -> str:
    return MEMBERS + "".join(f"    - The finding {at} is complex, etc.\n" for at in range(count))


def test_thousands_of_one_rule_are_told_one_by_one(tmp_path: Path) -> None:
    found = [one for one in findings_of(vague(3_000), tmp_path) if one.rule.id == "W120"]
    assert [one.span.begin.line for one in found] == list(range(6, 3_006))


def test_what_is_beyond_the_limit_is_counted_by_rule(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_example(vague(8), tmp_path)
    read = read_library(tmp_path)
    whole = run_checks(read)
    monkeypatch.setattr("policypress.checks.limit.MOST", 5)
    told = run_checks(read)  # the section itself was still looked at to its end
    here, rest = whole[:5], [one.rule.id for one in whole[5:]]
    assert [one for one in told if one.rule.id != "L120"] == [*here]
    (more,) = [one for one in told if one.rule.id == "L120"]
    assert more.severity == "error"
    assert more.span == whole[5].span
    counts = ", ".join(f"{rest.count(rule)} of {rule}" for rule in sorted(set(rest)))
    assert more.message == f"This file has more than 5 findings; from here on {len(rest)} are not told ({counts})"


def test_what_was_not_looked_for_is_named_and_no_error_is_among_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    write_example(vague(8) + "    - {text: The code is another, codes: [78851]}\n", tmp_path)
    monkeypatch.setattr("policypress.checks.limit.MOST", 5)
    monkeypatch.setattr("policypress.checks.MOST", 5)
    told = run_checks(read_library(tmp_path))
    (more,) = [one for one in told if one.rule.id == "L120"]
    passed_over = more.message.partition("not all was looked for: ")[2].split(", ")
    assert "W120" in passed_over
    assert len(told) == 6
    severities = {check.id: check.severity for check in CHECKS}
    assert "error" not in {severities[rule] for rule in passed_over}


def test_each_file_has_its_own_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = vague(2).replace("id: a", "id: b")
    write_example(f"# file: example/sections/a.yaml\n{vague(2)}# file: example/sections/b.yaml\n{other}", tmp_path)
    read = read_library(tmp_path)
    whole = [one for one in run_checks(read) if one.span.path.endswith("b.yaml")]
    monkeypatch.setattr("policypress.checks.limit.MOST", len(whole))
    assert [one for one in run_checks(read) if one.span.path.endswith("b.yaml")] == whole
