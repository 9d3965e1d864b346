//! The tables of a configuration file.

use hearken_model::{ConsentRule, Mode};

use super::{
    Address, Choice, ConnectorTable, EmailText, Fraction, HoursText, Length, Listed, MailTable, Mapped, Name, Named,
    Number, PathText, Peer, Positive, Rate, RelayTable, Text, Weights, macros::table,
};

table! {
    /// A configuration. Several files make one: later ones extend and override earlier ones.
    pub(crate) struct FileTable ("the configuration") {
        /// In whose name we speak; consents are given to a brand. Default "default".
        optional brand: Text,
        /// Where state is kept.
        optional store: StoreTable,
        /// Where the daemon listens.
        optional listen: ListenTable,
        /// Where plugins are found.
        optional plugins: PluginsTable,
        /// What the gates check before anything is said.
        optional policy: PolicyTable,
        /// Topics, personas and fit rules: the words that scorers, routers and stories share.
        optional vocabulary: VocabularyTable,
        /// Plugins as wired, by the connector's name.
        optional connectors: Named<ConnectorTable>,
        /// Who scores and who routes.
        optional flow: FlowTable,
        /// Ways to reach a prospect, by name.
        optional channels: Named<ChannelTable>,
        /// People who take hand-overs, by name.
        optional teams: Named<TeamTable>,
        /// What can be said.
        optional stories: StoriesTable,
        /// In whose name mail is written.
        optional mail: MailTable,
        /// Servers that mail is handed to, by name; `grants.mail` of a connector names one.
        optional relays: Named<RelayTable>,
        /// Links for people outside: to unsubscribe, to answer, to say what they want to hear.
        optional links: LinksTable,
        /// What is learned from what came of stories.
        optional learn: LearnTable,
    }
}

table! {
    /// Where state is kept.
    pub(crate) struct StoreTable ("[store]") {
        /// The SQLite file, relative to this file's folder. Default "hearken.sqlite".
        optional path: PathText,
        /// For how long a signal's id is remembered, so that a repeated one is dropped. Default "7d".
        optional dedup_window: Length,
        /// For how long it is kept what connectors sent to whom. Default "30d".
        optional egress_window: Length,
        /// For how long what is known of people is kept. Default: until they are forgotten.
        optional keep: KeepTable,
    }
}

table! {
    /// For how long what is known of people is kept; what is not named is kept until they are forgotten.
    pub(crate) struct KeepTable ("[store.keep]") {
        /// What people did, since it was received. What was made of it (beliefs, turns) stays.
        optional signals: Length,
        /// Decisions with what was told, since they were made. Learning looks back no further than this.
        optional decisions: Length,
        /// What could not be worked off.
        optional dead_letters: Length,
        /// Visitors who are not known by any name, since they were last seen.
        optional visitors: Length,
        /// Everybody else, since they were last seen.
        optional people: Length,
    }
}

table! {
    /// Where the daemon listens.
    pub(crate) struct ListenTable ("[listen]") {
        /// Intake and signed links. Default "127.0.0.1:7700".
        optional public: Address,
        /// API, pages and metrics; a loopback address. Default "127.0.0.1:7701".
        optional admin: Address,
        /// Proxies that are believed when they say, in X-Forwarded-For, for whom they ask. Default: those on this machine.
        optional proxies: Listed<Peer>,
    }
}

table! {
    /// Where plugins are found.
    pub(crate) struct PluginsTable ("[plugins]") {
        /// Folders in which plugins are looked up by name, the first one first. Default ["plugins"].
        optional folders: Listed<PathText>,
        /// A folder of the daemon's own, for compiled plugins. Default "hearken-data" beside the store.
        optional data_folder: PathText,
    }
}

