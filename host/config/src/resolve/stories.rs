//! Stories: what their front matter means, checked against the vocabulary and the channels.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    path::PathBuf,
};

use hearken_model::{FIRST_VARIANT, Lifecycle, Story, StoryId, StoryKind};

use super::{
    Reference, Resolver,
    story_file::{Parts, lacking, markdown_files, split},
    story_texts::Written,
    text,
    wordings::FileName,
};
use crate::{
    authored::{At, Authored, FileTable, FrontMatter, Listed, Mapped, Name, Text},
    load::read_text,
    node::Node,
    quote,
    source::Span,
};

/// The stages that a story is for where it does not say.
const LIFECYCLES: [Lifecycle; 4] = [
    Lifecycle::Visitor,
    Lifecycle::Lead,
    Lifecycle::Qualified,
    Lifecycle::Recycled,
];

/// The stories, and what they use of the vocabulary.
#[derive(Debug, Default)]
pub(super) struct Stories {
    /// Those without errors, by name.
    pub(super) told: Vec<Story>,
    /// Where each begins.
    pub(super) places: BTreeMap<String, Span>,
    /// All, those with errors included.
    pub(super) names: BTreeSet<String>,
    pub(super) topics: BTreeSet<String>,
    pub(super) personas: BTreeSet<String>,
    /// Whether one of them is for all personas.
    pub(super) some_for_everybody: bool,
}

