//! The generated people: three kinds of buyers, three manners, two people each, and some
//! visitors who never say who they are.

use std::fmt;

use super::site::{OPERATION, Page, RETURN, ROLLOUT};

/// What somebody is after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Buyer {
    Cio,
    ItManager,
    Administrator,
}

impl Buyer {
    pub(super) const ALL: [Self; 3] = [Self::Cio, Self::ItManager, Self::Administrator];

    /// As the back end knows it.
    pub(super) const fn job_title(self) -> &'static str {
        match self {
            Self::Cio => "Chief Information Officer",
            Self::ItManager => "IT Manager",
            Self::Administrator => "System Administrator",
        }
    }

    /// What the vocabulary of the demo's configuration calls them.
    pub(super) const fn persona(self) -> &'static str {
        match self {
            Self::Cio => "cio",
            Self::ItManager => "it-manager",
            Self::Administrator => "sysadmin",
        }
    }

    /// The pages that are for them.
    pub(super) const fn pages(self) -> &'static [Page; 3] {
        match self {
            Self::Cio => &RETURN,
            Self::ItManager => &ROLLOUT,
            Self::Administrator => &OPERATION,
        }
    }

    /// What they search for when they know what they want.
    pub(super) const fn short_search(self) -> &'static str {
        match self {
            Self::Cio => "roi and price",
            Self::ItManager => "implementation timeline",
            Self::Administrator => "training and roles",
        }
    }

    /// What they search for, and do not find.
    pub(super) const fn searches(self) -> [&'static str; 2] {
        match self {
            Self::Cio => ["roi for two plants", "payback period per plant"],
            Self::ItManager => ["implementation on premises", "migration from paper"],
            Self::Administrator => ["training for night staff", "training offline"],
        }
    }
}

impl fmt::Display for Buyer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cio => "CIO",
            Self::ItManager => "IT manager",
            Self::Administrator => "sysadmin",
        })
    }
}

/// How somebody goes about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    Hurried,
    Lost,
    Browsing,
}

impl Manner {
    pub(super) const ALL: [Self; 3] = [Self::Hurried, Self::Lost, Self::Browsing];
}

impl fmt::Display for Manner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Hurried => "hurried",
            Self::Lost => "lost",
            Self::Browsing => "browsing",
        })
    }
}

/// How the site comes to know somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    /// They sign in, and the back end vouches for them.
    SignsIn,
    /// They leave an address in the browser, which nobody vouches for.
    LeavesAnAddress,
    /// Never.
    Not,
}

/// What the back end reports about messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Consent {
    Granted,
    Withdrawn,
    Unsaid,
}

/// A company that does not exist.
#[derive(Clone, Copy, Debug)]
pub(super) struct Company {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) employees: u32,
    pub(super) industry: &'static str,
}

const COMPANIES: [Company; 6] = [
    company("example-a", "Example Company A", 25, "education"),
    company("example-b", "Example Company B", 450, "logistics"),
    company("example-c", "Example Company C", 3800, "wholesale"),
    company("example-d", "Example Company D", 600, "healthcare"),
    company("example-e", "Example Company E", 1200, "manufacturing"),
    company("example-f", "Example Company F", 260, "logistics"),
];

const fn company(id: &'static str, name: &'static str, employees: u32, industry: &'static str) -> Company {
    Company {
        id,
        name,
        employees,
        industry,
    }
}

/// One after the letters of the alphabet, so that nobody takes them for customers.
const NAMES: [&str; 18] = [
    "Ada", "Ben", "Cleo", "Dan", "Eva", "Finn", "Gil", "Hana", "Ivo", "Jane", "Karl", "Lea", "Max", "Nora", "Otto",
    "Pia", "Quin", "Rosa",
];

/// Somebody on the site.
#[derive(Clone, Debug)]
pub(super) struct Person {
    pub(super) name: String,
    pub(super) buyer: Buyer,
    pub(super) manner: Manner,
    pub(super) known: Known,
    pub(super) consent: Consent,
    pub(super) company: Company,
    /// Whether they go on where others stop: ask for a demo in a hurry, read on when
    /// browsing.
    pub(super) keen: bool,
}

impl Person {
    /// What the browser calls them.
    pub(super) fn anonymous_id(&self) -> String {
        format!("demo-browser-{}", self.key())
    }

    /// What the back end calls them.
    pub(super) fn user_id(&self) -> String {
        format!("demo-{}", self.key())
    }

    pub(super) fn email(&self) -> String {
        format!("{}@example.org", self.key())
    }

    /// Buyer and manner, in words.
    pub(super) fn kind(&self) -> String {
        format!("{}, {}", self.buyer, self.manner)
    }

    fn key(&self) -> String {
        self.name.to_lowercase().replace(' ', "-")
    }
}

/// Everybody, in the order in which the table shows them.
pub(super) fn cast() -> Vec<Person> {
    let mut all = Vec::new();
    for (kind, buyer) in Buyer::ALL.into_iter().enumerate() {
        for (way, manner) in Manner::ALL.into_iter().enumerate() {
            for second in [false, true] {
                let place = kind * 6 + way * 2 + usize::from(second);
                all.push(Person {
                    name: NAMES[place].to_owned(),
                    buyer,
                    manner,
                    known: Known::SignsIn,
                    consent: Consent::Granted,
                    company: COMPANIES[(kind + way * 2 + usize::from(second)) % COMPANIES.len()],
                    keen: !second,
                });
            }
        }
    }
    // What forbids speaking is part of the show: one who took consent back, one whom
    // nobody vouches for, one who said nothing about messages.
    for (name, known, consent) in [
        ("Dan", Known::SignsIn, Consent::Withdrawn),
        ("Jane", Known::LeavesAnAddress, Consent::Unsaid),
        ("Rosa", Known::SignsIn, Consent::Unsaid),
    ] {
        for person in all.iter_mut().filter(|p| p.name == name) {
            person.known = known;
            person.consent = consent;
        }
    }
    for (place, manner) in Manner::ALL.into_iter().enumerate() {
        all.push(Person {
            name: format!("Visitor {}", place + 1),
            buyer: Buyer::ALL[place],
            manner,
            known: Known::Not,
            consent: Consent::Unsaid,
            company: COMPANIES[place],
            keen: false,
        });
    }
    all
}

#[cfg(test)]
mod cases {
    use super::*;

    #[test]
    fn every_buyer_appears_in_every_manner_and_no_two_people_share_an_address() {
        let all = cast();
        for buyer in Buyer::ALL {
            for manner in Manner::ALL {
                assert!(all.iter().filter(|p| p.buyer == buyer && p.manner == manner).count() >= 2);
            }
        }
        let mut addresses: Vec<String> = all.iter().map(Person::email).collect();
        addresses.sort();
        addresses.dedup();
        assert_eq!(addresses.len(), all.len());
    }
}
