//! Which files are read. What their lines mean is the mapping's.

use schemars::JsonSchema;
use serde::Deserialize;

/// The connector's configuration. Where it names a column, it is a field's name, or a JSON
/// pointer such as `/user/email` for one that lies deeper.
pub type Config = mapping::Config<File>;

/// Which files are read.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct File {
    /// Names of the files in the granted folder, `*` for any text. Default: `*.jsonl` and
    /// `*.ndjson`, also with `.gz`.
    pub names: Vec<String>,
}

impl Default for File {
    fn default() -> Self {
        let names = ["*.jsonl", "*.ndjson", "*.jsonl.gz", "*.ndjson.gz"];
        Self {
            names: names.map(str::to_owned).into(),
        }
    }
}
