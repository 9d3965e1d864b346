//! Snapshots: made where there is news or much has faded, kept, and read again.

use hearken_learn::{Evidence, Knowledge, LearnError, Measure, Rule, load, refresh};
use hearken_model::Instant;
use hearken_store::Store;
use serde_json::json;

use crate::scene::{DAY, SETTINGS, Scene, day, pressure};

async fn refreshed(scene: &Scene, now: Instant, current: &Knowledge) -> Option<Knowledge> {
    refresh(&scene.store, SETTINGS, now, pressure, current)
        .await
        .expect("the store is read and written")
}

async fn loaded(scene: &Scene) -> Knowledge {
    load(&scene.store, SETTINGS).await.expect("it can be read")
}

fn won(knowledge: &Knowledge) -> f64 {
    knowledge.evidence().total().of(Rule::Last, Measure::Won)
}

#[tokio::test]
async fn a_snapshot_is_made_where_there_is_news_and_comes_back_after_a_start() {
    let mut scene = Scene::new().await;
    let nothing = loaded(&scene).await;
    assert_eq!((nothing.number, nothing.evidence().cells.len()), (0, 0));
    assert!(refreshed(&scene, day(1), &nothing).await.is_none(), "there is nothing");

    scene.tells("ann", "roi", day(1)).await;
    let first = refreshed(&scene, day(2), &nothing).await.expect("there is news");
    assert_eq!((first.number, first.evidence().total().samples), (1, 1));
    assert!(
        refreshed(&scene, day(2).after(DAY / 2), &first).await.is_none(),
        "half a day later there is no news"
    );

    scene.does("ann", "deal.won", day(2), json!({ "deal": "d-1" })).await;
    let second = refreshed(&scene, day(2).after(DAY / 2), &first).await;
    let second = second.expect("there is news");
    assert_eq!(second.number, 2);
    assert!(
        won(&first) == 0.0 && won(&second) > 0.9,
        "{} {}",
        won(&first),
        won(&second)
    );

    let again = loaded(&scene).await;
    assert_eq!((again.number, again.evidence()), (2, second.evidence()));
}

#[tokio::test]
async fn without_news_what_is_old_fades_once_a_day() {
    let mut scene = Scene::new().await;
    scene.tells("ann", "roi", day(1)).await;
    let first = refreshed(&scene, day(1), &loaded(&scene).await).await.expect("news");
    let later = refreshed(&scene, day(91), &first).await.expect("it has faded");
    assert_eq!(later.number, 2);
    assert!(
        (later.evidence().total().told - 0.5).abs() < 1e-9,
        "half after a half-life"
    );
    // After years it is not read any more.
    let gone = refreshed(&scene, day(1_000), &later).await.expect("it has faded");
    assert_eq!(gone.evidence().total().samples, 0);
    assert!(refreshed(&scene, day(1_100), &gone).await.is_none());
}

#[tokio::test]
async fn a_snapshot_that_cannot_be_read_is_named_and_the_next_takes_its_place() {
    let mut scene = Scene::new().await;
    scene.tells("ann", "roi", day(1)).await;
    let kept = scene.store.keep_snapshot(day(1), "{\"of\":\"another program\"}".into());
    assert_eq!(kept.await.expect("it is kept"), 1);
    let failed = load(&scene.store, SETTINGS).await;
    assert!(
        matches!(failed, Err(LearnError::Unreadable { number: 1, .. })),
        "{failed:?}"
    );
    let nothing = Knowledge::new(0, Evidence::new(Instant::default(), SETTINGS.half_life));
    let next = refreshed(&scene, day(2), &nothing).await.expect("news");
    assert_eq!((next.number, loaded(&scene).await.number), (2, 2));
}
