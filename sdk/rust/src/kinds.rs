//! The catalogue of signal kinds, a type each. What sources produce and what scorers may
//! rely on; `sdk/wit/kinds` has the JSON Schemas.
//!
//! Every property may be missing: an empty text, list or map and `None` are not written,
//! and what is not there is read as such. Properties that a kind does not know are skipped
//! ([`Signal::values`](crate::Signal::values) has them). Units are in the names.
//!
//! ```
//! use hearken_sdk::kinds::{Ask, FormSubmitted};
//!
//! let submitted = FormSubmitted { form: "contact".into(), asks: Some(Ask::Demo), ..Default::default() };
//! # let _ = submitted;
//! ```

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::json::{Map, Value};

mod behaviour;
mod conversation;
mod person;
mod sales;

pub use behaviour::*;
pub use conversation::*;
pub use person::*;
pub use sales::*;

/// A kind of the catalogue.
pub trait Kind: Serialize + DeserializeOwned {
    /// Its name, such as `page.viewed`.
    const KIND: &'static str;
}

/// What is not worth writing. A `false` is: it says something that silence does not.
trait Absent {
    fn is_absent(&self) -> bool;
}

impl Absent for String {
    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

impl<T> Absent for Option<T> {
    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

impl<T> Absent for Vec<T> {
    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

impl Absent for Map<String, Value> {
    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

/// Structs for kinds, each with serde and its name.
macro_rules! kinds {
    ($($(#[$meta:meta])* $name:ident = $kind:literal {
        $($(#[$field_meta:meta])* $field:ident: $ty:ty,)*
    })+) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(default)]
        pub struct $name {
            $(
                $(#[$field_meta])*
                #[serde(skip_serializing_if = "super::Absent::is_absent")]
                pub $field: $ty,
            )*
        }

        impl super::Kind for $name {
            const KIND: &'static str = $kind;
        }
    )+};
}

/// Words that a property may have; a word that is not listed is read as the last one.
macro_rules! property_words {
    ($($(#[$meta:meta])* $name:ident { $($(#[$case_meta:meta])* $case:ident,)+ ; $(#[$other_meta:meta])* $other:ident })+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum $name {
            $($(#[$case_meta])* $case,)+
            $(#[$other_meta])*
            #[serde(other)]
            $other,
        }
    )+};
}

use {kinds, property_words};
