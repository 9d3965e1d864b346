//! Who may call a webhook.

use serde::Serialize;

use super::needs::is_default;
use super::signature::{Place, Signature};

/// How requests to a webhook prove where they come from. The host checks; the plugin sees
/// the name as the request's `principal`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Credential {
    name: String,
    public: bool,
    optional: bool,
    #[serde(skip_serializing_if = "is_default")]
    challenges_only: bool,
    #[serde(skip_serializing_if = "is_default")]
    places: Vec<Place>,
    #[serde(skip_serializing_if = "is_default")]
    signature: Option<Signature>,
}

impl Credential {
    /// The secret's name in the connector's `secrets`. Where a request shows the secret has
    /// to follow, at least one place of which the first that is there counts; or how a
    /// request is signed with it.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            public: false,
            optional: false,
            challenges_only: false,
            places: Vec::new(),
            signature: None,
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

    /// Good for nothing but the vendor's [`Challenge`](super::Challenge)s.
    #[must_use]
    pub fn challenges_only(mut self) -> Self {
        self.challenges_only = true;
        self
    }

    /// As a signature, where requests do not show the secret.
    #[must_use]
    pub fn signature(mut self, signature: Signature) -> Self {
        self.signature = Some(signature);
        self
    }

    /// As user and password of HTTP Basic; the secret is `user:password`.
    #[must_use]
    pub fn basic(self) -> Self {
        self.at(Place::of("basic"))
    }

    /// As the user of HTTP Basic, whatever the password.
    #[must_use]
    pub fn basic_user(self) -> Self {
        self.at(Place::of("basic-user"))
    }

    /// As a bearer token.
    #[must_use]
    pub fn bearer(self) -> Self {
        self.at(Place::of("bearer"))
    }

    /// In this header.
    #[must_use]
    pub fn header(self, name: impl Into<String>) -> Self {
        self.at(Place::header(name))
    }

    /// In this parameter of the query.
    #[must_use]
    pub fn query(self, name: impl Into<String>) -> Self {
        self.at(Place::query(name))
    }

    /// In the JSON body, at this pointer, such as `/writeKey`.
    #[must_use]
    pub fn json_field(self, pointer: impl Into<String>) -> Self {
        self.at(Place::json_field(pointer))
    }

    /// In the path, after this text, such as `/v1/projects/`.
    #[must_use]
    pub fn path(self, before: impl Into<String>) -> Self {
        self.at(Place::named("path", before))
    }

    /// In this place.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.places.push(place);
        self
    }
}
