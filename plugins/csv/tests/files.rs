//! The plugin over files of a folder, as the host would ask it: page after page, with nothing
//! but the cursor in between.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking, in its helpers too")]

use std::fs;

use csv::Csv;
use hearken_sdk::json::{Value, json};
use hearken_sdk::{Class, Failure, Instant, Page, Plugin, Problem, Reject, Signal, Source, Vocabulary, testing};

struct Folder {
    folder: tempfile::TempDir,
    plugin: Csv,
    cursor: Option<String>,
}

impl Folder {
    fn new(config: Value) -> Self {
        let folder = tempfile::tempdir().unwrap();
        testing::folder(folder.path());
        Self {
            folder,
            plugin: plugin(config),
            cursor: None,
        }
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.folder.path().join(name), content).unwrap();
    }

    fn page(&mut self, limit: u32) -> Result<Page, Failure> {
        let page = self.plugin.poll(Instant::default(), self.cursor.as_deref(), limit)?;
        self.cursor.clone_from(&page.cursor);
        Ok(page)
    }

    /// Polls until the cursor stands still.
    fn all(&mut self) -> (Vec<Signal>, Vec<Reject>) {
        let (mut signals, mut rejects) = (Vec::new(), Vec::new());
        loop {
            let before = self.cursor.clone();
            let page = self.page(500).unwrap();
            signals.extend(page.signals);
            rejects.extend(page.rejects);
            if self.cursor == before {
                return (signals, rejects);
            }
        }
    }
}

fn config(more: Value) -> Value {
    let mut config = json!({
        "time": { "constant": "2025-01-01" },
        "identities": { "email": "mail" },
        "signals": [{ "kind": "person.identified", "traits": { "name": "name" } }],
    });
    for (name, value) in more.as_object().unwrap() {
        config[name] = value.clone();
    }
    config
}

fn plugin(config: Value) -> Csv {
    testing::configure(&config, Vocabulary::default()).unwrap()
}

