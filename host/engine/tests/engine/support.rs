//! An engine with real plugins on a real store, in a folder of its own.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use hearken_engine::{Answer, Clock, Engine, Parts, Principal, Request, SystemClock};
use hearken_model::{Instant, Scope};
use hearken_sandbox::{Connector, ConnectorSpec, Grants, Isolation, Limits, Sandbox, SandboxOptions, wire::Settings};
use hearken_store::{Access, Sqlite, Store, Switch};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

/// Somebody reports.
pub(crate) const SITE: &str = "[connectors.site]\nplugin = \"segment\"\n[policy]\nmode = \"live\"\nlisten-first = 1\n";
/// Everybody who asks for a person is handed over, as a file in the outbox.
pub(crate) const HAND_OVER: &str = "[connectors.facilitator]\nplugin = \"facilitator\"\n[connectors.outbox]\nplugin = \"outbox-dir\"\n\
    grants.folder = \"outbox\"\n[channels.email]\nsink = \"outbox\"\n[teams.sales]\nsink = \"outbox\"\n";

/// The system's clock, put forward as often as a test likes.
#[derive(Default)]
pub(crate) struct Ahead(AtomicU64);

impl Clock for Ahead {
    fn now(&self) -> Instant {
        Instant(SystemClock.now().0 + self.0.load(Ordering::Relaxed))
    }
}

/// Everybody is told the one story.
const TELLING: &str = "consent = { marketing = \"opt-out\" }\n[connectors.router]\nplugin = \"misbehaving\"\n\
    config = { mode = \"tell:roi\" }\ngrants.folder = \"outbox\"\n[connectors.outbox]\nplugin = \"outbox-dir\"\n\
    grants.folder = \"outbox\"\n[flow]\nscorers = [\"router\"]\nrouter = \"router\"\n[channels.email]\nsink = \"outbox\"\n";

/// A running engine.
pub(crate) struct Rig {
    pub(crate) engine: Engine,
    pub(crate) store: Arc<Sqlite>,
    folder: TempDir,
    cancel: CancellationToken,
    clock: Arc<Ahead>,
}

