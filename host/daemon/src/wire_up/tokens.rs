//! A connector's tokens, as its outlet asks for them.

use hearken_config::{ClientLogin, ConnectorWiring, Secret, TokenGrantWiring, TokenWiring};
use hearken_egress::{Client, Outlet, TokenGrant, TokenSpec};
use hearken_sandbox::{Needs, SecretUse};
use secrecy::SecretString;

use super::Problems;

/// Those that the plugin declares and the operator describes.
pub(super) fn specs(wired: &ConnectorWiring, needs: &Needs) -> Vec<TokenSpec> {
    let is_declared = |name: &String| {
        let mut all = needs.secrets.iter();
        all.any(|secret| secret.used_as == SecretUse::Token && secret.name == *name)
    };
    let declared = wired.tokens.iter().filter(|(name, _)| is_declared(name));
    declared.filter_map(|(name, token)| spec(name, token)).collect()
}

/// Says which endpoints cannot be asked.
pub(super) fn check(wired: &ConnectorWiring, outlet: &Outlet, found: &mut Problems<'_>) {
    for (name, token) in &wired.tokens {
        let Some(Err((why, toml))) = token.endpoint.as_ref().map(|endpoint| outlet.may_ask(endpoint)) else {
            continue;
        };
        let message = format!("the token '{name}' cannot be asked for: {why}");
        // Below the table's head it is one key.
        let key = toml.as_deref().and_then(|toml| toml.split_once('\n'));
        let help = match key {
            Some((_, key)) => format!("grants.{key}"),
            None => "check the address; its host has to be one that the plugin declares".to_owned(),
        };
        let place = ["connectors", &wired.name, "tokens", name, "endpoint"];
        found.error("grant", &place, message, help);
    }
}

/// None where something is missing that was told of before.
fn spec(name: &str, token: &TokenWiring) -> Option<TokenSpec> {
    let client = Client {
        id: token.client_id.clone(),
        secret: token.client_secret.as_ref().map(given),
        login: match token.client_login {
            ClientLogin::Basic => hearken_egress::ClientLogin::Basic,
            ClientLogin::Body => hearken_egress::ClientLogin::Body,
        },
    };
    Some(TokenSpec {
        name: name.to_owned(),
        endpoint: token.endpoint.clone()?,
        grant: match &token.grant {
            TokenGrantWiring::ClientCredentials => TokenGrant::ClientCredentials(client),
            TokenGrantWiring::RefreshToken(token) => TokenGrant::RefreshToken {
                client,
                token: given(token.as_ref()?),
            },
        },
        scopes: token.scopes.clone(),
        parameters: token.parameters.clone().into_iter().collect(),
    })
}

fn given(secret: &Secret) -> SecretString {
    secret.expose().to_owned().into()
}
