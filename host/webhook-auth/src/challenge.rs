//! Questions by which a vendor makes sure that an address is its customer's. They carry no
//! event, so the host answers them and no guest is asked.

use serde::{Deserialize, Serialize};

use crate::{BadScheme, Place, PlaceKind, Request};

/// The longest answer. Whoever may ask decides what is in it, so it has room for a token and
/// for nothing else.
const MOST_BYTES: usize = 1024;

/// A question and its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Challenge {
    /// The method of the request that asks.
    pub method: String,
    /// What tells it from other requests of that method.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<When>,
    /// What stands here is the answer, as text. Without it the answer is empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub echo: Option<Place>,
    /// The credential that the request has to prove. Without it anybody is answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proved_by: Option<String>,
}

/// A text that stands in a place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct When {
    /// Where.
    pub at: Place,
    /// Which.
    pub is: String,
}

impl Challenge {
    /// Whether it makes sense.
    ///
    /// # Errors
    /// Says what does not.
    pub fn check(&self) -> Result<(), BadScheme> {
        let when = self.when.as_ref().map(|w| &w.at);
        for place in when.into_iter().chain(&self.echo) {
            place.check_for("a challenge")?;
        }
        let known = ["GET", "HEAD", "POST", "PUT"];
        if known.contains(&self.method.as_str()) {
            Ok(())
        } else {
            Err(BadScheme::Name {
                name: self.method.clone(),
                what: "method of a challenge",
            })
        }
    }

    /// Whether it can be told without the body whether a request is this.
    #[must_use]
    pub fn needs_body(&self) -> bool {
        let when = self.when.as_ref().map(|w| &w.at);
        let mut places = when.into_iter().chain(&self.echo);
        places.any(|place| place.kind == PlaceKind::JsonField)
    }

    /// The answer to a request that proved the credential of this name; none where it is no
    /// such question, or not proved.
    #[must_use]
    pub fn answer(&self, request: &Request<'_>, proved: Option<&str>) -> Option<String> {
        let may = self.proved_by.is_none() || self.proved_by.as_deref() == proved;
        if !may || self.method != request.method {
            return None;
        }
        if let Some(when) = &self.when
            && when.at.value(request).ok()? != when.is
        {
            return None;
        }
        match &self.echo {
            None => Some(String::new()),
            Some(place) => {
                let text = place.value(request).ok()?;
                (text.len() <= MOST_BYTES && !text.chars().any(char::is_control)).then_some(text)
            }
        }
    }
}
