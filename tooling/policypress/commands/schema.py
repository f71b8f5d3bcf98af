"""`schema`: the JSON Schema of the YAML files or of the export."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from policypress.commands.console import OK, Failure, read_source


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("of", nargs="?", choices=("source", "export"), default="source")
    parser.add_argument("--kind", default="", metavar="KIND", help="of one kind of file, such as section or codes")
    parser.add_argument("--write", type=Path, metavar="DIR", help="write the editor's schemas into a folder")


def run(options: argparse.Namespace) -> int:

    if options.of == "export":
        from policypress.render.export_schema import criteria_schema

        schema = criteria_schema()
    else:
        from policypress.schema import KINDS, source_schema, write_editor_schemas

        if options.kind and options.kind not in KINDS:
            raise Failure(f"there is no kind of file {options.kind} (there is: {', '.join(KINDS)})")
        library = read_source(options.source).library if options.source.is_dir() else None
        if options.write is not None:
            for path in write_editor_schemas(library, options.write):
                print(path)
            return OK
        schema = source_schema(library, options.kind)
    print(json.dumps(schema, ensure_ascii=False, indent=2))
    return OK
