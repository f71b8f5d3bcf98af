/* Search, and nothing else: every page can be read without this file.
   The index is a script that is loaded on first use, so that search works from a folder too. A question is a row of
   words, each of which must begin a word of what is found; an abbreviation and what it stands for are one. A word of
   four letters or more that is nowhere may be misspelt by one edit. */
(function () {
  "use strict";
  var form = document.querySelector("form.search");
  var box = document.getElementById("p_search");
  var panel = document.getElementById("p_found");
  var status = panel.querySelector("[role=status]");
  var list = panel.querySelector("ol");
  var base = document.body.dataset.base.replace(/\/?$/, "/");
  var SHOWN = 24;
  var WEIGHT = { section: 4, term: 3, code: 2, ruling: 1 };
  var CODE = /^(?:(?:cpt|hcpcs|icd-?10(?:-?cm)?)[\s:#]*)?([a-z]?\d[\da-z]*(?:\.[\da-z]*)?)(?:-[\da-z]{2})*$/;
  var LONGEST = 12;  // words of an expansion
  var entries = null;
  var synonyms = null;
  var known = null;
  var waiting = null;
  var asked = 0;

  function fold(words) {
    return words.normalize("NFKD").toLowerCase().replace(/[\u0300-\u036f\u00ad\u200b]/g, "").replace(/[\u2010-\u2015\u2212]/g, "-");
  }
  /* Hyphens of every kind, slashes and spaces part words alike: PET-MRI, PET/MRI and PET MRI are one question. */
  function split(words) {
    return fold(words).split(/[^\p{L}\p{N}.]+|\.(?!\p{N})|(?<![\p{L}\p{N}])\./u).filter(Boolean);
  }
  function row(words) { return " " + split(words).join(" ") + " "; }
  function element(name, attributes, text) {
    var made = document.createElement(name);
    Object.keys(attributes || {}).forEach(function (key) { made.setAttribute(key, attributes[key]); });
    if (text !== undefined) { made.textContent = text; }
    return made;
  }

  function load(then) {
    if (entries) { then(); return; }
    if (waiting) { waiting.push(then); return; }
    waiting = [then];
    var script = element("script", { src: base + "js/search-index.js" });
    script.onload = function () {
      prepare(window.POLICYPRESS_SEARCH);
      waiting.forEach(function (one) { one(); });
    };
    script.onerror = function () { waiting = null; status.textContent = "The search index could not be loaded."; panel.hidden = false; };
    document.head.appendChild(script);
  }
  function prepare(data) {
    entries = data.entries.map(function (raw) {
      var page = data.pages[raw[0]], kind = raw[4], beside = raw[5] || "", named = raw[3].split(" · ")[0];
      var head = { term: raw[2], section: page[1], code: page[1] + " " + named }[kind] || "";
      return {
        address: page[0] + (raw[1] ? "#" + raw[1] : ""), page: page[1], label: raw[2], kind: kind, id: raw[1],
        words: raw[3] && beside ? raw[3] + " · " + beside : raw[3] || beside,
        code: kind === "code" ? fold(page[1]).replace(/.* /, "").replace(/\./g, "") : "",
        head: head ? row(head) : "", title: row(kind === "code" ? named : head.replace(/^\d+ /, "")),
        own: row(raw[3]), text: row(page[1] + " " + raw[1] + " " + raw[3] + " " + beside)
      };
    });
    synonyms = new Map();
    data.terms.forEach(function (spellings) {
      var rows = spellings.map(function (one) { return split(one); });
      rows.forEach(function (words) {
        var key = words.join("");
        synonyms.set(key, (synonyms.get(key) || []).concat(rows));
      });
    });
  }

  /* Whether one inserted, dropped, changed or swapped letter makes two words one. */
  function oneEdit(a, b) {
    if (Math.abs(a.length - b.length) > 1) { return false; }
    var at = 0;
    while (at < a.length && a[at] === b[at]) { at += 1; }
    if (a.length !== b.length) {
      return a.length < b.length ? a.slice(at) === b.slice(at + 1) : a.slice(at + 1) === b.slice(at);
    }
    return a.slice(at + 1) === b.slice(at + 1) ||
      (a[at] === b[at + 1] && a[at + 1] === b[at] && a.slice(at + 2) === b.slice(at + 2));
  }
  /* The words of the index that a misspelt one may mean: whole words before beginnings, frequent before rare. */
  function near(word) {
    if (!/^\p{L}{4,}$/u.test(word)) { return []; }
    if (!known) {
      known = new Map();
      entries.forEach(function (entry) {
        entry.text.split(" ").forEach(function (one) { if (one.length > 2) { known.set(one, (known.get(one) || 0) + 1); } });
      });
      synonyms.forEach(function (rows) { rows.forEach(function (words) { words.forEach(function (one) { known.set(one, (known.get(one) || 0) + 1); }); }); });
    }
    var whole = [], begun = [];
    known.forEach(function (count, one) {
      if (oneEdit(word, one)) { whole.push(one); }
      else if (word.length > 4 && [-1, 0, 1].some(function (more) { return oneEdit(word, one.slice(0, word.length + more)); })) { begun.push(one); }
    });
    return (whole.length ? whole : begun).sort(function (a, b) { return known.get(b) - known.get(a) || (a < b ? -1 : 1); }).slice(0, 4);
  }
  function begins(word) {
    return entries.some(function (entry) { return entry.text.indexOf(" " + word) >= 0 || entry.head.indexOf(" " + word) >= 0; });
  }

  /* A word that is nowhere may be two that lost their space or their hyphen: 8mm, followup. */
  function parted(word) {
    var glued = /^(\d+)(\p{L}+)$/u.exec(word), cut, two;
    if (glued) { return glued.slice(1); }
    for (cut = 2; cut < word.length - 1; cut += 1) {
      two = [word.slice(0, cut), word.slice(cut)];
      if (begins(two.join(" "))) { return two; }
    }
    return word;
  }

  /* A question as parts that must all be found, each with the ways in which it may be said. */
  function parse(words, loose) {
    var parts = [], meant = [], at = 0;
    words = words.reduce(function (all, word) { return all.concat(synonyms.has(word) || begins(word) ? word : parted(word)); }, []);
    var others = words.map(function (word) { return loose || !(begins(word) || synonyms.has(word)) ? near(word) : []; });
    var first = words.map(function (word, place) {
      if (loose || !others[place].length) { return word; }
      meant.push(others[place][0]);
      return others[place][0];
    });
    while (at < first.length) {
      var size = Math.min(LONGEST, first.length - at);
      while (size > 0 && !synonyms.has(first.slice(at, at + size).join(""))) { size -= 1; }
      var said = first.slice(at, at + Math.max(size, 1));
      var ways = [said.join(" ")];
      (size ? synonyms.get(said.join("")) : []).forEach(function (one) { ways.push(one.join(" ")); });
      for (var place = at; said.length === 1 && place < at + 1; place += 1) { ways = ways.concat(others[place]); }
      parts.push({ words: said, ways: Array.from(new Set(ways)), exact: first.length > 1 && /^\d{1,2}$/.test(said[0]) });
      at += said.length;
    }
    return { words: first, parts: parts, meant: meant };
  }
  function has(part, way, place, row_) {
    if (row_.indexOf(" " + way + " ") >= 0) { return 2; }
    return place === 0 && !part.exact && row_.indexOf(" " + way) >= 0 ? 1 : 0;
  }
  function score(entry, question) {
    var total = WEIGHT[entry.kind] || 0;
    for (var at = 0; at < question.parts.length; at += 1) {
      var part = question.parts[at], best = 0;
      part.ways.forEach(function (way, place) {
        var inHead = has(part, way, place, entry.head), inText = has(part, way, place, entry.text);
        var found = inHead ? 12 * inHead : inText + 2 * has(part, way, place, entry.own);
        best = Math.max(best, place ? found * 0.75 : found);
      });
      if (!best && part.words.length > 1 && part.words.every(function (word) { return entry.text.indexOf(" " + word) >= 0; })) { best = 1; }
      if (!best) { return 0; }
      total += best;
    }
    var phrase = " " + question.words.join(" ");
    if (question.words.length > 1 && (entry.head.indexOf(phrase) >= 0 || entry.own.indexOf(phrase) >= 0)) { total += 10; }
    if (entry.title === phrase + " " || entry.head === phrase + " ") { total += 60; }
    if (entry.kind === "term" && synonyms.has(question.words.join("")) && question.parts.length === 1 &&
      synonyms.get(question.words.join("")).some(function (one) { return entry.head.indexOf(" " + one.join(" ") + " ") === 0; })) { total += 40; }
    return total;
  }
  /* The code that a question is, without its system, its modifiers and its dot. */
  function typedCode(text) {
    var code = CODE.exec(fold(text).trim());
    return code && /\d{2}/.test(code[1]) ? code[1] : "";
  }
  function ranked(question, text) {
    var typed = typedCode(text).replace(/\./g, "");
    var numbered = /^section\s+(\d+)$/.exec(fold(text).trim());
    return entries.map(function (entry, place) {
      var points = score(entry, question);
      if (typed && entry.code === typed) { points += 400; }
      else if (typed && entry.code.indexOf(typed) === 0) { points += 200; }
      if (numbered && entry.kind === "section" && entry.page.indexOf(numbered[1] + " ") === 0) { points += 300; }
      if (entry.id && entry.id === fold(text).trim()) { points += 300; }
      return { entry: entry, score: points, place: place };
    }).filter(function (one) { return one.score > 0; })
      .sort(function (a, b) { return b.score - a.score || a.place - b.place; });
  }
  function find(text) {
    var words = split(typedCode(text) || text.replace(/(\d)\s+to\s+(\d)/g, "$1-$2"));
    if (!words.length) { return { found: [], parts: [], meant: [] }; }
    var question = parse(words, false), found = ranked(question, text);
    if (!found.length) {
      question = parse(words, true);
      found = ranked(question, text);
    }
    return { found: found.map(function (one) { return one.entry; }), parts: question.parts, meant: question.meant };
  }

  /* The words around the first hit, with every hit marked. */
  function excerpt(words, parts) {
    var sought = [];
    parts.forEach(function (part) { part.ways.forEach(function (way) { sought = sought.concat(way.split(" ")); }); });
    var holder = element("p", { "class": "words" });
    var pieces = words.split(/([\p{L}\p{N}]+(?:\.[\p{L}\p{N}]+)*)/u);
    var first = -1;
    var hits = pieces.map(function (piece, at) {
      var folded = fold(piece);
      var hit = at % 2 === 1 && sought.some(function (word) { return folded.indexOf(word) === 0; });
      if (hit && first < 0) { first = at; }
      return hit;
    });
    var from = first > 30 ? first - 12 : 0;
    if (from > 0) { holder.append("… "); }
    pieces.slice(from, from + 70).forEach(function (piece, at) {
      holder.append(hits[from + at] ? element("mark", {}, piece) : piece);
    });
    if (from + 70 < pieces.length) { holder.append(" …"); }
    return holder;
  }
  function told(question, answer) {
    var count = answer.found.length;
    if (!count) {
      return (typedCode(question) ? "No guideline here names the code “" : "Nothing found for “") + question + "”.";
    }
    return count + (count === 1 ? " result" : " results") + " for “" + question + "”" +
      (answer.meant.length ? ", read as “" + answer.meant.join("”, “") + "”" : "") +
      (count > SHOWN ? ", the first " + SHOWN + " shown" : "") + ".";
  }
  function show() {
    var question = box.value.trim();
    asked += 1;
    var mine = asked;
    if (!question) { panel.hidden = true; return; }
    load(function () {
      if (mine !== asked) { return; }
      var answer = find(question);
      status.textContent = told(question, answer);
      list.textContent = "";
      answer.found.slice(0, SHOWN).forEach(function (entry) {
        var item = element("li");
        var where = element("p", { "class": "where" });
        where.append(element("a", { href: base + entry.address },
          entry.kind === "term" ? entry.label : entry.page + (entry.label ? ", " + entry.label : "")),
          " ", element("span", { "class": "kind" }, entry.kind));
        item.append(where, excerpt(entry.words, answer.parts));
        list.append(item);
      });
      panel.hidden = false;
    });
  }

  form.hidden = false;
  form.addEventListener("submit", function (event) {
    event.preventDefault();
    load(function () { var first = list.querySelector("a"); if (first && !panel.hidden) { first.click(); } });
  });
  box.addEventListener("input", show);
  box.addEventListener("focus", function () { load(function () {}); });
  list.addEventListener("click", function () { panel.hidden = true; box.value = ""; asked += 1; });
  document.addEventListener("keydown", function (event) {
    var typing = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName);
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) { event.preventDefault(); box.focus(); }
    if (event.key === "Escape" && !panel.hidden) { box.value = ""; show(); box.focus(); }
    var inPanel = panel.contains(document.activeElement) || document.activeElement === box;
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !panel.hidden && inPanel) {
      var ways = [box].concat(Array.from(list.querySelectorAll("a")));
      var next = ways[ways.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1)];
      if (next) { event.preventDefault(); next.focus(); }
    }
  });
}());
