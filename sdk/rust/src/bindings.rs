//! What wit-bindgen makes of the contract. Public only because `export!` expands to paths
//! into it; nothing here is meant to be read or used, and it changes without notice.

#![allow(unsafe_code, missing_docs, unreachable_pub, unused_imports, clippy::all)]

wit_bindgen::generate!({
    path: "../wit",
    world: "everything",
    pub_export_macro: true,
    default_bindings_module: "hearken_sdk::bindings",
    generate_all,
});
