//! Scripted conversations as they are meant: what happens, and what is expected of it.

use std::{path::Path, time::Duration};

use hearken_model::{Act, ActionState, Floor, Lifecycle};
use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::{
    Diagnostic, Place,
    authored::{Authored, ExpectTable, Listed, ScriptTable, StepTable, TestTable},
    load::read_text,
    node::Node,
    problems::Problems,
    source::{Sources, Span},
};

/// Monday, 2 March 2026, 10:00 UTC.
const STARTS: i64 = 1_772_445_600;

/// A file of scripted conversations.
#[derive(Debug)]
pub struct Script {
    /// The connector that reports, where a step does not say.
    pub from: Option<String>,
    /// In the file's order.
    pub tests: Vec<Test>,
}

/// One conversation.
#[derive(Debug)]
pub struct Test {
    /// What must hold.
    pub name: String,
    /// Where it is written.
    pub place: Place,
    /// When it begins.
    pub starts: Timestamp,
    /// In this order.
    pub steps: Vec<Step>,
}

/// One step of a conversation.
#[derive(Debug)]
pub struct Step {
    /// Where it is written.
    pub place: Place,
    /// How much time passes before it.
    pub after: Duration,
    /// About whom; empty for whoever did something last. (scheme, value).
    pub who: Vec<(String, String)>,
    /// What they do.
    pub does: Option<Deed>,
    /// Sinks that answer otherwise from now on.
    pub sinks: Vec<(String, SinkAnswer)>,
    /// What must be so then.
    pub expect: Option<Expected>,
}

/// Something that somebody does.
#[derive(Debug)]
pub struct Deed {
    /// The signal's kind.
    pub kind: String,
    /// Its properties.
    pub properties: Map<String, Value>,
    /// The connector that reports it.
    pub from: Option<String>,
    /// Whether it was reported with a public key.
    pub public: bool,
    /// Whether it answers what was told last.
    pub answers: bool,
    /// How long before it is reported it happened.
    pub late: Duration,
    /// The employer, as a domain.
    pub company: Option<String>,
}

/// How a sink answers in a script.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SinkAnswer {
    /// It is delivered.
    #[default]
    Delivers,
    /// It fails, and may be tried again.
    Fails,
    /// It will never be.
    Refuses,
    /// Nobody knows: it may have arrived.
    IsSilent,
}

/// What was decided, or that nothing was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActWord {
    /// A decision for this.
    Decided(Act),
    /// No decision at all.
    Nothing,
}

/// What must be so about somebody; none for whatever may be anything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expected {
    /// Who may speak next.
    pub floor: Option<Floor>,
    /// The stage.
    pub stage: Option<Lifecycle>,
    /// What was decided last.
    pub act: Option<ActWord>,
    /// The story or team that was chosen last.
    pub target: Option<String>,
    /// Who of the team got the last hand-over, or `nobody`.
    pub member: Option<String>,
    /// The channel that was chosen last.
    pub channel: Option<String>,
    /// A part of the reason.
    pub because: Option<String>,
    /// Gates that forbade something.
    pub gates: Vec<String>,
    /// How far the last action is.
    pub state: Option<ActionState>,
    /// How many stories they were told.
    pub told: Option<u32>,
    /// How many decisions were made about them.
    pub decisions: Option<u32>,
    /// (kind, name) of what is believed most of its kind.
    pub believes: Vec<(String, String)>,
}

/// Reads a file of scripted conversations; none where one of the problems is an error.
#[must_use]
pub fn load_script(path: &Path) -> (Vec<Diagnostic>, Option<Script>) {
    let mut problems = Problems::default();
    let tree = read_text(path, &mut problems).and_then(|(file, text)| Node::parse(&text, file, 0, &mut problems));
    let written = tree.and_then(|tree| ScriptTable::read(&tree, &mut problems));
    if let Some(script) = &written {
        check(script, &mut problems);
    }
    let failed = problems.any_error();
    let (diagnostics, sources) = problems.finish();
    let script = written.filter(|_| !failed).map(|script| resolved(script, &sources));
    (diagnostics, script)
}

