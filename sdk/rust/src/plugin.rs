//! What every plugin is: configured, described, checked.

use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::{Failure, Manifest, Vocabulary, json};

/// A plugin, and the value of this type its configured self: made once in every instance,
/// never changed, gone with it. What an item leaves for later goes into its `memory`.
pub trait Plugin: Sized + 'static {
    /// The connector's configuration as ops write it. Its JSON Schema is checked by the
    /// host before anything is called, so document every field, name units, and refuse
    /// misspelt names with `#[serde(deny_unknown_fields)]`. [`NoConfig`] where there is
    /// nothing to configure.
    type Config: DeserializeOwned + JsonSchema;

    /// What it is and needs: begin with [`manifest!`](crate::manifest!). A function of
    /// nothing.
    fn manifest() -> Manifest;

    /// Problems that the schema cannot express. All of them at once; nothing but
    /// [`log`](crate::log) may be called.
    fn check(config: &Self::Config, vocabulary: &Vocabulary) -> Vec<Problem> {
        let _ = (config, vocabulary);
        Vec::new()
    }

    /// Makes the plugin ready. May only compute: everything but [`log`](crate::log) is
    /// denied here. The vocabulary is empty unless the manifest asks for it.
    ///
    /// # Errors
    /// [`Failure::config`], where it cannot work with this configuration.
    fn configure(config: Self::Config, vocabulary: Vocabulary) -> Result<Self, Failure>;
}

/// The configuration of a plugin that has none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoConfig {}

/// Something wrong with a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// A JSON pointer into the configuration, such as `/accounts/0/name`.
    pub pointer: String,
    /// What is wrong and what would be right.
    pub message: String,
}

impl Problem {
    /// At `pointer`.
    pub fn new(pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            pointer: pointer.into(),
            message: message.into(),
        }
    }
}

/// Reads a configuration; the problem says where it is wrong.
pub(crate) fn read_config<C: DeserializeOwned>(text: &str) -> Result<C, Problem> {
    let mut reader = serde_json::Deserializer::from_str(if text.is_empty() { "{}" } else { text });
    serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let pointer = error.path().iter().fold(String::new(), |mut pointer, segment| {
            use serde_path_to_error::Segment;
            match segment {
                Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
                Segment::Map { key: name } | Segment::Enum { variant: name } => {
                    pointer.push('/');
                    pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
                }
                Segment::Unknown => {}
            }
            pointer
        });
        Problem::new(pointer, error.into_inner().to_string())
    })
}

/// Reads settings as the host gives them and makes the plugin of them.
pub(crate) fn configure<P: Plugin>(config: &str, vocabulary: &str) -> Result<P, Failure> {
    let config = read_config(config).map_err(|problem| {
        let place = if problem.pointer.is_empty() {
            "the configuration"
        } else {
            &problem.pointer
        };
        Failure::config(format!("{place}: {}", problem.message))
    })?;
    P::configure(config, read_vocabulary(vocabulary)?)
}

pub(crate) fn read_vocabulary(text: &str) -> Result<Vocabulary, Failure> {
    match text {
        "" | "{}" => Ok(Vocabulary::default()),
        text => json::from_str("the vocabulary", text).map_err(|failure| Failure::config(failure.message)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    struct Config {
        accounts: Vec<Account>,
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    struct Account {
        name: String,
    }

    #[test]
    fn a_wrong_configuration_is_pointed_at() {
        let problem = read_config::<Config>(r#"{"accounts":[{"name":"a"},{"name":7}]}"#).unwrap_err();
        assert_eq!(problem.pointer, "/accounts/1/name");
        assert!(problem.message.contains("expected a string"), "{}", problem.message);
    }

    #[test]
    fn a_plugin_without_configuration_takes_none_and_refuses_any() {
        assert_eq!(read_config::<NoConfig>("{}"), Ok(NoConfig {}));
        assert_eq!(read_config::<NoConfig>(""), Ok(NoConfig {}));
        assert!(
            read_config::<NoConfig>(r#"{"interval":3}"#)
                .unwrap_err()
                .message
                .contains("unknown field")
        );
    }
}
