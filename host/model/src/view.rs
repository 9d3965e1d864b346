//! What can be said about a prospect at a moment, derived from its state.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Map, Value};

use crate::{
    Act, ActionState, Belief, BeliefKey, BeliefKind, Company, ConsentStatus, Dated, Floor, Identity, Instant,
    Lifecycle, Policy, Prospect, ProspectId, SignalId, Speaker, Telling, Turn, Vocabulary, exclusion::excluded,
    sales::corrected,
};

/// How long a hand-over that nobody answered leaves the floor to sales, in milliseconds: 14 days.
const WITH_SALES_MS: u64 = 14 * 86_400_000;

/// How long something that is on its way, and of which nothing more is heard, keeps the
/// floor, in milliseconds: 14 days.
const ON_ITS_WAY_MS: u64 = 14 * 86_400_000;

/// The name under which the host's own beliefs (fit) are kept.
pub(crate) const HOST_SCORER: &str = "host";

/// A prospect as it looks at a moment.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct View {
    /// Who.
    pub id: ProspectId,
    /// At which moment.
    pub now: Instant,
    /// Its names, the strongest first, with whether somebody vouches for them.
    pub identities: Vec<(Identity, bool)>,
    /// By name, the latest word of all its profiles.
    pub traits: Map<String, Value>,
    /// The company, by whatever it is known: its name, its domain, a system's id of it.
    pub account: Option<String>,
    /// The company as people call it; a domain or an id is no name.
    pub company: Option<String>,
    /// BCP 47, from the traits `language` or `locale`.
    pub language: Option<String>,
    /// Its time zone (IANA), from the trait `timezone`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// Where it stands.
    pub lifecycle: Lifecycle,
    /// Why it stands there.
    pub lifecycle_cause: String,
    /// Who may speak next.
    pub floor: Floor,
    /// Since when and why.
    pub floor_cause: String,
    /// Why nothing is said to it for its own sake; none where it may be.
    pub excluded: Option<String>,
    /// Whether they wait for help.
    pub open_ticket: bool,
    /// How many signals it gave.
    pub signals: u64,
    /// The earliest.
    pub first_seen: Instant,
    /// The latest.
    pub last_seen: Instant,
    /// Scorers' beliefs, raw, the latest word on each.
    pub raw: BTreeMap<BeliefKey, Belief>,
    /// All scorers' beliefs combined, with their confidence at `now`, the heaviest first.
    pub beliefs: Vec<Belief>,
}

impl View {
    /// How `prospect` looks at `now`. `weights` are the scorers' (1 where not named).
    #[must_use]
    pub fn of(
        prospect: &Prospect,
        now: Instant,
        policy: &Policy,
        vocabulary: &Vocabulary,
        weights: &BTreeMap<String, f64>,
    ) -> Self {
        let part = &prospect.part;
        let mut identities: Vec<(Identity, bool)> = part
            .profiles
            .values()
            .map(|p| (p.identity.clone(), p.verified))
            .collect();
        identities.sort_by(|(x, _), (y, _)| y.strength().cmp(&x.strength()).then_with(|| x.cmp(y)));
        let traits = traits(prospect);
        let mut raw = raw_beliefs(prospect);
        if let Some(fit) = fit(&traits, vocabulary, now) {
            raw.insert(
                BeliefKey {
                    scorer: HOST_SCORER.into(),
                    kind: fit.kind,
                    name: fit.name.clone(),
                },
                fit,
            );
        }
        let beliefs = corrected(combine(&raw, now, weights), &prospect.corrections(), now);
        let company = Company::found(prospect, text_trait(&traits, &Company::TRAITS));
        let language = text_trait(&traits, &["language", "locale"]).map(|l| l.replace('_', "-"));
        let zone = text_trait(&traits, &["timezone", "timeZone", "time_zone"]);
        let (lifecycle, lifecycle_cause) = stage(prospect, &beliefs, policy);
        let (floor, floor_cause) = floor(prospect, now, policy, lifecycle);
        let mut view = Self {
            id: prospect.id,
            now,
            identities,
            traits,
            account: company.account,
            company: company.name,
            language,
            zone,
            lifecycle,
            lifecycle_cause,
            floor,
            floor_cause,
            excluded: None,
            open_ticket: prospect.has_open_ticket(),
            signals: part.profiles.values().map(|p| p.signals).sum(),
            first_seen: part.profiles.values().map(|p| p.first_seen).min().unwrap_or_default(),
            last_seen: part.profiles.values().map(|p| p.last_seen).max().unwrap_or_default(),
            raw,
            beliefs,
        };
        view.excluded = excluded(&policy.exclude, &view);
        view
    }

