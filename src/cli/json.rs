//! JSON for programs that is also harmless when it is shown on a terminal.

use crate::model::is_unseen;
use serde::Serialize;
use serde_json::ser::Formatter;
use std::io::{self, Write};

/// serde_json's compact form, with C1 controls, DEL, line separators and bidi controls written as `\u` escapes.
struct Harmless;

impl Formatter for Harmless {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, to: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        // ASCII but for DEL is already escaped where it must be.
        if fragment.is_ascii() && !fragment.contains('\x7f') {
            return to.write_all(fragment.as_bytes());
        }
        while let Some(at) = rest.find(is_unseen) {
            let (safe, from) = rest.split_at(at);
            to.write_all(safe.as_bytes())?;
            let mut chars = from.chars();
            let mut units = [0; 2];
            if let Some(c) = chars.next() {
                for unit in c.encode_utf16(&mut units) {
                    write!(to, "\\u{unit:04x}")?;
                }
            }
            rest = chars.as_str();
        }
        to.write_all(rest.as_bytes())
    }
}

/// Writes `value` as one line of JSON.
///
/// # Errors
/// Where `to` cannot be written; a closed pipe is one of these.
pub fn line(to: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    value.serialize(&mut serde_json::Serializer::with_formatter(&mut *to, Harmless))?;
    to.write_all(b"\n")
}

/// A record with the name and version of its form in front.
#[derive(Serialize)]
pub struct Versioned<'a, T> {
    schema: &'static str,
    #[serde(flatten)]
    record: &'a T,
}

/// `record` with `"schema"` as its first key: "newsfold/story/1".
pub fn versioned<'a, T: Serialize>(schema: &'static str, record: &'a T) -> Versioned<'a, T> {
    Versioned { schema, record }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_is_escaped_and_reads_back_as_it_was() {
        let text = "a\u{1b}]52;c\u{7}\u{9b}\u{202e}é停\u{2028}\"\\\u{e0041}";
        let mut out = Vec::new();
        line(&mut out, &text).unwrap();
        let printed = String::from_utf8(out).unwrap();
        assert!(!printed.trim_end().chars().any(|c| c.is_control() || is_unseen(c)), "{printed}");
        assert!(printed.contains("é停"));
        assert_eq!(serde_json::from_str::<String>(&printed).unwrap(), text);
    }
}
