//! A secret of a connector: read at load, handed to egress and to the intake's check, and
//! shown to nobody.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};

/// A secret's value. It has no `Serialize` and its `Debug` says nothing, so that it cannot
/// slip into a log, an API answer or a dead letter. Its memory is wiped when it is dropped,
/// as far as that can be done: copies that a caller makes are not.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Wraps a value that was read from where the operator keeps it.
    #[must_use]
    pub fn new(value: String) -> Self {
        Self(SecretString::from(value))
    }

    /// The value, for the one place that needs it.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn a_secret_is_exposed_only_on_request() {
        let secret = Secret::new("generated-for-this-test".into());
        assert_eq!(secret.expose(), "generated-for-this-test");
        assert_eq!(format!("{secret:?} {secret:#?}"), "Secret(…) Secret(…)");
    }
}
