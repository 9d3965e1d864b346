use std::time::Duration;

use super::*;
use crate::{Ask, Kind, Words};

fn visitor(id: &str) -> Visitor {
    Visitor {
        page: "pages".into(),
        id: id.into(),
    }
}

fn notice(id: &str) -> Notice {
    Notice {
        id: id.into(),
        kind: Kind::Story,
        title: "A title".into(),
        html: "<p>A text</p>".into(),
        answers: Vec::new(),
        ask: Ask::Nothing,
        brand: "Example".into(),
        language: String::new(),
        words: Words::of("en"),
        style: String::new(),
    }
}

fn later() -> Instant {
    Instant::now() + Duration::from_secs(60)
}

#[tokio::test]
async fn a_notice_reaches_the_page_that_was_opened_last_and_is_told_as_shown() {
    let board = Board::default();
    let mut first = board.wait(visitor("a")).expect("room");
    let mut second = board.wait(visitor("a")).expect("room");
    let shown = board.lay(&[visitor("a")], &notice("n")).expect("somebody is there");
    assert_eq!(second.notice().await.map(|n| n.id), Some("n".into()));
    board.shown("n");
    assert!(shown.was_shown().await);
    // The other page still waits, for what comes next.
    let shown = board.lay(&[visitor("a")], &notice("m"));
    assert!(shown.is_some());
    assert_eq!(first.notice().await.map(|n| n.id), Some("m".into()));
}

#[test]
fn nobody_is_there_whose_page_was_closed_or_who_is_somebody_else() {
    let board = Board::default();
    assert!(board.lay(&[visitor("a")], &notice("n")).is_none());
    drop(board.wait(visitor("a")));
    assert_eq!(board.pages(), 0);
    let _other = board.wait(visitor("b"));
    assert!(board.lay(&[visitor("a")], &notice("n")).is_none());
    let elsewhere = Visitor {
        page: "other".into(),
        id: "b".into(),
    };
    assert!(board.lay(&[elsewhere], &notice("n")).is_none());
}

#[tokio::test]
async fn whoever_is_expected_wakes_the_outbox_when_they_come_and_each_time_until_forgotten() {
    let board = Board::default();
    assert!(!board.expect(&[visitor("a")], 7, later()), "nobody is there");
    assert!(board.arrivals("pages").is_empty());
    for _ in 0..2 {
        let page = board.wait(visitor("a"));
        board.somebody_arrives("pages").await;
        assert_eq!(board.arrivals("pages"), [7].into());
        drop(page);
    }
    board.forget(&visitor("a"), 6);
    assert!(
        board.wait(visitor("a")).is_some() && board.arrivals("pages") == [7].into(),
        "another one"
    );
    board.forget(&visitor("a"), 7);
    let _page = board.wait(visitor("a"));
    assert!(board.arrivals("pages").is_empty());
    assert!(board.expect(&[visitor("a")], 8, later()), "now somebody is");
}

#[test]
fn nobody_is_expected_any_more_once_the_time_is_over() {
    let board = Board::default();
    board.expect(&[visitor("a")], 7, Instant::now());
    let _page = board.wait(visitor("a"));
    assert!(board.arrivals("pages").is_empty());
}

#[test]
fn pages_are_bounded_in_number_and_for_each_visitor() {
    let board = Board::default();
    let of_one: Vec<_> = (0..100).map(|_| board.wait(visitor("a"))).collect();
    assert_eq!(board.pages(), MOST_PAGES_OF_ONE);
    let others: Vec<_> = (0..MOST_PAGES).map(|n| board.wait(visitor(&n.to_string()))).collect();
    assert_eq!(board.pages(), MOST_PAGES);
    assert!(others.last().is_some_and(Option::is_none), "there is no room for more");
    assert!(board.wait(visitor("a")).is_some(), "who has a page may have another");
    drop((of_one, others));
    assert_eq!(board.pages(), 0);
}

#[tokio::test]
async fn a_page_that_was_left_for_another_before_it_said_so_has_not_shown_it() {
    let board = Board::default();
    let _left = board.wait(visitor("a")).expect("room");
    let shown = board.lay(&[visitor("a")], &notice("n")).expect("somebody is there");
    let _other = board.wait(visitor("b"));
    let mut next = board.wait(visitor("a")).expect("room");
    assert!(!shown.was_shown().await);
    assert!(board.lay(&[visitor("a")], &notice("n")).is_some());
    assert_eq!(next.notice().await.map(|n| n.id), Some("n".into()));
}

#[tokio::test]
async fn a_page_that_never_says_so_has_not_shown_it() {
    let board = Board::default();
    let mut page = board.wait(visitor("a")).expect("room");
    let shown = board.lay(&[visitor("a")], &notice("n")).expect("somebody is there");
    assert!(page.notice().await.is_some());
    drop(page);
    let waited = tokio::time::timeout(Duration::from_millis(10), shown.was_shown()).await;
    assert!(waited.is_err());
    assert!(board.state().laid.is_empty(), "nobody waits for it any more");
}
