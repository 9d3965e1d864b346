//! Chromium without a window, driven as a person would: it opens addresses, presses what is
//! shown, and is looked at.
//!
//! It is told what to do in its own protocol (DevTools) over a pair of pipes, messages
//! divided by zero bytes. Named pipes, opened by a shell, since a child's further
//! descriptors cannot be set safely from here.

use std::{
    fs::{self, File, OpenOptions},
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::PATIENCE;

/// How large the window is, in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// A phone, held upright.
    Phone,
    /// A desk.
    Desktop,
}

impl Window {
    const fn size(self) -> (u32, u32) {
        match self {
            Self::Phone => (390, 844),
            Self::Desktop => (1280, 800),
        }
    }

    /// Its name, for files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Desktop => "desktop",
        }
    }
}

/// A browser with one page, closed when it is dropped.
#[derive(Debug)]
pub struct Browser {
    process: Child,
    to: File,
    from: Receiver<Value>,
    session: String,
    count: u64,
    /// How many pages have been loaded.
    loads: u64,
    window: Window,
    _folder: TempDir,
}

impl Browser {
    /// Starts one, with scripts turned off.
    ///
    /// # Panics
    /// Where there is no Chromium, or it does not do what it is told.
    #[must_use]
    pub fn without_scripts(window: Window) -> Self {
        let mut browser = Self::with_scripts(window);
        browser.tell("Emulation.setScriptExecutionDisabled", json!({ "value": true }));
        browser
    }