/// What the tables cannot say of themselves.
fn check(script: &ScriptTable, problems: &mut Problems) {
    let Some(tests) = &script.test else { return };
    if tests.value.0.is_empty() {
        problems.error("empty", tests.span, "there is no test".into(), "write a table [[test]]");
    }
    for test in &tests.value.0 {
        let mut somebody = false;
        for at in test.value.step.iter().flat_map(|steps| &steps.value.0) {
            let step = &at.value;
            somebody |= step.who.is_some();
            if (step.does.is_some() || step.expect.is_some()) && !somebody {
                let help = "write who = \"anonymous:v-1\" into the first step of the test";
                problems.error("nobody", at.span, "the step does not say who".into(), help);
                somebody = true;
            }
            if step.does.is_none() && step.expect.is_none() && step.sinks.is_none() && step.after.is_none() {
                let help = "write does = \"page.viewed\", or expect = { … }";
                problems.error("empty", at.span, "nothing happens in this step".into(), help);
            }
            if step.does.is_none()
                && let Some(key) = for_a_deed(step)
            {
                let help = "write does = \"page.viewed\" beside it";
                problems.error("without-does", key, "nobody does anything in this step".into(), help);
            }
            if let Some(expect) = step.expect.as_ref().map(|e| &e.value)
                && let (Some(_), Some(team)) = (&expect.story, &expect.team)
            {
                let help = "expect a story or a team";
                problems.error("both", team.key, "a decision is for a story or for a team".into(), help);
            }
            for text in step
                .expect
                .iter()
                .flat_map(|e| &e.value.believes)
                .flat_map(|l| &l.value.0)
            {
                if text.value.0.split_once(' ').is_none() {
                    let help = "write the kind and the name, such as \"interest roi\"";
                    problems.error("belief", text.span, "this is no belief".into(), help);
                }
            }
        }
    }
}

/// The first key that says more about what somebody does.
fn for_a_deed(step: &StepTable) -> Option<Span> {
    let keys = [
        step.with.as_ref().map(|at| at.key),
        step.from.as_ref().map(|at| at.key),
        step.public.as_ref().map(|at| at.key),
        step.answers.as_ref().map(|at| at.key),
        step.late.as_ref().map(|at| at.key),
        step.company.as_ref().map(|at| at.key),
    ];
    keys.into_iter().flatten().next()
}

fn resolved(script: ScriptTable, sources: &Sources) -> Script {
    let tests = script.test.map_or_else(Vec::new, |at| at.value.0);
    Script {
        from: script.from.map(|at| at.value.0),
        tests: tests
            .into_iter()
            .map(|at| test(at.value, sources.place(at.span), sources))
            .collect(),
    }
}

fn test(written: TestTable, place: Place, sources: &Sources) -> Test {
    let steps = written.step.map_or_else(Vec::new, |at| at.value.0);
    Test {
        name: written.name.map(|at| at.value.0).unwrap_or_default(),
        place,
        starts: written.starts.map_or_else(default_start, |at| at.value.0),
        steps: steps
            .into_iter()
            .map(|at| step(at.value, sources.place(at.span)))
            .collect(),
    }
}

fn default_start() -> Timestamp {
    Timestamp::from_second(STARTS).expect("a moment within this century")
}

fn step(written: StepTable, place: Place) -> Step {
    let happens = Duration::from_secs(u64::from(written.does.is_some()));
    let deed = written.does.map(|does| Deed {
        kind: does.value.0,
        properties: written.with.map(|at| at.value.0).unwrap_or_default(),
        from: written.from.map(|at| at.value.0),
        public: written.public.is_some_and(|at| at.value),
        answers: written.answers.is_some_and(|at| at.value),
        late: written.late.map_or(Duration::ZERO, |at| at.value.0),
        company: written.company.map(|at| at.value.0),
    });
    let sinks = written.sinks.map(|at| at.value.0).unwrap_or_default();
    Step {
        place,
        after: written.after.map_or(happens, |at| at.value.0),
        who: written.who.map(|at| at.value.0).unwrap_or_default(),
        does: deed,
        sinks: sinks.into_iter().map(|(name, at)| (name, at.value.0)).collect(),
        expect: written.expect.map(|at| expected(at.value)),
    }
}

fn expected(written: ExpectTable) -> Expected {
    let texts = |list: Option<_>| -> Vec<String> {
        let list: Option<crate::authored::At<Listed<crate::authored::Name>>> = list;
        list.map_or_else(Vec::new, |at| at.value.0.into_iter().map(|at| at.value.0).collect())
    };
    let believes = written.believes.map_or_else(Vec::new, |at| at.value.0);
    let pair = |text: String| {
        text.split_once(' ')
            .map(|(kind, name)| (kind.to_owned(), name.trim().to_owned()))
    };
    Expected {
        floor: written.floor.map(|at| at.value.0),
        stage: written.stage.map(|at| at.value.0),
        act: written.act.map(|at| at.value.0),
        target: written.story.or(written.team).map(|at| at.value.0),
        member: written.member.map(|at| at.value.0),
        channel: written.channel.map(|at| at.value.0),
        because: written.because.map(|at| at.value.0),
        gates: texts(written.gates),
        state: written.state.map(|at| at.value.0),
        told: written.told.map(|at| at.value),
        decisions: written.decisions.map(|at| at.value),
        believes: believes.into_iter().filter_map(|at| pair(at.value.0)).collect(),
    }
}
