//! One file a command.

mod action_view;
mod approve;
mod check;
pub(crate) mod compiler;
mod coverage;
mod dead_letter;
mod decision;
mod egress;
mod egress_status;
mod export;
mod forget;
mod forget_view;
mod funnel_view;
mod import;
mod import_shown;
mod learn;
mod learn_view;
mod links;
mod new;
mod plan;
mod plan_view;
mod plugin;
mod plugin_diff;
mod prospect;
mod prospect_view;
mod reload;
mod run;
mod simulate;
mod simulate_view;
mod story;
mod story_view;
mod summary;
mod summary_view;
mod switch;
mod test;
mod waiting_view;
mod who;
mod whom;
mod worst;

pub(crate) use prospect_view::Shown;
pub(crate) use whom::find;

use crate::{arguments::Command, output::Exit};

/// Does what the command line says.
pub(crate) async fn run(command: Command) -> anyhow::Result<Exit> {
    match command {
        Command::New(arguments) => new::new(&arguments),
        Command::Run(arguments) => Box::pin(run::run(arguments)).await,
        Command::Check(arguments) => Box::pin(check::check(arguments)).await,
        Command::Test(arguments) => Box::pin(test::test(arguments)).await,
        Command::Import(arguments) => Box::pin(import::import(arguments)).await,
        Command::Prospect(command) => Box::pin(prospect::prospect(command)).await,
        Command::Decision(command) => Box::pin(decision::decision(command)).await,
        Command::Story(command) => Box::pin(story::story(command)).await,
        Command::Plan(arguments) => Box::pin(plan::plan(arguments)).await,
        Command::Simulate(arguments) => Box::pin(simulate::simulate(arguments)).await,
        Command::Summary(arguments) => Box::pin(summary::summary(arguments)).await,
        Command::Learn(command) => Box::pin(learn::learn(command)).await,
        Command::DeadLetter(command) => Box::pin(dead_letter::dead_letter(command)).await,
        Command::Approve(command) => Box::pin(approve::approve(command)).await,
        Command::Stop(arguments) => switch::switch(arguments, switch::Turn::Stop).await,
        Command::Go(arguments) => switch::switch(arguments, switch::Turn::Go).await,
        Command::Egress(command) => Box::pin(egress::egress(command)).await,
        Command::Links(command) => links::links(command),
        Command::Plugin(command) => Box::pin(plugin::plugin(command)).await,
        Command::CompileApart => compiler::compile(),
    }
}
