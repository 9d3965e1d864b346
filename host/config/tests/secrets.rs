//! Secrets: read from where they are, and never seen.

#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod loaded;

use std::{cell::RefCell, fs, path::Path, time::Duration};

use hearken_config::{
    Loaded, Look, Outside, ProgramError, Severity, load_from, load_with, load_without_secrets, render, to_json,
};

use loaded::{configuration, load};

#[test]
fn a_later_file_can_read_a_secret_from_elsewhere() {
    let first = "[connectors.site]\nplugin = 'segment'\nsecrets.a = { file = 'nowhere' }\n";
    let later = "[connectors.site.secrets]\na = { env = 'KEY' }\n";
    let (_folder, loaded) = load(&[("first.toml", first), ("later.toml", later)]);
    let secrets = &configuration(loaded).wiring.connectors["site"].secrets;
    assert_eq!(secrets["a"].expose(), "generated-secret");
}

#[test]
fn a_secret_is_read_and_never_seen() {
    let text = "[connectors.site]\nplugin = 'segment'\n\
        secrets = { a = { env = 'KEY' }, b = { file = 'key' } }\n";
    let (folder, loaded) = load(&[("hearken.toml", text), ("key", "generated-in-a-file\r\n")]);
    let warned: Vec<_> = loaded.diagnostics.iter().map(|d| (d.severity, d.code)).collect();
    if cfg!(unix) {
        assert_eq!(
            warned,
            [(Severity::Warning, "secret-readable")],
            "the file was made without a care"
        );
    }
    let wiring = loaded.configuration.unwrap().wiring;
    let secrets = &wiring.connectors["site"].secrets;
    assert_eq!(
        (secrets["a"].expose(), secrets["b"].expose()),
        ("generated-secret", "generated-in-a-file")
    );
    assert!(!format!("{wiring:?}").contains("generated-"), "{wiring:?}");

    fs::write(folder.path().join("key"), "\n").unwrap();
    let again = load_with(&[folder.path().join("hearken.toml")], &|_| Some(String::new()));
    let empty = again
        .diagnostics
        .iter()
        .filter(|d| d.message.ends_with("is empty"))
        .count();
    assert_eq!(empty, 2, "{:?}", again.diagnostics);
}

#[test]
fn looking_things_up_needs_no_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hearken.toml");
    let text = "[connectors.site]\nplugin = 'segment'\nsecrets.a = { file = 'nowhere' }\n";
    fs::write(&path, text).unwrap();
    let wiring = configuration(load_without_secrets(std::slice::from_ref(&path))).wiring;
    assert!(wiring.connectors["site"].secrets.is_empty());
    assert!(load_with(&[path], &|_| None).configuration.is_none());
}

#[test]
fn a_secret_that_was_written_out_is_not_repeated() {
    let text = "[connectors.site]\nplugin = 'segment'\n\
        secrets.a = 'generated-secret'\nsecrets.b = { value = 'generated-secret' }\nunknown = 1\n";
    let (_folder, loaded) = load(&[("hearken.toml", text)]);
    let shown = format!(
        "{}{}{:?}",
        render(&loaded.diagnostics, Look::Plain),
        to_json(&loaded.diagnostics),
        loaded.diagnostics
    );
    assert!(loaded.configuration.is_none());
    assert!(
        shown.contains("secret-written-out") && shown.contains("secrets.a = ***"),
        "{shown}"
    );
    assert!(!shown.contains("generated-secret"), "{shown}");
}

/// A folder as Kubernetes mounts secrets: names are links into a folder that is exchanged as
/// a whole, by one link.
#[cfg(unix)]
fn mount(folder: &Path, version: &str, secrets: &[(&str, &str)]) {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let inside = folder.join(format!("..{version}"));
    fs::create_dir_all(&inside).unwrap();
    for (name, value) in secrets {
        fs::write(inside.join(name), value).unwrap();
        fs::set_permissions(inside.join(name), fs::Permissions::from_mode(0o440)).unwrap();
        let link = folder.join(name);
        if !link.is_symlink() {
            symlink(format!("..data/{name}"), link).unwrap();
        }
    }
    symlink(format!("..{version}"), folder.join("..data_tmp")).unwrap();
    fs::rename(folder.join("..data_tmp"), folder.join("..data")).unwrap();
}

