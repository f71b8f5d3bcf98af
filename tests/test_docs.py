"""The guides are true: their examples run, their commands exist, their links lead somewhere, their lists are whole.

docs/rules.md is kept like a golden file: `./run test --rewrite-goldens` writes it anew.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest

from policypress import checks, cli
from policypress.library import read_library
from policypress.logic import Case
from policypress.outline import outline
from policypress.render.export import export
from tests.conftest import Golden
from tests.examples import findings_of, write_example
from tests.exports import evaluator, exported, in_javascript
from tests.guide import PAGES, ROOT, Block, Story, blocks, commands, prose

RULES_PAGE = ROOT / "docs" / "rules.md"
RUN = {"console", "python", "javascript", "diff"}
CHECKED = {"yaml section", "json export", "text verdicts", "python rule", "python rule-test", "python spark"}
STANDALONE = [block for page in PAGES for block in blocks(page) if block.info.startswith("yaml ")]
COMMANDS: dict[str, argparse.ArgumentParser] = {name: cli.parser(name) for name in cli.COMMANDS}
OPTIONS = {
    (name, option)
    for name, parser in COMMANDS.items()
    for action in parser._actions
    for option in action.option_strings
    if option not in ("-h", "--help")
}
SHARED = set.intersection(*({option for name, option in OPTIONS if name == command} for command in COMMANDS))
# In a page's folder lies what its reader has in the repository.
BESIDE = {"semantics": ("source",), "writers": ("source",), "publishers": ("source", "templates", "mkdocs.yml"), "consumers": ("source",)}


def by_name(block: Block) -> str:
    return block.name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_block_is_one_that_is_tried(page: Path) -> None:
    before = ""
    for block in blocks(page):
        picture = not block.info and "│" in block.body
        tried = picture or block.file or block.info in RUN | CHECKED | {"sh"} or block.info.startswith("yaml bad ")
        assert tried or (block.info == "text" and before in ("python", "javascript")), block.name
        before = block.info


@pytest.mark.parametrize(
    "page", [page for page in PAGES if any(block.info in RUN for block in blocks(page))], ids=lambda page: page.stem
)
def test_story(page: Path, tmp_path: Path) -> None:
    for name in BESIDE.get(page.stem, ()):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, tmp_path / name)
        else:
            shutil.copy(ROOT / name, tmp_path)
    story = Story(tmp_path)
    for block in blocks(page):
        story.tell(block)


@pytest.mark.parametrize("block", STANDALONE, ids=by_name)
def test_example(block: Block, tmp_path: Path) -> None:
    expected = set(block.info.split()[2:]) if block.info.startswith("yaml bad ") else set()
    assert {finding.rule.id for finding in findings_of(block.body, tmp_path)} == expected


def _after_their_section(info: str) -> list[Any]:
    """Return each block of a kind with the section above it."""
    pairs = []
    for page in PAGES:
        section = None
        for block in blocks(page):
            if block.info == "yaml section":
                section = block
            elif block.info == info:
                assert section is not None, block.name
                pairs.append(pytest.param(section, block, id=block.name))
    return pairs


@pytest.mark.parametrize(("section", "block"), _after_their_section("text verdicts"))
def test_verdicts(section: Block, block: Block, tmp_path: Path) -> None:
    write_example(section.body, tmp_path)
    guidelines = {guideline.id: guideline for guideline in read_library(tmp_path).library.guidelines}
    policies, work, verdicts = exported(guidelines), [], []
    for line in block.body.splitlines():
        told, arrow, verdict = line.partition("→")
        assert arrow, f"{block.name}: {line}"
        on, _, told = told.removeprefix("on ").partition(", ") if told.startswith("on ") else ("", "", told)
        facts = dict(re.split(r":\s+", fact.strip(), maxsplit=1) for fact in told.split(",") if fact.strip())
        target, _, verdict = verdict.strip().rpartition(": ")
        case = Case(guidelines, "example", facts, on)
        first = guidelines["example"].sections[0].id
        given = case.determination(target) if re.fullmatch(r"[0-9]{5}", target) else case.verdict(target or first)
        assert given == verdict, f"{block.name}: {line}"
        asks = {"code": target} if re.fullmatch(r"[0-9]{5}", target) else {"node": target or first}
        assert evaluator.Case(policies, facts, on, "example").outcome(asks) == verdict, f"{block.name}: {line}"
        work.append({"home": "example", "asks": asks, "facts": facts, "on": on})
        verdicts.append(verdict)
    assert in_javascript(policies, work, tmp_path) == verdicts


@pytest.mark.parametrize(("section", "block"), _after_their_section("json export"))
def test_excerpt_of_the_export(section: Block, block: Block, tmp_path: Path) -> None:
    write_example(section.body, tmp_path)
    (guideline,) = read_library(tmp_path).library.guidelines
    excerpt = json.loads(block.body)
    assert _somewhere(json.loads(export(outline(guideline), draft=True)), excerpt), block.name


def _somewhere(whole: Any, excerpt: dict[str, Any]) -> bool:
    if isinstance(whole, dict):
        return excerpt.items() <= whole.items() or any(_somewhere(value, excerpt) for value in whole.values())
    return isinstance(whole, list) and any(_somewhere(value, excerpt) for value in whole)


def test_the_rule_of_the_walk_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = blocks(ROOT / "docs" / "contributors.md")
    (written,) = (block for block in page if block.info == "python rule")
    (tried,) = (block for block in page if block.info == "python rule-test")
    module: dict[str, Any] = {}
    exec(written.body, module)
    (check,) = module["CHECKS"]
    assert check.id not in {rule.id for rule in checks.RULES}
    monkeypatch.setattr(checks, "CHECKS", (*checks.CHECKS, check))
    monkeypatch.setattr(checks, "RULES", (*checks.RULES, check.rule))
    for kind, example in re.findall(r"```yaml (bad|good)\n(.*?)```", check.rule.page, re.S):
        found = {finding.rule.id for finding in findings_of(example, tmp_path / kind)}
        assert found == ({check.id} if kind == "bad" else set())
    exec(tried.body, module)
    tests = [function for name, function in module.items() if name.startswith("test_")]
    assert tests
    for test in tests:
        test(tmp_path / test.__name__)


def test_commands_and_options_are_all_told_and_no_others() -> None:
    told = {
        (line[0], word.partition("=")[0])
        for page in PAGES
        for line in commands(page)
        if line[0] != "test"
        for word in ["", *line[1:]]
        if word == "" or word.startswith("-")
    }
    assert {name for name, _ in told} == {*COMMANDS, "--version"}
    options = {(name, option) for name, option in told if option and name in COMMANDS}
    assert options <= OPTIONS
    assert {option for _, option in options} >= SHARED
    assert {(name, option) for name, option in OPTIONS if option not in SHARED} <= options


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"`[^`\n]*`", "", prose(page))
    targets = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'(?:src|href)="([^"]+)"', text)
    for target in targets:
        if re.match(r"https?:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), target
        assert file.is_relative_to(ROOT), target
        if anchor:
            assert anchor in _anchors(file), target


def _anchors(page: Path) -> set[str]:
    """Return the anchors that a forge gives to the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_image_is_shown_and_small() -> None:
    shown = {
        (page.parent / target).resolve()
        for page in PAGES
        for target in re.findall(r"[(\"]([^()\"\s]+\.png)[)\"]", prose(page))
    }
    kept = set(ROOT.glob("docs/images/*.png"))
    assert kept == shown
    assert all(image.stat().st_size < 250_000 for image in kept)


