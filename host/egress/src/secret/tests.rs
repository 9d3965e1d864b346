use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use proptest::prelude::*;

use super::*;
use crate::{Request, target::Target};

const VALUE: &str = "p/w+\"1 %41\\né?";

fn secrets(uses: &[(&str, &str, Use)]) -> Secrets {
    let specs = uses.iter().map(|(name, value, used)| SecretSpec {
        name: (*name).into(),
        value: (*value).into(),
        uses: [*used].into(),
    });
    let mut count = 0;
    Secrets::new(specs.collect(), [], || {
        count += 1;
        [count; 16]
    })
}

fn put(secrets: &Secrets, request: &Request, granted: &[&str]) -> Result<Filled, PutError> {
    let target = Target::read(&request.url).expect("a URL");
    secrets.put(request, &target, &granted.iter().copied().collect(), &Have::default())
}

fn get(url: String, headers: &[(&str, String)]) -> Request {
    Request {
        method: "GET".into(),
        url,
        headers: headers.iter().map(|(n, v)| ((*n).to_owned(), v.clone())).collect(),
        ..Request::default()
    }
}

fn here(headers: &[(&str, String)]) -> Request {
    get("https://example.com/".into(), headers)
}

#[test]
fn a_secret_is_put_into_the_place_it_is_for() {
    let all = secrets(&[
        ("h", "value-h", Use::Header),
        ("q", "a&b=c d", Use::Query),
        ("b", "x\"y", Use::Body),
        ("k", "user", Use::Basic),
    ]);
    let names = all.placeholders();
    let mut request = get(
        format!("https://example.com/?a=1&key={}&z", names["q"]),
        &[
            ("x-key", format!("Bearer {}", names["h"])),
            ("Authorization", format!("Basic {}", names["k"])),
            ("content-type", "application/json".into()),
        ],
    );
    request.body = Some(format!("{{\"k\":\"{}\"}}", names["b"]).into_bytes());
    let filled = put(&all, &request, &["h", "q", "b", "k"]).expect("granted");
    assert_eq!(filled.url.query(), Some("a=1&key=a%26b%3Dc%20d&z"));
    assert_eq!(filled.headers[0], ("x-key".into(), "Bearer value-h".into(), true));
    assert_eq!(
        filled.headers[1].1,
        format!("Basic {}", BASE64_STANDARD.encode("user:"))
    );
    assert_eq!(filled.body.as_deref(), Some(b"{\"k\":\"x\\\"y\"}".as_slice()));
    assert_eq!(filled.used.len(), 4);
}

#[test]
fn a_placeholder_anywhere_else_is_denied() {
    let all = secrets(&[
        ("h", "value-h", Use::Header),
        ("q", "value-q", Use::Query),
        ("m", "value-m", Use::Hmac),
        ("k", "u:p", Use::Basic),
    ]);
    let names = all.placeholders();
    let (h, q, m, k) = (&names["h"], &names["q"], &names["m"], &names["k"]);
    let body = Request {
        body: Some(h.clone().into_bytes()),
        ..here(&[])
    };
    for (what, request) in [
        (
            "a header's in the query",
            get(format!("https://example.com/?a={h}"), &[]),
        ),
        ("a query's in a header", here(&[("a", q.clone())])),
        ("in the path", get(format!("https://example.com/{q}"), &[])),
        ("in the host", get(format!("https://{q}.example.com/"), &[])),
        ("in a parameter's name", get(format!("https://example.com/?{q}=1"), &[])),
        ("in a header's name", here(&[(h, "1".into())])),
        ("in the body", body),
        ("a digest's key", here(&[("a", m.clone())])),
        ("basic elsewhere", here(&[("x-basic", format!("Basic {k}"))])),
        ("basic with more", here(&[("authorization", format!("Basic {k}x"))])),
    ] {
        assert!(put(&all, &request, &["h", "q", "m", "k"]).is_err(), "{what}");
    }
    assert!(
        put(&all, &here(&[("a", h.clone())]), &["q"]).is_err(),
        "to a host it is not granted for"
    );
}

#[test]
fn credentials_of_the_guests_own_do_not_pass_where_a_secret_is_granted() {
    let all = secrets(&[("token", "value-h", Use::Header), ("m", "value-m", Use::Hmac)]);
    let own = here(&[("authorization", "Bearer of-a-stranger".into())]);
    assert!(put(&all, &own, &["token"]).is_err());
    assert!(put(&all, &own, &[]).is_ok(), "elsewhere they are the plugin's affair");
    assert!(put(&all, &own, &["m"]).is_ok(), "a signature is made by the guest");
    for url in [
        "https://example.com/?api_key=1",
        "https://example.com/?to%6ben=1",
        "https://example.com/?TOKEN=1",
    ] {
        assert!(put(&all, &get(url.into(), &[]), &["token"]).is_err(), "{url}");
    }
    let with = here(&[("authorization", format!("Bearer {}", all.placeholders()["token"]))]);
    assert!(put(&all, &with, &["token"]).is_ok());
}

