//! What pages say, by language. A language is one value of [`Words`]: what is missing does
//! not compile.

use hearken_model::{Identity, Verdict};

/// A language that pages can be read in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English, also where nothing is known.
    English,
    /// German.
    German,
}

impl Language {
    const ALL: [Self; 2] = [Self::English, Self::German];

    /// Its tag of BCP 47.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }

    /// The language of a tag, `de-AT` included; none where no page speaks it.
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        let base = tag.split(['-', '_']).next().unwrap_or_default().trim();
        Self::ALL.into_iter().find(|l| l.tag().eq_ignore_ascii_case(base))
    }

    /// The first language of an `Accept-Language` header that pages speak, by weight.
    #[must_use]
    pub fn accepted(header: &str) -> Option<Self> {
        let mut asked: Vec<(f32, Self)> = Vec::new();
        for item in header.split(',').take(32) {
            let mut parts = item.split(';');
            let language = parts.next().and_then(Self::of_tag);
            let weight = parts
                .find_map(|p| p.trim().strip_prefix("q="))
                .map_or(Ok(1.0), str::parse)
                .unwrap_or(0.0);
            asked.extend(language.filter(|_| weight > 0.0).map(|l| (weight, l)));
        }
        // The first among equals, as it was written.
        asked
            .into_iter()
            .rev()
            .max_by(|x, y| x.0.total_cmp(&y.0))
            .map(|(_, l)| l)
    }

    pub(super) const fn words(self) -> &'static Words {
        match self {
            Self::English => &ENGLISH,
            Self::German => &GERMAN,
        }
    }
}

/// A sentence that is put together.
pub(super) type Sentence = fn(&str, &str) -> String;

/// Everything that pages say in one language.
pub(super) struct Words {
    pub(super) privacy: &'static str,
    /// (purpose, as it is called) …
    purposes: &'static [(&'static str, &'static str)],
    /// … and (channel, as it is called).
    channels: &'static [(&'static str, &'static str)],
    /// What stands before a channel in a sentence …
    by: &'static str,
    /// … and what stands there where any is meant.
    by_any: &'static str,
    pub(super) sent_to: &'static str,
    pub(super) unsubscribe_title: &'static str,
    /// Of the purpose and by what.
    pub(super) unsubscribe_ask: Sentence,
    pub(super) unsubscribe: &'static str,
    pub(super) unsubscribed_title: &'static str,
    /// Of the purpose and by what.
    pub(super) unsubscribed: Sentence,
    pub(super) under_way: &'static str,
    pub(super) choose_instead: &'static str,
    pub(super) choose_again: &'static str,
    pub(super) confirm_title: &'static str,
    /// Of the purpose and by what.
    pub(super) confirm_ask: Sentence,
    pub(super) confirm: &'static str,
    pub(super) not_me: &'static str,
    pub(super) confirmed_title: &'static str,
    /// Of the purpose and by what.
    pub(super) confirmed: Sentence,
    pub(super) preferences_title: &'static str,
    pub(super) preferences_ask: &'static str,
    pub(super) save: &'static str,
    pub(super) saved: &'static str,
    pub(super) nothing: &'static str,
    pub(super) nothing_hint: &'static str,
    pub(super) hears_nothing: &'static str,
    pub(super) answer: &'static str,
    pub(super) answer_again: &'static str,
    pub(super) answered_title: &'static str,
    pub(super) answered: &'static str,
    pub(super) hand_over: OfHandOvers,
    pub(super) invalid: (&'static str, &'static str),
    pub(super) expired: (&'static str, &'static str),
    pub(super) slower: (&'static str, &'static str),
    pub(super) failed: (&'static str, &'static str),
}

/// What the page of a hand-over says.
pub(super) struct OfHandOvers {
    pub(super) three: &'static str,
    pub(super) role: &'static str,
    pub(super) concern: &'static str,
    pub(super) moment: &'static str,
    pub(super) yes: &'static str,
    pub(super) no: &'static str,
    pub(super) why: &'static str,
    pub(super) by: &'static str,
    pub(super) until: &'static str,
    pub(super) accept: &'static str,
    pub(super) reject: &'static str,
    pub(super) recycle: &'static str,
    accepted: &'static str,
    rejected: &'static str,
    recycled: &'static str,
}

impl OfHandOvers {
    /// What was answered last.
    pub(super) const fn given(&self, verdict: Verdict) -> &'static str {
        match verdict {
            Verdict::Accepted => self.accepted,
            Verdict::Rejected => self.rejected,
            Verdict::Recycled => self.recycled,
        }
    }
}

