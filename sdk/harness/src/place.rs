//! Where components are compiled, and their native code is kept.

use std::env;
use std::path::PathBuf;

/// A folder for WebAssembly within the target folder of the running test, which lies in
/// `target/PROFILE/deps`. It is shared by all crates of a workspace, so that the standard
/// library is built once, and is another than cargo's, which a test run may hold locked.
/// `HEARKEN_WASM_TARGET` names another one, for workspaces that share it.
pub(crate) fn target() -> PathBuf {
    if let Some(folder) = env::var_os("HEARKEN_WASM_TARGET") {
        return folder.into();
    }
    let test = env::current_exe().unwrap_or_default();
    let target = test.ancestors().find(|folder| folder.join("CACHEDIR.TAG").is_file());
    target.map_or_else(env::temp_dir, PathBuf::from).join("wasm")
}
