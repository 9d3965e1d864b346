//! What is evidence and what is not, and who is credited, whenever and however often it is
//! reported.

use hearken_learn::{Counts, Evidence, Measure, Rule, gather};
use hearken_model::{ActionState, Identity, Instant, Mode};
use serde_json::json;

use crate::scene::{DAY, SETTINGS, Scene, answering, day, pressure};

async fn gathered(scene: &Scene, now: Instant) -> Evidence {
    gather(&scene.store, SETTINGS, now, pressure)
        .await
        .expect("the store is read")
}

/// What was counted of a story with anybody.
fn counts(evidence: &Evidence, story: &str) -> Counts {
    let mut all = Counts::default();
    let cells = evidence.cells.iter().filter(|(cell, _)| cell.story == story);
    cells.for_each(|(_, counts)| all.add(counts));
    all
}

/// What a story is credited with by last touch, as if it had all happened today.
async fn credited(scene: &Scene, story: &str, measure: Measure) -> f64 {
    let now = day(60);
    let evidence = gathered(scene, now).await;
    let counts = counts(&evidence, story);
    counts.of(Rule::Last, measure) / counts.told * counts.samples as f64
}

fn near(x: f64, y: f64) -> bool {
    (x - y).abs() < 1e-9
}

#[tokio::test]
async fn what_was_delivered_is_evidence_and_nothing_else_that_was_decided() {
    let mut scene = Scene::new().await;
    scene.tells("ann", "roi", day(1)).await;
    scene
        .tells_as("bob", "roi", day(1), |_, action| action.state = ActionState::Queued)
        .await;
    scene
        .tells_as("cy", "roi", day(1), |decision, _| decision.mode = Mode::Shadow)
        .await;
    scene
        .tells_as("colleague", "roi", day(1), |_, action| action.seed = true)
        .await;
    // It is not among the stories any more.
    scene.tells("di", "gone", day(1)).await;
    let evidence = gathered(&scene, day(1)).await;
    let [(cell, counts)] = &evidence.cells.iter().collect::<Vec<_>>()[..] else {
        panic!("{:?}", evidence.cells)
    };
    assert_eq!((counts.samples, counts.told), (1, 1.0));
    assert_eq!((cell.story.as_str(), cell.buyer.persona.as_str()), ("roi", "cio"));
}

#[tokio::test]
async fn everybody_is_counted_once_however_many_pages_they_fill() {
    let mut scene = Scene::new().await;
    for n in 0..203 {
        scene.tells(&format!("u-{n}"), "roi", day(1)).await;
    }
    assert_eq!(gathered(&scene, day(1)).await.total().samples, 203);
}

#[tokio::test]
async fn an_outcome_counts_when_it_happened_however_late_it_is_reported() {
    let mut scene = Scene::new().await;
    scene.tells("ann", "roi", day(1)).await;
    scene.tells("ann", "demo", day(10)).await;
    // Reported weeks later than it happened: between the two.
    let mut late = scene.report("crm", "ann", "deal.won", day(5), json!({ "deal": "d-1" }));
    late.received = day(40);
    scene.arrives(late).await.expect("it is new");
    assert!(near(credited(&scene, "roi", Measure::Won).await, 1.0));
    assert!(near(credited(&scene, "demo", Measure::Won).await, 0.0));
}

#[tokio::test]
async fn an_outcome_before_all_stories_or_long_after_them_is_nobodys() {
    let mut scene = Scene::new().await;
    scene.does("ann", "deal.won", day(0), json!({ "deal": "before" })).await;
    scene.tells("ann", "roi", day(1)).await;
    let after = day(1).after(SETTINGS.window + DAY);
    scene.does("ann", "deal.won", after, json!({ "deal": "after" })).await;
    assert!(near(credited(&scene, "roi", Measure::Won).await, 0.0));
    // At the window's end it still counts.
    let last = day(1).after(SETTINGS.window);
    scene.does("ann", "deal.won", last, json!({ "deal": "last" })).await;
    assert!(near(credited(&scene, "roi", Measure::Won).await, 1.0));
}

