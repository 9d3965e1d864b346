//! One connection to a relay, and one message over it.
//!
//! The moment that matters is the dot that ends a message. Before it the relay has nothing,
//! whatever happened; once it may have been written, only the relay's answer tells. lettre
//! writes the dot after it has asked for another piece of the message and there is none:
//! that question is where we note that the message is out of our hands.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use lettre::transport::smtp::{
    Error,
    authentication::{Credentials, Mechanism},
    client::{AsyncSmtpConnection, TlsParameters},
    commands::{Data, Mail, Rcpt, Rset},
    extension::{ClientId, Extension, MailBodyParameter, MailParameter},
    response::Response,
};
use secrecy::ExposeSecret;
use tokio::time::timeout;

use crate::{
    Message, RelaySettings, SendError, Taken, Tls, Way, clean,
    outcome::{Stage, judge},
    reply::Reply,
};

/// The answer to a whole message may take so much longer than that to a command: a relay
/// looks through it, and giving up on it leaves nobody knowing (RFC 5321, 4.5.3.2.6).
const END_PATIENCE: u32 = 4;

/// A connection that a message can be sent over.
pub(crate) struct Connection {
    smtp: AsyncSmtpConnection,
    timeout: Duration,
    /// Messages that were tried over it.
    pub(crate) used: u32,
    /// When it was last known to work.
    pub(crate) known_good: Instant,
}

/// A message that was not taken.
pub(crate) struct Failed {
    pub(crate) error: SendError,
    /// Whether the connection can be used no more.
    pub(crate) broken: bool,
    /// Whether it broke without the relay having said anything about this message.
    pub(crate) silent: bool,
}

impl Connection {
    /// Connects, encrypts and logs in; each step has the timeout to itself.
    pub(crate) async fn open(
        settings: &RelaySettings,
        tls: Option<&TlsParameters>,
        way: &dyn Way,
    ) -> Result<Self, String> {
        Ok(Self {
            smtp: open(settings, tls, way).await?,
            timeout: settings.timeout,
            used: 0,
            known_good: Instant::now(),
        })
    }

    /// Sends a message, unless nobody wants it to be sent any more.
    pub(crate) async fn transmit(
        &mut self,
        message: &Message,
        wanted: &(dyn Fn() -> bool + Sync),
    ) -> Result<Taken, Failed> {
        self.used += 1;
        let parameters = self.parameters(message)?;
        let from = Some(message.from.raw().clone());
        self.command(Stage::Sender, Mail::new(from, parameters)).await?;
        self.command(Stage::Recipient, Rcpt::new(message.to.raw().clone(), vec![]))
            .await?;
        if !wanted() {
            return Err(self.given_up());
        }
        self.command(Stage::Data, Data).await?;
        if !wanted() {
            return Err(self.given_up());
        }
        let response = self.body(&message.bytes).await?;
        self.known_good = Instant::now();
        let reply: Vec<&str> = response.message().collect();
        Ok(Taken {
            reply: clean::line(&format!("{} {}", response.code(), reply.join(" ")), 200),
        })
    }

    /// Ends a mail that was begun, so that another can follow.
    pub(crate) async fn reset(&mut self) -> bool {
        let done = matches!(timeout(self.timeout, self.smtp.command(Rset)).await, Ok(Ok(_)));
        if done {
            self.known_good = Instant::now();
        }
        done
    }

    /// Takes leave.
    pub(crate) async fn quit(mut self) {
        // It may be gone already; nothing is lost then.
        let _ = timeout(Duration::from_secs(2), self.smtp.quit()).await;
    }

    fn parameters(&self, message: &Message) -> Result<Vec<MailParameter>, Failed> {
        if !(message.to.needs_utf8() || message.from.needs_utf8()) {
            return Ok(Vec::new());
        }
        let relay = self.smtp.server_info();
        if relay.supports_feature(Extension::SmtpUtfEight) && relay.supports_feature(Extension::EightBitMime) {
            return Ok(vec![
                MailParameter::SmtpUtfEight,
                MailParameter::Body(MailBodyParameter::EightBitMime),
            ]);
        }
        Err(Failed {
            error: SendError::Refused {
                code: "",
                why: "the address has letters beyond ASCII before its at-sign, and the relay does not take such \
                      addresses (SMTPUTF8)"
                    .into(),
            },
            broken: false,
            silent: false,
        })
    }

