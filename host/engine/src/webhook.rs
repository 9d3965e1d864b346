//! Requests from outside, once the host has authenticated them.
//!
//! Requests that arrive while a call is under way are given to the plugin together: under
//! load a call serves many, alone none waits.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use hearken_sandbox::{Class, Connector, Fault, wire};
use serde_json::json;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use crate::{observing, parts::Shared, vet::Origin};

/// How many requests of one connector may wait.
const QUEUE: usize = 1024;

/// What proved a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// The credential's name in the manifest.
    pub name: String,
    /// Whether anybody can have it.
    pub public: bool,
}

/// A request below `/in/{connector}`, without credentials.
#[derive(Clone, Debug)]
pub struct Request {
    /// Such as `POST`.
    pub method: String,
    /// Below `/in/{connector}`, with a leading slash, percent-decoded once.
    pub path: String,
    /// As it came.
    pub query: String,
    /// (name in lower case, value).
    pub headers: Vec<(String, String)>,
    /// Unpacked.
    pub body: Vec<u8>,
    /// What proved it; none on an open route.
    pub principal: Option<Principal>,
    /// The network peer.
    pub peer: String,
}

/// What to answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// (name, value).
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// A JSON object that says what went wrong.
    #[must_use]
    pub fn error(status: u16, error: &str) -> Self {
        let mut headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        if status == 503 || status == 429 {
            headers.push(("retry-after".into(), "1".into()));
        }
        Self {
            status,
            headers,
            body: json!({ "error": error }).to_string().into_bytes(),
        }
    }
}

struct Waiting {
    request: Request,
    answer: oneshot::Sender<Answer>,
    /// Counts the request for as long as it is worked at, whether its caller waits or not.
    under_way: UnderWay,
}

/// One of the requests under way.
pub(crate) struct UnderWay(Arc<AtomicU64>);

