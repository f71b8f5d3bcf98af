/* What a page does beside being read: dates are held against today, citations can be copied. Without scripts nothing
   of it is there, and nothing is missing. */
(function () {
  "use strict";
  function element(name, attributes, text) {
    var made = document.createElement(name);
    Object.keys(attributes || {}).forEach(function (key) { made.setAttribute(key, attributes[key]); });
    if (text !== undefined) { made.textContent = text; }
    return made;
  }

  /* On a phone the menu is one line that goes on beyond the edge: the page that is shown, and what the keyboard comes to. */
  var menu = document.querySelector("nav.primary");
  function inSight(link) { link.scrollIntoView({ block: "nearest", inline: "nearest", behavior: "instant" }); }
  menu.addEventListener("focusin", function (event) { inSight(event.target); });
  menu.querySelectorAll("[aria-current]").forEach(inSight);

  /* The build knows no day; the reader's clock does. */
  function today() {
    var now = new Date();
    return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map(function (part) { return String(part).padStart(2, "0"); }).join("-");
  }
  var PASSED = { "Next review": "overdue", "Until": "no longer in force" };
  document.querySelectorAll(".dated [data-day]").forEach(function (fact) {
    var time = fact.querySelector("time"), name = fact.dataset.day;
    var late = PASSED[name] && time.dateTime < today() ? PASSED[name] : name === "Effective" && time.dateTime > today() ? "not yet in force" : "";
    if (late) { time.after(" ", element("strong", { "class": "late" }, late)); }
  });

  /* Filters: each choice keeps the entries that hold its value, and the address keeps the choices. A list in parts
     is brought by a script of its own as soon as there is a choice; until then the page says where the parts are. */
  var filter = document.querySelector("form.filter");
  if (filter) {
    var choices = Array.from(filter.querySelectorAll("select"));
    var list = document.getElementById(filter.dataset.counts), contents = document.querySelector(".cut");
    var all = list ? Array.from(list.children) : null;
    var counted = document.getElementById("p_counted");
    var fits = function (entry, choice) {
      var held = entry.dataset[choice.name] || "";
      return !choice.value || held === "*" || held.split("|").indexOf(choice.value) >= 0;
    };
    var show = function () {
      var shown = 0;
      all.forEach(function (entry) {
        entry.hidden = !choices.every(function (choice) { return fits(entry, choice); });
        if (!entry.hidden) { shown += 1; }
      });
      counted.textContent = shown === all.length ? "All " + shown + " shown." : shown + " of " + all.length + " shown.";
    };
    var bring = function () {
      var script = element("script", { src: filter.dataset.list });
      all = [];
      script.addEventListener("error", function () { counted.textContent = "The list could not be loaded."; });
      script.addEventListener("load", function () {
        list = element("ul", { "class": "ways-list", id: filter.dataset.counts });
        list.innerHTML = window.POLICYPRESS_RULINGS.join("\n");  // our own HTML, as it stands in the parts
        all = Array.from(list.children);
        apply();
        contents.before(list);
      });
      counted.textContent = "Loading the list …";
      document.head.append(script);
    };
    var apply = function () {
      var chosen = choices.some(function (choice) { return choice.value; });
      if (contents) {
        contents.hidden = chosen;
        if (list) { list.hidden = !chosen; }
        if (!chosen) { counted.textContent = ""; }
        else if (!all) { bring(); }
        else if (list) { show(); }
      } else { show(); }
    };
    var fromAddress = function () {
      var said = new URLSearchParams(location.hash.slice(1));
      choices.forEach(function (choice) {
        var value = said.get(choice.name) || "";
        choice.value = Array.from(choice.options).some(function (one) { return one.value === value; }) ? value : "";
      });
      apply();
    };
    var toAddress = function () {
      var said = new URLSearchParams();
      choices.forEach(function (choice) { if (choice.value) { said.set(choice.name, choice.value); } });
      history.replaceState(null, "", "#" + said.toString());
      apply();
    };
    filter.hidden = false;
    filter.addEventListener("change", toAddress);
    filter.addEventListener("submit", function (event) { event.preventDefault(); });
    filter.addEventListener("reset", function (event) {
      event.preventDefault();
      choices.forEach(function (choice) { choice.value = ""; });
      toAddress();
    });
    window.addEventListener("hashchange", fromAddress);
    fromAddress();
  }

  /* What a term means, where it stands: told to who comes to it by keyboard or by touch. A mouse has its title. A second
     touch, Enter and a click lead to the table of terms, as without scripts. */
  var terms = document.querySelectorAll("a.term"), tip = element("span", { role: "tooltip", id: "p_tip" });
  function hideTip() {
    if (tip.isConnected) { document.querySelector("[aria-describedby=p_tip]").removeAttribute("aria-describedby"); tip.remove(); }
  }
  function showTip(term) {
    var row = document.getElementById(term.hash.slice(1)), said = row && row.querySelector("td"), place = term.getBoundingClientRect();
    if (!said) { return; }
    hideTip();
    tip.textContent = said.textContent;
    document.querySelector("main").append(tip);
    term.setAttribute("aria-describedby", "p_tip");
    tip.style.left = Math.max(8, Math.min(place.left, document.documentElement.clientWidth - tip.offsetWidth - 8)) + scrollX + "px";
    tip.style.top = place.bottom + scrollY + 6 + "px";
  }
  terms.forEach(function (term) {
    var first = false;
    term.addEventListener("pointerdown", function (event) { first = event.pointerType === "touch" && !term.hasAttribute("aria-describedby"); });
    term.addEventListener("focus", function () { if (first || term.matches(":focus-visible")) { showTip(term); } });
    term.addEventListener("blur", hideTip);
    term.addEventListener("keydown", function (event) { if (event.key === "Escape") { hideTip(); } });
    term.addEventListener("click", function (event) {
      if (first) { event.preventDefault(); showTip(term); } else { hideTip(); }
      first = false;
    });
  });

  /* The permanent id of each thing names it; its title says how it is cited. */
  var handles = document.querySelectorAll("a.handle");
  var told = element("p", { role: "status", "class": "unseen" });
  function copy(text, done) {
    function byHand() {
      var area = element("textarea", { "class": "unseen", "aria-hidden": "true" });
      area.value = text;
      document.body.append(area);
      area.select();
      done(document.execCommand("copy"));
      area.remove();
    }
    if (navigator.clipboard && window.isSecureContext) {
      navigator.clipboard.writeText(text).then(function () { done(true); }, byHand);
    } else { byHand(); }
  }
  function citation(handle) {
    var address = /^http/.test(location.protocol) ? ", " + handle.href : "";
    return handle.title.replace(/^Cite as /, "") + " (" + handle.textContent + ")" + address;
  }
  handles.forEach(function (handle) {
    var button = element("button", { type: "button", "class": "copy", "aria-label": "Copy the citation of " + handle.textContent }, "Copy");
    button.addEventListener("click", function () {
      var text = citation(handle);
      copy(text, function (copied) {
        told.textContent = copied ? "Copied: " + text : "The browser did not let it be copied: " + text;
        button.textContent = copied ? "Copied" : "Not copied";
        window.setTimeout(function () { button.textContent = "Copy"; }, 2000);
        button.focus();
      });
    });
    handle.after(" ", button);
  });
  if (handles.length) { document.body.append(told); }
}());
