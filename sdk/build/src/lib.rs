//! Compile plugins to WebAssembly, on any machine.
