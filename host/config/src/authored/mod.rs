//! What an operator writes. One definition of each table drives its reader, the keys that
//! are suggested where one is misspelt, and the JSON Schema for editors.

mod connector;
mod containers;
mod egress;
mod leaves;
mod macros;
mod mail;
mod script;
mod story;
mod tables;
mod token;
mod until;
mod words;

use schemars::JsonSchema;

pub(crate) use connector::{ConnectorTable, GrantsTable, LimitsTable, PLACES, SecretFields, SecretTable, ShareTable};
pub(crate) use containers::{Listed, Mapped, Named, Weights, is_name};
pub(crate) use egress::{HttpGrantTable, ProxyTable};
pub(crate) use leaves::{
    Address, Command, EmailText, Fraction, HoursText, Json, Length, MailboxText, Name, Number, PathText, Peer,
    Positive, Rate, Size, Text,
};
pub(crate) use mail::{BrakesTable, MailTable, RelayTable};
pub(crate) use script::{ExpectTable, ScriptTable, StepTable, TestTable};
pub(crate) use story::{AnswerTable, FrontMatter, WordingMatter};
pub(crate) use tables::{
    ChannelTable, ExcludeTable, FileTable, FitTable, KeepTable, LearnTable, ListenTable, MachinesTable, MemberTable,
    PolicyTable, TeamTable,
};
pub(crate) use token::TokenTable;
pub(crate) use until::Until;
pub(crate) use words::{Choice, IsolationWord, SchemeWord, TlsWord, TokenGrantWord};

use crate::{node::Node, problems::Problems, source::Span};

/// Something that can be written in TOML.
pub(crate) trait Authored: Sized + JsonSchema {
    /// What the place wants, with its article, and an example in TOML.
    fn expected() -> (String, String);

    /// Reads it; `None` once a problem was noted.
    fn read(node: &Node, problems: &mut Problems) -> Option<Self>;
}

/// A value with the place where it was written and that of its key.
#[derive(Clone, Debug)]
pub(crate) struct At<T> {
    pub(crate) value: T,
    pub(crate) span: Span,
    pub(crate) key: Span,
}

impl<T: Authored> At<T> {
    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        T::read(node, problems).map(|value| Self {
            value,
            span: node.span,
            key: node.key,
        })
    }
}

/// The JSON Schema of a configuration file, for editors.
#[must_use]
pub fn schema() -> serde_json::Value {
    let mut schema = schemars::generate::SchemaSettings::draft2020_12()
        .into_generator()
        .into_root_schema_for::<FileTable>();
    schema.insert("title".into(), "A configuration of Hearken".into());
    schema.to_value()
}