#[test]
fn placeholders_differ_and_debug_shows_no_value() {
    let all = secrets(&[("a", "value-1", Use::Header), ("b", "value-2", Use::Header)]);
    assert_ne!(all.placeholders()["a"], all.placeholders()["b"]);
    assert_eq!(format!("{all:?}"), "[\"a\", \"b\"]");
}

#[test]
fn digests_are_made_with_the_value() {
    let all = secrets(&[("k", "key", Use::Hmac), ("h", "key", Use::Header)]);
    let names = all.placeholders();
    let data = b"The quick brown fox jumps over the lazy dog";
    let hex = |bytes: Vec<u8>| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
    let made = |algorithm| all.hmac(algorithm, &names["k"], data).map(hex);
    assert_eq!(
        made("sha256").unwrap(),
        "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8"
    );
    assert_eq!(made("sha1").unwrap(), "de7c9b85b8b78aa6bc8a7a36f70a90701c9db4d9");
    assert!(made("sha512").unwrap().starts_with("b42af09057bac1e2"));
    assert!(matches!(made("md5"), Err(DigestError::Algorithm(_))));
    assert_eq!(all.hmac("sha256", &names["h"], data), Err(DigestError::NotGranted));
    assert_eq!(all.hmac("sha256", "key", data), Err(DigestError::NotGranted));
}

#[test]
fn what_comes_back_is_masked_in_every_encoding() {
    let all = secrets(&[("h", VALUE, Use::Header)]);
    let json = serde_json::Value::from(VALUE).to_string();
    let unicode: String = VALUE.bytes().map(|b| format!("\\u00{b:02x}")).collect();
    let lower = utf8_percent_encode(VALUE, NON_ALPHANUMERIC).to_string().to_lowercase();
    let form: String = form_urlencoded::byte_serialize(VALUE.as_bytes()).collect();
    let hex: String = VALUE.bytes().map(|b| format!("{b:02X}")).collect();
    let mut echoes = vec![
        VALUE.to_owned(),
        json.clone(),
        json.replace('/', "\\/"),
        unicode,
        utf8_percent_encode(VALUE, NON_ALPHANUMERIC).to_string(),
        lower,
        form,
        hex,
    ];
    for before in ["", "a", "ab", "abc"] {
        let text = format!("{before}{VALUE}xyz");
        echoes.push(BASE64_STANDARD.encode(&text));
        echoes.push(BASE64_URL_SAFE_NO_PAD.encode(&text));
        echoes.push(BASE64_STANDARD.encode(&text).replace('/', "\\/"));
        let wrapped = BASE64_STANDARD.encode(&text);
        echoes.push(format!("{}\r\n{}", &wrapped[..9], &wrapped[9..]));
    }
    for echo in echoes {
        let shown = all.mask_text(format!("before {echo} after"));
        assert!(shown.contains("***"), "{echo} became {shown}");
        assert!(
            shown.starts_with("before ") && shown.ends_with(" after"),
            "{echo} became {shown}"
        );
    }
}

#[test]
fn the_password_of_a_basic_secret_is_masked_alone_too() {
    let all = secrets(&[("k", "ann:correct-horse", Use::Basic)]);
    assert_eq!(all.mask_text("it is correct-horse, ann".into()), "it is ***, ann");
}

proptest! {
    #[test]
    fn base64_never_keeps_more_than_a_few_bits(
        value in "[ -~]{8,40}", before in "[ -~]{0,5}", after in "[ -~]{0,5}"
    ) {
        let all = secrets(&[("h", &value, Use::Header)]);
        let shown = all.mask_text(BASE64_STANDARD.encode(format!("{before}{value}{after}")));
        prop_assert!(shown.contains("***"), "{}", shown);
    }

    #[test]
    fn text_without_the_secret_is_as_it_was(text in "[a-m%\\\\+/ ]{0,60}") {
        let all = secrets(&[("h", "nopqrstuvw", Use::Header)]);
        prop_assert_eq!(all.mask_text(text.clone()), text);
    }

    #[test]
    fn verbatim_is_masked_whatever_it_is(value in "[ -~]{6,20}", around in "[a-z]{0,5}") {
        let all = secrets(&[("h", &value, Use::Header)]);
        let shown = all.mask_text(format!("{around}{value}{around}"));
        prop_assert!(!shown.contains(&value), "{}", shown);
    }
}
