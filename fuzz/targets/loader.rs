//! Files that call themselves plugins: whatever the bytes, the answer is an inspection or a
//! reason, and what is accepted imports nothing but the contract.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(found) = hearken_sandbox::inspect("it", bytes) {
        assert!(!found.roles.is_empty(), "a plugin without a role");
        for import in &found.imports {
            assert!(import.starts_with("hearken:plugin/"), "imports {import}");
        }
    }
    if let Ok(component) = hearken_sandbox::componentize(bytes) {
        hearken_sandbox::inspect("it", &component).expect("what was built is what is loaded");
    }
});
