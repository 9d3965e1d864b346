use super::*;

/// The records of a text with their lengths, each field a text; what is given up is empty.
fn records(text: &str) -> Vec<(usize, Vec<String>)> {
    let mut cutter = Cutter::new(b',');
    let (mut bytes, mut all) = (text.as_bytes(), Vec::new());
    loop {
        let (length, fields) = match cutter.cut(bytes, true) {
            Cut::More => panic!("the text is whole"),
            Cut::End => return all,
            Cut::Blank(length) => (length, None),
            Cut::Unclosed(length) => (length, Some(Vec::new())),
            Cut::Whole { bytes, .. } => {
                let (text, ends) = cutter.fields();
                let mut begin = 0;
                let field = |end: &usize| {
                    let field = String::from_utf8(text[begin..*end].to_vec()).unwrap();
                    begin = *end;
                    field
                };
                (bytes, Some(ends.iter().map(field).collect()))
            }
        };
        all.extend(fields.map(|fields| (length, fields)));
        bytes = &bytes[length..];
    }
}

fn fields(text: &str) -> Vec<Vec<String>> {
    records(text).into_iter().map(|(_, fields)| fields).collect()
}

#[test]
fn quotes_may_hold_delimiters_line_breaks_and_quotes() {
    let text = "a,\"b,\"\"c\"\"\n\r\nd\",e\r\n\r\nf,g,h\n";
    assert_eq!(fields(text), [vec!["a", "b,\"c\"\n\r\nd", "e"], vec!["f", "g", "h"]]);
    let lengths: usize = records(text).iter().map(|(length, _)| length).sum();
    assert_eq!(
        lengths + 2,
        text.len(),
        "every byte belongs to a record or to the empty line"
    );
}

#[test]
fn the_last_line_needs_no_end_and_is_told_from_a_closed_one() {
    assert_eq!(fields("a,b\nc,d"), [["a", "b"], ["c", "d"]]);
    let mut cutter = Cutter::new(b',');
    assert_eq!(
        cutter.cut(b"c,d", true),
        Cut::Whole {
            bytes: 3,
            closed: false
        }
    );
    assert_eq!(cutter.cut(b"c,d", false), Cut::More);
    assert_eq!(cutter.cut(b"c,\"d\"", false), Cut::More, "another quote may follow");
    assert_eq!(cutter.cut(b"c,d\r", false), Cut::Whole { bytes: 4, closed: true });
    assert_eq!(cutter.cut(b"c,d\r\n", false), Cut::Whole { bytes: 5, closed: true });
}

#[test]
fn a_quote_that_is_never_closed_costs_one_line_and_no_more() {
    assert_eq!(fields("a,\"b\nc,d\ne,f\n"), [vec![], vec!["c", "d"], vec!["e", "f"]]);
    // One that stands in the middle of a field is a letter like any other.
    assert_eq!(fields("a,5\" disk\nc,d"), [vec!["a", "5\" disk"], vec!["c", "d"]]);
    assert_eq!(fields("a,5\" disk"), [["a", "5\" disk"]]);
}

#[test]
fn a_record_that_grows_without_end_is_given_up() {
    let mut cutter = Cutter::new(b',');
    let long = format!("a,\"{}\nb", "x".repeat(MAX_BYTES));
    assert_eq!(cutter.cut(long.as_bytes(), false), Cut::Unclosed(long.len() - 1));
    let wide = format!("{}\n", ["1234"; 3000].join(","));
    assert!(matches!(
        cutter.cut(wide.as_bytes(), false),
        Cut::Whole { closed: true, .. }
    ));
    assert_eq!(cutter.fields().1.len(), 3000);
}

#[test]
fn wherever_a_text_is_cut_in_two_more_is_asked_for_or_the_record_is_the_same() {
    let text = b"a,\"b \"\"c\"\"\r\nd\",\xC3\xA4\r\n";
    let mut cutter = Cutter::new(b',');
    for cut in 0..text.len() {
        match cutter.cut(&text[..cut], false) {
            Cut::More => {}
            // Behind the carriage return the line is whole.
            Cut::Whole { bytes, closed: true } => assert_eq!(bytes, text.len() - 1),
            other => panic!("at {cut}: {other:?}"),
        }
    }
}
