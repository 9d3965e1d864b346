//! A story's other texts: `roi.de.md` is the German text of `roi.md`, `roi+b.md` another one
//! that is tried out against it, and `roi+b.de.md` the German of that.

use std::{collections::BTreeSet, path::PathBuf};

use hearken_model::{FIRST_VARIANT, Story, StoryId};

use super::{
    Resolver,
    stories::{Stories, fallbacks, is_language},
    story_texts::Written,
    text,
};
use crate::{
    authored::{AnswerTable, At, Listed, WordingMatter, is_name},
    load::read_text,
    quote,
    source::Span,
};

/// What the name of a story's file says.
pub(super) struct FileName {
    pub(super) path: PathBuf,
    /// Without the ending.
    pub(super) stem: String,
    /// The story's.
    pub(super) story: String,
    variant: Option<String>,
    language: Option<String>,
}

impl FileName {
    pub(super) fn of(path: PathBuf) -> Self {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let (head, language) = match stem.split_once('.') {
            Some((head, language)) => (head, Some(language.to_owned())),
            None => (stem.as_str(), None),
        };
        let (story, variant) = match head.split_once('+') {
            Some((story, variant)) => (story, Some(variant.to_owned())),
            None => (head, None),
        };
        Self {
            story: story.to_owned(),
            variant,
            language,
            stem,
            path,
        }
    }

    /// Whether it is the story's own file.
    pub(super) const fn is_own(&self) -> bool {
        self.variant.is_none() && self.language.is_none()
    }
}

