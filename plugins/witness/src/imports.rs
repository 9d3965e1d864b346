//! Calls of every import, and what they answered. Of a refusal class and code, not the
//! message, which is the host's to word.

use std::time::Duration;

use hearken_sdk::crypto::{self, Algorithm};
use hearken_sdk::json::{Value, json};
use hearken_sdk::{Failure, files, http, log, mail};

use crate::shown::{bytes, millis};

/// A line of every level.
pub(crate) fn log(role: &str) {
    log::error!("an error", role);
    log::warn!("a warning", role);
    log::info!("an information", role, number = 1.5);
    log::debug!("a detail", role);
    log::trace!("a trace", role);
}

/// Both ways to call, with every field of a request filled.
pub(crate) fn http(item: &str) -> Value {
    let request = |path: &str| http::Request {
        method: "POST".to_owned(),
        url: format!("https://api.example.com/{path}"),
        headers: vec![("x-witness".to_owned(), "{secret}".to_owned())],
        body: Some(b"body".to_vec()),
        timeout: Some(Duration::from_secs(2)),
        item: Some(item.to_owned()),
    };
    let bare = http::Request {
        body: None,
        timeout: None,
        item: None,
        ..request("bare")
    };
    let all: Vec<Value> = http::send_all(vec![request("first"), bare])
        .into_iter()
        .map(exchange)
        .collect();
    json!({"send": exchange(request("only").send()), "send-all": all})
}

fn exchange(answer: Result<http::Response, http::Error>) -> Value {
    match answer {
        Ok(http::Response { status, headers, body }) => {
            json!({"status": status, "headers": headers, "body": bytes(&body)})
        }
        Err(http::Error {
            code,
            message: _,
            may_have_arrived,
            retry_after,
        }) => json!({
            "code": code,
            "may-have-arrived": may_have_arrived,
            "retry-after-ms": retry_after.map(millis),
        }),
    }
}

/// With every algorithm.
pub(crate) fn crypto(secret: &str) -> Value {
    let digest = |algorithm: Algorithm| outcome(crypto::hmac(algorithm, secret, b"data").map(|digest| json!(digest)));
    json!({
        "sha1": digest(Algorithm::Sha1),
        "sha256": digest(Algorithm::Sha256),
        "sha512": digest(Algorithm::Sha512),
    })
}

/// A full message and a bare one.
pub(crate) fn mail(item: &str) -> Value {
    let full = mail::Message {
        item: item.to_owned(),
        subject: "subject".to_owned(),
        headers: vec![("X-Witness".to_owned(), "value".to_owned())],
        text: "text".to_owned(),
        html: Some("<p>text</p>".to_owned()),
    };
    let bare = mail::Message {
        headers: Vec::new(),
        html: None,
        ..full.clone()
    };
    mail::send_all(vec![full, bare])
        .into_iter()
        .map(|answer| outcome(answer.map(|id| json!(id))))
        .collect()
}

/// What the folder holds, and what its files say from the third byte on.
pub(crate) fn files_read() -> Value {
    let names = files::names();
    let contents: Vec<Value> = names
        .iter()
        .flatten()
        .map(|(name, _)| {
            let piece = files::read(name, 2, 4).map(|piece| bytes(&piece));
            json!({"name": name, "from-2-at-most-4": outcome(piece)})
        })
        .collect();
    let missing = files::read("missing", 0, 1).map(|piece| bytes(&piece));
    json!({
        "names": outcome(names.map(|names| json!(names))),
        "read": contents,
        "read-missing": outcome(missing),
    })
}

/// Creates a file, the same again, and one that may not be.
pub(crate) fn files_created(name: &str) -> Value {
    let create = |name: &str| outcome(files::create(name, b"created").map(|new| json!(new)));
    json!({
        "create": create(name),
        "create-again": create(name),
        "create-hidden": create(".hidden"),
        "create-elsewhere": create("../elsewhere"),
    })
}

fn outcome(answer: Result<Value, Failure>) -> Value {
    answer.unwrap_or_else(|failure| {
        let Failure {
            class,
            code,
            message: _,
            retry_after,
        } = failure;
        json!({
            "class": class.as_str(),
            "code": code,
            "retry-after-ms": retry_after.map(millis),
        })
    })
}
