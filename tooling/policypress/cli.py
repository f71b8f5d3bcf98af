"""The command line: arguments in, exit status out. Nothing heavy is imported before a command needs it."""

from __future__ import annotations

import argparse
import gc
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from policypress.checks.check import SectionView
    from policypress.finding import Finding
    from policypress.library import Read
    from policypress.model import Guideline, Library

OK, FOUND, USAGE, LACKING, UNPUBLISHED = range(5)


class _Failure(Exception):
    """A command could not do its work; the status says of which kind."""

    def __init__(self, message: str, status: int = USAGE) -> None:
        super().__init__(message)
        self.status = status


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command. Returns the exit status of the contract (0 to 4)."""
    gc.disable()  # a short life: collecting cycles costs a fifth of it
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    options = _parser().parse_args(arguments)
    try:
        run: Callable[[argparse.Namespace], int] = options.run
        status = run(options)
        sys.stdout.flush()
        return status
    except _Failure as failure:
        _say(f"policypress: {failure}")
        return failure.status
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except KeyboardInterrupt:
        _say("policypress: stopped")
        return 130
    except Exception as error:
        if options.debug:
            raise
        _say(f"policypress: internal error ({type(error).__name__}: {error}); run again with --debug and report it")
        return USAGE


def _parser() -> argparse.ArgumentParser:
    from policypress.version import TOOL_VERSION

    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--source", type=Path, default=Path("source"), metavar="DIR", help="the policies (source/)")
    shared.add_argument("--out", type=Path, default=Path("build"), metavar="DIR", help="the outputs (build/)")
    shared.add_argument("--templates", type=Path, metavar="DIR", help="the templates (templates/)")
    shared.add_argument("--debug", action="store_true", help="show the traceback of an internal error")
    parser = argparse.ArgumentParser(
        prog="policypress", description="Medical policies written once in YAML, published as PDF, site and JSON."
    )
    parser.add_argument("--version", action="version", version=f"policypress {TOOL_VERSION}")
    parser.set_defaults(debug=False)
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def command(name: str, run: Callable[[argparse.Namespace], int], help: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, parents=[shared], help=help, description=help[0].upper() + help[1:])
        made.set_defaults(run=run)
        return made

    check = command("check", _check, "find every fault in every file")
    check.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="report only what lies below these")
    check.add_argument("--format", choices=("text", "json", "sarif", "github"), default="text")
    check.add_argument("--strict", action="store_true", help="exit 1 on warnings too")
    check.add_argument("--fix", action="store_true", help="make the edits that are safe")
    check.add_argument("--watch", action="store_true", help="check again whenever a file is saved")
    check.add_argument("--diff", action="store_true", help="print what --fix would do, and write nothing")
    check.add_argument("--timing", action="store_true", help="print what each rule costs")
    build = command("build", _build, "check, then publish PDF, site and JSON")
    build.add_argument("--only", metavar="PARTS", help="pdf, site, json, joined by commas")
    build.add_argument("--guideline", default="", metavar="ID", help="publish this guideline alone")
    build.add_argument("--draft", action="store_true", help="publish final guidelines as drafts")
    build.add_argument("--check", action="store_true", help="write nothing; exit 1 if the outputs are stale")
    edition = command("print", _print, "print one edition of a guideline into a file: large print, checklist, extract")
    edition.add_argument("guideline", metavar="GUIDELINE")
    edition.add_argument("--edition", choices=("usual", "large-print", "checklist"), default="usual")
    edition.add_argument("--section", action="append", default=[], metavar="ID", help="an extract; may be repeated")
    edition.add_argument("--draft", action="store_true", help="print a final guideline as a draft")
    edition.add_argument("--to", type=Path, metavar="FILE", help="the file to write (GUIDELINE.EDITION.pdf)")
    serve = command("serve", _serve, "show the site with live reload on this machine")
    serve.add_argument("--port", type=int, default=8000)
    fmt = command("fmt", _fmt, "put files into canonical layout and write missing ids")
    fmt.add_argument("paths", nargs="*", type=Path, metavar="PATH")
    fmt.add_argument("--check", action="store_true", help="write nothing; exit 1 if a file would change")
    new = command("new", _new, "make a guideline or section that passes check")
    new.add_argument("what", choices=("guideline", "section"))
    new.add_argument("id")
    new.add_argument("--guideline", metavar="ID", help="the guideline a new section belongs to")
    explain = command("explain", _explain, "print the page of a rule")
    explain.add_argument("rule", metavar="RULE", nargs="?", help="its id or name; all rules without it")
    trace = command("trace", _trace, "show which statement of the source document is carried where")
    trace.add_argument("guideline", metavar="GUIDELINE")
    trace.add_argument("--against", type=Path, metavar="FILE", help="compare the ledger with the document itself")
    evaluate = command("evaluate", _evaluate, "tell the verdict for a case, what decides it and what is missing")
    evaluate.add_argument("case", nargs="?", type=Path, metavar="CASE.yaml")
    evaluate.add_argument("--format", choices=("text", "json"), default="text")
    evaluate.add_argument("--cases", type=Path, metavar="FILE", help="evaluate each row of Parquet, CSV or NDJSON")
    evaluate.add_argument("--guideline", default="", metavar="ID", help="the guideline for --cases")
    vignettes = command("vignettes", _vignettes, "run the cases beside the policies, and say what no case decides")
    vignettes.add_argument("--guideline", default="", metavar="ID", help="run the cases of this guideline alone")
    vignettes.add_argument("--suggest", action="store_true", help="write the cases that are missing, as YAML")
    command("verify", _verify, "read PDF, site and JSON back and prove that they say what the source says")
    schema = command("schema", _schema, "print the JSON Schema of the YAML files or of the export")
    schema.add_argument("of", nargs="?", choices=("source", "export"), default="source")
    schema.add_argument("--kind", default="", metavar="KIND", help="of one kind of file, such as section or codes")
    schema.add_argument("--write", type=Path, metavar="DIR", help="write the editor's schemas into a folder")
    return parser


def _check(options: argparse.Namespace) -> int:
    from policypress.report import render

    wanted = [_below(path, options.source) for path in options.paths]
    if options.watch:
        if options.fix or options.diff or options.timing:
            raise _Failure("--watch goes without --fix, --diff and --timing")
        return _watch(options, wanted)
    costs: list[tuple[float, str]] = []
    timing = (lambda rule, seconds: costs.append((seconds, rule))) if options.timing else None
    findings = _findings(_read(options.source), timing, _today())
    if options.diff:
        from policypress.fixing import diff

        said = diff([finding for finding in findings if _is_below(finding, wanted)])
        sys.stdout.write(said)
        return FOUND if said else OK
    if options.fix:
        from policypress.fixing import fix

        _say(fix([finding for finding in findings if _is_below(finding, wanted)]))
        findings = _findings(_read(options.source), today=_today())
    shown = [finding for finding in findings if _is_below(finding, wanted)]
    sys.stdout.write(render(shown, options.format, _colour()))
    for seconds, rule in sorted(costs, reverse=True):
        _say(f"{rule}  {seconds * 1000:8.2f} ms")
    return _status(shown, strict=options.strict)


def _watch(options: argparse.Namespace, wanted: Sequence[Path]) -> int:
    from policypress.report import render
    from policypress.watching import watch

    _read(options.source)  # fails where there is no such folder
    gc.enable()  # this process stays
    kept: dict[int, SectionView] = {}

    def show(read: Read) -> None:
        shown = [finding for finding in _findings(read, None, _today(), kept) if _is_below(finding, wanted)]
        clear = "\033[2J\033[H" if sys.stdout.isatty() else ""
        sys.stdout.write(clear + render(shown, options.format, _colour()) + ("" if clear else "\n"))
        sys.stdout.flush()

    watch(options.source, show)
    return OK


def _build(options: argparse.Namespace) -> int:
    from policypress.generation import PARTS, PublishFault
    from policypress.publish import MachineLacks, Order, as_drafts, publish, stale
    from policypress.report import terminal

    parts = frozenset(options.only.split(",")) if options.only else frozenset(PARTS)
    if parts - set(PARTS):
        raise _Failure(f"--only takes {', '.join(PARTS)}, not {', '.join(sorted(parts - set(PARTS)))}")
    order = Order(options.source, options.out, _templates(options), parts, options.guideline)
    read = _read(options.source)
    if options.draft:
        from dataclasses import replace

        read = replace(read, library=as_drafts(read.library))
    if options.guideline:
        _guideline(read.library, options.guideline)
    findings = [finding for finding in _findings(read) if finding.severity != "info"]
    errors = [finding for finding in findings if finding.severity == "error"]
    for finding in findings:
        _say(terminal.block(finding, _colour(sys.stderr)) + "\n")
    if errors:
        _say(f"{terminal.count(findings)} Nothing was published.")
        return FOUND
    if options.check:
        reasons = stale(read.library, order)
        for reason in reasons:
            _say(f"stale: {reason}")
        return FOUND if reasons else OK
    if not read.library.guidelines:
        raise _Failure(f"there is no guideline in {options.source}")
    started = time.monotonic()
    try:
        manifest = publish(read.library, order, _say)
    except PublishFault as fault:
        raise _Failure(f"{fault}. The previous outputs stand.", UNPUBLISHED) from fault
    except MachineLacks as lack:
        raise _Failure(f"this machine lacks {lack}", LACKING) from lack
    seconds = time.monotonic() - started
    _say(f"published {len(manifest.outputs)} files to {options.out} in {seconds:.1f} s")
    return OK


def _print(options: argparse.Namespace) -> int:
    from policypress.generation import PublishFault
    from policypress.printing import Wish, print_edition
    from policypress.publish import as_drafts

    read = _read(options.source)
    library = as_drafts(read.library) if options.draft else read.library
    guideline = _guideline(library, options.guideline)
    known = {section.id for section in guideline.sections}
    for id in options.section:
        if id not in known:
            raise _Failure(f"there is no section {id} in {guideline.id}")
    errors = [finding for finding in _findings(read) if finding.severity == "error"]
    if errors:
        raise _Failure(f"check finds {len(errors)} errors in {options.source}. Nothing was printed.", FOUND)
    name = "-".join(["extract", *options.section]) if options.section else options.edition
    file = options.to or Path(f"{guideline.id}.{name}.pdf")
    wish = Wish(guideline, options.edition, options.section)
    try:
        printed, remarks = print_edition(library, wish, _templates(options))
        file.write_bytes(printed)
    except PublishFault as fault:
        raise _Failure(f"{fault}. Nothing was written.", UNPUBLISHED) from fault
    except OSError as error:
        raise _Failure(f"cannot write {file}: {error.strerror}", UNPUBLISHED) from error
    for remark in remarks:
        _say(remark)
    _say(f"printed {file}")
    return OK


def _serve(options: argparse.Namespace) -> int:
    from functools import partial

    from policypress.render.serve import serve

    gc.enable()  # this process stays
    templates = _templates(options)
    try:
        check = partial(_findings, kept={})
        serve(options.source, templates, options.port, check=check, published=options.out, ready=_say)
    except OSError as error:
        raise _Failure(f"cannot serve on port {options.port}: {error.strerror}") from error
    return OK


def _fmt(options: argparse.Namespace) -> int:
    from policypress.formatting import format_library
    from policypress.report import terminal

    for path in options.paths:
        _below(path, options.source)
    stopped = False
    changed = format_library(options.source, options.paths, write=not options.check)
    for change in changed:
        if change.findings:
            stopped = True
            for finding in change.findings:
                _say(terminal.block(finding, _colour(sys.stderr)) + "\n")
            _say(f"{change.path}: left as it is")
        else:
            _say(f"{change.path}: {'would change' if options.check else 'changed'}")
    return FOUND if stopped or (options.check and changed) else OK


def _new(options: argparse.Namespace) -> int:
    from policypress.scaffold import ScaffoldFault, new_guideline, new_section

    try:
        if options.what == "guideline":
            made = new_guideline(options.source, options.id)
        elif not options.guideline:
            raise _Failure("new section needs --guideline ID")
        else:
            made = new_section(options.source, options.guideline, options.id)
    except ScaffoldFault as fault:
        raise _Failure(str(fault)) from fault
    for path in made:
        print(os.path.relpath(path))
    return OK


def _explain(options: argparse.Namespace) -> int:
    from policypress.checks import RULES, rule_by_name

    if options.rule is None:
        for each in sorted(RULES, key=lambda rule: rule.id):
            print(f"{each.id}  {each.severity:7}  {each.name:28}  {each.page.splitlines()[0]}")
        return OK
    rule = rule_by_name(options.rule)
    if rule is None:
        from difflib import get_close_matches

        known = [name for each in RULES for name in (each.id, each.name)]
        near = get_close_matches(options.rule, known, 1)
        raise _Failure(f"there is no rule {options.rule}" + (f"; did you mean {near[0]}?" if near else ""))
    print(f"{rule.id} {rule.name} ({rule.severity})\n\n{rule.page.rstrip()}")
    return OK


def _trace(options: argparse.Namespace) -> int:
    from policypress.trace import against, render_text, trace

    guideline = _guideline(_read(options.source).library, options.guideline)
    report = trace(guideline)
    print(render_text(report))
    status = OK if report.whole else FOUND
    if options.against is not None:
        try:
            document = options.against.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise _Failure(f"cannot read {options.against}: {error}") from error
        differences = against(guideline.statements, document)
        for difference in differences:
            print(difference)
        if not differences:
            print(f"The ledger and {options.against} hold the same statements.")
        status = FOUND if differences else status
    return status


def _evaluate(options: argparse.Namespace) -> int:
    from policypress.casework import evaluate_case
    from policypress.evaluation.locating import CaseFault

    if (options.case is None) == (options.cases is None):
        raise _Failure("evaluate takes either CASE.yaml or --cases FILE")
    if options.cases is not None:
        return _evaluate_cases(options)
    if options.guideline:
        raise _Failure("--guideline goes with --cases; a case names its guideline itself")
    if not options.case.is_file():
        raise _Failure(f"there is no file {options.case}")
    read = _read(options.source)
    try:
        done = evaluate_case(read, options.case, options.source, options.format, sys.stdout.write, _say)
    except CaseFault as fault:
        raise _Failure(str(fault)) from fault
    return OK if done else FOUND


def _evaluate_cases(options: argparse.Namespace) -> int:
    from policypress.batch.duck import FORMATS, NoDuckDB
    from policypress.casework import evaluate_cases

    out = None if options.out == Path("build") else options.out  # without --out, to the terminal
    for file in (options.cases, out):
        if file is not None and file.suffix.lower() not in FORMATS:
            raise _Failure(f"{file} is none of these: {', '.join(FORMATS)}")
    if not options.cases.is_file():
        raise _Failure(f"there is no file {options.cases}")
    if not options.guideline or options.format != "text":
        raise _Failure("--cases needs --guideline ID, and writes a table: --format is for one case")
    read = _read(options.source)
    guideline = _guideline(read.library, options.guideline)
    try:
        done = evaluate_cases(read, guideline, options.cases, out or sys.stdout.buffer, _say)
    except NoDuckDB as lack:
        raise _Failure(f"this machine lacks {lack}", LACKING) from lack
    except OSError as error:
        raise _Failure(f"cannot write {out or 'the verdicts'}: {error.strerror}") from error
    return OK if done else FOUND


def _vignettes(options: argparse.Namespace) -> int:
    from policypress.casework import run_cases

    read = _read(options.source)
    wanted = [_guideline(read.library, options.guideline)] if options.guideline else list(read.library.guidelines)
    return OK if run_cases(read, wanted, options.suggest, sys.stdout.write, _say) else FOUND


def _verify(options: argparse.Namespace) -> int:
    from policypress.proving import prove_published

    faults, read = prove_published(_read(options.source).library, options.out)
    for line in (*faults, *read):
        print(line)
    if faults:
        said = "1 difference" if len(faults) == 1 else f"{len(faults)} differences"
        raise _Failure(f"{said} between {options.out} and {options.source}", UNPUBLISHED)
    _say(f"{options.out} says what {options.source} says")
    return OK


def _schema(options: argparse.Namespace) -> int:
    import json

    if options.of == "export":
        from policypress.render.export_schema import criteria_schema

        schema = criteria_schema()
    else:
        from policypress.schema import KINDS, source_schema, write_editor_schemas

        if options.kind and options.kind not in KINDS:
            raise _Failure(f"there is no kind of file {options.kind} (there is: {', '.join(KINDS)})")
        library = _read(options.source).library if options.source.is_dir() else None
        if options.write is not None:
            for path in write_editor_schemas(library, options.write):
                print(path)
            return OK
        schema = source_schema(library, options.kind)
    print(json.dumps(schema, ensure_ascii=False, indent=2))
    return OK


def _read(source: Path) -> Read:
    from policypress.library import read_library

    if not source.is_dir():
        raise _Failure(f"there is no folder {source}; name the policies with --source DIR")
    return read_library(source)


def _findings(
    read: Read,
    timing: Callable[[str, float], None] | None = None,
    today: str = "",
    kept: dict[int, SectionView] | None = None,
) -> tuple[Finding, ...]:
    from policypress.checks import run_checks

    return run_checks(read, timing, today, kept)


def _today() -> str:
    """Return the day, or the one that SOURCE_DATE_EPOCH names for those who want the same answer every day."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    return time.strftime("%Y-%m-%d", time.gmtime(int(epoch)) if epoch.isdecimal() else time.localtime())


