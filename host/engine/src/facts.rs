//! What is known of a prospect, put together for people, routers and gates.

use std::{collections::BTreeMap, time::Duration};

use hearken_config::{Carrier, Channel, Wiring};
use hearken_model::{
    Act, ActionId, ActionState, ConsentStatus, Instant, Profile, Prospect, Story, StoryId, Telling, View,
    decide::{Address, Facts, Terms, ToldBefore},
};

use crate::{owned, parts::Shared};

/// A prospect as it looks at `now` under a configuration: what the console and the command
/// line show is what the engine sees.
#[must_use]
pub fn view_of(prospect: &Prospect, now: Instant, wiring: &Wiring) -> View {
    View::of(
        prospect,
        now,
        &wiring.policy,
        &wiring.vocabulary,
        &wiring.flow.scorers.iter().cloned().collect(),
    )
}

impl Shared {
    pub(crate) fn view(&self, prospect: &Prospect, now: Instant) -> View {
        View::of(prospect, now, &self.wiring.policy, self.vocabulary(), &self.weights)
    }

    /// What the gates need to know. `but` is an action that is about to be attempted: it
    /// does not count against itself.
    pub(crate) fn facts(&self, prospect: &Prospect, view: &View, but: Option<ActionId>) -> Facts {
        facts_of(prospect, view, &self.wiring, but)
    }
}

/// What the gates need to know. `but` is an action that is about to be attempted: it
/// does not count against itself.
#[must_use]
pub fn facts_of(prospect: &Prospect, view: &View, wiring: &Wiring, but: Option<ActionId>) -> Facts {
    let others = prospect.turns().into_iter().filter(|turn| turn.is_another_tools());
    // It is no story of ours, and counts for the caps as one.
    let others = others.map(|turn| ToldBefore {
        at: turn.at,
        story: StoryId(String::new()),
        channel: turn.channel.clone(),
        shadow: false,
        dismissed: false,
    });
    let told = prospect
        .tellings()
        .into_iter()
        .filter(|t| t.act != Act::HandOver && Some(t.action) != but)
        // What was decided in shadow ends without being sent, and counts in shadow.
        .filter(|t| t.shadow || !matches!(t.state, ActionState::Rejected | ActionState::Expired))
        .map(|t| ToldBefore {
            at: t.at,
            story: StoryId(t.target.clone()),
            channel: t.channel.clone(),
            shadow: t.shadow,
            dismissed: t.dismissed,
        })
        .chain(others)
        .collect();
    let owner = wiring.roster().owner_of(prospect);
    let let_it_lie = prospect.teams_that_let_it_lie(view.now);
    let by_story = |of: fn(&Story) -> Option<String>| {
        let said = wiring
            .stories
            .iter()
            .filter_map(|story| Some((story.id.clone(), of(story)?)));
        said.collect::<BTreeMap<_, _>>()
    };
    Facts {
        now: view.now,
        policy: wiring.policy.clone(),
        floor: (view.floor, view.floor_cause.clone()),
        excluded: view.excluded.clone(),
        open_ticket: view.open_ticket,
        last_word: prospect.last_word(),
        signals: view.signals,
        addresses: addresses(wiring, prospect, view.now),
        consents: consents(wiring, prospect),
        told,
        purposes: by_story(|story| Some(story.kind.word().to_owned())),
        confirms: by_story(|story| story.confirms.clone()),
        invites: by_story(|story| story.invites.clone()),
        terms: terms(wiring, view.language.as_deref()),
        teams: owned::teams(wiring, owner.as_ref(), &let_it_lie, view.now),
        team_sinks: wiring
            .teams
            .values()
            .map(|t| (t.name.clone(), t.sink.clone()))
            .collect(),
        not_handed_over_before: prospect.not_handed_over_before(),
        let_it_lie,
        owner,
        colleagues: None,
        unanswered: unanswered(prospect, view.now, wiring, but),
    }
}

