//! A site's pages: who waits there for a notice, what a notice looks like, and what is said to
//! it.
//!
//! Whoever is at a page is known by nothing but the id that their page made up, and proves
//! nothing else. So what they may say is about the notice that this very id was given, named by
//! an id that only the host can make, and it becomes a signal of the host's own, as at a link.

use hearken_config::LinksWiring;
use hearken_links::{Answer, NotALink, pages::palette};
use hearken_model::{Act, Action, Identity, Instant, Story};
use hearken_sandbox::wire;
use hearken_site::{Ask, Kind, Notice, Visitor, Waiting, Words};
use hearken_store::Due;
use serde_json::{Value, json};

use crate::{
    Engine, facts,
    links::{LinkError, Word, following},
    outward,
    parts::Shared,
    vet::Origin,
};

/// What is said to a notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SaidOnPage {
    /// A page shows it.
    Shown,
    /// Its reader has closed it.
    Closed,
    /// The option, from 0.
    Answer(usize),
    /// Its reader wants to talk, and can be reached there; empty where they did not say.
    Talk(String),
}

impl Engine {
    /// A page of a visitor's waits for its notice; none where there is no room for it.
    #[must_use]
    pub fn waits_on_page(&self, page: &str, visitor: &str) -> Option<Waiting> {
        let (page, id) = (page.to_owned(), visitor.to_owned());
        self.current.now().board.wait(Visitor { page, id })
    }

    /// How many pages are open.
    #[must_use]
    pub fn open_pages(&self) -> usize {
        self.current.now().board.pages()
    }

    /// Takes what a visitor says to a notice, and returns once that is stored.
    ///
    /// # Errors
    /// Where it is no notice of theirs, does not take what is said, or the store fails.
    pub async fn said_on_page(
        &self,
        page: &str,
        visitor: &str,
        notice: &str,
        said: SaidOnPage,
    ) -> Result<(), LinkError> {
        self.current.now().said_on_page(page, visitor, notice, said).await
    }
}

/// Whom an action is for at the pages of a connector.
pub(crate) fn visitors(page: &str, action: &Action) -> Vec<Visitor> {
    let to = action.to.iter();
    to.map(|identity| Visitor {
        page: page.to_owned(),
        id: identity.value.clone(),
    })
    .collect()
}

impl Shared {
    /// What a page shows of an action.
    pub(crate) fn notice(&self, due: &Due) -> Notice {
        let action = &due.action;
        let content = self.linked(action);
        let text = |key: &str| content[key].as_str().unwrap_or_default().to_owned();
        let answers = content["answers"].as_array().into_iter().flatten();
        let kind = match (self.invites(action), action.act) {
            (Some(_), _) => Kind::Invitation,
            (None, Act::Ask) => Kind::Question,
            (None, _) => Kind::Story,
        };
        let now = self.clock.now();
        let ask = match kind {
            Kind::Invitation if !self.can_be_reached(due, now) => Ask::Address,
            _ => Ask::Nothing,
        };
        // What stands around a text in any language is in its reader's.
        let language = text("language");
        let theirs = self.view(&due.prospect, now).language.filter(|_| language.is_empty());
        let colour = self
            .wiring
            .links
            .as_ref()
            .map_or(LinksWiring::COLOUR, |links| links.colour);
        Notice {
            id: self.outward_id(action.id),
            kind,
            title: text("title"),
            html: text("html"),
            answers: answers.filter_map(|a| a["text"].as_str().map(str::to_owned)).collect(),
            ask,
            brand: self.wiring.brand.clone(),
            words: Words::of(theirs.as_deref().unwrap_or(&language)),
            language,
            style: Notice::style(&palette(colour)),
        }
    }

    /// The story of an action that invites to talk.
    fn invites(&self, action: &Action) -> Option<&Story> {
        self.wiring
            .story(&action.target)
            .filter(|story| story.invites.is_some())
    }

    /// Whether there is a way to somebody that does not end with their visit.
    fn can_be_reached(&self, due: &Due, now: Instant) -> bool {
        let known = facts::addresses(&self.wiring, &due.prospect, now);
        known.iter().any(|a| !a.on_page && a.unusable.is_none())
    }

