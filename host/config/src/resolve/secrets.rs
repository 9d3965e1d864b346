//! Secrets, read from the environment or from files.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Read},
    path::Path,
};

use super::{Resolver, Secrets};
use crate::{
    Secret,
    authored::{At, Mapped, SecretTable},
    permissions::is_open_to,
    source::Span,
};

/// More is no secret but somebody's wrong path.
const MOST_BYTES: u64 = 64 * 1024;

impl Resolver<'_> {
    pub(super) fn secrets(
        &mut self,
        connector: &str,
        written: Option<&At<Mapped<SecretTable>>>,
    ) -> BTreeMap<String, Secret> {
        let mut secrets = BTreeMap::new();
        if self.secrets == Secrets::Leave {
            return secrets;
        }
        for (name, at) in written.iter().flat_map(|map| &map.value.0) {
            let what = format!("the secret '{}' of the connector '{connector}'", crate::quote(name));
            if let Some(secret) = self.secret(&what, at) {
                secrets.insert(name.clone(), secret);
            }
        }
        secrets
    }

    /// One secret; `what` names it in messages. None where it cannot be had, or is not to be
    /// read.
    pub(super) fn secret(&mut self, what: &str, at: &At<SecretTable>) -> Option<Secret> {
        if self.secrets == Secrets::Leave {
            return None;
        }
        let source = &at.value.0;
        let value = match (&source.env, &source.file) {
            (Some(env), None) => self.variable(what, &env.value.0, env.span),
            (None, Some(file)) => self.secret_file(what, &file.value.0, file.span),
            _ => {
                let message = format!("{what} is to be read from exactly one place");
                self.problems.error(
                    "secret",
                    at.key,
                    message,
                    "write { env = \"NAME\" } or { file = \"path\" }",
                );
                None
            }
        }?;
        if value.trim().is_empty() {
            self.problems
                .error("secret", at.key, format!("{what} is empty"), "put its value there");
            return None;
        }
        Some(Secret::new(value))
    }

    fn variable(&mut self, what: &str, name: &str, span: Span) -> Option<String> {
        let value = (self.environment)(name);
        if value.is_none() {
            let name = crate::quote(name);
            let message = format!("the environment variable {name}, which has {what}, is not set");
            self.problems.error(
                "missing-variable",
                span,
                message,
                format!("set {name} where the daemon is started"),
            );
        }
        value
    }

    fn secret_file(&mut self, what: &str, path: &Path, span: Span) -> Option<String> {
        let shown = path.display();
        let (text, open_to_others) = match read(path) {
            Ok(read) => read,
            Err(error) => {
                let message = format!("the file '{shown}', which has {what}, cannot be read: {error}");
                let help = "write the secret into it, readable for the daemon alone (chmod 600)";
                self.problems.error("secret", span, message, help);
                return None;
            }
        };
        if open_to_others {
            let message = format!("the file '{shown}', which has {what}, can be read by others");
            self.problems
                .warning("secret-readable", span, message, format!("chmod 600 {shown}"));
        }
        let value = text
            .strip_suffix('\n')
            .map_or(text.as_str(), |line| line.strip_suffix('\r').unwrap_or(line));
        Some(value.to_owned())
    }
}

/// The text of a file, and whether others than its owner can read it.
fn read(path: &Path) -> io::Result<(String, bool)> {
    let file = File::open(path)?;
    let open_to_others = is_open_to(&file.metadata()?, 0o044);
    let mut bytes = Vec::new();
    file.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "it has more than 64 KiB"));
    }
    let text = String::from_utf8(bytes).map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8"))?;
    Ok((text, open_to_others))
}
