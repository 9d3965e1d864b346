//! From the rows of files to signals, as a connector's configuration says: what the plugins
//! `csv` and `jsonl` share. No plugin itself.
//!
//! A [`Format`] cuts a file into records, a [`Mapping`] makes signals of each, and [`poll`]
//! walks through the files of the granted folder, from where the cursor says, page by page.
//! [`Config`] is what operators write; [`Config::problems`] says what is wrong with it.

mod check;
mod config;
mod cursor;
mod id;
mod number;
mod page;
mod pattern;
mod poll;
mod record;
mod row;
mod test;
mod time;
mod value;
mod window;

pub use check::Cells;
pub use config::{Answers, Columns, Config, Decimal, SignalRule};
pub use poll::{Format, Next, poll};
pub use record::{Cell, Record};
pub use row::{Mapping, Place};
pub use test::Test;
pub use time::Time;
pub use value::{As, Scalar, Value};

use hearken_sdk::{Manifest, Vouch};

/// What both plugins ask for: any kind of signal about anybody, out of files.
#[must_use]
pub fn needs(manifest: Manifest) -> Manifest {
    let known = ["user", "email", "phone", "name", "domain", "*"];
    known
        .into_iter()
        .fold(manifest, |manifest, scheme| {
            manifest.identifies(scheme, Vouch::Verified)
        })
        // Nobody vouches for a device.
        .identifies("anonymous", Vouch::Claimed)
        .says(["*"])
        .reads_files()
        .in_flight(1)
}
