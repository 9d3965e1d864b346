//! What sinks answer where none of them is to be called.

use std::fmt;

use async_trait::async_trait;
use hearken_sandbox::{Fault, wire};

/// Answers in the place of sinks: in a rehearsal, where everything else is real. Sources are
/// not polled then, and no relay is asked.
#[async_trait]
pub trait StandIn: fmt::Debug + Send + Sync + 'static {
    /// `sink.deliver`: one answer an action, in order.
    async fn deliver(&self, sink: &str, actions: &[wire::Action]) -> Vec<Result<wire::Receipt, Fault>>;
}
