//! `hearken`: listens to what prospects do, works out what each of them cares about, and
//! answers with the one story that fits, or with silence. All of it is in the library
//! beside, so that benchmarks can wire a daemon's parts as the daemon does.

use std::process::ExitCode;

fn main() -> ExitCode {
    hearken_daemon::main()
}
