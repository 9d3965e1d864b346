//! Scripted conversations: those of `tests/conversations` go as their scripts say, each
//! through the built binary, and one that does not is told with its place.

use std::{
    fs,
    path::{Path, PathBuf},
    thread,
};

use hearken_tests::{Folder, Said, hearken};

/// The folder with the conversations and what they are had with.
fn conversations() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("conversations")
}

/// A copy of what they are had with.
fn folder() -> Folder {
    let toml = fs::read_to_string(conversations().join("hearken.toml")).expect("a configuration");
    let shipped = "\"../../target/plugins\"";
    assert!(toml.contains(shipped), "{toml}");
    let folder = Folder::with_configuration(&toml.replace(shipped, "\"PLUGINS\""));
    for story in fs::read_dir(conversations().join("stories"))
        .expect("stories")
        .flatten()
    {
        let name = story.file_name().into_string().expect("a name");
        let text = fs::read_to_string(story.path()).expect("a story");
        folder.write(&format!("stories/{name}"), &text);
    }
    folder
}

fn scripts() -> Vec<PathBuf> {
    let all = fs::read_dir(conversations()).expect("conversations").flatten();
    let mut scripts: Vec<PathBuf> = all
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|kind| kind == "toml"))
        .filter(|path| path.file_name().is_some_and(|name| name != "hearken.toml"))
        .collect();
    scripts.sort();
    scripts
}

fn gone_through(folder: &Folder, script: &str, more: &[&str]) -> Said {
    folder.write("script.toml", script);
    hearken(folder, &[&["test", "script.toml"], more].concat())
}

const ANN: &str = "from = \"site\"\n[[test]]\nname = \"ann\"\n[[test.step]]\nwho = [\"user:ann\", \
                   \"email:ann@example.com\"]\ndoes = \"person.identified\"\n";

#[test]
fn each_conversation_goes_as_its_script_says() {
    let folder = folder();
    let scripts = scripts();
    assert!(scripts.len() > 3, "{scripts:?}");
    thread::scope(|scope| {
        for script in &scripts {
            let folder = &folder;
            scope.spawn(move || {
                let path = script.to_str().expect("a path");
                let said = hearken(folder, &["test", path]);
                assert_eq!(said.code, 0, "{}\n{}", said.out, said.err);
            });
        }
    });
}

#[test]
fn what_the_stories_cover_is_told_with_where_there_is_no_choice() {
    let folder = folder();
    folder.change(
        "{ env = \"CONVERSATIONS_WRITE_KEY\" }",
        "{ file = \"secrets/write-key\" }",
    );
    folder.change(
        "{ env = \"CONVERSATIONS_SERVER_KEY\" }",
        "{ file = \"secrets/server-key\" }",
    );
    folder.write(
        "stories/only.md",
        "+++\ntitle = \"For customers\"\npersonas = [\"cio\"]\nlifecycles = [\"recycled\"]\n+++\nA generated story.\n",
    );
    let said = hearken(&folder, &["check", "hearken.toml"]).done();
    assert!(
        said.out.contains("cio          4        4     4          5"),
        "{}",
        said.out
    );
    for story in ["roi", "roi-now", "security"] {
        let path = folder.path().join(format!("stories/{story}.md"));
        fs::remove_file(path).expect("a story");
    }
    let said = hearken(&folder, &["check", "hearken.toml"]).done();
    assert!(
        said.out
            .contains("it-manager has no choice as visitor: only 'implementation', lead: only 'implementation'"),
        "{}",
        said.out
    );
}

#[test]
fn what_is_not_as_expected_is_told_with_its_place_and_why() {
    let folder = folder();
    let script = format!("{ANN}[[test.step]]\nexpect = {{ floor = \"with-sales\", told = 2 }}\n");
    let said = gone_through(&folder, &script, &["--junit", "results.xml"]);
    assert_eq!(said.code, 1, "{said:?}");
    for part in [
        "FAILED  ann",
        "script.toml:7:1",
        "the floor was to be with-sales, and is listening",
        "how many stories were told was to be 2, and is 0",
        "1 conversation, 1 failed",
    ] {
        assert!(said.out.contains(part), "{part}: {}", said.out);
    }
    let xml = fs::read_to_string(folder.path().join("results.xml")).expect("results");
    assert!(
        xml.contains("failures=\"1\"") && xml.contains("script.toml:7:1"),
        "{xml}"
    );
    assert!(!folder.path().join("outbox").exists(), "no sink is called");
    assert!(!folder.data().join("conversations.sqlite").exists(), "nothing is kept");
}

#[test]
fn everything_that_is_wrong_with_a_script_is_told_at_once() {
    let folder = folder();
    let script = "[[test]]\nname = \"x\"\nstarts = \"yesterday\"\n[[test.step]]\ndoes = \"page.viewed\"\n\
                  [[test.step]]\nwho = \"ann\"\nexpects = { floor = \"listening\" }\n[[test.step]]\nafter = \"1 parsec\"\n\
                  expect = { floor = \"mine\", believes = [\"roi\"] }\n[[test.step]]\nwith = { }\n";
    let said = gone_through(&folder, script, &[]);
    assert_eq!(said.code, 2, "{said:?}");
    for part in [
        "'yesterday' is no moment",
        "does not say who",
        "'ann' is no identity",
        "did you mean 'expect'?",
        "is not a duration",
        "unknown floor 'mine'",
    ] {
        assert!(said.err.contains(part), "{part}: {}", said.err);
    }
}

#[test]
fn what_a_connector_may_not_say_is_refused_in_a_script_too() {
    let folder = folder();
    let script = format!("{ANN}[[test.step]]\ndoes = \"message.replied\"\nwith = {{ text = \"yes\" }}\n");
    let said = gone_through(&folder, &script, &[]);
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.out.contains("does not declare 'message.replied'"), "{}", said.out);
}
