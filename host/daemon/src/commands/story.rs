//! `hearken story`: what a story says to somebody, without saying it.

use std::collections::BTreeSet;

use hearken_config::Wiring;
use hearken_engine::{Clock, Preview, SystemClock, preview, preview_of, view_of};
use hearken_model::{Story, View};
use hearken_store::Store;

use super::{
    story_view::{Read, as_json, as_page, as_text},
    whom, worst,
};
use crate::{
    arguments::{PreviewArguments, PreviewFormat, StoryCommand},
    configured::Opened,
    output::{Exit, Misuse, clean, say},
};

pub(super) async fn story(command: StoryCommand) -> anyhow::Result<Exit> {
    let StoryCommand::Preview(arguments) = command;
    let read = if arguments.worst {
        read_by_the_worst(&arguments)?
    } else {
        read_by_a_prospect(&arguments).await?
    };
    say(&match arguments.format {
        PreviewFormat::Text => as_text(&read),
        PreviewFormat::Html => as_page(&read),
        PreviewFormat::Json => format!("{:#}\n", as_json(&read, arguments.worst)),
    })?;
    Ok(Exit::Done)
}

async fn read_by_a_prospect(arguments: &PreviewArguments) -> anyhow::Result<Vec<Read>> {
    let Opened { wiring, store } = arguments.configured.open()?;
    let story = named(&wiring, &arguments.story)?;
    let text = arguments.prospect.as_deref().unwrap_or_default();
    let id = whom::find(&store, text).await?;
    let Some(prospect) = store.prospects(&[id]).await?.into_iter().next().flatten() else {
        anyhow::bail!("nothing is applied to prospect {id} yet")
    };
    let mut view = view_of(&prospect, SystemClock.now(), &wiring);
    speaks(&mut view, arguments);
    let read = texts(&story, &view, arguments)?.into_iter().map(|(text_of, told)| {
        let Preview { vouched, said } = preview(text_of, &prospect, &view, &wiring);
        Read {
            text: text_of.clone(),
            told,
            who: text.to_owned(),
            vouched,
            language: view.language.clone(),
            said,
        }
    });
    Ok(read.collect())
}

fn read_by_the_worst(arguments: &PreviewArguments) -> anyhow::Result<Vec<Read>> {
    let wiring = arguments.configured.wiring()?;
    let story = named(&wiring, &arguments.story)?;
    let mut read = Vec::new();
    for text in story.texts() {
        for (who, mut view) in worst::people(&hearken_texts::names(text)) {
            speaks(&mut view, arguments);
            let Some((_, told)) = texts(&story, &view, arguments)?
                .into_iter()
                .find(|(t, _)| t.id == text.id)
            else {
                continue;
            };
            read.push(Read {
                said: preview_of(text, &view, true, &wiring),
                text: text.clone(),
                told,
                who: who.to_owned(),
                vouched: true,
                language: view.language,
            });
        }
    }
    Ok(read)
}

/// The texts that somebody could be told, or that were asked for, and whether they are told to
/// them at all. A story that is not for them is shown in its own words.
fn texts<'s>(story: &'s Story, view: &View, arguments: &PreviewArguments) -> anyhow::Result<Vec<(&'s Story, bool)>> {
    let mut texts: Vec<(&Story, bool)> = match story.texts_for(view.language.as_deref()) {
        texts if texts.is_empty() => vec![(story, false)],
        texts => texts.into_iter().map(|text| (text, true)).collect(),
    };
    if let Some(variant) = &arguments.variant {
        let known: BTreeSet<&str> = story.texts().map(|text| text.variant.as_str()).collect();
        texts.retain(|(text, _)| text.variant == *variant);
        if texts.is_empty() {
            let known = known.into_iter().collect::<Vec<_>>().join(", ");
            let (story, variant) = (&story.id, clean(variant));
            return Err(Misuse(format!(
                "nobody like this is told '{story}' as variant '{variant}'; there are: {known}"
            ))
            .into());
        }
    }
    Ok(texts)
}

fn speaks(view: &mut View, arguments: &PreviewArguments) {
    if let Some(language) = &arguments.language {
        view.language = Some(language.clone());
    }
}

fn named(wiring: &Wiring, name: &str) -> anyhow::Result<Story> {
    wiring.story(name).cloned().ok_or_else(|| {
        let names: Vec<&str> = wiring.stories.iter().map(|story| story.id.as_str()).collect();
        let known = match names.as_slice() {
            [] => "there are none yet".to_owned(),
            names => format!("there are: {}", names.join(", ")),
        };
        Misuse(format!("there is no story '{}'; {known}", clean(name))).into()
    })
}