#[cfg(unix)]
#[test]
fn a_mounted_folder_has_a_file_for_each_secret() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hearken.toml");
    let text = "[connectors.site]\nplugin = 'segment'\n\
        secrets = { a = { dir = 'mounted' }, a-previous = { dir = 'mounted' } }\n";
    fs::write(&path, text).unwrap();
    let mounted = folder.path().join("mounted");
    let loaded = || configuration(load_with(std::slice::from_ref(&path), &|_| None)).wiring;
    mount(
        &mounted,
        "2026_1",
        &[("a", "generated-1\n"), ("a-previous", "generated-0")],
    );
    let wiring = loaded();
    let secrets = &wiring.connectors["site"].secrets;
    assert_eq!(
        (secrets["a"].expose(), secrets["a-previous"].expose()),
        ("generated-1", "generated-0")
    );
    assert_eq!(wiring.secret_files, [mounted.join("a"), mounted.join("a-previous")]);
    mount(
        &mounted,
        "2026_2",
        &[("a", "generated-2"), ("a-previous", "generated-1")],
    );
    assert_eq!(loaded().connectors["site"].secrets["a"].expose(), "generated-2");
}

/// What is found where `program` is the program that the one secret is asked of, and what
/// was run.
fn asked(program: &Path, answer: fn() -> Result<String, ProgramError>) -> (Loaded, Vec<Vec<String>>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hearken.toml");
    let program = program.display();
    let text = format!("[connectors.site]\nplugin = 'segment'\nsecrets.a = {{ exec = ['{program}', 'show', 'x'] }}\n");
    fs::write(&path, text).unwrap();
    let run = RefCell::new(Vec::new());
    let outside = Outside {
        variable: &|_| None,
        program: Some(&|command| {
            run.borrow_mut().push(command.to_vec());
            answer()
        }),
    };
    let loaded = load_from(&[path], &outside);
    (loaded, run.into_inner())
}

#[cfg(unix)]
#[test]
fn a_program_is_asked_where_it_may_be_and_nobody_can_exchange_it() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("inner/pass");
    fs::create_dir(folder.path().join("inner")).unwrap();
    fs::write(&program, "").unwrap();
    let answer = || Ok("generated-by-a-program\n".to_owned());
    let (loaded, run) = asked(&program, answer);
    let wiring = configuration(loaded).wiring;
    assert_eq!(
        wiring.connectors["site"].secrets["a"].expose(),
        "generated-by-a-program"
    );
    assert_eq!(run, [[program.display().to_string(), "show".into(), "x".into()]]);
    for (open, mode) in [
        (program.as_path(), 0o702),
        (program.parent().unwrap(), 0o703),
        (folder.path(), 0o707),
    ] {
        let before = fs::metadata(open).unwrap().permissions();
        fs::set_permissions(open, fs::Permissions::from_mode(mode)).unwrap();
        let (loaded, run) = asked(&program, answer);
        assert_eq!(loaded.diagnostics[0].code, "writable-by-others", "{loaded:?}");
        assert!(loaded.configuration.is_none() && run.is_empty(), "{}", open.display());
        fs::set_permissions(open, before).unwrap();
    }
}

#[test]
fn what_a_program_complains_of_is_quoted() {
    let program = std::env::current_exe().unwrap();
    let too_long = || Err(ProgramError::TooLong(Duration::from_secs(10)));
    let message = asked(&program, too_long).0.diagnostics[0].message.clone();
    assert!(message.ends_with("took longer than 10 s and was stopped"), "{message}");
    let failed = || {
        Err(ProgramError::Failed {
            status: std::process::ExitStatus::default(),
            complaint: "first\nthe vault is \u{1b}[31msealed\n\n".into(),
        })
    };
    let message = asked(&program, failed).0.diagnostics[0].message.clone();
    assert!(message.ends_with(": the vault is \\u{1b}[31msealed"), "{message}");
}