    /// Starts one that runs scripts.
    ///
    /// # Panics
    /// As [`Browser::without_scripts`].
    #[must_use]
    pub fn with_scripts(window: Window) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the browser");
        let (to, from) = (folder.path().join("to"), folder.path().join("from"));
        let made = Command::new("mkfifo").args([&to, &from]).status();
        assert!(made.is_ok_and(|s| s.success()), "pipes for the browser");
        let process = start(folder.path());
        let to = OpenOptions::new().write(true).open(to).expect("the browser reads");
        let from = listen(File::open(from).expect("the browser writes"));
        let mut browser = Self {
            process,
            to,
            from,
            session: String::new(),
            count: 0,
            loads: 0,
            window,
            _folder: folder,
        };
        let target = browser.tell("Target.createTarget", json!({ "url": "about:blank" }))["targetId"].clone();
        let attached = browser.tell("Target.attachToTarget", json!({ "targetId": target, "flatten": true }));
        browser.session = attached["sessionId"].as_str().expect("a session").to_owned();
        browser.tell("Page.enable", json!({}));
        let (width, height) = window.size();
        let phone = window == Window::Phone;
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 2, "mobile": phone });
        browser.tell("Emulation.setDeviceMetricsOverride", metrics);
        browser
    }

    /// Whether the reader prefers a dark page.
    pub fn prefer_dark(&mut self, dark: bool) {
        let value = if dark { "dark" } else { "light" };
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": value }] });
        self.tell("Emulation.setEmulatedMedia", features);
    }

    /// Opens an address and waits until it is there.
    pub fn open(&mut self, url: &str) {
        let before = self.loads;
        self.tell("Page.navigate", json!({ "url": url }));
        self.loaded_since(before);
    }

    /// Runs a script in each page before the page's own.
    pub fn before_each_page(&mut self, script: &str) {
        self.tell("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script }));
    }

    /// Sends a header with each request.
    pub fn with_header(&mut self, name: &str, value: &str) {
        self.tell("Network.enable", json!({}));
        self.tell("Network.setExtraHTTPHeaders", json!({ "headers": { name: value } }));
    }

    /// What an expression is in the page; where it is a promise, what comes of it.
    ///
    /// # Panics
    /// Where it throws.
    pub fn run(&mut self, expression: &str) -> Value {
        let asked = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let answer = self.tell("Runtime.evaluate", asked);
        assert!(answer.get("exceptionDetails").is_none(), "{expression}: {answer}");
        answer["result"]["value"].clone()
    }

    /// Presses a point of what is shown now, in CSS pixels.
    pub fn press_at(&mut self, x: f64, y: f64) {
        for kind in ["mousePressed", "mouseReleased"] {
            let event = json!({ "type": kind, "x": x, "y": y, "button": "left", "clickCount": 1 });
            self.tell("Input.dispatchMouseEvent", event);
        }
    }

    /// Presses a key, by its name and its code on Windows: `("Escape", 27)`.
    pub fn press_key(&mut self, key: &str, code: u32) {
        for kind in ["rawKeyDown", "keyUp"] {
            let event = json!({ "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code });
            self.tell("Input.dispatchKeyEvent", event);
        }
    }

    /// Types where the focus is.
    pub fn types(&mut self, text: &str) {
        self.tell("Input.insertText", json!({ "text": text }));
    }

    /// Presses what the selector names.
    ///
    /// # Panics
    /// Where there is no such thing.
    pub fn press(&mut self, selector: &str) {
        let node = self.node(selector);
        self.tell("DOM.scrollIntoViewIfNeeded", json!({ "nodeId": node }));
        let quads = self.tell("DOM.getContentQuads", json!({ "nodeId": node }));
        let quad: Vec<f64> = serde_json::from_value(quads["quads"][0].clone()).expect("it is shown");
        let middle = |n: usize| (quad[n] + quad[n + 4]) / 2.0;
        self.press_at(middle(0), middle(1));
    }

    /// Presses what leads to another page, and waits for that.
    pub fn press_and_go(&mut self, selector: &str) {
        let before = self.loads;
        self.press(selector);
        self.loaded_since(before);
    }

    /// Presses the tabulator so often, then Enter, and waits for the page that comes of it.
    pub fn go_by_keyboard(&mut self, tabs: usize) {
        let key = |kind: &str, key: &str, code: u32, text: &str| json!({ "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code, "text": text });
        let before = self.loads;
        for _ in 0..tabs {
            self.tell("Input.dispatchKeyEvent", key("rawKeyDown", "Tab", 9, ""));
            self.tell("Input.dispatchKeyEvent", key("keyUp", "Tab", 9, ""));
        }
        self.tell("Input.dispatchKeyEvent", key("keyDown", "Enter", 13, "\r"));
        self.loaded_since(before);
    }

    /// What stands in the page, as HTML.
    ///
    /// # Panics
    /// Where there is none.
    pub fn html(&mut self) -> String {
        let node = self.node("html");
        let html = self.tell("DOM.getOuterHTML", json!({ "nodeId": node }));
        html["outerHTML"].as_str().expect("a page").to_owned()
    }

    /// What a screen reader is told of: (role, name) of everything that has a name.
    pub fn spoken(&mut self) -> Vec<(String, String)> {
        let tree = self.tell("Accessibility.getFullAXTree", json!({}));
        let text = |v: &Value| v["value"].as_str().unwrap_or_default().to_owned();
        let nodes = tree["nodes"].as_array().cloned().unwrap_or_default();
        let named = nodes.iter().filter(|n| n["ignored"] != true);
        named.map(|n| (text(&n["role"]), text(&n["name"]))).collect()
    }

    /// How wide what is shown is, and how wide the window.
    ///
    /// # Panics
    /// Where the browser does not say.
    pub fn widths(&mut self) -> (f64, f64) {
        let metrics = self.tell("Page.getLayoutMetrics", json!({}));
        let width = |v: &Value, name: &str| v[name].as_f64().expect("a width");
        (
            width(&metrics["cssContentSize"], "width"),
            width(&metrics["cssLayoutViewport"], "clientWidth"),
        )
    }

    /// How tall what the selector names is, its edge included.
    ///
    /// # Panics
    /// Where there is no such thing.
    pub fn height(&mut self, selector: &str) -> f64 {
        let node = self.node(selector);
        let model = self.tell("DOM.getBoxModel", json!({ "nodeId": node }));
        model["model"]["height"].as_f64().expect("it is shown")
    }

    /// Takes a picture of the whole page.
    ///
    /// # Panics
    /// Where it cannot be written.
    pub fn picture(&mut self, path: &Path) {
        self.shoot(path, json!({ "captureBeyondViewport": true }));
    }

    /// Takes a picture of what is in the window now.
    ///
    /// # Panics
    /// Where it cannot be written.
    pub fn picture_of_window(&mut self, path: &Path) {
        self.shoot(path, json!({}));
    }

    fn shoot(&mut self, path: &Path, how: Value) {
        let shot = self.tell("Page.captureScreenshot", how);
        let bytes = STANDARD
            .decode(shot["data"].as_str().expect("a picture"))
            .expect("base64");
        fs::write(path, bytes).expect("a picture in its folder");
    }

    /// In which window.
    #[must_use]
    pub const fn window(&self) -> Window {
        self.window
    }

    fn node(&mut self, selector: &str) -> Value {
        let root = self.tell("DOM.getDocument", json!({ "depth": 0 }))["root"]["nodeId"].clone();
        let found = self.tell("DOM.querySelector", json!({ "nodeId": root, "selector": selector }));
        assert!(found["nodeId"] != 0, "there is no '{selector}' in the page");
        found["nodeId"].clone()
    }

    /// Waits until one more page is loaded; it may be already.
    fn loaded_since(&mut self, before: u64) {
        while self.loads == before {
            self.next();
        }
    }

    /// Sends a command and takes its answer. What happens meanwhile is passed over,
    /// except that a page is counted when it has come.
    fn tell(&mut self, method: &str, params: Value) -> Value {
        self.count += 1;
        let mut message = json!({ "id": self.count, "method": method, "params": params });
        if !self.session.is_empty() {
            message["sessionId"] = self.session.clone().into();
        }
        self.to
            .write_all(format!("{message}\0").as_bytes())
            .expect("the browser takes commands");
        loop {
            let answer = self.next();
            if answer["id"] == self.count {
                assert!(answer.get("error").is_none(), "{method}: {answer}");
                return answer["result"].clone();
            }
        }
    }

    fn next(&mut self) -> Value {
        let said = self.from.recv_timeout(PATIENCE).expect("the browser says something");
        self.loads += u64::from(said["method"] == "Page.loadEventFired");
        said
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Neither can fail in a way that matters: it is gone either way.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn start(folder: &Path) -> Child {
    let script = "exec \"$@\" 3<to 4>from";
    Command::new("sh")
        .args([
            "-c",
            script,
            "sh",
            "chromium",
            "--headless=new",
            "--remote-debugging-pipe",
        ])
        .args([
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
        ])
        .args([
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ])
        .args(["--hide-scrollbars", "--lang=en-US"])
        .arg(format!("--user-data-dir={}", folder.join("profile").display()))
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("a shell starts chromium; it is Debian's package chromium")
}

/// Reads what the browser says, on a thread of its own, so that waiting for it can end.
fn listen(from: File) -> Receiver<Value> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        for message in BufReader::new(from).split(0) {
            let Ok(message) = message else { return };
            let Ok(message) = serde_json::from_slice(&message) else {
                return;
            };
            if sender.send(message).is_err() {
                return;
            }
        }
    });
    receiver
}
