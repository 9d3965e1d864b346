//! From bytes to text.

use encoding_rs::{Encoding, UTF_8};

/// What Unicode files may begin with.
pub(crate) const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// The fields of a record, in one piece of text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fields {
    text: String,
    /// Where each field ends.
    ends: Vec<usize>,
}

impl Fields {
    /// Decodes the fields that end at `ends` in `bytes`.
    pub(crate) fn decode(bytes: &[u8], ends: &[usize], encoding: &'static Encoding) -> Result<Self, String> {
        let mut fields = Self {
            text: String::with_capacity(bytes.len()),
            ends: Vec::with_capacity(ends.len()),
        };
        let mut begin = 0;
        for end in ends {
            let field = &bytes[begin..*end];
            if encoding == UTF_8 {
                fields
                    .text
                    .push_str(std::str::from_utf8(field).map_err(|error| not_utf8(field, &error))?);
            } else {
                let (text, wrong) = encoding.decode_without_bom_handling(field);
                if wrong {
                    return Err(format!("a column is not {}", encoding.name()));
                }
                fields.text.push_str(&text);
            }
            fields.ends.push(fields.text.len());
            begin = *end;
        }
        Ok(fields)
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(crate) fn get(&self, place: usize) -> Option<&str> {
        let end = *self.ends.get(place)?;
        let begin = place.checked_sub(1).map_or(0, |before| self.ends[before]);
        Some(&self.text[begin..end])
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).filter_map(|place| self.get(place))
    }
}

fn not_utf8(field: &[u8], error: &std::str::Utf8Error) -> String {
    let byte = field.get(error.valid_up_to()).copied().unwrap_or_default();
    format!(
        "the byte {byte:#04X} is not UTF-8; where the file comes from Excel or an older system, file.encoding = \
         \"windows-1252\" may read it"
    )
}