table! {
    /// What the gates check before anything is said.
    pub(crate) struct PolicyTable ("[policy]") {
        /// Decide only (shadow, the default), wait for a person (approve), or send (live).
        optional mode: Choice<Mode>,
        /// Where not empty, the only addresses to speak to: "ann@example.com" or "*@example.com".
        optional only_to: Listed<Text>,
        /// Stories told to one person, over all channels. Default ["2/7d"].
        optional caps: Listed<Rate>,
        /// At most so many stories to all people of one account together, over all channels, such as "6/7d". Default: no cap.
        optional account_caps: Listed<Rate>,
        /// How many signals a person must have given before we speak. Default 3.
        optional listen_first: u32,
        /// How long an unanswered story keeps the next one waiting. Default "5d".
        optional await_reply: Length,
        /// How long before the same story may be told again to one person. Default "180d".
        optional story_again: Length,
        /// How long an action stays sensible where the router does not say. Default "2d".
        optional expires: Length,
        /// Whether to speak to addresses that were only claimed, by a public write key. Default false.
        optional speak_to_claimed: bool,
        /// What each purpose needs.
        optional consent: ConsentTable,
        /// From when on a lead is qualified.
        optional qualify: QualifyTable,
        /// When stories are sent, by the reader's own clock (a trait "timezone"); the zone is that of readers whose zone is not known. Service stories and hand-overs go at any hour. Default: at any hour.
        optional waking_hours: HoursText,
        /// Other zones in which readers may be whose zone is not known: they get a story only while it is time in all of them.
        optional zones: Listed<Text>,
        /// How many people who were never told anything may be told something within an hour. Default: any number.
        optional new_people_per_hour: Positive,
        /// To whom nothing is said for its own sake: colleagues, competitors, people who look for a job. No story but a service story is told to them, and they are handed over to nobody.
        optional exclude: Listed<ExcludeTable>,
        /// Colleagues who get each text of each story once, when it is first sent: "me@example.com". They need no consent and count for nothing.
        optional seeds: Listed<Text>,
    }
}

table! {
    /// To whom nothing is said for its own sake: a name, and exactly one of domains, trait and interest.
    pub(crate) struct ExcludeTable ("the exclusion") {
        /// What they are, for people: "employees".
        required name: Text,
        /// Domains of their addresses or their employer, with what lies below: ["example.com"].
        optional domains: Listed<Text>,
        /// A trait that says it,
        optional r#trait: Text,
        /// which is one of these, whatever the case. Without it: which is there and not empty.
        optional one_of: Listed<Text>,
        /// A topic of the vocabulary that interests them most: "jobs".
        optional interest: Name,
    }
}

table! {
    /// What each purpose needs.
    pub(crate) struct ConsentTable ("consent") {
        /// For marketing stories. Default "opt-in".
        optional marketing: Choice<ConsentRule>,
        /// For sales stories. Default "opt-in".
        optional sales: Choice<ConsentRule>,
        /// For keeping what somebody does on your pages, as far as a public write key reports it. Default "opt-out".
        optional observing: Choice<ConsentRule>,
    }
}

table! {
    /// From when on a lead is qualified.
    pub(crate) struct QualifyTable ("qualify") {
        /// How well it must fit. Default 0.5.
        optional fit: Fraction,
        /// How engaged it must be. Default 0.4.
        optional engagement: Fraction,
    }
}

table! {
    /// The words that scorers, routers and stories share. A belief outside of them is refused.
    pub(crate) struct VocabularyTable ("[vocabulary]") {
        /// What people can be interested in, by name.
        optional topics: Named<TopicTable>,
        /// Roles in the buying process, by name.
        optional personas: Named<PersonaTable>,
        /// Who fits what is sold.
        optional fit: Listed<FitTable>,
    }
}

table! {
    /// What people can be interested in.
    pub(crate) struct TopicTable ("the topic") {
        /// For people. Default: the name.
        optional title: Text,
        /// Paths of pages, `*` for any text: "/pricing*".
        optional urls: Listed<Text>,
        /// Words of titles, searches and tags that speak for it.
        optional words: Listed<Text>,
    }
}

table! {
    /// A role in the buying process.
    pub(crate) struct PersonaTable ("the persona") {
        /// For people. Default: the name.
        optional title: Text,
        /// Words of a job title that speak for it.
        optional words: Listed<Text>,
        /// How much interest in a topic speaks for it, from 0 to 1.
        optional topics: Mapped<Fraction>,
    }
}

table! {
    /// A rule that says who fits what is sold: a trait and exactly one test.
    pub(crate) struct FitTable ("the fit rule") {
        /// The trait that it reads.
        required r#trait: Text,
        /// The trait is a number, and not less.
        optional at_least: Number,
        /// The trait is a number, and not more.
        optional at_most: Number,
        /// The trait is one of these, whatever the case.
        optional one_of: Listed<Text>,
        /// With `true`: the trait is there and not empty.
        optional present: bool,
        /// How much it counts; negative counts against. Default 1.0.
        optional weight: Number,
    }
}

