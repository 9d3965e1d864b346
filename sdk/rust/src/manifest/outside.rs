//! What is outside: whom a plugin calls.

use serde::Serialize;

use super::needs::is_default;
use super::texts;

/// A host that a plugin calls.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Host {
    scheme: &'static str,
    host: String,
    #[serde(skip_serializing_if = "is_default")]
    port: Option<u16>,
    #[serde(skip_serializing_if = "is_default")]
    methods: Option<Vec<String>>,
    path: String,
}

impl Host {
    /// By https: a name, or `*.example.com`.
    pub fn https(host: impl Into<String>) -> Self {
        Self {
            scheme: "https",
            host: host.into(),
            port: None,
            methods: None,
            path: "/".to_owned(),
        }
    }

    /// By http, where the vendor runs next door.
    pub fn http(host: impl Into<String>) -> Self {
        Self {
            scheme: "http",
            ..Self::https(host)
        }
    }

    /// At another port than the scheme's.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = Some(port);
        self
    }

    /// With these methods only.
    #[must_use]
    pub fn methods<I: IntoIterator>(mut self, methods: I) -> Self
    where
        I::Item: Into<String>,
    {
        self.methods.get_or_insert_default().extend(texts(methods));
        self
    }

    /// Below this path only.
    #[must_use]
    pub fn path(mut self, prefix: impl Into<String>) -> Self {
        self.path = prefix.into();
        self
    }
}
