"""Evaluates cases against exported medical policies. Needs Python 3.10 and nothing else.

    case = Case([policy], {"pet-ct": "met", "since-radiation": "14 wk"}, on="2026-03-01")
    print(case.outcome({"code": "78815"}))

`policy` is a parsed <guideline>.json; the policies that it points to go in as well. docs/semantics.md of Policypress
says what everything means, and the vectors.ndjson beside this file show it.
"""

import calendar
import datetime
import re
from fractions import Fraction

MET, NOT_MET, UNKNOWN, NA = "met", "not_met", "unknown", "not_applicable"
CRITERIA_MET, CRITERIA_NOT_MET = "criteria_met", "criteria_not_met"
NO_CRITERIA, MISSING = "no_criteria", "missing_information"
OF_CODE = {CRITERIA_MET: MET, CRITERIA_NOT_MET: NOT_MET, NO_CRITERIA: NA, MISSING: UNKNOWN}
GUARDS = ("applies_when", "unless", "except_when")
UNITS = {unit: (kind, factor) for kind, units in {  # in the smallest unit of each kind
    "time": {"ms": 1, "s": 1000, "min": 60000, "h": 3600000, "d": 86400000, "wk": 604800000},
    "months": {"mo": 1, "a": 12},
    "length": {"nm": 1, "um": 10**3, "mm": 10**6, "cm": 10**7, "dm": 10**8, "m": 10**9, "km": 10**12},
    "mass": {"ng": 1, "ug": 10**3, "mg": 10**6, "g": 10**9, "kg": 10**12},
    "volume": {"uL": 1, "mL": 10**3, "cm3": 10**3, "dL": 10**5, "L": 10**6},
    "dose": {"mGy": 1, "cGy": 10, "Gy": 1000}, "effective dose": {"mSv": 1, "Sv": 1000},
    "activity": {"kBq": 1, "MBq": 1000, "GBq": 10**6},
}.items() for unit, factor in units.items()}
WORDS = {word: unit for unit, words in {  # that a case may use for a unit
    "s": "second,seconds", "min": "minute,minutes", "h": "hour,hours", "d": "day,days", "wk": "week,weeks,wks",
    "mo": "month,months", "a": "year,years", "mm": "millimeter,millimeters", "cm": "centimeter,centimeters",
    "ug": "mcg,µg", "mL": "ml", "mm[Hg]": "mm Hg,mmHg", "%": "percent", "kg/m2": "kg/m²", "[iU]": "IU",
    "{cycle}": "cycle,cycles", "{session}": "session,sessions", "{unit}": "unit,units", "{event}": "event,events",
    "{visit}": "visit,visits", "{point}": "point,points", "{time}": "times",
    "{event}/h": "events per hour,events an hour", "{beat}/min": "beats per minute,bpm",
    "{breath}/min": "breaths per minute", "ms": "msec,milliseconds", "cm[H2O]": "cmH2O,cm H2O,cm H₂O",
    "meq/L": "mEq/L", "ug/L": "µg/L,mcg/L", "ug/mL": "mcg/mL", "[iU]/L": "IU/L", "[iU]/mL": "IU/mL",
    "mL/min/{1.73_m2}": "mL/min/1.73 m2,mL/min/1.73 m²", "[lb_av]": "lb,lbs,pounds", "[in_i]": "inches",
    "[MET]": "METs", "deg": "degrees",
}.items() for word in words.split(",")}
DAY = UNITS["d"][1]


