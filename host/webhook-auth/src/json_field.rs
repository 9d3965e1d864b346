//! One text in a JSON document, found by its pointer (RFC 6901) without building the
//! document: a body of a megabyte costs no more memory than its key.

use std::{fmt, ops::Range};

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// The text at `pointer`; none where the body is no JSON or there is no text.
#[must_use]
pub fn text(body: &[u8], pointer: &str) -> Option<String> {
    serde_json::from_slice(body.get(place(body, pointer)?)?).ok()
}

/// The text at `pointer`, or the number as it is written.
#[must_use]
pub fn scalar(body: &[u8], pointer: &str) -> Option<String> {
    let raw = body.get(place(body, pointer)?)?;
    match raw.first()? {
        b'"' => serde_json::from_slice(raw).ok(),
        b'-' | b'0'..=b'9' => std::str::from_utf8(raw).ok().map(str::to_owned),
        _ => None,
    }
}

/// The bytes of the value at `pointer`. Of several of a name the last counts, as most parsers
/// have it, plugins' included.
#[must_use]
pub fn place(body: &[u8], pointer: &str) -> Option<Range<usize>> {
    places(body, pointer, Which::Last).pop()
}

/// Overwrites each text at `pointer` with asterisks, so that a plugin never sees it: also the
/// ones that do not count because another of the same name follows.
pub fn blank(body: &mut [u8], pointer: &str) {
    for place in places(body, pointer, Which::Every) {
        if let Some([b'"', inner @ .., b'"']) = body.get_mut(place) {
            inner.fill(b'*');
        }
    }
}

fn places(body: &[u8], pointer: &str, which: Which) -> Vec<Range<usize>> {
    let Some(pointer) = pointer.strip_prefix('/') else {
        return Vec::new();
    };
    let tokens: Vec<String> = pointer
        .split('/')
        .map(|t| t.replace("~1", "/").replace("~0", "~"))
        .collect();
    let mut document = serde_json::Deserializer::from_slice(body);
    let walk = Walk { tokens: &tokens, which };
    let found = walk.deserialize(&mut document).unwrap_or_default();
    // The raw values borrow from the body, so where they begin says where they are.
    let range = |raw: &RawValue| {
        let start = (raw.get().as_ptr() as usize).checked_sub(body.as_ptr() as usize)?;
        Some(start..start + raw.get().len())
    };
    found.into_iter().filter_map(range).collect()
}

/// Which of several of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Which {
    Last,
    Every,
}

/// Goes down along the tokens that are left.
struct Walk<'t> {
    tokens: &'t [String],
    which: Which,
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = Vec<&'de RawValue>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        if self.tokens.is_empty() {
            <&RawValue as serde::Deserialize>::deserialize(deserializer).map(|raw| vec![raw])
        } else {
            deserializer.deserialize_any(self)
        }
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = Vec<&'de RawValue>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or an array")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let Some((wanted, rest)) = self.tokens.split_first() else {
            return Ok(Vec::new());
        };
        let mut found = Vec::new();
        while let Some(name) = map.next_key::<String>()? {
            if &name == wanted {
                let below = map.next_value_seed(Walk {
                    tokens: rest,
                    which: self.which,
                })?;
                if self.which == Which::Last {
                    found.clear();
                }
                found.extend(below);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let Some((wanted, rest)) = self.tokens.split_first() else {
            return Ok(Vec::new());
        };
        let wanted: Option<usize> = wanted.parse().ok();
        let mut found = Vec::new();
        for place in 0.. {
            if Some(place) == wanted {
                let walk = Walk {
                    tokens: rest,
                    which: self.which,
                };
                match list.next_element_seed(walk)? {
                    Some(value) => found = value,
                    None => break,
                }
            } else if list.next_element::<IgnoredAny>()?.is_none() {
                break;
            }
        }
        Ok(found)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use super::{blank, scalar, text};

    #[test]
    fn a_text_is_found_at_any_depth() {
        let body = br#"{"a":[1,{"b/c":"key"}],"d":{"deep":[[[[]]]]}}"#;
        assert_eq!(text(body, "/a/1/b~1c").as_deref(), Some("key"));
        assert_eq!(text(body, "/a/0"), None, "a number is no text");
        assert_eq!(text(body, "/a/7"), None);
        assert_eq!(text(body, "/d/deep/x"), None);
        assert_eq!(text(body, "d"), None, "a pointer begins with a slash");
    }

    #[test]
    fn a_number_counts_as_it_is_written_where_it_may() {
        let body = br#"{"at":1529006854,"text":"7","is":true,"list":[1]}"#;
        assert_eq!(scalar(body, "/at").as_deref(), Some("1529006854"));
        assert_eq!(scalar(body, "/text").as_deref(), Some("7"));
        assert_eq!(scalar(body, "/is"), None);
        assert_eq!(scalar(body, "/list"), None);
    }

    #[test]
    fn what_is_no_json_has_no_fields() {
        for body in [
            &b"{\"a\":\"b\""[..],
            b"",
            b"\xff\xfe",
            b"{\"a\":\"b\"",
            &[b'['; 100_000],
        ] {
            assert_eq!(text(body, "/a"), None);
        }
    }

    #[test]
    fn a_secret_is_blanked_in_place() {
        let mut body = br#"{ "token": "s\"cret", "text": "s\"cret" }"#.to_vec();
        blank(&mut body, "/token");
        assert_eq!(body, br#"{ "token": "*******", "text": "s\"cret" }"#);
        blank(&mut body, "/missing");
    }

    #[test]
    fn of_two_of_a_name_the_last_counts_and_neither_is_shown() {
        let mut body = br#"{"s":{"t":"one","t":"two"},"s":{"t":"three"},"u":"four"}"#.to_vec();
        assert_eq!(text(&body, "/s/t").as_deref(), Some("three"));
        blank(&mut body, "/s/t");
        assert_eq!(body, br#"{"s":{"t":"***","t":"***"},"s":{"t":"*****"},"u":"four"}"#);
        assert_eq!(text(br#"{"s":{"t":"one"},"s":{}}"#, "/s/t"), None);
    }
}
