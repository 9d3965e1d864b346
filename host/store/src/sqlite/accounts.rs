//! [`Accounts`] on SQLite, and the count of what an account was told where attempts start.

use async_trait::async_trait;
use hearken_model::{CapRule, Colleagues, Company, Instant, Prospect, StoryId, decide::ToldBefore, gate};

use super::{
    Sqlite,
    person::Rows,
    readers::Reading,
    rows,
    values::{At, Count, Text, int, limit, ms},
    writing::Writing,
};
use crate::{AccountCaps, Accounts, ColleaguesAsk, Start, StoreError};

/// How many of an account's tellings are read: no cap that is worth setting is larger.
const MOST_TOLD: usize = 500;

/// Whether what people call their company is one that buys as one.
fn buys_as_one(rows: &mut impl Rows, account: &str) -> Result<bool, StoreError> {
    if account.is_empty() {
        return Ok(false);
    }
    let people = rows.rows(
        "SELECT count(*) FROM (SELECT 1 FROM prospect WHERE account = ?1 AND account <> '' LIMIT ?2)",
        &[&account, &limit(Company::LARGEST + 1)],
        |row| row.get::<_, Count>(0).map(|n| n.0),
    )?;
    Ok(people.iter().all(|n| *n <= Company::LARGEST as u64))
}

#[async_trait]
impl Accounts for Sqlite {
    async fn colleagues(&self, asks: Vec<ColleaguesAsk>) -> Result<Vec<Option<Colleagues>>, StoreError> {
        self.readers
            .read("reading of colleagues", move |r| {
                asks.iter().map(|ask| r.colleagues(ask)).collect()
            })
            .await
    }

    async fn members(&self, account: &str, most: usize) -> Result<Vec<Prospect>, StoreError> {
        let account = account.to_owned();
        self.readers
            .read("reading an account's people", move |r| r.members(&account, most))
            .await
    }
}

impl Reading<'_> {
    /// What somebody's colleagues have to do with what is said to them.
    pub(super) fn colleagues(&self, ask: &ColleaguesAsk) -> Result<Option<Colleagues>, StoreError> {
        let mut rows = self;
        if !buys_as_one(&mut rows, &ask.account)? {
            return Ok(None);
        }
        let told = match ask.since {
            Some(since) => self.told_to_colleagues(ask, since)?,
            None => Vec::new(),
        };
        let deal = self.first(
            "SELECT min(coalesce((SELECT max(e.received) FROM entry AS e WHERE e.prospect = p.id \
             AND e.partition = p.partition AND e.kind = 'stage' AND e.body ->> '$.to' = 'opportunity'), p.last_seen)) \
             FROM prospect AS p WHERE p.account = ?1 AND p.id <> ?2 AND p.lifecycle = 'opportunity'",
            &[&ask.account, &Text(ask.prospect)],
            |row| row.get::<_, Option<At>>(0),
        )?;
        Ok(Some(Colleagues {
            account: ask.account.clone(),
            told,
            deal: deal.flatten().map(|at| at.0),
            owner: None,
            beliefs: Vec::new(),
        }))
    }

    fn told_to_colleagues(&self, ask: &ColleaguesAsk, since: Instant) -> Result<Vec<ToldBefore>, StoreError> {
        self.all(
            "SELECT a.decided, a.target, a.channel, a.gate FROM prospect AS p JOIN action AS a ON a.prospect = p.id \
             WHERE p.account = ?1 AND p.id <> ?2 AND a.decided >= ?3 AND a.act IN ('tell', 'ask') AND a.seed = 0 \
             AND a.purpose <> 'service' AND a.state NOT IN ('rejected', 'expired') ORDER BY a.decided DESC LIMIT ?4",
            &[&ask.account, &Text(ask.prospect), &ms(since), &limit(MOST_TOLD)],
            |row| {
                Ok(ToldBefore {
                    at: row.get::<_, At>(0)?.0,
                    story: StoryId(row.get(1)?),
                    channel: row.get(2)?,
                    shadow: row.get_ref(3)?.as_str()? == gate::SHADOW,
                    dismissed: false,
                })
            },
        )
    }

    fn members(&self, account: &str, most: usize) -> Result<Vec<Prospect>, StoreError> {
        self.all(
            "SELECT state FROM prospect WHERE account = ?1 AND account <> '' ORDER BY last_seen DESC, id LIMIT ?2",
            &[&account, &limit(most)],
            |row| rows::prospect(row, 0),
        )
    }
}

impl Writing<'_> {
    /// When an account that was told as much as it may be can be told the next; none where
    /// it can be now.
    pub(super) fn account_full(&mut self, caps: &AccountCaps, start: &Start) -> Result<Option<Instant>, StoreError> {
        if !buys_as_one(self, &caps.account)? {
            return Ok(None);
        }
        let mut again = None;
        for CapRule { count, per_ms } in &caps.caps {
            let since = start.at.0.saturating_sub(*per_ms);
            // The one whose leaving the window makes room for the next.
            let leaves = self.first(
                "SELECT a.first_tried FROM prospect AS p JOIN action AS a ON a.prospect = p.id \
                 WHERE p.account = ?1 AND a.id <> ?2 AND a.first_tried > ?3 AND a.act IN ('tell', 'ask') \
                 AND a.seed = 0 AND a.purpose <> 'service' AND a.state IN ('started', 'delivered', 'unknown') \
                 ORDER BY a.first_tried DESC LIMIT 1 OFFSET ?4",
                &[
                    &caps.account,
                    &Text(start.action),
                    &int(since),
                    &count.saturating_sub(1),
                ],
                |row| row.get::<_, Count>(0).map(|n| n.0),
            )?;
            let full = leaves.map(|at| Instant(at.saturating_add(*per_ms)));
            let full = if *count == 0 {
                Some(Instant(start.at.0.saturating_add(*per_ms)))
            } else {
                full
            };
            again = again.max(full);
        }
        Ok(again)
    }
}