class Case:
    """The facts of one case. `home` is the guideline that is asked: the first one, where it is not named."""

    def __init__(self, policies, facts, on="", home=""):
        self.policies = {policy["guideline"]["id"]: policy for policy in policies}
        self.home = home or next(iter(self.policies))
        self.facts, self.on = facts, on
        self.owners = {home: dict(owners(policy)) for home, policy in self.policies.items()}

    def outcome(self, asks):
        """Return the verdict of {"section" | "ruling" | "node": id}, or the determination for {"code": code}."""
        ((kind, id),) = asks.items()
        return self.determination(id.split("-")[0], self.home) if kind == "code" else self.verdict(id, self.home)

    def verdict(self, target, home):
        """Return the verdict of a section, ruling or node by id, or by guideline/id."""
        home, target = target.split("/", 1) if "/" in target else (home, target)
        owner = self.owners.get(home, {}).get(target)
        if owner is None:
            return UNKNOWN
        kind = self.section if "rulings" in owner else self.ruling if "effect" in owner else self.node
        return kind(owner, home)

    def given(self, name, home):
        """Return the verdict that the case itself gives to a fact or id, None where it gives none."""
        value = self.facts.get(self.name(name, home))
        return value if value in (MET, NOT_MET, NA) else None

    def name(self, fact, home):
        """Return the name under which a case gives a fact of a guideline."""
        shared = home == self.home or self.policies[home]["facts"].get(fact, {}).get("shared")
        return fact if shared else f"{home}/{fact}"

    def section(self, section, home):
        if self.given(section["id"], home):
            return self.given(section["id"], home)
        verdicts = [(ruling["effect"], self.ruling(ruling, home)) for ruling in section["rulings"]]
        covered = at_least(1, [verdict for effect, verdict in verdicts if effect == "covered"])
        free = negate(at_least(1, [verdict for effect, verdict in verdicts if effect == "not_covered"]))
        return at_least(None, [covered, free]) if covered != NA else NA if free == MET else free

    def ruling(self, ruling, home):
        given = self.given(ruling["id"], home)
        if given or ruling["criteria"] is None or not ruling["complete"]:
            return given or UNKNOWN
        return self.node(ruling["criteria"], home)

    def node(self, node, home):
        if "op" in node and self.given(node["id"], home):
            return self.given(node["id"], home)
        own = self.group(node, home) if "op" in node else self.criterion(node, home)
        guard, unless, except_when = (self.node(node[key], home) if key in node else None for key in GUARDS)
        if guard not in (None, MET):
            return UNKNOWN if guard == UNKNOWN else NA
        if unless == MET or (unless == UNKNOWN and own != MET):
            own = unless
        if except_when == MET or (except_when == UNKNOWN and own != NOT_MET):
            own = negate(except_when)
        return own

    def group(self, node, home):
        verdicts = [self.node(member, home) for member in node["of"]]
        if not verdicts:
            return UNKNOWN
        needed = {"all": None, "any": 1, "not": 1, "at_least": node.get("n")}[node["op"]]
        return negate(verdicts[0]) if node["op"] == "not" else at_least(needed, verdicts)

    def criterion(self, node, home):
        given = self.given(node["fact"], home) or self.given(node["id"], home)
        if given:
            return given
        if "compare" in node:
            return self.comparison(node["compare"], home)
        see = node.get("see", {})
        if isinstance(see, str):
            return self.verdict(see, home)
        return OF_CODE[self.determination(see["code"], home)] if "code" in see else UNKNOWN

    def comparison(self, compare, home):
        policy = self.policies[home]
        told = self.facts.get(self.name(compare["fact"], home))
        limit = policy["parameters"].get(compare["parameter"]) if "parameter" in compare else compare
        if told in (None, NA) or limit is None:
            return told or UNKNOWN
        ends = [str(limit["value"]), str(limit.get("max", limit["value"]))]
        unit = policy["facts"].get(compare["fact"], {}).get("unit", "")
        held = holds(str(told), compare["op"], ends, limit.get("unit", ""), unit, self.on)
        return UNKNOWN if held is None else MET if held else NOT_MET

    def standing(self, code, home):
        """Yield the kind and verdict of each ruling that takes part in the determination for a code."""
        policy = self.policies[home]
        modality = policy["codes"].get(code, {}).get("modality")
        about = [(section, ruling) for section in policy["sections"] for ruling in section["rulings"]
                 if ruling["complete"] and (code in [one.split("-")[0] for one in ruling["codes"]]
                 or modality in ruling["services"] or not (ruling["codes"] or ruling["services"]))]
        for section, ruling in about:
            names = {prefix + one["id"] for one in (section, ruling) for prefix in ("", f"{home}/")}
            over = [one for _, one in about if one is not ruling and names & set(one.get("overrides", ()))]
            above = {self.ruling(one, home) for one in over}
            kind = ruling["scope"] if ruling["effect"] == "covered" else "not_covered"
            verdict = self.ruling(ruling, home)
            if verdict != NA and not above & {MET, NOT_MET}:
                harmless = {"not_covered": NOT_MET, "general": MET}.get(kind)
                yield kind, UNKNOWN if UNKNOWN in above and verdict != harmless else verdict

    def determination(self, code, home):
        standing = set(self.standing(code, home))
        specific = {verdict for kind, verdict in standing if kind == "specific"}
        if ("not_covered", MET) in standing or ("general", NOT_MET) in standing or specific == {NOT_MET}:
            return CRITERIA_NOT_MET
        if not specific and ("not_covered", UNKNOWN) not in standing:
            return NO_CRITERIA
        unsure = standing & {("not_covered", UNKNOWN), ("general", UNKNOWN)}
        return CRITERIA_MET if MET in specific and not unsure else MISSING


