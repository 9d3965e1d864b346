//! Every import through every path of a call, by a plugin that declares all it needs and is
//! granted nothing (`plugins/trespassing`): each is denied, as a typed answer to the guest,
//! and the call goes on. A path or an import that is added without its row does not compile.

use std::sync::Arc;

use hearken_sandbox::{Connector, ConnectorSpec, Fault, Grants, Isolation, Limits, wire};

use crate::support::{World, actions, dossiers, request, situation};

/// What can be denied. Logging never is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Import {
    Http,
    Crypto,
    Mail,
    FilesRead,
    FilesCreate,
}

/// How code of a plugin comes to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Path {
    /// A source is polled.
    Poll,
    /// A request is given to a webhook.
    Webhook,
    /// Many items in one call, of every role that takes them.
    Batch,
    /// One item.
    Single,
    /// The parts of a batch that has trapped.
    Bisect,
    /// The same action, given once more.
    Replay,
    /// A call whose caller has gone.
    Detached,
    /// The configuration is checked.
    Check,
    /// It is configured, as with each start and each reload.
    Reload,
}

impl Import {
    const fn next(self) -> Option<Self> {
        match self {
            Self::Http => Some(Self::Crypto),
            Self::Crypto => Some(Self::Mail),
            Self::Mail => Some(Self::FilesRead),
            Self::FilesRead => Some(Self::FilesCreate),
            Self::FilesCreate => None,
        }
    }

    /// Its word in the plugin's configuration.
    const fn word(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Crypto => "crypto",
            Self::Mail => "mail",
            Self::FilesRead => "files-read",
            Self::FilesCreate => "files-create",
        }
    }
}

impl Path {
    const fn next(self) -> Option<Self> {
        match self {
            Self::Poll => Some(Self::Webhook),
            Self::Webhook => Some(Self::Batch),
            Self::Batch => Some(Self::Single),
            Self::Single => Some(Self::Bisect),
            Self::Bisect => Some(Self::Replay),
            Self::Replay => Some(Self::Detached),
            Self::Detached => Some(Self::Check),
            Self::Check => Some(Self::Reload),
            Self::Reload => None,
        }
    }
}

const NOW: u64 = 1_750_000_000_000;

/// The plugin, with an import to try and nothing granted.
struct Trespass<'w> {
    world: &'w World,
    import: Import,
}

impl Trespass<'_> {
    fn spec(&self, more: &str) -> ConnectorSpec {
        ConnectorSpec {
            name: "subject".into(),
            settings: wire::Settings {
                config: format!(r#"{{"tries":"{}"{more}}}"#, self.import.word()),
                vocabulary: "{}".into(),
                extra: Vec::new(),
            },
            limits: Limits::default(),
            grants: Grants::default(),
            isolation: Isolation::Call,
        }
    }

    async fn connect(&self, more: &str) -> Connector {
        let connected = self.world.try_connect(self.spec(more)).await;
        connected.unwrap_or_else(|fault| panic!("{:?}: {fault}", self.import))
    }

    /// What the guest was told, once for each item that it was given.
    async fn driven(&self, path: Path) -> Vec<String> {
        match path {
            Path::Poll => vec![said(self.connect("").await.poll(NOW, None, 10).await)],
            Path::Webhook => {
                let requests = vec![request("r0", Vec::new()), request("r1", Vec::new())];
                all(self.connect("").await.receive(requests).await)
            }
            Path::Batch => self.of_every_role(20).await,
            Path::Single => self.of_every_role(1).await,
            Path::Bisect => {
                let connector = self.connect(r#","traps_on":"p3""#).await;
                let mut answers = connector.assess(dossiers(8)).await;
                assert!(
                    matches!(answers.remove(3), Err(Fault::Trapped { .. })),
                    "{:?}: the record that traps",
                    self.import
                );
                all(answers)
            }
            Path::Replay => {
                let connector = self.connect("").await;
                let first = delivered(&connector, 1).await;
                first.into_iter().chain(delivered(&connector, 1).await).collect()
            }
            Path::Detached => {
                let connector = self.connect("").await;
                let gone = connector.clone();
                let call = tokio::spawn(async move { gone.deliver(NOW, actions(4), None, None).await });
                tokio::task::yield_now().await;
                call.abort();
                delivered(&connector, 1).await
            }
            Path::Check => {
                let found = self
                    .world
                    .plugin
                    .check(self.spec(r#","while_checking":true"#).settings)
                    .await;
                let found = found.unwrap_or_else(|fault| panic!("{:?}: {fault}", self.import));
                found.into_iter().map(|(_, what)| what).collect()
            }
            Path::Reload => {
                let refused = self.world.try_connect(self.spec(r#","while_configuring":true"#)).await;
                vec![said(refused)]
            }
        }
    }

    async fn of_every_role(&self, count: usize) -> Vec<String> {
        let connector = self.connect("").await;
        let mut told = all(connector.assess(dossiers(count)).await);
        told.extend(delivered(&connector, count).await);
        let looked_up = connector.reconcile(NOW, actions(count)).await;
        told.extend(looked_up.into_iter().map(|(_, answer)| said(answer)));
        told.extend(all(connector.forget(NOW, vec![Vec::new(); count]).await));
        let situations = vec![situation(); count];
        told.extend(all(connector.decide(Arc::new([]), situations).await));
        assert_eq!(told.len(), 5 * count);
        told
    }
}

async fn delivered(connector: &Connector, count: usize) -> Vec<String> {
    let answers = connector.deliver(NOW, actions(count), None, None).await;
    answers.into_iter().map(|(_, answer)| said(answer)).collect()
}

fn all<T>(answers: Vec<Result<T, Fault>>) -> Vec<String> {
    answers.into_iter().map(said).collect()
}

fn said<T>(answer: Result<T, Fault>) -> String {
    answer.map_or_else(|fault| fault.to_string(), |_| "it went well".to_owned())
}

#[tokio::test]
async fn whatever_is_not_granted_is_denied_on_every_path() {
    let world = World::of("trespassing").await;
    let mut rows = 0;
    let mut import = Some(Import::Http);
    while let Some(tried) = import {
        let mut path = Some(Path::Poll);
        while let Some(by) = path {
            let trespass = Trespass {
                world: &world,
                import: tried,
            };
            let told = trespass.driven(by).await;
            assert!(!told.is_empty(), "{tried:?} by {by:?}");
            for what in told {
                assert!(
                    what.contains(&format!("tried {tried:?}: denied")),
                    "{tried:?} by {by:?}: {what}"
                );
            }
            rows += 1;
            path = by.next();
        }
        import = tried.next();
    }
    assert_eq!(rows, 45);
}
