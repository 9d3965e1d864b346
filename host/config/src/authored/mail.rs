//! The tables about mail.

use super::{
    Choice, EmailText, Fraction, Length, Listed, MailboxText, PathText, Positive, Rate, SecretTable, Text, TlsWord,
    macros::table,
};

table! {
    /// In whose name mail is written.
    pub(crate) struct MailTable ("[mail]") {
        /// The sender of every message: "Example <hello@example.com>".
        required from: MailboxText,
        /// Who is answered, where that is not the sender.
        optional reply_to: MailboxText,
        /// Where the sender is, for the end of every commercial message: the law wants it there.
        optional postal_address: Text,
        /// Who is told by mail when a brake stops a sink.
        optional alerts_to: EmailText,
    }
}

table! {
    /// A server that mail is handed to.
    pub(crate) struct RelayTable ("the relay") {
        /// Its name or address; its certificate must be for it.
        required host: Text,
        /// Default: 587 with tls "starttls", 465 with "tls", 25 with "none".
        optional port: Positive,
        /// How the way there is encrypted: "starttls" (the default), "tls" from the first byte, or "none" to this machine.
        optional tls: Choice<TlsWord>,
        /// With true, tls = "none" is taken for another machine as well: everybody on the way can read along.
        optional insecure: bool,
        /// Certificates in PEM that are trusted instead of the system's.
        optional ca_file: PathText,
        /// Who logs in; none where the relay does not ask.
        optional user: Text,
        /// The user's password, from where a secret of a connector may be; in a folder it is called `password`.
        optional password: SecretTable,
        /// How long the relay may take to answer; to the end of a message four times as long. Default "30s".
        optional timeout: Length,
        /// How many connections there are at most. Default 4.
        optional connections: Positive,
        /// How many stories it takes on its first day, the second, and so on; the last number holds. Default: any.
        optional per_day: Listed<Positive>,
        /// How many stories go to one domain: "100/1h". Default: any.
        optional per_domain: Rate,
        /// When it stops by itself.
        optional brakes: BrakesTable,
    }
}

table! {
    /// When a relay's sinks are stopped until a person lets them go: by shares of the latest messages.
    pub(crate) struct BrakesTable ("brakes") {
        /// The share that may bounce for good. Default 0.05.
        optional bounces: Fraction,
        /// The share that may be complained about. Default 0.002.
        optional complaints: Fraction,
        /// Of how many messages. Default 500.
        optional over: Positive,
    }
}
