//! Who is invited to talk with a person: on a page, at this moment.
//!
//! An invitation is a story, but none that is told because of what it is about. It is made to
//! who is in a hurry or does not find what they look for, as a salesperson would walk up to
//! them, and to nobody else. Who looks around is left alone.

use hearken_sdk::{Choice, Lifecycle, Pace, Situation, Story};

use crate::reading::Reading;

/// An invitation, where one is called for and the host offers one.
pub(crate) fn invitation(stories: &[Story], reading: &Reading<'_>) -> Option<Choice> {
    let situation = reading.situation;
    if situation.lifecycle == Lifecycle::Disqualified {
        return None;
    }
    let why = if reading.going(Pace::NeedsHelp) > 0.0 {
        "does not find what they look for"
    } else if reading.going(Pace::Hurried) > 0.0 {
        "in a hurry"
    } else {
        return None;
    };
    let (story, channel, team) = offered(stories, situation)?;
    let reason = format!(
        "{why}, and {team} is there to talk; {}",
        reading.describe(&reading.topics())
    );
    Some(Choice::say(story, channel, 1.0, reason))
}

/// The first invitation by the first channel that reaches them. The candidates are in the order
/// of the stories' names, so it is the same one for everybody.
fn offered<'a>(stories: &'a [Story], situation: &'a Situation) -> Option<(&'a Story, &'a str, &'a str)> {
    situation.stories(stories).find_map(|(_, story)| {
        let team = story.invites()?;
        let mut channels = situation.channels.iter();
        let channel = channels.find(|channel| story.channels.contains(channel))?;
        Some((story, channel.as_str(), team))
    })
}
