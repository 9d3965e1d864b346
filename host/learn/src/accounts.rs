//! Evidence from a store, an account at a time: besides the counts, 16 bytes of each person of
//! an account stay in memory, and nothing of anybody else.

use std::time::Duration;

use hearken_model::{Company, Instant, Pressure, ProspectId};
use hearken_store::{History, HistoryQuery, Store, StoreError};
use sha2::{Digest, Sha256};

use crate::{
    Evidence,
    gather::{DEALS, KINDS, tellings},
};

/// How many people are read at a time.
const PAGE: usize = 200;
/// What is older than so many half-lives counts for nothing any more: less than 0.4 %.
const HALF_LIVES: u32 = 8;

/// An account's digest, and one of its people.
type Member = (u64, ProspectId);

/// How evidence is gathered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// After which a telling counts half.
    pub half_life: Duration,
    /// How long before an outcome a decision may stand that it is credited to.
    pub window: Duration,
}

/// Reads evidence from a store, as of `now`. `pressure` is a story's; what is not among the
/// stories any more is left out.
///
/// # Errors
/// Where the store cannot be read.
pub async fn gather(
    store: &dyn Store,
    settings: Settings,
    now: Instant,
    pressure: impl Fn(&str) -> Option<Pressure>,
) -> Result<Evidence, StoreError> {
    let mut evidence = Evidence::new(now, settings.half_life);
    each_account(store, settings, now, |account| {
        for telling in tellings(account, settings.window, &pressure) {
            evidence.count(&telling);
        }
    })
    .await?;
    Ok(evidence)
}

/// Reads everybody to whom anything was told that counts still, and whoever has deals beside
/// them: those of an account together, all others one by one.
pub(crate) async fn each_account(
    store: &dyn Store,
    settings: Settings,
    now: Instant,
    mut look: impl FnMut(&[History]),
) -> Result<(), StoreError> {
    let since = now.before(settings.half_life.saturating_mul(HALF_LIVES));
    let mut members: Vec<Member> = Vec::new();
    let mut after = None;
    loop {
        let page = store
            .told_or_did(after, since, DEALS.map(String::from).into(), PAGE)
            .await?;
        let Some(last) = page.last() else { break };
        after = Some(*last);
        let mut alone = Vec::new();
        for (id, prospect) in page.iter().zip(store.prospects(&page).await?) {
            match prospect.map(|prospect| Company::of(&prospect).key()) {
                Some(account) if !account.is_empty() => members.push((digest(&account), *id)),
                _ => alone.push(*id),
            }
        }
        read(store, since, alone).await?.chunks(1).for_each(&mut look);
    }
    members.sort_unstable();
    let (mut batch, mut people): (Vec<&[Member]>, usize) = (Vec::new(), 0);
    for account in accounts(&members) {
        batch.push(account);
        people += account.len();
        if people >= PAGE {
            look_at(store, since, &batch, &mut look).await?;
            (batch, people) = (Vec::new(), 0);
        }
    }
    look_at(store, since, &batch, &mut look).await
}

/// People who are looked at together, of members in the order of their accounts.
fn accounts(members: &[Member]) -> impl Iterator<Item = &[Member]> {
    members.chunk_by(|x, y| x.0 == y.0).flat_map(|account| {
        let size = if account.len() > Company::LARGEST {
            1
        } else {
            account.len()
        };
        account.chunks(size)
    })
}

/// Reads the people of some accounts at once.
async fn look_at(
    store: &dyn Store,
    since: Instant,
    accounts: &[&[Member]],
    look: &mut impl FnMut(&[History]),
) -> Result<(), StoreError> {
    let people = accounts.iter().copied().flatten().map(|(_, id)| *id).collect();
    let histories = read(store, since, people).await?;
    let mut rest = histories.as_slice();
    for account in accounts {
        let (these, others) = rest.split_at(account.len().min(rest.len()));
        look(these);
        rest = others;
    }
    Ok(())
}

async fn read(store: &dyn Store, since: Instant, prospects: Vec<ProspectId>) -> Result<Vec<History>, StoreError> {
    let query = HistoryQuery {
        prospects,
        since,
        kinds: KINDS.map(String::from).into(),
    };
    store.histories(query).await
}

/// Of an account's name as it is compared. Two of a million accounts are taken for one with a
/// probability of less than 10⁻⁷.
fn digest(account: &str) -> u64 {
    let digest = Sha256::digest(account.as_bytes());
    digest.iter().take(8).fold(0, |n, b| n << 8 | u64::from(*b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_more_than_a_thousand_people_call_their_company_is_no_account() {
        let (books, bikes, selves) = (digest("Example Books"), digest("Bikes"), digest("self-employed"));
        let of = |account, from, to| (from..to).map(move |n| (account, ProspectId::from_u64(n)));
        let most = Company::LARGEST as u64;
        let mut members: Vec<Member> = of(books, 0, 3).chain(of(bikes, 3, 3 + most)).collect();
        members.extend(of(selves, 10_000, 10_001 + most));
        members.sort_unstable();
        let mut sizes: Vec<usize> = accounts(&members).map(<[Member]>::len).collect();
        sizes.sort_unstable();
        assert_eq!(sizes.len(), Company::LARGEST + 1 + 2);
        assert_eq!(sizes[Company::LARGEST..], [1, 3, Company::LARGEST]);
    }
}
