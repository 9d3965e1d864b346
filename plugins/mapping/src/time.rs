//! When it happened.

use std::borrow::Cow;
use std::fmt;

use hearken_sdk::Instant;
use hearken_sdk::json;
use jiff::civil;
use jiff::fmt::strtime;
use jiff::tz::TimeZone;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

use crate::record::Reading;

/// A column's name, or a table that says more.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Time(pub(crate) Table);

/// What more there is to be said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(crate) struct Table {
    /// The column where it stands.
    pub(crate) column: Option<String>,
    /// The time itself, where the file has none, such as `2026-11-22` or
    /// `2026-11-22T08:00:00Z`.
    pub(crate) constant: Option<String>,
    /// How it is written, such as `%d.%m.%Y %H:%M` (strftime), `unix` (seconds since 1970)
    /// or `unix-ms`; the first that fits. Default: as RFC 3339 or ISO 8601 say.
    pub(crate) formats: Vec<String>,
    /// The zone of times that name none, such as `Europe/Berlin`. Default: UTC.
    pub(crate) zone: Option<String>,
    /// What stands for it where a row gives none. Without it such a row is refused.
    pub(crate) default: Option<String>,
}

/// A time that is ready to be read.
#[derive(Clone, Debug)]
pub(crate) struct Clock {
    column: Option<String>,
    formats: Vec<String>,
    zone: TimeZone,
    default: Option<Instant>,
}

impl Time {
    pub(crate) fn column(&self) -> Option<&str> {
        self.0.column.as_deref()
    }

    /// Makes it ready; what is wrong with it, by key.
    pub(crate) fn clock(&self) -> Result<Clock, (&'static str, String)> {
        let Table {
            column,
            constant,
            formats,
            zone,
            default,
        } = &self.0;
        let zone = match zone {
            Some(name) => TimeZone::get(name).map_err(|_| ("zone", no_zone(name)))?,
            None => TimeZone::UTC,
        };
        for format in formats {
            usable(format).map_err(|why| ("formats", why))?;
        }
        let (key, fixed) = match (column, constant) {
            (Some(_), None) => ("default", default),
            (None, Some(_)) => ("constant", constant),
            _ => return Err(("", "a time is either a `column` or a `constant`".to_owned())),
        };
        let mut clock = Clock {
            column: column.clone(),
            formats: Vec::new(),
            zone,
            default: None,
        };
        if let Some(fixed) = fixed {
            clock.default = Some(clock.read(fixed).map_err(|why| (key, why))?);
        }
        clock.formats.clone_from(formats);
        Ok(clock)
    }
}

impl Clock {
    /// When a row happened.
    pub(crate) fn of(&self, row: &Reading<'_>) -> Result<Instant, String> {
        let given = self
            .column
            .as_deref()
            .and_then(|column| Some((column, row.given(column)?)));
        match (given, self.default) {
            (Some((column, cell)), _) => self
                .read(&cell.text())
                .map_err(|why| format!("column '{column}': {why}")),
            (None, Some(at)) => Ok(at),
            (None, None) => Err(format!(
                "column '{}' is empty, so it is not known when it happened; `time.default` would stand for it",
                self.column.as_deref().unwrap_or_default()
            )),
        }
    }

    fn read(&self, text: &str) -> Result<Instant, String> {
        let read = if self.formats.is_empty() {
            self.iso(text)
        } else {
            self.formats.iter().find_map(|format| self.formatted(format, text))
        };
        read.ok_or_else(|| {
            if self.formats.is_empty() {
                format!("'{text}' is no time such as 2026-11-22T08:00:00Z; `time.formats` says how others are written")
            } else {
                format!("'{text}' is no time since 1970 as `time.formats` says")
            }
        })
    }

    fn iso(&self, text: &str) -> Option<Instant> {
        if let Some(at) = Instant::parse(text) {
            return Some(at);
        }
        let at: civil::DateTime = text.parse().ok()?;
        self.zoned(at)
    }

    fn formatted(&self, format: &str, text: &str) -> Option<Instant> {
        let since_1970 = |divisor: f64| Instant::from_secs(text.parse::<f64>().ok()? / divisor);
        match format {
            "unix" => return since_1970(1.0),
            "unix-ms" => return since_1970(1000.0),
            _ => {}
        }
        let parts = strtime::parse(format, text).ok()?;
        if parts.offset().is_some() || parts.timestamp().is_some() {
            return instant(parts.to_timestamp().ok()?);
        }
        let date = parts.to_date().ok()?;
        // A date alone is its beginning.
        let time = parts.to_time().unwrap_or(civil::Time::midnight());
        self.zoned(date.to_datetime(time))
    }