impl Resolver<'_> {
    /// Reads the other texts of the stories that were read.
    pub(super) fn wordings(&mut self, mut files: Vec<FileName>, stories: &mut Stories) {
        // A variant takes over what it does not say itself from the first text in its language.
        files.sort_by(|x, y| (&x.story, &x.variant, &x.language).cmp(&(&y.story, &y.variant, &y.language)));
        for name in files {
            let Some((file, whole)) = read_text(&name.path, self.problems) else {
                continue;
            };
            if !self.is_well_named(&name, file, stories) {
                continue;
            }
            let Some((front, body)) = self.front_matter::<WordingMatter>(file, &whole) else {
                continue;
            };
            // Where the story itself could not be read, that is said already.
            let Some(story) = stories.told.iter_mut().find(|story| story.id.as_str() == name.story) else {
                continue;
            };
            let other = self.wording(story, &name, file, &front, body);
            let written = Written {
                file,
                whole: &whole,
                body,
                title: None,
                subject: front.subject.as_ref(),
                answers: front.answers.as_ref(),
                fallbacks: front.fallbacks.as_ref(),
            };
            self.story_texts(&other, written);
            story.others.push(other);
        }
        for story in &stories.told {
            let place = stories.places.get(story.id.as_str()).copied();
            self.missing_texts(story, place.unwrap_or(Span::beginning(0)));
        }
    }

    fn is_well_named(&mut self, name: &FileName, file: usize, stories: &Stories) -> bool {
        let FileName {
            story,
            variant,
            language,
            ..
        } = name;
        let help = "roi.de.md is the German text of roi.md, roi+b.md another one to be tried out";
        let (code, message) = if let Some(tag) = language.as_ref().filter(|tag| !is_language(tag)) {
            (
                "languages",
                format!("'{}' in the file's name is not a language", quote(tag)),
            )
        } else if let Some(variant) = variant.as_ref().filter(|variant| !is_name(variant)) {
            (
                "name",
                format!("'{}' in the file's name is not a name for a variant", quote(variant)),
            )
        } else if variant.as_deref() == Some(FIRST_VARIANT) {
            (
                "name",
                format!(
                    "the variant '{FIRST_VARIANT}' is the text of {}.md itself",
                    quote(story)
                ),
            )
        } else if !stories.names.contains(story) {
            (
                "story-text",
                format!("there is no story '{}' that this is a text of", quote(story)),
            )
        } else {
            return true;
        };
        self.problems.error(code, Span::beginning(file), message, help);
        false
    }

    fn wording(&mut self, main: &Story, name: &FileName, file: usize, front: &WordingMatter, body: &str) -> Story {
        let languages = match &name.language {
            Some(tag) => vec![tag.clone()],
            None => main.languages.clone(),
        };
        let variant = name.variant.clone().unwrap_or_else(|| FIRST_VARIANT.into());
        let same = main
            .texts()
            .find(|text| text.variant == variant && shares(&text.languages, &languages));
        if let Some(same) = same {
            let message = format!("'{}' has a text for the same readers", quote(same.id.as_str()));
            let help = "each variant of a story has one text for each language";
            self.problems.error("story-text", Span::beginning(file), message, help);
        }
        let base = main
            .texts()
            .find(|text| text.variant == FIRST_VARIANT && text.languages == languages);
        let base = base.filter(|_| name.variant.is_some());
        if base.is_none() && front.subject.is_none() {
            let message = "the text lacks the key 'subject', in its language".into();
            self.problems
                .error("missing-key", Span::beginning(file), message, "add subject = …");
        }
        let mut said = base.map(|base| base.fallbacks.clone()).unwrap_or_default();
        said.extend(fallbacks(front.fallbacks.as_ref()));
        Story {
            id: StoryId(name.stem.clone()),
            languages,
            variant,
            answers: self.answers_again(main, base, front.answers.as_ref(), file),
            subject: text(&front.subject, base.map_or(&main.subject, |base| &base.subject)),
            text: body.trim().replace("\r\n", "\n"),
            fallbacks: said,
            others: Vec::new(),
            ..main.clone()
        }
    }

    /// The same answers as the story's own text has, in this text's words.
    fn answers_again(
        &mut self,
        main: &Story,
        base: Option<&Story>,
        written: Option<&At<Listed<AnswerTable>>>,
        file: usize,
    ) -> Vec<(String, String)> {
        let Some(list) = written else {
            if base.is_none() && !main.answers.is_empty() {
                let message = "the text lacks the key 'answers', in its language".into();
                let place = Span::beginning(file);
                self.problems.error("missing-key", place, message, "add answers = …");
            }
            return base.map(|base| base.answers.clone()).unwrap_or_default();
        };
        let answers: Vec<(String, String)> = (list.value.0.iter())
            .filter_map(|answer| {
                let AnswerTable { name, text } = &answer.value;
                Some((name.as_ref()?.value.0.clone(), text.as_ref()?.value.0.trim().to_owned()))
            })
            .collect();
        if !answers
            .iter()
            .map(|(name, _)| name)
            .eq(main.answers.iter().map(|(name, _)| name))
        {
            let names: Vec<&str> = main.answers.iter().map(|(name, _)| name.as_str()).collect();
            let message = "the answers are not those of the story's own text".into();
            let help = match names.as_slice() {
                [] => format!("leave them out: {}.md asks nothing", main.id),
                names => format!("write them in this order: {}", names.join(", ")),
            };
            self.problems.error("answers", list.span, message, help);
        }
        answers
    }

    /// Says which texts are missing where.
    fn missing_texts(&mut self, story: &Story, place: Span) {
        let spoken = story.spoken();
        let own = story.language_fallback.as_ref().filter(|_| !spoken.is_empty());
        if let Some(tag) = own.filter(|tag| self.general_fallback() != Some(tag.as_str()) && !has(&spoken, tag)) {
            let message = format!("language-fallback is '{}', and the story has no text in it", quote(tag));
            let help = format!("one of: {}", spoken.join(", "));
            self.problems.error("languages", place, message, help);
        }
        let falls_back = own.is_some_and(|tag| has(&spoken, tag));
        let wanted = self.file.stories.as_ref().and_then(|s| s.value.languages.as_ref());
        for at in wanted.iter().flat_map(|list| &list.value.0).filter(|_| !falls_back) {
            let tag = at.value.0.trim();
            if is_language(tag) && !spoken.is_empty() && !has(&spoken, tag) {
                let message = format!(
                    "the story has no text in '{}', and is told to nobody who reads it",
                    quote(tag)
                );
                let help = format!("write {}.{tag}.md, or language-fallback = \"{}\"", story.id, spoken[0]);
                self.problems.warning("missing-text", place, message, help);
            }
        }
        let variants: BTreeSet<&String> = story.texts().map(|text| &text.variant).collect();
        for variant in variants {
            let of_it: Vec<&Story> = story.texts().filter(|text| text.variant == *variant).collect();
            for tag in spoken
                .iter()
                .filter(|tag| !of_it.iter().any(|text| has(&text.languages, tag)))
            {
                let message =
                    format!("variant '{variant}' has no text in '{tag}': who reads it is told another variant");
                let plus = if variant == FIRST_VARIANT {
                    String::new()
                } else {
                    format!("+{variant}")
                };
                let help = format!("write {}{plus}.{tag}.md, unless that is meant", story.id);
                self.problems.warning("missing-text", place, message, help);
            }
        }
    }

    /// `language-fallback` of `[stories]`.
    pub(super) fn general_fallback(&self) -> Option<&str> {
        let written = self.file.stories.as_ref()?.value.language_fallback.as_ref()?;
        Some(written.value.0.trim())
    }
}

fn has(languages: &[String], tag: &str) -> bool {
    languages.iter().any(|language| language.eq_ignore_ascii_case(tag))
}

fn shares(some: &[String], others: &[String]) -> bool {
    some.is_empty() && others.is_empty() || some.iter().any(|tag| has(others, tag))
}
