use hearken_sdk::json::{Value, json};

use super::*;

fn names(identities: Vec<Identity>) -> Vec<String> {
    identities
        .into_iter()
        .map(|it| format!("{}={}", it.scheme, it.value))
        .collect()
}

fn fields(value: Value) -> Fields {
    value.as_object().unwrap().clone()
}

#[test]
fn a_message_names_its_user_and_its_device() {
    let message = fields(json!({"userId": 532, "anonymousId": "a-1"}));
    assert_eq!(names(of_message(&message)), ["user=532", "anonymous=a-1"]);
    assert!(of_message(&fields(json!({"userId": null, "anonymousId": ""}))).is_empty());
}

#[test]
fn a_user_id_that_is_an_address_is_one_as_well() {
    let message = fields(json!({"userId": "ada@example.com"}));
    assert_eq!(
        names(of_message(&message)),
        ["email=ada@example.com", "user=ada@example.com"]
    );
    for no_address in [
        "ada@",
        "@example.com",
        "ada@example",
        "a b@example.com",
        "ada@exa mple.com",
        "a@b@c.example",
    ] {
        let message = fields(json!({"userId": no_address}));
        assert_eq!(names(of_message(&message)), [format!("user={no_address}")]);
    }
}

#[test]
fn what_programs_write_for_nobody_names_nobody() {
    for nobody in [
        "undefined",
        "NULL",
        "[object Object]",
        "0",
        "00000000-0000-0000-0000-000000000000",
        "a\u{0}b",
    ] {
        assert!(of_message(&fields(json!({"userId": nobody}))).is_empty(), "{nobody}");
    }
    assert!(of_message(&fields(json!({"userId": "x".repeat(513)}))).is_empty());
}

#[test]
fn an_identify_adds_the_address_and_the_phone_only_if_told() {
    let message = fields(json!({"userId": "u-1", "anonymousId": "a-1"}));
    let traits = fields(json!({"email": "Ada@example.com", "phone": "+49 30 1234567"}));
    let found = names(of_identify(&message, &traits, ByPhone::No));
    assert_eq!(found, ["user=u-1", "anonymous=a-1", "email=Ada@example.com"]);
    assert_eq!(of_identify(&message, &traits, ByPhone::Yes).len(), 4);
    let traits = fields(json!({"email": "not an address"}));
    assert_eq!(of_identify(&message, &traits, ByPhone::No).len(), 2);
}

#[test]
fn an_alias_tells_a_device_from_a_user_by_what_is_there() {
    let uuid = "2c5b078b-6fdb-49db-ba94-7aa818d4b6ea";
    let alias = |message: Value, otherwise| names(of_alias(&fields(message), otherwise));
    let from_a_server = |previous: &str| json!({"userId": "u-1", "previousId": previous});
    assert_eq!(
        alias(from_a_server("a-0"), PreviousId::Anonymous),
        ["user=u-1", "anonymous=a-0"]
    );
    assert_eq!(alias(from_a_server("u-0"), PreviousId::User), ["user=u-1", "user=u-0"]);
    assert_eq!(
        alias(from_a_server(uuid), PreviousId::User),
        ["user=u-1", &format!("anonymous={uuid}")]
    );
    assert_eq!(
        alias(from_a_server("ada@example.com"), PreviousId::Anonymous),
        ["user=u-1", "email=ada@example.com", "user=ada@example.com"]
    );
    let from_a_browser = json!({"userId": "u-2", "previousId": "u-1", "anonymousId": uuid});
    let found = alias(from_a_browser, PreviousId::Anonymous);
    assert_eq!(found, ["user=u-2", &format!("anonymous={uuid}"), "user=u-1"]);
    let of_itself = json!({"userId": "u-1", "previousId": "u-1", "anonymousId": "a-1"});
    assert_eq!(alias(of_itself, PreviousId::Anonymous), ["user=u-1", "anonymous=a-1"]);
}

#[test]
fn a_company_is_known_by_its_domain_then_its_name_then_its_group() {
    let company = |traits: Value| {
        let identity = company_of_group("g-7", &fields(traits));
        format!("{}={}", identity.scheme, identity.value)
    };
    assert_eq!(
        company(json!({"name": "Acme", "website": "https://www.Acme.example:443/about"})),
        "domain=acme.example"
    );
    assert_eq!(company(json!({"name": "Acme", "website": "soon"})), "name=Acme");
    assert_eq!(company(json!({})), "segment:group=g-7");
    assert_eq!(
        company_of_group("acme.example", &Fields::new()),
        Identity::new("domain", "acme.example")
    );
}

#[test]
fn the_company_in_traits_is_a_name_or_an_object() {
    assert_eq!(
        company_traits(&fields(json!({"company": "Acme"}))),
        Some(fields(json!({"name": "Acme"})))
    );
    let object = json!({"company": {"name": "Acme", "employees": 80}});
    assert_eq!(
        company_traits(&fields(object)),
        Some(fields(json!({"name": "Acme", "employees": 80})))
    );
    assert_eq!(company_traits(&fields(json!({"company": null}))), None);
}
