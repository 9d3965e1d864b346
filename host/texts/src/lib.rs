//! Stories and their values to what a person reads.
//!
//! A story's subject and text are templates that its author wrote; the values that go into
//! them come from outside and may say anything. The two never mix: a template is rendered
//! with a *mark* in place of every value, the Markdown around the marks is taken apart, and
//! only then do the values take the marks' places, as text within a text, as code within
//! code, percent-encoded within an address. So no value can open a link, a heading or a
//! tag, whatever it holds, and nothing depends on escaping it well. Only the Markdown with
//! the values filled in, which some channels want, has to escape; see `fill`.
//!
//! A value that is not known, null or blank is never passed over: without a fallback the
//! text is not rendered, and the [`TextError`] says what to write.
//!
//! The templates are a small part of minijinja's language, without loops, assignments or
//! operators that make long strings of short ones; [`check`] says what a story may not say,
//! and where. What is left cannot run long or grow large.

mod check;
mod clean;
mod error;
mod expression;
mod fill;
mod filters;
mod marks;
mod markup;
mod names;
mod plain;
mod problem;
mod rendered;
mod target;
mod template;
mod texts;
mod values;

pub use check::{check, names};
pub use clean::clean;
pub use error::TextError;
pub use problem::{Part, Problem, Severity};
pub use rendered::{Link, Rendered};
pub use texts::Texts;
pub use values::Values;

/// The longest text that a story may have, in bytes.
pub const MAX_SOURCE_BYTES: usize = 64 * 1024;

/// The longest text that may come of a story, in bytes, in each form.
pub const MAX_RENDERED_BYTES: usize = 256 * 1024;
