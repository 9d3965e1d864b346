//! Mail through the operator's relay.

use crate::Failure;

/// The host sets recipient, envelope, sender and `List-Unsubscribe` from the action.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// The id of the action that it carries.
    pub item: String,
    /// Any text; the host encodes it.
    pub subject: String,
    /// `X-…`, `In-Reply-To` and `References` only.
    pub headers: Vec<(String, String)>,
    /// The plain part.
    pub text: String,
    /// The HTML part, if any.
    pub html: Option<String>,
}

/// Sends them; the `Message-ID` of each, without angle brackets, in the order asked.
pub fn send_all(messages: Vec<Message>) -> Vec<Result<String, Failure>> {
    #[cfg(target_arch = "wasm32")]
    {
        use crate::bindings::hearken::plugin::mail;
        let messages: Vec<mail::Message> = messages
            .into_iter()
            .map(|message| mail::Message {
                item: message.item,
                subject: message.subject,
                headers: message.headers,
                text: message.text,
                html: message.html,
            })
            .collect();
        mail::send_all(&messages)
            .into_iter()
            .map(|answer| answer.map_err(Failure::from_wit))
            .collect()
    }
    #[cfg(not(target_arch = "wasm32"))]
    messages.into_iter().map(crate::testing::mailed).collect()
}
