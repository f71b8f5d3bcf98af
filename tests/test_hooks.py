"""The hooks for a repository of policies, run by pre-commit itself, and the workflow that annotates pull requests."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.examples import write_example

ROOT = Path(__file__).parent.parent
HOOKS = ROOT / ".pre-commit-hooks.yaml"
WORKFLOW = ROOT / ".github" / "workflows" / "policies.yaml"
GOOD = "id: a\ntitle: A\neffect: covered\ncriteria:\n  id: a.1\n  text: The study changes the plan of treatment\n"


class Repository:
    """A repository of policies whose commits pass our hooks."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "policies"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PRE_COMMIT_HOME": str(folder / "cache"),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org",
            "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.org",
        }  # fmt: skip
        ours = folder / "ours"
        ours.mkdir(parents=True)
        # As they are published, but with the policypress of these tests in place of one that is installed anew.
        (ours / HOOKS.name).write_text(HOOKS.read_text(encoding="utf-8").replace("language: python", "language: system"))
        self._commit_all(ours)
        write_example(GOOD, self.home / "source")
        rev = self.run(ours, "git", "rev-parse", "HEAD").stdout.strip()
        hooks = [{"id": hook["id"]} for hook in yaml.safe_load(HOOKS.read_text(encoding="utf-8"))]
        config = {"repos": [{"repo": str(ours), "rev": rev, "hooks": hooks}]}
        (self.home / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config))
        self._commit_all(self.home)

    def _commit_all(self, folder: Path) -> None:
        for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "All"]):
            done = self.run(folder, "git", *command)
            assert done.returncode == 0, done.stderr

    def run(self, folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=folder, env=self.environment, capture_output=True, text=True, check=False, timeout=120
        )

    def hooks(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.run(self.home, sys.executable, "-m", "pre_commit", *arguments)

    def write(self, text: str) -> None:
        (self.home / "source/example/sections/section.yaml").write_text(text)
        self.run(self.home, "git", "add", "-A")


def test_the_hooks_pass_and_refuse(tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    laid = repository.run(repository.home, sys.executable, "-m", "policypress", "fmt")
    assert laid.returncode == 0
    repository.run(repository.home, "git", "commit", "-qam", "Lay out")
    done = repository.hooks("run", "--all-files")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("Passed") == 2
    assert repository.hooks("install").returncode == 0
    repository.write(GOOD.replace("effect: covered", "effect: perhaps"))
    refused = repository.run(repository.home, "git", "commit", "-qm", "Doubtful")
    assert refused.returncode == 1
    assert "error[F104]" in refused.stderr + refused.stdout
    assert "section.yaml:3:9" in refused.stderr + refused.stdout
    (repository.home / "notes.txt").write_text("Not a policy\n")
    repository.write(GOOD)
    assert repository.run(repository.home, "git", "commit", "-qam", "Sound").returncode == 0


@pytest.mark.parametrize("arguments", [["validate-manifest", HOOKS.name], ["validate-config", ".pre-commit-config.yaml"]])
def test_pre_commit_reads_our_files(arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pre_commit", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def steps() -> list[dict[str, Any]]:
    workflow = yaml.load(WORKFLOW.read_text(encoding="utf-8"), yaml.BaseLoader)  # `on` is a word, not true
    assert list(workflow["on"]) == ["pull_request"]
    assert workflow["permissions"] == {"contents": "read"}
    (job,) = workflow["jobs"].values()
    return [step for step in job["steps"] if "run" in step]


def ran(step: dict[str, Any], folder: Path) -> subprocess.CompletedProcess[str]:
    command = step["run"].replace("./run ", f"{sys.executable} -m policypress ")
    day = {"SOURCE_DATE_EPOCH": "1767225600"}  # on another day a review may be overdue
    return subprocess.run(
        ["sh", "-e", "-c", command], cwd=folder, env={**os.environ, **day}, capture_output=True, text=True, check=False
    )


def test_the_workflow_passes_on_our_source() -> None:
    for step in steps():
        done = ran(step, ROOT)
        assert done.returncode == 0, done.stdout + done.stderr
        assert all(line.startswith("::notice ") for line in done.stdout.splitlines())


def test_the_workflow_annotates_a_fault_and_fails(tmp_path: Path) -> None:
    write_example(GOOD.replace("effect: covered", "effect: perhaps"), tmp_path / "source")
    check, layout = steps()
    done = ran(check, tmp_path)
    assert done.returncode == 1
    (error,) = [line for line in done.stdout.splitlines() if line.startswith("::error ")]
    assert "file=source/example/sections/section.yaml,line=3,col=9," in error
    assert ran(layout, tmp_path).returncode == 1