impl UnderWay {
    pub(crate) fn begin(requests: &Arc<AtomicU64>) -> Self {
        requests.fetch_add(1, Ordering::AcqRel);
        Self(Arc::clone(requests))
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

/// The queues of all connectors that are webhooks.
#[derive(Clone, Default)]
pub(crate) struct Webhooks {
    queues: Arc<BTreeMap<String, mpsc::Sender<Waiting>>>,
}

impl Webhooks {
    /// Starts the tasks that serve the queues; they are spawned on `tasks`.
    pub(crate) fn start(
        shared: &Arc<Shared>,
        tasks: &tokio_util::task::TaskTracker,
        cancel: &CancellationToken,
    ) -> Self {
        let mut queues = BTreeMap::new();
        for (name, connector) in shared.connectors.iter().filter(|(_, c)| c.plugin().roles().webhook) {
            let (sender, receiver) = mpsc::channel(QUEUE);
            queues.insert(name.clone(), sender);
            tasks.spawn(serve(
                Arc::clone(shared),
                connector.clone(),
                receiver,
                tasks.clone(),
                cancel.clone(),
            ));
        }
        Self {
            queues: Arc::new(queues),
        }
    }

    /// Answers a request after what it says is stored; gives it back where these queues take
    /// nothing any more.
    pub(crate) async fn receive(
        &self,
        connector: &str,
        request: Request,
        under_way: UnderWay,
    ) -> Result<Answer, Box<(Request, UnderWay)>> {
        let Some(queue) = self.queues.get(connector) else {
            return Ok(Answer::error(404, &format!("no webhook '{connector}' is configured")));
        };
        let (answer, answered) = oneshot::channel();
        let waiting = Waiting {
            request,
            answer,
            under_way,
        };
        match queue.try_send(waiting) {
            Ok(()) => {}
            Err(mpsc::error::TrySendError::Full(_)) => {
                return Ok(Answer::error(503, "too many requests wait; try again"));
            }
            Err(mpsc::error::TrySendError::Closed(back)) => return Err(Box::new((back.request, back.under_way))),
        }
        let stopping = |_| Answer::error(503, "the daemon is stopping; try again");
        Ok(answered.await.unwrap_or_else(stopping))
    }
}

async fn serve(
    shared: Arc<Shared>,
    connector: Connector,
    mut queue: mpsc::Receiver<Waiting>,
    tasks: tokio_util::task::TaskTracker,
    cancel: CancellationToken,
) {
    let most = connector.plugin().manifest().needs.batch as usize;
    let permits = Arc::new(tokio::sync::Semaphore::new(
        connector.plugin().manifest().needs.in_flight as usize,
    ));
    loop {
        // A permit first: what arrives while all calls are taken then shares the next one.
        let Ok(permit) = Arc::clone(&permits).acquire_owned().await else {
            return;
        };
        let mut batch = Vec::new();
        tokio::select! {
            n = queue.recv_many(&mut batch, most.max(1)) => if n == 0 { return },
            () = cancel.cancelled() => {
                queue.close();
                if queue.recv_many(&mut batch, most.max(1)).await == 0 { return }
            }
        }
        let (shared, connector) = (Arc::clone(&shared), connector.clone());
        tasks.spawn(async move {
            answer_all(&shared, &connector, batch).await;
            drop(permit);
        });
    }
}

async fn answer_all(shared: &Shared, connector: &Connector, batch: Vec<Waiting>) {
    let received = shared.clock.now();
    let (requests, callers): (Vec<Request>, Vec<_>) =
        batch.into_iter().map(|w| (w.request, (w.answer, w.under_way))).unzip();
    let public: Vec<bool> = requests
        .iter()
        .map(|r| r.principal.as_ref().is_none_or(|p| p.public))
        .collect();
    let open: Vec<bool> = requests.iter().map(|r| r.principal.is_none()).collect();
    let private: Vec<bool> = requests.iter().map(observing::asks_for_privacy).collect();
    let wire: Vec<wire::Request> = requests
        .into_iter()
        .zip(1_u32..)
        .map(|(r, n)| wire::Request {
            id: n.to_string(),
            method: r.method,
            path: r.path,
            query: r.query,
            headers: r.headers,
            body: r.body,
            received: received.0,
            principal: r.principal.map(|p| p.name),
            peer: r.peer,
            extra: Vec::new(),
        })
        .collect();
    let answers = connector.receive(wire).await;
    // Each request is stored by itself, so that one that cannot be is its caller's affair;
    // the store commits them as a group.
    let stored = answers.into_iter().zip(public.into_iter().zip(open).zip(private)).map(
        |(answer, ((public, open), private))| {
            let origin = Origin {
                connector: connector.name(),
                received,
                public,
            };
            async move { settle(shared, origin, open, private, answer).await }
        },
    );
    let settled = futures::future::join_all(stored).await;
    for ((caller, under_way), answer) in callers.into_iter().zip(settled) {
        drop(under_way);
        // A caller that has gone needs no answer: what it sent is stored all the same.
        let _ = caller.send(answer);
    }
}

async fn settle(
    shared: &Shared,
    origin: Origin<'_>,
    open: bool,
    asks_for_privacy: bool,
    answer: Result<wire::Reception, Fault>,
) -> Answer {
    let mut reception = match answer {
        Ok(reception) => reception,
        Err(Fault::Failure {
            class: Class::Permanent,
            message,
            ..
        }) => return Answer::error(400, &message),
        Err(fault) => {
            tracing::warn!(connector = origin.connector, %fault, "a request could not be read");
            return Answer::error(503, "the request could not be read now; try again");
        }
    };
    if open && !reception.signals.is_empty() {
        tracing::warn!(connector = origin.connector, "signals from an open route are refused");
        return Answer::error(401, "this route takes no signals without a credential");
    }
    if origin.public {
        let Ok(observed) = shared
            .observed(origin.connector, reception.signals, asks_for_privacy)
            .await
        else {
            tracing::error!(
                connector = origin.connector,
                "whether somebody may be observed cannot be read"
            );
            return Answer::error(503, "the signals could not be stored now; try again");
        };
        reception.signals = observed.signals;
        reception.body = observing::tell(origin.connector, reception.body, observed.left_out);
    }
    let intake = shared.vetted(reception.signals, &reception.rejects, origin);
    if (!intake.signals.is_empty() || !intake.dead_letters.is_empty())
        && let Err(error) = shared.store_intake(origin.connector, intake).await
    {
        tracing::error!(connector = origin.connector, %error, "signals could not be stored");
        return Answer::error(503, "the signals could not be stored now; try again");
    }
    let status = if (200..600).contains(&reception.status) {
        reception.status
    } else {
        200
    };
    Answer {
        status,
        headers: reception.headers,
        body: reception.body,
    }
}