def test_every_page_is_reached_from_the_readme() -> None:
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or page not in PAGES:
            continue
        reached.add(page)
        waiting += [(page.parent / target).resolve() for target in re.findall(r"\]\(([^)#\s]+)", prose(page))]
    assert reached == set(PAGES)


def test_every_template_is_told() -> None:
    rows = re.findall(r"^\| (`.+?) \|", (ROOT / "docs" / "publishers.md").read_text(encoding="utf-8"), re.M)
    told = [name + "*" if name.endswith("/") else name for row in rows for name in re.findall(r"`([^`]+)`", row)]
    files = [path.relative_to(ROOT / "templates").as_posix() for path in (ROOT / "templates").rglob("*") if path.is_file()]
    assert not [file for file in files if not any(fnmatch(file, name) for name in told)]


def rules_page() -> str:
    """Return docs/rules.md as it must be."""
    rows = [
        f"| {rule.id} | {rule.severity} | `{rule.name}` | {rule.page.splitlines()[0].replace('|', chr(92) + '|')} |"
        for rule in sorted(checks.RULES, key=lambda rule: rule.id)
    ]
    return "\n".join(
        [
            "# All rules",
            "",
            "What `./run check` looks for. `./run explain W102` prints the page of a rule: the fault, why it matters, a",
            "bad and a good example. An error stops publishing; a warning wants a look; a note says what is not known.",
            "",
            "| rule | severity | name | what it finds |",
            "|---|---|---|---|",
            *rows,
            "",
            "This page is written by `./run test --rewrite-goldens`.",
            "",
        ]
    )


def test_the_list_of_rules_is_fresh(golden: Golden) -> None:
    golden(str(RULES_PAGE), rules_page().encode())
