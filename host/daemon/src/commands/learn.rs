//! `hearken learn`: what came of stories, for marketers. It reads the store and counts anew,
//! beside a daemon that may be running.

use hearken_engine::{Clock, SystemClock, view_of};
use hearken_learn::{Settings, funnel, report};
use hearken_model::{BeliefKind, Prospect};

use super::{decision::ago, funnel_view, learn_view};
use crate::{
    arguments::LearnCommand,
    output::{Exit, answer},
};

pub(super) async fn learn(command: LearnCommand) -> anyhow::Result<Exit> {
    match command {
        LearnCommand::Report { configured, shown } => {
            let opened = configured.open()?;
            let learn = opened.wiring.learn;
            let settings = Settings {
                half_life: learn.half_life,
                window: learn.window,
            };
            let pressure = |id: &str| opened.wiring.pressure(id);
            let report = report::report(&opened.store, settings, SystemClock.now(), pressure).await?;
            answer(
                shown.format,
                || learn_view::described(&report, settings.half_life),
                || learn_view::as_json(&report),
            )?;
        }
        LearnCommand::Funnel {
            since,
            configured,
            shown,
        } => {
            let since = ago("--since", &since)?;
            let opened = configured.open()?;
            let now = SystemClock.now();
            let persona = |prospect: &Prospect| {
                let view = view_of(prospect, now, &opened.wiring);
                let top = view.top(BeliefKind::Persona);
                top.filter(|b| b.weight_at(now) >= hearken_learn::SURE)
                    .map(|b| b.name.clone())
                    .unwrap_or_default()
            };
            let funnels = funnel::funnel(&opened.store, since, persona).await?;
            answer(
                shown.format,
                || funnel_view::described(&funnels),
                || funnel_view::as_json(&funnels),
            )?;
        }
    }
    Ok(Exit::Done)
}
