"""`python -m tests.mutation [--source DIR] [--seed N] [--per-kind N]`: the table of recall.

Exit status 1: less is found than should be, or a source has errors or warnings of its own.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.mutation.kinds import KINDS
from tests.mutation.measure import ENOUGH, measure, recall, table


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("--source", type=Path, action="append", help="a library (default: source); may be given twice")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--per-kind", type=int, default=20, help="mutants of each kind, 0 for all")
    parser.add_argument("--kind", action="append", help="only kinds whose name holds this")
    parser.add_argument("--missed", action="store_true", help="list what nothing found")
    parser.add_argument("--faint", action="store_true", help="list those too of which nothing else speaks")
    options = parser.parse_args()
    kinds = [kind for kind in KINDS if not options.kind or any(word in kind.name for word in options.kind)]
    measured = [measure(one, options.seed, options.per_kind, kinds) for one in options.source or [Path("source")]]
    sys.stdout.write(table(measured))
    if options.missed:
        for each in measured:
            for one in each.seeded:
                if not one.rules and (one.mutant.evident or options.faint):
                    changes = "; ".join(f"→ {change.new!r:.70}" for change in one.mutant.changes)
                    sys.stdout.write(f"{one.kind.name}: {one.place} {changes}\n")
    seeded = [one for each in measured for one in each.seeded]
    alarms = [finding for each in measured for finding in each.own if finding.severity != "info"]
    return int(bool(alarms) or recall(seeded) < ENOUGH)


if __name__ == "__main__":
    raise SystemExit(main())
