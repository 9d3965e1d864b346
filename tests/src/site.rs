//! A company's site: a few pages on a port of their own, so that they are of another origin than
//! the daemon, and somebody who looks at them.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{Browser, Daemon, Folder, WRITE_KEY, Window, eventually};

/// The pages of the site: path, title and text. Generated, like the company.
pub const PAGES: [(&str, &str, &str); 6] = [
    (
        "/",
        "Example Back Office",
        "Invoices that post themselves, for companies that have too many of them.",
    ),
    (
        "/product",
        "Product",
        "What it does: it reads, posts and files invoices, and asks where it is not sure.",
    ),
    (
        "/features",
        "Features",
        "Reading, matching, posting, approval, archive. Each of them can be left out.",
    ),
    (
        "/pricing",
        "Pricing",
        "By invoice. The first thousand of a month cost the same for everybody.",
    ),
    (
        "/security",
        "Security",
        "Where the data is, who can read it, and for how long it is kept.",
    ),
    (
        "/contact",
        "Contact",
        "<form name=\"contact\" data-asks=\"contact\" onsubmit=\"return false\"><label>Name <input name=\"name\"></label> <label>Company <input name=\"company\"></label><button>Send</button></form>",
    ),
];

/// A site that is served for as long as the test runs.
#[derive(Clone, Debug)]
pub struct Site {
    address: String,
}

impl Site {
    /// Serves the pages. `tag` are the attributes of the script's tag, beside its address and the
    /// key: `data-consent="granted"`.
    ///
    /// # Panics
    /// Where there is no port.
    #[must_use]
    pub fn serve(daemon: &Daemon<'_>, tag: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address").to_string();
        let script = format!(
            "<script async src=\"http://{}/site/pages.js\" data-key=\"{WRITE_KEY}\" {tag}></script>",
            daemon.public_address()
        );
        let pages: BTreeMap<&str, String> = PAGES
            .iter()
            .map(|(path, title, text)| (*path, page(title, text, &script)))
            .collect();
        let pages = Arc::new(pages);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let pages = Arc::clone(&pages);
                // A browser opens connections that it says nothing on, and goes away in the middle
                // of an answer; neither is a failure.
                thread::spawn(move || answer(stream, &pages));
            }
        });
        Self { address }
    }

    /// The address of a page.
    #[must_use]
    pub fn at(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

fn page(title: &str, text: &str, script: &str) -> String {
    let links: String = PAGES
        .iter()
        .map(|(path, title, _)| format!("<a href=\"{path}\">{title}</a> "))
        .collect();
    let more: String = (1..12)
        .map(|n| format!("<p>Paragraph {n}. This company, its product and its prices are generated for a test.</p>"))
        .collect();
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}</title><style>body{{font:18px/1.6 serif;max-width:50rem;margin:2rem auto;padding:0 1rem}}</style>{script}\
         <nav>{links}</nav><h1>{title}</h1><p>{text}</p>{more}</html>"
    )
}