    fn zoned(&self, at: civil::DateTime) -> Option<Instant> {
        instant(self.zone.to_timestamp(at).ok()?)
    }
}

fn instant(at: jiff::Timestamp) -> Option<Instant> {
    u64::try_from(at.as_millisecond()).ok().map(Instant::from_millis)
}

fn no_zone(name: &str) -> String {
    format!("there is no time zone '{name}'; they are called like Europe/Berlin")
}

/// Whether a format can be written, and so be read, at all.
fn usable(format: &str) -> Result<(), String> {
    if matches!(format, "unix" | "unix-ms") {
        return Ok(());
    }
    let some = civil::date(2026, 11, 22).at(8, 0, 0, 0).to_zoned(TimeZone::UTC);
    let written = some.ok().and_then(|some| strtime::format(format, &some).ok());
    let read = written.and_then(|text| strtime::parse(format, text).ok()?.to_date().ok());
    match read {
        Some(_) => Ok(()),
        None => Err(format!(
            "'{format}' is no format of a time: write %Y, %m, %d, %H, %M, %S, %z and the like, or unix, or unix-ms"
        )),
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Time;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a column's name, or a table such as { constant = \"2026-11-22\" }")
    }

    fn visit_str<E: Error>(self, column: &str) -> Result<Time, E> {
        Ok(Time(Table {
            column: Some(column.to_owned()),
            ..Table::default()
        }))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Time, A::Error> {
        Table::deserialize(MapAccessDeserializer::new(map)).map(Time)
    }
}

impl JsonSchema for Time {
    fn schema_name() -> Cow<'static, str> {
        "Time".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = Table::json_schema(generator);
        schema.insert("type".into(), json::json!(["string", "object"]));
        schema.insert(
            "description".into(),
            "A column's name, or a table that says more.".into(),
        );
        schema
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock(table: json::Value) -> Clock {
        let time: Time = serde_json::from_value(table).unwrap();
        time.clock().unwrap()
    }

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    #[test]
    fn times_are_read_in_their_zone_also_when_the_clocks_change() {
        let berlin =
            clock(json::json!({ "column": "at", "zone": "Europe/Berlin", "formats": ["%d.%m.%Y %H:%M", "%d.%m.%Y"] }));
        for (text, expected) in [
            ("01.07.2025 12:00", "2025-07-01T10:00:00Z"),
            ("01.12.2025 12:00", "2025-12-01T11:00:00Z"),
            ("01.07.2025", "2025-06-30T22:00:00Z"),
            // An hour that there was not, and one that there was twice.
            ("30.03.2025 02:30", "2025-03-30T01:30:00Z"),
            ("26.10.2025 02:30", "2025-10-26T00:30:00Z"),
        ] {
            assert_eq!(berlin.read(text), Ok(at(expected)), "{text}");
        }
        assert!(berlin.read("2025-07-01").is_err());
    }

    #[test]
    fn without_formats_times_are_as_standards_say() {
        let clock = clock(json::json!("at"));
        for text in ["2025-07-01T12:00:00Z", "2025-07-01 12:00", "2025-07-01T14:00:00+02:00"] {
            assert_eq!(clock.read(text), Ok(at("2025-07-01T12:00:00Z")), "{text}");
        }
        assert_eq!(clock.read("2025-07-01"), Ok(at("2025-07-01T00:00:00Z")));
        for text in ["soon", "01.07.2025", "1751371200", "1950-01-01"] {
            assert!(clock.read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn offsets_and_seconds_since_1970_need_no_zone() {
        let clock = clock(json::json!({ "column": "at", "formats": ["unix", "%Y/%m/%d %H:%M %z"] }));
        assert_eq!(clock.read("1751371200"), Ok(at("2025-07-01T12:00:00Z")));
        assert_eq!(clock.read("2025/07/01 14:00 +0200"), Ok(at("2025-07-01T12:00:00Z")));
    }

    #[test]
    fn what_cannot_be_meant_is_told_by_its_key() {
        for (table, key) in [
            (json::json!({ "column": "at", "zone": "Berlin" }), "zone"),
            (json::json!({ "column": "at", "formats": ["%Q"] }), "formats"),
            (json::json!({ "column": "at", "formats": ["dd.mm.yyyy"] }), "formats"),
            (json::json!({ "constant": "yesterday" }), "constant"),
            (json::json!({ "column": "at", "default": "1.1." }), "default"),
            (json::json!({}), ""),
            (json::json!({ "column": "at", "constant": "2025-01-01" }), ""),
        ] {
            let time: Time = serde_json::from_value(table.clone()).unwrap();
            assert_eq!(time.clock().unwrap_err().0, key, "{table}");
        }
    }
}
