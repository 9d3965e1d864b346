//! Every metric of the daemon, told once: what `/metrics` says about each, and the table
//! of `docs/metrics.md`, come from here. The crates that count use the same names; a test
//! compares.

use std::{fmt::Write as _, time::Duration};

use metrics::{counter, describe_counter, describe_gauge, describe_histogram, histogram};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

/// How a metric moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Only upwards.
    Counter,
    /// Up and down.
    Gauge,
    /// A distribution.
    Histogram,
}

/// One metric.
#[derive(Clone, Copy, Debug)]
pub struct Metric {
    /// Its name, with the unit at the end.
    pub name: &'static str,
    /// How it moves.
    pub kind: Kind,
    /// Its labels; none has a value from outside, so their number is bounded.
    pub labels: &'static [&'static str],
    /// What it means.
    pub meaning: &'static str,
}

const fn metric(name: &'static str, kind: Kind, labels: &'static [&'static str], meaning: &'static str) -> Metric {
    Metric {
        name,
        kind,
        labels,
        meaning,
    }
}

/// All metrics, in the order of their names.
pub const CATALOGUE: &[Metric] = &[
    metric(
        "hearken_attempts_total",
        Kind::Counter,
        &["sink", "outcome"],
        "Attempts to deliver an action, by what came of them: delivered, retry, unknown, rejected.",
    ),
    metric(
        "hearken_breaker_opened_total",
        Kind::Counter,
        &["connector"],
        "Times that a scorer or the router was left out for a while, because it kept running into its limits.",
    ),
    metric(
        "hearken_decisions_total",
        Kind::Counter,
        &["act", "mode"],
        "Decisions made, by what was chosen (hold, tell, ask, hand-over) and how far trust goes for it.",
    ),
    metric(
        "hearken_egress_left_alone",
        Kind::Gauge,
        &["connector", "host"],
        "Whether a granted host is left alone: 0 no, 1 it failed too often lately, 2 it refuses the operator's credentials.",
    ),
    metric(
        "hearken_egress_requests_total",
        Kind::Counter,
        &["connector", "outcome"],
        "Requests of connectors and connections to relays, by what came of them: answered, or why not (denied, dns, connect, tls, timeout, too-large, rate-limited, breaker-open, protocol).",
    ),
    metric(
        "hearken_egress_seconds",
        Kind::Histogram,
        &["connector"],
        "From a request's first check to the last byte of its answer, in seconds; denials as well.",
    ),
    metric(
        "hearken_entries_total",
        Kind::Counter,
        &[],
        "Entries of the log that were applied.",
    ),
    metric(
        "hearken_http_request_seconds",
        Kind::Histogram,
        &["listener", "connector"],
        "From a request's head to its answer, in seconds.",
    ),
    metric(
        "hearken_http_requests_total",
        Kind::Counter,
        &["listener", "connector", "status"],
        "Requests answered. The connector is empty where the request was for none.",
    ),
    metric(
        "hearken_link_requests_total",
        Kind::Counter,
        &["purpose", "result"],
        "Requests for links in messages, by what the link is for (unsubscribe, preferences, confirm, answer, click, or none) and what became of it: shown, taken (somebody has said something), followed, invalid, expired, limited, failed.",
    ),
    metric(
        "hearken_mail_seconds",
        Kind::Histogram,
        &["relay"],
        "From handing a message to a relay to knowing what became of it, in seconds.",
    ),
    metric(
        "hearken_mails_total",
        Kind::Counter,
        &["relay", "outcome"],
        "Messages that plugins wanted sent, by what became of them: taken, later, refused, unknown.",
    ),
    metric(
        "hearken_pages_open",
        Kind::Gauge,
        &[],
        "Pages of a site that are looked at now and wait for a notice.",
    ),
    metric(
        "hearken_plugin_call_seconds",
        Kind::Histogram,
        &["connector", "role"],
        "Wall time of one call of a plugin, in seconds, waiting for the host included.",
    ),
    metric(
        "hearken_plugin_faults_total",
        Kind::Counter,
        &["connector", "fault"],
        "Items for which a plugin gave no answer, by what went wrong.",
    ),
    metric(
        "hearken_relay_brakes_total",
        Kind::Counter,
        &["relay", "brake"],
        "Times that a sink was stopped because too much of what went through its relay bounced or was complained about.",
    ),
    metric(
        "hearken_relay_up",
        Kind::Gauge,
        &["relay"],
        "Whether a relay could be used when it was needed last: 1 or 0.",
    ),
    metric(
        "hearken_signals_total",
        Kind::Counter,
        &["connector", "result"],
        "Signals that came in, by what became of them: stored, repeated, refused, not-observed (its person does not want it).",
    ),
    metric(
        "hearken_stages_total",
        Kind::Counter,
        &["stage"],
        "Changes of a prospect's lifecycle, by the stage reached.",
    ),
    metric(
        "hearken_store_commit_seconds",
        Kind::Histogram,
        &[],
        "Time of one transaction of the store, in seconds.",
    ),
    metric(
        "hearken_store_group_size",
        Kind::Histogram,
        &[],
        "How many jobs one transaction of the store carried.",
    ),
    metric(
        "hearken_store_queue_depth",
        Kind::Gauge,
        &[],
        "Jobs that wait for the store's writer.",
    ),
    metric(
        "hearken_wave_seconds",
        Kind::Histogram,
        &[],
        "From taking a wave of entries to handing its effects to the store, in seconds.",
    ),
    metric(
        "hearken_webhook_refused_total",
        Kind::Counter,
        &["connector", "reason"],
        "Requests that proved nothing, by what was wrong with the credential that they came closest to: missing, malformed, wrong, stale (too old, or from the future), no-public-url, challenges-only (proved, but good for no event), or unconfigured (there is none).",
    ),
];

/// Bounds for what is measured in seconds: from a plugin call of microseconds to the
/// longest a request may take.
const SECONDS: &[f64] = &[
    0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
];
const SIZES: &[f64] = &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0];

