"""`explain`: the page of a rule."""

from __future__ import annotations

import argparse

from policypress.commands.console import OK, Failure


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("rule", metavar="RULE", nargs="?", help="its id or name; all rules without it")


def run(options: argparse.Namespace) -> int:
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
        raise Failure(f"there is no rule {options.rule}" + (f"; did you mean {near[0]}?" if near else ""))
    print(f"{rule.id} {rule.name} ({rule.severity})\n\n{rule.page.rstrip()}")
    return OK
