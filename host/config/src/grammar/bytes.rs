//! Sizes: `512B`, `64KiB`, `64MiB`, `1GiB`; `kB`, `MB` and `GB` are powers of ten.

use super::{GrammarError, number};

/// Units and their bytes; the binary ones in front, the largest first, to show with.
const UNITS: [(&str, u64); 7] = [
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("B", 1),
    ("kB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
];

/// Reads a size, in bytes.
///
/// # Errors
/// [`GrammarError::Bytes`] where the text is anything else, or more than 2⁶⁴ − 1 bytes.
pub fn bytes(text: &str) -> Result<u64, GrammarError> {
    let wrong = |help: String| GrammarError::Bytes {
        text: text.into(),
        help,
    };
    let (count, unit) = number(text.trim())
        .ok_or_else(|| wrong("write a whole number and a unit, such as \"64MiB\" or \"512KiB\"".into()))?;
    let unit = unit.trim();
    let (_, size) = UNITS
        .iter()
        .find(|(name, _)| *name == unit)
        .ok_or_else(|| wrong(unknown_unit(count, unit)))?;
    count
        .checked_mul(*size)
        .ok_or_else(|| wrong("it is too large; write a smaller one, such as \"1GiB\"".into()))
}

/// Writes a size as [`bytes`] reads it, in the largest binary unit that divides it.
#[must_use]
pub fn bytes_text(bytes: u64) -> String {
    let (unit, size) = UNITS
        .iter()
        .take(4)
        .find(|(_, size)| bytes.is_multiple_of(*size))
        .unwrap_or(&("B", 1));
    if bytes == 0 {
        "0B".into()
    } else {
        format!("{}{unit}", bytes / size)
    }
}

fn unknown_unit(count: u64, unit: &str) -> String {
    let right = UNITS.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit));
    match (unit, right) {
        ("", _) => format!("add a unit, such as \"{count}B\" or \"{count}MiB\""),
        (_, Some((name, _))) => format!("write \"{count}{name}\""),
        _ => "the units are B, KiB, MiB, GiB, kB, MB and GB, such as \"64MiB\"".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::{bytes, bytes_text};

    #[test]
    fn sizes_are_whole_numbers_with_units() {
        for (text, size) in [
            ("0B", 0),
            ("512B", 512),
            ("64KiB", 65_536),
            ("64 MiB", 67_108_864),
            ("1GiB", 1 << 30),
            ("2MB", 2_000_000),
        ] {
            assert_eq!(bytes(text), Ok(size), "{text}");
            assert_eq!(bytes(&bytes_text(size)), Ok(size), "{text}");
        }
        assert_eq!(bytes_text(67_108_864), "64MiB");
        assert_eq!(bytes_text(1_000), "1000B");
    }

    #[test]
    fn what_is_no_size_is_told_what_would_be_right() {
        for (text, help) in [
            ("", "\"64MiB\""),
            ("-1B", "\"64MiB\""),
            ("64", "\"64MiB\""),
            ("64mib", "\"64MiB\""),
            ("64M", "the units are"),
            ("99999999999999GiB", "too large"),
        ] {
            let error = bytes(text).expect_err(text);
            assert!(error.help().contains(help), "{text}: {}", error.help());
        }
    }
}
