//! A sandbox, the misbehaving plugin, and generated items.

use std::{path::PathBuf, sync::Arc, time::Duration};

use hearken_sandbox::{
    Connector, ConnectorSpec, Fault, Grants, Isolation, Limits, Plugin, Sandbox, SandboxOptions, wire,
};

pub(crate) struct World {
    pub(crate) plugin: Arc<Plugin>,
}

/// Where `cargo xtask plugins` puts components.
pub(crate) fn component(name: &str) -> PathBuf {
    let folder = std::env::var_os("HEARKEN_PLUGINS").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/plugins"),
        PathBuf::from,
    );
    let path = folder.join(format!("{name}.wasm"));
    assert!(
        path.exists(),
        "{} is missing: run `cargo xtask plugins`",
        path.display()
    );
    path
}

/// Compiled code is shared by all tests of a build: compiling takes longer than running.
pub(crate) fn options() -> SandboxOptions {
    let cache = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("compiled");
    SandboxOptions {
        guest_threads: 2,
        ..SandboxOptions::new(cache, tokio::runtime::Handle::current())
    }
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::of("misbehaving").await
    }

    pub(crate) async fn of(plugin: &str) -> Self {
        let sandbox = Sandbox::new(options()).unwrap();
        let plugin = sandbox.load(&component(plugin)).await.unwrap();
        Self { plugin }
    }

    pub(crate) async fn connect(&self, mode: &str) -> Connector {
        self.try_connect(spec(mode)).await.unwrap()
    }

    pub(crate) async fn try_connect(&self, spec: ConnectorSpec) -> Result<Connector, Fault> {
        self.plugin.connect(spec).await
    }
}

pub(crate) fn spec(mode: &str) -> ConnectorSpec {
    ConnectorSpec {
        name: "subject".into(),
        settings: settings(mode),
        limits: Limits {
            cpu: Duration::from_millis(200),
            ..Limits::default()
        },
        grants: Grants::default(),
        isolation: Isolation::Call,
    }
}

pub(crate) fn settings(mode: &str) -> wire::Settings {
    wire::Settings {
        config: format!(r#"{{"mode":"{mode}"}}"#),
        vocabulary: "{}".into(),
        extra: Vec::new(),
    }
}

pub(crate) fn dossier(prospect: &str) -> wire::Dossier {
    wire::Dossier {
        prospect: prospect.into(),
        now: 1_750_000_000_000,
        traits: "{}".into(),
        account: None,
        lifecycle: "visitor".into(),
        turns: Vec::new(),
        said_before: Vec::new(),
        others: Vec::new(),
        fresh: Vec::new(),
        recent: Vec::new(),
        memory: None,
        extra: Vec::new(),
    }
}

/// Prospects p0, p1, …
pub(crate) fn dossiers(count: usize) -> Vec<wire::Dossier> {
    (0..count).map(|i| dossier(&format!("p{i}"))).collect()
}

/// Somebody of whom nothing is known, and nothing can be said.
pub(crate) fn situation() -> wire::Situation {
    wire::Situation {
        decision: "d".into(),
        prospect: "p".into(),
        now: 1_750_000_000_000,
        lifecycle: "visitor".into(),
        floor: "listening".into(),
        traits: "{}".into(),
        account: None,
        account_beliefs: Vec::new(),
        language: None,
        beliefs: Vec::new(),
        turns: Vec::new(),
        candidates: Vec::new(),
        channels: Vec::new(),
        teams: Vec::new(),
        trigger: "silence:2d".into(),
        extra: Vec::new(),
    }
}

/// Actions a0, a1, …
pub(crate) fn actions(count: usize) -> Vec<wire::Action> {
    (0..count)
        .map(|i| wire::Action {
            id: format!("a{i}"),
            attempt: 1,
            first_tried: None,
            act: "tell".into(),
            channel: "email".into(),
            story: Some("example".into()),
            prospect: "p".into(),
            identities: Vec::new(),
            traits: "{}".into(),
            account: None,
            thread: None,
            content: r#"{"title":"Generated","text":"Generated"}"#.into(),
            expires: None,
            memory: None,
            extra: Vec::new(),
        })
        .collect()
}

pub(crate) fn request(id: &str, body: Vec<u8>) -> wire::Request {
    wire::Request {
        id: id.into(),
        method: "POST".into(),
        path: "/".into(),
        query: String::new(),
        headers: Vec::new(),
        body,
        received: 1_750_000_000_000,
        principal: None,
        peer: "192.0.2.1".into(),
        extra: Vec::new(),
    }
}

pub(crate) fn cues(answers: Vec<Result<wire::Assessment, Fault>>) -> Vec<Result<String, Fault>> {
    answers
        .into_iter()
        .map(|answer| answer.map(|assessment| assessment.cue.unwrap_or_default()))
        .collect()
}
