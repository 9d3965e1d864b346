//! `hearken check`: everything that is wrong with a configuration, at once, and what its
//! stories cover.

use hearken_config::{Loaded, Severity, to_json};
use serde_json::json;

use super::coverage::Coverage;
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
    let mut wiring = None;
    if let Some(configuration) = configuration {
        let (more, made) = Box::pin(wire_up(configuration, Purpose::Check)).await?;
        diagnostics.extend(more);
        wiring = made.map(|made| made.connected.wiring);
    }
    let coverage = wiring.as_deref().map(Coverage::of);
    let errors = diagnostics.iter().filter(|d| d.severity == Severity::Error).count();
    answer(
        arguments.shown.format,
        || {
            report(&diagnostics);
            let covered = coverage
                .as_ref()
                .map(Coverage::described)
                .filter(|text| !text.is_empty());
            let covered = covered.map(|text| format!("{text}\n")).unwrap_or_default();
            format!("{covered}{}\n", summary(&diagnostics, &arguments.files))
        },
        || {
            json!({
                "errors": errors,
                "warnings": diagnostics.len() - errors,
                "diagnostics": to_json(&diagnostics),
                "coverage": coverage.as_ref().map(Coverage::as_json),
            })
        },
    )?;
    Ok(if errors == 0 { Exit::Done } else { Exit::Misused })
}
