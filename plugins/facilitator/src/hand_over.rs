//! Who is handed over, to whom, and why.

use hearken_sdk::{Lifecycle, Pace};

use crate::config::Config;
use crate::reading::Reading;

/// A hand-over that is called for.
pub(crate) struct HandOver<'a> {
    pub(crate) team: &'a str,
    pub(crate) reason: String,
}

/// A hand-over, where one is called for and a team is open.
pub(crate) fn hand_over<'a>(reading: &Reading<'a>, config: &Config) -> Option<HandOver<'a>> {
    let teams = &reading.situation.teams;
    let first = teams.first()?;
    if reading.situation.lifecycle == Lifecycle::Disqualified {
        return None;
    }
    let about = || reading.describe(&reading.topics());
    if reading.asked {
        return Some(HandOver {
            team: first,
            reason: format!("asked for a person; {}", about()),
        });
    }
    let help = config
        .help_team
        .as_ref()
        .and_then(|team| teams.iter().find(|open| *open == team));
    if let Some(team) = help.filter(|_| reading.going(Pace::NeedsHelp) > 0.0) {
        return Some(HandOver {
            team,
            reason: format!("does not find what they look for; {}", about()),
        });
    }
    let ready = readiness(reading, config)?;
    let sign = buying_sign(reading, config)?;
    (reading.going(Pace::Hurried) > 0.0).then(|| HandOver {
        team: first,
        reason: format!("{ready} and shows buying signs ({sign}); {}", about()),
    })
}

/// Why sales would want them: qualified, or a good fit that nobody deals with yet.
fn readiness(reading: &Reading<'_>, config: &Config) -> Option<String> {
    match reading.situation.lifecycle {
        Lifecycle::Qualified => Some("qualified".to_owned()),
        Lifecycle::Visitor | Lifecycle::Lead | Lifecycle::Recycled if reading.fit >= config.hand_over_fit => {
            Some(format!("fits well ({:.2})", reading.fit))
        }
        _ => None,
    }
}

fn buying_sign(reading: &Reading<'_>, config: &Config) -> Option<String> {
    let (code, name) = reading.situation.trigger();
    if code == "asked" || code == "cue" {
        return Some(format!("{code} {name}"));
    }
    let topic = config
        .buying_topics
        .iter()
        .find(|topic| reading.interest(topic) >= config.buying_weight);
    if let Some(topic) = topic {
        return Some(format!("interest in {topic} {:.2}", reading.interest(topic)));
    }
    (reading.engagement >= config.buying_weight).then(|| format!("engagement {:.2}", reading.engagement))
}
