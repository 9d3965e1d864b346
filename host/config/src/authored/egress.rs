//! The tables about calls out.

use super::{Choice, Listed, Name, Positive, SchemeWord, Text, macros::table};

table! {
    /// What may be called: one entry of `grants.http`.
    pub(crate) struct HttpGrantTable ("the grant") {
        /// A name, an address, or "*.example.com" with allow-wildcard.
        required host: Text,
        /// Encrypted (https, the default) or in the clear (http).
        optional scheme: Choice<SchemeWord>,
        /// Default: the scheme's own, 443 or 80.
        optional port: Positive,
        /// Such as ["GET", "POST"]. Default: all that the plugin declares.
        optional methods: Listed<Text>,
        /// A prefix that ends where a segment does: "/v1". Default "/".
        optional path: Text,
        /// With true, a host that begins with a star is taken: whoever can make names below it can be sent data.
        optional allow_wildcard: bool,
        /// The connector's secrets that may go there. Default: none.
        optional secrets: Listed<Name>,
    }
}
