//! What guests may import, one file a capability. All of it is always linked: what was not
//! granted answers `denied` before anything happens.

mod crypto;
mod files;
mod folder;
mod http;
mod log;
mod mail;
mod unpacking;

pub(crate) use folder::Folder;
pub(crate) use http::{Access as HttpAccess, HttpCall};
pub use http::{Http, Permit, Sending};
pub(crate) use log::LogBudget;
pub use mail::Mail;
pub(crate) use mail::{Access as MailAccess, MailCall};
pub(crate) use unpacking::Unpacking;

use wasmtime::component::{HasSelf, Linker};

use crate::{
    state::State,
    wire::{self, hearken::plugin as imports},
};

/// Links every import of the contract.
pub(crate) fn link(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    imports::types::add_to_linker::<State, HasSelf<State>>(linker, |state| state)?;
    imports::log::add_to_linker::<State, HasSelf<State>>(linker, |state| state)?;
    imports::files::add_to_linker::<State, HasSelf<State>>(linker, |state| state)?;
    imports::http::add_to_linker::<State, HasSelf<State>>(linker, |state| state)?;
    imports::crypto::add_to_linker::<State, HasSelf<State>>(linker, |state| state)?;
    imports::mail::add_to_linker::<State, HasSelf<State>>(linker, |state| state)
}

impl imports::types::Host for State {}

fn failure(class: &str, code: &str, message: String) -> wire::Failure {
    wire::Failure {
        class: class.into(),
        code: code.into(),
        message,
        retry_after_ms: None,
    }
}
