//! Numbers as people write them.

use hearken_sdk::json;

use crate::Decimal;

/// Reads a number with separators of thousands (`1,234.5`, `1.234,5`, `1 234.5`). Separators
/// count only where three digits follow each: `1,5` with a decimal point is a mistake, not
/// fifteen.
pub(crate) fn number(text: &str, decimal: Decimal) -> Result<json::Value, String> {
    let (point, thousands) = match decimal {
        Decimal::Point => ('.', ','),
        Decimal::Comma => (',', '.'),
    };
    let wrong = || format!("'{text}' is no number such as 1{thousands}234{point}5");
    let (whole, fraction) = match text.split_once(point) {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text, None),
    };
    let mut parts = whole.split([thousands, ' ', '\u{a0}', '\u{202f}', '\'']);
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        if part.len() != 3 || !part.bytes().all(|b| b.is_ascii_digit()) {
            return Err(wrong());
        }
        plain.push_str(part);
    }
    let Some(fraction) = fraction else {
        // Whole numbers stay whole, also beyond what a float can say.
        if let Ok(whole) = plain.parse::<i64>() {
            return Ok(whole.into());
        }
        return float(&plain).ok_or_else(wrong);
    };
    float(&format!("{plain}.{fraction}")).ok_or_else(wrong)
}

fn float(plain: &str) -> Option<json::Value> {
    let sound = plain.bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b));
    let number: f64 = sound.then(|| plain.parse().ok())??;
    Some(of(number)).filter(|value| !value.is_null())
}

/// A number as JSON writes it: whole where it is whole.
pub(crate) fn of(number: f64) -> json::Value {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if number.fract() == 0.0 && number.abs() <= EXACT {
        return (number as i64).into();
    }
    number.into()
}

#[cfg(test)]
mod tests {
    use hearken_sdk::json::json;

    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (text, value) in [
            ("142.44", json!(142.44)),
            ("1,234", json!(1234)),
            ("1,234,567.50", json!(1_234_567.5)),
            ("-3", json!(-3)),
            ("1 234", json!(1234)),
            ("0", json!(0)),
            ("1e3", json!(1000)),
        ] {
            assert_eq!(number(text, Decimal::Point), Ok(value), "{text}");
        }
        assert_eq!(number("1.234,5", Decimal::Comma), Ok(json!(1234.5)));
        assert_eq!(number("0,5", Decimal::Comma), Ok(json!(0.5)));
    }

    #[test]
    fn what_is_no_number_is_said_to_be_none() {
        for text in ["1,5", "12 EUR", "", "-", "1,23,456", "nan", "inf", "1.2.3", "０"] {
            assert!(number(text, Decimal::Point).is_err(), "{text}");
        }
        assert!(number("1.5", Decimal::Comma).is_err());
    }
}
