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
