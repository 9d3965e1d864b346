//! Secrets that a program is asked for.
//!
//! Whoever can change the configuration could run programs in the daemon's name this way, so
//! it takes a flag of the command line as well, and a program that nobody else can exchange.

use std::path::Path;

use super::{Resolver, secrets::without_line_end};
use crate::{
    authored::{At, Command},
    permissions::changeable_by_others,
};

impl Resolver<'_> {
    /// What a program prints, where it may be run.
    pub(super) fn asked_of_program(&mut self, what: &str, written: &At<Command>) -> Option<String> {
        let command = &written.value.0;
        let (program, span) = (command.first()?, written.span);
        let shown = crate::quote_up_to(program, 200);
        let path = Path::new(program);
        if !path.is_absolute() {
            let message = format!("the program '{shown}', which is asked for {what}, is not named by its whole path");
            let help =
                "write it from the root on, such as [\"/usr/bin/pass\", \"show\", \"crm\"]; no shell looks for it";
            self.problems.error("secret-program", span, message, help);
            return None;
        }
        let Some(run) = self.outside.program else {
            let message = format!("the program '{shown}', which is asked for {what}, may not be run");
            let help = "start hearken with --allow-exec: whoever can change the configuration can then run programs in \
                        the daemon's name";
            self.problems.error("exec-not-allowed", span, message, help);
            return None;
        };
        match changeable_by_others(path) {
            Ok(None) => {}
            Ok(Some(place)) => {
                let place = place.display();
                let message = format!(
                    "anybody on this machine can exchange the program '{shown}', which is asked for {what}, by way of \
                     {place}"
                );
                self.problems
                    .error("writable-by-others", span, message, format!("chmod o-w {place}"));
                return None;
            }
            Err(error) => {
                let message = format!("the program '{shown}', which is asked for {what}, cannot be run: {error}");
                self.problems.error("secret-program", span, message, "check the path");
                return None;
            }
        }
        match run(command) {
            Ok(text) => Some(without_line_end(&text).to_owned()),
            Err(error) => {
                let message = format!("the program '{shown}', which is asked for {what}, {error}");
                let help = "run it by hand as the daemon's user, with no variables but PATH and HOME";
                self.problems.error("secret-program", span, message, help);
                None
            }
        }
    }
}
