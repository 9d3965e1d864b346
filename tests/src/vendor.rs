//! A vendor's server, for those who call out: it takes one request a connection and answers
//! as the test says.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use crate::Folder;

/// A vendor's server. It ends with the process.
#[derive(Clone, Debug)]
pub struct Vendor {
    /// Where it listens.
    pub address: SocketAddr,
    got: Arc<Mutex<Vec<String>>>,
}

impl Vendor {
    /// Answers each request, of which it is given the whole text, with a status and a body.
    ///
    /// # Panics
    /// Where no port is free.
    pub fn answering(answer: impl Fn(&str) -> (u16, String) + Send + 'static) -> Self {
        Self::saying(move |request| {
            let (status, body) = answer(request);
            said(status, "", &body)
        })
    }

    /// Sends everybody elsewhere.
    #[must_use]
    pub fn redirecting(to: &str) -> Self {
        let location = format!("location: {to}\r\n");
        Self::saying(move |_| said(307, &location, ""))
    }

    fn saying(answer: impl Fn(&str) -> String + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("a bound port");
        let got: Arc<Mutex<Vec<String>>> = Arc::default();
        let kept = Arc::clone(&got);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if let Some(request) = serve(stream, &answer) {
                    kept.lock().unwrap_or_else(PoisonError::into_inner).push(request);
                }
            }
        });
        Self { address, got }
    }

    /// Answers with what it was sent.
    #[must_use]
    pub fn echoing() -> Self {
        Self::answering(|request| (200, request.to_owned()))
    }

    /// What it got so far, each request as it came.
    #[must_use]
    pub fn got(&self) -> Vec<String> {
        self.got.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Vendor {
    /// The TOML that grants a connector POST requests below a path of it, with `secrets.token`.
    #[must_use]
    pub fn granted(&self, path: &str) -> String {
        let (ip, port) = (self.address.ip(), self.address.port());
        format!(
            "grants.http = [{{ host = \"{ip}\", scheme = \"http\", port = {port}, methods = [\"POST\"], path = \"{path}\", \
             secrets = [\"token\"] }}]\ngrants.allow-private = [\"{}\"]",
            self.address
        )
    }
}

impl Folder {
    /// As [`Folder::that_always_tells`], with a sink `outbox` that calls `path` of a vendor for
    /// each action, with a secret, as `mode` of the plugin `miscalling` says.
    #[must_use]
    pub fn that_calls(vendor: &Vendor, mode: &str, path: &str, grants: &str, token: &str) -> Self {
        let folder = Self::that_always_tells();
        folder.write("secrets/token", token);
        let address = vendor.address;
        folder.change(
            "plugin = \"outbox-dir\"\ngrants.folder = \"outbox\"\n",
            &format!(
                "plugin = \"miscalling\"\nsecrets.token = {{ file = \"secrets/token\" }}\n\
                 retry = {{ first = \"200ms\", most = \"1s\", attempts = 2 }}\n{grants}\n\
                 [connectors.outbox.config]\nmode = \"{mode}\"\nurl = \"http://{address}{path}\"\n\
                 headers = {{ authorization = \"Bearer {{token}}\" }}\nbody = \"hello\"\n"
            ),
        );
        folder
    }
}

/// An answer; `more` are header lines.
fn said(status: u16, more: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status} Said\r\n{more}content-length: {length}\r\nconnection: close\r\n\r\n{body}")
}

fn serve(mut stream: TcpStream, answer: &impl Fn(&str) -> String) -> Option<String> {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let count = stream.read(&mut piece).ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(&piece[..count]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length")
                .then(|| value.trim().parse().ok())?
        });
        if body.len() < length.unwrap_or(0) {
            continue;
        }
        // Whoever asked may have gone.
        let _ = stream.write_all(answer(&text).as_bytes());
        return Some(text);
    }
}
