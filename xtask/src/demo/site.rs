//! The generated site: a small company that sells software for the back office. Neither
//! the company nor the software exists.

/// Where the site pretends to be.
pub(super) const ORIGIN: &str = "https://www.example.com";

/// One page.
#[derive(Debug, PartialEq)]
pub(super) struct Page {
    pub(super) path: &'static str,
    pub(super) title: &'static str,
}

const fn page(path: &'static str, title: &'static str) -> Page {
    Page { path, title }
}

pub(super) const HOME: Page = page("/", "A quieter back office");
pub(super) const PRODUCT: Page = page("/product", "The product in five minutes");
pub(super) const ABOUT: Page = page("/about", "Who we are");
pub(super) const PRICING: Page = page("/pricing", "Pricing");
pub(super) const CONTACT: Page = page("/contact", "Talk to us");
pub(super) const DEMO: Page = page("/demo", "See it with your own data");
pub(super) const HELP: Page = page("/help", "Help centre");
pub(super) const HELP_START: Page = page("/help/getting-started", "Getting started");
pub(super) const BLOG: Page = page("/blog", "Notes from the back office");
pub(super) const BLOG_INVOICES: Page = page("/blog/invoices", "Where invoices wait");
pub(super) const BLOG_CLOSING: Page = page("/blog/closing-the-month", "Closing the month without a night shift");

/// What a CIO looks for.
pub(super) const RETURN: [Page; 3] = [
    page("/roi/calculator", "ROI calculator: when does it pay back?"),
    page("/roi/business-case", "The business case on one page"),
    page("/customers/three-returns", "Three departments, three returns"),
];

/// What an IT manager looks for.
pub(super) const ROLLOUT: [Page; 3] = [
    page("/implementation/plan", "Implementation in six weeks"),
    page("/migration/spreadsheets", "Migration from spreadsheets"),
    page("/implementation/pilot", "A pilot in one department"),
];

/// What a system administrator looks for.
pub(super) const OPERATION: [Page; 3] = [
    page("/team/what-changes", "What changes for your team"),
    page("/training/administrators", "Training for administrators"),
    page("/roles/who-does-what", "Roles: who does what after the change"),
];