table! {
    /// Who scores and who routes.
    pub(crate) struct FlowTable ("[flow]") {
        /// Connectors that score, or a table of their weights. Default: all that can, with weight 1.
        optional scorers: Weights,
        /// The connector that routes. Default: the only one that can.
        optional router: Name,
    }
}

table! {
    /// A way to reach a prospect.
    pub(crate) struct ChannelTable ("the channel") {
        /// The connector that carries it. A channel has this or page.
        optional sink: Name,
        /// The connector that a site's pages report to: what is told is shown there, to whoever has a page open.
        optional page: Name,
        /// The scheme of the identities that it reaches people under. Default: "anonymous" for pages, "email" for email, "phone" for sms and phone, else "user".
        optional address: Text,
        /// Stories told to one person over it.
        optional caps: Listed<Rate>,
        /// Where it is more careful than the policy's.
        optional mode: Choice<Mode>,
    }
}

table! {
    /// People who take hand-overs.
    pub(crate) struct TeamTable ("the team") {
        /// The connector that reaches it.
        required sink: Name,
        /// When it takes hand-overs. Default "always".
        optional hours: HoursText,
        /// How many it takes. Default "20/1d".
        optional capacity: Rate,
        /// How long it may leave one lying, counted in its hours: "4h". Default: it has time.
        optional accept_within: Length,
        /// The team that gets what this one leaves lying. Default: nobody, the conversation goes on.
        optional escalate_to: Name,
        /// Where it is more careful than the policy's.
        optional mode: Choice<Mode>,
        /// Where hand-overs are mailed to: "sales@example.com".
        optional address: EmailText,
        /// Who is in it, by a short name: each hand-over goes to one of them. Default: to the team as a whole.
        optional members: Named<MemberTable>,
    }
}

table! {
    /// Somebody of a team.
    pub(crate) struct MemberTable ("the member") {
        /// For people: "Robin Example". Default: the short name.
        optional name: Text,
        /// What the CRM and other systems call them where they say whose customer somebody is: ["robin@example.com", "7701"]. The address below is one too.
        optional ids: Listed<Text>,
        /// When they are there; they get hand-overs while the team is open too. Default: the team's.
        optional hours: HoursText,
        /// How many they take. Default: as many as the team.
        optional capacity: Rate,
        /// Where their hand-overs are mailed to. Default: the team's.
        optional address: EmailText,
    }
}

table! {
    /// What can be said: a folder of Markdown files.
    pub(crate) struct StoriesTable ("[stories]") {
        /// The folder. Default "stories", if there is one.
        optional folder: PathText,
        /// Modes of single stories, where they are more careful than the policy's.
        optional mode: Mapped<Choice<Mode>>,
        /// Whether a story may be told only with a text that a person approved, with `hearken approve story`. Default false.
        optional approve: bool,
        /// The language of the text that is told to whoever reads none of a story's languages. Default: nothing is told to them.
        optional language_fallback: Text,
        /// Languages that every story should have a text in: one that has none is warned of.
        optional languages: Listed<Text>,
    }
}

table! {
    /// What is learned from what came of stories.
    pub(crate) struct LearnTable ("[learn]") {
        /// How often a running daemon learns anew. Default "1h".
        optional every: Length,
        /// After how long a telling counts half. Default "90d".
        optional half_life: Length,
        /// How long before an outcome a story may have been told that is credited with it. Default "90d".
        optional window: Length,
        /// The share of accounts for whom nothing that was learned is used, so that it stays known what learning is worth. Default 0.1.
        optional holdout: Fraction,
    }
}

table! {
    /// Links for people outside: to unsubscribe, to answer, to say what they want to hear.
    pub(crate) struct LinksTable ("[links]") {
        /// Where the public listener is reached from outside: "https://links.example.com".
        required public_url: Text,
        /// Whether links in stories' texts lead over us, so that clicks are known. Default true.
        optional tracking: bool,
        /// Your privacy notice, linked from every page.
        optional privacy_url: Text,
        /// The pages' colour, as six hex digits: "#0b57d0". Default "#1d4f91".
        optional colour: Text,
        /// Programs that follow links in messages, beside those that say so themselves.
        optional machines: MachinesTable,
    }
}

table! {
    /// Programs that follow links in messages: what they follow is no click of a person.
    pub(crate) struct MachinesTable ("[links.machines]") {
        /// Parts of what they call themselves (User-Agent), in any case: "acme-gateway".
        optional agents: Listed<Text>,
        /// Networks from which they ask: "192.0.2.0/24".
        optional ranges: Listed<Text>,
    }
}
