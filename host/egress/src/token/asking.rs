//! A request for a token, and its answer, as RFC 6749 has them. Nothing here connects: a
//! request is written, and its answer read once it is there.

use std::{cell::RefCell, time::Duration};

use oauth2::{
    AuthType, ClientId, ClientSecret, HttpRequest, HttpResponse, RefreshToken, RequestTokenError, Scope, TokenResponse,
    TokenUrl,
    basic::{BasicClient, BasicErrorResponse, BasicTokenResponse},
};
use secrecy::{ExposeSecret, SecretString};

use super::{Client, ClientLogin, Granted, TokenGrant, TokenSpec};
use crate::Error;

/// Why there is no token.
#[derive(Debug)]
pub(crate) enum AskError {
    /// The endpoint could not be asked.
    Sending(Error),
    /// It says no.
    Refused(String),
    /// It says yes, in a way that is of no use.
    Useless(String),
}

type Asked = RequestTokenError<Unsent, BasicErrorResponse>;

/// Nothing is sent here.
#[derive(Debug, thiserror::Error)]
#[error("the request is only written, or the answer only read")]
struct Unsent;

/// The request for a token.
pub(crate) fn written(spec: &TokenSpec) -> Result<HttpRequest, AskError> {
    let request = RefCell::new(None);
    // It ends there, which is the only way in which the crate gives a request away.
    let _ = exchange(spec, |written| {
        request.replace(Some(written));
        Err(Unsent)
    });
    let nothing = || AskError::Useless("no request can be made of it".into());
    request.into_inner().ok_or_else(nothing)
}

/// What an answer says.
pub(crate) fn read(spec: &TokenSpec, answer: HttpResponse) -> Result<Granted, AskError> {
    let answer = RefCell::new(Some(answer));
    let exchanged = exchange(spec, |_| answer.take().ok_or(Unsent));
    granted(spec, exchanged.map_err(failed)?)
}

fn exchange(
    spec: &TokenSpec,
    carry: impl Fn(HttpRequest) -> Result<HttpResponse, Unsent>,
) -> Result<BasicTokenResponse, Asked> {
    let scopes = || spec.scopes.iter().cloned().map(Scope::new);
    match &spec.grant {
        TokenGrant::ClientCredentials(client) => {
            let client = asking(spec, client);
            let mut request = client.exchange_client_credentials().add_scopes(scopes());
            for (name, value) in &spec.parameters {
                request = request.add_extra_param(name, value);
            }
            request.request(&carry)
        }
        TokenGrant::RefreshToken { client, token } => {
            let (client, token) = (
                asking(spec, client),
                RefreshToken::new(token.expose_secret().to_owned()),
            );
            let mut request = client.exchange_refresh_token(&token).add_scopes(scopes());
            for (name, value) in &spec.parameters {
                request = request.add_extra_param(name, value);
            }
            request.request(&carry)
        }
    }
}

/// A client that knows its endpoint.
type Asking = BasicClient<
    oauth2::EndpointNotSet,
    oauth2::EndpointNotSet,
    oauth2::EndpointNotSet,
    oauth2::EndpointNotSet,
    oauth2::EndpointSet,
>;

fn asking(spec: &TokenSpec, client: &Client) -> Asking {
    let mut asking = BasicClient::new(ClientId::new(client.id.clone())).set_auth_type(match client.login {
        ClientLogin::Basic => AuthType::BasicAuth,
        ClientLogin::Body => AuthType::RequestBody,
    });
    if let Some(secret) = &client.secret {
        asking = asking.set_client_secret(ClientSecret::new(secret.expose_secret().to_owned()));
    }
    asking.set_token_uri(TokenUrl::from_url(spec.endpoint.clone()))
}

fn granted(spec: &TokenSpec, answer: BasicTokenResponse) -> Result<Granted, AskError> {
    if let (TokenGrant::RefreshToken { token, .. }, Some(other)) = (&spec.grant, answer.refresh_token())
        && other.secret() != token.expose_secret()
    {
        let why = "the vendor exchanges the refresh token at each use, which this version cannot keep; ask the vendor \
                   for one that stays, or use client-credentials";
        return Err(AskError::Useless(why.into()));
    }
    let value = answer.access_token().secret().clone();
    if value.is_empty() || value.chars().any(char::is_control) {
        return Err(AskError::Useless("what came is no token".into()));
    }
    Ok(Granted {
        value: SecretString::from(value),
        lasts: answer
            .expires_in()
            .filter(|lasts| *lasts < Duration::from_secs(1 << 32)),
    })
}

fn failed(error: Asked) -> AskError {
    match error {
        RequestTokenError::Request(Unsent) => AskError::Useless(Unsent.to_string()),
        RequestTokenError::ServerResponse(answer) => {
            let code = answer.error().as_ref().to_owned();
            let described = answer.error_description().map(|text| format!(": {text}"));
            AskError::Refused(format!("{code}{}", described.unwrap_or_default()))
        }
        // What was parsed may have a token in it.
        RequestTokenError::Parse(..) => AskError::Useless("what came is no answer about a token".into()),
        RequestTokenError::Other(why) => AskError::Useless(why),
    }
}
