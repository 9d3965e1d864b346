use std::{
    io,
    path::Path,
    sync::{Arc, Mutex},
};

use tracing_subscriber::fmt::MakeWriter;

use hearken_sandbox::Connector;

use crate::support::{World, actions, cues, dossiers, spec};

/// Collects what is logged while it lives.
#[derive(Clone, Default)]
struct Logged(Arc<Mutex<Vec<u8>>>);

impl Logged {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl io::Write for Logged {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Logged {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Guests log on threads of their own, so that the collector is the whole process's; the
/// tests that read it run one by one in this lock, or each in a process of its own.
async fn collect() -> (Logged, tokio::sync::MutexGuard<'static, ()>) {
    static ONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
    static ALL: std::sync::OnceLock<Logged> = std::sync::OnceLock::new();
    let guard = ONE.lock().await;
    let logged = ALL.get_or_init(|| {
        let logged = Logged::default();
        tracing_subscriber::fmt()
            .with_writer(logged.clone())
            .with_ansi(false)
            .init();
        logged
    });
    logged.0.lock().unwrap().clear();
    (logged.clone(), guard)
}

async fn sink(world: &World, mode: &str, folder: &Path) -> Connector {
    let mut granted = spec(mode);
    granted.grants.folder = Some(folder.to_owned());
    world.try_connect(granted).await.unwrap()
}

async fn said(connector: &Connector) -> String {
    connector
        .deliver(0, actions(1), None, None)
        .await
        .remove(0)
        .1
        .unwrap()
        .reference
}

#[tokio::test]
async fn a_folder_that_is_not_granted_is_denied_and_the_log_shows_what_would_allow_it() {
    let (logged, _one) = collect().await;
    let world = World::new().await;
    let connector = world.connect("create:a.txt").await;
    for _ in 0..3 {
        assert!(said(&connector).await.starts_with("denied: "));
    }
    let text = logged.text();
    let line = "[connectors.subject.grants]\nfolder = ";
    assert_eq!(text.matches(line).count(), 1, "{text}");
}

#[tokio::test]
async fn a_granted_folder_is_written_to_listed_and_read() {
    let world = World::new().await;
    let folder = tempfile::tempdir().unwrap();
    let create = sink(&world, "create:a.txt", folder.path()).await;
    assert_eq!(said(&create).await, "true");
    assert_eq!(said(&create).await, "false");
    let names = sink(&world, "names", folder.path()).await;
    assert_eq!(said(&names).await, r#"[("a.txt", 7)]"#);
    let read = sink(&world, "read:a.txt", folder.path()).await;
    assert_eq!(said(&read).await, "created");
}

#[tokio::test]
async fn no_name_leads_out_of_a_granted_folder() {
    let world = World::new().await;
    let outside = tempfile::tempdir().unwrap();
    let folder = outside.path().join("granted");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(outside.path().join("secret"), "secret").unwrap();
    for mode in ["read:../secret", "read:/etc/passwd", "create:../new", "create:.hidden"] {
        let connector = sink(&world, mode, &folder).await;
        let said = said(&connector).await;
        assert!(said.starts_with("permanent: "), "{mode}: {said}");
    }
    assert_eq!(std::fs::read_dir(outside.path()).unwrap().count(), 2);
}

#[tokio::test]
async fn http_crypto_and_mail_are_denied_before_anything_is_sent() {
    let world = World::new().await;
    for (mode, expected) in [
        ("http", "denied false, denied false"),
        ("crypto", "denied"),
        ("mail", "denied"),
    ] {
        let connector = world.connect(mode).await;
        assert_eq!(cues(connector.assess(dossiers(1)).await), [Ok(expected.into())]);
    }
}

#[tokio::test]
async fn a_call_logs_as_much_as_it_may_and_no_line_breaks() {
    let (logged, _one) = collect().await;
    let world = World::new().await;
    let mut chatty = spec("log:1000");
    chatty.limits.log_lines = 7;
    let connector = world.try_connect(chatty).await.unwrap();
    assert!(connector.assess(dossiers(1)).await[0].is_ok());
    let text = logged.text();
    assert_eq!(text.matches(r"\nand a line break").count(), 7, "{text}");
    assert!(text.contains("993 lines of one call were dropped"), "{text}");
}
