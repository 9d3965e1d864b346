//! What has to be true after the demo's traffic, whatever was drawn. Router and host draw
//! among what fits, so single stories are not expected, only what may never be otherwise.

use std::{fs, path::Path};

use anyhow::{Context, Result, bail};

use super::{
    cast::{Consent, Known, Manner},
    report::Line,
};

/// Fails with everything that is not as it has to be.
pub(super) fn check(lines: &[Line], outbox: &Path) -> Result<()> {
    let mut wrong = Vec::new();
    people(lines, &mut wrong);
    speaking(lines, &mut wrong);
    delivery(lines, outbox, &mut wrong)?;
    if wrong.is_empty() {
        return Ok(());
    }
    bail!("the demo did not come out as it has to:\n- {}", wrong.join("\n- "))
}

fn people(lines: &[Line], wrong: &mut Vec<String>) {
    for line in lines.iter().filter(|l| l.face.is_none()) {
        wrong.push(format!("nothing was decided about {}", line.person.name));
    }
    let known: Vec<&Line> = lines.iter().filter(|l| l.person.known == Known::SignsIn).collect();
    let right = known
        .iter()
        .filter(|l| persona(l) == Some(l.person.buyer.persona()))
        .count();
    if right * 10 < known.len() * 9 {
        wrong.push(format!(
            "only {right} of {} people were understood as what they are",
            known.len()
        ));
    }
}

fn persona(line: &Line) -> Option<&str> {
    line.face.as_ref().and_then(|f| f.strongest("persona"))
}

fn speaking(lines: &[Line], wrong: &mut Vec<String>) {
    let done = |line: &Line, act: &str| line.done.iter().any(|d| d.act == act);
    if !lines.iter().any(|l| done(l, "tell")) {
        wrong.push("nobody was told anything".to_owned());
    }
    if !lines
        .iter()
        .any(|l| l.done.is_empty() && l.person.consent == Consent::Granted)
    {
        wrong.push("nobody who could be reached was left alone".to_owned());
    }
    for line in lines {
        let person = &line.person;
        let asked = person.keen && person.manner == Manner::Hurried && person.known == Known::SignsIn;
        if asked && !done(line, "hand-over") {
            wrong.push(format!("{} asked for a demo and was not handed over", person.name));
        }
        if person.consent != Consent::Granted && (done(line, "tell") || done(line, "ask")) {
            wrong.push(format!("{} was told something without having consented", person.name));
        }
    }
}

fn delivery(lines: &[Line], outbox: &Path, wrong: &mut Vec<String>) -> Result<()> {
    let files = fs::read_dir(outbox)
        .with_context(|| format!("reading {}", outbox.display()))?
        .count();
    let done: usize = lines.iter().map(|l| l.done.len()).sum();
    if files != done {
        wrong.push(format!(
            "{done} actions were decided and {files} files are in {}",
            outbox.display()
        ));
    }
    Ok(())
}
