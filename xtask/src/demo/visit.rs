//! What somebody does on the site, by what they are after and how they go about it.

use super::{
    cast::{Known, Manner, Person},
    dice::Dice,
    site::{ABOUT, BLOG, BLOG_CLOSING, BLOG_INVOICES, CONTACT, DEMO, HELP, HELP_START, HOME, PRICING, PRODUCT, Page},
};

/// One thing that happens.
#[derive(Debug)]
pub(super) enum Step {
    /// A page opens.
    Opens(&'static Page),
    /// It is left again, so long after and that far down.
    Leaves {
        page: &'static Page,
        dwell_ms: u64,
        scroll: f64,
    },
    /// The site's search.
    Searches { query: &'static str, results: u32 },
    /// A form gets its first key.
    StartsForm { form: &'static str },
    /// It is given up, after corrections.
    GivesFormUp {
        form: &'static str,
        last_field: &'static str,
        corrections: u32,
    },
    /// It is sent.
    SendsForm { form: &'static str, asks: &'static str },
    /// They say who they are, as far as they ever do.
    SaysWho,
}

/// A step and when it happens, from the beginning of the visit.
#[derive(Debug)]
pub(super) struct Happening {
    pub(super) after_ms: u64,
    pub(super) step: Step,
}

/// The whole visit, by time.
pub(super) fn visit(person: &Person, dice: &mut Dice) -> Vec<Happening> {
    let mut walk = Walk {
        dice,
        now_ms: 0,
        steps: Vec::new(),
    };
    match person.manner {
        Manner::Hurried => walk.hurry(person),
        Manner::Lost => walk.get_lost(person),
        Manner::Browsing => walk.browse(person),
    }
    walk.steps
}

struct Walk<'a> {
    dice: &'a mut Dice,
    now_ms: u64,
    steps: Vec<Happening>,
}

impl Walk<'_> {
    /// Straight to the point, seconds a page, and asks or goes.
    fn hurry(&mut self, person: &Person) {
        let [first, second, third] = person.buyer.pages();
        let query = person.buyer.short_search();
        self.read(&HOME, 3..=6, 0.1);
        self.step(2_000, Step::Searches { query, results: 4 });
        self.read(first, 8..=12, 0.5);
        self.read(&PRICING, 5..=9, 0.6);
        self.read(second, 5..=8, 0.4);
        self.says_who(person);
        self.read(first, 4..=6, 0.6);
        self.read(third, 5..=7, 0.3);
        if person.keen {
            self.opens(&DEMO);
            self.step(2_000, Step::StartsForm { form: "demo" });
            self.step(
                11_000,
                Step::SendsForm {
                    form: "demo",
                    asks: "demo",
                },
            );
        } else {
            self.read(&CONTACT, 3..=5, 0.2);
        }
    }

    /// To and fro between two pages, searches without results, a form given up.
    fn get_lost(&mut self, person: &Person) {
        let [first, second, _] = person.buyer.pages();
        let [search, search_again] = person.buyer.searches();
        self.read(&HOME, 15..=25, 0.4);
        self.read(first, 20..=35, 0.5);
        self.says_who(person);
        self.read(second, 15..=25, 0.4);
        self.read(first, 10..=20, 0.7);
        self.step(
            3_000,
            Step::Searches {
                query: search,
                results: 0,
            },
        );
        self.read(&HELP, 12..=20, 0.5);
        self.step(
            4_000,
            Step::Searches {
                query: search_again,
                results: 0,
            },
        );
        self.read(first, 10..=15, 0.8);
        self.read(&HELP_START, 10..=20, 0.5);
        self.read(&HELP, 8..=14, 0.3);
        self.opens(&CONTACT);
        self.step(5_000, Step::StartsForm { form: "contact" });
        self.step(
            25_000,
            Step::GivesFormUp {
                form: "contact",
                last_field: "phone",
                corrections: 3,
            },
        );
        self.read(second, 10..=15, 0.4);
    }

    /// Minutes a page, to the end of it, and this and that beside the point.
    fn browse(&mut self, person: &Person) {
        let pages = person.buyer.pages();
        self.read(&BLOG, 25..=45, 0.5);
        self.read(&BLOG_INVOICES, 90..=130, 0.95);
        self.says_who(person);
        if let Some(page) = self.dice.one_of(pages) {
            self.read(page, 80..=120, 0.9);
        }
        self.read(&ABOUT, 40..=70, 0.7);
        if !person.keen {
            return;
        }
        self.read(&PRODUCT, 60..=90, 0.8);
        self.read(&BLOG_CLOSING, 80..=120, 0.95);
        if let Some(page) = self.dice.one_of(pages) {
            self.read(page, 60..=100, 0.9);
        }
    }

    fn read(&mut self, page: &'static Page, seconds: std::ops::RangeInclusive<u64>, scroll: f64) {
        self.opens(page);
        let dwell_ms = self.dice.between(seconds.start() * 1000, seconds.end() * 1000);
        self.step(dwell_ms, Step::Leaves { page, dwell_ms, scroll });
    }

    fn opens(&mut self, page: &'static Page) {
        self.step(400, Step::Opens(page));
    }

    fn says_who(&mut self, person: &Person) {
        if person.known != Known::Not {
            self.step(300, Step::SaysWho);
        }
    }

    fn step(&mut self, later_ms: u64, step: Step) {
        self.now_ms += later_ms;
        self.steps.push(Happening {
            after_ms: self.now_ms,
            step,
        });
    }
}

#[cfg(test)]
mod cases {
    use super::*;
    use crate::demo::cast::cast;

    #[test]
    fn the_same_seed_gives_the_same_visits_in_order_of_time() {
        for person in cast() {
            let once = visit(&person, &mut Dice::new(7));
            let again = visit(&person, &mut Dice::new(7));
            assert_eq!(format!("{once:?}"), format!("{again:?}"));
            assert!(once.windows(2).all(|w| w[0].after_ms < w[1].after_ms));
        }
    }

    #[test]
    fn those_who_never_say_who_they_are_do_not() {
        for person in cast() {
            let says = visit(&person, &mut Dice::new(7))
                .iter()
                .any(|h| matches!(h.step, Step::SaysWho));
            assert_eq!(says, person.known != Known::Not, "{}", person.name);
        }
    }
}
