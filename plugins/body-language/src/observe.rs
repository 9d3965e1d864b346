//! From signals to observations.

use hearken_sdk::Signal;
use hearken_sdk::json::{Map, Value};
use hearken_sdk::kinds::{
    Ask, ChatMessage, ChatSpeaker, FileDownloaded, FormAbandoned, FormStarted, FormSubmitted, Kind, MessageClicked,
    MessageReplied, PageLeft, PageViewed, PersonDescribed, PersonIdentified, ProductUsed, QuestionAnswered,
    ScreenViewed, SearchPerformed,
};

use crate::fingerprint::{Role, of_id, of_name};
use crate::lexicon::Lexicon;
use crate::observation::{Act, Asks, Label, Marks, Observation, Place, at, label};

/// Traits in which people's job titles are found, the first that is there counts.
pub(crate) const TITLE_TRAITS: [&str; 4] = ["title", "jobTitle", "job_title", "position"];

/// The job title among someone's traits.
pub(crate) fn job_title(traits: &Map<String, Value>) -> Option<&str> {
    TITLE_TRAITS
        .iter()
        .find_map(|name| traits.get(*name)?.as_str())
        .filter(|title| !title.trim().is_empty())
}

/// What a signal shows of a person's behaviour. None where it shows nothing: it is of
/// another kind, was not the person's doing, or is not as the catalogue says.
pub(crate) fn observe(signal: &Signal, lexicon: &Lexicon) -> Option<Observation> {
    let mut seen = Seen::new(lexicon);
    let act = match signal.kind.as_str() {
        "page.viewed" => seen.page_viewed(read(signal)?, signal.about.as_deref()),
        "page.left" => seen.page_left(read(signal)?, signal.about.as_deref()),
        "screen.viewed" => seen.screen_viewed(&read::<ScreenViewed>(signal)?),
        "search.performed" => seen.search(&read::<SearchPerformed>(signal)?),
        "form.started" => seen.form(&read::<FormStarted>(signal)?.form, Act::FormStarted),
        "form.submitted" => seen.form_submitted(&read::<FormSubmitted>(signal)?),
        "form.abandoned" => {
            let abandoned = read::<FormAbandoned>(signal)?;
            seen.form(
                &abandoned.form,
                Act::FormAbandoned {
                    corrections: corrections(abandoned.corrections),
                },
            )
        }
        "product.used" => {
            let used = read::<ProductUsed>(signal)?;
            seen.text(&used.action);
            seen.named(&used.feature, Act::Used)
        }
        "file.downloaded" => {
            let file = read::<FileDownloaded>(signal)?;
            seen.path(&path_of(&file.url));
            seen.named(&file.name, Act::Downloaded)
        }
        "chat.started" => Act::Chatted,
        "chat.message" => {
            let message = read::<ChatMessage>(signal)?;
            if message.speaker.is_some_and(|speaker| speaker != ChatSpeaker::Prospect) {
                return None;
            }
            seen.text(&message.text);
            seen.asks_for(&message.text);
            Act::Chatted
        }
        "message.opened" if lexicon.opens_count() => Act::Opened,
        "message.clicked" => {
            let click = read::<MessageClicked>(signal)?;
            seen.path(&path_of(&click.url));
            Act::Clicked {
                human: by_a_person(&click)?,
            }
        }
        "message.replied" => {
            let reply = read::<MessageReplied>(signal)?;
            if reply.automatic == Some(true) {
                return None;
            }
            seen.text(&reply.text);
            Act::Replied
        }
        "message.unsubscribed" | "message.complained" => Act::Refused,
        "meeting.requested" | "meeting.booked" | "meeting.held" => Act::Met,
        "question.answered" => {
            lexicon.mark_name(&read::<QuestionAnswered>(signal)?.answer, &mut seen.marks);
            Act::Answered
        }
        "person.identified" => named(&read::<PersonIdentified>(signal)?.traits)?,
        "person.described" => named(&read::<PersonDescribed>(signal)?.traits)?,
        _ => return None,
    };
    Some(Observation {
        at: at(signal.at.as_millis()),
        id: of_id(&signal.id),
        act,
        place: seen.place,
        page: seen.page,
        session: signal
            .session
            .as_deref()
            .map_or(0, |session| of_name(Role::Session, session)),
        marks: seen.marks,
        label: if seen.marks.is_empty() {
            Label::new()
        } else {
            label(&seen.label)
        },
    })
}

/// How sure it is that a person clicked, in percent; none where a program did.
fn by_a_person(click: &MessageClicked) -> Option<u8> {
    let human = click.human.unwrap_or(1.0).clamp(0.0, 1.0);
    let a_program = click.automatic == Some(true) || human < 0.5;
    (!a_program).then_some((human * 100.0).round() as u8)
}

