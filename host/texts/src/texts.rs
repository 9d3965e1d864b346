//! All stories' texts, compiled once.

use std::collections::BTreeMap;

use hearken_model::{Story, StoryId};
use minijinja::Environment;

use crate::{
    MAX_RENDERED_BYTES, Part, Problem, Rendered, Severity, TextError, Values,
    check::Reading,
    fill::fill,
    marks::Marked,
    markup::{self, BadLink},
    plain::plain,
    rendered::Link,
    template::{Template, environment},
};

/// The compiled texts of stories. Cheap to render, and shared between threads.
#[derive(Debug)]
pub struct Texts {
    environment: Environment<'static>,
    stories: BTreeMap<StoryId, Result<Compiled, Problem>>,
}

#[derive(Debug)]
struct Compiled {
    subject: Template,
    text: Template,
    fallbacks: BTreeMap<String, String>,
}

impl Texts {
    /// Compiles stories. One with errors, which [`check`](crate::check) finds, is kept as
    /// such: rendering it says so, and the others are not held up by it.
    #[must_use]
    pub fn new<'s>(stories: impl IntoIterator<Item = &'s Story>) -> Self {
        let mut texts = Self {
            environment: environment(),
            stories: BTreeMap::new(),
        };
        for story in stories {
            let compiled = texts.compile(story);
            texts.stories.insert(story.id.clone(), compiled);
        }
        texts
    }

    fn compile(&mut self, story: &Story) -> Result<Compiled, Problem> {
        Ok(Compiled {
            subject: self.template(story, Part::Subject, &story.subject)?,
            text: self.template(story, Part::Text, &story.text)?,
            fallbacks: story.fallbacks.clone(),
        })
    }

    fn template(&mut self, story: &Story, part: Part, source: &str) -> Result<Template, Problem> {
        let Reading { problems, said, .. } = Reading::of(part, source, story);
        if let Some(problem) = problems.into_iter().find(|it| it.severity == Severity::Error) {
            return Err(problem);
        }
        let name = format!("{}/{part}", story.id.0);
        // What was read above is compiled here: it has no error that was not found there.
        self.environment
            .add_template_owned(name.clone(), source.to_owned())
            .map_err(|error| Problem {
                part,
                range: error.range().unwrap_or_default(),
                severity: Severity::Error,
                code: "template",
                message: error.to_string(),
                help: String::new(),
            })?;
        Ok(Template {
            name,
            story: story.id.clone(),
            part,
            said,
        })
    }

    /// A story as a person with these values reads it.
    ///
    /// # Errors
    /// [`TextError::Missing`] where a value is not known and there is no fallback, and the
    /// others as they say.
    pub fn render(&self, story: &StoryId, values: &Values) -> Result<Rendered, TextError> {
        let compiled = self
            .stories
            .get(story)
            .ok_or_else(|| TextError::Unknown(story.clone()))?
            .as_ref()
            .map_err(|problem| TextError::Wrong {
                story: story.clone(),
                problem: problem.clone(),
            })?;
        let context = values.context(&compiled.fallbacks);
        let subject = compiled.subject.render(&self.environment, &context)?;
        let title = crate::clean(&subject.with_values(&subject.text, String::push_str));
        let text = compiled.text.render(&self.environment, &context)?;
        let rendered = rendered(title, &text).map_err(|BadLink { address, why }| TextError::Link {
            story: story.clone(),
            address,
            why,
        })?;
        let longest = [&rendered.html, &rendered.plain, &rendered.markdown].map(String::len);
        if longest.into_iter().any(|bytes| bytes > MAX_RENDERED_BYTES) {
            return Err(compiled.text.too_long());
        }
        Ok(rendered)
    }
}

/// A text with its values in place, in every form.
pub(crate) fn rendered(title: String, text: &Marked) -> Result<Rendered, BadLink> {
    let (events, urls) = markup::filled(text)?;
    let (plain, in_plain) = plain(&events);
    let mut html = String::with_capacity(text.text.len() * 2);
    pulldown_cmark::html::push_html(&mut html, events.into_iter());
    let links = urls
        .into_iter()
        .zip(places(&html))
        .zip(in_plain)
        .map(|((url, html), plain)| Link { url, html, plain })
        .collect();
    Ok(Rendered {
        title,
        markdown: fill(text),
        plain,
        html,
        links,
    })
}

/// Where the addresses of links to pages begin in our own HTML. All text in it is escaped,
/// so that a tag in it is one that we wrote.
fn places(html: &str) -> impl Iterator<Item = usize> {
    const TAG: &str = "<a href=\"";
    html.match_indices(TAG).map(|(at, _)| at + TAG.len()).filter(|at| {
        let scheme = html.get(*at..at + 4).unwrap_or_default();
        scheme.eq_ignore_ascii_case("http")
    })
}

#[cfg(test)]
#[path = "texts_tests.rs"]
mod tests;
