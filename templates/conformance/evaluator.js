/* Evaluates cases against exported medical policies. Needs nothing else, in a browser or elsewhere.
       <script src="evaluator.js"></script>   or   import "./evaluator.js";
       const answer = new policypress.Case([policy], { "pet-ct": "met", "since-radiation": "14 wk" }, "2026-03-01");
       console.log(answer.outcome({ code: "78815" }));

   `policy` is a parsed <guideline>.json; the policies that it points to go in as well. docs/semantics.md of Policypress
   says what everything means, and the vectors.ndjson beside this file show it. */
"use strict";
(() => {
  const MET = "met", NOT_MET = "not_met", UNKNOWN = "unknown", NA = "not_applicable";
  const OF_CODE = { criteria_met: MET, criteria_not_met: NOT_MET, no_criteria: NA, missing_information: UNKNOWN };
  const GUARDS = ["applies_when", "unless", "except_when"];
  const KINDS = { // the units, in the smallest of each kind
    time: "ms 1 s 1000 min 60000 h 3600000 d 86400000 wk 604800000", months: "mo 1 a 12",
    length: "nm 1 um 1000 mm 1000000 cm 10000000 dm 100000000 m 1000000000 km 1000000000000",
    mass: "ng 1 ug 1000 mg 1000000 g 1000000000 kg 1000000000000", volume: "uL 1 mL 1000 cm3 1000 dL 100000 L 1000000",
    dose: "mGy 1 cGy 10 Gy 1000", "effective dose": "mSv 1 Sv 1000", activity: "kBq 1 MBq 1000 GBq 1000000",
  };
  const WORDS = { // that a case may use for a unit
    s: "second,seconds", min: "minute,minutes", h: "hour,hours", d: "day,days", wk: "week,weeks,wks",
    mo: "month,months", a: "year,years", mm: "millimeter,millimeters", cm: "centimeter,centimeters", ug: "mcg,µg",
    mL: "ml", "mm[Hg]": "mm Hg,mmHg", "%": "percent", "kg/m2": "kg/m²", "[iU]": "IU", "{cycle}": "cycle,cycles",
    "{session}": "session,sessions", "{unit}": "unit,units", "{event}": "event,events", "{visit}": "visit,visits",
    "{point}": "point,points", "{time}": "times", "{event}/h": "events per hour,events an hour",
    "{beat}/min": "beats per minute,bpm", "{breath}/min": "breaths per minute", ms: "msec,milliseconds",
    "cm[H2O]": "cmH2O,cm H2O,cm H₂O", "meq/L": "mEq/L", "ug/L": "µg/L,mcg/L", "ug/mL": "mcg/mL", "[iU]/L": "IU/L",
    "[iU]/mL": "IU/mL", "mL/min/{1.73_m2}": "mL/min/1.73 m2,mL/min/1.73 m²", "[lb_av]": "lb,lbs,pounds",
    "[in_i]": "inches", "[MET]": "METs", deg: "degrees",
  };
  const UNITS = new Map(), UNIT_OF = new Map();
  for (const [kind, units] of Object.entries(KINDS))
    for (const [, unit, factor] of units.matchAll(/(\S+) (\d+)/g)) UNITS.set(unit, [kind, BigInt(factor)]);
  for (const [unit, words] of Object.entries(WORDS)) for (const word of words.split(",")) UNIT_OF.set(word, unit);
  const DAY = UNITS.get("d")[1], negate = (verdict) => ({ met: NOT_MET, not_met: MET })[verdict] ?? verdict;
  const fraction = (n, d = 1n) => ({ n: BigInt(n), d: BigInt(d) });

  /* The facts of one case. `home` is the guideline that is asked: the first one, where it is not named. */
  class Case {
    constructor(policies, facts, on = "", home = policies[0].guideline.id) {
      this.policies = new Map(policies.map((policy) => [policy.guideline.id, policy]));
      this.owners = new Map(policies.map((policy) => [policy.guideline.id, new Map(owners(policy))]));
      Object.assign(this, { facts: new Map(Object.entries(facts)), on, home });
    }

    /* The verdict of { section | ruling | node: id }, or the determination for { code }. */
    outcome(asks) {
      const [kind, id] = Object.entries(asks)[0];
      return kind === "code" ? this.determination(id.split("-")[0], this.home) : this.verdict(id, this.home);
    }

    /* The verdict of a section, ruling or node by id, or by guideline/id. */
    verdict(id, home) {
      const [, there = home, target] = id.match(/^(?:([^/]*)\/)?(.*)$/s);
      const owner = this.owners.get(there)?.get(target);
      if (owner === undefined) return UNKNOWN;
      const kind = "rulings" in owner ? "section" : "effect" in owner ? "ruling" : "node";
      return this[kind](owner, there);
    }

    /* The verdict that the case itself gives to a fact or id, null where it gives none. */
    given(name, home) {
      const value = this.facts.get(this.name(name, home));
      return [MET, NOT_MET, NA].includes(value) ? value : null;
    }

    /* The name under which a case gives a fact of a guideline. */
    name(fact, home) {
      const facts = this.policies.get(home).facts;
      return home === this.home || (Object.hasOwn(facts, fact) && facts[fact].shared) ? fact : `${home}/${fact}`;
    }

    section(section, home) {
      const given = this.given(section.id, home);
      if (given) return given;
      const verdicts = (effect) => section.rulings.filter((one) => one.effect === effect)
        .map((one) => this.ruling(one, home));
      const covered = atLeast(1, verdicts("covered")), free = negate(atLeast(1, verdicts("not_covered")));
      return covered !== NA ? atLeast(null, [covered, free]) : free === MET ? NA : free;
    }

    ruling(ruling, home) {
      const given = this.given(ruling.id, home);
      return given ?? (ruling.criteria !== null && ruling.complete ? this.node(ruling.criteria, home) : UNKNOWN);
    }

    node(node, home) {
      if ("op" in node && this.given(node.id, home)) return this.given(node.id, home);
      let own = "op" in node ? this.group(node, home) : this.criterion(node, home);
      const [guard, unless, except] = GUARDS.map((key) => (key in node ? this.node(node[key], home) : null));
      if (guard !== null && guard !== MET) return guard === UNKNOWN ? UNKNOWN : NA;
      if (unless === MET || (unless === UNKNOWN && own !== MET)) own = unless;
      if (except === MET || (except === UNKNOWN && own !== NOT_MET)) own = negate(except);
      return own;
    }

    group(node, home) {
      const verdicts = node.of.map((member) => this.node(member, home));
      if (verdicts.length === 0) return UNKNOWN;
      if (node.op === "not") return negate(verdicts[0]);
      const needed = { all: null, any: 1, at_least: node.n }[node.op];
      if (needed === undefined) throw new Error(`unknown operator ${node.op}`);
      return atLeast(needed, verdicts);
    }

    criterion(node, home) {
      const given = this.given(node.fact, home) ?? this.given(node.id, home);
      if (given) return given;
      if ("compare" in node) return this.comparison(node.compare, home);
      if (typeof node.see === "string") return this.verdict(node.see, home);
      return node.see?.code ? OF_CODE[this.determination(node.see.code, home)] : UNKNOWN;
    }

    comparison(compare, home) {
      const policy = this.policies.get(home), told = this.facts.get(this.name(compare.fact, home));
      const limit = "parameter" in compare ? policy.parameters[compare.parameter] : compare;
      if (told === undefined || told === NA || limit === undefined) return told === NA ? NA : UNKNOWN;
      const ends = [String(limit.value), String(limit.max ?? limit.value)];
      const unit = Object.hasOwn(policy.facts, compare.fact) ? policy.facts[compare.fact].unit ?? "" : "";
      const held = holds(String(told), compare.op, ends, limit.unit ?? "", unit, this.on);
      return held === null ? UNKNOWN : held ? MET : NOT_MET;
    }

    /* The kind and verdict of each ruling that takes part in the determination for a code. */
    standing(code, home) {
      const policy = this.policies.get(home);
      const modality = Object.hasOwn(policy.codes, code) ? policy.codes[code].modality : undefined;
      const holding = (one) => one.codes.some((entry) => entry.split("-")[0] === code)
        || one.services.includes(modality) || one.codes.length + one.services.length === 0;
      const about = policy.sections.flatMap((section) => section.rulings
        .filter((ruling) => ruling.complete && holding(ruling)).map((ruling) => ({ section, ruling })));
      return about.flatMap(({ section, ruling }) => {
        const names = [section.id, ruling.id].flatMap((id) => [id, `${home}/${id}`]);
        const above = about.map((one) => one.ruling)
          .filter((one) => one !== ruling && one.overrides?.some((target) => names.includes(target)))
          .map((one) => this.ruling(one, home));
        const kind = ruling.effect === "covered" ? ruling.scope : "not_covered", verdict = this.ruling(ruling, home);
        if (verdict === NA || above.includes(MET) || above.includes(NOT_MET)) return [];
        const harmless = { not_covered: NOT_MET, general: MET }[kind];
        return [[kind, above.includes(UNKNOWN) && verdict !== harmless ? UNKNOWN : verdict]];
      });
    }

    determination(code, home) {
      const standing = this.standing(code, home);
      const is = (kind, verdict) => standing.some((one) => one[0] === kind && one[1] === verdict);
      const specific = standing.filter(([kind]) => kind === "specific").map(([, verdict]) => verdict);
      const some = specific.length > 0, none = some && specific.every((verdict) => verdict === NOT_MET);
      if (is("not_covered", MET) || is("general", NOT_MET) || none) return "criteria_not_met";
      if (!some && !is("not_covered", UNKNOWN)) return "no_criteria";
      if (is("not_covered", UNKNOWN) || is("general", UNKNOWN)) return "missing_information";
      return specific.includes(MET) ? "criteria_met" : "missing_information";
    }
  }

  /* Whether n of the applicable ones are met; null means all of them. */
  function atLeast(n, verdicts) {
    const count = (wanted) => verdicts.filter((verdict) => verdict === wanted).length, met = count(MET);
    const left = verdicts.length - count(NA), needed = n ?? left;
    return left === 0 ? NA : met >= needed ? MET : met + count(UNKNOWN) < needed ? NOT_MET : UNKNOWN;
  }

  /* Every section, ruling and node of a policy with its id. */
  function* owners(policy) {
    const waiting = [...policy.sections];
    while (waiting.length > 0) {
      const owner = waiting.pop();
      yield [owner.id, owner];
      const inner = [...(owner.rulings ?? []), ...(owner.of ?? []), owner.criteria];
      inner.push(...(owner.coding_rules ?? []).map((rule) => rule.when), ...GUARDS.map((key) => owner[key]));
      waiting.push(...inner.filter((one) => one !== undefined && one !== null));
    }
  }

  /* Whether an amount or date holds against the ends of a limit, null where that cannot be told. */
  function holds(told, op, ends, limitUnit, unit, on) {
    const [low, high] = ends.map((end) => scaled(end, limitUnit)), date = parseDate(told);
    if (date) {
      const days = ends.map(parseDate), today = parseDate(on);
      if (days[0] && days[1]) return compared(op, [at(date)], [days.map(at)]);
      const moments = [reached(date, low), reached(date, high)];
      return today && moments.every(Boolean) ? compared(op, [at(today)], [moments]) : null;
    }
    const match = told.match(/^\s*(-?[0-9]+(?:\.[0-9]+)?)(?:\s*(\S.*?))?\s*$/s);
    if (!match || !low || !high) return null;
    const said = match[2] ?? unit, here = scaled(match[1], UNIT_OF.get(said) ?? said); // a bare number: as its fact
    if (here.kind === low.kind) return compared(op, [here.number], [[low.number, high.number]]);
    const highs = inDays(high);
    return compared(op, inDays(here), inDays(low).map((first, place) => [first, highs[place]]));
  }

  /* Whether a comparison holds for each length and range that may be the true one; null where it depends. */
  function compared(op, lengths, ranges) {
    const less = (one, other) => one.n * other.d < other.n * one.d;
    const side = (here, [low, high]) => (less(here, low) ? "<" : less(high, here) ? ">" : "=");
    const sides = new Set(lengths.flatMap((here) => ranges.map((range) => side(here, range))));
    if (sides.has("<") && sides.has(">")) sides.add("="); // it may be just as long
    const held = new Set([...sides].map((one) => (op === "!=" ? one !== "=" : op.includes(one))));
    return held.size === 1 ? [...held][0] : null;
  }

  /* What an amount measures, and the exact number in the smallest unit of that kind; null for no number. */
  function scaled(value, unit) {
    const match = value.match(/^(-?)([0-9]*)\.?([0-9]*)(?:e([+-]?[0-9]+))?$/);
    if (!match || match[2] + match[3] === "") return null;
    const power = Number(match[4] ?? 0) - match[3].length, digits = BigInt(match[1] + match[2] + match[3]);
    const bare = unit.replace(/\{[^{}]*\}/g, ""); // words in braces mean nothing beside a unit; alone they are counted
    const spelled = bare.replace(/\b([mdu]?)l\b/g, "$1L") || unit.toLowerCase().replaceAll("s}", "}");
    const [kind, factor] = UNITS.get(unit) ?? [spelled, 1n];
    const [up, down] = [power, -power].map((places) => 10n ** BigInt(Math.max(places, 0)));
    return { kind, number: fraction(digits * factor * up, down) };
  }

  function parseDate(text) {
    const [, y, m, d] = (text.match(/^([0-9]{4})-([0-9]{2})-([0-9]{2})$/) ?? []).map(Number);
    return y >= 1 && m >= 1 && m <= 12 && d >= 1 && d <= daysIn(y, m) ? { y, m, d } : null;
  }

  /* The number of a day of the calendar, counted from one fixed day. */
  function dayOf({ y, m, d }) {
    const year = m <= 2 ? y - 1 : y, month = (m + 9) % 12; // the year begins in March, so that it ends with February
    return 365 * year + Math.floor(year / 4) - Math.floor(year / 100) + Math.floor(year / 400)
      + Math.floor((153 * month + 2) / 5) + d;
  }
  const at = (date) => fraction(dayOf(date));
  const daysIn = (y, m) => dayOf({ y: m === 12 ? y + 1 : y, m: (m % 12) + 1, d: 1 }) - dayOf({ y, m, d: 1 });

  /* The same day of a later month, or the last one of that month. */
  function later({ y, m, d }, months) {
    const all = y * 12 + m - 1 + months, month = ((all % 12) + 12) % 12 + 1;
    const year = Math.min(Math.max(Math.floor(all / 12), 1), 9999);
    return { y: year, m: month, d: Math.min(d, daysIn(year, month)) };
  }

  /* The moment, in days of the calendar, at which a time since a date is over; null for what is no time. */
  function reached(date, amount) {
    const { kind, number: { n, d } } = amount ?? { number: {} };
    if (kind === "time") return fraction(BigInt(dayOf(date)) * d * DAY + n, d * DAY);
    return kind === "months" && n % d === 0n ? fraction(dayOf(later(date, Number(n / d)))) : null;
  }

  /* The shortest and the longest that a time may be, in days: six months are 181 to 184 days. */
  function inDays({ kind, number: { n, d } }) {
    if (kind === "time") return [fraction(n, d * DAY), fraction(n, d * DAY)];
    if (kind !== "months") return [];
    const size = n < 0n ? -n : n, rest = size % d, sign = n < 0n ? -1n : 1n;
    const starts = Array.from({ length: 96 }, (_, month) => later({ y: 2000, m: 1, d: 1 }, month));
    const lengths = starts.map((start) => dayOf(later(start, Number(size / d))) - dayOf(start));
    const ends = [[Math.min(...lengths), 28n], [Math.max(...lengths), 31n]];
    return ends.map(([days, most]) => fraction(sign * (BigInt(days) * d + rest * most), d));
  }
  globalThis.policypress = { Case };
})();