    async fn said_on_page(&self, page: &str, visitor: &str, notice: &str, said: SaidOnPage) -> Result<(), LinkError> {
        let id = outward::inward(&self.key, notice).ok_or(NotALink::Invalid)?;
        let due = self.store.due_again(id).await?.ok_or(NotALink::Expired)?;
        let to = due.action.to.iter().find(|to| to.value == visitor);
        let to = to.filter(|_| due.action.sink == page).ok_or(NotALink::Invalid)?.clone();
        // Whatever they say: it is there to be said something to.
        self.board.shown(notice);
        if said == SaidOnPage::Shown {
            return Ok(());
        }
        match said {
            SaidOnPage::Shown => {}
            // Who has answered and then closes it has not sent us away.
            SaidOnPage::Closed if is_answered(&due) => {}
            SaidOnPage::Closed => self.closed(&due.action, to).await?,
            SaidOnPage::Answer(option) => self.answered_on_page(&due.action, option).await?,
            SaidOnPage::Talk(reach) => self.wants_to_talk(&due, page, to, &reach).await?,
        }
        let (page, visitor) = (page.to_owned(), visitor.to_owned());
        self.board.forget(&Visitor { page, id: visitor }, id.as_u64());
        Ok(())
    }

    async fn closed(&self, action: &Action, to: Identity) -> Result<(), LinkError> {
        let properties = json!({ "channel": action.channel });
        self.report(vec![self.said_to(
            "message.dismissed",
            "closed",
            action,
            to,
            properties,
        )])
        .await
    }

    async fn answered_on_page(&self, action: &Action, option: usize) -> Result<(), LinkError> {
        let link = Answer {
            action: action.id,
            option: u16::try_from(option).map_err(|_| NotALink::Invalid)?,
            expires: action.expires,
        };
        self.answer(&link, option).await
    }

    /// Somebody takes up an invitation. Where they can be reached is their claim, as all that a
    /// page says; that they want to talk answers the invitation.
    async fn wants_to_talk(&self, due: &Due, page: &str, to: Identity, reach: &str) -> Result<(), LinkError> {
        let story = self.invites(&due.action).ok_or(NotALink::Invalid)?;
        if reach.trim().is_empty() {
            if !self.can_be_reached(due, self.clock.now()) {
                return Err(NotALink::Invalid.into());
            }
        } else {
            let address = address(reach).ok_or(NotALink::Invalid)?;
            self.claims(page, &due.action, &to, address).await?;
        }
        let properties = json!({ "about": story.title });
        self.report(vec![self.said_to(
            "meeting.requested",
            "talk",
            &due.action,
            to,
            properties,
        )])
        .await
    }

    /// Somebody at a page says what else they are called.
    async fn claims(&self, page: &str, action: &Action, to: &Identity, address: Identity) -> Result<(), LinkError> {
        let at = self.clock.now();
        let origin = Origin {
            connector: page,
            received: at,
            public: true,
        };
        let named = |identity: &Identity| wire::Identity {
            scheme: identity.scheme.clone(),
            value: identity.value.clone(),
        };
        let signal = wire::Signal {
            id: following("reach", action.id, &address.to_string(), ""),
            kind: "person.identified".into(),
            at: at.0,
            identities: vec![named(to), named(&address)],
            company: None,
            session: None,
            about: None,
            answers: None,
            properties: "{}".into(),
            extra: Vec::new(),
        };
        let intake = self.vetted(vec![signal], &[], origin);
        let refused = intake.signals.is_empty();
        self.store_intake(page, intake).await?;
        if refused {
            // Its operator lets nobody say so; the dead letter says which key would.
            return Err(NotALink::Invalid.into());
        }
        Ok(())
    }

    fn said_to(&self, kind: &'static str, what: &str, action: &Action, to: Identity, properties: Value) -> Word {
        Word {
            id: following(what, action.id, &to.value, ""),
            kind,
            at: self.clock.now(),
            to,
            action: action.id,
            properties,
            live: true,
            vouched: false,
        }
    }
}

/// Whether its reader has said something to it, or closed it.
pub(crate) fn is_answered(due: &Due) -> bool {
    let tellings = due.prospect.tellings();
    let mut told = tellings.iter().filter(|t| t.action == due.action.id);
    told.any(|t| t.answered.is_some())
}

/// What somebody typed who wants to be reached: an e-mail address, or a phone number.
fn address(text: &str) -> Option<Identity> {
    let scheme = if text.contains('@') { "email" } else { "phone" };
    Identity::new(scheme, text)
}
