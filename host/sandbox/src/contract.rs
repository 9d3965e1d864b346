//! What a plugin may import and export, read from the file itself before anything of it is
//! compiled: a component that cannot be ours costs a few milliseconds and no more.

use std::fmt;

use sha2::{Digest, Sha256};
use wasmparser::{Encoding, Parser, Payload};

use crate::load::LoadError;

/// The version of the contract that this host serves.
pub const CONTRACT_VERSION: &str = "0.1.0";

/// Names of the interfaces that a plugin may import, without package and version.
pub const IMPORTS: [&str; 6] = ["types", "log", "http", "files", "crypto", "mail"];

/// Functions of all modules of a component. Interpreters have some tens of thousands.
const MAX_FUNCTIONS: u32 = 200_000;
/// A function's code. What compiling one costs grows faster than its size.
const MAX_FUNCTION_BYTES: u64 = 2 << 20;
/// Modules and components within each other.
const MAX_DEPTH: usize = 8;

const PACKAGE: &str = "hearken:plugin/";

/// The roles that a plugin plays, read from its exports.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Roles {
    /// Polled for signals.
    pub source: bool,
    /// Given requests, answers with signals.
    pub webhook: bool,
    /// Reads dossiers, returns beliefs.
    pub scorer: bool,
    /// Given a situation, says what could be done.
    pub router: bool,
    /// Carries actions out.
    pub sink: bool,
    /// Looks up what became of actions.
    pub reconciler: bool,
}

impl Roles {
    fn of_exports(exports: &[String]) -> Self {
        let has = |name: &str| {
            exports
                .iter()
                .any(|export| *export == format!("{PACKAGE}{name}@{CONTRACT_VERSION}"))
        };
        Self {
            source: has("source"),
            webhook: has("webhook"),
            scorer: has("scorer"),
            router: has("router"),
            sink: has("sink"),
            reconciler: has("reconciler"),
        }
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self == Self::default()
    }
}

impl fmt::Display for Roles {
    /// `webhook, scorer`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = [
            (self.source, "source"),
            (self.webhook, "webhook"),
            (self.scorer, "scorer"),
            (self.router, "router"),
            (self.sink, "sink"),
            (self.reconciler, "reconciler"),
        ];
        let mut between = "";
        for (_, name) in named.iter().filter(|(plays, _)| *plays) {
            write!(f, "{between}{name}")?;
            between = ", ";
        }
        Ok(())
    }
}

/// What can be told from a component's bytes without compiling it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inspection {
    /// SHA-256 of the file, in hexadecimal.
    pub digest: String,
    /// The file's size.
    pub bytes: usize,
    /// Full names of what it imports, in the file's order.
    pub imports: Vec<String>,
    /// Full names of what it exports, in the file's order.
    pub exports: Vec<String>,
    /// The roles that it plays.
    pub roles: Roles,
}

/// Reads imports, exports and roles, and refuses what cannot be a plugin of this contract:
/// the same refusals, in the same words, as when it is loaded. `name` is for messages.
///
/// # Errors
/// Every [`LoadError`] that concerns the file's form, its imports and its exports.
pub fn inspect(name: &str, bytes: &[u8]) -> Result<Inspection, LoadError> {
    let surface = Surface::of_component(name, bytes)?;
    for import in &surface.imports {
        check_import(name, import)?;
    }
    check_exports(name, &surface.exports)?;
    Ok(Inspection {
        digest: hex(&Sha256::digest(bytes)),
        bytes: bytes.len(),
        roles: Roles::of_exports(&surface.exports),
        imports: surface.imports,
        exports: surface.exports,
    })
}

/// The names at the outermost level of a component.
struct Surface {
    imports: Vec<String>,
    exports: Vec<String>,
}

impl Surface {
    fn of_component(name: &str, bytes: &[u8]) -> Result<Self, LoadError> {
        let name = || name.to_owned();
        if !bytes.starts_with(b"\0asm") {
            return Err(LoadError::NotWasm { name: name() });
        }
        let damaged = |error: wasmparser::BinaryReaderError| LoadError::Damaged {
            name: name(),
            what: error.to_string(),
        };
        let mut surface = Self {
            imports: Vec::new(),
            exports: Vec::new(),
        };
        let too_much = |what: String| LoadError::TooMuchCode { name: name(), what };
        let (mut depth, mut functions) = (0_usize, 0_u32);
        for payload in Parser::new(0).parse_all(bytes) {
            match payload.map_err(damaged)? {
                Payload::Version {
                    encoding: Encoding::Module,
                    ..
                } if depth == 0 => return Err(LoadError::CoreModule { name: name() }),
                Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => {
                    depth += 1;
                    if depth > MAX_DEPTH {
                        return Err(too_much(format!("components more than {MAX_DEPTH} deep")));
                    }
                }
                Payload::CodeSectionStart { count, .. } => {
                    functions = functions.saturating_add(count);
                    if functions > MAX_FUNCTIONS {
                        return Err(too_much(format!("more than {MAX_FUNCTIONS} functions")));
                    }
                }
                Payload::CodeSectionEntry(body) if body.range().end - body.range().start > MAX_FUNCTION_BYTES => {
                    return Err(too_much(format!("a function of more than {MAX_FUNCTION_BYTES} bytes")));
                }
                Payload::End(_) => depth = depth.saturating_sub(1),
                Payload::ComponentImportSection(section) if depth == 0 => {
                    for import in section {
                        let import = import.map_err(damaged)?;
                        surface.imports.push(import.name.full_name().into_owned());
                    }
                }
                Payload::ComponentExportSection(section) if depth == 0 => {
                    for export in section {
                        let export = export.map_err(damaged)?;
                        surface.exports.push(export.name.full_name().into_owned());
                    }
                }
                _ => {}
            }
        }
        Ok(surface)
    }
}

