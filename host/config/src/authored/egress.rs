//! The tables about calls out.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::{At, Authored, Choice, Listed, Name, Positive, SchemeWord, SecretTable, Text, macros::table};
use crate::{
    node::{Node, Value},
    problems::Problems,
};

table! {
    /// What may be called: one entry of `grants.http`.
    pub(crate) struct HttpGrantTable ("the grant") {
        /// A name, an address, or "*.example.com" with allow-wildcard.
        required host: Text,
        /// Encrypted (https, the default) or in the clear (http).
        optional scheme: Choice<SchemeWord>,
        /// Default: the scheme's own, 443 or 80.
        optional port: Positive,
        /// Such as ["GET", "POST"]. Default: all that the plugin declares.
        optional methods: Listed<Text>,
        /// A prefix that ends where a segment does: "/v1". Default "/".
        optional path: Text,
        /// With true, a host that begins with a star is taken: whoever can make names below it can be sent data.
        optional allow_wildcard: bool,
        /// The connector's secrets that may go there. Default: none.
        optional secrets: Listed<Name>,
    }
}

table! {
    /// A proxy that all calls of a connector go through.
    pub(crate) struct ProxyFields ("the proxy") {
        /// Where it is: "http://proxy.internal:3128".
        required url: Text,
        /// Who logs in; none where the proxy does not ask.
        optional user: Text,
        /// The user's password, from where a secret of a connector may be; in a folder it is called `proxy-password`.
        optional password: SecretTable,
    }
}

/// A proxy: its address alone, or with who logs in. What is written out in the address by
/// mistake is kept out of every excerpt.
#[derive(Clone, Debug)]
pub(crate) struct ProxyTable(pub(crate) ProxyFields);

impl Authored for ProxyTable {
    fn expected() -> (String, String) {
        ("a proxy".into(), "\"http://proxy.internal:3128\"".into())
    }

    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        let fields = match &node.value {
            Value::String(_) => ProxyFields {
                url: At::read(node, problems),
                ..ProxyFields::default()
            },
            Value::Table(_) => ProxyFields::read(node, problems)?,
            _ => {
                problems.wrong_type(node, &Self::expected());
                return None;
            }
        };
        let url = fields.url.as_ref()?;
        if url.value.0.contains('@') {
            problems.sources.mask(url.span);
            let help = "write { url = \"http://proxy.internal:3128\", user = \"…\", password = { env = \"NAME\" } }";
            let message = "a user is written out in the proxy's address".into();
            problems.error("secret-written-out", url.span, message, help);
            return None;
        }
        Some(Self(fields))
    }
}

impl JsonSchema for ProxyTable {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Proxy".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let table = ProxyFields::json_schema(generator);
        json_schema!({ "anyOf": [{ "type": "string", "minLength": 1 }, table] })
    }
}
