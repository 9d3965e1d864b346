//! By which way actions leave: through a connector that sinks, or by the daemon itself, on the
//! pages that report to a connector.

use std::fmt;

use hearken_config::Carrier;
use hearken_sandbox::Connector;
use hearken_site::Board;

use crate::parts::Shared;

/// How many actions are shown on pages in one round.
const ON_PAGES: usize = 64;

/// By which way actions leave.
#[derive(Clone)]
pub(crate) enum Way {
    /// Through this connector.
    Sink(Connector),
    /// On the pages that report to the connector of this name.
    Pages(String),
}

impl Way {
    /// The way that begins at a connector, if any does.
    pub(crate) fn out(shared: &Shared, name: &str) -> Option<Self> {
        let is_page = |carrier: &Carrier| matches!(carrier, Carrier::Page(page) if page == name);
        if shared.wiring.channels.values().any(|c| is_page(&c.carrier)) {
            return Some(Self::Pages(name.to_owned()));
        }
        let connector = shared.connectors.get(name)?;
        connector.plugin().roles().sink.then(|| Self::Sink(connector.clone()))
    }

    /// The connector's name.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Sink(connector) => connector.name(),
            Self::Pages(name) => name,
        }
    }

    /// How many actions are attempted at once.
    pub(super) fn batch(&self) -> usize {
        match self {
            Self::Sink(connector) => connector.plugin().manifest().needs.batch as usize,
            Self::Pages(_) => ON_PAGES,
        }
    }

    /// Returns when somebody opens a page for whom something waits; never for a sink.
    pub(super) async fn somebody_arrives(&self, board: &Board) {
        match self {
            Self::Sink(_) => std::future::pending().await,
            Self::Pages(page) => board.somebody_arrives(page).await,
        }
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sink(_) => "sink",
            Self::Pages(_) => "pages",
        })
    }
}