/// Makes this process collect metrics. Once; the handle renders them and must be told to
/// tidy up now and then ([`PrometheusHandle::run_upkeep`]).
///
/// # Errors
/// When it was done before.
pub fn install() -> Result<PrometheusHandle, BuildError> {
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), SECONDS)?
        .set_buckets_for_metric(Matcher::Suffix("_size".into()), SIZES)?
        .install_recorder()?;
    for metric in CATALOGUE {
        match metric.kind {
            Kind::Counter => describe_counter!(metric.name, metric.meaning),
            Kind::Gauge => describe_gauge!(metric.name, metric.meaning),
            Kind::Histogram => describe_histogram!(metric.name, metric.meaning),
        }
    }
    Ok(handle)
}

/// Counts an answered request. `connector` is one that is configured, or empty.
pub(crate) fn request(listener: &'static str, connector: &str, status: u16, took: Duration) {
    let connector = connector.to_owned();
    counter!(
        "hearken_http_requests_total",
        "listener" => listener, "connector" => connector.clone(), "status" => status.to_string()
    )
    .increment(1);
    histogram!("hearken_http_request_seconds", "listener" => listener, "connector" => connector)
        .record(took.as_secs_f64());
}

/// Counts a request that proved nothing, by the reason's word.
pub(crate) fn refused(connector: &str, reason: &'static str) {
    counter!("hearken_webhook_refused_total", "connector" => connector.to_owned(), "reason" => reason).increment(1);
}

/// How many pages of a site wait for a notice.
pub(crate) fn open_pages(count: usize) {
    metrics::gauge!("hearken_pages_open").set(u32::try_from(count).map_or(f64::MAX, f64::from));
}

/// Counts a request for a link. Neither has a value from outside.
pub(crate) fn link(purpose: &'static str, result: &'static str) {
    counter!("hearken_link_requests_total", "purpose" => purpose, "result" => result).increment(1);
}

/// The catalogue as the page `docs/metrics.md`.
#[must_use]
pub fn page() -> String {
    let mut page = String::from(
        "# Metrics\n\n\
         `GET /metrics` on the admin listener gives these in Prometheus' text format. This page is\n\
         made from `host/console/src/metrics.rs`; a test keeps it and the code the same.\n\n\
         | name | kind | labels | meaning |\n|---|---|---|---|\n",
    );
    for Metric {
        name,
        kind,
        labels,
        meaning,
    } in CATALOGUE
    {
        let kind = match kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
        };
        let labels: Vec<String> = labels.iter().map(|l| format!("`{l}`")).collect();
        // Writing to a string cannot fail.
        let _ = writeln!(page, "| `{name}` | {kind} | {} | {meaning} |", labels.join(", "));
    }
    page
}
