//! What can hold a request back although it is allowed: the vendor's wish, the breaker, the
//! quotas, the number of requests under way.

use std::{fmt, sync::Arc};

use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::{Duration, Instant, timeout_at},
};

use crate::{
    Code, Error, HostPattern, Rate, Rule, Scheme,
    breaker::{Breaker, LeftAlone, Pass},
    budget::Budget,
    credential::{Credential, Pause},
    quota::Bucket,
};

/// For how long a request waits for its turn before it is told to come again.
const PATIENCE: Duration = Duration::from_secs(2);

pub(crate) struct Gates {
    buckets: Vec<Bucket>,
    pub(crate) destinations: Vec<Destination>,
    pub(crate) budget: Budget,
    pub(crate) rates: Vec<Rate>,
    places: Semaphore,
    most_places: usize,
}

/// Scheme, host and port, of which one connector has as many as it has rules at most.
pub(crate) struct Destination {
    scheme: Scheme,
    pub(crate) host: HostPattern,
    port: Option<u16>,
    pub(crate) breaker: Arc<Breaker>,
    pub(crate) pause: Pause,
}

impl Destination {
    fn of(rule: &Rule, breaker: impl Fn(&str) -> Arc<Breaker>) -> Self {
        let mut destination = Self {
            scheme: rule.scheme,
            host: rule.host.clone(),
            port: rule.port,
            breaker: Arc::default(),
            pause: Pause::default(),
        };
        destination.breaker = breaker(&destination.to_string());
        destination
    }

    pub(crate) fn is_of(&self, rule: &Rule) -> bool {
        (self.scheme, &self.host, self.port) == (rule.scheme, &rule.host, rule.port)
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let port = self.port.unwrap_or_else(|| self.scheme.port());
        write!(f, "{}://{}:{port}", self.scheme.word(), self.host)
    }
}

/// A request that may go now.
pub(crate) struct Entry<'a> {
    pub(crate) pass: Pass,
    _place: SemaphorePermit<'a>,
}

impl Gates {
    pub(crate) fn new<'a>(
        rules: impl Iterator<Item = &'a Rule>,
        rates: &[Rate],
        bytes_per_hour: u64,
        in_flight: usize,
        breaker: impl Fn(&str) -> Arc<Breaker>,
    ) -> Self {
        let most_places = in_flight.max(1);
        let mut destinations: Vec<Destination> = Vec::new();
        for rule in rules {
            if !destinations.iter().any(|known| known.is_of(rule)) {
                destinations.push(Destination::of(rule, &breaker));
            }
        }
        Self {
            buckets: rates.iter().copied().map(Bucket::new).collect(),
            destinations,
            budget: Budget::new(bytes_per_hour),
            rates: rates.to_vec(),
            places: Semaphore::new(most_places),
            most_places,
        }
    }

    /// Requests under way, and how many may be.
    pub(crate) fn in_flight(&self) -> (usize, usize) {
        let free = self.places.available_permits();
        (self.most_places.saturating_sub(free), self.most_places)
    }

    /// Waits for a turn, but not for long.
    pub(crate) async fn enter(
        &self,
        destination: &Destination,
        credentials: &[Arc<Credential>],
        bytes: u64,
        deadline: Instant,
    ) -> Result<Entry<'_>, Error> {
        let pauses = credentials.iter().map(|c| &c.pause).chain([&destination.pause]);
        if let Some(left) = pauses.filter_map(Pause::left).max() {
            return Err(limited("the other side asked to be left alone for a while", left));
        }
        let pass = destination
            .breaker
            .admit(Instant::now())
            .map_err(|LeftAlone { why, again }| {
                let why = if why.is_empty() {
                    "it is being tried".to_owned()
                } else {
                    why
                };
                Error::before(Code::BreakerOpen, format!("{} is left alone: {why}", destination.host)).again_in(again)
            })?;
        self.budget
            .take(bytes, Instant::now())
            .map_err(|wait| limited("the bytes of this hour are used up", wait))?;
        let patience = deadline.min(Instant::now() + PATIENCE);
        let place = timeout_at(patience, self.places.acquire()).await;
        let Ok(Ok(place)) = place else {
            return Err(limited(
                "as many requests are under way as may be",
                Duration::from_millis(100),
            ));
        };
        let shared: Vec<_> = credentials.iter().flat_map(|credential| credential.buckets()).collect();
        for bucket in self.buckets.iter().chain(shared.iter().map(AsRef::as_ref)) {
            let taken = bucket.take_by(patience).await;
            taken.map_err(|wait| limited("the quota is used up", wait))?;
        }
        Ok(Entry { pass, _place: place })
    }
}

fn limited(why: &str, wait: Duration) -> Error {
    Error::before(Code::RateLimited, why).again_in(wait)
}
