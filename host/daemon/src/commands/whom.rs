//! Which prospect somebody means: by id, or by any of its identities.

use hearken_model::{Identity, ProspectId};
use hearken_store::{Sqlite, Store};

use crate::output::{Misuse, clean};

/// The prospect that `text` names.
///
/// # Errors
/// [`Misuse`] for a text that is neither id nor identity; else that nobody is known by it.
pub(crate) async fn find(store: &Sqlite, text: &str) -> anyhow::Result<ProspectId> {
    if let Ok(id) = text.parse::<ProspectId>()
        && store.prospects(&[id]).await?.iter().any(Option::is_some)
    {
        return Ok(id);
    }
    let identities = identities(text);
    for identity in &identities {
        if let Some(id) = store.find_prospect(identity).await? {
            return Ok(id);
        }
    }
    let text = clean(text);
    if identities.is_empty() && text.parse::<ProspectId>().is_err() {
        let how = "an id has 16 hex digits, an identity reads ann@example.com, user:17 or anonymous:…";
        return Err(Misuse(format!("'{text}' is no prospect: {how}")).into());
    }
    anyhow::bail!("no prospect is known by '{text}'")
}

/// What a text may mean, the likeliest first. Vendors' schemes have a colon themselves
/// (`hubspot:contact:17`), and so may values.
pub(super) fn identities(text: &str) -> Vec<Identity> {
    let colons = text.match_indices(':').map(|(at, _)| at).take(2);
    let mut split: Vec<Identity> = colons
        .filter_map(|at| Identity::new(&text[..at], &text[at + 1..]))
        .collect();
    if split.is_empty() && text.contains('@') {
        split.extend(Identity::new("email", text));
    }
    split
}

#[cfg(test)]
mod tests {
    use super::identities;

    #[test]
    fn an_identity_is_read_in_every_way_that_it_may_be_meant() {
        let read = |text: &str| {
            identities(text)
                .iter()
                .map(|i| format!("{} = {}", i.scheme, i.value))
                .collect::<Vec<_>>()
        };
        assert_eq!(read("Ann@Example.com"), ["email = ann@example.com"]);
        assert_eq!(read("user:17"), ["user = 17"]);
        assert_eq!(
            read("hubspot:contact:17"),
            ["hubspot = contact:17", "hubspot:contact = 17"]
        );
        assert_eq!(read("nobody"), Vec::<String>::new());
        assert_eq!(read(":"), Vec::<String>::new());
    }
}
