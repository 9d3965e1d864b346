// The script of a company's pages: says what somebody does there, and shows the one notice that
// is meant for them. What is served is made of this by a minifier (site.min.js) and has less
// than 4 kB, so it is written sparingly.
//
// Nothing is stored in the browser, and nobody is known for longer than a page, until a consent
// is said: by data-consent="granted" on the tag, or by hearken("consent", true). With Global
// Privacy Control or Do Not Track nothing is sent at all until then, nor with
// data-consent="required".
((window, document, navigator) => {
  const tag = document.currentScript;
  const { key, consent } = tag.dataset;
  const base = tag.src.replace(/\.js.*/, "");
  const silent = navigator.globalPrivacyControl || navigator.doNotTrack == 1 || consent == "required";
  const on = (target, event, listener) => target.addEventListener(event, listener, { passive: event == "scroll" });
  const fresh = () => crypto.getRandomValues(new Uint32Array(4)).join("-");

  // Tells the signals of this page apart from those of others.
  const load = fresh();
  let count = 0;
  // What is stored: the visitor's id, where that was allowed, and nothing else. That it is there
  // says that it was. Where nothing can be stored it is kept for as long as the page.
  let stored = {};
  try {
    stored = window.localStorage || stored;
  } catch {}
  // What was said last; null where nothing was.
  let granted = consent == "granted" || !!stored.hearken || null;
  let id;
  // Whether anything may be sent.
  const may = () => granted || (granted === null && !silent);

  // The visitor, and the only place in which anything is stored or taken away.
  const visitor = () => {
    try {
      if (granted) id = stored.hearken ||= id || fresh();
      else if (granted === false) delete stored.hearken;
    } catch {}
    return (id ||= fresh());
  };

  const post = (url, body, more) =>
    fetch(url, { method: "POST", body: JSON.stringify({ key, id: visitor(), ...body }), keepalive: true, credentials: "omit", ...more });

  // What is to be sent, and when.
  let events = [];
  let soon;
  const say = (kind, properties) => {
    if (!may()) return;
    events.push({ id: load + "-" + count++, kind, at: Date.now(), properties });
    clearTimeout(soon);
    soon = setTimeout(send);
  };
  // What cannot be sent now goes with what comes next; what has the same id is the same signal.
  const send = () => {
    const batch = events.splice(0);
    if (batch[0])
      post(base.replace("/site/", "/in/"), { sent: Date.now(), granted: !!granted, lang: document.documentElement.lang, events: batch })
        .catch(() => (events = [...batch, ...events].slice(-50)));
  };

  // The page: when it was shown, since when it is looked at (0 while it is not), for how long it
  // was, and how far it was scrolled.
  let shown, since, looked, depth;
  const url = () => location.origin + location.pathname;
  const view = () => {
    shown = since = Date.now();
    looked = depth = 0;
    const query = new URLSearchParams(location.search);
    say("page.viewed", {
      url: url(),
      title: document.title,
      referrer: document.referrer.replace(/[?#].*/, ""),
      search: query.get("q") || query.get("s"),
    });
    scrolled();
  };
  const scrolled = () => {
    depth = Math.min(1, Math.max(depth, (scrollY + innerHeight) / document.documentElement.scrollHeight));
  };
  // How it was read so far: said when it is left, and now and then before.
  const read = () => {
    if (!since) return;
    const now = Date.now();
    looked += now - since;
    since = now;
    say("page.left", { url: url(), dwell_ms: now - shown, visible_ms: looked, scroll: depth });
  };
  const come = () => {
    if (document.hidden || !may()) return;
    if (!shown) view();
    since ||= Date.now();
    wait();
  };
  const leave = () => {
    read();
    since = 0;
    send();
    waiting?.abort();
  };

  // A page that is looked at waits for its notice.
  let waiting, close;
  const wait = () => {
    if (waiting || close || document.hidden || !may()) return;
    let pause = 0;
    const mine = (waiting = new AbortController());
    post(base + "/wait", {}, { keepalive: false, signal: mine.signal })
      .then((answer) => {
        if (answer.status == 200) return answer.json().then(show);
        if (answer.status != 204) throw 0;
      })
      .catch(() => (pause = 1e4))
      .then(() => {
        waiting = 0;
        setTimeout(wait, mine.signal.aborted ? 0 : pause);
      });
  };

  const add = (parent, name, properties) => parent.appendChild(Object.assign(document.createElement(name), properties));
  const show = (notice) => {
    const { words, kind } = notice;
    const said = (what, more) =>
      post(base + "/said", { notice: notice.id, said: what, ...more }).then((answer) => {
        if (!answer.ok) throw 0;
      });
    // Thanks in place of what could be pressed, once it is stored.
    const finish = (what, more) =>
      said(what, more).then(
        () => (acts.textContent = words.thanks),
        () => (problem.textContent = words.failed),
      );
    const host = add(document.body, "hearken-notice");
    const root = host.attachShadow({ mode: "open" });
    const style = new CSSStyleSheet();
    style.replaceSync(notice.style);
    root.adoptedStyleSheets = [style];
    // It is there before its text is, so that a screen reader says it. Nobody's focus is moved.
    const box = add(root, "section", { lang: notice.language, ariaLabel: words.from + " " + notice.brand, ariaLive: "polite" });
    add(box, "h2", { textContent: notice.title });
    add(box, "div", { innerHTML: notice.html });
    const talk = kind == "invitation";
    const acts = add(box, talk ? "form" : "div");
    notice.answers.forEach((textContent, option) =>
      add(acts, "button", { className: "do", textContent, onclick: () => finish("answer", { option }) }),
    );
    if (talk) {
      const field = notice.ask == "address" && add(add(acts, "label", { textContent: words.reach }), "input", { required: true, autocomplete: "email" });
      add(acts, "button", { className: "do", textContent: words.talk });
      acts.onsubmit = (event) => {
        event.preventDefault();
        finish("talk", { reach: field?.value });
      };
    }
    const problem = add(box, "p");
    close = () => {
      close = 0;
      host.remove();
      said("closed").catch(() => {}).then(wait);
    };
    add(box, "button", { className: "x", textContent: "×", ariaLabel: words.close, onclick: () => close() });
    said("shown").catch(() => {});
  };

  on(document, "visibilitychange", () => (document.hidden ? leave() : come()));
  on(window, "pageshow", (event) => {
    if (event.persisted) shown = 0;
    come();
  });
  on(window, "scroll", scrolled);
  on(document, "keydown", (event) => {
    if (close && event.key == "Escape" && !event.defaultPrevented) close();
  });
  [20, 60, 180].forEach((seconds) => setTimeout(() => document.hidden || read(), seconds * 1e3));

  // Of forms: that one was begun, corrected, sent or given up. Never what was written.
  const forms = new Map();
  const called = (form) => form.getAttribute("name") || form.id || location.pathname;
  on(document, "change", ({ target: { form, name } }) => {
    if (!form) return;
    let state = forms.get(form);
    if (!state) {
      forms.set(form, (state = { again: 0, fields: [] }));
      say("form.started", { form: called(form) });
    }
    if (state.fields.includes(name)) state.again++;
    else state.fields.push(name);
    state.last = name;
  });
  on(document, "submit", ({ target: form }) => {
    const state = forms.get(form);
    forms.delete(form);
    say("form.submitted", { form: called(form), fields: state?.fields, corrections: state?.again, asks: form.dataset.asks });
    send();
  });
  on(window, "pagehide", () => {
    forms.forEach(({ last, again }, form) => say("form.abandoned", { form: called(form), last_field: last, corrections: again }));
    forms.clear();
    leave();
  });

  const before = window.hearken?.q;
  window.hearken = (what, first, second) => {
    if (what == "consent") {
      const was = id;
      granted = !!first;
      // Under another name it is another visit.
      if (visitor() != was || !granted) shown = since = 0;
      if (granted) come();
      else {
        events = [];
        id = 0;
        waiting?.abort();
      }
    }
    if (what == "page") {
      read();
      view();
    }
    if (what == "say") say(first, second);
  };
  before?.forEach((call) => hearken(...call));
  come();
})(window, document, navigator);
