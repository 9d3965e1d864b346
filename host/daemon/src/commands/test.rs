//! `hearken test`: scripted conversations, each by itself, against what is expected of them.

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant as Watch},
};

use anyhow::Context;
use hearken_config::{Loaded, Script, Severity, load_script};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use serde_json::{Value, json};

use crate::{
    arguments::TestArguments,
    configured::usable,
    output::{Exit, Misuse, answer, clean, plural},
    rehearsal::{Mismatch, rehearse},
    wire_up::{Connected, Purpose, wire_up},
};

/// What came of one conversation.
struct Ended {
    file: PathBuf,
    name: String,
    took: Duration,
    mismatch: Option<Mismatch>,
}

pub(super) async fn test(arguments: TestArguments) -> anyhow::Result<Exit> {
    let scripts = scripts(&arguments.scripts)?;
    let connected = connected(&arguments.configured.files).await?;
    let mut ended = Vec::new();
    for (file, script) in &scripts {
        let from = reporter(script, &connected, file)?;
        let wanted = |name: &str| arguments.only.as_ref().is_none_or(|only| name.contains(only.as_str()));
        for test in script.tests.iter().filter(|test| wanted(&test.name)) {
            let began = Watch::now();
            let mismatch = match rehearse(&connected, &from, test).await {
                Ok(mismatch) => mismatch,
                Err(error) => Some(Mismatch {
                    place: test.place.to_string(),
                    what: vec![format!("{error:#}")],
                }),
            };
            ended.push(Ended {
                file: file.clone(),
                name: test.name.clone(),
                took: began.elapsed(),
                mismatch,
            });
        }
    }
    if ended.is_empty() {
        return Err(Misuse("no test has that in its name".into()).into());
    }
    if let Some(path) = &arguments.junit {
        std::fs::write(path, junit(&ended)?).with_context(|| format!("writing {}", path.display()))?;
    }
    answer(arguments.shown.format, || described(&ended), || as_json(&ended))?;
    let failed = ended.iter().any(|e| e.mismatch.is_some());
    Ok(if failed { Exit::Failed } else { Exit::Done })
}

/// All scripts, or all that is wrong with them.
fn scripts(files: &[PathBuf]) -> anyhow::Result<Vec<(PathBuf, Script)>> {
    let (mut diagnostics, mut scripts) = (Vec::new(), Vec::new());
    for file in files {
        let (found, script) = load_script(file);
        diagnostics.extend(found);
        scripts.extend(script.map(|script| (file.clone(), script)));
    }
    usable(&diagnostics, Some(scripts), files)
}

/// The configuration with its plugins; no secret is read, and nothing is made.
async fn connected(files: &[PathBuf]) -> anyhow::Result<Connected> {
    let Loaded {
        mut diagnostics,
        configuration,
    } = hearken_config::load_without_secrets(files);
    let mut connected = None;
    if let Some(configuration) = configuration {
        let (more, made) = Box::pin(wire_up(configuration, Purpose::Foresee)).await?;
        diagnostics.extend(more);
        connected = made.map(|made| made.connected);
    }
    diagnostics.retain(|d| d.severity == Severity::Error);
    usable(&diagnostics, connected, files)
}

/// Who reports what people do, where a step does not say.
fn reporter(script: &Script, connected: &Connected, file: &Path) -> anyhow::Result<String> {
    if let Some(from) = &script.from {
        if connected.connectors.contains_key(from) {
            return Ok(from.clone());
        }
        let message = format!("{}: there is no connector '{}'", file.display(), clean(from));
        return Err(Misuse(message).into());
    }
    let mut reporters = connected.connectors.iter().filter(|(_, connector)| {
        let roles = connector.plugin().roles();
        roles.webhook || roles.source
    });
    match (reporters.next(), reporters.next()) {
        (Some((only, _)), None) => Ok(only.clone()),
        _ => {
            let message = format!(
                "{}: say which connector reports what people do: from = \"NAME\" at its top",
                file.display()
            );
            Err(Misuse(message).into())
        }
    }
}

fn described(ended: &[Ended]) -> String {
    let mut text = String::new();
    for e in ended {
        let name = clean(&e.name);
        match &e.mismatch {
            None => text.push_str(&format!("ok      {name}\n")),
            Some(Mismatch { place, what }) => {
                text.push_str(&format!("FAILED  {name}\n        {}\n", clean(place)));
                for what in what {
                    text.push_str(&format!("        {}\n", clean(what)));
                }
            }
        }
    }
    let failed = ended.iter().filter(|e| e.mismatch.is_some()).count();
    text + &format!("{}, {failed} failed\n", plural(ended.len(), "conversation"))
}

fn as_json(ended: &[Ended]) -> Value {
    let all = ended.iter().map(|e| {
        json!({
            "name": e.name,
            "file": e.file,
            "passed": e.mismatch.is_none(),
            "place": e.mismatch.as_ref().map(|m| &m.place),
            "found": e.mismatch.as_ref().map_or(&[][..], |m| m.what.as_slice()),
        })
    });
    Value::Array(all.collect())
}

/// In the format that continuous integration reads: a suite a file.
fn junit(ended: &[Ended]) -> anyhow::Result<String> {
    let mut report = Report::new("hearken test");
    for of_file in ended.chunk_by(|x, y| x.file == y.file) {
        let name = of_file
            .first()
            .map(|e| e.file.display().to_string())
            .unwrap_or_default();
        let mut suite = TestSuite::new(name);
        for e in of_file {
            let mut status = TestCaseStatus::success();
            if let Some(Mismatch { place, what }) = &e.mismatch {
                status = TestCaseStatus::non_success(NonSuccessKind::Failure);
                status.set_message(format!("{place}: {}", what.join("; ")));
            }
            let mut case = TestCase::new(e.name.clone(), status);
            case.set_time(e.took);
            suite.add_test_case(case);
        }
        report.add_test_suite(suite);
    }
    Ok(report.to_string()?)
}
