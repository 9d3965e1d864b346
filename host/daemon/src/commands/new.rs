//! `hearken new`: a folder to begin with, which passes `check` and runs in shadow mode.

use std::{
    fs::{self, DirBuilder, OpenOptions},
    io::Write,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use anyhow::Context;

use crate::{
    arguments::NewArguments,
    installation::random,
    output::{Exit, Misuse, clean, say},
};

/// What the folder holds, by name. `@BRAND@` and `@PLUGINS@` are filled in.
const FILES: [(&str, &str); 7] = [
    ("hearken.toml", include_str!("../../start/hearken.toml")),
    ("README.md", include_str!("../../start/README.md")),
    (".gitignore", include_str!("../../start/gitignore")),
    ("import/contacts.csv", include_str!("../../start/import/contacts.csv")),
    (
        "stories/what-it-costs.md",
        include_str!("../../start/stories/what-it-costs.md"),
    ),
    (
        "stories/is-it-safe.md",
        include_str!("../../start/stories/is-it-safe.md"),
    ),
    (
        "stories/which-question.md",
        include_str!("../../start/stories/which-question.md"),
    ),
];

/// Keys that are made anew for each folder.
const KEYS: [&str; 2] = ["secrets/write-key", "secrets/server-key"];

/// A plugin that every configuration of ours needs: where it is, the others are.
const A_PLUGIN: &str = "segment.wasm";

pub(super) fn new(arguments: &NewArguments) -> anyhow::Result<Exit> {
    let folder = &arguments.folder;
    refuse_what_is_there(folder)?;
    let plugins = plugins(arguments.plugins.as_deref())?;
    let brand = arguments.brand.trim();
    let in_toml = |text: &str| {
        let quoted = serde_json::to_string(text).unwrap_or_default();
        quoted.trim_matches('"').to_owned()
    };
    for name in ["outbox", "secrets"] {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(folder.join(name));
        made.with_context(|| format!("making the folder {}", folder.join(name).display()))?;
    }
    for (name, text) in FILES {
        let is_toml = Path::new(name).extension().is_some_and(|it| it == "toml");
        let (brand, plugins) = match is_toml {
            true => (in_toml(brand), in_toml(&plugins.display().to_string())),
            false => (clean(brand), plugins.display().to_string()),
        };
        let text = text.replace("@BRAND@", &brand).replace("@PLUGINS@", &plugins);
        write(&folder.join(name), &text, 0o644)?;
    }
    for name in KEYS {
        write(&folder.join(name), &format!("{}\n", key()?), 0o600)?;
    }
    say(&next(folder))?;
    Ok(Exit::Done)
}

fn next(folder: &Path) -> String {
    let folder = clean(&folder.display().to_string());
    format!(
        "made {folder}. It runs in shadow mode: it decides and records, and sends nothing.\n\n  cd {folder}\n  hearken check hearken.toml\n  hearken run\n\nREADME.md in it says what is where.\n"
    )
}

/// Nothing that somebody wrote is written over.
fn refuse_what_is_there(folder: &Path) -> anyhow::Result<()> {
    let shown = folder.display();
    match fs::read_dir(folder) {
        Ok(mut entries) => match entries.next() {
            None => Ok(()),
            Some(_) => Err(Misuse(format!("{shown} is not empty; name a folder that is not there yet")).into()),
        },
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            fs::create_dir_all(folder).with_context(|| format!("making the folder {shown}"))
        }
        Err(error) => Err(error).with_context(|| format!("looking into {shown}")),
    }
}

/// The folder of the plugins: as it is named, or where they are beside this program.
fn plugins(named: Option<&Path>) -> anyhow::Result<PathBuf> {
    if let Some(named) = named {
        if !named.join(A_PLUGIN).is_file() {
            let what = format!("there is no {A_PLUGIN} in {}", named.display());
            return Err(Misuse(format!("{what}; name the folder that `cargo xtask plugins` filled")).into());
        }
        return named
            .canonicalize()
            .with_context(|| format!("looking into {}", named.display()));
    }
    let program = std::env::current_exe().context("finding this program")?;
    let program = program.canonicalize().unwrap_or(program);
    let beside = program.parent().unwrap_or(Path::new("."));
    [
        "plugins",
        "../plugins",
        "../lib/hearken/plugins",
        "../share/hearken/plugins",
    ]
    .into_iter()
    .map(|folder| beside.join(folder))
    .find(|folder| folder.join(A_PLUGIN).is_file())
    .and_then(|folder| folder.canonicalize().ok())
    .ok_or_else(|| {
        Misuse(format!(
            "there are no plugins beside {}; name their folder: --plugins FOLDER",
            program.display()
        ))
        .into()
    })
}

fn write(path: &Path, text: &str, mode: u32) -> anyhow::Result<()> {
    let writing = || format!("writing {}", path.display());
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(writing)?;
    }
    let file = OpenOptions::new().write(true).create_new(true).mode(mode).open(path);
    file.and_then(|mut file| file.write_all(text.as_bytes()))
        .with_context(writing)
}

/// 192 bits from the system's randomness, in hex.
fn key() -> anyhow::Result<String> {
    let bytes = random::<24>()?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
