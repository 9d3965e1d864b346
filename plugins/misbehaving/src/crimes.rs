//! What no plugin should do.

use crate::{
    bindings::hearken::plugin::{crypto, files, http, log, mail},
    mode,
};

/// What is done with every call, whatever its role. `ids` are those of the batch.
pub(crate) fn commit(ids: &[&str]) {
    let mode = mode();
    let (what, detail) = mode.split_once(':').unwrap_or((&mode, ""));
    match what {
        "trap-on" if ids.contains(&detail) => panic!("asked to trap"),
        "spin" => spin(),
        "spin-on" if ids.contains(&detail) => spin(),
        "allocate" => allocate(),
        "log" => {
            for line in 0..detail.parse().unwrap_or(0) {
                log::write("info", &format!("line {line}\nand a line break"), &[]);
            }
        }
        _ => {}
    }
}

/// What is done where one of the texts holds the word that the mode names.
pub(crate) fn commit_on_text<'a, I: Iterator<Item = &'a str>>(texts: impl Fn() -> I) {
    let mode = mode();
    let (what, word) = mode.split_once(':').unwrap_or((&mode, ""));
    match what {
        "trap-on-text" if texts().any(|text| text.contains(word)) => panic!("asked to trap"),
        "spin-on-text" if texts().any(|text| text.contains(word)) => spin(),
        _ => {}
    }
}

pub(crate) fn spin() -> ! {
    let mut turns = 0_u64;
    loop {
        turns = std::hint::black_box(turns.wrapping_add(1));
    }
}

fn allocate() -> ! {
    let mut kept: Vec<Vec<u8>> = Vec::new();
    loop {
        kept.push(std::hint::black_box(vec![1; 1 << 20]));
    }
}

/// A hundred texts that are one and the same megabyte.
#[allow(unsafe_code)]
pub(crate) fn aliases() -> Vec<String> {
    let text = "x".repeat(1 << 20).into_boxed_str();
    let length = text.len();
    let start = Box::leak(text).as_mut_ptr();
    // SAFETY: none. Each of them believes to own the same bytes, and freeing two would break
    // the allocator; the host refuses them before anything is freed.
    (0..100)
        .map(|_| unsafe { String::from_raw_parts(start, length, length) })
        .collect()
}

/// What an import that is not granted answers.
pub(crate) fn denied_word(import: &str) -> Option<String> {
    match import {
        "http" => {
            let request = http::Request {
                method: "GET".into(),
                url: "https://example.com/".into(),
                headers: Vec::new(),
                body: None,
                timeout_ms: None,
                item: None,
            };
            let both = [http::send(&request), http::send_all(&[request.clone()]).remove(0)];
            let word = |answer: &Result<http::Response, http::Error>| match answer {
                Ok(_) => "allowed".to_owned(),
                Err(error) => format!("{} {}", error.code, error.may_have_arrived),
            };
            Some(both.iter().map(word).collect::<Vec<_>>().join(", "))
        }
        "crypto" => Some(word_of(crypto::hmac("sha256", "secret", b"data"))),
        "mail" => {
            let message = mail::Message {
                item: "a".into(),
                subject: String::new(),
                headers: Vec::new(),
                text: String::new(),
                html: None,
            };
            Some(word_of(mail::send_all(&[message]).remove(0)))
        }
        _ => None,
    }
}

fn word_of<T>(answer: Result<T, crate::bindings::hearken::plugin::types::Failure>) -> String {
    answer.map_or_else(|failure| failure.class, |_| "allowed".into())
}

/// Calls `files` as the mode says; `id` makes names unique.
pub(crate) fn file_word(id: &str, attempt: u32) -> Option<String> {
    let mode = mode();
    let (what, name) = mode.split_once(':').unwrap_or((&mode, ""));
    let answer = match what {
        "names" => files::names().map(|names| format!("{names:?}")),
        "read" => files::read(name, 0, 1 << 20).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()),
        "create" => files::create(name, b"created").map(|created| created.to_string()),
        "create-then-trap" | "create-then-half" => files::create(id, b"sent").map(|created| created.to_string()),
        "tally" => files::create(&format!("{id}.{attempt}"), b"sent").map(|created| created.to_string()),
        _ => return None,
    };
    Some(answer.unwrap_or_else(|failure| format!("{}: {}", failure.class, failure.message)))
}
