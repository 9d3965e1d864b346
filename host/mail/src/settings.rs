//! How a relay is reached.

use std::{fmt, path::PathBuf, time::Duration};

use lettre::transport::smtp::client::{Certificate, CertificateStore, TlsParameters};
use secrecy::SecretString;

/// How the way to a relay is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls {
    /// Not at all.
    None,
    /// After `STARTTLS`, which the relay must offer.
    StartTls,
    /// From the first byte.
    Implicit,
}

/// Who we are to a relay.
#[derive(Clone)]
pub struct Login {
    /// The user.
    pub user: String,
    /// The password.
    pub password: SecretString,
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login")
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}

/// How a relay is reached.
#[derive(Clone, Debug)]
pub struct RelaySettings {
    /// Its name in the configuration.
    pub name: String,
    /// A host's name or address; what its certificate must be for.
    pub host: String,
    /// The port.
    pub port: u16,
    /// How the way there is encrypted.
    pub tls: Tls,
    /// The only authorities that are trusted, in PEM; the system's where there are none.
    pub ca_file: Option<PathBuf>,
    /// Who we are, where it wants to know.
    pub login: Option<Login>,
    /// How long it may take to answer one command.
    pub timeout: Duration,
    /// How many connections there are at most.
    pub connections: usize,
    /// The name that we introduce ourselves by: a domain.
    pub hello: String,
}

/// Why there is no relay.
#[derive(Debug, thiserror::Error)]
pub enum RelayError {
    /// The file cannot be read.
    #[error("reading the certificates of {path}: {source}")]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The file has no certificate.
    #[error("{path} has no certificate in PEM")]
    NoCertificate {
        /// Which.
        path: PathBuf,
    },
    /// TLS cannot be had.
    #[error("setting TLS up for '{host}': {why}")]
    Tls {
        /// For which host.
        host: String,
        /// Why not.
        why: String,
    },
}

impl RelaySettings {
    /// What TLS needs; none where there is none.
    pub(crate) fn tls_parameters(&self) -> Result<Option<TlsParameters>, RelayError> {
        if self.tls == Tls::None {
            return Ok(None);
        }
        let wrong = |error: lettre::transport::smtp::Error| RelayError::Tls {
            host: self.host.clone(),
            why: error.to_string(),
        };
        let mut builder = TlsParameters::builder(self.host.clone());
        if let Some(certificates) = self.authorities()? {
            builder = builder
                .certificate_store(CertificateStore::None)
                .add_root_certificate(certificates);
        }
        builder.build().map(Some).map_err(wrong)
    }

    fn authorities(&self) -> Result<Option<Certificate>, RelayError> {
        let Some(path) = &self.ca_file else {
            return Ok(None);
        };
        let pem = std::fs::read(path).map_err(|source| RelayError::Unreadable {
            path: path.clone(),
            source,
        })?;
        // The crate takes a file without any for one with none.
        let begins = String::from_utf8_lossy(&pem).contains("-----BEGIN CERTIFICATE-----");
        let read = Certificate::from_pem(&pem).ok().filter(|_| begins);
        read.map(Some)
            .ok_or_else(|| RelayError::NoCertificate { path: path.clone() })
    }
}
