//! How much an item weighs on its way into a guest, roughly, so that a batch can be split
//! before it is too large for the guest's memory.

use crate::wire;

/// Lengths and discriminants of a record, on average.
const RECORD_BYTES: usize = 64;

/// Something that can be estimated.
pub(crate) trait Weight {
    /// Bytes in the guest's memory, within a factor of two.
    fn weight(&self) -> usize;
}

impl Weight for String {
    fn weight(&self) -> usize {
        self.len() + 8
    }
}

impl<T: Weight> Weight for Option<T> {
    fn weight(&self) -> usize {
        self.as_ref().map_or(8, Weight::weight)
    }
}

impl<T: Weight> Weight for [T] {
    fn weight(&self) -> usize {
        8 + self.iter().map(Weight::weight).sum::<usize>()
    }
}

impl<T: Weight> Weight for Vec<T> {
    fn weight(&self) -> usize {
        self.as_slice().weight()
    }
}

impl Weight for (String, String) {
    fn weight(&self) -> usize {
        self.0.weight() + self.1.weight()
    }
}

impl Weight for wire::Identity {
    fn weight(&self) -> usize {
        self.scheme.weight() + self.value.weight()
    }
}

impl Weight for wire::Signal {
    fn weight(&self) -> usize {
        RECORD_BYTES
            + self.id.len()
            + self.kind.len()
            + self.identities.weight()
            + self.company.weight()
            + self.session.weight()
            + self.about.weight()
            + self.properties.len()
            + self.extra.weight()
    }
}

impl Weight for wire::Belief {
    fn weight(&self) -> usize {
        RECORD_BYTES
            + self.kind.len()
            + self.name.len()
            + self.evidence.weight()
            + self.reason.len()
            + self.extra.weight()
    }
}

impl Weight for wire::Turn {
    fn weight(&self) -> usize {
        RECORD_BYTES + self.speaker.len() + self.channel.len() + self.what.len() + self.extra.weight()
    }
}

impl Weight for wire::Dossier {
    fn weight(&self) -> usize {
        RECORD_BYTES
            + self.prospect.len()
            + self.traits.len()
            + self.account.weight()
            + self.turns.weight()
            + self.said_before.weight()
            + self.others.weight()
            + self.fresh.weight()
            + self.recent.weight()
            + self.memory.as_ref().map_or(0, Vec::len)
            + self.extra.weight()
    }
}

impl Weight for wire::Story {
    fn weight(&self) -> usize {
        RECORD_BYTES
            + self.id.len()
            + self.topics.weight()
            + self.personas.weight()
            + self.lifecycles.weight()
            + self.languages.weight()
            + self.channels.weight()
            + self.extra.weight()
    }
}

impl Weight for wire::Candidate {
    fn weight(&self) -> usize {
        RECORD_BYTES + self.extra.weight()
    }
}

impl Weight for wire::Situation {
    fn weight(&self) -> usize {
        2 * RECORD_BYTES
            + self.traits.len()
            + self.account.weight()
            + self.account_beliefs.weight()
            + self.beliefs.weight()
            + self.turns.weight()
            + self.candidates.weight()
            + self.channels.weight()
            + self.teams.weight()
            + self.extra.weight()
    }
}

impl Weight for wire::Action {
    fn weight(&self) -> usize {
        2 * RECORD_BYTES
            + self.identities.weight()
            + self.traits.len()
            + self.account.weight()
            + self.thread.weight()
            + self.content.len()
            + self.memory.as_ref().map_or(0, Vec::len)
            + self.extra.weight()
    }
}

impl Weight for wire::Request {
    fn weight(&self) -> usize {
        RECORD_BYTES
            + self.path.len()
            + self.query.len()
            + self.headers.weight()
            + self.body.len()
            + self.peer.len()
            + self.extra.weight()
    }
}
