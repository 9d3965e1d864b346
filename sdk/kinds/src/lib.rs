//! The catalogue of signal kinds (`sdk/wit/kinds`), as data: for the host, which looks up
//! roles and checks properties, and for tests.

/// Each kind with the text of its JSON Schema, in the order of their names. Beside the
/// usual keywords a schema has `x-hearken`, an object: `role` (`behaviour`,
/// `identification`, `consent`, `message`, `response`, `chat`, `meeting`, `lifecycle`,
/// `deal` or `handover`), `speaker` (`prospect`, `us` or `sales`) where it is a turn of a
/// conversation, `outcome` where sales cares about it.
pub const CATALOGUE: &[(&str, &str)] = &[
    (
        "address.suppressed",
        include_str!("../../wit/kinds/address.suppressed.schema.json"),
    ),
    ("call.held", include_str!("../../wit/kinds/call.held.schema.json")),
    ("chat.ended", include_str!("../../wit/kinds/chat.ended.schema.json")),
    ("chat.message", include_str!("../../wit/kinds/chat.message.schema.json")),
    ("chat.started", include_str!("../../wit/kinds/chat.started.schema.json")),
    (
        "company.described",
        include_str!("../../wit/kinds/company.described.schema.json"),
    ),
    (
        "consent.granted",
        include_str!("../../wit/kinds/consent.granted.schema.json"),
    ),
    (
        "consent.pending",
        include_str!("../../wit/kinds/consent.pending.schema.json"),
    ),
    (
        "consent.withdrawn",
        include_str!("../../wit/kinds/consent.withdrawn.schema.json"),
    ),
    ("deal.changed", include_str!("../../wit/kinds/deal.changed.schema.json")),
    ("deal.lost", include_str!("../../wit/kinds/deal.lost.schema.json")),
    ("deal.opened", include_str!("../../wit/kinds/deal.opened.schema.json")),
    ("deal.won", include_str!("../../wit/kinds/deal.won.schema.json")),
    (
        "file.downloaded",
        include_str!("../../wit/kinds/file.downloaded.schema.json"),
    ),
    (
        "form.abandoned",
        include_str!("../../wit/kinds/form.abandoned.schema.json"),
    ),
    ("form.started", include_str!("../../wit/kinds/form.started.schema.json")),
    (
        "form.submitted",
        include_str!("../../wit/kinds/form.submitted.schema.json"),
    ),
    (
        "handover.accepted",
        include_str!("../../wit/kinds/handover.accepted.schema.json"),
    ),
    (
        "handover.recycled",
        include_str!("../../wit/kinds/handover.recycled.schema.json"),
    ),
    (
        "handover.rejected",
        include_str!("../../wit/kinds/handover.rejected.schema.json"),
    ),
    (
        "lifecycle.changed",
        include_str!("../../wit/kinds/lifecycle.changed.schema.json"),
    ),
    (
        "meeting.booked",
        include_str!("../../wit/kinds/meeting.booked.schema.json"),
    ),
    (
        "meeting.cancelled",
        include_str!("../../wit/kinds/meeting.cancelled.schema.json"),
    ),
    ("meeting.held", include_str!("../../wit/kinds/meeting.held.schema.json")),
    (
        "meeting.requested",
        include_str!("../../wit/kinds/meeting.requested.schema.json"),
    ),
    (
        "message.bounced",
        include_str!("../../wit/kinds/message.bounced.schema.json"),
    ),
    (
        "message.clicked",
        include_str!("../../wit/kinds/message.clicked.schema.json"),
    ),
    (
        "message.complained",
        include_str!("../../wit/kinds/message.complained.schema.json"),
    ),
    (
        "message.delivered",
        include_str!("../../wit/kinds/message.delivered.schema.json"),
    ),
    (
        "message.dismissed",
        include_str!("../../wit/kinds/message.dismissed.schema.json"),
    ),
    (
        "message.opened",
        include_str!("../../wit/kinds/message.opened.schema.json"),
    ),
    (
        "message.replied",
        include_str!("../../wit/kinds/message.replied.schema.json"),
    ),
    ("message.sent", include_str!("../../wit/kinds/message.sent.schema.json")),
    (
        "message.unsubscribed",
        include_str!("../../wit/kinds/message.unsubscribed.schema.json"),
    ),
    (
        "message.withheld",
        include_str!("../../wit/kinds/message.withheld.schema.json"),
    ),
    ("page.left", include_str!("../../wit/kinds/page.left.schema.json")),
    ("page.viewed", include_str!("../../wit/kinds/page.viewed.schema.json")),
    (
        "person.described",
        include_str!("../../wit/kinds/person.described.schema.json"),
    ),
    (
        "person.identified",
        include_str!("../../wit/kinds/person.identified.schema.json"),
    ),
    (
        "person.linked",
        include_str!("../../wit/kinds/person.linked.schema.json"),
    ),
    ("product.used", include_str!("../../wit/kinds/product.used.schema.json")),
    (
        "question.answered",
        include_str!("../../wit/kinds/question.answered.schema.json"),
    ),
    (
        "screen.viewed",
        include_str!("../../wit/kinds/screen.viewed.schema.json"),
    ),
    (
        "search.performed",
        include_str!("../../wit/kinds/search.performed.schema.json"),
    ),
    (
        "ticket.closed",
        include_str!("../../wit/kinds/ticket.closed.schema.json"),
    ),
    (
        "ticket.opened",
        include_str!("../../wit/kinds/ticket.opened.schema.json"),
    ),
];

/// The text of a kind's JSON Schema; none for what is not in the catalogue.
#[must_use]
pub fn schema(kind: &str) -> Option<&'static str> {
    CATALOGUE
        .binary_search_by(|(name, _)| (*name).cmp(kind))
        .ok()
        .map(|place| CATALOGUE[place].1)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_catalogue_is_the_folder_of_schemas_in_order() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../wit/kinds");
        let files: BTreeSet<String> = std::fs::read_dir(folder)
            .unwrap()
            .filter_map(|entry| {
                Some(
                    entry
                        .unwrap()
                        .file_name()
                        .to_str()?
                        .strip_suffix(".schema.json")?
                        .to_owned(),
                )
            })
            .collect();
        assert!(
            CATALOGUE
                .iter()
                .map(|(name, _)| *name)
                .eq(files.iter().map(String::as_str))
        );
    }

    #[test]
    fn a_schema_is_found_by_its_kind() {
        assert!(CATALOGUE.iter().all(|(name, text)| schema(name) == Some(*text)));
        assert_eq!(schema("page"), None);
    }
}