def _guideline(library: Library, id: str) -> Guideline:
    for guideline in library.guidelines:
        if guideline.id == id:
            return guideline
    known = ", ".join(guideline.id for guideline in library.guidelines) or "none"
    raise _Failure(f"there is no guideline {id} (there is: {known})")


def _status(findings: Sequence[Finding], strict: bool) -> int:
    counted = {"error", "warning"} if strict else {"error"}
    return FOUND if any(finding.severity in counted for finding in findings) else OK


def _below(path: Path, source: Path) -> Path:
    if not path.exists() and not path.is_symlink():
        raise _Failure(f"there is no {path}")
    full = Path(os.path.abspath(path))
    if not full.is_relative_to(os.path.abspath(source)):
        raise _Failure(f"{path} is not below {source}; name the policies with --source DIR")
    return full


def _is_below(finding: Finding, wanted: Sequence[Path]) -> bool:
    return not wanted or any(Path(os.path.abspath(finding.span.path)).is_relative_to(path) for path in wanted)


def _templates(options: argparse.Namespace) -> Path:
    from policypress.render.folder import templates_folder

    folder = templates_folder(options.templates)
    if not folder.is_dir():
        raise _Failure(f"there is no folder {folder}; name the templates with --templates DIR")
    return folder


def _colour(stream: object = None) -> bool:
    out = stream or sys.stdout
    return bool(getattr(out, "isatty", lambda: False)()) and not os.environ.get("NO_COLOR")


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
