//! Datelines, credits and bylines in plain text.

use super::Credited;

/// Reads dateline, credit and byline in a plain text whose paragraphs are separated by line ends.
pub fn credits(text: &str) -> Credited {
    Credited { text: text.to_owned(), ..Credited::default() }
}

/// A printed name without the word before it.
pub(super) fn without_by(name: &str) -> &str {
    let name = name.trim();
    for by in ["By ", "by ", "BY ", "Von ", "von ", "Par ", "Por ", "Di ", "Door "] {
        if let Some(rest) = name.strip_prefix(by) {
            return rest.trim();
        }
    }
    name
}
