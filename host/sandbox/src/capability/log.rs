//! `log`: a guest's lines in the operator's log, as data: limited in number and length, and
//! with everything escaped that could move a terminal's cursor or look like another line.

use std::fmt::Write;

use crate::{limits::Limits, state::State, wire::hearken::plugin::log::Host};

/// What one call may still log.
pub(crate) struct LogBudget {
    lines: u32,
    bytes: usize,
    dropped: u32,
}

impl LogBudget {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            lines: limits.log_lines,
            bytes: limits.log_bytes,
            dropped: 0,
        }
    }

    /// Whether a line of so many bytes fits; counts it either way.
    fn take(&mut self, bytes: usize) -> bool {
        if self.lines == 0 || self.bytes < bytes {
            self.dropped = self.dropped.saturating_add(1);
            return false;
        }
        self.lines -= 1;
        self.bytes -= bytes;
        true
    }

    /// Says once, at the end of a call, how much was dropped.
    pub(crate) fn tell_dropped(&mut self, connector: &str) {
        let dropped = std::mem::take(&mut self.dropped);
        if dropped > 0 {
            tracing::warn!(
                target: "plugin",
                connector,
                "{dropped} lines of one call were dropped: it logged more than it may"
            );
        }
    }
}

impl Host for State {
    async fn write(&mut self, level: String, message: String, fields: Vec<(String, String)>) {
        let fields_bytes: usize = fields.iter().map(|(n, v)| n.len() + v.len() + 2).sum();
        if !self.log.take(message.len() + fields_bytes) {
            return;
        }
        let mut line = String::with_capacity(message.len() + fields_bytes);
        escape(&message, &mut line);
        for (name, value) in &fields {
            line.push(' ');
            escape(name, &mut line);
            line.push('=');
            escape(value, &mut line);
        }
        let connector = self.caller.name.as_str();
        match level.as_str() {
            "error" => tracing::error!(target: "plugin", connector, "{line}"),
            "warn" => tracing::warn!(target: "plugin", connector, "{line}"),
            "debug" => tracing::debug!(target: "plugin", connector, "{line}"),
            "trace" => tracing::trace!(target: "plugin", connector, "{line}"),
            _ => tracing::info!(target: "plugin", connector, "{line}"),
        }
    }
}

/// Control characters, and those that turn the direction of text, as `\u{…}`.
fn escape(text: &str, into: &mut String) {
    for c in text.chars() {
        let turns = matches!(c, '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        let breaks = matches!(c, '\u{2028}' | '\u{2029}');
        if c.is_control() || turns || breaks {
            // Writing into a string does not fail.
            let _ = write!(into, "{}", c.escape_default());
        } else {
            into.push(c);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_cannot_reach_a_terminal() {
        let mut line = String::new();
        escape("a\n\x1b[2J\u{202e}b ä", &mut line);
        assert_eq!(line, "a\\n\\u{1b}[2J\\u{202e}b ä");
    }

    #[test]
    fn a_call_may_log_so_many_lines_and_bytes() {
        let mut budget = LogBudget::new(&Limits {
            log_lines: 2,
            log_bytes: 100,
            ..Limits::default()
        });
        assert!(!budget.take(101));
        assert!(budget.take(60));
        assert!(!budget.take(60));
        assert!(budget.take(40));
        assert!(!budget.take(0));
        assert_eq!(budget.dropped, 3);
    }
}