impl Resolver<'_> {
    pub(super) fn stories(&mut self) -> Stories {
        let mut stories = Stories::default();
        let (own, others): (Vec<FileName>, Vec<FileName>) = self
            .story_files()
            .into_iter()
            .map(FileName::of)
            .partition(FileName::is_own);
        for FileName { path, stem: name, .. } in own {
            let Some((file, whole)) = read_text(&path, self.problems) else {
                stories.names.insert(name);
                continue;
            };
            if !crate::authored::is_name(&name) {
                let help =
                    "rename it; a story's name has lower-case letters, digits and hyphens, such as roi-in-numbers.md";
                self.problems.error(
                    "name",
                    Span::beginning(file),
                    format!("'{}' is not a name for a story", quote(&name)),
                    help,
                );
            }
            stories.names.insert(name.clone());
            stories.places.insert(name.clone(), Span::beginning(file));
            if let Some((front, body)) = self.front_matter::<FrontMatter>(file, &whole) {
                let story = self.story(&name, &front, body);
                let written = Written {
                    file,
                    whole: &whole,
                    body,
                    title: front.title.as_ref(),
                    subject: front.subject.as_ref(),
                    answers: front.answers.as_ref(),
                    fallbacks: front.fallbacks.as_ref(),
                };
                self.story_texts(&story, written);
                stories.topics.extend(story.topics.iter().cloned());
                stories
                    .topics
                    .extend(story.answers.iter().map(|(name, _)| name.clone()));
                stories.personas.extend(story.personas.iter().cloned());
                stories.some_for_everybody |= story.personas.is_empty();
                stories.told.push(story);
            }
        }
        self.fallback_languages();
        self.wordings(others, &mut stories);
        stories
    }

    /// Where stories are.
    pub(super) fn stories_dir(&self) -> PathBuf {
        let written = self.file.stories.as_ref().and_then(|s| s.value.folder.as_ref());
        written.map_or_else(|| self.beside("stories"), |at| at.value.0.clone())
    }

    /// The Markdown files of the folder in the order of their names.
    fn story_files(&mut self) -> Vec<PathBuf> {
        let written = self.file.stories.as_ref().and_then(|s| s.value.folder.as_ref());
        let folder = self.stories_dir();
        let mut files = match markdown_files(&folder) {
            Ok(files) => files,
            Err(error) if written.is_none() && error.kind() == io::ErrorKind::NotFound => {
                return Vec::new();
            }
            Err(error) => {
                let span = written.map_or(Span::beginning(0), |at| at.span);
                let message = format!("the stories' folder '{}' cannot be read: {error}", folder.display());
                self.problems.error(
                    "stories-folder",
                    span,
                    message,
                    "make the folder, or name another in [stories]",
                );
                return Vec::new();
            }
        };
        files.sort();
        files
    }

    /// The front matter and the text behind it.
    pub(super) fn front_matter<'t, T: Authored>(&mut self, file: usize, whole: &'t str) -> Option<(T, &'t str)> {
        let Some(Parts { front, front_at, body }) = split(whole) else {
            let (message, help) = lacking(whole);
            self.problems
                .error("front-matter", Span::beginning(file), message.into(), help);
            return None;
        };
        let node = Node::parse(front, file, front_at, self.problems)?;
        let front = T::read(&node, self.problems)?;
        if body.trim().is_empty() {
            let end = whole.len() - body.len();
            let help = "write the text, in Markdown, below the front matter";
            self.problems
                .error("empty", Span::new(file, end..end), "the story has no text".into(), help);
        }
        Some((front, body))
    }

    fn story(&mut self, name: &str, front: &FrontMatter, body: &str) -> Story {
        let file = self.file;
        let vocabulary = file.vocabulary.as_ref().map(|at| &at.value);
        let topics: Vec<&str> = vocabulary
            .iter()
            .flat_map(|v| &v.topics)
            .flat_map(|t| t.value.0.keys())
            .map(String::as_str)
            .collect();
        let personas: Vec<&str> = vocabulary
            .iter()
            .flat_map(|v| &v.personas)
            .flat_map(|p| p.value.0.keys())
            .map(String::as_str)
            .collect();
        let channels: Vec<&str> = file
            .channels
            .iter()
            .flat_map(|c| c.value.0.keys())
            .map(String::as_str)
            .collect();
        let title = text(&front.title, name);
        Story {
            id: StoryId(name.to_owned()),
            topics: self.names(Reference::Topic, front.topics.as_ref(), &topics),
            personas: self.names(Reference::Persona, front.personas.as_ref(), &personas),
            lifecycles: front.lifecycles.as_ref().map_or_else(
                || LIFECYCLES.to_vec(),
                |list| list.value.0.iter().map(|at| at.value.0).collect(),
            ),
            languages: self.languages(front),
            pressure: front.pressure.as_ref().map_or_else(Default::default, |at| at.value.0),
            channels: match (&front.channels, &front.invites) {
                (Some(list), _) => self.names(Reference::Channel, Some(list), &channels),
                (None, Some(_)) => pages(file).map(str::to_owned).collect(),
                (None, None) => channels.iter().map(|&name| name.to_owned()).collect(),
            },
            kind: self.kind(front),
            invites: self.invites(front),
            answers: self.answers(front, &topics, &personas),
            subject: text(&front.subject, &title),
            title,
            text: body.trim().replace("\r\n", "\n"),
            confirms: front.confirms.as_ref().map(|at| at.value.0.clone()),
            fallbacks: fallbacks(front.fallbacks.as_ref()),
            variant: FIRST_VARIANT.into(),
            others: Vec::new(),
            language_fallback: self.language_fallback(front),
            until: front.until.as_ref().map(|at| at.value.0),
            again: front.again.as_ref().map(|at| at.value.0),
        }
    }

    /// What asks to confirm a consent is owed to whoever asked for it, and needs a link; an
    /// offer of help is owed to whoever needs it.
    fn kind(&mut self, front: &FrontMatter) -> StoryKind {
        let written = front.kind.as_ref();
        if let Some(invites) = &front.invites {
            if let Some(at) = written.filter(|at| at.value.0 != StoryKind::Service) {
                let message = format!(
                    "a story that invites to talk is of kind service, not {}",
                    at.value.0.word()
                );
                let help = "leave kind out: it offers help and sells nothing";
                self.problems.error("invites", at.span, message, help);
            }
            if front.confirms.is_some() {
                let message = "a story either invites to talk or confirms a consent".into();
                self.problems
                    .error("invites", invites.key, message, "make two stories of it");
            }
            return StoryKind::Service;
        }
        let Some(confirms) = &front.confirms else {
            return written.map_or_else(Default::default, |at| at.value.0);
        };
        if let Some(at) = written.filter(|at| at.value.0 != StoryKind::Service) {
            let message = format!(
                "a story that confirms a consent is of kind service, not {}",
                at.value.0.word()
            );
            let help = "leave kind out: whoever asked for something is owed the question";
            self.problems.error("confirms", at.span, message, help);
        }
        if self.file.links.is_none() {
            let message = "the story asks to confirm a consent, which needs a link, and there are no [links]".into();
            let help = "[links] public-url = \"https://links.example.com\", where people reach the public listener";
            self.problems.error("confirms", confirms.span, message, help);
        }
        if let Some(answers) = &front.answers {
            let message = "a story that confirms a consent asks one thing, and has answers".into();
            let help = "leave answers out; a question is a story of its own";
            self.problems.error("confirms", answers.key, message, help);
        }
        StoryKind::Service
    }

    /// The team of an invitation, which only a page can show.
    fn invites(&mut self, front: &FrontMatter) -> Option<String> {
        let at = front.invites.as_ref()?;
        let file = self.file;
        let teams = file.teams.iter().flat_map(|t| t.value.0.keys()).map(String::as_str);
        self.refer(Reference::Team, &at.value.0, at.span, teams);
        let pages: Vec<&str> = pages(file).collect();
        if pages.is_empty() {
            let message = "the story invites to talk, and there is no channel that is a page to show it on".into();
            let help = "[channels.site] page = \"pages\", where pages is the connector that your site reports to";
            self.problems.error("invites", at.key, message, help);
        }
        for channel in front.channels.iter().flat_map(|list| &list.value.0) {
            if !pages.is_empty() && !pages.contains(&channel.value.0.as_str()) {
                let message = format!(
                    "an invitation is shown on pages, and '{}' is none",
                    quote(&channel.value.0)
                );
                let help = format!("name pages only, such as {}, or leave channels out", pages.join(", "));
                self.problems.error("invites", channel.span, message, help);
            }
        }
        if let Some(answers) = &front.answers {
            let message = "a story that invites to talk asks one thing, and has answers".into();
            let help = "leave answers out; a question is a story of its own";
            self.problems.error("invites", answers.key, message, help);
        }
        Some(at.value.0.clone())
    }

    fn names(&mut self, what: Reference, written: Option<&At<Listed<Name>>>, known: &[&str]) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for at in written.iter().flat_map(|list| &list.value.0) {
            self.refer(what, &at.value.0, at.span, known.iter().copied());
            if !names.contains(&at.value.0) {
                names.push(at.value.0.clone());
            }
        }
        names
    }

    fn languages(&mut self, front: &FrontMatter) -> Vec<String> {
        if let (Some(_), Some(at)) = (&front.language, &front.languages) {
            let message = "the story has both language and languages".into();
            self.problems.error(
                "languages",
                at.key,
                message,
                "keep languages = [\"en\", …] and leave language out",
            );
        }
        let several = front.languages.iter().flat_map(|list| &list.value.0);
        let mut languages = Vec::new();
        for at in several.chain(&front.language) {
            let tag = at.value.0.trim();
            self.is_a_language(at);
            languages.push(tag.to_owned());
        }
        languages
    }

    fn is_a_language(&mut self, at: &At<Text>) {
        let tag = at.value.0.trim();
        if !is_language(tag) {
            let message = format!("'{}' is not a language", quote(tag));
            let help = "write a tag of BCP 47, such as \"en\" or \"pt-BR\"";
            self.problems.error("languages", at.span, message, help);
        }
    }

    fn language_fallback(&mut self, front: &FrontMatter) -> Option<String> {
        if let Some(at) = &front.language_fallback {
            self.is_a_language(at);
            return Some(at.value.0.trim().to_owned());
        }
        self.general_fallback().map(str::to_owned)
    }

    /// What `[stories]` says of languages.
    fn fallback_languages(&mut self) {
        let Some(written) = self.file.stories.as_ref().map(|at| &at.value) else {
            return;
        };
        let several = written.languages.iter().flat_map(|list| &list.value.0);
        for at in written.language_fallback.iter().chain(several) {
            self.is_a_language(at);
        }
    }

    /// What can be answered: by each answer a topic or a persona.
    fn answers(&mut self, front: &FrontMatter, topics: &[&str], personas: &[&str]) -> Vec<(String, String)> {
        let Some(list) = &front.answers else {
            return Vec::new();
        };
        if list.value.0.len() < 2 {
            let message = "a question needs at least two answers".into();
            let help = "such as answers = [{ name = \"roi\", text = \"The costs\" }, { name = \"security\", text = \"The risks\" }]";
            self.problems.error("answers", list.span, message, help);
        }
        let mut answers = Vec::new();
        for answer in &list.value.0 {
            let (Some(name), Some(shown)) = (&answer.value.name, &answer.value.text) else {
                continue;
            };
            let word = name.value.0.as_str();
            if !topics.contains(&word) && !personas.contains(&word) {
                let known = topics.iter().chain(personas).copied();
                let none = "the vocabulary has none yet; add [vocabulary.topics.…]";
                self.problems
                    .unknown("unknown-topic", "topic or persona", name.span, word, known, none);
            }
            answers.push((word.to_owned(), shown.value.0.trim().to_owned()));
        }
        answers
    }
}

/// The channels that are a site's pages.
fn pages(file: &FileTable) -> impl Iterator<Item = &str> {
    let channels = file.channels.iter().flat_map(|c| &c.value.0);
    channels
        .filter(|(_, channel)| channel.value.page.is_some())
        .map(|(name, _)| name.as_str())
}

pub(super) fn fallbacks(written: Option<&At<Mapped<Text>>>) -> BTreeMap<String, String> {
    let written = written.iter().flat_map(|table| &table.value.0);
    written.map(|(name, at)| (name.clone(), at.value.0.clone())).collect()
}

/// Whether a text has the shape of a BCP 47 tag: a language of two or three letters, then
/// subtags.
pub(super) fn is_language(tag: &str) -> bool {
    let mut parts = tag.split('-');
    parts
        .next()
        .is_some_and(|p| (2..=3).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphabetic()))
        && parts.all(|p| (1..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric()))
}
