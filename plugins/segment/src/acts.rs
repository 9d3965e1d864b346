//! What people do besides looking at pages: searches, forms, downloads, the product,
//! consent.

use hearken_sdk::json::Value;
use hearken_sdk::kinds::{
    Ask, ConsentGranted, ConsentPending, ConsentWithdrawn, FileDownloaded, FormAbandoned, FormStarted, FormSubmitted,
    ProductUsed, SearchPerformed,
};

use crate::fields::{Fields, first_number, first_text};

const FORM: [&str; 7] = ["form", "form_name", "formName", "form_id", "formId", "name", "id"];

/// A search; nothing where the event does not say what for.
pub(crate) fn search(properties: &Fields) -> Option<SearchPerformed> {
    let query = first_text(
        properties,
        &[
            "query",
            "search_query",
            "search_term",
            "searchTerm",
            "term",
            "search",
            "q",
        ],
    )?;
    let results = count(
        properties,
        &[
            "results",
            "results_count",
            "resultsCount",
            "result_count",
            "total_results",
        ],
    );
    Some(SearchPerformed { query, results })
}

/// A form's first field was filled in.
pub(crate) fn form_started(properties: &Fields) -> FormStarted {
    FormStarted { form: form(properties) }
}

/// A form was sent. What it asks says the event's name, a property, or the form's name.
pub(crate) fn form_submitted(properties: &Fields, asks: Option<Ask>) -> FormSubmitted {
    let form = form(properties);
    let asks = asks
        .or_else(|| asked(&first_text(properties, &["asks", "form_type", "formType"]).unwrap_or_default()))
        .or_else(|| asked(&form));
    FormSubmitted {
        asks,
        fields: field_names(properties.get("fields")),
        corrections: corrections(properties),
        form,
    }
}

/// A form was left.
pub(crate) fn form_abandoned(properties: &Fields) -> FormAbandoned {
    FormAbandoned {
        form: form(properties),
        last_field: first_text(properties, &["last_field", "lastField", "field"]).unwrap_or_default(),
        corrections: corrections(properties),
    }
}

/// A file was fetched.
pub(crate) fn file_downloaded(properties: &Fields) -> FileDownloaded {
    FileDownloaded {
        url: first_text(properties, &["url", "file_url", "link_url", "href"]).unwrap_or_default(),
        name: first_text(properties, &["name", "file_name", "fileName", "title", "document"]).unwrap_or_default(),
    }
}

/// Something was done with the product.
pub(crate) fn product_used(event: &str, properties: &Fields) -> ProductUsed {
    ProductUsed {
        action: event.to_owned(),
        feature: first_text(properties, &["feature", "feature_name", "featureName"]).unwrap_or_default(),
        count: count(properties, &["count"]),
        details: properties.clone(),
    }
}

/// Something was allowed; why not, where it does not say what.
pub(crate) fn consent_granted(properties: &Fields) -> Result<ConsentGranted, String> {
    let [brand, purpose, channel, basis, proof] = consent(properties)?;
    Ok(ConsentGranted {
        brand,
        purpose,
        channel,
        basis,
        proof,
    })
}

/// Somebody was asked to confirm and has not yet; why not, where it does not say what.
pub(crate) fn consent_pending(properties: &Fields) -> Result<ConsentPending, String> {
    let [brand, purpose, channel, basis, proof] = consent(properties)?;
    Ok(ConsentPending {
        brand,
        purpose,
        channel,
        basis,
        proof,
    })
}

/// Something that was allowed was taken back; why not, where it does not say what.
pub(crate) fn consent_withdrawn(properties: &Fields) -> Result<ConsentWithdrawn, String> {
    let [brand, purpose, channel, basis, proof] = consent(properties)?;
    Ok(ConsentWithdrawn {
        brand,
        purpose,
        channel,
        basis,
        proof,
    })
}

/// Brand, purpose, channel, basis, proof. A purpose is never assumed: it is what a person
/// said yes to.
fn consent(properties: &Fields) -> Result<[String; 5], String> {
    let said = |name: &str| first_text(properties, &[name]);
    let purpose = said("purpose").ok_or("a consent has a property `purpose`, such as `marketing`")?;
    let or_any = |name| said(name).unwrap_or_else(|| "*".to_owned());
    let or_none = |name| said(name).unwrap_or_default();
    Ok([
        or_any("brand"),
        purpose,
        or_any("channel"),
        or_none("basis"),
        or_none("proof"),
    ])
}

fn form(properties: &Fields) -> String {
    first_text(properties, &FORM).unwrap_or_default()
}

