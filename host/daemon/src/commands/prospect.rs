//! `hearken prospect`: who is known, and what is believed about them.

use std::collections::BTreeMap;

use hearken_config::Wiring;
use hearken_engine::{Clock, SystemClock, view_of};
use hearken_model::{Consent, ConsentKey, Dated, Instant, Prospect, ProspectId, View};
use hearken_store::{DecisionQuery, ProspectQuery, Sqlite, Store};
use serde_json::{Value, json};

use super::{
    export, forget,
    prospect_view::{Shown, as_json, described},
    whom,
};
use crate::{
    arguments::ProspectCommand,
    configured::Opened,
    output::{Exit, Table, answer, day_and_time},
};

const LAST_SIGNALS: usize = 20;
const LAST_DECISIONS: usize = 10;
const LAST_ACTIONS: usize = 10;

pub(super) async fn prospect(command: ProspectCommand) -> anyhow::Result<Exit> {
    match command {
        ProspectCommand::List {
            configured,
            limit,
            search,
            shown,
        } => {
            let Opened { wiring, store } = configured.open()?;
            let now = SystemClock.now();
            let prospects = store.prospect_list(ProspectQuery { text: search, limit }).await?;
            let views: Vec<View> = prospects.iter().map(|p| view_of(p, now, &wiring)).collect();
            answer(shown.format, || listed(&views), || views.iter().map(in_short).collect())?;
        }
        ProspectCommand::Show { somebody, shown } => {
            let Opened { wiring, store } = somebody.configured.open()?;
            let id = whom::find(&store, &somebody.id).await?;
            let looked_up = Shown::of(&store, &wiring, id, SystemClock.now(), LAST_DECISIONS).await?;
            let Some(shown_now) = looked_up else {
                anyhow::bail!("nothing is applied to prospect {id} yet")
            };
            answer(shown.format, || described(&shown_now), || as_json(&shown_now))?;
        }
        ProspectCommand::Export { somebody, to } => return export::export(somebody, to).await,
        ProspectCommand::Forget {
            somebody,
            yes,
            wait,
            shown,
        } => return forget::forget(somebody, yes, &wait, shown.format).await,
        ProspectCommand::Forgotten {
            configured,
            limit,
            shown,
        } => return forget::forgotten(&configured, limit, shown.format).await,
        ProspectCommand::Readmit { identity, configured } => return forget::readmit(&identity, &configured).await,
    }
    Ok(Exit::Done)
}

impl Shown {
    /// Everything about somebody as it is `now`, with so many of the latest decisions; none
    /// where nothing is applied to them yet.
    pub(crate) async fn of(
        store: &Sqlite,
        wiring: &Wiring,
        id: ProspectId,
        now: Instant,
        decisions: usize,
    ) -> anyhow::Result<Option<Self>> {
        let Some(prospect) = store.prospects(&[id]).await?.into_iter().next().flatten() else {
            return Ok(None);
        };
        let profiles: Vec<_> = prospect.part.profiles.keys().copied().collect();
        let query = DecisionQuery {
            prospect: Some(id),
            limit: decisions,
            ..DecisionQuery::default()
        };
        Ok(Some(Self {
            view: view_of(&prospect, now, wiring),
            owner: hearken_engine::owner(store, &prospect, wiring).await?,
            consents: consents(&prospect),
            signals: store.signals_of(&profiles, LAST_SIGNALS).await?,
            decisions: store.decisions(query).await?,
            actions: store.actions_of(id, LAST_ACTIONS).await?,
            prospect,
        }))
    }
}

/// The latest word of all profiles on each consent.
fn consents(prospect: &Prospect) -> BTreeMap<ConsentKey, Dated<Consent>> {
    let mut latest: BTreeMap<ConsentKey, Dated<Consent>> = BTreeMap::new();
    for (key, consent) in prospect.part.profiles.values().flat_map(|p| &p.consents) {
        match latest.get(key) {
            Some(old) if !consent.outranks(old) => {}
            _ => {
                latest.insert(key.clone(), consent.clone());
            }
        }
    }
    latest
}

fn listed(views: &[View]) -> String {
    if views.is_empty() {
        return "nobody\n".into();
    }
    let mut table = Table::new(&[
        "ID",
        "LAST SEEN",
        "SIGNALS",
        "STAGE",
        "FLOOR",
        "KNOWN AS",
        "ACCOUNT",
        "STANDS OUT",
    ]);
    for view in views {
        let (id, seen, signals) = (
            view.id.to_string(),
            day_and_time(view.last_seen),
            view.signals.to_string(),
        );
        let name = view.identities.first().map(|(i, _)| i.to_string()).unwrap_or_default();
        let account = view.account.clone().unwrap_or_default();
        let beliefs: Vec<String> = view
            .beliefs
            .iter()
            .take(3)
            .map(|b| format!("{} {}", b.kind, b.name))
            .collect();
        table.row([
            &id,
            &seen,
            &signals,
            view.lifecycle.word(),
            view.floor.word(),
            &name,
            &account,
            &beliefs.join(", "),
        ]);
    }
    table.to_string()
}

fn in_short(view: &View) -> Value {
    json!({
        "id": view.id,
        "last_seen": view.last_seen.to_string(),
        "signals": view.signals,
        "lifecycle": view.lifecycle,
        "floor": view.floor,
        "identities": identities(view),
        "account": view.account,
    })
}

/// Identities as JSON objects, the strongest first.
pub(super) fn identities(view: &View) -> Vec<Value> {
    let all = view.identities.iter();
    all.map(|(i, verified)| json!({ "scheme": i.scheme, "value": i.value, "verified": verified }))
        .collect()
}