impl Words {
    /// A purpose as people call it; one of the operator's own by its name.
    pub(super) fn purpose<'a>(&self, purpose: &'a str) -> &'a str {
        called(self.purposes, purpose)
    }

    /// A channel as people call it; one of the operator's own by its name.
    pub(super) fn channel<'a>(&self, channel: &'a str) -> &'a str {
        called(self.channels, channel)
    }

    /// By a channel, as it stands in a sentence.
    pub(super) fn by(&self, channel: &str) -> String {
        match channel {
            "*" => self.by_any.to_owned(),
            channel => format!("{} {}", self.by, self.channel(channel)),
        }
    }
}

fn called<'a>(names: &'static [(&'static str, &'static str)], name: &'a str) -> &'a str {
    names
        .iter()
        .find(|(n, _)| *n == name)
        .map_or(name, |(_, called)| called)
}

/// An address, told so that its owner knows it and somebody who looks over their shoulder,
/// or was forwarded the message, does not: `a•••@example.com`.
pub(super) fn veiled(to: &Identity) -> String {
    match to.value.rsplit_once('@') {
        Some((local, domain)) => format!(
            "{}•••@{}",
            visible(local).chars().take(1).collect::<String>(),
            visible(domain)
        ),
        None => {
            let count = to.value.chars().count();
            let end: String = to.value.chars().skip(count.saturating_sub(2)).collect();
            format!("•••{}", visible(&end))
        }
    }
}

