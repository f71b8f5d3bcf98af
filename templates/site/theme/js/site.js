/* Search, and nothing else: every page can be read without this file.
   The index is a script that is loaded on first use, so that search works from a folder too. */
(function () {
  "use strict";
  var form = document.querySelector("form.search");
  var box = document.getElementById("p_search");
  var panel = document.getElementById("p_found");
  var status = panel.querySelector("[role=status]");
  var list = panel.querySelector("ol");
  var base = document.body.dataset.base.replace(/\/?$/, "/");
  var SHOWN = 24;
  var WEIGHT = { code: 6, section: 4, term: 3, ruling: 1 };
  var entries = null;
  var waiting = null;
  var asked = 0;

  function fold(words) {
    return words.normalize("NFKD").toLowerCase().replace(/[\u0300-\u036f\u00ad\u200b]/g, "");
  }
  /* Hyphens of every kind, slashes and spaces part words alike: PET-MRI, PET/MRI and PET MRI are one question. */
  function split(words) {
    return fold(words).split(/[^\p{L}\p{N}.]+|\.(?!\p{N})/u).filter(Boolean);
  }
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
      var data = window.POLICYPRESS_SEARCH;
      entries = data.entries.map(function (raw) {
        var page = data.pages[raw[0]];
        return {
          address: page[0] + (raw[1] ? "#" + raw[1] : ""), page: page[1], label: raw[2], words: raw[3], kind: raw[4],
          head: " " + split(raw[4] === "term" ? raw[2] : raw[4] === "code" || raw[4] === "section" ? page[1] : "").join(" ") + " ",
          text: " " + split(page[1] + " " + raw[1] + " " + raw[3]).join(" ") + " "
        };
      });
      waiting.forEach(function (one) { one(); });
    };
    script.onerror = function () { waiting = null; status.textContent = "The search index could not be loaded."; panel.hidden = false; };
    document.head.appendChild(script);
  }
  function score(entry, words) {
    var total = WEIGHT[entry.kind] || 0;
    for (var at = 0; at < words.length; at += 1) {
      var inHead = entry.head.indexOf(" " + words[at]) >= 0;
      if (!inHead && entry.text.indexOf(" " + words[at]) < 0) { return 0; }
      total += inHead ? 12 : 2;
      if (entry.head.indexOf(" " + words[at] + " ") >= 0) { total += 12; }
      else if (entry.text.indexOf(" " + words[at] + " ") >= 0) { total += 2; }
    }
    var phrase = " " + words.join(" ");
    if (words.length > 1 && (entry.head.indexOf(phrase) >= 0 || entry.text.indexOf(phrase) >= 0)) { total += 10; }
    if (entry.kind === "code" && entry.head.indexOf(" " + words[0]) >= 0 && /^[a-z]?\d{2,}/.test(words[0])) { total += 60; }
    return total;
  }
  function find(question) {
    var words = split(question);
    if (!words.length) { return []; }
    return entries.map(function (entry, place) { return { entry: entry, score: score(entry, words), place: place }; })
      .filter(function (one) { return one.score > 0; })
      .sort(function (a, b) { return b.score - a.score || a.place - b.place; })
      .map(function (one) { return one.entry; });
  }
  /* The words around the first hit, with every hit marked. */
  function excerpt(words, question) {
    var sought = split(question);
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
  function show() {
    var question = box.value.trim();
    asked += 1;
    var mine = asked;
    if (!question) { panel.hidden = true; return; }
    load(function () {
      if (mine !== asked) { return; }
      var found = find(question);
      status.textContent = found.length === 0 ? "Nothing found for “" + question + "”." :
        found.length + (found.length === 1 ? " result" : " results") + " for “" + question + "”" +
        (found.length > SHOWN ? ", the first " + SHOWN + " shown" : "") + ".";
      list.textContent = "";
      found.slice(0, SHOWN).forEach(function (entry) {
        var item = element("li");
        var where = element("p", { "class": "where" });
        where.append(element("a", { href: base + entry.address },
          entry.kind === "term" ? entry.label : entry.page + (entry.label ? ", " + entry.label : "")),
          " ", element("span", { "class": "kind" }, entry.kind));
        item.append(where, excerpt(entry.words, question));
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
