//! The parts as they are now: a reload puts others in their place.

use std::sync::Arc;

use arc_swap::ArcSwap;

use crate::parts::Shared;

/// Whoever works takes the parts anew for each piece of work, and keeps them to its end.
#[derive(Clone)]
pub(crate) struct Current(Arc<ArcSwap<Shared>>);

impl Current {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self(Arc::new(ArcSwap::new(shared)))
    }

    pub(crate) fn now(&self) -> Arc<Shared> {
        self.0.load_full()
    }

    pub(crate) fn replace(&self, shared: Arc<Shared>) {
        self.0.store(shared);
    }
}