fn names(signals: &[Signal]) -> Vec<String> {
    let name = |s: &Signal| {
        s.values().unwrap()["traits"]["name"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    signals.iter().map(name).collect()
}

#[test]
fn rows_become_signals_with_ids_of_their_own_wherever_the_pages_end() {
    let rows: String = (0..40).map(|n| format!("p{n}@example.com,Person {n}\r\n")).collect();
    let mut expected = None;
    for limit in [500, 7, 1] {
        let mut folder = Folder::new(config(json!({ "signals": [
            { "kind": "person.identified", "traits": { "name": "name" } },
            { "kind": "consent.granted", "properties": { "purpose": { "constant": "marketing" } } },
        ] })));
        folder.write("a.csv", format!("mail,name\r\n{rows}"));
        let mut signals = Vec::new();
        loop {
            let before = folder.cursor.clone();
            let page = folder.page(limit).unwrap();
            assert!(page.signals.len() <= limit as usize);
            signals.extend(page.signals);
            if folder.cursor == before {
                break;
            }
        }
        assert_eq!(signals.len(), 80);
        let ids: std::collections::BTreeSet<&str> = signals.iter().map(|s| s.id.as_str()).collect();
        assert_eq!(ids.len(), 80);
        assert_eq!(&signals, expected.get_or_insert(signals.clone()), "limit {limit}");
    }
}

#[test]
fn the_same_cursor_gives_the_same_page_again() {
    let mut folder = Folder::new(config(json!({})));
    folder.write("a.csv", "mail,name\na@example.com,A\nb@example.com,B\n");
    let page = folder.page(1).unwrap();
    folder.cursor = None;
    assert_eq!(folder.page(1).unwrap(), page);
}

#[test]
fn what_spreadsheets_and_old_systems_write_is_read() {
    let cases: [(&str, &[u8], Value); 6] = [
        (
            "a byte-order mark and CRLF",
            b"\xEF\xBB\xBFmail,name\r\na@example.com,\xC3\x84nne\r\n",
            json!({}),
        ),
        (
            "semicolons",
            "mail;name\na@example.com;Änne\n".as_bytes(),
            json!({ "delimiter": ";" }),
        ),
        (
            "tabs",
            "mail\tname\na@example.com\tÄnne\n".as_bytes(),
            json!({ "delimiter": "tab" }),
        ),
        (
            "windows-1252",
            b"mail,name\na@example.com,\xC4nne\n",
            json!({ "encoding": "windows-1252" }),
        ),
        (
            "white space around names",
            " mail , name \na@example.com, Änne \n".as_bytes(),
            json!({}),
        ),
        (
            "no header",
            "a@example.com,Änne".as_bytes(),
            json!({ "columns": ["mail", "name"] }),
        ),
    ];
    for (case, content, file) in cases {
        let mut folder = Folder::new(config(json!({ "file": file })));
        folder.write("a.csv", content);
        let (signals, rejects) = folder.all();
        assert_eq!(rejects, [], "{case}");
        assert_eq!(names(&signals), ["Änne"], "{case}");
        assert_eq!(signals[0].identity_of("email"), Some("a@example.com"), "{case}");
    }
}

#[test]
fn values_of_any_kind_come_through_as_they_are() {
    let nasty = [
        "x".repeat(10_000),
        "🧑‍🚀 Zoë".to_owned(),
        "\u{202e}gnp.exe".to_owned(),
        "two\nlines, and \"quotes\"".to_owned(),
        "<script>{{ 7*7 }}</script>".to_owned(),
    ];
    let rows: String = nasty
        .iter()
        .map(|name| format!("a@example.com,\"{}\"\n", name.replace('"', "\"\"")))
        .collect();
    let mut folder = Folder::new(config(json!({})));
    folder.write("a.csv", format!("mail,name\n{rows}"));
    let (signals, rejects) = folder.all();
    assert_eq!(rejects, []);
    assert_eq!(names(&signals), nasty);
}

#[test]
fn a_bad_row_is_told_with_its_line_and_hurts_no_other() {
    let mut folder = Folder::new(config(json!({ "time": { "column": "at", "formats": ["%d.%m.%Y"] } })));
    let content: &[u8] = b"mail,name,at\n\
        a@example.com,A,01.02.2025\n\
        b@example.com,B\n\
        \"two\nlines\",C,yesterday\n\
        c@example.com,\xE4,01.02.2025\n\
        ,D,01.02.2025\n\
        e@example.com,E,\n\
        f@example.com,\"F,01.02.2025\n\
        g@example.com,G,01.02.2025\n";
    folder.write("a.csv", content);
    let (signals, rejects) = folder.all();
    assert_eq!(names(&signals), ["A", "G"]);
    let told: Vec<(&str, &str)> = rejects.iter().map(|r| (r.at.as_str(), r.why.as_str())).collect();
    let expected = [
        ("a.csv line 3", "2 columns, and the header 3"),
        ("a.csv line 4", "'yesterday' is no time"),
        ("a.csv line 6", "windows-1252"),
        ("a.csv line 7", "names nobody"),
        ("a.csv line 8", "not known when it happened"),
        ("a.csv line 9", "quote that is not closed"),
    ];
    assert_eq!(told.len(), expected.len(), "{told:?}");
    for ((at, why), (line, part)) in told.iter().zip(expected) {
        assert_eq!(*at, line);
        assert!(why.contains(part), "{at}: {why}");
    }
    assert_eq!(rejects[0].text, "b@example.com,B");
}

#[test]
fn a_page_ends_before_more_rejects_than_the_host_keeps() {
    let mut folder = Folder::new(config(json!({})));
    folder.write("a.csv", format!("mail,name\n{}", "too,many,columns\n".repeat(250)));
    let page = folder.page(500).unwrap();
    assert_eq!(page.rejects.len(), 100);
    assert_eq!(page.again_in, Some(std::time::Duration::ZERO));
    assert_eq!(folder.all().1.len(), 150);
}

#[test]
fn a_column_that_is_missing_is_named_and_nothing_of_the_file_is_read_until_it_is_there() {
    let mut folder = Folder::new(config(json!({})));
    folder.write("a.csv", "E-Mail,name\na@example.com,A\n");
    folder.write("b.csv", "mail,name\nb@example.com,B\n");
    let page = folder.page(500).unwrap();
    assert_eq!(names(&page.signals), ["B"], "other files are read");
    let failure = folder.page(500).unwrap_err();
    assert_eq!(failure.class, Class::Config);
    for part in ["a.csv", "no 'mail'", "'E-Mail', 'name'"] {
        assert!(failure.message.contains(part), "{}", failure.message);
    }
    folder.write("a.csv", "mail,name\na@example.com,A\n");
    assert_eq!(names(&folder.all().0), ["A"]);
}

#[test]
fn a_header_that_changes_under_the_same_name_is_noticed() {
    let mut folder = Folder::new(config(json!({})));
    folder.write("a.csv", "mail,name\na@example.com,A\n");
    assert_eq!(names(&folder.all().0), ["A"]);
    folder.write("a.csv", "name,mail,phone\nA,a@example.com,1\nB,b@example.com,2\n");
    let failure = folder.page(500).unwrap_err();
    assert!(
        failure.message.contains("it is another file now"),
        "{}",
        failure.message
    );
}

#[test]
fn a_header_that_is_cut_by_another_delimiter_says_which() {
    for (content, hint) in [("mail;name\n1;2\n", "\";\""), ("mail\tname\n1\t2\n", "\"tab\"")] {
        let mut folder = Folder::new(config(json!({})));
        folder.write("a.csv", content);
        let failure = folder.page(500).unwrap_err();
        assert!(
            failure.message.contains(&format!("file.delimiter = {hint}")),
            "{}",
            failure.message
        );
    }
}

#[test]
fn utf_16_and_two_columns_of_one_name_are_refused_with_the_reason() {
    for (content, part) in [
        (&b"\xFF\xFEm\0a\0"[..], "UTF-16"),
        (b"mail,mail,name\n1,2,3\n", "two columns"),
    ] {
        let mut folder = Folder::new(config(json!({})));
        folder.write("a.csv", content);
        let failure = folder.page(500).unwrap_err();
        assert!(failure.message.contains(part), "{}", failure.message);
    }
}

#[test]
fn a_file_that_grows_is_read_on_and_a_line_that_is_being_written_waits() {
    let mut folder = Folder::new(config(json!({})));
    folder.write("a.csv", "");
    assert_eq!(folder.all().0, []);
    folder.write("a.csv", "mail,na");
    assert_eq!(folder.all().0, []);
    folder.write("a.csv", "mail,name\na@example.com,A\nb@exam");
    assert_eq!(names(&folder.page(500).unwrap().signals), ["A"]);
    folder.write("a.csv", "mail,name\na@example.com,A\nb@example.com,B");
    assert_eq!(folder.page(500).unwrap().signals, [], "the line has no end yet");
    assert_eq!(
        names(&folder.page(500).unwrap().signals),
        ["B"],
        "and nobody went on writing"
    );
    folder.write(
        "a.csv",
        "mail,name\na@example.com,A\nb@example.com,B\nc@example.com,C\n",
    );
    assert_eq!(names(&folder.all().0), ["C"]);
}

#[test]
fn new_files_are_found_also_before_others_and_files_that_are_gone_are_forgotten() {
    let mut folder = Folder::new(config(json!({ "file": { "names": ["*.csv"] } })));
    folder.write("b.csv", "mail,name\nb@example.com,B\n");
    folder.write("b.txt", "no file of ours");
    assert_eq!(names(&folder.all().0), ["B"]);
    folder.write("a.csv", "mail,name\na@example.com,A\n");
    assert_eq!(names(&folder.all().0), ["A"]);
    fs::remove_file(folder.folder.path().join("b.csv")).unwrap();
    folder.all();
    assert!(!folder.cursor.unwrap().contains("b.csv"));
}

#[test]
fn a_file_that_was_replaced_by_a_shorter_one_is_read_from_its_beginning() {
    let mut folder = Folder::new(config(json!({})));
    folder.write("a.csv", "mail,name\na@example.com,A\nb@example.com,B\n");
    folder.all();
    folder.write("a.csv", "mail,name\nc@example.com,C\n");
    assert_eq!(names(&folder.all().0), ["C"]);
}

#[test]
fn a_lead_gives_what_it_says_and_nothing_where_a_condition_fails() {
    let mut folder = Folder::new(config(json!({
        "empty": ["Select", "n/a"],
        "decimal": ",",
        "id": ["no"],
        "identities": { "email": "mail", "acme:lead": "no" },
        "signals": [
            {
                "kind": "person.identified",
                "traits": {
                    "name": "name",
                    "employees": { "column": "size", "as": "number" },
                    "vip": { "column": "vip", "values": { "ja": true, "nein": false }, "default": false },
                },
            },
            {
                "kind": "consent.granted",
                "when": { "news": "yes" },
                "properties": { "purpose": { "constant": "marketing" }, "proof": "form" },
            },
            {
                "kind": "deal.won",
                "when": { "state": ["won", "paid"], "value": true },
                "answers": { "reference": "mailing" },
                "company": { "name": "firm" },
                "properties": { "deal": "no", "value": { "column": "value", "as": "number" }, "currency": { "constant": "EUR" } },
            },
        ],
    })));
    folder.write(
        "a.csv",
        "no,mail,name,size,vip,news,form,state,value,firm,mailing\n\
         7,a@example.com,Select,1.200,ja,yes,fair,paid,\"2.500,50\",Example Ltd,m-1\n\
         8,,B,,,no,n/a,lost,,,\n",
    );
    let (signals, rejects) = folder.all();
    assert_eq!(rejects, []);
    let ids: Vec<&str> = signals.iter().map(|s| s.id.as_str()).collect();
    assert_eq!(
        ids,
        [
            "7:person.identified",
            "7:consent.granted",
            "7:deal.won",
            "8:person.identified"
        ]
    );
    let values: Vec<Value> = signals.iter().map(|s| s.values().unwrap().into()).collect();
    assert_eq!(values[0], json!({ "traits": { "employees": 1200, "vip": true } }));
    assert_eq!(values[1], json!({ "purpose": "marketing", "proof": "fair" }));
    assert_eq!(values[2], json!({ "deal": "7", "value": 2500.5, "currency": "EUR" }));
    assert_eq!(signals[2].company.as_ref().unwrap().value, "Example Ltd");
    assert_eq!(signals[2].answers.as_ref().unwrap().reference.as_deref(), Some("m-1"));
    assert_eq!(values[3], json!({ "traits": { "name": "B", "vip": false } }));
    assert_eq!(signals[3].identities.len(), 1, "{:?}", signals[3].identities);
}

#[test]
fn a_configuration_that_cannot_be_meant_is_told_with_its_places() {
    let config = config(json!({
        "file": { "delimiter": ";;", "encoding": "utf-16", "columns": ["mail"] },
        "signals": [{ "kind": "person.identifed" }],
    }));
    let config = serde_json::from_value(config).unwrap();
    let problems: Vec<Problem> = Csv::check(&config, &Vocabulary::default());
    let pointers: Vec<&str> = problems.iter().map(|p| p.pointer.as_str()).collect();
    assert_eq!(pointers, ["/file/delimiter", "/file/encoding", "/signals/0/kind"]);
}