/// What the words of a form's name or type ask for.
fn asked(words: &str) -> Option<Ask> {
    let has = |any: &[&str]| crate::events::normal(words).split(' ').any(|word| any.contains(&word));
    if has(&["demo", "trial"]) {
        Some(Ask::Demo)
    } else if has(&["quote", "offer", "quotation"]) {
        Some(Ask::Quote)
    } else if has(&["contact", "callback"]) {
        Some(Ask::Contact)
    } else if has(&["download", "whitepaper", "ebook", "brochure"]) {
        Some(Ask::Download)
    } else {
        None
    }
}

/// Names of fields, never what was written into them: an object's keys, a list's texts, and
/// the names of a list's objects.
fn field_names(fields: Option<&Value>) -> Vec<String> {
    match fields {
        Some(Value::Object(fields)) => fields.keys().cloned().collect(),
        Some(Value::Array(fields)) => fields
            .iter()
            .filter_map(|field| match field {
                Value::String(name) => Some(name.clone()),
                Value::Object(field) => first_text(field, &["name", "id"]),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}

fn corrections(properties: &Fields) -> Option<u32> {
    const NAMES: [&str; 5] = [
        "corrections",
        "corrections_count",
        "correctionsCount",
        "field_corrections",
        "fieldCorrections",
    ];
    count(properties, &NAMES).and_then(|count| u32::try_from(count).ok())
}

/// A whole number that is not negative.
fn count(properties: &Fields, names: &[&str]) -> Option<u64> {
    /// Above this, floating point numbers leave whole numbers out.
    const MOST: f64 = 9_007_199_254_740_992.0;
    first_number(properties, names)
        .filter(|it| it.fract() == 0.0 && (0.0..=MOST).contains(it))
        .map(|it| it as u64)
}

#[cfg(test)]
mod tests {
    use hearken_sdk::json::json;

    use super::*;

    fn fields(value: Value) -> Fields {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn a_search_without_words_is_none() {
        assert_eq!(search(&fields(json!({"filter": "price"}))), None);
        let found = search(&fields(json!({"query": " roi ", "results": "0"})));
        assert_eq!(
            found,
            Some(SearchPerformed {
                query: "roi".to_owned(),
                results: Some(0)
            })
        );
    }

    #[test]
    fn a_form_keeps_the_names_of_its_fields_and_never_their_values() {
        for written in [
            json!({"email": "ada@example.com", "message": "call me"}),
            json!(["email", "message"]),
            json!([{"name": "email", "value": "ada@example.com"}, {"id": "message", "value": "call me"}]),
        ] {
            let form = form_submitted(&fields(json!({"form": "f", "fields": written})), None);
            assert_eq!(form.fields, ["email", "message"]);
        }
    }

    #[test]
    fn corrections_of_a_form_are_counted_under_any_of_their_names() {
        for name in ["corrections", "corrections_count", "fieldCorrections"] {
            let properties = fields(json!({"form": "contact", (name): "2"}));
            assert_eq!(form_abandoned(&properties).corrections, Some(2), "{name}");
            assert_eq!(form_submitted(&properties, None).corrections, Some(2), "{name}");
        }
    }

    #[test]
    fn what_a_form_asks_is_read_from_the_event_then_a_property_then_its_name() {
        let asks = |properties: Value, by_event| form_submitted(&fields(properties), by_event).asks;
        assert_eq!(
            asks(json!({"form": "contact", "asks": "quote"}), Some(Ask::Demo)),
            Some(Ask::Demo)
        );
        assert_eq!(
            asks(json!({"form": "contact", "asks": "quote"}), None),
            Some(Ask::Quote)
        );
        assert_eq!(asks(json!({"form_name": "Contact us"}), None), Some(Ask::Contact));
        assert_eq!(asks(json!({"form": "newsletter"}), None), None);
    }

    #[test]
    fn a_consent_says_what_it_is_for() {
        assert!(consent_granted(&fields(json!({"channel": "email"}))).is_err());
        let granted = consent_granted(&fields(
            json!({"purpose": "marketing", "channel": "email", "proof": "form 7"}),
        ));
        let expected = ConsentGranted {
            purpose: "marketing".to_owned(),
            channel: "email".to_owned(),
            proof: "form 7".to_owned(),
            ..ConsentGranted::default()
        };
        assert_eq!(granted, Ok(expected));
    }

    #[test]
    fn counts_are_whole_and_not_negative() {
        for wrong in [json!(-1), json!(1.5), json!(1e300), json!("many")] {
            assert_eq!(product_used("e", &fields(json!({"count": wrong}))).count, None);
        }
        assert_eq!(product_used("e", &fields(json!({"count": 3}))).count, Some(3));
    }
}