    async fn command<C: std::fmt::Display>(&mut self, stage: Stage, command: C) -> Result<Response, Failed> {
        match timeout(self.timeout, self.smtp.command(command)).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) => Err(failed(stage, &error)),
            Err(_) => Err(too_late(stage, self.timeout)),
        }
    }

    async fn body(&mut self, bytes: &[u8]) -> Result<Response, Failed> {
        let ended = AtomicBool::new(false);
        let patience = self.timeout * END_PATIENCE;
        let sent = timeout(patience, self.smtp.message_iter(Pieces::of(bytes, &ended))).await;
        let stage = if ended.load(Ordering::Acquire) {
            Stage::End
        } else {
            Stage::Data
        };
        match sent {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) => Err(failed(stage, &error)),
            Err(_) => Err(too_late(stage, patience)),
        }
    }

    /// The connection is closed in the middle of it, which tells the relay to forget it.
    fn given_up(&self) -> Failed {
        Failed {
            error: SendError::Later {
                why: "the call that wanted it sent has ended".into(),
                after: None,
            },
            broken: true,
            silent: false,
        }
    }
}

async fn open(
    settings: &RelaySettings,
    tls: Option<&TlsParameters>,
    way: &dyn Way,
) -> Result<AsyncSmtpConnection, String> {
    let hello = ClientId::Domain(settings.hello.clone());
    let implicit = tls.filter(|_| settings.tls == Tls::Implicit).cloned();
    let RelaySettings { name, host, port, .. } = settings;
    let looking = way.to(name, host, *port);
    let there = match timeout(settings.timeout, looking).await {
        Ok(there) => there.map_err(|why| format!("connecting to the relay '{name}' at {host}:{port}: {why}"))?,
        Err(_) => return Err(format!("looking for the relay '{name}' at {host}: nobody answers")),
    };
    // TLS is for the host's name all the same: it stands in its parameters.
    let connecting =
        AsyncSmtpConnection::connect_tokio1(there.addresses(), Some(settings.timeout), &hello, implicit, None);
    let connected = step(settings, "connecting to", connecting).await;
    there.told(connected.as_ref().map(|_| ()).map_err(Clone::clone)).await;
    let mut smtp = connected?;
    if let Some(tls) = tls.filter(|_| settings.tls == Tls::StartTls) {
        step(settings, "encrypting the way to", smtp.starttls(tls.clone(), &hello)).await?;
    }
    if let Some(login) = &settings.login {
        let credentials = Credentials::new(login.user.clone(), login.password.expose_secret().to_owned());
        let mechanisms = [Mechanism::Plain, Mechanism::Login];
        step(settings, "logging in to", smtp.auth(&mechanisms, &credentials)).await?;
    }
    Ok(smtp)
}

/// One step of getting ready. What went wrong is told with what was being done.
async fn step<T>(
    settings: &RelaySettings,
    doing: &str,
    step: impl Future<Output = Result<T, Error>>,
) -> Result<T, String> {
    let RelaySettings { name, host, port, .. } = settings;
    let why = match timeout(settings.timeout, step).await {
        Ok(Ok(done)) => return Ok(done),
        Ok(Err(error)) => told(&error),
        Err(_) => format!("it did not answer within {:?}", settings.timeout),
    };
    Err(format!("{doing} the relay '{name}' at {host}:{port}: {why}"))
}

fn failed(stage: Stage, error: &Error) -> Failed {
    if let Some(reply) = Reply::of(error) {
        return Failed {
            error: judge(stage, &reply),
            broken: reply.code == 421,
            silent: reply.code == 421,
        };
    }
    let why = format!("the connection to the relay broke {}: {}", stage.doing(), told(error));
    broken(stage, why)
}

fn too_late(stage: Stage, patience: Duration) -> Failed {
    broken(
        stage,
        format!("the relay did not answer within {patience:?} {}", stage.doing()),
    )
}

fn broken(stage: Stage, why: String) -> Failed {
    Failed {
        error: if stage == Stage::End {
            SendError::Unknown { why }
        } else {
            SendError::Later { why, after: None }
        },
        broken: true,
        silent: stage != Stage::End,
    }
}

/// An error with its causes; texts of the other side are cleaned.
fn told(error: &Error) -> String {
    clean::line(&error.to_string(), 300)
}

/// A message in one piece, which notes when it is asked for another.
struct Pieces<'a> {
    rest: Option<&'a [u8]>,
    ended: &'a AtomicBool,
}

impl<'a> Pieces<'a> {
    const fn of(bytes: &'a [u8], ended: &'a AtomicBool) -> Self {
        Self {
            rest: Some(bytes),
            ended,
        }
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let piece = self.rest.take();
        if piece.is_none() {
            self.ended.store(true, Ordering::Release);
        }
        piece
    }
}
