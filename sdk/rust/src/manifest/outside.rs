//! What is outside: who may call a webhook, and whom a plugin calls.

use serde::Serialize;

use super::needs::is_default;
use super::texts;

/// How requests to a webhook prove where they come from. The host checks; the plugin sees
/// the name as the request's `principal`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Credential {
    name: String,
    public: bool,
    optional: bool,
    places: Vec<Place>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
struct Place {
    r#in: &'static str,
    #[serde(skip_serializing_if = "is_default")]
    name: Option<String>,
}

impl Credential {
    /// The secret's name in the connector's `secrets`. At least one place has to follow,
    /// the first that is there in a request counts.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            public: false,
            optional: false,
            places: Vec::new(),
        }
    }

    /// Shipped in pages or apps, so anybody can have it. What it proves may never report
    /// consent, responses or outcomes, and its identities are claims.
    #[must_use]
    pub fn public(mut self) -> Self {
        self.public = true;
        self
    }

    /// The connector works without it.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// As the user of HTTP Basic.
    #[must_use]
    pub fn basic_user(self) -> Self {
        self.place("basic-user", None)
    }

    /// As a bearer token.
    #[must_use]
    pub fn bearer(self) -> Self {
        self.place("bearer", None)
    }

    /// In this header.
    #[must_use]
    pub fn header(self, name: impl Into<String>) -> Self {
        self.place("header", Some(name.into()))
    }

    /// In this parameter of the query.
    #[must_use]
    pub fn query(self, name: impl Into<String>) -> Self {
        self.place("query", Some(name.into()))
    }

    /// In the JSON body, at this pointer, such as `/writeKey`.
    #[must_use]
    pub fn json_field(self, pointer: impl Into<String>) -> Self {
        self.place("json-field", Some(pointer.into()))
    }

    /// In the path, after this text, such as `/v1/projects/`.
    #[must_use]
    pub fn path(self, before: impl Into<String>) -> Self {
        self.place("path", Some(before.into()))
    }

    fn place(mut self, r#in: &'static str, name: Option<String>) -> Self {
        self.places.push(Place { r#in, name });
        self
    }
}

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
