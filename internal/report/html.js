// Comfort only: without it the page shows and links everything just as well.
(function () {
  "use strict";
  var root = document.documentElement;
  root.className = "js";
  function language() {
    root.lang = document.getElementById("lang-zh").checked ? "zh-Hans" : "en";
  }
  function unfold() {
    var at = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (var e = at; e; e = e.parentElement) {
      if (e.tagName === "DETAILS" && !e.open) { e.open = true; at.scrollIntoView(); }
    }
  }
  // Paper shows what is folded up. Browsers that cannot say so in a style unfold it here.
  var folded = [];
  function unfoldAll() {
    if (window.CSS && CSS.supports("selector(::details-content)")) { return; }
    folded = Array.from(document.querySelectorAll(".group, .finding, .datum, .lists, .party, .fold")).filter(function (e) { return !e.open; });
    folded.forEach(function (e) { e.open = true; });
  }
  function foldAll() {
    folded.forEach(function (e) { e.open = false; });
    folded = [];
  }
  // What a link on the sheet leads to is in the report.
  function report() {
    var at = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1))), view = document.getElementById("view-report");
    if (at && view && !at.closest(".sheet")) { view.checked = true; at.scrollIntoView(); }
  }
  addEventListener("beforeprint", unfoldAll);
  addEventListener("afterprint", foldAll);
  addEventListener("hashchange", report);
  document.querySelectorAll("input.lang").forEach(function (i) { i.addEventListener("change", language); });
  addEventListener("hashchange", unfold);
  language();
  unfold();
})();
