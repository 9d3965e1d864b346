//! Tokens that the host asks for. Whether their endpoints may be called is for those who call
//! them to say.

use std::collections::BTreeMap;

use url::Url;

use super::Resolver;
use crate::{
    TokenGrantWiring, TokenWiring,
    authored::{At, Choice, Mapped, SecretTable, Text, TokenGrantWord, TokenTable},
};

impl Resolver<'_> {
    pub(super) fn tokens(
        &mut self,
        connector: &str,
        written: Option<&At<Mapped<TokenTable>>>,
    ) -> BTreeMap<String, TokenWiring> {
        let all = written.iter().flat_map(|map| &map.value.0);
        all.map(|(name, at)| (name.clone(), self.token(connector, name, at)))
            .collect()
    }

    fn token(&mut self, connector: &str, name: &str, at: &At<TokenTable>) -> TokenWiring {
        let written = &at.value;
        let what = |of: &str| {
            let name = crate::quote(name);
            format!("the {of} of the token '{name}' of the connector '{connector}'")
        };
        let mut read = |written: &Option<At<SecretTable>>, key: &str, of: &str| {
            let written = written.as_ref()?;
            self.secret(&what(of), &format!("{name}-{key}"), written)
        };
        let client_secret = read(&written.client_secret, "client-secret", "client's secret");
        let refresh_token = read(&written.refresh_token, "refresh-token", "refresh token");
        let grant = match &written.grant {
            Some(At {
                value: Choice(TokenGrantWord::RefreshToken),
                ..
            }) => {
                self.needed(at, written.refresh_token.is_some(), "refresh-token");
                TokenGrantWiring::RefreshToken(refresh_token)
            }
            _ => {
                self.needed(at, written.client_secret.is_some(), "client-secret");
                self.meaningless(&written.refresh_token);
                TokenGrantWiring::ClientCredentials
            }
        };
        TokenWiring {
            endpoint: written.endpoint.as_ref().and_then(|at| self.endpoint(at)),
            grant,
            client_id: super::text(&written.client_id, ""),
            client_secret,
            client_login: written
                .client_login
                .as_ref()
                .map_or_else(Default::default, |at| at.value.0),
            scopes: super::texts(&written.scopes),
            parameters: written
                .parameters
                .iter()
                .flat_map(|map| &map.value.0)
                .map(|(name, at)| (name.clone(), at.value.0.clone()))
                .collect(),
        }
    }

    fn needed(&mut self, at: &At<TokenTable>, is_there: bool, key: &str) {
        if !is_there {
            let message = format!("the token lacks the key '{key}', by which it is asked for");
            let help = format!("add {key} = {{ env = \"NAME\" }}");
            self.problems.error("missing-key", at.key, message, help);
        }
    }

    fn meaningless(&mut self, written: &Option<At<SecretTable>>) {
        if let Some(at) = written {
            let message = "a refresh token has no meaning where the client asks by its own credentials".into();
            let help = "write grant = \"refresh-token\", or leave it out";
            self.problems.error("token", at.key, message, help);
        }
    }

    fn endpoint(&mut self, at: &At<Text>) -> Option<Url> {
        let url = Url::parse(&at.value.0).ok();
        let url = url.filter(|url| matches!(url.scheme(), "https" | "http") && url.has_host());
        let Some(url) = url else {
            let message = format!("'{}' is no address to ask for a token", crate::quote(&at.value.0));
            let help = "such as \"https://login.example.com/oauth/token\"";
            self.problems.error("url", at.span, message, help);
            return None;
        };
        if !url.username().is_empty() || url.password().is_some() {
            self.problems.sources.mask(at.span);
            let help = "leave the user out, and write client-id and client-secret";
            let message = "a user is written out in the token's address".into();
            self.problems.error("secret-written-out", at.span, message, help);
            return None;
        }
        Some(url)
    }
}
