//! What is said: messages and what became of them, chats, meetings, tickets.

super::kinds! {
    /// A message went out, by Hearken, another tool or a sales person.
    MessageSent = "message.sent" {
        /// The channel.
        channel: String,
        /// Who sent it.
        by: Option<Sender>,
        /// The tool that sent it.
        tool: String,
        /// Its subject.
        subject: String,
        /// The story that it told, where it was one of ours.
        story: String,
        /// The experiment or campaign in which it was drawn who gets what.
        experiment: String,
        /// With which probability this was what this person got, where it was drawn: above 0,
        /// at most 1. None: not known.
        probability: Option<f64>,
        /// What its sender calls it; a response names it in its `answers`.
        reference: String,
    }

    /// Somebody could have been written to and was not: a control group.
    MessageWithheld = "message.withheld" {
        /// The channel that was not used.
        channel: String,
        /// Who withheld it.
        by: Option<Sender>,
        /// The tool that withheld it.
        tool: String,
        /// The experiment or campaign in which it was drawn who gets what.
        experiment: String,
        /// With which probability this was what this person got, where it was drawn: above 0,
        /// at most 1. None: not known.
        probability: Option<f64>,
        /// What its sender calls it; a response names it in its `answers`.
        reference: String,
    }

    /// It arrived.
    MessageDelivered = "message.delivered" {}

    /// It was opened, as far as that can be told: mail readers and scanners open too.
    MessageOpened = "message.opened" {}

    /// A link in it was followed.
    MessageClicked = "message.clicked" {
        /// The link's target.
        url: String,
        /// Which link of the message's text, from 0.
        link: Option<u32>,
        /// Whether a program has followed it, such as one that scans a mailbox.
        automatic: Option<bool>,
        /// How sure it is that a person did, 0..1. Below 0.5 it answers nothing and is no evidence.
        human: Option<f64>,
        /// What has followed it: `browser`, `mail-proxy`, `bot`, `library` or `none`.
        agent: String,
        /// How many seconds after the message was delivered.
        since_delivery_s: Option<f64>,
    }

    /// It was closed without an answer, such as a notice on a page.
    MessageDismissed = "message.dismissed" {
        /// The channel.
        channel: String,
    }

    /// It was answered.
    MessageReplied = "message.replied" {
        /// What was answered.
        text: String,
        /// Whether a machine answered (out of office). Then it is no reply.
        automatic: Option<bool>,
        /// What it means, where somebody can tell.
        means: Option<Meaning>,
        /// For [`Meaning::NotNow`]: before when they want to hear nothing, in RFC 3339.
        until: String,
        /// For [`Meaning::WrongPerson`]: whom to ask instead.
        instead: String,
    }

    /// It could not be delivered.
    MessageBounced = "message.bounced" {
        /// Whether the address will never work.
        permanent: Option<bool>,
        /// The enhanced status code, such as `5.1.1`.
        code: String,
        /// What the other side said.
        detail: String,
    }

    /// It was reported as unwanted.
    MessageComplained = "message.complained" {}

    /// The person wants no more of them.
    MessageUnsubscribed = "message.unsubscribed" {
        /// The brand; empty: all.
        brand: String,
        /// What for; empty: marketing.
        purpose: String,
        /// Where it is known: `page`, or `one-click` where a mail program asked.
        how: String,
        /// The channel; empty: the message's.
        channel: String,
    }

    /// A chat began.
    ChatStarted = "chat.started" {}

    /// Something was said in a chat.
    ChatMessage = "chat.message" {
        /// Who.
        speaker: Option<ChatSpeaker>,
        /// What.
        text: String,
    }

    /// A chat ended.
    ChatEnded = "chat.ended" {}

    /// A person asked for a meeting.
    MeetingRequested = "meeting.requested" {
        /// What about.
        about: String,
    }

    /// A meeting was agreed on.
    MeetingBooked = "meeting.booked" {
        /// When it begins, as RFC 3339.
        starts: String,
    }

    /// A meeting took place.
    MeetingHeld = "meeting.held" {}

    /// A meeting was called off.
    MeetingCancelled = "meeting.cancelled" {}

    /// A call took place.
    CallHeld = "call.held" {
        /// Who of us held it: a team or a role, such as `sales`.
        by: String,
        /// Who called.
        direction: Option<Direction>,
        /// How long it took, in minutes.
        minutes: Option<f64>,
    }

    /// A question of ours was answered.
    QuestionAnswered = "question.answered" {
        /// The question's story id.
        question: String,
        /// The name of the option.
        answer: String,
    }

    /// A support ticket was opened.
    TicketOpened = "ticket.opened" {}

    /// A support ticket was closed.
    TicketClosed = "ticket.closed" {}
}

super::property_words! {
    /// Who sent a message.
    Sender {
        /// Hearken.
        Us,
        /// A sales person.
        Sales,
        ;
        /// Another tool of the same company.
        Other
    }

    /// Who speaks in a chat.
    ChatSpeaker {
        /// The prospect.
        Prospect,
        /// A sales person.
        Sales,
        ;
        /// A bot or anybody else of the company.
        Us
    }

    /// What a reply means.
    Meaning {
        /// They want to hear more.
        Interested,
        /// Not now.
        NotNow,
        /// Somebody else decides about this.
        WrongPerson,
        /// Never: it closes the conversation.
        No,
        ;
        /// A person should read it.
        Unclear
    }

    /// Who called whom.
    Direction {
        /// They called us.
        Inbound,
        ;
        /// We called them.
        Outbound
    }
}
