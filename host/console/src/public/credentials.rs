//! Who is asking: the credentials of a webhook plugin's manifest against a request.
//!
//! How a request proves one, and that it takes as long for a wrong secret as for a right
//! one, is `hearken_webhook_auth`'s; here is which of several counts.

use hearken_webhook_auth::{BadSecret, Once, Place, Refused, Request, Scheme, Verdict, Verifier};

/// What a request that proves a credential may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Everything.
    Secret,
    /// What anybody may: the secret is shipped in pages or apps.
    Public,
    /// Ask the vendor's challenges, and nothing else.
    Challenges,
}

/// One credential of a connector, with the connector's secrets.
#[derive(Debug)]
pub struct Credential {
    name: String,
    standing: Standing,
    verifier: Verifier,
}

impl Credential {
    /// `scheme` was checked; `secrets` are all that are valid, none where the operator gave
    /// none: what stands in its places is kept from the plugin all the same.
    ///
    /// # Errors
    /// The first secret that does not fit its scheme: (its place, why).
    pub fn new(name: String, standing: Standing, scheme: Scheme, secrets: &[&str]) -> Result<Self, (usize, BadSecret)> {
        Ok(Self {
            name,
            standing,
            verifier: Verifier::new(scheme, secrets)?,
        })
    }

    /// Its name in the manifest.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// What it may be used for.
    pub(super) fn standing(&self) -> Standing {
        self.standing
    }

    /// Where requests carry it.
    pub(super) fn places(&self) -> impl Iterator<Item = &Place> {
        self.verifier.scheme().places()
    }

    /// Whether it is proved by signing the address.
    pub(super) fn signs_url(&self) -> bool {
        self.verifier.scheme().signs_url()
    }

    fn is_signature(&self) -> bool {
        matches!(self.verifier.scheme(), Scheme::Signature(_))
    }
}

/// What a request proves.
#[derive(Debug)]
pub(super) enum Proof<'a> {
    /// This credential, and whether it may come once only.
    Of(&'a Credential, Option<Once>),
    /// Nothing yet; the body might prove something, or more.
    AskBody,
    /// Nothing; why, of the credential that it came closest to.
    None(Option<(&'a Credential, Refused)>),
}

/// Judges a request by all `credentials` at `now_ms`, whichever proves something first. Of
/// several that it proves the one that may do most counts.
pub(super) fn prove<'a>(credentials: &'a [Credential], request: &Request<'_>, now_ms: i64) -> Proof<'a> {
    let mut proved: Option<(&Credential, Option<Once>)> = None;
    let mut closest: Option<(&Credential, Refused)> = None;
    let mut body_might = false;
    let mut signature_in_body = false;
    for credential in credentials {
        match credential.verifier.judge(request, now_ms) {
            Verdict::Proved(verified) => {
                if proved.is_none_or(|(other, _)| rank(credential) < rank(other)) {
                    proved = Some((credential, verified.once));
                }
            }
            Verdict::NeedsBody => {
                body_might = true;
                signature_in_body |= credential.is_signature();
            }
            Verdict::Refused(refused) => {
                if closest
                    .as_ref()
                    .is_none_or(|(_, other)| refused.progress() > other.progress())
                {
                    closest = Some((credential, refused));
                }
            }
        }
    }
    // What the body proves may do more than what is proved already.
    let more_in_body = match proved.map(|(credential, _)| credential.standing) {
        Some(Standing::Secret) => false,
        Some(Standing::Public) => signature_in_body,
        Some(Standing::Challenges) | None => body_might,
    };
    match proved {
        _ if more_in_body => Proof::AskBody,
        Some((credential, once)) => Proof::Of(credential, once),
        None => Proof::None(closest),
    }
}

/// The less the better.
fn rank(credential: &Credential) -> u8 {
    match credential.standing {
        Standing::Secret => 0,
        Standing::Public => 1,
        Standing::Challenges => 2,
    }
}
