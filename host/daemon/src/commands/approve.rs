//! `hearken approve`: what waits for a person, and what the person says. Answers are marks in
//! the store, which a running daemon takes within a second, and else the next one.

use std::collections::BTreeMap;

use hearken_config::Wiring;
use hearken_engine::{Clock, SystemClock, view_of};
use hearken_model::{Action, ActionId, Answer, Approval, Instant, Prospect, ProspectId, Story, StoryId, gate};
use hearken_store::{HeldQuery, Sqlite, Store, TextApproval};
use serde_json::json;

use super::{
    decision::ago,
    waiting_view::{Draft, Waiting, as_json, described},
    who::who,
};
use crate::{
    arguments::{AnswerArguments, ApproveCommand, WaitingFilter},
    configured::Opened,
    output::{Exit, Misuse, answer, clean, plural, say},
};

/// How many are read at once where all are meant.
const PAGE: usize = 500;
/// How many actions are counted that wait for one text.
const COUNTED: usize = 1_000;

pub(super) async fn approve(command: ApproveCommand) -> anyhow::Result<Exit> {
    match command {
        ApproveCommand::List {
            configured,
            filter,
            limit,
            shown,
        } => {
            let Opened { wiring, store } = configured.open()?;
            let query = filter.query(&wiring)?;
            let everything = query.story.is_none() && query.team.is_none() && query.until.is_none();
            let actions = store.held(HeldQuery { limit, ..query }).await?;
            let waiting = shown_of(&store, &wiring, actions).await?;
            let drafts = if everything {
                drafts(&store, &wiring).await?
            } else {
                Vec::new()
            };
            let now = SystemClock.now();
            answer(
                shown.format,
                || described(&waiting, &drafts, limit, now),
                || as_json(&waiting, &drafts),
            )?;
            Ok(Exit::Done)
        }
        ApproveCommand::Yes(arguments) => answered(arguments, Answer::Yes).await,
        ApproveCommand::No(arguments) => answered(arguments, Answer::No).await,
        ApproveCommand::Story {
            stories,
            all,
            configured,
        } => {
            let Opened { wiring, store } = configured.open()?;
            approve_texts(&store, &wiring, stories, all).await
        }
    }
}

impl WaitingFilter {
    /// What it asks for; a misspelt name would find nothing, silently.
    fn query(self, wiring: &Wiring) -> anyhow::Result<HeldQuery> {
        let Self {
            story,
            team,
            older_than,
        } = self;
        let unknown = |what: &str, name: &str| Misuse(format!("there is no {what} '{}'", clean(name)));
        if let Some(name) = story
            .as_ref()
            .filter(|s| !wiring.stories.iter().any(|x| x.id.as_str() == *s))
        {
            return Err(unknown("story", name).into());
        }
        if let Some(name) = team.as_ref().filter(|t| !wiring.teams.contains_key(*t)) {
            return Err(unknown("team", name).into());
        }
        Ok(HeldQuery {
            gate: gate::APPROVAL.into(),
            story: story.map(StoryId),
            team,
            until: older_than.map(|text| ago("--older-than", &text)).transpose()?,
            after: None,
            limit: PAGE,
        })
    }

    const fn is_narrow(&self) -> bool {
        self.story.is_some() || self.team.is_some() || self.older_than.is_some()
    }
}

/// Who and why, for each.
async fn shown_of(store: &Sqlite, wiring: &Wiring, actions: Vec<Action>) -> anyhow::Result<Vec<Waiting>> {
    let ids: Vec<ProspectId> = actions.iter().map(|a| a.prospect).collect();
    let prospects: BTreeMap<ProspectId, Prospect> = store
        .prospects(&ids)
        .await?
        .into_iter()
        .flatten()
        .map(|p| (p.id, p))
        .collect();
    let now = SystemClock.now();
    let mut waiting = Vec::with_capacity(actions.len());
    for action in actions {
        let reason = store.decision(action.decision).await?.map(|d| d.reason);
        waiting.push(Waiting {
            view: prospects.get(&action.prospect).map(|p| view_of(p, now, wiring)),
            reason: reason.unwrap_or_default(),
            action,
        });
    }
    Ok(waiting)
}

/// Stories whose texts nobody approved, where that is asked for.
async fn drafts(store: &Sqlite, wiring: &Wiring) -> anyhow::Result<Vec<Draft>> {
    if !wiring.policy.approve_texts {
        return Ok(Vec::new());
    }
    let approved = store.approved_texts().await?;
    let mut drafts = Vec::new();
    let texts = wiring
        .stories
        .iter()
        .flat_map(|story| story.texts().map(move |text| (story, text)));
    for (story, text) in texts {
        let digest = text.digest();
        let of_story = || approved.iter().filter(|a| a.story == story.id);
        if of_story().any(|a| a.digest == digest) {
            continue;
        }
        let query = HeldQuery {
            gate: gate::DRAFT.into(),
            story: Some(story.id.clone()),
            limit: COUNTED,
            ..HeldQuery::default()
        };
        drafts.push(Draft {
            story: text.clone(),
            // Of several texts nobody knows which one the approved one was.
            before: of_story().next().filter(|_| story.others.is_empty()).cloned(),
            waiting: store
                .held(query)
                .await?
                .iter()
                .filter(|action| story.others.is_empty() || action.text == digest)
                .count(),
            digest,
        });
    }
    Ok(drafts)
}

