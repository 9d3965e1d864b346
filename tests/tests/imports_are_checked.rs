//! What `hearken import` says of files and mappings that are wrong, and what it does with the
//! rest of them; what it says of those that are shown is nothing.

use std::fs;

use hearken_tests::{Folder, hearken, leads};
use serde_json::json;

#[test]
fn bad_rows_are_told_by_line_kept_and_counted() {
    let folder = Folder::with_leads();
    let rows = format!(
        "{}7,lead-7@example.com,no name\n8,no-address,N,T,01.01.2024,no,\n9,lead-9@example.com,N,T,tomorrow,no,\n\
         10,lead-10@example.com,N,T,01.01.1999,no,\n",
        leads(0, 5)
    );
    folder.write("leads.csv", &rows);
    let said = hearken(&folder, &["import", "leads", "leads.csv"]);
    assert_eq!(said.code, 3, "{said:?}");
    for told in [
        "leads.csv line 7: it has 3 columns, and the header 7",
        "leads.csv line 9: column 'asked': 'tomorrow' is no time",
        "leads.csv line 10: it says it happened at",
    ] {
        assert!(said.err.contains(told), "{told}\n{said:?}");
    }
    // The address of line 8 is none; the person is known by the number all the same.
    assert!(
        said.out
            .contains("9 records, 16 signals stored, 0 known before, 3 refused"),
        "{said:?}"
    );
    let letters = hearken(
        &folder,
        &["dead-letter", "list", "--connector", "leads", "--format", "json"],
    )
    .done();
    assert_eq!(letters.json().as_array().map(Vec::len), Some(3), "{letters:?}");
    let again = hearken(&folder, &["import", "--again", "leads", "leads.csv"]);
    assert!(again.out.contains("0 signals stored, 16 known before"), "{again:?}");
}

#[test]
fn a_file_that_does_not_fit_the_configuration_is_refused_as_a_whole() {
    let folder = Folder::with_leads();
    folder.write("other.csv", "a,b\n1,2\n");
    let said = hearken(&folder, &["import", "leads", "other.csv"]);
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.err.contains("its header has no 'asked'"), "{said:?}");
    folder.write("leads.csv", &leads(0, 300).replace(".2024", "/2024"));
    let said = hearken(&folder, &["import", "leads", "leads.csv"]);
    assert_eq!(said.code, 1, "{said:?}");
    assert!(
        said.err.contains("none of the first 100 records could be taken"),
        "{said:?}"
    );
    let letters = hearken(&folder, &["dead-letter", "list", "--format", "json"]).done();
    assert_eq!(letters.json(), json!([]), "nothing is kept of it");
    // Once the configuration is right, the same file is taken.
    folder.change("%d.%m.%Y", "%d.%m/%Y");
    let said = hearken(&folder, &["import", "leads", "leads.csv"]).done();
    assert!(said.out.contains("900 signals stored"), "{said:?}");
    for (arguments, why) in [
        (["import", "nobody", "leads.csv"], "there is no connector 'nobody'"),
        (["import", "outbox", "leads.csv"], "reads no files"),
        (["import", "leads", "gone.csv"], "gone.csv is no file"),
    ] {
        let said = hearken(&folder, &arguments);
        assert_eq!(said.code, 2, "{said:?}");
        assert!(said.err.contains(why), "{said:?}");
    }
}