impl Rig {
    pub(crate) async fn start(configuration: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("outbox")).expect("the outbox");
        Self::start_in(folder, configuration).await
    }

    /// Stops it and starts another one on the same store.
    pub(crate) async fn again(self, configuration: &str) -> Self {
        let Self {
            engine,
            store,
            folder,
            cancel,
            ..
        } = self;
        cancel.cancel();
        engine.drained().await;
        drop((engine, store));
        Self::start_in(folder, configuration).await
    }

    async fn start_in(folder: TempDir, configuration: &str) -> Self {
        let file = folder.path().join("hearken.toml");
        std::fs::write(&file, configuration).expect("the configuration");
        let loaded = hearken_config::load(&[file]);
        let wiring = loaded
            .configuration
            .unwrap_or_else(|| panic!("{:?}", loaded.diagnostics))
            .wiring;
        // Shared by all tests: compiling takes longer than all else that they do.
        let compiled = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("compiled");
        let options = SandboxOptions::new(compiled, tokio::runtime::Handle::current());
        let sandbox = Sandbox::new(options).expect("the sandbox starts");
        let mut connectors = BTreeMap::new();
        for name in wiring.connectors.keys() {
            connectors.insert(name.clone(), connect(&sandbox, &wiring, name).await);
        }
        let store = Arc::new(Sqlite::open(&wiring.store.path, Access::Daemon).expect("the store opens"));
        let cancel = CancellationToken::new();
        let clock = Arc::new(Ahead::default());
        let parts = Parts {
            wiring: Arc::new(wiring),
            store: Arc::clone(&store) as Arc<dyn Store>,
            connectors,
            relays: BTreeMap::new(),
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            key: [7; 32],
            links: None,
            stand_in: None,
        };
        let engine = Engine::start(parts, cancel.clone()).await.expect("the engine starts");
        Self {
            engine,
            store,
            folder,
            cancel,
            clock,
        }
    }

    /// Puts the clock forward.
    pub(crate) fn pass(&self, time: Duration) {
        let ms = u64::try_from(time.as_millis()).expect("a short time");
        self.clock.0.fetch_add(ms, Ordering::Relaxed);
    }

    /// Writes a file into the engine's folder before it is started.
    pub(crate) fn story(folder: &TempDir, name: &str, text: &str) {
        let stories = folder.path().join("stories");
        std::fs::create_dir_all(&stories).expect("a folder for stories");
        std::fs::write(stories.join(name), text).expect("a story");
    }

    /// One that tells everybody who reports anything the one story by email, in mode live.
    pub(crate) async fn that_always_tells(policy: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("outbox")).expect("the outbox");
        Self::story(
            &folder,
            "roi.md",
            "+++\ntitle = \"What it returns\"\n+++\nNine months.\n",
        );
        Self::start_in(folder, &format!("{SITE}{policy}{TELLING}")).await
    }

    /// In mode live, with a story about the return by each of these names.
    pub(crate) async fn with_stories(configuration: &str, names: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("outbox")).expect("the outbox");
        for name in names {
            let text = format!("+++\ntitle = \"What it returns\"\ntopics = [\"roi\"]\n+++\nGenerated: {name}.\n");
            Self::story(&folder, &format!("{name}.md"), &text);
        }
        Self::start_in(folder, configuration).await
    }

    /// Reports calls in Segment's format, with a key that is not public.
    pub(crate) async fn post(&self, calls: Value) -> Answer {
        self.engine.receive("site", request(&calls)).await
    }

    /// Waits until everything is worked off; false where that takes ten seconds.
    pub(crate) async fn works_off(&self) -> bool {
        tokio::time::timeout(Duration::from_secs(10), self.engine.worked_off())
            .await
            .is_ok()
    }

    /// The same store, as another process has it.
    pub(crate) fn beside(&self) -> Sqlite {
        Sqlite::open(self.folder.path().join("hearken.sqlite"), Access::Tool).expect("the store opens beside")
    }

    pub(crate) async fn switch(&self, stopped: bool) {
        let switch = Switch {
            scope: Scope::All,
            stopped,
            at: Instant(1),
            by: "a test".into(),
        };
        self.store.set_switch(switch).await.expect("switches can be set");
    }

    /// What lies in the outbox.
    pub(crate) fn outbox(&self) -> Vec<PathBuf> {
        let files = std::fs::read_dir(self.folder.path().join("outbox")).expect("the outbox");
        files.map(|f| f.expect("a file").path()).collect()
    }
}

async fn connect(sandbox: &Sandbox, wiring: &hearken_config::Wiring, name: &str) -> Connector {
    let wired = &wiring.connectors[name];
    let plugins = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/plugins");
    let file = plugins.join(&wired.plugin).with_extension("wasm");
    let plugin = sandbox
        .load(&file)
        .await
        .expect("the plugin is built: cargo xtask plugins");
    let settings = Settings {
        config: wired.config.to_string(),
        vocabulary: serde_json::to_string(&wiring.vocabulary).expect("a vocabulary is JSON"),
        extra: Vec::new(),
    };
    let spec = ConnectorSpec {
        name: name.into(),
        settings,
        limits: Limits::asked_by(&plugin.manifest().needs),
        grants: Grants {
            folder: wired.grants.folder.clone(),
            mail: false,
            http: None,
        },
        isolation: Isolation::Call,
    };
    plugin.connect(spec).await.expect("the plugin takes its configuration")
}

/// A request of Segment's with these calls.
pub(crate) fn request(calls: &Value) -> Request {
    Request {
        method: "POST".into(),
        path: "/v1/batch".into(),
        query: String::new(),
        headers: vec![("content-type".into(), "application/json".into())],
        body: json!({ "batch": calls }).to_string().into_bytes(),
        principal: Some(Principal {
            name: "server-key".into(),
            public: false,
        }),
        peer: "192.0.2.1".into(),
    }
}

/// Generated: somebody gives an address and asks for a demo.
pub(crate) fn asks(who: &str) -> Value {
    json!([
        { "type": "identify", "messageId": format!("i-{who}"), "anonymousId": who,
          "traits": { "email": format!("{who}@example.com") } },
        { "type": "track", "event": "Form Submitted", "messageId": format!("f-{who}"), "anonymousId": who,
          "properties": { "form": "demo", "asks": "demo" } },
    ])
}
