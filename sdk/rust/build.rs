//! Describes each role to the component encoder.
//!
//! A core module says in custom sections what its component imports and exports.
//! wit-bindgen writes one section for the whole world that it was given, which would make
//! every plugin promise every role. So the bindings are generated once, for all roles, and
//! the sections are written here, one a role; `export!` puts in only those it was asked
//! for, and the encoder forms their union.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use wit_component::StringEncoding;
use wit_parser::Resolve;

/// The macro's name, and the world that describes the role at its widest: imports that the
/// module does not use are left out by the encoder, missing ones are an error.
const ROLES: [(&str, &str); 6] = [
    ("source", "listens"),
    ("webhook", "is-told"),
    ("scorer", "assesses-online"),
    ("router", "routes-online"),
    ("sink", "speaks"),
    ("reconciler", "looks-up"),
];

fn main() -> Result<(), Box<dyn Error>> {
    let contract = Path::new("../wit");
    println!("cargo:rerun-if-changed=../wit");
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(contract)?;

    let mut out = String::new();
    for (role, name) in ROLES {
        let world = resolve.select_world(&[package], Some(name))?;
        let bytes = wit_component::metadata::encode(&resolve, world, StringEncoding::UTF8, None)?;
        let literal: String = bytes.iter().map(|byte| format!("\\x{byte:02x}")).collect();
        writeln!(
            out,
            "#[doc(hidden)]\n\
             #[macro_export]\n\
             macro_rules! __describe_{role} {{\n\
                 () => {{\n\
                     #[unsafe(link_section = \"component-type:hearken:{name}\")]\n\
                     #[used]\n\
                     static DESCRIPTION: [u8; {len}] = *b\"{literal}\";\n\
                 }};\n\
             }}\n",
            len = bytes.len(),
        )?;
    }
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("sections.rs"), out)?;
    Ok(())
}
