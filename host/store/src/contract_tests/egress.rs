//! The audit of what left.

use super::{Place, scene::*};
use crate::{EgressQuery, EgressRow};

fn row(ms: u64, connector: &str, path: &str) -> EgressRow {
    EgressRow {
        at: at(ms),
        connector: connector.into(),
        host: "api.example.com".into(),
        port: 443,
        method: "POST".into(),
        path: path.into(),
        status: Some(201),
        code: String::new(),
        why: String::new(),
        bytes_out: 100,
        bytes_in: 200,
        took_ms: 12,
        item: Some("a-1".into()),
    }
}

fn ask(connector: Option<&str>, since: Option<u64>) -> EgressQuery {
    EgressQuery {
        connector: connector.map(str::to_owned),
        since: since.map(at),
        limit: 10,
    }
}

pub async fn what_left_is_found_by_connector_and_time_the_latest_first(place: &impl Place) {
    let store = place.open().await;
    let denied = EgressRow {
        status: None,
        code: "denied".into(),
        why: "it is not granted".into(),
        item: None,
        ..row(3, "crm", "/c")
    };
    let rows = vec![row(1, "crm", "/a"), row(2, "chat", "/b"), denied];
    store.note_egress(rows.clone()).await.expect("rows are noted");
    let found = |query| async { store.egress(query).await.expect("rows are read") };
    let all: Vec<EgressRow> = rows.iter().rev().cloned().collect();
    assert_eq!(found(ask(None, None)).await, all);
    assert_eq!(found(ask(Some("chat"), None)).await, rows[1..2]);
    assert_eq!(found(ask(None, Some(3))).await, rows[2..]);
    let one = EgressQuery {
        limit: 1,
        ..ask(None, None)
    };
    assert_eq!(found(one).await, rows[2..]);
}

pub async fn what_left_long_ago_is_forgotten(place: &impl Place) {
    const MONTH: u64 = 30 * 86_400_000;
    let store = place.open().await;
    let rows = vec![row(1, "crm", "/old"), row(MONTH, "crm", "/new")];
    store.note_egress(rows).await.expect("rows are noted");
    assert_eq!(store.purge(at(MONTH + 2), 10).await.expect("the store purges"), 1);
    let left = store.egress(ask(None, None)).await.expect("rows are read");
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].path, "/new");
}
