//! `${NAME}` in string values stands for an environment variable; `$${` for `${` itself.
//!
//! It happens after parsing, so that no variable can add keys or tables, and never in keys.
//! It is for what differs between machines, not for secrets: those have a table of their
//! own, which nothing ever shows.

use crate::{
    node::{Node, Value},
    problems::Problems,
    quote,
    source::Span,
};

/// Gives the value of an environment variable.
type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Replaces the variables in all strings below a node.
pub(crate) fn interpolate(node: &mut Node, environment: Environment<'_>, problems: &mut Problems) {
    match &mut node.value {
        Value::String(text) if text.contains("${") => {
            *text = Text {
                text,
                span: node.span,
                environment,
                problems,
            }
            .replaced();
        }
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| interpolate(item, environment, problems)),
        Value::Table(table) => table
            .values_mut()
            .for_each(|item| interpolate(item, environment, problems)),
        _ => {}
    }
}

struct Text<'a> {
    text: &'a str,
    span: Span,
    environment: Environment<'a>,
    problems: &'a mut Problems,
}

impl Text<'_> {
    fn replaced(&mut self) -> String {
        let mut replaced = String::with_capacity(self.text.len());
        let mut rest = self.text;
        while let Some(at) = rest.find("${") {
            let (before, from) = rest.split_at(at);
            if let Some(before) = before.strip_suffix('$') {
                replaced.push_str(before);
                replaced.push_str("${");
                rest = from.get(2..).unwrap_or_default();
                continue;
            }
            replaced.push_str(before);
            let Some((name, after)) = from.get(2..).and_then(|inside| inside.split_once('}')) else {
                self.wrong("'${' has no '}' after it", "${");
                return replaced;
            };
            if is_name(name) {
                match (self.environment)(name) {
                    Some(value) => replaced.push_str(&value),
                    None => self.missing(name),
                }
            } else {
                self.wrong(
                    &format!("'{}' is not the name of an environment variable", quote(name)),
                    "${",
                );
            }
            rest = after;
        }
        replaced.push_str(rest);
        replaced
    }

    fn missing(&mut self, name: &str) {
        let span = self.within(&format!("${{{name}}}"));
        let message = format!("the environment variable {name} is not set");
        let help = format!("set {name} where the daemon is started; for '${{' itself write '$${{'");
        self.problems.error("missing-variable", span, message, help);
    }

    fn wrong(&mut self, message: &str, part: &str) {
        let span = self.within(part);
        self.problems.error(
            "interpolation",
            span,
            message.to_owned(),
            "write '${NAME}', or '$${' for '${' itself",
        );
    }

    /// Where a part of the string is written, as far as that can be told: escapes make the
    /// text differ from what stands in the file.
    fn within(&self, part: &str) -> Span {
        match self.problems.sources.written(self.span).find(part) {
            Some(at) => self.span.part(at, part.len()),
            None => self.span,
        }
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::interpolate;
    use crate::{
        node::{Node, Value},
        problems::Problems,
    };

    fn interpolated(written: &str) -> (String, Vec<String>) {
        let mut problems = Problems::default();
        let file = problems.sources.add("a.toml".into(), written.into());
        let mut node = Node::parse(written, file, 0, &mut problems).unwrap();
        let environment = |name: &str| (name == "HOME").then(|| "/x\"\n[y]".to_owned());
        interpolate(&mut node, &environment, &mut problems);
        let text = match &node.child("a").unwrap().value {
            Value::String(text) => text.clone(),
            other => panic!("{other:?}"),
        };
        let found = problems
            .finish()
            .0
            .into_iter()
            .map(|d| format!("{} {}", d.place, d.message))
            .collect();
        (text, found)
    }

    #[test]
    fn variables_are_values_and_never_syntax() {
        assert_eq!(interpolated("a = '${HOME}/b'").0, "/x\"\n[y]/b");
        assert_eq!(interpolated("a = '$HOME $ $$'").0, "$HOME $ $$");
        assert_eq!(interpolated("a = '$${HOME} ${HOME}'").0, "${HOME} /x\"\n[y]");
        assert_eq!(interpolated("a = '$$${HOME}'").0, "$${HOME}");
    }

    #[test]
    fn what_cannot_be_replaced_is_reported_where_it_stands() {
        let problem = |written| interpolated(written).1;
        assert_eq!(
            problem("a = 'b/${NOPE}'"),
            ["a.toml:1:8 the environment variable NOPE is not set"]
        );
        assert_eq!(problem("a = '${'"), ["a.toml:1:6 '${' has no '}' after it"]);
        assert_eq!(
            problem("a = '${a b}'"),
            ["a.toml:1:6 'a b' is not the name of an environment variable"]
        );
    }
}