/// What stories say of themselves to somebody who reads `language`.
fn terms(wiring: &Wiring, language: Option<&str>) -> BTreeMap<StoryId, Terms> {
    let of = |story: &Story| {
        let texts = story.texts_for(language);
        let several = texts.len() > 1;
        Terms {
            until: story.until,
            again: story.again,
            variants: texts
                .iter()
                .filter(|_| several)
                .map(|text| text.variant.clone())
                .collect(),
        }
    };
    let all = wiring.stories.iter().map(|story| (story.id.clone(), of(story)));
    all.filter(|(_, terms)| *terms != Terms::default()).collect()
}

/// What was told, by us or another tool, and is not answered, beside `but`, which is about to
/// be. Of two that are on their way to what turned out to be one person, the older goes first.
fn unanswered(prospect: &Prospect, now: Instant, wiring: &Wiring, but: Option<ActionId>) -> Option<String> {
    let (word, tellings) = (prospect.last_word(), prospect.tellings());
    let place = |t: &Telling| (t.at, t.action);
    let own = tellings.iter().find(|t| Some(t.action) == but).map(|t| place(t));
    let waits = |at: Instant| now < at.after(wiring.policy.await_reply) && word.is_none_or(|word| word < at);
    let told = tellings.iter().rev().filter(|t| Some(t.action) != but).find(|t| {
        let first = t.is_on_its_way() && own.is_some_and(|own| place(t) < own);
        (t.awaits_reply() || first) && waits(t.at)
    });
    if let Some(t) = told {
        return Some(format!("'{}' is {} since {}", t.target, t.state, t.at));
    }
    let others = prospect.unanswered_of_others().filter(|turn| waits(turn.at))?;
    Some(format!("another tool of ours wrote at {}", others.at))
}

/// The latest word of all profiles by purpose and channel, for this brand.
pub(crate) fn consents(wiring: &Wiring, prospect: &Prospect) -> BTreeMap<String, (ConsentStatus, Instant)> {
    let mut all: BTreeMap<String, (ConsentStatus, Instant)> = BTreeMap::new();
    let brand = &wiring.brand;
    for (key, consent) in prospect.part.profiles.values().flat_map(|p| &p.consents) {
        if key.brand != "*" && key.brand != *brand {
            continue;
        }
        let new = (consent.value.status, consent.at);
        let rank = |(status, at): (ConsentStatus, Instant)| (at, status == ConsentStatus::Withdrawn);
        let place = all.entry(format!("{}/{}", key.purpose, key.channel)).or_insert(new);
        if rank(new) > rank(*place) {
            *place = new;
        }
    }
    all
}

/// For how long after a signal from a page somebody counts as being there. The log says it, so
/// that a decision can be made again; whether a page is open at the moment of the attempt, the
/// board knows.
pub(crate) const ON_PAGE: Duration = Duration::from_secs(600);

/// Whether somebody is at a channel's pages at `now`; for any other channel they need not be.
fn is_there(channel: &Channel, profile: &Profile, now: Instant) -> bool {
    let Carrier::Page(page) = &channel.carrier else {
        return true;
    };
    let reported = profile.reported.as_ref();
    reported.is_some_and(|last| last.value == *page && now.since(last.at) < ON_PAGE)
}

/// Where somebody can be reached at `now`, by channel. Pages come first: who is there is there
/// for a moment.
pub(crate) fn addresses(wiring: &Wiring, prospect: &Prospect, now: Instant) -> Vec<Address> {
    let mut all = Vec::new();
    let (pages, others): (Vec<_>, Vec<_>) = wiring.channels.values().partition(|c| c.is_page());
    for channel in pages.into_iter().chain(others) {
        for profile in prospect
            .part
            .profiles
            .values()
            .filter(|p| p.identity.scheme == channel.address)
            .filter(|p| is_there(channel, p, now))
        {
            all.push(Address {
                channel: channel.name.clone(),
                sink: channel.carrier.connector().to_owned(),
                value: profile.identity.value.clone(),
                verified: profile.verified,
                unusable: profile.unusable.as_ref().map(|u| u.value.clone()),
                on_page: channel.is_page(),
            });
        }
    }
    all
}
