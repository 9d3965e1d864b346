//! Secrets, read from the environment, from files, from folders of files, or asked of programs.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Read},
    path::{MAIN_SEPARATOR, Path},
};

use super::{Resolver, Secrets};
use crate::{
    Secret,
    authored::{At, Mapped, PLACES, PathText, SecretFields, SecretTable},
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
            if let Some(secret) = self.secret(&what, name, at) {
                secrets.insert(name.clone(), secret);
            }
        }
        secrets
    }

    /// One secret; `what` names it in messages, `name` in a folder. None where it cannot be
    /// had, or is not to be read.
    pub(super) fn secret(&mut self, what: &str, name: &str, at: &At<SecretTable>) -> Option<Secret> {
        if self.secrets == Secrets::Leave {
            return None;
        }
        let SecretFields { env, file, dir, exec } = &at.value.0;
        let value = match (env, file, dir, exec) {
            (Some(env), None, None, None) => self.variable(what, &env.value.0, env.span),
            (None, Some(file), None, None) => self.secret_file(what, &file.value.0, file.span, 0o044),
            (None, None, Some(dir), None) => self.secret_in(what, name, dir),
            (None, None, None, Some(exec)) => self.asked_of_program(what, exec),
            _ => {
                let message = format!("{what} is to be read from exactly one place");
                self.problems
                    .error("secret", at.key, message, format!("write {PLACES}"));
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
        let value = (self.outside.variable)(name);
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

    /// The file of a secret's name in a folder, which is how Kubernetes mounts secrets. There
    /// the group may read along: it is how a volume is given to one user.
    fn secret_in(&mut self, what: &str, name: &str, dir: &At<PathText>) -> Option<String> {
        if name.contains(['/', MAIN_SEPARATOR]) || name.starts_with('.') {
            let message = format!("{what} has a name that no file in a folder of secrets has");
            self.problems
                .error("secret", dir.span, message, "write { file = \"path\" }");
            return None;
        }
        self.secret_file(what, &dir.value.0.join(name), dir.span, 0o004)
    }

    /// A file, which is followed through links. Whoever has one of the bits `open` is warned of.
    fn secret_file(&mut self, what: &str, path: &Path, span: Span, open: u32) -> Option<String> {
        self.secret_files.push(path.to_owned());
        let shown = path.display();
        let (text, open_to_others) = match read(path, open) {
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
        Some(without_line_end(&text).to_owned())
    }
}

/// A text without the line break at its end.
pub(super) fn without_line_end(text: &str) -> &str {
    text.strip_suffix('\n')
        .map_or(text, |line| line.strip_suffix('\r').unwrap_or(line))
}

/// The text of a file, and whether its mode has one of these bits.
fn read(path: &Path, open: u32) -> io::Result<(String, bool)> {
    let file = File::open(path)?;
    let open_to_others = is_open_to(&file.metadata()?, open);
    let mut bytes = Vec::new();
    file.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "it has more than 64 KiB"));
    }
    let text = String::from_utf8(bytes).map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8"))?;
    Ok((text, open_to_others))
}
