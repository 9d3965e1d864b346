//! What an instance may hold: all its memories and tables together.

use wasmtime::ResourceLimiter;

/// A table's element is a pointer's worth of space on the host.
const ELEMENT_BYTES: usize = 8;

/// Counts what an instance holds and refuses what is too much. A refusal is not a trap: a
/// language's allocator may collect garbage and go on. Whether one happened is remembered,
/// because most guests abort right after it and that abort's cause is worth knowing.
pub(crate) struct MemoryLimit {
    limit_bytes: usize,
    held_bytes: usize,
    refused: bool,
}

impl MemoryLimit {
    pub(crate) fn new(limit_bytes: usize) -> Self {
        Self {
            limit_bytes,
            held_bytes: 0,
            refused: false,
        }
    }

    /// Whether something was refused.
    pub(crate) fn refused(&self) -> bool {
        self.refused
    }

    /// Another call begins.
    pub(crate) fn forget_refusals(&mut self) {
        self.refused = false;
    }

    fn grow(&mut self, current_bytes: usize, desired_bytes: usize) -> bool {
        let others = self.held_bytes.saturating_sub(current_bytes);
        match others.checked_add(desired_bytes) {
            Some(sum) if sum <= self.limit_bytes => {
                self.held_bytes = sum;
                true
            }
            _ => {
                self.refused = true;
                false
            }
        }
    }
}

impl ResourceLimiter for MemoryLimit {
    fn memory_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        Ok(self.grow(current, desired))
    }

    fn memory_grow_failed(&mut self, _error: wasmtime::Error) -> wasmtime::Result<()> {
        self.refused = true;
        Ok(())
    }

    fn table_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        Ok(self.grow(
            current.saturating_mul(ELEMENT_BYTES),
            desired.saturating_mul(ELEMENT_BYTES),
        ))
    }

    fn table_grow_failed(&mut self, _error: wasmtime::Error) -> wasmtime::Result<()> {
        self.refused = true;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memories_and_tables_are_counted_together() {
        let mut limit = MemoryLimit::new(1000);
        assert!(limit.memory_growing(0, 600, None).unwrap());
        assert!(limit.table_growing(0, 50, None).unwrap());
        assert!(!limit.memory_growing(0, 1, None).unwrap());
        assert!(limit.refused());
    }

    #[test]
    fn growing_replaces_what_was_held_before() {
        let mut limit = MemoryLimit::new(1000);
        assert!(limit.memory_growing(0, 600, None).unwrap());
        assert!(limit.memory_growing(600, 1000, None).unwrap());
        assert!(!limit.refused());
    }

    #[test]
    fn an_absurd_wish_is_refused_without_overflow() {
        let mut limit = MemoryLimit::new(1000);
        assert!(!limit.table_growing(0, usize::MAX, None).unwrap());
    }
}
