"""The commands as their user types them: exit statuses, output, and what is not imported."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from policypress import cli
from policypress.checks import RULES
from tests.examples import write_example

ROOT = Path(__file__).parent.parent
GOOD = "id: good\ntitle: Good\neffect: covered\ncodes: [78813]\ncriteria:\n  text: The study changes the plan of treatment\n"
ERROR = GOOD.replace("title: Good", "title: Good\ntitel: Good")
COMMANDS = ["check", "build", "serve", "fmt", "new", "explain", "trace", "schema"]


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A library of one sound section; the working directory is the folder above it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NO_COLOR", raising=False)
    write_example(GOOD, tmp_path / "source")
    return tmp_path / "source"


def section(source: Path) -> Path:
    return source / "example" / "sections" / "section.yaml"


def run(*arguments: str | Path) -> int:
    return cli.main([str(argument) for argument in arguments])


def run_apart(*arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "policypress", *map(str, arguments)], capture_output=True, text=True, check=False, cwd=cwd
    )


# Exit statuses


def test_nothing_wrong(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check") == 0
    assert capsys.readouterr().out == "Nothing found.\n"


def test_an_error(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    section(source).write_text(ERROR, encoding="utf-8")
    assert run("check") == 1
    out = capsys.readouterr().out
    assert "error[F101]" in out
    assert "source/example/sections/section.yaml:3:1" in out


def test_a_warning_counts_under_strict_alone(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (source / "example").rename(source / "renamed")
    assert run("check", "--format", "json") == 0
    assert {finding["severity"] for finding in json.loads(capsys.readouterr().out)} == {"warning"}
    assert run("check", "--strict") == 1


def test_info_never_changes_an_exit_status(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with (source / "registers" / "codes.yaml").open("a", encoding="utf-8") as file:
        file.write("- {code: '78816', system: CPT, label: \"PET with CT\", modality: PET/CT, role: diagnostic}\n")
    section(source).write_text(GOOD.replace("[78813]", "[78813, 78816]"), encoding="utf-8")
    assert run("check", "--strict", "--format", "json") == 0
    assert {finding["severity"] for finding in json.loads(capsys.readouterr().out)} == {"info"}


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "--source", "nowhere"],
        ["check", "nowhere.yaml"],
        ["check", "/etc/passwd"],
        ["build", "--only", "word"],
        ["build", "--guideline", "nowhere"],
        ["build", "--templates", "nowhere"],
        ["explain", "X999"],
        ["trace", "nowhere"],
        ["trace", "example", "--against", "nowhere.txt"],
        ["new", "section", "x"],
        ["new", "guideline", "Not An Id"],
        ["fmt", "nowhere"],
    ],
    ids=" ".join,
)
def test_what_cannot_run(arguments: list[str], source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*arguments) == 2
    shown = capsys.readouterr().err
    assert shown.startswith("policypress: ")
    assert "Traceback" not in shown


@pytest.mark.parametrize("arguments", [[], ["chekc"], ["check", "--format", "xml"], ["check", "--nonsense"], ["explain", "a", "b"]])
def test_arguments_that_are_none(arguments: list[str], source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run(*arguments)
    assert ended.value.code == 2


def test_a_near_miss_of_a_rule(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("explain", "unknown-keys") == 2
    assert "did you mean unknown-key?" in capsys.readouterr().err


def test_an_internal_error_shows_a_traceback_on_demand_alone(
    source: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise ZeroDivisionError("of a test")

    monkeypatch.setattr("policypress.library.read_library", crash)
    assert run("check") == 2
    shown = capsys.readouterr()
    assert "internal error (ZeroDivisionError: of a test)" in shown.err
    assert "Traceback" not in shown.err + shown.out
    with pytest.raises(ZeroDivisionError):
        run("check", "--debug")


def test_what_the_machine_lacks(source: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    from policypress import publish

    def lacking(*_: object) -> None:
        raise publish.MachineLacks("Pango")

    monkeypatch.setattr(publish, "publish", lacking)
    assert run("build", "--templates", ROOT / "templates") == 3
    assert "this machine lacks Pango" in capsys.readouterr().err


# check


def test_check_of_one_path(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    section(source).write_text(ERROR, encoding="utf-8")
    other = source / "registers" / "facts.yaml"
    assert run("check", other) == 0
    assert run("check", section(source)) == 1
    assert run("check", other, source / "example") == 1
    assert run("check", section(source).relative_to(Path.cwd())) == 1
    capsys.readouterr()


def test_a_link_can_be_checked(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    link = section(source).with_name("link.yaml")
    link.symlink_to("gone.yaml")
    assert run("check", link) == 1
    assert "Y001" in capsys.readouterr().out


def test_every_finding_in_every_file(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    section(source).write_text("id: [\n", encoding="utf-8")
    section(source).with_name("other.yaml").write_text(ERROR.replace("good", "other"), encoding="utf-8")
    assert run("check", "--format", "json") == 1
    found = json.loads(capsys.readouterr().out)
    assert {"Y010", "F101"} <= {finding["rule"] for finding in found}
    order = [(finding["path"], finding["line"], finding["column"], finding["rule"]) for finding in found]
    assert order == sorted(order)


@pytest.mark.parametrize("form", ["text", "json", "sarif", "github"])
def test_formats(form: str, source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    section(source).write_text(ERROR, encoding="utf-8")
    assert run("check", "--format", form) == 1
    shown = capsys.readouterr()
    assert "F101" in shown.out
    assert shown.err == ""
    if form in ("json", "sarif"):
        json.loads(shown.out)


def test_timing_goes_beside_the_findings(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", "--format", "json", "--timing") == 0
    shown = capsys.readouterr()
    assert json.loads(shown.out) == []
    told = [line.split()[0] for line in shown.err.splitlines()]
    assert all(line.endswith(" ms") for line in shown.err.splitlines())
    assert {"texts", "ids", "proofs", "S101", "S204", "W130", "R114"} < set(told)


class Terminal(io.TextIOWrapper):
    """A stream that calls itself a terminal, also where the machine has no pseudo-terminals to give."""

    def isatty(self) -> bool:
        return True


def test_colour_on_a_terminal_alone(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    section(source).write_text(ERROR, encoding="utf-8")

    def on_a_terminal() -> str:
        shown = io.BytesIO()
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdout", Terminal(shown))
            run("check")
            sys.stdout.flush()
            return shown.getvalue().decode("utf-8")

    assert "\x1b[" in on_a_terminal()
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in on_a_terminal()
    monkeypatch.delenv("NO_COLOR")
    assert "\x1b[" not in run_apart("check", cwd=tmp_path).stdout


def test_output_is_utf_8_in_any_locale(source: Path, tmp_path: Path) -> None:
    section(source).write_text(ERROR.replace("titel: Good", "titel: ≥ 12 “é”"), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "policypress", "check"], capture_output=True, check=False, cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    )  # fmt: skip
    assert "titel: ≥ 12 “é”" in done.stdout.decode("utf-8")


def test_a_closed_pipe_is_no_crash(source: Path, tmp_path: Path) -> None:
    for number in range(300):
        section(source).with_name(f"s{number}.yaml").write_text(ERROR.replace("good", f"s{number}"), encoding="utf-8")
    command = f"{sys.executable} -m policypress check --format json | head -c 10"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


# The other commands


def test_explain_every_rule(capsys: pytest.CaptureFixture[str]) -> None:
    for rule in RULES:
        assert run("explain", rule.id) == 0
        by_id = capsys.readouterr().out
        assert run("explain", rule.name) == 0
        assert capsys.readouterr().out == by_id
        assert by_id.startswith(f"{rule.id} {rule.name} ({rule.severity})\n")
        assert rule.page.splitlines()[0] in by_id
    assert run("explain") == 0
    assert len(capsys.readouterr().out.splitlines()) == len(RULES)


@pytest.mark.parametrize("of", ["source", "export"])
def test_schemas_are_json(of: str, source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("schema", of) == 0
    assert json.loads(capsys.readouterr().out)["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_new_and_fmt(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("new", "guideline", "second") == 0
    assert run("new", "section", "topic", "--guideline", "second") == 0
    assert run("new", "section", "topic", "--guideline", "second") == 2
    capsys.readouterr()
    assert run("check") == 0, capsys.readouterr().out
    run("fmt")
    assert run("fmt", "--check") == 0


def test_fmt_check_writes_nothing(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = section(source).read_bytes()
    assert run("fmt", "--check") == 1
    assert section(source).read_bytes() == before
    assert run("fmt") == 0
    assert b"id: good.1" in section(source).read_bytes()


def test_check_fix_needs_nothing_to_fix(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = section(source).read_bytes()
    assert run("check", "--fix") == 0
    assert section(source).read_bytes() == before


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run(*filter(None, [command]), "--help")
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert "usage: policypress" in shown
    if not command:
        assert all(name in shown for name in COMMANDS)
    else:
        assert "--source" in shown
