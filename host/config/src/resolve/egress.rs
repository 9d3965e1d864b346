//! What a connector may call. Whether a host or a path is one is for those who call it to
//! say; here is what can be said of the text alone.

use super::Resolver;
use crate::{
    HttpGrantWiring, ProxyWiring,
    authored::{At, Choice, GrantsTable, HttpGrantTable, ProxyTable, SchemeWord},
};

impl Resolver<'_> {
    pub(super) fn http_grants(&mut self, written: &GrantsTable) -> Vec<HttpGrantWiring> {
        let all = written.http.iter().flat_map(|list| &list.value.0);
        all.map(|at| self.http_grant(&at.value)).collect()
    }

    pub(super) fn proxy(&mut self, connector: &str, at: &At<ProxyTable>) -> ProxyWiring {
        let written = &at.value.0;
        let what = format!("the password of the proxy of the connector '{connector}'");
        let password = written.password.as_ref();
        let lacks = match (&written.user, password) {
            (Some(_), None) => Some("password"),
            (None, Some(_)) => Some("user"),
            _ => None,
        };
        if let Some(lacks) = lacks {
            let help = "write { url = \"http://proxy.internal:3128\", user = \"…\", password = { env = \"NAME\" } }";
            self.problems.error(
                "missing-key",
                at.span,
                format!("the proxy's login lacks its {lacks}"),
                help,
            );
        }
        ProxyWiring {
            url: super::text(&written.url, ""),
            user: written.user.as_ref().map(|at| at.value.0.clone()),
            password: password.and_then(|at| self.secret(&what, "proxy-password", at)),
        }
    }

    fn http_grant(&mut self, written: &HttpGrantTable) -> HttpGrantWiring {
        let port = written.port.as_ref().and_then(|at| {
            let port = u16::try_from(at.value.0).ok();
            if port.is_none() {
                let message = format!("{} is no port", at.value.0);
                self.problems
                    .error("range", at.span, message, "write one from 1 to 65535");
            }
            port
        });
        HttpGrantWiring {
            host: super::text(&written.host, ""),
            encrypted: !matches!(
                written.scheme,
                Some(At {
                    value: Choice(SchemeWord::Http),
                    ..
                })
            ),
            port,
            methods: written
                .methods
                .iter()
                .flat_map(|list| list.value.0.iter().map(|at| at.value.0.clone()))
                .collect(),
            path: super::text(&written.path, "/"),
            allow_wildcard: written.allow_wildcard.as_ref().is_some_and(|at| at.value),
            secrets: written
                .secrets
                .iter()
                .flat_map(|list| list.value.0.iter().map(|at| at.value.0.clone()))
                .collect(),
        }
    }
}
