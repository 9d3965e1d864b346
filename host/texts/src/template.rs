//! One compiled template: a story's subject or its text.

use hearken_model::StoryId;
use minijinja::{
    AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior,
    value::{Value, ValueKind},
};

use crate::{
    MAX_RENDERED_BYTES, Part, TextError, clean,
    expression::Said,
    filters,
    marks::{CLOSE, Marked, OPEN},
};

/// What one rendering may use up: about 64 bytes of text or a step each. Templates have no
/// loops, so this is only reached by a text that is too long anyhow.
const FUEL: u64 = 20_000;

/// An environment in which there is nothing but our filters and tests.
pub(crate) fn environment() -> Environment<'static> {
    let mut environment = Environment::empty();
    environment.set_debug(false);
    environment.set_fuel(Some(FUEL));
    environment.set_undefined_behavior(UndefinedBehavior::Chainable);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.set_formatter(write);
    filters::add(&mut environment);
    environment
}

/// Writes a value between its marks, or says what is wrong with it. The template's own text
/// does not come by here.
fn write(out: &mut Output<'_>, _: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    let missing = || Error::from(ErrorKind::UndefinedError);
    if filters::is_missing(value) {
        return Err(missing());
    }
    let text = match value.kind() {
        // Nobody wants to read "true".
        ValueKind::String | ValueKind::Number => clean(&value.to_string()),
        _ => return Err(Error::from(ErrorKind::NonPrimitive)),
    };
    if text.is_empty() {
        return Err(missing());
    }
    write!(out, "{OPEN}{text}{CLOSE}").map_err(|_| Error::from(ErrorKind::WriteFailure))
}

/// A compiled template.
#[derive(Debug)]
pub(crate) struct Template {
    /// Its name in the environment.
    pub(crate) name: String,
    pub(crate) story: StoryId,
    pub(crate) part: Part,
    /// The values that it shows, by their places.
    pub(crate) said: Vec<Said>,
}

impl Template {
    /// The text with a mark for every value.
    pub(crate) fn render(&self, environment: &Environment<'_>, values: &Value) -> Result<Marked, TextError> {
        let template = environment
            .get_template(&self.name)
            .map_err(|_| TextError::Unknown(self.story.clone()))?;
        let output = template
            .render(values.clone())
            .map_err(|error| self.wrong(template.source(), values, &error))?;
        if output.len() > MAX_RENDERED_BYTES {
            return Err(self.too_long());
        }
        Ok(Marked::of(&output))
    }

    pub(crate) fn too_long(&self) -> TextError {
        TextError::TooLong {
            story: self.story.clone(),
            part: self.part,
            most: MAX_RENDERED_BYTES,
        }
    }

    fn wrong(&self, source: &str, values: &Value, error: &Error) -> TextError {
        let range = error.range().unwrap_or_default();
        // The engine reports an operation; what is shown by it is known from reading.
        let meets = |said: &&Said| said.range.start <= range.end && range.start <= said.range.end;
        let said = self.said.iter().find(meets);
        let (line, column) = place(source, said.map_or(range.start, |said| said.range.start));
        let (story, part) = (self.story.clone(), self.part);
        let value = said.map_or_else(|| "a value".to_owned(), |said| said.named(values));
        match error.kind() {
            ErrorKind::UndefinedError => TextError::Missing {
                story,
                part,
                line,
                column,
                value,
            },
            ErrorKind::NonPrimitive => TextError::NotText {
                story,
                part,
                line,
                column,
                value,
            },
            ErrorKind::OutOfFuel | ErrorKind::WriteFailure => self.too_long(),
            // The engine's own words may hold a value; which operation failed is told by
            // the place.
            kind => TextError::Template {
                story,
                part,
                line,
                column,
                message: kind.to_string(),
            },
        }
    }
}

impl Said {
    /// The value that is in question: the first that is missing, else the first.
    fn named(&self, values: &Value) -> String {
        let is_gone = |path: &&String| {
            let found = path
                .split('.')
                .try_fold(values.clone(), |value, part| value.get_attr(part));
            found.map_or(true, |value| filters::is_missing(&value))
        };
        let named = self.values.iter().find(is_gone).or(self.values.first());
        named.cloned().unwrap_or_else(|| "a value".to_owned())
    }
}

/// Line and column, from 1, of a place in a text; the column in characters.
pub(crate) fn place(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.rsplit('\n').next().unwrap_or_default();
    (before.matches('\n').count() + 1, line.chars().count() + 1)
}
