// The script of a company's pages: says what somebody does there, and shows the one notice that
// is meant for them. Served without these comments and without indentation (script.rs): below
// 4 kB, so it is written with short names, and each is told here.
//
// Nothing is stored in the browser, and there is no id longer than the page, until a consent is
// said: by data-consent="granted" on the tag, or by hearken("consent", true). With Global Privacy
// Control or Do Not Track nothing is sent at all until then.
(function (w, d, n) {
  var tag = d.currentScript, attr = tag.dataset, base = tag.src.replace(/\.js.*/, "");
  // granted: what was said last; null where nothing was. load: tells this page's signals apart.
  var granted = attr.consent == "granted" || null, quiet = n.globalPrivacyControl || n.doNotTrack == 1;
  var load = fresh(), id, out = [], count = 0, forms = new Map(), waiting, box, began, since, seen, depth, late;

  function fresh() {
    return Array.from(crypto.getRandomValues(new Uint8Array(16)), function (b) { return (b + 256).toString(16).slice(1) }).join("");
  }
  function may() {
    return granted || granted === null && !quiet && attr.consent != "required";
  }
  // The only place in which anything is stored: the id, where that was allowed.
  function name() {
    try {
      var all = w.localStorage;
      if (granted) id = all.hearken = all.hearken || id || fresh();
      else if (granted === false) { delete all.hearken; id = 0 }
    } catch (e) {}
    return id = id || fresh();
  }
  function post(url, body, more) {
    body.key = attr.key;
    body.id = name();
    return fetch(url, Object.assign({ method: "POST", body: JSON.stringify(body), keepalive: true, credentials: "omit" }, more));
  }
  function say(kind, properties) {
    out.push({ id: load + "-" + count++, kind: kind, at: Date.now(), properties: properties });
    clearTimeout(late);
    late = setTimeout(send);
  }
  // What cannot be sent now goes with what comes next; the same id is the same signal.
  function send() {
    if (!may()) out = [];
    if (!out.length) return;
    var events = out.splice(0);
    post(base.replace("/site/", "/in/"), { sent: Date.now(), granted: !!granted, lang: d.documentElement.lang, events: events })
      .catch(function () { out = events.concat(out).slice(-50) });
  }
  function here() {
    return { url: location.origin + location.pathname, path: location.pathname };
  }
  function view() {
    began = since = Date.now();
    seen = depth = 0;
    var q = new URLSearchParams(location.search);
    say("page.viewed", Object.assign(here(), {
      title: d.title, referrer: d.referrer.replace(/[?#].*/, ""), search: q.get("q") || q.get("s") || ""
    }));
    look();
  }
  function look() {
    depth = Math.min(1, Math.max(depth, (w.scrollY + w.innerHeight) / d.documentElement.scrollHeight));
  }
  // How the page was read so far: said when it is left, and now and then before.
  function read() {
    if (!since) return;
    var now = Date.now();
    seen += now - since;
    since = now;
    say("page.left", Object.assign(here(), { dwell_ms: now - began, visible_ms: seen, scroll: depth }));
  }
  function leave() {
    read();
    since = 0;
    send();
    if (waiting) waiting.abort();
  }
  function come() {
    if (d.hidden) return;
    if (!began) view();
    since = since || Date.now();
    wait();
  }
  function form(f) {
    return attr.form || f.dataset.name || f.getAttribute("name") || f.id || location.pathname;
  }
  // A page that is looked at waits for its notice.
  function wait() {
    if (waiting || box || d.hidden || !may()) return;
    var mine = waiting = new AbortController(), pause = 0;
    post(base + "/wait", {}, { keepalive: false, signal: mine.signal }).then(function (r) {
      if (r.status == 200) return r.json().then(show);
      if (r.status != 204) pause = 1e4;
    }).catch(function () { pause = 1e4 }).then(function () {
      if (waiting == mine) waiting = 0;
      setTimeout(wait, pause);
    });
  }
  function el(parent, tag, props) {
    return parent.appendChild(Object.assign(d.createElement(tag), props));
  }
  function show(m) {
    if (!may()) return;
    var host = el(d.body, "hearken-notice"), root = host.attachShadow({ mode: "open" }), style = new CSSStyleSheet(), t = m.words;
    function tell(what, more) {
      return post(base + "/said", Object.assign({ notice: m.id, said: what }, more)).then(function (r) { if (!r.ok) throw 0 });
    }
    // Something was said: thanks in place of what could be pressed, once it is stored.
    function done(what, more) {
      tell(what, more).then(function () { acts.textContent = t.thanks }, function () { note.textContent = t.failed });
    }
    style.replaceSync(m.style);
    root.adoptedStyleSheets = [style];
    // There before its text is, so that a screen reader says it; nobody's focus is moved.
    var s = el(root, "section", { lang: m.language, ariaLabel: t.from + " " + m.brand, ariaLive: "polite" });
    el(s, "h2", { textContent: m.title });
    el(s, "div", { innerHTML: m.html });
    var acts = el(s, m.kind == "invitation" ? "form" : "div"), field;
    m.answers.forEach(function (text, i) {
      el(acts, "button", { className: "do", textContent: text, onclick: function () { done("answer", { option: i }) } });
    });
    if (m.kind == "invitation") {
      if (m.ask == "address") field = el(el(acts, "label", { textContent: t.reach }), "input", { required: true, autocomplete: "email" });
      el(acts, "button", { className: "do", textContent: t.talk });
      acts.onsubmit = function (e) {
        e.preventDefault();
        done("talk", { reach: field ? field.value : "" });
      };
    }
    var note = el(s, "p");
    el(s, "button", { className: "x", textContent: "\u00d7", ariaLabel: t.close, onclick: function () { box() } });
    box = function () {
      box = 0;
      host.remove();
      tell("closed").catch(function () {}).then(wait);
    };
    tell("shown").catch(function () {});
  }

  d.addEventListener("visibilitychange", function () { d.hidden ? leave() : come() });
  w.addEventListener("pagehide", function () {
    forms.forEach(function (f, at) { say("form.abandoned", { form: form(at), last_field: f.last, corrections: f.again }) });
    forms.clear();
    leave();
  });
  w.addEventListener("pageshow", function (e) { if (e.persisted) began = 0, come() });
  w.addEventListener("scroll", look, { passive: true });
  d.addEventListener("keydown", function (e) { if (box && e.key == "Escape" && !e.defaultPrevented) box() });
  // Of forms: that one was begun, corrected, sent or given up. Never what was written.
  d.addEventListener("change", function (e) {
    var at = e.target.form, f = forms.get(at), field = e.target.name || "";
    if (!at) return;
    if (!f) {
      forms.set(at, f = { again: 0, names: {} });
      say("form.started", { form: form(at) });
    }
    if (f.names[field]) f.again++;
    f.names[f.last = field] = 1;
  });
  d.addEventListener("submit", function (e) {
    var at = e.target, f = forms.get(at) || { names: {} };
    forms.delete(at);
    say("form.submitted", { form: form(at), fields: Object.keys(f.names), corrections: f.again, asks: at.dataset.asks });
    send();
  });
  [20, 60, 180].forEach(function (s) { setTimeout(function () { d.hidden || read() }, s * 1e3) });

  var before = (w.hearken || {}).q || [];
  w.hearken = function (what, a, b) {
    if (what == "consent") {
      granted = !!a;
      if (granted) began = 0, come();
      else out = [], name(), waiting && waiting.abort();
    }
    if (what == "page") read(), view();
    if (what == "identify") say("person.identified", a);
    if (what == "say") say(a, b);
  };
  before.forEach(function (call) { w.hearken.apply(w, call) });
  come();
})(window, document, navigator);