async fn answered(arguments: AnswerArguments, word: Answer) -> anyhow::Result<Exit> {
    let AnswerArguments {
        ids,
        all,
        filter,
        why,
        configured,
        shown,
    } = arguments;
    if !all && filter.is_narrow() {
        return Err(Misuse("--story, --team and --older-than go with --all, not with single actions".into()).into());
    }
    let Opened { wiring, store } = configured.open()?;
    let ids = if all {
        waiting_ids(&store, filter.query(&wiring)?).await?
    } else {
        ids.iter().map(|text| read_id(text)).collect::<Result<_, _>>()?
    };
    let approval = Approval {
        answer: word,
        by: who(),
        at: SystemClock.now(),
        why: why.unwrap_or_default().trim().to_owned(),
    };
    let taken = store.answer(ids.clone(), approval.clone()).await?;
    let mut refused = Vec::new();
    for (id, _) in ids.iter().zip(&taken).filter(|(_, taken)| !**taken) {
        refused.push((*id, why_not(&store, *id, word, approval.at).await?));
    }
    let done = ids.len() - refused.len();
    answer(
        shown.format,
        || told(word, done, &refused),
        || {
            let refused = refused.iter().map(|(id, why)| json!({ "id": id, "why": why }));
            json!({ "answer": word, "taken": done, "not_taken": refused.collect::<Vec<_>>() })
        },
    )?;
    Ok(if refused.is_empty() { Exit::Done } else { Exit::Failed })
}

async fn waiting_ids(store: &Sqlite, query: HeldQuery) -> anyhow::Result<Vec<ActionId>> {
    let mut ids = Vec::new();
    let mut after = None;
    loop {
        let page = store.held(HeldQuery { after, ..query.clone() }).await?;
        ids.extend(page.iter().map(|a| a.id));
        match page.last().filter(|_| page.len() == PAGE) {
            Some(last) => after = Some((last.decided, last.id)),
            None => return Ok(ids),
        }
    }
}

fn read_id(text: &str) -> Result<ActionId, Misuse> {
    let wrong = || Misuse(format!("'{}' is no action: an id has 16 hex digits", clean(text)));
    text.parse().map_err(|_| wrong())
}

/// Why an answer could not be taken.
async fn why_not(store: &Sqlite, id: ActionId, word: Answer, now: Instant) -> anyhow::Result<String> {
    let Some(action) = store.action(id).await? else {
        return Ok("there is no such action".into());
    };
    if let Some(said) = action.approval.as_ref() {
        return Ok(format!("it is {} already", super::action_view::approval_in_words(said)));
    }
    if action.expires < now {
        return Ok(format!("it has expired at {}", action.expires));
    }
    let because = if action.why.is_empty() {
        String::new()
    } else {
        format!(": {}", action.why)
    };
    Ok(match word {
        Answer::Yes => format!("it does not wait for approval; it is {}{because}", action.state),
        Answer::No if action.attempts > 0 => format!("it was attempted already; it is {}", action.state),
        Answer::No => format!("it is {}{because}", action.state),
    })
}

fn told(word: Answer, done: usize, refused: &[(ActionId, String)]) -> String {
    let mut text = match word {
        Answer::Yes => format!("{} may go\n", plural(done, "action")),
        Answer::No => format!("{} will not go\n", plural(done, "action")),
    };
    for (id, why) in refused {
        text.push_str(&format!("{id}: {}\n", clean(why)));
    }
    text
}

async fn approve_texts(store: &Sqlite, wiring: &Wiring, names: Vec<String>, all: bool) -> anyhow::Result<Exit> {
    let stories: Vec<&Story> = if all {
        wiring.stories.iter().collect()
    } else {
        let find = |name: &String| {
            let found = wiring.story(name);
            found.ok_or_else(|| Misuse(format!("there is no story '{}'", clean(name))))
        };
        names.iter().map(find).collect::<Result<_, _>>()?
    };
    let mut text = String::new();
    for (story, worded) in stories
        .iter()
        .flat_map(|story| story.texts().map(move |text| (story, text)))
    {
        let digest = worded.digest();
        let approval = TextApproval {
            story: story.id.clone(),
            digest: digest.clone(),
            by: who(),
            at: SystemClock.now(),
        };
        let new = store.approve_text(approval).await?;
        let short = digest.get(..12).unwrap_or_default();
        text.push_str(&match new {
            true => format!("the text of '{}' is approved ({short})\n", worded.id),
            false => format!("the text of '{}' was approved already ({short})\n", worded.id),
        });
    }
    if !wiring.policy.approve_texts {
        text.push_str("approve = true in [stories] is not set, so texts go out without approval as well\n");
    }
    say(&text)?;
    Ok(Exit::Done)
}
