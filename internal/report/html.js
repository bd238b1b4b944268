// Comfort only: without it the page shows and links everything just as well.
(function () {
  "use strict";
  var root = document.documentElement;
  function language() {
    root.lang = document.getElementById("lang-zh").checked ? "zh-Hans" : "en";
  }
  function unfold() {
    var at = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (var e = at; e; e = e.parentElement) {
      if (e.tagName === "DETAILS" && !e.open) { e.open = true; at.scrollIntoView(); }
    }
  }
  document.querySelectorAll("input.lang").forEach(function (i) { i.addEventListener("change", language); });
  addEventListener("hashchange", unfold);
  language();
  unfold();
})();
