//! Rates: `2/7d` is at most two in any seven days, `1/d` one a day.

use hearken_model::CapRule;

use super::{GrammarError, duration, duration::unit_ms, duration_text};

const EXAMPLE: &str = "write how many, a slash and a window, such as \"2/7d\" or \"1/d\"";

/// Reads a rate.
///
/// # Errors
/// [`GrammarError::Rate`] where the text is anything else, or one of its parts is zero.
pub fn rate(text: &str) -> Result<CapRule, GrammarError> {
    let wrong = |help: String| GrammarError::Rate {
        text: text.into(),
        help,
    };
    let (count, window) = text.trim().split_once('/').ok_or_else(|| wrong(EXAMPLE.into()))?;
    let count = count.trim();
    // `parse` alone would take "+2" as well.
    if count.is_empty() || count.bytes().any(|b| !b.is_ascii_digit()) {
        return Err(wrong(EXAMPLE.into()));
    }
    let count: u32 = count
        .parse()
        .map_err(|_| wrong(format!("at most {} are counted", u32::MAX)))?;
    if count == 0 {
        return Err(wrong(
            "a rate is at least 1; to say nothing at all, write mode = \"shadow\"".into(),
        ));
    }
    let per_ms = match unit_ms(window.trim()) {
        Some(ms) => ms,
        None => {
            let window = duration(window).map_err(|e| wrong(format!("the window: {}", e.help())))?;
            u64::try_from(window.as_millis()).unwrap_or(u64::MAX)
        }
    };
    if per_ms == 0 {
        return Err(wrong("the window must be longer than nothing, such as \"2/7d\"".into()));
    }
    Ok(CapRule { count, per_ms })
}

/// Writes a rate as [`rate`] reads it.
#[must_use]
pub fn rate_text(rule: CapRule) -> String {
    format!(
        "{}/{}",
        rule.count,
        duration_text(std::time::Duration::from_millis(rule.per_ms))
    )
}

#[cfg(test)]
mod tests {
    use super::{CapRule, rate, rate_text};

    #[test]
    fn rates_are_a_count_and_a_window() {
        for (text, count, per_ms) in [
            ("2/7d", 2, 604_800_000),
            ("1/d", 1, 86_400_000),
            ("20/1h30min", 20, 5_400_000),
            (" 3 / w ", 3, 604_800_000),
        ] {
            let rule = CapRule { count, per_ms };
            assert_eq!(rate(text), Ok(rule), "{text}");
            assert_eq!(rate(&rate_text(rule)), Ok(rule), "{text}");
        }
    }

    #[test]
    fn what_is_no_rate_is_told_what_would_be_right() {
        for (text, help) in [
            ("2", "\"2/7d\""),
            ("/d", "\"2/7d\""),
            ("-1/d", "\"2/7d\""),
            ("+1/d", "\"2/7d\""),
            ("0/d", "mode = \"shadow\""),
            ("1/0s", "longer than nothing"),
            ("1/7", "the window: add a unit"),
            ("99999999999/d", "at most"),
        ] {
            let error = rate(text).expect_err(text);
            assert!(error.help().contains(help), "{text}: {}", error.help());
        }
    }
}
