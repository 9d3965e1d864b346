//! The tables about tokens that the host asks for.

use super::{Choice, Listed, Mapped, SecretTable, Text, TokenGrantWord, macros::table};
use crate::ClientLogin;

table! {
    /// A token that the host asks the vendor for, and keeps for as long as it lasts (OAuth 2).
    pub(crate) struct TokenTable ("the token") {
        /// Where it is asked for: "https://login.example.com/oauth/token". It has to be granted in grants.http, as every call.
        required endpoint: Text,
        /// By what: the client's own credentials (client-credentials), or a token that somebody allowed it to have (refresh-token).
        required grant: Choice<TokenGrantWord>,
        /// The client's id at the vendor.
        required client_id: Text,
        /// The client's secret; a public client has none. In a folder it is called as the token, with -client-secret.
        optional client_secret: SecretTable,
        /// Where the client's secret stands in the request: in Authorization (basic, the default), or in the body (body).
        optional client_login: Choice<ClientLogin>,
        /// With grant "refresh-token": the refresh token, which must stay the same when it is used. In a folder it is called as the token, with -refresh-token.
        optional refresh_token: SecretTable,
        /// What it is to be good for.
        optional scopes: Listed<Text>,
        /// What the vendor wants to be told besides, such as { audience = "https://api.example.com" }.
        optional parameters: Mapped<Text>,
    }
}
