//! Log lines, on standard error.

use std::io::{IsTerminal, stderr};

use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use crate::arguments::LogFormat;

/// Variables that say what is logged, the first one first.
const VARIABLES: [&str; 2] = ["HEARKEN_LOG", "RUST_LOG"];

/// Starts logging. `level` holds where no variable says otherwise.
pub(crate) fn start(format: LogFormat, level: &str) {
    let (filter, problem) = filter(level);
    let registry = tracing_subscriber::registry().with(filter);
    match format {
        LogFormat::Text => {
            let colours = stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty());
            registry
                .with(fmt::layer().with_writer(stderr).with_ansi(colours).with_target(false))
                .init();
        }
        LogFormat::Json => registry
            .with(fmt::layer().json().flatten_event(true).with_writer(stderr))
            .init(),
    }
    if let Some(problem) = problem {
        tracing::warn!("{problem}");
    }
}

/// A filter that cannot be read must not keep the daemon from starting.
fn filter(level: &str) -> (EnvFilter, Option<String>) {
    let said = VARIABLES
        .iter()
        .find_map(|name| Some((name, std::env::var(name).ok().filter(|v| !v.is_empty())?)));
    match said {
        None => (EnvFilter::new(level), None),
        Some((name, text)) => match EnvFilter::try_new(&text) {
            Ok(filter) => (filter, None),
            Err(error) => (
                EnvFilter::new(level),
                Some(format!("reading {name}: {error}; logging at {level}")),
            ),
        },
    }
}
