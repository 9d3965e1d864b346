//! Where things were written, for those who find problems later: the daemon, once it knows
//! what the plugins want.

use std::collections::BTreeMap;

use crate::{
    Place,
    node::Node,
    source::{Sources, Span},
};

/// The places of everything in a configuration.
#[derive(Debug)]
pub struct Places {
    tree: Node,
    stories: BTreeMap<String, Span>,
    sources: Sources,
}

impl Places {
    pub(crate) const fn new(tree: Node, stories: BTreeMap<String, Span>, sources: Sources) -> Self {
        Self { tree, stories, sources }
    }

    /// The file of a story; the place of `[stories]` where there is no such story.
    #[must_use]
    pub fn story(&self, name: &str) -> Place {
        self.stories
            .get(name)
            .map_or_else(|| self.place(&["stories"]), |span| self.sources.place(*span))
    }

    /// Where a value is written. `path` goes from the top of the configuration down,
    /// `["connectors", "site", "config", "topics", "0"]`; items of arrays go by their index.
    /// Where something of it is missing (a default, or a key that should be there), the
    /// place is the key of the innermost table or array that exists.
    #[must_use]
    pub fn place(&self, path: &[&str]) -> Place {
        let mut node = &self.tree;
        for name in path {
            match node.child(name) {
                Some(below) => node = below,
                None => return self.sources.place(node.key),
            }
        }
        let span = if node.table().is_some() { node.key } else { node.span };
        self.sources.place(span)
    }

    /// Where a JSON pointer into a connector's `config` is written (`/topics/0`; empty for
    /// the whole).
    #[must_use]
    pub fn config_value(&self, connector: &str, pointer: &str) -> Place {
        let below: Vec<String> = pointer
            .split('/')
            .skip(1)
            .map(|p| p.replace("~1", "/").replace("~0", "~"))
            .collect();
        let path = ["connectors", connector, "config"]
            .into_iter()
            .chain(below.iter().map(String::as_str));
        self.place(&path.collect::<Vec<_>>())
    }
}
