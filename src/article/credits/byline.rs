//! Bylines above and below a text.

use super::Line;
use crate::article::agencies;

const BY: &[&str] = &[
    "By ",
    "BY ",
    "by ",
    "Von ",
    "VON ",
    "Par ",
    "Por ",
    "POR ",
    "Di ",
    "Автор: ",
    "Автор ",
    "بقلم: ",
    "بقلم ",
    "Text: ",
    "Autor: ",
    "Written by ",
];

/// A printed name without the word before it.
pub(in crate::article) fn without_by(name: &str) -> &str {
    let name = name.trim();
    BY.iter().find_map(|by| name.strip_prefix(by)).unwrap_or(name).trim()
}

/// "By JANE ROE, Associated Press", "Von Max Muster", "Reuters Staff" above the text.
pub(super) fn byline(line: &str, chars: usize) -> Option<Line> {
    if chars > 100 {
        return None;
    }
    let rest = BY.iter().find_map(|by| line.strip_prefix(by))?;
    let (name, agency) = split_agency(rest.trim());
    if let Some(agency) = agencies::known(&name) {
        return Some(Line::Byline(String::new(), Some(agency)));
    }
    reads_like_names(&name).then_some(Line::Byline(name, agency))
}

/// A byline below the text.
pub(super) fn closing_byline(line: &str, chars: usize) -> Option<Line> {
    if chars > 60 {
        return None;
    }
    let rest = BY.iter().take(9).find_map(|by| line.strip_prefix(by))?;
    let (name, agency) = split_agency(rest.trim());
    reads_like_names(&name).then_some(Line::Byline(name, agency))
}

/// "JANE ROE, Associated Press" as name and agency.
fn split_agency(text: &str) -> (String, Option<&'static str>) {
    for mark in [", ", " | ", " - ", " – ", " — ", " of ", "/", " for "] {
        if let Some(at) = text.rfind(mark)
            && let Some(tail) = text.get(at + mark.len()..)
        {
            let tail = tail.trim_end_matches(" Writer").trim_end_matches(" writer").trim_end_matches(" Staff");
            if let Some(agency) = agencies::known(tail) {
                return (text.get(..at).unwrap_or("").trim().to_owned(), Some(agency));
            }
        }
    }
    (text.to_owned(), None)
}

/// Two to nine words, nearly all with a capital: names, and "and" between them.
fn reads_like_names(text: &str) -> bool {
    let text = text.trim_end_matches(|c: char| !c.is_alphanumeric());
    let mut words = 0;
    for word in text.split_whitespace() {
        words += 1;
        let first = word.chars().find(|c| c.is_alphabetic());
        let joins = matches!(
            word,
            "and"
                | "und"
                | "et"
                | "y"
                | "e"
                | "de"
                | "da"
                | "van"
                | "von"
                | "der"
                | "den"
                | "del"
                | "di"
                | "la"
                | "le"
                | "bin"
                | "al"
                | "&"
                | "for"
                | "in"
                | "и"
        );
        if !joins && first.is_none_or(|c| c.is_lowercase()) {
            return false;
        }
    }
    (2..=9).contains(&words) && !text.contains(['?', '!', ':', '"', '“']) && !text.ends_with('.')
}
