//! What the other people of somebody's account have to do with a decision about them.

use std::collections::BTreeMap;

use hearken_model::{Act, Colleagues, Company, Instant, Prospect, rolled_up};
use hearken_store::{AccountCaps, ColleaguesAsk, Due, StoreError};

use crate::parts::Shared;

/// Of how many of an account's people, those seen last, beliefs are rolled up.
pub(crate) const PEOPLE: usize = 20;
/// How many of an account's beliefs are kept, the heaviest.
const BELIEFS: usize = 16;

impl Shared {
    /// Of each prospect, as the store has it now.
    pub(crate) async fn colleagues(
        &self,
        prospects: &[&Prospect],
        now: Instant,
    ) -> Result<Vec<Option<Colleagues>>, StoreError> {
        let asks: Vec<ColleaguesAsk> = prospects.iter().map(|p| self.ask(p, now)).collect();
        if asks.iter().all(|ask| ask.account.is_empty()) {
            return Ok(vec![None; asks.len()]);
        }
        let (roster, mut accounts) = (self.wiring.roster(), BTreeMap::new());
        for ask in asks.iter().filter(|ask| !ask.account.is_empty()) {
            if !accounts.contains_key(&ask.account) {
                let people = self.store.members(&ask.account, PEOPLE).await?;
                let owner = roster.owner_of_account(&people);
                let people: Vec<_> = people.iter().map(|p| self.view(p, now).beliefs).collect();
                let mut all = rolled_up(&people, now);
                all.truncate(BELIEFS);
                accounts.insert(ask.account.clone(), (all, owner));
            }
        }
        let mut found = self.store.colleagues(asks).await?;
        for colleagues in found.iter_mut().flatten() {
            let account = accounts.get(&colleagues.account).cloned();
            (colleagues.beliefs, colleagues.owner) = account.unwrap_or_default();
        }
        Ok(found)
    }

    /// Adds to what is due whose customers their accounts are: that is not a store's to know.
    pub(crate) async fn add_owners(&self, due: &mut [Due]) -> Result<(), StoreError> {
        let roster = self.wiring.roster();
        if roster.0.is_empty() {
            return Ok(());
        }
        for due in due.iter_mut().filter(|due| due.action.act == Act::HandOver) {
            if let Some(colleagues) = &mut due.colleagues {
                let people = self.store.members(&colleagues.account, PEOPLE).await?;
                colleagues.owner = roster.owner_of_account(&people);
            }
        }
        Ok(())
    }

    fn ask(&self, prospect: &Prospect, now: Instant) -> ColleaguesAsk {
        let longest = self.wiring.policy.account_caps.iter().map(|cap| cap.per_ms).max();
        ColleaguesAsk {
            prospect: prospect.id,
            account: Company::of(prospect).key(),
            since: longest.map(|per_ms| Instant(now.0.saturating_sub(per_ms))),
        }
    }

    /// How much the account of somebody may be told; none where nothing says so.
    pub(crate) fn account_caps(&self, prospect: &Prospect) -> Option<AccountCaps> {
        let caps = &self.wiring.policy.account_caps;
        let account = Company::of(prospect).key();
        (!caps.is_empty() && !account.is_empty()).then(|| AccountCaps {
            account,
            caps: caps.clone(),
        })
    }
}
