//! The site that a browser visits: one page, its SDK and its settings, on loopback. The page
//! reports back when it is done.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;
use std::{fs, thread};

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// A page that is being served, until the test ends.
pub(crate) struct Site {
    address: String,
    reports: Receiver<String>,
}

struct Files {
    page: PathBuf,
    sdk: PathBuf,
    settings: String,
}

impl Site {
    /// Serves `page`, with the file `sdk` as `/sdk.js` and `settings` as `/settings.js`.
    pub(crate) fn serve(page: &Path, sdk: &Path, settings: &Value) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").context("listening for the browser")?;
        let address = format!("http://{}/", listener.local_addr()?);
        let files = Files {
            page: page.into(),
            sdk: sdk.into(),
            settings: format!("const SETTINGS = {settings};\n"),
        };
        let (report, reports) = channel();
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                // A browser opens connections ahead of time that it may never use, so one
                // that says nothing must not hold up the others.
                let _ = connection.set_read_timeout(Some(Duration::from_millis(500)));
                if let Err(error) = answer(connection, &files, &report) {
                    eprintln!("the site answered nothing: {error:#}");
                }
            }
        });
        Ok(Self { address, reports })
    }

    /// Where it is.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Waits until the page says that it is done.
    pub(crate) fn done(&self, at_most: Duration) -> Result<()> {
        match self
            .reports
            .recv_timeout(at_most)
            .context("waiting for the page to say that it is done")?
            .as_str()
        {
            "/done" => Ok(()),
            failed => bail!("the page says {failed}"),
        }
    }
}

fn answer(mut connection: TcpStream, files: &Files, report: &Sender<String>) -> Result<()> {
    let mut lines = BufReader::new(connection.try_clone()?).lines();
    let Some(Ok(request)) = lines.next() else {
        return Ok(());
    };
    for line in lines.by_ref() {
        if line.context("reading a request's headers")?.is_empty() {
            break;
        }
    }
    let path = request.split(' ').nth(1).unwrap_or_default();
    let (status, kind, body) = match path {
        "/" => (
            "200 OK",
            "text/html",
            fs::read(&files.page).context("reading the page")?,
        ),
        "/sdk.js" => (
            "200 OK",
            "text/javascript",
            fs::read(&files.sdk).context("reading the sdk")?,
        ),
        "/settings.js" => ("200 OK", "text/javascript", files.settings.clone().into_bytes()),
        path if path.starts_with("/done") || path.starts_with("/failed") => {
            // Nobody listens any more where the test has ended.
            let _ = report.send(path.to_owned());
            ("204 No Content", "text/plain", Vec::new())
        }
        _ => ("404 Not Found", "text/plain", Vec::new()),
    };
    let length = body.len();
    write!(
        connection,
        "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
    )?;
    connection.write_all(&body).context("sending an answer")
}
