//! Values that are one of a few words.

use std::borrow::Cow;

use hearken_model::{Act, ActionState, ConsentRule, Floor, Lifecycle, Mode, Pressure, StoryKind};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::{Authored, leaves};
use crate::{ActWord, ClientLogin, OnUnknown, SinkAnswer, Vouching, node::Node, problems::Problems};

/// How an instance of a plugin lives, as a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IsolationWord {
    /// A fresh one for every call.
    Call,
    /// One for several calls.
    Connector,
}

/// How the way to a relay is encrypted, as a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TlsWord {
    /// After `STARTTLS`.
    StartTls,
    /// From the first byte.
    Implicit,
    /// Not at all.
    None,
}

/// By what a token is asked for, as a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenGrantWord {
    /// The client's own credentials.
    ClientCredentials,
    /// A token that was allowed.
    RefreshToken,
}

/// How a call is made, as a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SchemeWord {
    /// Encrypted.
    Https,
    /// In the clear.
    Http,
}

/// An enum with a word for each case.
pub(crate) trait Word: Copy + 'static {
    /// What the words are about, without an article.
    const WHAT: &'static str;

    /// All of them, in the order in which they are suggested.
    fn all() -> Vec<(&'static str, Self)>;
}

/// One word of those that a [`Word`] has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Choice<T>(pub(crate) T);

impl<T: Word> Authored for Choice<T> {
    fn expected() -> (String, String) {
        let example = T::all().first().map_or("", |(word, _)| word);
        (format!("a {}", T::WHAT), format!("\"{example}\""))
    }

    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        let text = leaves::text::<Self>(node, problems)?;
        let all = T::all();
        match all.iter().find(|(word, _)| *word == text) {
            Some((_, value)) => Some(Self(*value)),
            None => {
                problems.unknown(
                    "unknown-word",
                    T::WHAT,
                    node.span,
                    &text,
                    all.iter().map(|(word, _)| *word),
                    "",
                );
                None
            }
        }
    }
}

impl<T: Word> JsonSchema for Choice<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        T::WHAT.into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let words: Vec<_> = T::all().into_iter().map(|(word, _)| word).collect();
        json_schema!({ "enum": words })
    }
}

macro_rules! words {
    ($($type:ty, $what:literal: $all:expr;)*) => {$(
        impl Word for $type {
            const WHAT: &'static str = $what;

            fn all() -> Vec<(&'static str, Self)> {
                $all.into_iter().collect()
            }
        }
    )*};
}

words! {
    Mode, "mode": [Self::Shadow, Self::Approve, Self::Live].map(|m| (m.word(), m));
    Pressure, "pressure": [Self::Soft, Self::Hard].map(|p| (p.word(), p));
    StoryKind, "kind of story": [Self::Marketing, Self::Service, Self::Sales].map(|k| (k.word(), k));
    Lifecycle, "lifecycle": Self::ALL.map(|l| (l.word(), l));
    ConsentRule, "consent rule": [("opt-in", Self::OptIn), ("opt-out", Self::OptOut)];
    Vouching, "way to vouch": [Self::Claimed, Self::Verified].map(|v| (v.word(), v));
    OnUnknown, "way to treat unknown deliveries": [Self::Hold, Self::Retry].map(|o| (o.word(), o));
    TokenGrantWord, "grant": [("client-credentials", Self::ClientCredentials), ("refresh-token", Self::RefreshToken)];
    ClientLogin, "way to log in": [("basic", Self::Basic), ("body", Self::Body)];
    SchemeWord, "scheme": [("https", Self::Https), ("http", Self::Http)];
    TlsWord, "way to encrypt": [("starttls", Self::StartTls), ("tls", Self::Implicit), ("none", Self::None)];
    Floor, "floor": [Self::Listening, Self::Ours, Self::AwaitingReply, Self::WithSales, Self::Closed].map(|f| (f.word(), f));
    ActionState, "state": Self::ALL.map(|s| (s.word(), s));
    ActWord, "act": [Act::Hold, Act::Tell, Act::Ask, Act::HandOver].map(|a| (a.word(), Self::Decided(a))).into_iter()
        .chain([("nothing", Self::Nothing)]);
    SinkAnswer, "answer of a sink": [("delivers", Self::Delivers), ("fails", Self::Fails), ("refuses", Self::Refuses), ("is-silent", Self::IsSilent)];
    IsolationWord, "isolation": [("call", Self::Call), ("connector", Self::Connector)];
}
