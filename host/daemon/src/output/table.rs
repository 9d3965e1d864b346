//! Tables for a terminal: columns as wide as what they hold.

use std::fmt;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::clean;

/// Wider cells are cut, except in the last column.
const WIDEST: usize = 48;

/// A table. Cells are cleaned of what a terminal would obey.
pub(crate) struct Table {
    head: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new(head: &[&'static str]) -> Self {
        Self {
            head: head.to_vec(),
            rows: Vec::new(),
        }
    }

    pub(crate) fn row<const N: usize>(&mut self, cells: [&str; N]) {
        let last = self.head.len().saturating_sub(1);
        let cells = cells.iter().enumerate();
        self.rows.push(
            cells
                .map(|(i, cell)| if i < last { cut(&clean(cell)) } else { clean(cell) })
                .collect(),
        );
    }

    fn widths(&self) -> Vec<usize> {
        let mut widths: Vec<usize> = self.head.iter().map(|h| h.width()).collect();
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.width());
            }
        }
        widths
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widths = self.widths();
        let bold = anstyle::Style::new().bold();
        let head: Vec<&str> = self.head.clone();
        writeln!(f, "{bold}{}{bold:#}", line(&head, &widths))?;
        for row in &self.rows {
            let cells: Vec<&str> = row.iter().map(String::as_str).collect();
            writeln!(f, "{}", line(&cells, &widths))?;
        }
        Ok(())
    }
}

fn line(cells: &[&str], widths: &[usize]) -> String {
    let mut line = String::new();
    for (cell, width) in cells.iter().zip(widths) {
        line.push_str(cell);
        line.extend(std::iter::repeat_n(' ', width.saturating_sub(cell.width()) + 2));
    }
    line.truncate(line.trim_end().len());
    line
}

fn cut(cell: &str) -> String {
    if cell.width() <= WIDEST {
        return cell.to_owned();
    }
    let mut room = WIDEST - 1;
    let fits = |c: &char| {
        let width = c.width().unwrap_or(0);
        let fits = width <= room;
        room = room.saturating_sub(width);
        fits
    };
    let mut cut: String = cell.chars().take_while(fits).collect();
    cut.push('…');
    cut
}

#[cfg(test)]
mod tests {
    use super::Table;

    #[test]
    fn columns_line_up_whatever_they_hold() {
        let mut table = Table::new(&["WHO", "WHAT"]);
        table.row(["日本", "two wide characters"]);
        table.row(["a\nb", &"x".repeat(60)]);
        table.row([&"y".repeat(60), "cut"]);
        let text = anstream::adapter::strip_str(&table.to_string()).to_string();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 4, "a line break in a cell breaks no line");
        assert!(
            lines[1].starts_with(&format!("日本{}two", " ".repeat(46))),
            "{}",
            lines[1]
        );
        assert!(lines[2].ends_with(&"x".repeat(60)), "the last column is never cut");
        assert!(lines[3].starts_with(&format!("{}…  cut", "y".repeat(47))));
    }
}