/// A text without what is not seen and changes how the rest is: control characters, and
/// marks that turn the direction of reading.
pub(super) fn visible(text: &str) -> String {
    let unseen = |c: char| {
        c.is_control()
            || matches!(c, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    text.chars().filter(|c| !unseen(*c)).collect()
}

const ENGLISH: Words = Words {
    privacy: "Privacy",
    purposes: &[
        ("marketing", "news and offers"),
        ("sales", "messages from sales"),
        ("service", "service messages"),
    ],
    channels: &[
        ("email", "e-mail"),
        ("sms", "text message"),
        ("phone", "phone"),
        ("chat", "chat"),
        ("web", "web"),
    ],
    by: "by",
    by_any: "on any channel",
    sent_to: "For",
    unsubscribe_title: "Unsubscribe?",
    unsubscribe_ask: |purpose, by| format!("You will get no more {purpose} {by}."),
    unsubscribe: "Unsubscribe",
    unsubscribed_title: "You are unsubscribed",
    unsubscribed: |purpose, by| format!("You get no more {purpose} {by}."),
    under_way: "A message that has already left may still arrive.",
    choose_instead: "Choose what you hear from us instead",
    choose_again: "Choose what you hear from us",
    confirm_title: "Is this you?",
    confirm_ask: |purpose, by| format!("Please confirm that you want {purpose} {by}."),
    confirm: "Yes, confirm",
    not_me: "If you did not ask for this, close this page. Without your confirmation, nothing is sent.",
    confirmed_title: "Confirmed, thank you",
    confirmed: |purpose, by| format!("You get {purpose} {by}. Every message has a link to unsubscribe."),
    preferences_title: "What may we send you?",
    preferences_ask: "Tick what you want to hear, and leave out what you don’t.",
    save: "Save",
    saved: "Your choice is saved.",
    nothing: "Send me nothing at all",
    nothing_hint: "Takes back everything, on every channel.",
    hears_nothing: "You get nothing from us. Tick something to change that.",
    answer: "Send answer",
    answer_again: "Change answer",
    answered_title: "Thank you",
    answered: "Your answer has arrived:",
    hand_over: OfHandOvers {
        three: "Three short questions, each as you like. What you say counts for more than anything that we have worked out.",
        role: "The right role?",
        concern: "A real concern?",
        moment: "The right moment?",
        yes: "Yes",
        no: "No",
        why: "Anything else (the person never reads it)",
        by: "Your name",
        until: "Not before",
        accept: "I take it",
        reject: "Not for us",
        recycle: "Later: give it back",
        accepted: "Taken. You have the floor: nothing else is sent to them by us.",
        rejected: "Turned down. It will not come back by itself.",
        recycled: "Given back. We go on listening.",
    },
    invalid: (
        "This link is not valid",
        "It may have been cut off on its way. Please open it from the message itself. Nothing was changed.",
    ),
    expired: (
        "This link is no longer valid",
        "Its time has passed, or it has been used. Nothing was changed.",
    ),
    slower: (
        "One moment, please",
        "There were too many requests at once, and nothing was changed. Please try again in a minute.",
    ),
    failed: (
        "That did not work",
        "Something is wrong on our side, and nothing was changed. Please try again in a minute.",
    ),
};

const GERMAN: Words = Words {
    privacy: "Datenschutz",
    purposes: &[
        ("marketing", "Neuigkeiten und Angebote"),
        ("sales", "Nachrichten vom Vertrieb"),
        ("service", "Servicenachrichten"),
    ],
    channels: &[
        ("email", "E-Mail"),
        ("sms", "SMS"),
        ("phone", "Telefon"),
        ("chat", "Chat"),
        ("web", "Web"),
    ],
    by: "per",
    by_any: "auf irgendeinem Kanal",
    sent_to: "Für",
    unsubscribe_title: "Abmelden?",
    unsubscribe_ask: |purpose, by| format!("Sie erhalten dann keine {purpose} mehr {by}."),
    unsubscribe: "Abmelden",
    unsubscribed_title: "Sie sind abgemeldet",
    unsubscribed: |purpose, by| format!("Sie erhalten keine {purpose} mehr {by}."),
    under_way: "Eine Nachricht, die schon unterwegs ist, kann noch ankommen.",
    choose_instead: "Lieber auswählen, was Sie von uns hören",
    choose_again: "Auswählen, was Sie von uns hören",
    confirm_title: "Sind Sie das?",
    confirm_ask: |purpose, by| format!("Bitte bestätigen Sie, dass Sie {purpose} {by} erhalten möchten."),
    confirm: "Ja, bestätigen",
    not_me: "Wenn Sie das nicht angefordert haben, schließen Sie diese Seite. Ohne Ihre Bestätigung wird nichts versendet.",
    confirmed_title: "Bestätigt, vielen Dank",
    confirmed: |purpose, by| format!("Sie erhalten {purpose} {by}. In jeder Nachricht steht ein Link zum Abmelden."),
    preferences_title: "Was dürfen wir Ihnen senden?",
    preferences_ask: "Kreuzen Sie an, was Sie hören möchten, und lassen Sie den Rest weg.",
    save: "Speichern",
    saved: "Ihre Auswahl ist gespeichert.",
    nothing: "Gar nichts mehr senden",
    nothing_hint: "Nimmt alles zurück, auf jedem Kanal.",
    hears_nothing: "Sie erhalten nichts von uns. Kreuzen Sie etwas an, um das zu ändern.",
    answer: "Antwort senden",
    answer_again: "Antwort ändern",
    answered_title: "Vielen Dank",
    answered: "Ihre Antwort ist angekommen:",
    hand_over: OfHandOvers {
        three: "Drei kurze Fragen, jede freiwillig. Was Sie sagen, zählt mehr als alles, was wir herausgefunden haben.",
        role: "Stimmt die Rolle?",
        concern: "Ist das Anliegen echt?",
        moment: "Stimmt der Zeitpunkt?",
        yes: "Ja",
        no: "Nein",
        why: "Was sonst noch (die Person liest es nie)",
        by: "Ihr Name",
        until: "Nicht vor dem",
        accept: "Ich übernehme",
        reject: "Nichts für uns",
        recycle: "Später: zurückgeben",
        accepted: "Übernommen. Sie haben das Wort: von uns geht nichts anderes an die Person.",
        rejected: "Abgelehnt. Es kommt nicht von selbst zurück.",
        recycled: "Zurückgegeben. Wir hören weiter zu.",
    },
    invalid: (
        "Dieser Link ist ungültig",
        "Vielleicht wurde er unterwegs abgeschnitten. Bitte öffnen Sie ihn direkt aus der Nachricht. Es wurde nichts geändert.",
    ),
    expired: (
        "Dieser Link ist nicht mehr gültig",
        "Seine Zeit ist abgelaufen, oder er wurde schon benutzt. Es wurde nichts geändert.",
    ),
    slower: (
        "Einen Moment, bitte",
        "Das waren zu viele Anfragen auf einmal; es wurde nichts geändert. Bitte versuchen Sie es in einer Minute noch einmal.",
    ),
    failed: (
        "Das hat nicht geklappt",
        "Bei uns ist etwas nicht in Ordnung; es wurde nichts geändert. Bitte versuchen Sie es in einer Minute noch einmal.",
    ),
};
