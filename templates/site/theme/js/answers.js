/* One section with answers to its criteria: the verdicts, and which answers still matter. Knows nothing of the page.
   What criteria mean is evaluator.js's business, and each verdict comes from there. */
"use strict";
policypress.sheet = (policies) => {
  const home = policies[0].guideline.id, section = policies[0].sections[0];
  const rulings = section.rulings.filter((ruling) => ruling.complete && ruling.criteria);
  const ALL = ["met", "not_met", "unknown", "not_applicable"], [MET, NOT_MET, UNKNOWN, NA] = ALL;
  const GUARDS = ["applies_when", "unless", "except_when"];
  const TRIALS = 500; // ways to answer that are looked at to tell whether an answer still matters

  /* The nodes of a tree as they are printed: the condition of a group stands above it, that of a criterion below. */
  function* walk(node) {
    if ("op" in node && node.applies_when) yield* walk(node.applies_when);
    yield node;
    const below = [...(node.of ?? [node.applies_when]), node.unless, node.except_when];
    for (const one of below) if (one) yield* walk(one);
  }
  const nodes = rulings.flatMap((ruling) => [...walk(ruling.criteria)]);
  const factOf = (node) => node.fact ?? node.id;
  const asked = new Map(); // fact -> the criteria that it answers
  for (const node of nodes.filter((one) => !("op" in one))) {
    asked.set(factOf(node), [...(asked.get(factOf(node)) ?? []), node]);
  }
  const choices = new Map([...asked].map(([fact, criteria]) =>
    [fact, [MET, NOT_MET, ...(criteria.some((one) => one.applies_when) ? [NA] : [])]]));

  /* The reference evaluator, which also tells the verdict of each node that it came by. */
  const seen = new Map();
  class Seeing extends policypress.Case {
    node(node, there) {
      const verdict = super.node(node, there);
      seen.set(node, verdict);
      return verdict;
    }
  }
  const seeing = new Seeing(policies, {}, "", home);
  function verdict(facts) {
    seeing.facts = facts;
    seen.clear();
    return seeing.section(section, home);
  }

  /* The verdicts that something can still get, each open fact taken by itself: rather one too many than one too few. */
  function combined(n, sets) { // n of them are needed; null means all
    const some = (verdict) => sets.some((set) => set.has(verdict));
    const every = (...any) => sets.every((set) => any.some((verdict) => set.has(verdict)));
    const only = (verdict) => sets.filter((set) => set.size === 1 && set.has(verdict)).length;
    const met = n === null ? some(MET) && every(MET, NA) : sets.filter((set) => set.has(MET)).length >= n;
    const fails = n === null ? some(NOT_MET)
      : n === 1 ? some(NOT_MET) && every(NOT_MET, NA) : only(MET) < n && only(NA) < sets.length;
    const told = [[MET, met], [NOT_MET, fails], [UNKNOWN, some(UNKNOWN)], [NA, every(NA)]];
    return new Set(told.filter(([, can]) => can).map(([verdict]) => verdict));
  }
  const swapped = (set) => new Set([...set].map((verdict) => ({ met: NOT_MET, not_met: MET })[verdict] ?? verdict));
  function ownSet(node, below, facts) {
    const given = facts.get(factOf(node)) ?? facts.get(node.id);
    if (given) return new Set([given]);
    if (!("op" in node)) return new Set(node.see ? ALL : choices.get(factOf(node)));
    if (asked.has(node.id) || node.of.length === 0) return new Set(asked.has(node.id) ? ALL : [UNKNOWN]);
    const sets = node.of.map(below);
    return node.op === "not" ? swapped(sets[0]) : combined({ all: null, any: 1, at_least: node.n }[node.op], sets);
  }
  function possible(node, facts, into) {
    const below = (one) => possible(one, facts, into);
    const own = ownSet(node, below, facts);
    let set = own;
    const turned = (by, verdict) => { // an exception turns it where met, and leaves it where not
      const other = below(by);
      const more = [...(other.has(MET) ? [verdict] : []), ...(other.has(UNKNOWN) ? [UNKNOWN] : [])];
      set = new Set([...(other.size === 1 && other.has(MET) ? [] : set), ...more]);
    };
    if (node.unless) turned(node.unless, MET);
    if (node.except_when) turned(node.except_when, NOT_MET);
    if (node.applies_when) {
      const guard = below(node.applies_when);
      set = new Set([...(guard.has(MET) ? set : []), ...(guard.has(UNKNOWN) ? [UNKNOWN] : []),
        ...(guard.has(NOT_MET) || guard.has(NA) ? [NA] : [])]);
    }
    into.set(node, { own, set });
    return set;
  }

  /* The open facts that may still reach the verdict: those above which nothing is settled. */
  function live(facts) {
    const sets = new Map(), found = new Set();
    for (const ruling of section.rulings) {
      const given = facts.get(ruling.id);
      const set = rulings.includes(ruling) ? possible(ruling.criteria, facts, sets) : new Set([UNKNOWN]);
      sets.set(ruling, { set: given ? new Set([given]) : set });
    }
    const add = (name) => { if (asked.has(name) && !facts.has(name)) found.add(name); };
    const reach = (node) => {
      if (!node || sets.get(node).set.size === 1) return;
      if (node.see) asked.forEach((_, name) => add(name)); // it may lead back to any of them
      if (!("op" in node)) add(factOf(node));
      add(node.id);
      if (sets.get(node).own.size > 1) node.of?.forEach(reach);
      for (const key of GUARDS) reach(node[key]);
    };
    const by = (effect) =>
      combined(1, section.rulings.filter((one) => one.effect === effect).map((one) => sets.get(one).set));
    const covered = by("covered"), free = swapped(by("not_covered"));
    const whole = new Set([...combined(null, [covered, free]), ...(covered.has(NA) ? [...free, NA] : [])]);
    if (facts.has(section.id) || whole.size === 1) return found;
    [section, ...rulings].forEach((one) => add(one.id));
    rulings.filter((ruling) => sets.get(ruling).set.size > 1).forEach((ruling) => reach(ruling.criteria));
    return found;
  }

  /* Whether the answer to a fact makes a difference beside some answers to the other open ones. Tries them one by one
     while the fact still counts, its neighbors last: they are what it mostly hangs on. `facts` comes back as it was. */
  const places = new Map([...asked.keys()].map((fact, place) => [fact, place]));
  let trials = 0;
  function differs(fact, facts) {
    const open = live(facts);
    if (!open.delete(fact)) return false;
    if (++trials > TRIALS) return true; // not found to be without effect
    const far = (other) => Math.abs(places.get(other) - places.get(fact));
    const next = [...open].reduce((one, other) => (far(other) > far(one) ? other : one), fact);
    const tried = (answer) => {
      facts.set(next, answer);
      return next === fact ? verdict(facts) : differs(fact, facts);
    };
    const outcomes = choices.get(next);
    const found = next === fact ? new Set(outcomes.map(tried)).size > 1 : outcomes.some(tried);
    facts.delete(next);
    return found;
  }
  const canChange = (facts) => [...live(facts)].filter((fact) => {
    trials = 0;
    return differs(fact, new Map(facts));
  });

  /* The verdict of the section, of each ruling and of each node, and the facts that can still change the first. */
  function told(facts) {
    const whole = verdict(facts), verdicts = new Map(seen);
    for (const ruling of rulings) verdicts.set(ruling, seeing.ruling(ruling, home));
    return { whole, verdicts, changing: canChange(facts) };
  }
  return { section, rulings, asked, choices, factOf, walk, told };
};