#[test]
fn lines_of_json_are_imported_too_and_both_readmes_say_what_check_accepts() {
    for plugin in ["csv", "jsonl"] {
        let path = format!("{}/../plugins/{plugin}/README.md", env!("CARGO_MANIFEST_DIR"));
        let readme = fs::read_to_string(&path).expect("the plugin's README");
        let blocks: Vec<&str> = readme
            .split("```toml\n")
            .skip(1)
            .filter_map(|rest| rest.split("```").next())
            .collect();
        assert!(blocks.len() >= 2, "{path} shows how it is wired");
        for block in blocks {
            let folder = Folder::with_configuration(&format!(
                "store.path = \"data/state.sqlite\"\nplugins = {{ folders = [\"PLUGINS\"], data-folder = \"data\" }}\n\
                 {block}\n[connectors.facilitator]\nplugin = \"facilitator\"\n"
            ));
            let said = hearken(&folder, &["check", "hearken.toml"]);
            assert_eq!(said.code, 0, "{path}:\n{block}\n{said:?}");
            assert!(said.out.contains("0 warnings"), "{path}:\n{block}\n{said:?}");
        }
    }
    let folder = Folder::with_everything();
    let toml = fs::read_to_string(folder.configuration()).expect("the configuration");
    let lines = r#"
[connectors.export]
plugin = "jsonl"
[connectors.export.config]
id = ["id"]
time = { column = "/when/created", formats = ["unix"] }
identities = { email = "/contact/mail" }
[[connectors.export.config.signals]]
kind = "person.identified"
traits = { name = "/contact/name", employees = "employees" }
"#;
    folder.write("hearken.toml", &format!("{toml}{lines}"));
    let line = json!({ "id": 4711, "when": { "created": 1_700_000_000 }, "employees": 450,
        "contact": { "mail": "robin@example.com", "name": "Robin Example" } });
    folder.write("export.jsonl", &format!("{line}\r\n\nno JSON\n"));
    let said = hearken(&folder, &["import", "export", "export.jsonl"]);
    assert_eq!(said.code, 3, "{said:?}");
    assert!(said.err.contains("export.jsonl line 3: it is not JSON"), "{said:?}");
    hearken(&folder, &["run", "--once"]).done();
    let robin = hearken(&folder, &["prospect", "show", "robin@example.com", "--format", "json"])
        .done()
        .json();
    assert_eq!(
        robin["traits"],
        json!({ "name": "Robin Example", "employees": 450 }),
        "{robin}"
    );
    assert_eq!(
        robin["signals"]["recent"][0]["id"], "export:4711:person.identified",
        "{robin}"
    );
}

#[test]
fn mistakes_in_a_mapping_are_told_where_they_stand() {
    let folder = Folder::with_leads();
    for (right, wrong, told) in [
        (
            "email = \"mail\"",
            "email = { colum = \"mail\" }",
            "did you mean 'column'?",
        ),
        (
            "kind = \"consent.granted\"",
            "kind = \"consent.given\"",
            "there is consent.granted",
        ),
        (
            "when = { form = true }",
            "wehn = { form = true }",
            "did you mean 'when'?",
        ),
        ("proof = \"form\"", "proof = [\"form\"]", "proof"),
        ("%d.%m.%Y", "dd.mm.yyyy", "is no format of a time"),
    ] {
        folder.change(right, wrong);
        let said = hearken(&folder, &["check", "hearken.toml"]);
        assert_eq!(said.code, 2, "{wrong}: {said:?}");
        let line = fs::read_to_string(folder.configuration()).expect("the configuration");
        let line = 1 + line
            .lines()
            .position(|line| line.contains(wrong))
            .expect("it stands there");
        assert!(said.err.contains(told), "{wrong}: {said:?}");
        assert!(
            said.err.contains(&format!("hearken.toml:{line}:")),
            "{wrong} in line {line}: {said:?}"
        );
        folder.change(wrong, right);
    }
}

#[test]
fn the_shipped_imports_pass_check() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../config/import");
    for entry in fs::read_dir(folder).expect("the folder is there").flatten() {
        let toml = fs::read_to_string(entry.path()).expect("a configuration");
        let toml = toml.replace("../../target/plugins", "PLUGINS");
        let said = hearken(&Folder::with_configuration(&toml), &["check", "hearken.toml"]);
        assert_eq!(said.code, 0, "{}: {said:?}", entry.path().display());
        assert!(said.out.contains("0 warnings"), "{}: {said:?}", entry.path().display());
    }
}
