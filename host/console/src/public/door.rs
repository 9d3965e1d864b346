//! How one connector's requests are let in, as its plugin's manifest says.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use super::credentials::{Credential, Proof, Shown, prove};

/// A door's manifest makes no sense.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DoorError {
    /// A pattern of `open` is no glob.
    #[error("reading the open path '{pattern}' of the manifest: {why}")]
    Glob {
        /// As written in the manifest.
        pattern: String,
        /// What is wrong with it.
        why: String,
    },
}

/// One connector's way in. Without credentials and open paths it lets nobody in.
#[derive(Clone, Debug)]
pub struct Door {
    credentials: Vec<Credential>,
    open: GlobSet,
    cors: bool,
    max_body_bytes: usize,
}

impl Door {
    /// `open` are globs over the path below `/in/{connector}`; a `*` stays within one
    /// segment, `**` does not. `max_body_bytes` is counted unpacked.
    ///
    /// # Errors
    /// Where a glob cannot be read.
    pub fn new(
        credentials: Vec<Credential>,
        open: &[String],
        cors: bool,
        max_body_bytes: usize,
    ) -> Result<Self, DoorError> {
        let mut globs = GlobSetBuilder::new();
        for pattern in open {
            let wrong = |error: globset::Error| DoorError::Glob {
                pattern: pattern.clone(),
                why: error.to_string(),
            };
            globs.add(
                GlobBuilder::new(pattern)
                    .literal_separator(true)
                    .build()
                    .map_err(wrong)?,
            );
        }
        let wrong = |error: globset::Error| DoorError::Glob {
            pattern: open.join(", "),
            why: error.to_string(),
        };
        let open = globs.build().map_err(wrong)?;
        Ok(Self {
            credentials,
            open,
            cors,
            max_body_bytes,
        })
    }

    pub(super) fn credentials(&self) -> &[Credential] {
        &self.credentials
    }

    pub(super) fn has_cors(&self) -> bool {
        self.cors
    }

    pub(super) fn max_body_bytes(&self) -> usize {
        self.max_body_bytes
    }

    /// Whether a request may come in. Asked before its body is read, and again with the
    /// body where that may decide.
    pub(super) fn ask(&self, shown: Shown<'_>) -> Entry<'_> {
        match prove(&self.credentials, shown) {
            Proof::Of(credential) => Entry::As(Some(credential)),
            Proof::AskBody => Entry::AskBody,
            Proof::None if self.open.is_match(shown.path) => Entry::As(None),
            Proof::None => Entry::Refused,
        }
    }
}

/// Whether a request may come in.
#[derive(Clone, Copy, Debug)]
pub(super) enum Entry<'a> {
    /// Yes, with what it proved; nothing on an open path.
    As(Option<&'a Credential>),
    /// Its body decides.
    AskBody,
    /// No.
    Refused,
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderMap;

    use super::*;
    use crate::Found;

    fn door(places: &[(&str, bool, Vec<Found>)], open: &[&str]) -> Door {
        let credentials = places
            .iter()
            .map(|(name, public, places)| {
                Credential::new((*name).into(), *public, places.clone(), &format!("{name}-secret"))
            })
            .collect();
        let open: Vec<String> = open.iter().map(|o| (*o).to_owned()).collect();
        Door::new(credentials, &open, false, 1000).expect("the globs are good")
    }

    fn ask(door: &Door, headers: &[(&'static str, &str)], query: &str, path: &str, body: Option<&str>) -> String {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().expect("a header's value"));
        }
        match door.ask(Shown {
            headers: &map,
            query,
            path,
            body: body.map(str::as_bytes),
        }) {
            Entry::As(Some(credential)) => credential.name().to_owned(),
            Entry::As(None) => "open".into(),
            Entry::AskBody => "ask body".into(),
            Entry::Refused => "refused".into(),
        }
    }

    #[test]
    fn each_place_can_prove_a_credential() {
        let all = vec![
            Found::BasicUser,
            Found::Bearer,
            Found::Header("x-key".into()),
            Found::Query("key".into()),
            Found::Path("/v1/projects/".into()),
            Found::JsonField("/writeKey".into()),
        ];
        let door = door(&[("k", true, all)], &[]);
        let basic = "Basic ay1zZWNyZXQ6"; // k-secret:
        assert_eq!(ask(&door, &[("authorization", basic)], "", "/", None), "k");
        assert_eq!(ask(&door, &[("authorization", "bearer k-secret")], "", "/", None), "k");
        assert_eq!(ask(&door, &[("x-key", "k-secret")], "", "/", None), "k");
        assert_eq!(ask(&door, &[], "a=b&k%65y=k%2Dsecret", "/", None), "k");
        assert_eq!(ask(&door, &[], "", "/v1/projects/k-secret/settings", None), "k");
        assert_eq!(ask(&door, &[], "", "/", None), "ask body");
        assert_eq!(ask(&door, &[], "", "/", Some(r#"{"writeKey":"k-secret"}"#)), "k");
        assert_eq!(ask(&door, &[], "", "/", Some(r#"{"writeKey":"wrong"}"#)), "refused");
    }

    #[test]
    fn the_first_place_that_is_there_counts() {
        let door = door(
            &[(
                "k",
                true,
                vec![Found::Header("x-key".into()), Found::Query("key".into())],
            )],
            &[],
        );
        assert_eq!(ask(&door, &[("x-key", "wrong")], "key=k-secret", "/", None), "refused");
        assert_eq!(
            ask(&door, &[("x-key", "")], "key=k-secret", "/", None),
            "k",
            "an empty one is not there"
        );
    }

    #[test]
    fn one_place_may_carry_either_of_two_credentials() {
        let door = door(
            &[("a", true, vec![Found::Bearer]), ("b", false, vec![Found::Bearer])],
            &[],
        );
        assert_eq!(ask(&door, &[("authorization", "Bearer a-secret")], "", "/", None), "a");
        assert_eq!(ask(&door, &[("authorization", "Bearer b-secret")], "", "/", None), "b");
        assert_eq!(
            ask(&door, &[("authorization", "Bearer c-secret")], "", "/", None),
            "refused"
        );
    }

    #[test]
    fn an_open_path_needs_no_credential_and_opens_no_other() {
        let door = door(&[("k", true, vec![Found::Bearer])], &["/settings/*"]);
        assert_eq!(ask(&door, &[], "", "/settings/x", None), "open");
        assert_eq!(ask(&door, &[], "", "/settings/x/y", None), "refused");
        assert_eq!(ask(&door, &[], "", "/v1/track", None), "refused");
    }

    #[test]
    fn a_door_without_credentials_lets_nobody_in() {
        assert_eq!(ask(&door(&[], &[]), &[], "", "/", Some("{}")), "refused");
    }

    #[test]
    fn a_credential_never_shows_its_secret() {
        let credential = Credential::new("k".into(), false, vec![Found::Bearer], "k-secret");
        assert_eq!(
            format!("{credential:?}"),
            r#"Credential { name: "k", places: [Bearer], .. }"#
        );
    }
}
