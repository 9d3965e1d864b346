//! JSON in and out, with failures that say what was read.

use serde::Serialize;
use serde::de::DeserializeOwned;
pub use serde_json::{Map, Value, json};

use crate::Failure;

/// Reads `bytes`. `what` names it in the failure, which is permanent: `the body: expected
/// value at line 1 column 1`.
pub fn from_slice<T: DeserializeOwned>(what: &str, bytes: &[u8]) -> Result<T, Failure> {
    serde_json::from_slice(bytes).map_err(|error| Failure::permanent(format!("{what}: {error}")).code("content"))
}

/// Reads `text`, as [`from_slice`] does.
pub fn from_str<T: DeserializeOwned>(what: &str, text: &str) -> Result<T, Failure> {
    from_slice(what, text.as_bytes())
}

/// Writes `value`. Fails only for what JSON cannot say, such as a map whose keys are no
/// strings.
pub fn to_string<T: Serialize + ?Sized>(value: &T) -> Result<String, Failure> {
    serde_json::to_string(value).map_err(|error| Failure::permanent(format!("cannot write as json: {error}")))
}

/// Reads an object; empty text and `{}` are no object to allocate for.
pub(crate) fn object(what: &str, text: &str) -> Result<Map<String, Value>, Failure> {
    match text {
        "" | "{}" => Ok(Map::new()),
        text => from_str(what, text),
    }
}

/// Writes an object.
pub(crate) fn object_text(object: &Map<String, Value>) -> String {
    if object.is_empty() {
        "{}".to_owned()
    } else {
        Value::Object(object.clone()).to_string()
    }
}