#[tokio::test]
async fn a_deal_that_is_reported_again_or_by_two_systems_is_one_deal() {
    let mut scene = Scene::new().await;
    scene.tells("ann", "roi", day(1)).await;
    scene.tells("ann", "demo", day(6)).await;
    let deal = || json!({ "deal": "d-1" });
    let won = scene.report("crm", "ann", "deal.won", day(5), deal());
    assert!(scene.arrives(won.clone()).await.is_some());
    assert_eq!(scene.arrives(won).await, None, "a signal's id is heard once");
    // Another system says the same days later: counted twice, the other story would gain.
    let again = scene.report("shop", "ann", "deal.won", day(8), deal());
    assert!(scene.arrives(again).await.is_some());
    assert!(near(credited(&scene, "roi", Measure::Won).await, 1.0));
    assert!(near(credited(&scene, "demo", Measure::Won).await, 0.0));
    // A second deal is another one.
    scene.does("ann", "deal.won", day(9), json!({ "deal": "d-2" })).await;
    assert!(near(credited(&scene, "demo", Measure::Won).await, 1.0));
}

#[tokio::test]
async fn a_click_counts_once_and_only_from_whoever_delivered() {
    let mut scene = Scene::new().await;
    let action = scene.tells("ann", "roi", day(1)).await;
    let foreign = scene.report("crm", "ann", "message.clicked", day(2), json!({}));
    scene.arrives(answering(foreign, &action)).await.expect("it is new");
    assert!(near(credited(&scene, "roi", Measure::Clicked).await, 0.0));
    for days in 2..5 {
        let click = scene.report("mail", "ann", "message.clicked", day(days), json!({}));
        scene.arrives(answering(click, &action)).await.expect("it is new");
    }
    assert!(near(credited(&scene, "roi", Measure::Clicked).await, 1.0));
    let program = scene.report("mail", "bob", "message.clicked", day(2), json!({ "automatic": true }));
    let action = scene.tells("bob", "demo", day(1)).await;
    scene.arrives(answering(program, &action)).await.expect("it is new");
    assert!(near(credited(&scene, "demo", Measure::Clicked).await, 0.0));
}

#[tokio::test]
async fn the_deal_of_somebody_unknown_credits_nobody_until_it_is_known_who_it_is() {
    let mut scene = Scene::new().await;
    scene.tells("ann", "roi", day(1)).await;
    scene
        .does("a-stranger", "deal.won", day(5), json!({ "deal": "d-1" }))
        .await;
    let evidence = gathered(&scene, day(60)).await;
    assert_eq!(evidence.total().samples, 1, "who was told nothing is no telling");
    assert!(near(credited(&scene, "roi", Measure::Won).await, 0.0));
    // It turns out that the stranger is Ann.
    let mut known = scene.report("crm", "ann", "person.identified", day(6), json!({}));
    let stranger = Identity::new("user", "a-stranger").expect("a valid id");
    known.signal.identities.push(stranger);
    scene.arrives(known).await.expect("it is new");
    assert!(near(credited(&scene, "roi", Measure::Won).await, 1.0));
}

#[tokio::test]
async fn a_colleagues_deal_credits_what_somebody_was_told_also_where_the_colleague_was_told_nothing() {
    let mut scene = Scene::new().await;
    for (who, company) in [
        ("ann", "Example Books"),
        ("bob", " example books"),
        ("cy", "Example Bikes"),
    ] {
        scene.works_for(who, company, day(0)).await;
    }
    scene.tells("ann", "roi", day(1)).await;
    scene.tells("cy", "demo", day(2)).await;
    scene.does("bob", "deal.won", day(5), json!({ "deal": "d-1" })).await;
    assert!(near(credited(&scene, "roi", Measure::Won).await, 1.0));
    assert!(near(credited(&scene, "demo", Measure::Won).await, 0.0));
    // What he does himself is his.
    scene.does("bob", "meeting.held", day(5), json!({})).await;
    assert!(near(credited(&scene, "roi", Measure::Meeting).await, 0.0));
    assert_eq!(gathered(&scene, day(60)).await.total().samples, 2);
}
