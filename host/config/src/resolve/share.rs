//! What of people a connector is shown. Whether its plugin asks for it is for those who know
//! the plugin to say.

use hearken_share::Granted;

use super::Resolver;
use crate::authored::{At, Listed, ShareTable, Text};

impl Resolver<'_> {
    pub(super) fn share(&mut self, written: &ShareTable) -> Granted {
        Granted {
            traits: self.shared(written.traits.as_ref(), "\"industry\""),
            identities: self.shared(written.identities.as_ref(), "\"email\""),
            query: self.shared(written.query.as_ref(), "\"utm_source\", or \"utm_*\""),
            properties: self.shared(written.properties.as_ref(), "\"title\""),
        }
    }

    fn shared(&mut self, written: Option<&At<Listed<Text>>>, such_as: &str) -> Option<Vec<String>> {
        let names = &written?.value.0;
        for at in names {
            let name = at.value.0.as_str();
            let stem = name.strip_suffix('*').unwrap_or(name);
            if stem.chars().any(|c| c == '*' || c.is_control()) {
                let message = format!("'{}' is not a name that can be shared", crate::quote(name));
                let help = format!("such as {such_as}, with a star at the end alone");
                self.problems.error("share", at.span, message, help);
            }
        }
        Some(names.iter().map(|at| at.value.0.clone()).collect())
    }
}
