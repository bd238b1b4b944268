// Comfort only: without it the page shows the first rows of each table just as well.
(function () {
  "use strict";
  var root = document.documentElement, D = JSON.parse(document.getElementById("rows").textContent), PAGE = 100;
  root.className = "js";
  // Places in an app's list.
  var ZH = 0, EN = 1, PACKAGE = 2, FILE = 3, VERSION = 4, VERDICT = 5, COUNTS = 6, SDKS = 11, NAMED = 12, REPORT = 13, GAPS = 14, PARTS = {gaps: 14, sdks: 15, data: 16, checks: 17};
  var classes = ["findings", "incomplete", "clean", "error"], severities = ["critical", "high", "medium", "low", "info"];

  function make(tag, cls, parent) {
    var e = document.createElement(tag);
    if (cls) { e.className = cls; }
    if (parent) { parent.appendChild(e); }
    return e;
  }
  // Texts are put in as text, never as markup.
  function say(parent, zh, en) {
    if (!en || zh === en || !zh) { parent.appendChild(document.createTextNode(zh || en || "")); return; }
    [["zh", zh], ["en", en]].forEach(function (x) {
      var s = make("span", x[0], parent);
      s.lang = x[0];
      s.textContent = x[1];
    });
  }
  function word(parent, key, fill) {
    var t = D.words[key].map(function (s) { return s.replace(/\{(\w+)\}/g, function (all, k) { return fill && k in fill ? fill[k] : all; }); });
    say(parent, t[0], t[1]);
  }
  function grouped(n) { return String(n).replace(/\B(?=(\d{3})+$)/g, ","); }
  function zh() { return document.getElementById("lang-zh").checked; }
  function command(report) { return "apkaudit render " + report + " -o html=" + report.replace(/^.*\//, "").replace(/\.json$/, "") + ".html"; }

  // matches tells whether an app has a part in row at of a table, as the drill of a column says.
  function matches(app, table, at, drill) {
    var list = app[PARTS[table]], i;
    if (table === "checks") { return list.charCodeAt(at) - 48 === drill; }
    if (table === "gaps") { return list.indexOf(at) >= 0; }
    for (i = 0; i < list.length; i += 2) {
      if (list[i] === at) { return drill === 0 || (list[i + 1] & drill) !== 0; }
    }
    return false;
  }

  // A view is one table: which rows, in which order, which page of them.
  function View(id, rows, texts, keys, draw, by) {
    var v = this, section = document.getElementById(id);
    v.table = section.querySelector("table");
    if (!v.table) { return; }
    v.id = id; v.rows = rows; v.texts = texts; v.keys = keys; v.draw = draw; v.by = by; v.down = true; v.page = 0; v.only = null; v.query = "";
    v.heads = Array.from(v.table.querySelectorAll("th"));
    v.body = v.table.querySelector("tbody");
    var cut = section.querySelector(".cut"), tools = make("div", "tools");
    if (cut) { cut.remove(); }
    section.insertBefore(tools, v.table);
    var label = make("label", "", tools);
    word(make("span", "", label), id === "apps" ? "search_apps" : "search");
    v.input = make("input", "", label);
    v.input.type = "search";
    v.input.addEventListener("input", function () { v.query = v.input.value; v.page = 0; v.find(); });
    label = make("label", "order", tools); // where the heads of the columns are not shown
    word(make("span", "", label), "sort");
    v.order = make("select", "", label);
    v.heads.forEach(function (th, i) { make("option", "", v.order).value = i; });
    v.order.addEventListener("change", function () { v.sort(Number(v.order.value)); });
    v.count = make("span", "", tools);
    v.count.setAttribute("role", "status");
    v.chip = make("p", "chip", tools);
    v.pager = make("div", "pager", section);
    v.heads.forEach(function (th, i) {
      var b = make("button");
      b.type = "button";
      while (th.firstChild) { b.appendChild(th.firstChild); }
      th.appendChild(b);
      b.addEventListener("click", function () { v.sort(i); });
    });
    v.find();
  }
  // sort sorts by a column: numbers from the greatest, texts from the first, and the other way round the second time.
  View.prototype.sort = function (i) {
    var v = this;
    v.down = v.by === i ? !v.down : typeof v.keys(v.rows[0], i, 0) === "number";
    v.by = i; v.page = 0; v.find();
  };
  View.prototype.find = function () {
    var v = this, parts = v.query.toLowerCase().split(/\s+/).filter(Boolean), list = [], chinese = zh(), keys;
    v.rows.forEach(function (r, i) {
      if (v.only && !matches(r, v.only.table, v.only.at, v.only.drill)) { return; }
      if (parts.length && !parts.every(function (p) { return v.texts[i].indexOf(p) >= 0; })) { return; }
      list.push(i);
    });
    keys = v.rows.map(function (r, i) { return v.keys(r, v.by, i, chinese); });
    var turn = v.down ? -1 : 1;
    list.sort(function (a, b) {
      var x = keys[a], y = keys[b];
      return (x < y ? -turn : x > y ? turn : 0) || a - b;
    });
    v.list = list;
    Array.from(v.order.options).forEach(function (o, i) { o.textContent = v.heads[i].getAttribute(chinese ? "data-zh" : "data-en"); });
    v.order.value = v.by;
    v.heads.forEach(function (th, i) { if (i === v.by) { th.setAttribute("aria-sort", v.down ? "descending" : "ascending"); } else { th.removeAttribute("aria-sort"); } });
    v.show();
  };
  View.prototype.show = function () {
    var v = this, pages = Math.max(1, Math.ceil(v.list.length / PAGE)), frag = document.createDocumentFragment();
    v.page = Math.min(v.page, pages - 1);
    v.list.slice(v.page * PAGE, (v.page + 1) * PAGE).forEach(function (i) {
      var tr = make("tr", "", frag), cells = v.draw(v.rows[i], i, tr);
      cells.forEach(function (td, k) {
        td.setAttribute("data-zh", v.heads[k].getAttribute("data-zh"));
        td.setAttribute("data-en", v.heads[k].getAttribute("data-en"));
      });
    });
    v.body.replaceChildren(frag);
    v.count.replaceChildren();
    word(v.count, "shown", {n: grouped(v.list.length), all: grouped(v.rows.length)});
    v.pager.replaceChildren();
    if (pages > 1) {
      [["previous", -1], ["next", 1]].forEach(function (x) {
        var b = make("button", "", v.pager);
        b.type = "button";
        word(b, x[0]);
        b.disabled = v.page + x[1] < 0 || v.page + x[1] >= pages;
        b.addEventListener("click", function () { v.page += x[1]; v.show(); document.getElementById(v.id).scrollIntoView(); });
      });
      word(make("span", "", v.pager), "page", {n: grouped(v.page + 1), all: grouped(pages)});
    }
  };

  function count(td, n, cls) {
    td.className = "n " + (n ? cls || "" : "zero");
    td.textContent = grouped(n);
  }
  function named(parent, title, list) {
    if (!list.length) { return; }
    var p = make("p", "", parent), b = make("b", "", p);
    word(b, title);
    p.appendChild(document.createTextNode(": "));
    list.forEach(function (x, i) {
      if (i) { p.appendChild(document.createTextNode(" · ")); }
      say(p, x[0], x[1]);
      (x[2] || []).forEach(function (v) { p.appendChild(document.createTextNode(" ")); say(make("span", "tag", p), v[0], v[1]); });
    });
  }
  // details lists what an app has a part in, when somebody asks for it.
  function details(box, a) {
    var i, list, x;
    if (a[REPORT]) {
      x = make("p", "", box);
      word(x, "as_page");
      make("code", "", x).textContent = command(a[REPORT]);
    }
    list = [];
    for (i = 0; i < a[PARTS.sdks].length; i += 2) { x = D.sdks.rows[a[PARTS.sdks][i]][0]; list.push([x[0] || x[2], x[1] || x[2]]); }
    named(box, "nav_sdks", list);
    list = [];
    for (i = 0; i < a[PARTS.data].length; i += 2) {
      x = D.data.rows[a[PARTS.data][i]][0];
      list.push([x[0] || x[2], x[1] || x[2], D.pairs.slice(0, 5).filter(function (v, k) { return a[PARTS.data][i + 1] & (1 << k); })]);
    }
    named(box, "data", list);
    list = [];
    for (i = 0; i < a[PARTS.checks].length; i++) {
      if (a[PARTS.checks].charAt(i) === "1") { x = D.checks.rows[i][0]; list.push([x[0] || x[2], x[1] || x[2]]); }
    }
    named(box, "violated", list);
  }
  function drawApp(a, at, tr) {
    var out = [], td = make("td", "key", tr), x;
    out.push(td);
    say(td, a[ZH], a[EN] || a[ZH]);
    td.appendChild(document.createTextNode(" "));
    make("code", "", td).textContent = a[PACKAGE];
    make("div", "file", td).textContent = a[FILE];
    out.push(td = make("td", "", tr));
    td.textContent = a[VERSION];
    out.push(td = make("td", "", tr));
    x = D.verdicts[a[VERDICT]] || ["", ""];
    say(make("span", "tag o-" + classes[a[VERDICT]], td), x[0], x[1]);
    severities.forEach(function (s, i) { out.push(td = make("td", "", tr)); count(td, a[COUNTS + i], "s-" + s); });
    out.push(td = make("td", "", tr));
    a[GAPS].forEach(function (g) { var n = D.gaps.rows[g][0]; say(make("span", "tag k-umbrella", td), n[0], n[1]); td.appendChild(document.createTextNode(" ")); });
    out.push(td = make("td", "n", tr));
    td.textContent = a[NAMED] < 0 ? a[SDKS] : a[NAMED] + " / " + a[SDKS];
    out.push(td = make("td", "", tr));
    if (a[REPORT]) {
      x = make("a", "", td);
      x.href = a[REPORT];
      word(x, "json");
    }
    x = make("details", "who", td);
    word(make("summary", "", x), "details");
    x.addEventListener("toggle", function () { // what it holds has the row below, which is wider
      var row = tr.nextElementSibling;
      if (!x.open) { if (row && row.className === "inside") { row.remove(); } return; }
      row = make("tr", "inside");
      var all = make("td", "who", row);
      all.colSpan = out.length;
      details(all, a);
      tr.after(row);
    });
    return out;
  }
  function appKey(a, col, at, chinese) {
    if (col === 0) { return (chinese ? a[ZH] : a[EN] || a[ZH]).toLowerCase(); }
    if (col === 1) { return a[VERSION]; }
    if (col === 2) { return -a[VERDICT]; }
    if (col <= 7) { // of equal counts the less severe decide
      var n = a[COUNTS + col - 3];
      for (var i = col - 2; i < 5; i++) { n = n * 1000 + Math.min(a[COUNTS + i], 999); }
      return n;
    }
    return col === 8 ? a[GAPS].length : col === 9 ? a[SDKS] : a[FILE];
  }

  var apps;
  // only shows the apps that a number of a table is about.
  function only(table, at, drill, column) {
    apps.only = {table: table, at: at, drill: drill};
    apps.page = 0;
    apps.query = apps.input.value = "";
    apps.chip.replaceChildren();
    word(apps.chip, "only");
    var b = make("b", "", apps.chip), n = D[table].rows[at][0];
    say(b, n[0] || n[2], n[1] || n[2]);
    b.appendChild(document.createTextNode(" · "));
    say(b, column.getAttribute("data-zh"), column.getAttribute("data-en"));
    b = make("button", "", apps.chip);
    b.type = "button";
    word(b, "clear");
    b.addEventListener("click", function () { apps.only = null; apps.chip.replaceChildren(); apps.page = 0; apps.find(); });
    apps.find();
    document.getElementById("apps").scrollIntoView();
  }
  function other(id) {
    var t = D[id], view;
    function draw(r, at, tr) {
      return r.map(function (c, i) {
        var td = make("td", i ? "" : "key", tr), drill = t.columns[i][0];
        if (!t.columns[i][1]) {
          say(td, c[0], c[1]);
          if (c[2]) { td.appendChild(document.createTextNode(" ")); make("code", "", td).textContent = c[2]; }
        } else if (c && drill >= 0) {
          td.className = "n";
          var b = make("button", "", td);
          b.type = "button";
          b.textContent = grouped(c);
          b.addEventListener("click", function () { only(id, at, drill, view.heads[i]); });
        } else {
          count(td, c);
        }
        return td;
      });
    }
    view = new View(id, t.rows, t.rows.map(function (r) {
      return r.filter(Array.isArray).map(function (c) { return c.join(" "); }).join(" ").toLowerCase();
    }), function (r, col, at, chinese) {
      return t.columns[col][1] ? r[col] : (r[col][chinese ? 0 : 1] || r[col][0] || r[col][2] || "").toLowerCase();
    }, draw, t.first);
    return view;
  }
  if (D.apps.length) {
    apps = new View("apps", D.apps, D.apps.map(function (a) {
      return [a[ZH], a[EN], a[PACKAGE], a[FILE], a[VERSION]].concat(D.verdicts[a[VERDICT]] || []).join(" ").toLowerCase();
    }), appKey, drawApp, 3);
    var views = [apps].concat(["sdks", "data", "checks", "gaps"].map(other));
  }
  function language() { root.lang = zh() ? "zh-Hans" : "en"; }
  document.querySelectorAll("input.lang").forEach(function (i) { i.addEventListener("change", function () { language(); (views || []).forEach(function (v) { if (v.table) { v.find(); } }); }); });
  language();
  var at = location.hash && document.getElementById(location.hash.slice(1)); // the rows above it may be others now
  if (at) { at.scrollIntoView(); }
})();
