//! A relay: a few connections that are used again, and whether it can be used at all.
//!
//! What keeps every message from leaving (a dead host, a bad certificate, a wrong password)
//! is found by [`Relay::ready`] before any of them is tried, so that no message is charged
//! for it. After such a failure the relay is left alone for a while, longer each time.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use lettre::transport::smtp::client::TlsParameters;
use tokio::sync::Semaphore;

use crate::{
    Message, RelayError, RelaySettings, SendError, Taken, Way,
    connection::{Connection, Failed},
};

/// A connection that was quiet for longer may have been closed by the other side.
const FRESH: Duration = Duration::from_secs(20);
/// Messages over one connection: relays limit them, and forget to say so.
const MESSAGES: u32 = 100;
const FIRST_WAIT: Duration = Duration::from_secs(2);
const LONGEST_WAIT: Duration = Duration::from_secs(300);

/// A relay.
pub struct Relay {
    settings: RelaySettings,
    tls: Option<TlsParameters>,
    way: Arc<dyn Way>,
    idle: Mutex<Vec<Connection>>,
    places: Semaphore,
    health: Mutex<Health>,
}

/// A relay that cannot be used now.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct Down {
    /// Why not.
    pub why: String,
    /// When it is worth another look, from now.
    pub again: Duration,
    /// Whether this is the first time that it is told.
    pub news: bool,
}

#[derive(Default)]
struct Health {
    /// In a row.
    failures: u32,
    until: Option<Instant>,
    why: String,
}

impl Relay {
    /// With no connection yet; `way` is how there will be some.
    ///
    /// # Errors
    /// [`RelayError`], where its certificates cannot be read or TLS cannot be set up.
    pub fn new(settings: RelaySettings, way: Arc<dyn Way>) -> Result<Self, RelayError> {
        Ok(Self {
            tls: settings.tls_parameters()?,
            way,
            places: Semaphore::new(settings.connections.max(1)),
            settings,
            idle: Mutex::default(),
            health: Mutex::default(),
        })
    }

    /// Its name in the configuration.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.settings.name
    }

    /// Whether a message can be sent now: there is a connection that works, or there was a
    /// moment ago.
    ///
    /// # Errors
    /// [`Down`], with what is in the way.
    pub async fn ready(&self) -> Result<(), Down> {
        self.up()?;
        if let Some(connection) = self.take_idle() {
            self.keep(connection);
            return Ok(());
        }
        let Ok(_place) = self.places.acquire().await else {
            return Err(self.went_down("the relay is closed".into()));
        };
        match Connection::open(&self.settings, self.tls.as_ref(), self.way.as_ref()).await {
            // That it takes messages as well shows when it has taken one.
            Ok(connection) => {
                self.keep(connection);
                Ok(())
            }
            Err(why) => Err(self.went_down(why)),
        }
    }

    /// Sends a message. `wanted` is asked right before it is out of our hands.
    ///
    /// # Errors
    /// [`SendError`]: whether it was not sent, or nobody knows.
    pub async fn send(&self, message: &Message, wanted: &(dyn Fn() -> bool + Sync)) -> Result<Taken, SendError> {
        let Ok(_place) = self.places.acquire().await else {
            return Err(down("the relay is closed".into()));
        };
        self.up().map_err(|d| down(d.why))?;
        if let Some(used) = self.take_idle() {
            match self.send_over(used, message, wanted).await {
                // It had been closed while nobody looked: a new one may do better.
                Err(failed) if failed.silent => {}
                ended => return ended.map_err(|failed| failed.error),
            }
        }
        let fresh = match Connection::open(&self.settings, self.tls.as_ref(), self.way.as_ref()).await {
            Ok(connection) => connection,
            Err(why) => return Err(down(self.went_down(why).why)),
        };
        let ended = self.send_over(fresh, message, wanted).await;
        ended.map_err(|failed| failed.error)
    }

    async fn send_over(
        &self,
        mut connection: Connection,
        message: &Message,
        wanted: &(dyn Fn() -> bool + Sync),
    ) -> Result<Taken, Failed> {
        let reused = connection.used > 0 || connection.known_good.elapsed() > Duration::from_secs(1);
        let mut ended = connection.transmit(message, wanted).await;
        match &mut ended {
            Ok(_) => {
                self.came_up();
                self.keep(connection);
            }
            Err(failed) => {
                let dead = failed.silent && !reused;
                failed.silent &= reused;
                if dead || matches!(failed.error, SendError::Relay { .. }) {
                    self.went_down(failed.error.to_string());
                }
                if !failed.broken && connection.reset().await {
                    self.keep(connection);
                }
            }
        }
        ended
    }

    fn up(&self) -> Result<(), Down> {
        let health = self.health();
        match health
            .until
            .map(|until| until.saturating_duration_since(Instant::now()))
        {
            Some(again) if !again.is_zero() => Err(Down {
                why: health.why.clone(),
                again,
                news: false,
            }),
            _ => Ok(()),
        }
    }

    fn went_down(&self, why: String) -> Down {
        let mut health = self.health();
        let wait = FIRST_WAIT
            .saturating_mul(1 << health.failures.min(16))
            .min(LONGEST_WAIT);
        let news = health.failures == 0 || health.why != why;
        health.failures = health.failures.saturating_add(1);
        health.until = Some(Instant::now() + wait);
        health.why.clone_from(&why);
        Down { why, again: wait, news }
    }

    fn came_up(&self) {
        *self.health() = Health::default();
    }

    /// A connection that is likely to work. Those that are not are let go.
    fn take_idle(&self) -> Option<Connection> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = |c: &Connection| c.known_good.elapsed() < FRESH && c.used < MESSAGES;
        while let Some(connection) = idle.pop() {
            if fresh(&connection) {
                return Some(connection);
            }
            tokio::spawn(connection.quit());
        }
        None
    }

    fn keep(&self, connection: Connection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.push(connection);
    }

    fn health(&self) -> MutexGuard<'_, Health> {
        // Whole after a panic elsewhere: a value or the default.
        self.health.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn down(why: String) -> SendError {
    SendError::Relay { why }
}

impl std::fmt::Debug for Relay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Relay")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
