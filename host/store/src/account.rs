//! The people of an account, over all partitions. What is read here is as of a moment: a
//! decision may miss what is decided about a colleague at the same time, so caps are checked
//! once more where attempts start, one after the other.

use async_trait::async_trait;
use hearken_model::{CapRule, Colleagues, Instant, Prospect, ProspectId};

use crate::StoreError;

/// What a store knows of the people of an account.
#[async_trait]
pub trait Accounts {
    /// For each ask what the other people of somebody's account have to do with what is said
    /// to them, without beliefs; none for who is in no account.
    async fn colleagues(&self, asks: Vec<ColleaguesAsk>) -> Result<Vec<Option<Colleagues>>, StoreError>;

    /// The people of an account, the last seen first. `account` is as it is compared.
    async fn members(&self, account: &str, limit: usize) -> Result<Vec<Prospect>, StoreError>;
}

/// Asks for somebody's colleagues.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColleaguesAsk {
    /// Who is not their own colleague.
    pub prospect: ProspectId,
    /// The account, as it is compared; nobody is asked for where it is empty.
    pub account: String,
    /// From when on what they were told matters; none where it does not.
    pub since: Option<Instant>,
}

/// How many stories an account may be told; counted where an attempt starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountCaps {
    /// The account, as it is compared.
    pub account: String,
    /// How many in which time.
    pub caps: Vec<CapRule>,
}