fn check_import(name: &str, import: &str) -> Result<(), LoadError> {
    match interface_of(import) {
        Some((interface, CONTRACT_VERSION)) if IMPORTS.contains(&interface) => return Ok(()),
        Some((_, version)) if version != CONTRACT_VERSION => {
            return Err(other_version(name, version));
        }
        _ => {}
    }
    Err(LoadError::Import {
        name: name.to_owned(),
        import: import.to_owned(),
        fix: fix_of_import(import),
    })
}

fn check_exports(name: &str, exports: &[String]) -> Result<(), LoadError> {
    let ours = |export: &String| interface_of(export).is_some();
    if !exports.iter().any(ours) {
        return Err(LoadError::NothingOfOurs { name: name.to_owned() });
    }
    for export in exports {
        if let Some((_, version)) = interface_of(export)
            && version != CONTRACT_VERSION
        {
            return Err(other_version(name, version));
        }
    }
    if !exports.contains(&format!("{PACKAGE}plugin@{CONTRACT_VERSION}")) {
        return Err(LoadError::NoPluginInterface { name: name.to_owned() });
    }
    if Roles::of_exports(exports).is_empty() {
        return Err(LoadError::NoRole { name: name.to_owned() });
    }
    Ok(())
}

/// (interface, version) of a name of our package.
fn interface_of(full: &str) -> Option<(&str, &str)> {
    let rest = full.strip_prefix(PACKAGE)?;
    Some(rest.split_once('@').unwrap_or((rest, "")))
}

fn other_version(name: &str, version: &str) -> LoadError {
    LoadError::ContractVersion {
        name: name.to_owned(),
        wanted: version.to_owned(),
        served: CONTRACT_VERSION,
    }
}

/// What an author does about an import that is not the contract's.
pub(crate) fn fix_of_import(import: &str) -> String {
    if import.starts_with("wasi") {
        "compile without WASI: for `wasm32-unknown-unknown` (Rust), with `--stub-wasi` \
         (Python, componentize-py), with every feature disabled (JavaScript, componentize-js)"
            .into()
    } else if import.starts_with("__wbindgen") || import.starts_with("wbg") {
        "a dependency expects a browser: turn off the feature that pulls in wasm-bindgen \
         (such as `js` of `getrandom`, or `wasmbind` of `chrono`)"
            .into()
    } else if import.starts_with(PACKAGE) {
        format!("the contract has no such import; it has {}", IMPORTS.join(", "))
    } else {
        format!(
            "a plugin may import {} of `hearken:plugin` and nothing else",
            IMPORTS.join(", ")
        )
    }
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing into a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(wat: &str) -> LoadError {
        inspect("x.wasm", &wat::parse_str(wat).unwrap()).unwrap_err()
    }

    #[test]
    fn a_wasi_import_is_refused_with_its_name_and_the_fix() {
        let error = refused(
            r#"(component (import "wasi:cli/environment@0.2.0" (instance))
                          (instance $i) (export "hearken:plugin/plugin@0.1.0" (instance $i)))"#,
        );
        let text = error.to_string();
        assert!(text.contains("wasi:cli/environment@0.2.0"), "{text}");
        assert!(text.contains("wasm32-unknown-unknown"), "{text}");
        assert!(text.contains("--stub-wasi"), "{text}");
    }

    #[test]
    fn an_import_of_a_nested_component_is_no_import() {
        let error = refused(r#"(component (component (import "wasi:cli/run" (instance))))"#);
        assert!(matches!(error, LoadError::NothingOfOurs { .. }), "{error}");
    }

    #[test]
    fn a_core_module_is_told_how_to_become_a_component() {
        let error = refused("(module)");
        assert!(matches!(error, LoadError::CoreModule { .. }));
        assert!(error.to_string().contains("hearken plugin build"));
    }

    #[test]
    fn text_is_not_a_component() {
        let error = inspect("x.wasm", b"(component)").unwrap_err();
        assert!(matches!(error, LoadError::NotWasm { .. }));
    }

    #[test]
    fn a_truncated_component_is_damaged() {
        let whole = wat::parse_str(r#"(component (import "hearken:plugin/log@0.1.0" (instance)))"#).unwrap();
        let error = inspect("x.wasm", &whole[..whole.len() - 3]).unwrap_err();
        assert!(matches!(error, LoadError::Damaged { .. }), "{error}");
    }

    #[test]
    fn another_version_of_the_contract_is_named_with_the_served_one() {
        let error = refused(r#"(component (instance $i) (export "hearken:plugin/plugin@0.9.0" (instance $i)))"#);
        let text = error.to_string();
        assert!(text.contains("0.9.0") && text.contains("0.1.0"), "{text}");
    }

    #[test]
    fn an_import_that_the_contract_lacks_is_refused_even_in_our_package() {
        let error = refused(
            r#"(component (import "hearken:plugin/sockets@0.1.0" (instance))
                          (instance $i) (export "hearken:plugin/plugin@0.1.0" (instance $i)))"#,
        );
        assert!(matches!(error, LoadError::Import { .. }), "{error}");
    }

    #[test]
    fn a_plugin_without_a_role_is_refused() {
        let error = refused(r#"(component (instance $i) (export "hearken:plugin/plugin@0.1.0" (instance $i)))"#);
        assert!(matches!(error, LoadError::NoRole { .. }), "{error}");
    }

    #[test]
    fn roles_read_as_a_list() {
        let roles = Roles {
            webhook: true,
            scorer: true,
            ..Roles::default()
        };
        assert_eq!(roles.to_string(), "webhook, scorer");
    }
}
