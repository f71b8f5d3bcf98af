/* Waits for the next version of the site and shows it at the same place. */
(function () {
  "use strict";
  var version = document.currentScript.dataset.version;
  function wait() {
    fetch("/~policypress/version?after=" + version, { cache: "no-store" })
      .then(function (answer) { return answer.text(); })
      .then(function (found) {
        if (found !== version) { location.reload(); } else { wait(); }
      })
      .catch(function () { setTimeout(wait, 1000); });
  }
  wait();
}());
