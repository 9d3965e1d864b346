//! Breaks every rule on request, for the tests of the host. See `README.md` for the modes.

// Natively there is nothing here: the names of a component's exports are none that a
// native linker takes, and nothing of this can be tested outside the host.
#![cfg(target_arch = "wasm32")]

mod bindings;
mod crimes;
mod roles;

use std::cell::RefCell;

use bindings::{
    exports::hearken::plugin::plugin::{Guest, Manifest, Settings},
    hearken::plugin::types::Failure,
};

struct Misbehaving;

bindings::export!(Misbehaving with_types_in bindings);

thread_local! {
    static MODE: RefCell<String> = const { RefCell::new(String::new()) };
}

fn mode() -> String {
    MODE.with_borrow(Clone::clone)
}

fn failure(class: &str, message: &str) -> Failure {
    Failure {
        class: class.into(),
        code: String::new(),
        message: message.into(),
        retry_after_ms: None,
    }
}

impl Guest for Misbehaving {
    fn describe() -> Manifest {
        Manifest {
            name: "misbehaving".into(),
            version: env!("CARGO_PKG_VERSION").into(),
            summary: "Breaks every rule on request.".into(),
            config_schema: r#"{"type":"object","required":["mode"],"properties":{"mode":{"type":"string"}}}"#.into(),
            needs: r#"{"may-say":["page.viewed"],"may-identify":{"anonymous":"claimed"},
                "channels":["*"],"folder":"create","reads":{"recent":30},
                "webhook":{"open":["/*"]}}"#
                .into(),
            extra: Vec::new(),
        }
    }

    fn check(settings: Settings) -> Vec<(String, String)> {
        match mode_of(&settings).as_deref() {
            Some("check") => vec![("/mode".into(), "is the one that is found to be wrong".into())],
            Some("spin") => crimes::spin(),
            _ => Vec::new(),
        }
    }

    fn configure(settings: Settings) -> Result<(), Failure> {
        let mode = mode_of(&settings).ok_or_else(|| failure("config", "no mode is given"))?;
        match mode.as_str() {
            "bad-config" => return Err(failure("config", "this mode is never right")),
            "early-create" => {
                let early = bindings::hearken::plugin::files::create("early", b"early");
                return Err(early.err().unwrap_or_else(|| failure("permanent", "it was allowed")));
            }
            _ => MODE.set(mode),
        }
        Ok(())
    }
}

fn mode_of(settings: &Settings) -> Option<String> {
    let config: serde_json::Value = serde_json::from_str(&settings.config).ok()?;
    Some(config.get("mode")?.as_str()?.to_owned())
}
