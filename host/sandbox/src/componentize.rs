//! From a core module, as a compiler makes it, to a component.

use wasmparser::{Encoding, Parser, Payload};
use wit_component::ComponentEncoder;

use crate::{
    contract::{self, fix_of_import},
    load::LoadError,
};

/// Why a module cannot become a plugin.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// It is not WebAssembly.
    #[error("the file is not WebAssembly: compile it with `--target wasm32-unknown-unknown`")]
    NotWasm,
    /// It was built before.
    #[error("the file is a component already: nothing is left to be built")]
    AlreadyComponent,
    /// It ends early or is not well-formed.
    #[error("reading the module: {what}: compile it again")]
    Damaged {
        /// Where and how.
        what: String,
    },
    /// It says nothing about a contract.
    #[error(
        "the module says nothing about its imports and exports (no custom section \
         `component-type`): export the plugin with the SDK's `export!` macro, in a crate of \
         type `cdylib`"
    )]
    NoInterface,
    /// It imports what no plugin may.
    #[error("the module imports `{name}` from `{module}`: {fix}")]
    Import {
        /// Where from.
        module: String,
        /// What.
        name: String,
        /// What its author does about it.
        fix: String,
    },
    /// Its code does not fit its own description.
    #[error("making a component of the module: {what}")]
    Encode {
        /// Why not.
        what: String,
    },
    /// It became a component, but not one of this contract.
    #[error(transparent)]
    Foreign(#[from] LoadError),
}

/// Makes a component of a core module that carries the custom section of wit-bindgen, and
/// checks it as loading would.
///
/// # Errors
/// Each says what is wrong with the module and what to do about it.
pub fn componentize(module: &[u8]) -> Result<Vec<u8>, BuildError> {
    check(module)?;
    let mut encoder = ComponentEncoder::default();
    encoder.validate(true);
    let component = encoder
        .module(module)
        .and_then(ComponentEncoder::encode)
        .map_err(|error| BuildError::Encode {
            what: format!("{error:#}"),
        })?;
    contract::inspect("the component", &component)?;
    Ok(component)
}

fn check(module: &[u8]) -> Result<(), BuildError> {
    if !module.starts_with(b"\0asm") {
        return Err(BuildError::NotWasm);
    }
    let damaged = |error: wasmparser::BinaryReaderError| BuildError::Damaged {
        what: error.to_string(),
    };
    let mut described = false;
    for payload in Parser::new(0).parse_all(module) {
        match payload.map_err(damaged)? {
            Payload::Version {
                encoding: Encoding::Component,
                ..
            } => return Err(BuildError::AlreadyComponent),
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    let import = import.map_err(damaged)?;
                    if !import.module.starts_with("hearken:plugin/") {
                        return Err(BuildError::Import {
                            module: import.module.to_owned(),
                            name: import.name.to_owned(),
                            fix: fix_of_import(import.module),
                        });
                    }
                }
            }
            Payload::CustomSection(section) => {
                described |= section.name().starts_with("component-type");
            }
            _ => {}
        }
    }
    if described {
        Ok(())
    } else {
        Err(BuildError::NoInterface)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(wat: &str) -> BuildError {
        componentize(&wat::parse_str(wat).unwrap()).unwrap_err()
    }

    #[test]
    fn a_component_is_not_built_twice() {
        assert!(matches!(refused("(component)"), BuildError::AlreadyComponent));
    }

    #[test]
    fn a_module_without_the_custom_section_is_told_where_it_comes_from() {
        let error = refused("(module)");
        assert!(error.to_string().contains("export!"), "{error}");
    }

    #[test]
    fn a_wasi_import_is_named_with_its_fix() {
        let text = refused(
            r#"(module (import "wasi_snapshot_preview1" "fd_write"
                 (func (param i32 i32 i32 i32) (result i32))))"#,
        )
        .to_string();
        assert!(text.contains("fd_write"), "{text}");
        assert!(text.contains("wasm32-unknown-unknown"), "{text}");
    }

    #[test]
    fn a_truncated_module_is_damaged() {
        let whole = wat::parse_str("(module (func) (memory 1))").unwrap();
        let error = componentize(&whole[..whole.len() - 1]).unwrap_err();
        assert!(matches!(error, BuildError::Damaged { .. }), "{error}");
    }

    #[test]
    fn text_is_not_a_module() {
        let error = componentize(b"(module)").unwrap_err();
        assert!(matches!(error, BuildError::NotWasm));
    }
}
