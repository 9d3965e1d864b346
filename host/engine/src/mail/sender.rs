//! In whose name mail is written.

use hearken_config::{MailWiring, grammar};
use hearken_mail::{Address, Mailbox};

use crate::EngineError;

/// In whose name mail is written.
#[derive(Clone, Debug)]
pub(crate) struct Sender {
    pub(crate) from: Mailbox,
    pub(crate) reply_to: Option<Mailbox>,
    pub(crate) postal_address: String,
    pub(crate) alerts_to: Option<Mailbox>,
    pub(crate) brand: String,
}

impl Sender {
    pub(crate) fn new(wired: &MailWiring, brand: &str) -> Result<Self, EngineError> {
        Ok(Self {
            from: mailbox(&wired.from)?,
            reply_to: wired.reply_to.as_ref().map(mailbox).transpose()?,
            postal_address: wired.postal_address.clone(),
            alerts_to: wired.alerts_to.as_deref().map(address).transpose()?.map(Mailbox::from),
            brand: brand.to_owned(),
        })
    }
}

fn mailbox(written: &grammar::Mailbox) -> Result<Mailbox, EngineError> {
    Ok(Mailbox {
        name: written.name.clone(),
        address: address(&written.address)?,
    })
}

fn address(text: &str) -> Result<Address, EngineError> {
    Address::parse(text).map_err(|error| EngineError::Wiring(format!("[mail]: {error}")))
}
