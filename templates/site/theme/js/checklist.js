/* The checklist of a section page: answer the criteria, see the verdict. Nothing is stored and nothing is sent. */
"use strict";
(() => {
  const sheet = policypress.sheet(JSON.parse(document.getElementById("p_checklist").textContent));
  const { section, rulings, asked, choices, factOf, walk } = sheet;
  const UNKNOWN = "unknown";
  const ANSWERS = { met: "Met", not_met: "Not met", unknown: "Unknown", not_applicable: "Not applicable" };
  const STATES = { met: "met", not_met: "not met", unknown: "open", not_applicable: "does not apply" };
  const RESULTS = {
    met: "Met", not_met: "Not met: a clinician decides", unknown: "Open", not_applicable: "Does not apply",
  };
  const SHOWN = 6; // open answers that the result leads to

  function make(name, attributes, ...inner) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...inner);
    return made;
  }
  const at = (id) => document.getElementById(id);
  const words = (element) => (element?.textContent ?? "").replace(/\s+/g, " ").trim();
  const label = (node) =>
    words(at(node.id).querySelector(":scope > .text > .label, :scope > .place > .label")) || "the whole";
  const boxes = [...document.querySelectorAll(".ruling")];
  const boxOf = (ruling) => boxes[section.rulings.indexOf(ruling)];
  const facts = new Map();
  const fields = new Map(); // fact -> where it is answered
  const echoes = []; // where a fact shows that was answered before
  const states = new Map(); // node or ruling -> where its verdict shows

  function answering(node, fact, number) {
    const legend = make("legend", { class: "unseen" }, `Is ${label(node)} met?`);
    const field = make("fieldset", { class: "answer" }, legend);
    for (const answer of ["met", "not_met", UNKNOWN, ...choices.get(fact).slice(2)]) {
      const input = make("input", { type: "radio", name: `p_answer_${number}`, value: answer, autocomplete: "off" });
      input.checked = answer === UNKNOWN;
      field.append(make("label", {}, input, ` ${ANSWERS[answer]}`));
    }
    field.append(make("span", { class: "note" }));
    field.addEventListener("change", (event) => {
      if (event.target.value === UNKNOWN) facts.delete(fact);
      else facts.set(fact, event.target.value);
      show();
    });
    return field;
  }
  function draw() {
    for (const ruling of rulings) {
      const state = make("p", { class: "state" });
      boxOf(ruling).querySelector("header").append(state);
      states.set(ruling, state);
    }
    for (const node of rulings.flatMap((ruling) => [...walk(ruling.criteria)])) {
      const place = at(node.id);
      const state = make("span", { class: "state" });
      if ("op" in node) {
        if (!place.classList.contains("group")) { // the ANY of a NONE has no verdict of its own in print
          const operator = place.querySelector(":scope > .group > .operator");
          operator.insertBefore(state, operator.querySelector(":scope > .meta"));
          states.set(node, state);
        }
        continue;
      }
      const fact = factOf(node), first = asked.get(fact)[0];
      const field = first === node ? answering(node, fact, fields.size + 1) : make("p", { class: "answer" });
      if (first === node) fields.set(fact, field);
      else {
        const told = make("span", {});
        field.append("Answered at ", make("a", { href: `#${first.id}` }, label(first)), ": ", told);
        echoes.push([fact, told]);
      }
      field.append(state);
      states.set(node, state);
      place.querySelector(":scope > .text").after(field);
    }
  }

  const said = make("strong", {});
  const status = make("p", { class: "verdict", role: "status" }, make("span", { class: "unseen" }, "Result: "), said);
  const parts = make("p", { class: "parts" });
  const open = make("p", { class: "still" });
  const copied = make("span", { class: "copied", role: "status" });
  const copy = make("button", { type: "button" }, "Copy summary");
  const reset = make("button", { type: "button" }, "Reset");
  const text = make("textarea", { readonly: "", rows: "8", "aria-label": "Summary", hidden: "" });
  const result = make("section", { class: "result", "aria-label": "Result of the checklist" },
    status, parts, open, make("p", { class: "acts" }, copy, reset, copied), text);

  function show() {
    const { whole, verdicts, changing } = sheet.told(facts);
    const begun = facts.size > 0;
    result.classList.toggle("begun", begun);
    result.dataset.verdict = whole;
    if (said.textContent !== RESULTS[whole]) said.textContent = RESULTS[whole]; // a screen reader hears changes only
    for (const [node, state] of states) {
      const verdict = begun ? verdicts.get(node) : "";
      state.textContent = begun ? stateOf(node, verdict) : "";
      state.dataset.verdict = verdict;
    }
    for (const [fact, field] of fields) {
      const idle = begun && !facts.has(fact) && !changing.includes(fact);
      field.classList.toggle("idle", idle);
      field.querySelector(".note").textContent = idle ? "can no longer change the result" : "";
    }
    for (const [fact, echo] of echoes) echo.textContent = ANSWERS[facts.get(fact) ?? UNKNOWN];
    const told = (ruling) => [make("span", {}, `${naming(ruling)}: ${STATES[verdicts.get(ruling)]}`), " "];
    const plain = section.rulings.length === 1 && section.rulings[0].effect === "covered";
    parts.replaceChildren(...(plain ? [] : rulings.flatMap(told)));
    leading(whole, changing);
    copied.textContent = "";
    text.hidden = true;
    document.documentElement.style.scrollPaddingBottom = begun ? `${result.offsetHeight + 16}px` : "";
  }
  /* A criterion says something of its own only where it is not as it was answered. */
  function stateOf(node, verdict) {
    if ("effect" in node) return `Criteria ${STATES[verdict]}`;
    if ("op" in node) return STATES[verdict];
    if (verdict === (facts.get(factOf(node)) ?? UNKNOWN)) return "";
    return { unknown: "still open", not_applicable: STATES.not_applicable }[verdict] ?? `counts as ${STATES[verdict]}`;
  }
  const naming = (ruling) =>
    words(boxOf(ruling).querySelector("h2 .letter")) || words(boxOf(ruling).querySelector("h2"));
  function leading(whole, changing) {
    open.replaceChildren();
    if (changing.length === 0) {
      open.append(whole === UNKNOWN ? "No answer on this page can settle it." : "No open answer can change it.");
    } else {
      open.append(`${changing.length === 1 ? "1 answer" : `${changing.length} answers`} can still change it: `);
      changing.slice(0, SHOWN).forEach((fact, place) => {
        const node = asked.get(fact)[0];
        open.append(place ? ", " : "", make("a", { href: `#${node.id}` }, label(node)));
      });
      if (changing.length > SHOWN) open.append(` and ${changing.length - SHOWN} more`);
    }
  }

  /* What was answered and what came of it, with the ids, as plain text. */
  function summary() {
    const { whole, verdicts, changing } = sheet.told(facts);
    const edition = [...document.querySelectorAll(".facts > div")]
      .map((one) => `${words(one.querySelector("dt"))}: ${words(one.querySelector("dd"))}`);
    const guideline = words(document.querySelector(".crumbs li:nth-child(2)"));
    const lines = [words(document.querySelector("h1")), guideline, edition.join("; "), location.href.replace(/#.*/, "")];
    lines.push("", `Result: ${RESULTS[whole]}`);
    for (const ruling of rulings) {
      const lead = words(boxOf(ruling).querySelector("h2"));
      lines.push("", `${lead} [${ruling.id}]: ${STATES[verdicts.get(ruling)]}`);
      for (const node of walk(ruling.criteria)) {
        if (!states.has(node)) continue;
        const what = at(node.id).querySelector("op" in node ? ".group > .operator .word" : ".text > .words");
        const verdict = "op" in node ? STATES[verdicts.get(node)] : ANSWERS[facts.get(factOf(node)) ?? UNKNOWN];
        lines.push(`${label(node)} [${node.id}] ${verdict}: ${words(what)}`);
      }
    }
    const open = changing.map((fact) => asked.get(fact)[0]).map((node) => `${label(node)} [${node.id}]`);
    if (open.length) lines.push("", `Can still change the result: ${open.join(", ")}`);
    return `${lines.join("\n")}\n`;
  }
  copy.addEventListener("click", async () => {
    text.value = summary();
    try {
      await navigator.clipboard.writeText(text.value);
      copied.textContent = "Copied";
    } catch { // no clipboard on this address: the text itself can be taken
      text.hidden = false;
      text.select();
    }
  });
  reset.addEventListener("click", () => {
    facts.clear();
    for (const field of fields.values()) field.querySelector(`[value=${UNKNOWN}]`).checked = true;
    show();
  });

  draw();
  boxes[0].before(make("p", { class: "ask" },
    "Answer what you know: the result stands below the criteria. Nothing is stored, nothing is sent."));
  boxes.at(-1).after(result);
  show();
})();
