//! `hearken egress`: what left, what did not, and what may leave to whom.

use hearken_store::{EgressQuery, EgressRow, Store};
use serde_json::{Value, json};

use super::{decision::ago, egress_status};
use crate::{
    arguments::{Configured, EgressCommand},
    configured::usable,
    output::{Exit, Table, answer, clean, day_and_time, heading, plural},
    wire_up::{Leaving, may_leave},
};

pub(super) async fn egress(command: EgressCommand) -> anyhow::Result<Exit> {
    match command {
        EgressCommand::List {
            connector,
            since,
            limit,
            configured,
            shown,
        } => {
            let since = since.map(|since| ago("--since", &since)).transpose()?;
            let query = EgressQuery {
                connector,
                since,
                limit,
            };
            let rows = configured.open()?.store.egress(query).await?;
            answer(
                shown.format,
                || listed(&rows),
                || rows.iter().map(row_as_json).collect(),
            )?;
        }
        EgressCommand::Status {
            connector,
            configured,
            shown,
        } => return egress_status::status(&configured, connector.as_deref(), &shown).await,
        EgressCommand::Reset {
            connector,
            destination,
            configured,
        } => return egress_status::reset(&configured, &connector, destination.as_deref()).await,
        EgressCommand::Plan { configured, shown } => {
            let leaving = planned(&configured).await?;
            answer(
                shown.format,
                || described(&leaving),
                || leaving.iter().map(leaving_as_json).collect(),
            )?;
        }
    }
    Ok(Exit::Done)
}

async fn planned(configured: &Configured) -> anyhow::Result<Vec<Leaving>> {
    let files = &configured.files;
    let loaded = hearken_config::load_without_secrets(files);
    let mut diagnostics = loaded.diagnostics;
    let mut leaving = None;
    if let Some(configuration) = loaded.configuration {
        let (more, found) = Box::pin(may_leave(configuration)).await?;
        diagnostics.extend(more);
        leaving = found;
    }
    usable(&diagnostics, leaving, files)
}

fn listed(rows: &[EgressRow]) -> String {
    let mut table = Table::new(&["at", "connector", "request", "answer", "out", "in", "took", "for"]);
    for row in rows {
        table.row([
            &day_and_time(row.at),
            &row.connector,
            &format!("{} {}:{}{}", row.method, row.host, row.port, row.path),
            &answered(row),
            &row.bytes_out.to_string(),
            &row.bytes_in.to_string(),
            &format!("{} ms", row.took_ms),
            row.item.as_deref().unwrap_or_default(),
        ]);
    }
    format!("{table}{}\n", plural(rows.len(), "attempt"))
}

fn answered(row: &EgressRow) -> String {
    match row.status {
        Some(0) => "connected".into(),
        Some(status) => status.to_string(),
        None => format!("{}: {}", row.code, row.why),
    }
}

fn row_as_json(row: &EgressRow) -> Value {
    json!({
        "at": row.at.to_string(),
        "connector": row.connector,
        "host": row.host,
        "port": row.port,
        "method": row.method,
        "path": row.path,
        "status": row.status,
        "code": row.code,
        "why": row.why,
        "bytes_out": row.bytes_out,
        "bytes_in": row.bytes_in,
        "took_ms": row.took_ms,
        "item": row.item,
    })
}

fn described(leaving: &[Leaving]) -> String {
    if leaving.is_empty() {
        return "nothing may leave\n".into();
    }
    let mut text = String::new();
    for one in leaving {
        text.push_str(&heading(&format!("{} ({})", clean(&one.connector), clean(&one.plugin))));
        for allowed in &one.calls {
            text.push_str(&format!("may call       {}\n", clean(&allowed.rule.to_string())));
            if !allowed.secrets.is_empty() {
                let secrets: Vec<&str> = allowed.secrets.iter().map(String::as_str).collect();
                text.push_str(&format!("  with         {}\n", clean(&secrets.join(", "))));
            }
        }
        let mut line = |name: &str, value: &str| {
            if !value.is_empty() {
                text.push_str(&format!("{name:<14} {}\n", clean(value)));
            }
        };
        line("mails through", one.relay.as_deref().unwrap_or_default());
        line("private", &one.private.join(", "));
        line("by proxy", one.proxy.as_deref().unwrap_or_default());
        line("is given", &one.given.join("; "));
        text.push('\n');
    }
    text
}

fn leaving_as_json(one: &Leaving) -> Value {
    let call = |allowed: &hearken_egress::Allowed| {
        json!({
            "scheme": allowed.rule.scheme().word(),
            "host": allowed.rule.host().to_string(),
            "port": allowed.rule.port(),
            "methods": allowed.rule.methods().words(),
            "path": allowed.rule.path(),
            "secrets": allowed.secrets,
        })
    };
    json!({
        "connector": one.connector,
        "plugin": one.plugin,
        "calls": one.calls.iter().map(call).collect::<Vec<_>>(),
        "relay": one.relay,
        "private": one.private,
        "proxy": one.proxy,
        "given": one.given,
    })
}
