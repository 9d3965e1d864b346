//! Which gates apply to which kind of story, asked of the gates and compared with the table
//! in docs/stories.md.

#![allow(clippy::expect_used, reason = "in a test a panic is the report")]

use std::{collections::BTreeMap, time::Duration};

use hearken_model::{
    Act, CapRule, Choice, Colleagues, ConsentStatus, Floor, Instant, StoryId,
    decide::{Address, Facts, Terms, ToldBefore, gates},
};

const NOW: Instant = Instant(1_800_000_000_000);
const HOUR: Duration = Duration::from_secs(3600);
/// The columns of the table: what is told, or the team.
const KINDS: [&str; 5] = ["marketing", "sales", "service", "confirms", "hand-over"];

/// Of somebody to whom everything may be said.
fn nothing_in_the_way() -> Facts {
    let granted = |purpose: &str| (format!("{purpose}/email"), (ConsentStatus::Granted, NOW));
    Facts {
        signals: 100,
        addresses: vec![Address {
            channel: "email".into(),
            sink: "outbox".into(),
            value: "ann@example.com".into(),
            verified: true,
            unusable: None,
            on_page: false,
        }],
        consents: BTreeMap::from([
            granted("marketing"),
            granted("sales"),
            ("news/email".into(), (ConsentStatus::Pending, NOW)),
        ]),
        purposes: KINDS[..4]
            .iter()
            .map(|kind| (StoryId((*kind).into()), kind.replace("confirms", "service")))
            .collect(),
        confirms: BTreeMap::from([(StoryId("confirms".into()), "news".into())]),
        teams: vec!["hand-over".into()],
        ..Facts::of_nobody(NOW)
    }
}

/// Puts a gate in the way.
type Put = fn(&mut Facts);

/// By gate, what puts it in the way.
fn in_the_way() -> Vec<(&'static str, Put)> {
    vec![
        ("until", |f| {
            let over = || Terms {
                until: Some(NOW),
                ..Terms::default()
            };
            f.terms = KINDS.iter().map(|kind| (StoryId((*kind).into()), over())).collect();
        }),
        ("unanswered", |f| f.floor.0 = Floor::AwaitingReply),
        ("floor, with sales", |f| f.floor.0 = Floor::WithSales),
        ("floor, closed", |f| f.floor.0 = Floor::Closed),
        ("excluded", |f| f.excluded = Some("as the policy says".into())),
        ("ticket", |f| f.open_ticket = true),
        ("deal", |f| f.colleagues = Some(colleagues(Some(NOW), 0))),
        ("listen-first", |f| f.signals = 0),
        ("address", |f| f.addresses.clear()),
        ("suppressed", |f| f.addresses[0].unusable = Some("it bounced".into())),
        ("verified", |f| f.addresses[0].verified = false),
        ("only-to", |f| f.policy.only_to = vec!["bob@example.com".into()]),
        ("consent", |f| {
            f.consents = BTreeMap::from([("*/*".into(), (ConsentStatus::Withdrawn, NOW))]);
        }),
        ("cap", |f| {
            f.policy.caps = vec![CapRule { count: 0, per_ms: 1 }];
        }),
        ("cap, of the account", |f| {
            f.policy.account_caps = vec![CapRule {
                count: 1,
                per_ms: 86_400_000,
            }];
            f.colleagues = Some(colleagues(None, 1));
        }),
        ("again", |f| f.told = KINDS.iter().map(|kind| told(kind)).collect()),
        ("dismissed", |f| {
            f.told = vec![ToldBefore {
                dismissed: true,
                ..told("another")
            }];
        }),
        ("team", |f| f.teams.clear()),
        ("sales", |f| f.not_handed_over_before = Some(NOW.after(HOUR))),
    ]
}

fn told(story: &str) -> ToldBefore {
    ToldBefore {
        at: NOW.before(HOUR),
        story: StoryId(story.into()),
        channel: "email".into(),
        shadow: false,
        dismissed: false,
    }
}

fn colleagues(deal: Option<Instant>, others: usize) -> Colleagues {
    Colleagues {
        account: "example".into(),
        deal,
        told: vec![told("another"); others],
        beliefs: Vec::new(),
        owner: None,
    }
}

fn choice(kind: &str) -> Choice {
    Choice {
        act: if kind == "hand-over" { Act::HandOver } else { Act::Tell },
        target: kind.into(),
        channel: "email".into(),
        weight: 1.0,
        reason: String::new(),
        expires_in_ms: None,
    }
}

/// By the name of a gate, whether it applies to each kind.
type Table = BTreeMap<String, Vec<bool>>;

fn table_of_the_page() -> Table {
    let page = include_str!("../../../docs/stories.md");
    let heading = format!("| gate | {} | asks |", KINDS.join(" | "));
    let rows = page.lines().skip_while(|line| *line != heading).skip(2);
    let rows = rows.take_while(|line| line.starts_with('|')).map(|line| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let applies = cells
            .iter()
            .skip(1)
            .take(KINDS.len())
            .map(|cell| *cell == "yes")
            .collect();
        (cells.first().copied().unwrap_or_default().replace('`', ""), applies)
    });
    rows.collect()
}

#[test]
fn the_page_says_which_gates_apply_to_which_kind() {
    for kind in KINDS {
        assert_eq!(gates(&choice(kind), &nothing_in_the_way()), [], "{kind}");
    }
    let asked = in_the_way().into_iter().map(|(gate, put)| {
        let mut facts = nothing_in_the_way();
        put(&mut facts);
        let word = gate.split(',').next().unwrap_or_default();
        let applies = |kind: &&str| gates(&choice(kind), &facts).iter().any(|found| found.gate == word);
        (gate.to_owned(), KINDS.iter().map(applies).collect())
    });
    let asked: Table = asked.collect();
    assert_eq!(
        table_of_the_page(),
        asked,
        "the table in docs/stories.md, and what the gates say"
    );
}
