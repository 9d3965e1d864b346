//! What has become of hand-overs: taken, left lying, given back, and what sales said.

use std::collections::BTreeMap;

use crate::{Act, ActionState, Dated, Instant, Prospect, SalesWord, Speaker, Telling};

impl Prospect {
    fn latest_handed(&self) -> Option<&Telling> {
        let mut handed = self.tellings().into_iter().rev();
        handed.find(|t| t.act == Act::HandOver && !t.shadow)
    }

    /// What sales said last, of whatever hand-over.
    fn sales_word(&self) -> Option<&Dated<SalesWord>> {
        let said = self.part.profiles.values().filter_map(|p| p.sales.as_ref());
        said.max_by(|x, y| (x.at, &x.by).cmp(&(y.at, &y.by)))
    }

    /// When sales answered a hand-over: by naming it, or by what their CRM says of the person
    /// since.
    #[must_use]
    pub fn answer_to(&self, handed: &Telling) -> Option<Instant> {
        let word = self.sales_word().filter(|word| word.at >= handed.at);
        handed.answered.or_else(|| word.map(|word| word.at))
    }

    /// Whether a team has had this hand-over for longer than it may, and has done nothing:
    /// neither answered it, nor talked to the person, nor moved them on in its CRM.
    #[must_use]
    pub fn is_left_lying(&self, handed: &Telling, now: Instant) -> bool {
        let late = handed.answer_by.is_some_and(|by| by <= now);
        let waits = handed.act == Act::HandOver && !handed.shadow && self.answer_to(handed).is_none();
        late && waits && handed.state == ActionState::Delivered && !self.is_taken_up(handed)
    }

    /// Whether sales act as if they had taken a hand-over.
    fn is_taken_up(&self, handed: &Telling) -> bool {
        let mut turns = self.part.profiles.values().flat_map(|p| &p.turns);
        let mut stages = self.part.profiles.values().filter_map(|p| p.lifecycle.as_ref());
        turns.any(|turn| turn.speaker == Speaker::Sales && turn.at >= handed.at)
            || stages.any(|stage| stage.at >= handed.at && stage.value.is_with_sales())
    }

    /// The latest hand-over, if its team has left it lying.
    #[must_use]
    pub fn left_lying(&self, now: Instant) -> Option<&Telling> {
        self.latest_handed().filter(|t| self.is_left_lying(t, now))
    }

    /// When the team of the latest hand-over should have taken it, where it waits for that.
    #[must_use]
    pub fn to_be_taken_by(&self) -> Option<Instant> {
        let latest = self.latest_handed()?;
        latest
            .answer_by
            .filter(|_| self.answer_to(latest).is_none() && latest.state == ActionState::Delivered)
    }

    /// Teams that have left a hand-over lying since the prospect last spoke.
    #[must_use]
    pub fn teams_that_let_it_lie(&self, now: Instant) -> Vec<String> {
        let word = self.last_word();
        let mut teams: Vec<String> = self
            .tellings()
            .into_iter()
            .filter(|t| word.is_none_or(|word| word <= t.at) && self.is_left_lying(t, now))
            .map(|t| t.target.clone())
            .collect();
        teams.sort();
        teams.dedup();
        teams
    }

    /// Before when sales do not want to be given it again, unless it has spoken since.
    #[must_use]
    pub fn not_handed_over_before(&self) -> Option<Instant> {
        let last = self.sales_word()?;
        let word = self.last_word();
        last.value
            .not_before
            .filter(|_| word.is_none_or(|word| word <= last.at))
    }

    /// What sales said of beliefs, by `persona/NAME` and `interest/NAME`: the last word on each.
    #[must_use]
    pub fn corrections(&self) -> BTreeMap<&str, &Dated<bool>> {
        let mut all: BTreeMap<&str, &Dated<bool>> = BTreeMap::new();
        for (label, word) in self.part.profiles.values().flat_map(|p| &p.corrections) {
            let last = all.entry(label).or_insert(word);
            if word.outranks(last) {
                *last = word;
            }
        }
        all
    }
}
