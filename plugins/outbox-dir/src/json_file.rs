//! An action for programs: everything that it says, under the names of the contract.

use hearken_sdk::json::{self, Map, Value, json};
use hearken_sdk::{Action, Failure, Instant};

/// Pretty, because people look into the folder as well; a line feed at the end.
pub(crate) fn write(now: Instant, action: &Action) -> Result<String, Failure> {
    let to: Vec<Value> = action
        .identities
        .iter()
        .map(|it| json!({"scheme": it.scheme, "value": it.value}))
        .collect();
    let mut file = Map::new();
    let mut say = |name: &str, value: Value| {
        if !value.is_null() && value != json!({}) {
            file.insert(name.to_owned(), value);
        }
    };
    say("id", json!(action.id));
    say("at", json!(now.to_string()));
    say("act", json!(action.act.as_str()));
    say("channel", json!(action.channel));
    say("story", json!(action.story));
    say("prospect", json!(action.prospect));
    say("to", json!(to));
    say("traits", json!(action.traits));
    say("account", json!(action.account));
    say("thread", json!(action.thread));
    say("expires", json!(action.expires.map(|at| at.to_string())));
    let content: Map<String, Value> = json::from_str("the action's content", &json::to_string(&action.content)?)?;
    content.into_iter().for_each(|(name, value)| say(&name, value));
    Ok(format!("{:#}\n", Value::Object(file)))
}