fn answer(mut stream: TcpStream, pages: &BTreeMap<&str, String>) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let first = lines.next().transpose()?.unwrap_or_default();
    for line in lines {
        if line?.is_empty() {
            break;
        }
    }
    let path = first.split(' ').nth(1).unwrap_or_default();
    let path = path.split('?').next().unwrap_or_default();
    let (status, body) = match pages.get(path) {
        Some(page) => ("200 OK", page.as_str()),
        None => ("404 Not Found", ""),
    };
    write!(
        stream,
        "HTTP/1.1 {status}\r\ncontent-type: text/html\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}

/// Somebody who looks at a site.
#[derive(Debug)]
pub struct Surfer {
    /// Their browser.
    pub browser: Browser,
    site: Site,
}

/// A clock that can be put forward, so that nobody has to wait while a page is read.
const CLOCK: &str = "(() => { const real = Date.now; let ahead = 0; Date.now = () => real() + ahead; \
                     window.reads = (seconds) => { ahead += seconds * 1000; }; })();";

impl Surfer {
    /// At no page yet.
    #[must_use]
    pub fn at(site: &Site, window: Window) -> Self {
        let mut browser = Browser::with_scripts(window);
        browser.before_each_page(CLOCK);
        Self {
            browser,
            site: site.clone(),
        }
    }

    /// Opens pages one behind the other, each for a second at most: until the first that shows a
    /// notice. How many were opened.
    pub fn rushes(&mut self, paths: &[&str]) -> usize {
        for (place, path) in paths.iter().enumerate() {
            self.opens(path);
            let begun = Instant::now();
            while begun.elapsed() < Duration::from_secs(1) {
                if self.notice().is_some() {
                    return place + 1;
                }
                thread::sleep(Duration::from_millis(20));
            }
        }
        paths.len()
    }

    /// Reads pages to their end, each for a minute and a half.
    pub fn reads(&mut self, paths: &[&str]) {
        for path in paths {
            self.opens(path);
            self.browser.run("scrollTo(0, document.documentElement.scrollHeight)");
            self.browser.run("new Promise((done) => setTimeout(done, 50))");
            self.browser.run("reads(90)");
        }
    }

    /// Opens a page.
    pub fn goes_to(&mut self, path: &str) {
        self.browser.open(&self.site.at(path));
    }

    /// Where this page has sent something.
    ///
    /// # Panics
    /// Where the browser does not say.
    pub fn sent(&mut self) -> Vec<String> {
        let sent =
            "performance.getEntriesByType('resource').filter((e) => e.initiatorType == 'fetch').map((e) => e.name)";
        serde_json::from_value(self.browser.run(sent)).expect("addresses")
    }

    /// Opens a page and waits until the daemon has taken that it was viewed.
    pub fn opens(&mut self, path: &str) {
        self.goes_to(path);
        self.browser.run(&until(
            "performance.getEntriesByType('resource').some((e) => e.name.endsWith('/in/pages') && e.responseEnd)",
        ));
    }

    /// The notice that is shown, as its text; none where there is none.
    pub fn notice(&mut self) -> Option<String> {
        let text = "document.querySelector('hearken-notice')?.shadowRoot.querySelector('section').innerText";
        self.browser.run(text).as_str().map(str::to_owned)
    }

    /// Waits for the notice.
    pub fn sees_a_notice(&mut self) -> String {
        eventually("a notice is shown", || self.notice())
    }

    /// How long after the page said that it was viewed the notice was there, in milliseconds.
    ///
    /// # Panics
    /// Where there is none.
    pub fn waited_ms(&mut self) -> f64 {
        self.browser.run(&until(
            "performance.getEntriesByType('resource').some((e) => e.name.endsWith('/said'))",
        ));
        let started = |name: &str| {
            format!("performance.getEntriesByType('resource').find((e) => e.name.endsWith('{name}')).startTime")
        };
        let waited = self
            .browser
            .run(&format!("{} - {}", started("/said"), started("/in/pages")));
        waited.as_f64().expect("a time")
    }

    /// Presses something of the notice.
    ///
    /// # Panics
    /// Where there is no such thing.
    pub fn presses(&mut self, selector: &str) {
        let place = self.browser.run(&format!(
            "(() => {{ const at = document.querySelector('hearken-notice').shadowRoot.querySelector({selector:?}).getBoundingClientRect(); \
             return [at.x + at.width / 2, at.y + at.height / 2]; }})()"
        ));
        let place: Vec<f64> = serde_json::from_value(place).expect("it is shown");
        self.browser.press_at(place[0], place[1]);
    }

    /// What the site has stored in the browser.
    pub fn stored(&mut self) -> Value {
        self.browser
            .run("({ ...localStorage, ...sessionStorage, cookie: document.cookie })")
    }

    /// What the script calls its visitor, once that is stored.
    ///
    /// # Panics
    /// Where it is not.
    pub fn visitor(&mut self) -> String {
        let stored = self.stored();
        let id = stored["hearken"].as_str().expect("an id");
        format!("anonymous:{id}")
    }
}

/// A promise that is kept once a condition holds.
fn until(condition: &str) -> String {
    format!("new Promise((done) => {{ const look = () => ({condition}) ? done(true) : setTimeout(look, 5); look(); }})")
}

impl Folder {
    /// With a site's pages as a channel, everything that thinks, a team that is always open, and
    /// an invitation to talk with it. What is marketing needs a consent.
    #[must_use]
    pub fn with_a_site_of_its_own() -> Self {
        let folder = Self::with_everything();
        folder.change("marketing = \"opt-out\"", "marketing = \"opt-in\"");
        folder.change(
            "[channels.email]",
            "[connectors.pages]\nplugin = \"site\"\nsecrets.write-key = { file = \"secrets/write-key\" }\n\n\
             [channels.site]\npage = \"pages\"\n\n[channels.email]",
        );
        folder.write(
            "stories/talk-to-us.md",
            "+++\ntitle = \"Shall we help you find it?\"\ninvites = \"sales\"\n+++\n\
             Somebody of ours is here now and knows the answer. **A minute** on the phone, and you have it.\n",
        );
        folder
    }
}