/// What has been made out of a signal so far.
struct Seen<'a> {
    lexicon: &'a Lexicon,
    place: Place,
    page: u32,
    marks: Marks,
    label: String,
}

impl<'a> Seen<'a> {
    fn new(lexicon: &'a Lexicon) -> Self {
        Self {
            lexicon,
            place: Place::Elsewhere,
            page: 0,
            marks: Marks::default(),
            label: String::new(),
        }
    }

    fn page_viewed(&mut self, page: PageViewed, about: Option<&str>) -> Act {
        let path = page_path(&page.path, &page.url, about);
        self.page(&path);
        self.text(&page.title);
        self.text(&page.search);
        page.tags.iter().for_each(|tag| self.text(tag));
        self.label = if page.title.is_empty() { path } else { page.title };
        Act::Viewed
    }

    fn page_left(&mut self, page: PageLeft, about: Option<&str>) -> Act {
        let path = page_path(&page.path, &page.url, about);
        self.page(&path);
        self.label = path;
        Act::left(page.dwell_ms, page.visible_ms, page.scroll)
    }

    fn screen_viewed(&mut self, screen: &ScreenViewed) -> Act {
        self.page = of_name(Role::Page, &screen.name);
        self.named(&screen.name, Act::Viewed)
    }

    fn search(&mut self, search: &SearchPerformed) -> Act {
        self.asks_for(&search.query);
        self.named(
            &search.query,
            Act::Searched {
                found: search.results.map(|results| results > 0),
            },
        )
    }

    fn form_submitted(&mut self, form: &FormSubmitted) -> Act {
        let asks = match form.asks {
            Some(Ask::Contact) => Asks::Contact,
            Some(Ask::Demo) => Asks::Demo,
            Some(Ask::Quote) => Asks::Quote,
            Some(Ask::Download | Ask::Other) | None => Asks::Nothing,
        };
        self.form(
            &form.form,
            Act::FormSubmitted {
                asks,
                corrections: corrections(form.corrections),
            },
        )
    }

    /// Forms are often named by the path of their page.
    fn form(&mut self, form: &str, act: Act) -> Act {
        if form.starts_with('/') {
            self.path(form);
        }
        self.page = of_name(Role::Form, form);
        self.named(form, act)
    }

    fn named(&mut self, name: &str, act: Act) -> Act {
        self.text(name);
        name.clone_into(&mut self.label);
        act
    }

    fn page(&mut self, path: &str) {
        self.path(path);
        self.page = of_name(Role::Page, path);
        self.place = self.lexicon.place(path);
    }

    /// Words by which people ask for a price or a person, as pages are where they do.
    fn asks_for(&mut self, text: &str) {
        if self.lexicon.asks_for(text) {
            self.place = Place::Asking;
        }
    }

    fn path(&mut self, path: &str) {
        self.lexicon.mark_path(path, &mut self.marks);
    }

    fn text(&mut self, text: &str) {
        self.lexicon.mark_text(text, &mut self.marks);
    }
}

fn read<K: Kind>(signal: &Signal) -> Option<K> {
    signal.read::<K>()?.ok()
}

fn named(traits: &Map<String, Value>) -> Option<Act> {
    job_title(traits).map(|_| Act::Named)
}

fn corrections(count: Option<u32>) -> u8 {
    count.unwrap_or(0).min(u8::MAX.into()) as u8
}

/// A page's path, wherever its signal has it.
fn page_path(path: &str, url: &str, about: Option<&str>) -> String {
    match (path, url) {
        ("", "") => path_of(about.unwrap_or_default()),
        ("", url) => path_of(url),
        (path, _) => path_of(path),
    }
}

/// The path of an address or of a path with a query: without query, fragment and the slash
/// at its end, which mean the same page more often than another.
fn path_of(address: &str) -> String {
    let address = address.split(['?', '#']).next().unwrap_or_default();
    let path = match address.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("/", |slash| &rest[slash..]),
        None => address,
    };
    match path.trim_end_matches('/') {
        "" => "/".to_owned(),
        path => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_and_a_path_of_one_page_are_one_path() {
        for (address, path) in [
            ("https://example.com/roi/?utm_source=mail#top", "/roi"),
            ("/roi", "/roi"),
            ("https://example.com", "/"),
            ("https://example.com?x=1", "/"),
            ("/", "/"),
            ("", "/"),
            ("://", "/"),
        ] {
            assert_eq!(path_of(address), path, "{address}");
        }
    }
}
