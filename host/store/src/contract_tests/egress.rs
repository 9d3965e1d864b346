//! The audit of what left.

use super::{Place, scene::*};
use crate::{EgressDestination, EgressQuery, EgressRow, EgressStanding};

pub(super) fn row(ms: u64, connector: &str, path: &str) -> EgressRow {
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
    assert_eq!(purge(&*store, MONTH + 2, 10).await, 1);
    let left = store.egress(ask(None, None)).await.expect("rows are read");
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].path, "/new");
}

fn way(connector: &str, condition: &str) -> EgressStanding {
    EgressStanding {
        connector: connector.into(),
        at: at(5),
        rates: "100/1min".into(),
        bytes: 10,
        most_bytes: 1000,
        hour_ends: Some(at(3_600_000)),
        in_flight: 1,
        most_in_flight: 8,
        paused_until: None,
        destinations: vec![EgressDestination {
            destination: "https://api.example.com:443".into(),
            condition: condition.into(),
            why: "it answered 401".into(),
            again: Some(at(900_000)),
            paused_until: None,
            secrets: "mark".into(),
        }],
    }
}

pub async fn how_ways_out_stand_is_known_after_opening_again(place: &impl Place) {
    let store = place.open().await;
    for standing in [
        vec![way("crm", "open"), way("old", "closed")],
        vec![way("chat", "closed"), way("crm", "needs-operator")],
    ] {
        store.keep_standing(standing).await.expect("it is kept");
    }
    drop(store);
    let store = place.open().await;
    let standing = store.egress_standing().await.expect("it is read");
    assert_eq!(standing, [way("chat", "closed"), way("crm", "needs-operator")]);
}

pub async fn a_destination_that_is_known_is_marked_to_be_closed_once(place: &impl Place) {
    let store = place.open().await;
    let kept = store.keep_standing(vec![way("crm", "needs-operator")]).await;
    kept.expect("it is kept");
    let ask = async |connector, destination| {
        let asked = store.ask_closing(connector, destination).await;
        asked.expect("it is marked")
    };
    let destination = "https://api.example.com:443";
    assert!(ask("crm", destination).await);
    assert!(!ask("crm", destination).await && !ask("crm", "https://elsewhere.example:443").await);
    assert!(!ask("chat", destination).await);
    let take = async || store.take_closings().await.expect("marks are taken");
    assert_eq!(take().await, [("crm".to_owned(), destination.to_owned())]);
    assert!(take().await.is_empty());
}