    /// A prospect of whom nothing is known.
    #[must_use]
    pub fn empty(id: ProspectId, now: Instant) -> Self {
        Self {
            id,
            now,
            identities: Vec::new(),
            traits: Map::new(),
            account: None,
            company: None,
            language: None,
            zone: None,
            lifecycle: Lifecycle::Visitor,
            lifecycle_cause: String::new(),
            floor: Floor::Listening,
            floor_cause: String::new(),
            excluded: None,
            open_ticket: false,
            signals: 0,
            first_seen: now,
            last_seen: now,
            raw: BTreeMap::new(),
            beliefs: Vec::new(),
        }
    }

    /// The heaviest belief of a kind.
    #[must_use]
    pub fn top(&self, kind: BeliefKind) -> Option<&Belief> {
        self.beliefs.iter().find(|b| b.kind == kind)
    }
}

pub(crate) fn latest<'a, T: 'a>(all: impl Iterator<Item = &'a Dated<T>>) -> Option<&'a Dated<T>> {
    all.max_by(|x, y| (x.at, &x.by).cmp(&(y.at, &y.by)))
}

fn text_trait(traits: &Map<String, Value>, names: &[&str]) -> Option<String> {
    names.iter().find_map(|n| text_of(traits.get(*n)?))
}

/// A trait's text; of an object that of its name.
pub(crate) fn text_of(value: &Value) -> Option<String> {
    let text = value.as_str().or_else(|| value.get("name").and_then(Value::as_str))?;
    (!text.trim().is_empty()).then(|| text.trim().to_owned())
}

fn traits(prospect: &Prospect) -> Map<String, Value> {
    let mut by_name: BTreeMap<&String, &Dated<Value>> = BTreeMap::new();
    for (name, dated) in prospect.part.profiles.values().flat_map(|p| &p.traits) {
        match by_name.get(name) {
            Some(old) if !dated.outranks(old) => {}
            _ => {
                by_name.insert(name, dated);
            }
        }
    }
    by_name
        .into_iter()
        .filter(|(_, d)| !d.value.is_null())
        .map(|(n, d)| (n.clone(), d.value.clone()))
        .collect()
}

/// What scorers said: about the present set of profiles, and about parts of it before.
fn raw_beliefs(prospect: &Prospect) -> BTreeMap<BeliefKey, Belief> {
    let mut all: BTreeMap<BeliefKey, Belief> = BTreeMap::new();
    let present: BTreeSet<_> = prospect.part.members();
    for group in prospect.part.assessed.iter().filter(|g| g.of.is_subset(&present)) {
        let whole = group.of.len() == present.len();
        for (key, belief) in &group.beliefs {
            match all.get(key) {
                Some(old) if !whole && old.at > belief.at => {}
                _ => {
                    all.insert(key.clone(), belief.clone());
                }
            }
        }
    }
    all.retain(|_, b| b.confidence > 0.0);
    all
}

/// Value: the mean of what scorers say, by weight and confidence; confidence: theirs, by
/// weight. Those who say nothing do not count against it.
fn combine(raw: &BTreeMap<BeliefKey, Belief>, now: Instant, weights: &BTreeMap<String, f64>) -> Vec<Belief> {
    let mut groups: BTreeMap<(BeliefKind, &str), Vec<(f64, &Belief)>> = BTreeMap::new();
    for (key, belief) in raw {
        let weight = weights.get(&key.scorer).copied().unwrap_or(1.0);
        if weight > 0.0 {
            groups.entry((key.kind, &key.name)).or_default().push((weight, belief));
        }
    }
    let mut combined: Vec<Belief> = groups
        .into_values()
        .filter_map(|said| {
            let sum: f64 = said.iter().map(|(w, _)| w).sum();
            let sure: f64 = said.iter().map(|(w, b)| w * b.confidence_at(now)).sum();
            let value: f64 = said.iter().map(|(w, b)| w * b.weight_at(now)).sum();
            let loudest = said
                .iter()
                .max_by(|x, y| (x.0 * x.1.weight_at(now)).total_cmp(&(y.0 * y.1.weight_at(now))))?
                .1;
            let confidence = sure / sum;
            (confidence > 1e-6).then(|| Belief {
                value: if sure > 0.0 { value / sure } else { 0.0 },
                confidence,
                at: now,
                half_life_ms: None,
                ..loudest.clone()
            })
        })
        .collect();
    combined.sort_by(|x, y| {
        y.weight_at(now)
            .total_cmp(&x.weight_at(now))
            .then_with(|| (x.kind, &x.name).cmp(&(y.kind, &y.name)))
    });
    combined
}

/// How well the fit rules match: the weights of those that do, of all that are positive.
fn fit(traits: &Map<String, Value>, vocabulary: &Vocabulary, now: Instant) -> Option<Belief> {
    let most: f64 = vocabulary.fit.iter().map(|r| r.weight.max(0.0)).sum();
    if most <= 0.0 || !vocabulary.fit.iter().any(|r| traits.contains_key(&r.r#trait)) {
        return None;
    }
    let known = vocabulary
        .fit
        .iter()
        .filter(|r| traits.contains_key(&r.r#trait))
        .count();
    let matching: Vec<_> = vocabulary
        .fit
        .iter()
        .filter(|r| r.matches(traits.get(&r.r#trait)))
        .collect();
    let sum: f64 = matching.iter().map(|r| r.weight).sum();
    let by = |counts: fn(f64) -> bool| {
        let names = matching.iter().filter(|r| counts(r.weight)).map(|r| r.r#trait.as_str());
        names.collect::<Vec<_>>().join(", ")
    };
    let reason = match (by(|w| w > 0.0), by(|w| w < 0.0)) {
        (pro, con) if pro.is_empty() && con.is_empty() => "no fit rule matches".to_owned(),
        (pro, con) if con.is_empty() => format!("fits by {pro}"),
        (pro, con) if pro.is_empty() => format!("does not fit by {con}"),
        (pro, con) => format!("fits by {pro}, and not by {con}"),
    };
    Some(Belief {
        kind: BeliefKind::Fit,
        name: "rules".into(),
        value: (sum / most).clamp(0.0, 1.0),
        confidence: known as f64 / vocabulary.fit.len() as f64,
        at: now,
        evidence: Vec::<SignalId>::new(),
        half_life_ms: None,
        reason,
    })
}

fn stage(prospect: &Prospect, beliefs: &[Belief], policy: &Policy) -> (Lifecycle, String) {
    let said = latest(prospect.part.profiles.values().filter_map(|p| p.lifecycle.as_ref()));
    if let Some(said) = said {
        return (said.value, format!("said by {}", said.by));
    }
    if !prospect.part.profiles.values().any(|p| p.identity.is_known()) {
        return (Lifecycle::Visitor, "not known by any name".into());
    }
    let level = |kind| beliefs.iter().find(|b| b.kind == kind).map_or(0.0, |b| b.value);
    let (fit, engagement) = (level(BeliefKind::Fit), level(BeliefKind::Engagement));
    if fit >= policy.qualify_fit && engagement >= policy.qualify_engagement {
        return (
            Lifecycle::Qualified,
            format!("fit {fit:.2} and engagement {engagement:.2} reach what is asked"),
        );
    }
    (
        Lifecycle::Lead,
        format!("known; fit {fit:.2}, engagement {engagement:.2}"),
    )
}

fn floor(prospect: &Prospect, now: Instant, policy: &Policy, lifecycle: Lifecycle) -> (Floor, String) {
    if lifecycle == Lifecycle::Disqualified {
        return (Floor::Closed, "disqualified".into());
    }
    if let Some(why) = prospect.left_alone(now) {
        return (Floor::Closed, why);
    }
    if refused(prospect, &policy.brand) {
        return (Floor::Closed, "wants to hear nothing from us".into());
    }
    let tellings = prospect.tellings();
    let (handed, told): (Vec<&Telling>, Vec<&Telling>) = tellings
        .into_iter()
        .filter(|t| !t.shadow)
        .partition(|t| t.act == Act::HandOver);
    if matches!(lifecycle, Lifecycle::Accepted | Lifecycle::Opportunity) {
        return (Floor::WithSales, format!("{lifecycle}"));
    }
    let with_sales = handed.iter().rev().find(|t| {
        prospect.answer_to(t).is_none()
            && !matches!(t.state, ActionState::Rejected | ActionState::Expired)
            && !is_forgotten(t, now, policy)
            && !prospect.is_left_lying(t, now)
            && now.0 < t.at.0.saturating_add(WITH_SALES_MS)
    });
    if let Some(t) = with_sales {
        return (Floor::WithSales, format!("handed over to {} at {}", t.target, t.at));
    }
    if let Some(turn) = sales_talk(prospect, &handed).filter(|turn| now < turn.at.after(policy.await_reply)) {
        return (Floor::WithSales, format!("sales: {} at {}", turn.what, turn.at));
    }
    if let Some(t) = told
        .iter()
        .rev()
        .find(|t| !t.state.is_final() && !is_forgotten(t, now, policy))
    {
        return (Floor::Ours, format!("'{}' is {}", t.target, t.state));
    }
    if let Some(t) = prospect.unanswered().filter(|t| now < t.at.after(policy.await_reply)) {
        let why = format!("'{}' was told at {} and is not answered", t.target, t.at);
        return (Floor::AwaitingReply, why);
    }
    match prospect
        .unanswered_of_others()
        .filter(|t| now < t.at.after(policy.await_reply))
    {
        Some(turn) => {
            let why = format!("another tool of ours wrote at {} and is not answered", turn.at);
            (Floor::AwaitingReply, why)
        }
        None => (Floor::Listening, "nothing of ours is unanswered".into()),
    }
}

/// The latest of what sales did, unless they have said since what becomes of the prospect.
fn sales_talk<'a>(prospect: &'a Prospect, handed: &[&Telling]) -> Option<&'a Turn> {
    let latest = prospect
        .turns()
        .into_iter()
        .rev()
        .find(|turn| turn.speaker == Speaker::Sales)?;
    let answered = handed.iter().filter_map(|t| prospect.answer_to(t)).max();
    Some(latest).filter(|turn| answered.is_none_or(|answered| answered < turn.at))
}

/// Whether the last word on everything is no. A later consent, or a word of the prospect's
/// own, opens the conversation again; what was said to another brand is not about us.
fn refused(prospect: &Prospect, brand: &str) -> bool {
    let ours = prospect
        .part
        .profiles
        .values()
        .flat_map(|p| &p.consents)
        .filter(|(k, _)| k.brand == "*" || k.brand == brand);
    let (mut no, mut yes) = (None, None);
    for (key, consent) in ours {
        match consent.value.status {
            ConsentStatus::Withdrawn if key.purpose == "*" && key.channel == "*" => no = no.max(Some(consent.at)),
            ConsentStatus::Granted => yes = yes.max(Some(consent.at)),
            _ => {}
        }
    }
    no.is_some() && no >= yes && no >= prospect.last_word()
}

/// Whether nothing more will come of something that is on its way still. What is held waits
/// for a person, who may never come, and everything else for a sink, which may be gone.
fn is_forgotten(telling: &Telling, now: Instant, policy: &Policy) -> bool {
    match telling.state {
        ActionState::Held => now >= telling.at.after(policy.expires),
        state => !state.is_final() && now.0 >= telling.at.0.saturating_add(ON_ITS_WAY_MS),
    }
}
