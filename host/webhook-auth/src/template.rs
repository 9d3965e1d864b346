//! What is signed, as text with parts of the request in it.

use http::HeaderName;

use crate::{BadScheme, Body, Refused, Request, Signature, SignedBody, form::form, json_field, url::hubspot_url};

/// A template, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Template {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Method,
    Url,
    HubspotUrl,
    Body,
    Form,
    Timestamp,
    Header(HeaderName),
    Json(String),
}

impl Template {
    /// Reads a template: `v0:{timestamp}:{body}`.
    ///
    /// # Errors
    /// Where a brace is left open or a part is not known, and where nothing of the request
    /// is in it.
    pub(crate) fn read(text: &str) -> Result<Self, BadScheme> {
        let wrong = |why: String| BadScheme::Template {
            template: text.to_owned(),
            why,
        };
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((name, next)) = after.split_once('}') else {
                return Err(wrong("a brace is not closed".into()));
            };
            if !before.is_empty() {
                parts.push(Part::Text(before.to_owned()));
            }
            parts.push(Part::read(name).ok_or_else(|| wrong(format!("{{{name}}} is no part of a request")))?);
            rest = next;
        }
        if rest.contains('}') {
            return Err(wrong("a brace is closed that was not opened".into()));
        }
        if parts.is_empty() {
            return Err(wrong("nothing of the request is in it".into()));
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        Ok(Self { parts })
    }

    pub(crate) fn has_timestamp(&self) -> bool {
        self.parts.contains(&Part::Timestamp)
    }

    pub(crate) fn has_url(&self) -> bool {
        self.parts.iter().any(|p| matches!(p, Part::Url | Part::HubspotUrl))
    }

    /// Whether the body is signed by its fields only.
    pub(crate) fn has_form(&self) -> bool {
        self.parts.contains(&Part::Form)
    }

    /// The bytes that were signed.
    pub(crate) fn fill(
        &self,
        signature: &Signature,
        request: &Request<'_>,
        body: Body<'_>,
    ) -> Result<Vec<u8>, Refused> {
        let signed_body = match signature.body {
            SignedBody::Sent => body.sent,
            SignedBody::Unpacked => body.unpacked,
        };
        let mut filled = Vec::with_capacity(signed_body.len() + 256);
        for part in &self.parts {
            match part {
                Part::Text(text) => filled.extend_from_slice(text.as_bytes()),
                Part::Method => filled.extend_from_slice(request.method.as_bytes()),
                Part::Url => filled.extend_from_slice(url(request)?.as_bytes()),
                Part::HubspotUrl => filled.extend_from_slice(hubspot_url(url(request)?).as_bytes()),
                Part::Body => filled.extend_from_slice(signed_body),
                Part::Form => form(request.headers, signed_body, &mut filled),
                Part::Timestamp => {
                    // Its declaration was checked together with the template.
                    let timestamp = signature.timestamp.as_ref();
                    let text = timestamp.map(|t| t.at.value(request)).transpose()?;
                    filled.extend_from_slice(text.unwrap_or_default().as_bytes());
                }
                Part::Header(name) => filled.extend_from_slice(header(request, name)?),
                Part::Json(pointer) => {
                    let missing = || Refused::Missing {
                        what: format!("the field '{pointer}' of the body"),
                    };
                    let text = json_field::scalar(body.unpacked, pointer).ok_or_else(missing)?;
                    filled.extend_from_slice(text.as_bytes());
                }
            }
        }
        Ok(filled)
    }
}

impl Part {
    fn read(name: &str) -> Option<Self> {
        Some(match name {
            "method" => Self::Method,
            "url" => Self::Url,
            "hubspot-url" => Self::HubspotUrl,
            "body" => Self::Body,
            "form" => Self::Form,
            "timestamp" => Self::Timestamp,
            _ => match name.split_once(':')? {
                ("header", header) => Self::Header(HeaderName::try_from(header).ok()?),
                ("json", pointer) if pointer.starts_with('/') => Self::Json(pointer.to_owned()),
                _ => return None,
            },
        })
    }
}

fn url<'a>(request: &Request<'a>) -> Result<&'a str, Refused> {
    request.url.ok_or(Refused::NoPublicUrl)
}

fn header<'a>(request: &Request<'a>, name: &HeaderName) -> Result<&'a [u8], Refused> {
    let what = || format!("the header '{name}'");
    let mut all = request.headers.get_all(name).iter();
    match (all.next(), all.next()) {
        (Some(value), None) => Ok(value.as_bytes()),
        (None, _) => Err(Refused::Missing { what: what() }),
        (Some(_), Some(_)) => Err(Refused::Malformed {
            what: what(),
            why: "is there more than once",
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_text_and_parts_of_the_request() {
        let template = Template::read("v0:{timestamp}:{header:Webhook-Id}.{json:/a/b}{body}!").unwrap();
        assert_eq!(
            template.parts,
            [
                Part::Text("v0:".into()),
                Part::Timestamp,
                Part::Text(":".into()),
                Part::Header(HeaderName::from_static("webhook-id")),
                Part::Text(".".into()),
                Part::Json("/a/b".into()),
                Part::Body,
                Part::Text("!".into()),
            ]
        );
    }

    #[test]
    fn what_is_no_template_is_refused_with_the_reason() {
        for (template, why) in [
            ("{body", "a brace is not closed"),
            ("body}", "a brace is closed that was not opened"),
            ("{body}}", "a brace is closed that was not opened"),
            ("{boby}", "{boby} is no part of a request"),
            ("{header:}", "{header:} is no part of a request"),
            ("{json:a}", "{json:a} is no part of a request"),
            ("constant", "nothing of the request is in it"),
            ("", "nothing of the request is in it"),
        ] {
            let error = Template::read(template).unwrap_err();
            let BadScheme::Template { why: given, .. } = error else {
                panic!("{template}: {error}");
            };
            assert_eq!(given, why, "{template}");
        }
    }
}
