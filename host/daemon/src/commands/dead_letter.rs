//! `hearken dead-letter`: what could not be worked off.

use hearken_engine::{Clock, SystemClock};
use hearken_store::{DeadLetter, DeadLetterId, DeadLetterQuery, Sqlite, Stage, Store};
use serde_json::{Value, json};

use crate::{
    arguments::{Chosen, DeadLetterCommand, DeadLetterFilter},
    output::{Exit, Misuse, Table, answer, clean, day_and_time, heading, plural, say},
};

/// How many are read at once where all are meant.
const PAGE: usize = 500;

pub(super) async fn dead_letter(command: DeadLetterCommand) -> anyhow::Result<Exit> {
    match command {
        DeadLetterCommand::List {
            configured,
            filter: DeadLetterFilter { stage, connector },
            limit,
            shown,
        } => {
            let query = DeadLetterQuery {
                stage: read_stage(stage)?,
                connector,
                before: None,
                limit,
            };
            let letters = configured.open()?.store.dead_letters(query).await?;
            answer(
                shown.format,
                || listed(&letters),
                || letters.iter().map(as_json).collect(),
            )?;
            Ok(Exit::Done)
        }
        DeadLetterCommand::Show { id, configured, shown } => {
            let letter = configured.open()?.store.dead_letter(DeadLetterId(id)).await?;
            let Some(letter) = letter else {
                anyhow::bail!("there is no dead letter {id}")
            };
            answer(shown.format, || described(&letter), || as_json(&letter))?;
            Ok(Exit::Done)
        }
        DeadLetterCommand::Replay { chosen, configured } => {
            let store = configured.open()?.store;
            replay(&store, chosen).await
        }
        DeadLetterCommand::Drop { chosen, configured } => {
            let store = configured.open()?.store;
            let ids = chosen.resolve(&store).await?;
            let mut missing = Vec::new();
            for id in &ids {
                if !store.drop_dead_letter(*id).await? {
                    missing.push(*id);
                }
            }
            told(ids.len(), &missing, "dropped")
        }
    }
}

/// Asks a daemon to work letters off again: all but those of requests and records that
/// never became signals, of which only their sender has enough to try again.
async fn replay(store: &Sqlite, chosen: Chosen) -> anyhow::Result<Exit> {
    let ids = chosen.resolve(store).await?;
    let (mut missing, mut unusable) = (Vec::new(), Vec::new());
    for id in &ids {
        let letter = store.dead_letter(*id).await?;
        if letter.is_some_and(|l| l.letter.stage == Stage::Intake) {
            unusable.push(id.to_string());
        } else if !store.ask_replay(*id, SystemClock.now()).await? {
            missing.push(*id);
        }
    }
    if !unusable.is_empty() {
        say(&format!(
            "dead letter {} cannot be worked off again: it never became a signal; have it sent once more, then drop it\n",
            unusable.join(", ")
        ))?;
    }
    let exit = told(ids.len() - unusable.len(), &missing, "to be worked off again")?;
    Ok(if unusable.is_empty() { exit } else { Exit::Failed })
}

impl Chosen {
    async fn resolve(self, store: &Sqlite) -> anyhow::Result<Vec<DeadLetterId>> {
        let filtered = self.filter.stage.is_some() || self.filter.connector.is_some();
        if !self.all {
            if filtered {
                return Err(
                    Misuse("--stage and --connector go with --all, not with single dead letters".into()).into(),
                );
            }
            return Ok(self.ids.into_iter().map(DeadLetterId).collect());
        }
        let stage = read_stage(self.filter.stage)?;
        let mut ids: Vec<DeadLetterId> = Vec::new();
        loop {
            let connector = self.filter.connector.clone();
            let page = store
                .dead_letters(DeadLetterQuery {
                    stage,
                    connector,
                    before: ids.last().copied(),
                    limit: PAGE,
                })
                .await?;
            let whole = page.len() == PAGE;
            ids.extend(page.into_iter().map(|letter| letter.id));
            if !whole {
                return Ok(ids);
            }
        }
    }
}

fn read_stage(word: Option<String>) -> anyhow::Result<Option<Stage>> {
    let Some(word) = word else { return Ok(None) };
    match Stage::from_word(&word) {
        Some(stage) => Ok(Some(stage)),
        None => {
            let known = Stage::ALL.map(Stage::word).join(", ");
            Err(Misuse(format!("there is no stage '{}'; the stages are {known}", clean(&word))).into())
        }
    }
}

fn told(asked: usize, missing: &[DeadLetterId], done: &str) -> anyhow::Result<Exit> {
    say(&format!("{} {done}\n", plural(asked - missing.len(), "dead letter")))?;
    if missing.is_empty() {
        return Ok(Exit::Done);
    }
    let ids: Vec<String> = missing.iter().map(ToString::to_string).collect();
    anyhow::bail!("there is no dead letter {}", ids.join(", "))
}

fn listed(letters: &[DeadLetter]) -> String {
    if letters.is_empty() {
        return "no dead letters\n".into();
    }
    let mut table = Table::new(&["ID", "AT", "STAGE", "CONNECTOR", "WHY"]);
    for DeadLetter { id, letter, .. } in letters {
        let (id, at) = (id.to_string(), day_and_time(letter.at));
        table.row([&id, &at, letter.stage.word(), &letter.connector, &letter.why]);
    }
    table.to_string()
}

fn described(
    DeadLetter {
        id,
        replay_asked,
        letter,
    }: &DeadLetter,
) -> String {
    let mut text = heading(&format!("dead letter {id}"));
    let mut line = |name: &str, value: String| {
        if !value.is_empty() {
            text.push_str(&format!("{name:<10} {}\n", clean(&value)));
        }
    };
    line("at", day_and_time(letter.at));
    line("stage", letter.stage.to_string());
    line("connector", letter.connector.clone());
    line("prospect", letter.prospect.map(|p| p.to_string()).unwrap_or_default());
    line("action", letter.action.map(|a| a.to_string()).unwrap_or_default());
    line("why", letter.why.clone());
    line("place", letter.place.clone());
    line(
        "replay",
        replay_asked
            .map(|at| format!("asked for at {}", day_and_time(at)))
            .unwrap_or_default(),
    );
    text.push('\n');
    // JSON is laid out anew, which also keeps its line breaks apart from the text's.
    let payload = match serde_json::from_str::<Value>(&letter.payload) {
        Ok(json) => format!("{json:#}").lines().map(clean).collect::<Vec<_>>().join("\n"),
        Err(_) => clean(&letter.payload),
    };
    text.push_str(&payload);
    text.push('\n');
    text
}

fn as_json(
    DeadLetter {
        id,
        replay_asked,
        letter,
    }: &DeadLetter,
) -> Value {
    json!({
        "id": id,
        "at": letter.at.to_string(),
        "stage": letter.stage,
        "connector": letter.connector,
        "prospect": letter.prospect,
        "action": letter.action,
        "why": letter.why,
        "place": letter.place,
        "payload": letter.payload,
        "replay_asked": replay_asked.map(|at| at.to_string()),
    })
}
