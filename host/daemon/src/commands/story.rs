//! `hearken story`: what a story says to somebody, without saying it.

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
    let (story, read) = if arguments.worst {
        read_by_the_worst(&arguments)?
    } else {
        read_by_a_prospect(&arguments).await?
    };
    say(&match arguments.format {
        PreviewFormat::Text => as_text(&story, &read),
        PreviewFormat::Html => as_page(&story, &read),
        PreviewFormat::Json => format!("{:#}\n", as_json(&story, &read, arguments.worst)),
    })?;
    Ok(Exit::Done)
}

async fn read_by_a_prospect(arguments: &PreviewArguments) -> anyhow::Result<(Story, Vec<Read>)> {
    let Opened { wiring, store } = arguments.configured.open()?;
    let story = named(&wiring, &arguments.story)?;
    let text = arguments.prospect.as_deref().unwrap_or_default();
    let id = whom::find(&store, text).await?;
    let Some(prospect) = store.prospects(&[id]).await?.into_iter().next().flatten() else {
        anyhow::bail!("nothing is applied to prospect {id} yet")
    };
    let mut view = view_of(&prospect, SystemClock.now(), &wiring);
    speaks(&mut view, arguments);
    let Preview { vouched, said } = preview(&story, &prospect, &view, &wiring);
    let read = Read {
        who: text.to_owned(),
        vouched,
        language: view.language,
        said,
    };
    Ok((story, vec![read]))
}

fn read_by_the_worst(arguments: &PreviewArguments) -> anyhow::Result<(Story, Vec<Read>)> {
    let wiring = arguments.configured.wiring()?;
    let story = named(&wiring, &arguments.story)?;
    let read = worst::people(&hearken_texts::names(&story))
        .into_iter()
        .map(|(who, mut view)| {
            speaks(&mut view, arguments);
            Read {
                said: preview_of(&story, &view, true, &wiring),
                who: who.to_owned(),
                vouched: true,
                language: view.language,
            }
        });
    let read = read.collect();
    Ok((story, read))
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