def at_least(n, verdicts):
    """Return whether n of the applicable ones are met; None means all of them."""
    left = [verdict for verdict in verdicts if verdict != NA]
    n = len(left) if n is None else n
    met = left.count(MET)
    return NA if not left else MET if met >= n else NOT_MET if met + left.count(UNKNOWN) < n else UNKNOWN


def negate(verdict):
    return {MET: NOT_MET, NOT_MET: MET}.get(verdict, verdict)


def owners(policy):
    """Yield every section, ruling and node of a policy with its id."""
    waiting = list(policy["sections"])
    while waiting:
        owner = waiting.pop()
        yield owner["id"], owner
        inner = [*owner.get("rulings", ()), *owner.get("of", ()), owner.get("criteria")]
        inner += [rule.get("when") for rule in owner.get("coding_rules", ())] + [owner.get(key) for key in GUARDS]
        waiting += [one for one in inner if one is not None]


def holds(told, op, ends, limit_unit, unit, on):
    """Tell whether an amount or date holds against the ends of a limit, None where that cannot be told."""
    low, high = (scaled(end, limit_unit) for end in ends)
    if date := parse_date(told):
        days, today = [parse_date(end) for end in ends], parse_date(on)
        if all(days):
            return compared(op, [date], [days])
        moments = [reached(date, end) for end in (low, high)]
        return compared(op, [today.toordinal()], [moments]) if today and None not in moments else None
    match = re.fullmatch(r"\s*(-?[0-9]+(?:\.[0-9]+)?)(?:\s*(\S.*?))?\s*", told)
    if not match or not low or not high:
        return None
    said = match[2] or unit  # a bare number has the unit of its fact
    this = scaled(match[1], WORDS.get(said, said))
    if this[0] == low[0]:
        return compared(op, [this[1]], [(low[1], high[1])])
    return compared(op, in_days(this), list(zip(in_days(low), in_days(high), strict=True)))


def compared(op, lengths, ranges):
    """Tell whether a comparison holds for each length and range that may be the true one; None where it depends."""
    sides = {"<" if this < low else ">" if this > high else "=" for this in lengths for low, high in ranges}
    sides = "<=>" if {"<", ">"} <= sides else sides  # what may be shorter or longer may be just as long
    held = {one != "=" if op == "!=" else one in op for one in sides}
    return held.pop() if len(held) == 1 else None


def scaled(value, unit):
    """Return what an amount measures, and the number in the smallest unit of that kind; None for no number."""
    if not re.fullmatch(r"-?[0-9.]+(?:e[+-]?[0-9]+)?", value):
        return None
    bare = re.sub(r"\{[^{}]*\}", "", unit)  # words in braces mean nothing beside a unit; alone they are what is counted
    spelled = re.sub(r"\b([mdu]?)l\b", r"\1L", bare) or unit.lower().replace("s}", "}")
    kind, factor = UNITS.get(unit, (spelled, 1))
    return kind, Fraction(value) * factor


def parse_date(text):
    try:
        return datetime.date.fromisoformat(text) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else None
    except ValueError:
        return None


def reached(date, amount):
    """Return the moment, in days of the calendar, at which a time since a date is over; None for what is no time."""
    kind, number = amount or ("", 0)
    if kind == "months" and number.denominator == 1:
        return later(date, int(number)).toordinal()
    return date.toordinal() + number / DAY if kind == "time" else None


def later(date, months):
    """Return the same day of a later month, or the last one of that month."""
    year, month = divmod(date.year * 12 + date.month - 1 + months, 12)
    year = min(max(year, 1), 9999)
    return date.replace(year=year, month=month + 1, day=min(date.day, calendar.monthrange(year, month + 1)[1]))


def in_days(amount):
    """Return the shortest and the longest that a time may be, in days: six months are 181 to 184 days."""
    kind, number = amount
    if kind != "months":
        return [number / DAY] * 2 if kind == "time" else []
    months, sign = abs(number), -1 if number < 0 else 1
    starts = [datetime.date(year, month, 1) for year in range(2000, 2008) for month in range(1, 13)]
    lengths = [(later(start, int(months)) - start).days for start in starts]
    rest = months - int(months)
    return [sign * (min(lengths) + rest * 28), sign * (max(lengths) + rest * 31)]
