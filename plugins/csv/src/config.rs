//! Which files are read, and how. What their rows mean is the mapping's.

use encoding_rs::Encoding;
use hearken_sdk::Problem;
use schemars::JsonSchema;
use serde::Deserialize;

/// The connector's configuration.
pub type Config = mapping::Config<File>;

/// Which files are read, and how.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct File {
    /// Names of the files in the granted folder, `*` for any text. Default: `*.csv` and
    /// `*.csv.gz`.
    pub names: Vec<String>,
    /// What stands between two columns: one character, or `tab`. Default: a comma.
    pub delimiter: String,
    /// How letters are written, by the name that browsers know, such as `windows-1252` for
    /// what Excel and old databases export in Western Europe. Default: `utf-8`.
    pub encoding: String,
    /// The columns' names, for files whose first line is a row already.
    pub columns: Vec<String>,
}

impl Default for File {
    fn default() -> Self {
        Self {
            names: vec!["*.csv".to_owned(), "*.csv.gz".to_owned()],
            delimiter: ",".to_owned(),
            encoding: "utf-8".to_owned(),
            columns: Vec::new(),
        }
    }
}

impl File {
    /// The delimiter's byte.
    pub(crate) fn delimiter(&self) -> Result<u8, String> {
        match self.delimiter.as_bytes() {
            b"tab" => Ok(b'\t'),
            [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r') => Ok(*byte),
            _ => Err(format!(
                "'{}' is no delimiter: it is one character, such as ;, or tab",
                self.delimiter
            )),
        }
    }

    pub(crate) fn encoding(&self) -> Result<&'static Encoding, String> {
        let name = &self.encoding;
        let found = Encoding::for_label(name.as_bytes());
        // Lines and quotes are looked for as bytes, which only some can be cut by.
        found.filter(|e| e.is_ascii_compatible()).ok_or_else(|| {
            format!("'{name}' is no encoding that can be read; there is utf-8, windows-1252, iso-8859-15 and the like")
        })
    }

    pub(crate) fn problems(&self, read: impl Iterator<Item = String>) -> Vec<Problem> {
        let mut found = Vec::new();
        if let Err(why) = self.delimiter() {
            found.push(Problem::new("/file/delimiter", why));
        }
        if let Err(why) = self.encoding() {
            found.push(Problem::new("/file/encoding", why));
        }
        if !self.columns.is_empty() {
            let missing: Vec<String> = read.filter(|column| !self.columns.contains(column)).collect();
            if !missing.is_empty() {
                let why = format!(
                    "the mapping reads columns that are not among these: {}",
                    missing.join(", ")
                );
                found.push(Problem::new("/file/columns", why));
            }
        }
        found
    }
}
