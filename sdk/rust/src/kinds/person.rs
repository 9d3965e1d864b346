//! Who people are and what they allow.

use serde::{Deserialize, Serialize};

use crate::json::{Map, Value};

super::kinds! {
    /// A person said who they are: all identities of the signal are one person.
    PersonIdentified = "person.identified" {
        /// What is known of them, by the usual names (`name`, `title`, `company`,
        /// `employees`, `language`).
        traits: Map<String, Value>,
    }

    /// Two names of one person: all identities of the signal are joined.
    PersonLinked = "person.linked" {}

    /// Something became known of a person, without joining identities.
    PersonDescribed = "person.described" {
        /// What is known of them.
        traits: Map<String, Value>,
    }

    /// An address must never be written to: it is on a suppression list.
    AddressSuppressed = "address.suppressed" {
        /// Why, for people.
        reason: String,
        /// The list that it is on.
        list: String,
    }

    /// Something became known of the signal's company.
    CompanyDescribed = "company.described" {
        /// The company's name.
        name: String,
        /// Its domain, such as `example.com`.
        domain: String,
        /// What is known of it (`employees`, `industry`, `country`).
        traits: Map<String, Value>,
    }
}

macro_rules! consents {
    ($($(#[$meta:meta])* $name:ident = $kind:literal)+) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(default)]
        pub struct $name {
            /// The brand; `*` for all.
            pub brand: String,
            /// What for: `observing`, `marketing`, `service`, `sales`, or a name of the
            /// operator's.
            pub purpose: String,
            /// The channel; `*` for all.
            pub channel: String,
            /// The legal basis, such as `consent` or `contract`.
            #[serde(skip_serializing_if = "String::is_empty")]
            pub basis: String,
            /// Where it can be proved: a form, a document, a vendor's record.
            #[serde(skip_serializing_if = "String::is_empty")]
            pub proof: String,
        }

        impl Default for $name {
            fn default() -> Self {
                Self {
                    brand: "*".to_owned(),
                    purpose: String::new(),
                    channel: "*".to_owned(),
                    basis: String::new(),
                    proof: String::new(),
                }
            }
        }

        impl super::Kind for $name {
            const KIND: &'static str = $kind;
        }
    )+};
}

consents! {
    /// A person allowed something.
    ConsentGranted = "consent.granted"
    /// A person was asked to confirm (double opt-in) and has not yet.
    ConsentPending = "consent.pending"
    /// A person took back what they allowed.
    ConsentWithdrawn = "consent.withdrawn"
}
