//! `hearken check`: everything that is wrong with a configuration, at once.

use hearken_config::{Loaded, Severity, to_json};
use serde_json::json;

use crate::{
    arguments::CheckArguments,
    configured::{report, summary},
    output::{Exit, answer},
    wire_up::{Purpose, wire_up},
};

pub(super) async fn check(arguments: CheckArguments) -> anyhow::Result<Exit> {
    let Loaded {
        mut diagnostics,
        configuration,
    } = arguments.reading.load(&arguments.files).await?;
    // With errors of its own a configuration has no wiring that plugins could be asked about.
    if let Some(configuration) = configuration {
        let (more, _) = Box::pin(wire_up(configuration, Purpose::Check)).await?;
        diagnostics.extend(more);
    }
    let errors = diagnostics.iter().filter(|d| d.severity == Severity::Error).count();
    answer(
        arguments.shown.format,
        || {
            report(&diagnostics);
            format!("{}\n", summary(&diagnostics, &arguments.files))
        },
        || {
            json!({
                "errors": errors,
                "warnings": diagnostics.len() - errors,
                "diagnostics": to_json(&diagnostics),
            })
        },
    )?;
    Ok(if errors == 0 { Exit::Done } else { Exit::Misused })
}
