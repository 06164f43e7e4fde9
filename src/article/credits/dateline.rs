//! The dateline that opens a text.

use crate::article::{agencies, dates};

/// Where the dateline that opens `line` ends, and whom it credits.
pub(super) fn dateline(line: &str) -> Option<(usize, Option<String>)> {
    let head_end = line.char_indices().nth(110).map_or(line.len(), |(i, _)| i);
    let head = line.get(..head_end)?;
    // "PARIS, Jan 3 (Reuters) - ", "(ANSA) - ROMA, 08 NOV - ", "МОСКВА, 8 ноября. /ТАСС/. "
    for (open, close) in [('(', ')'), ('/', '/'), ('[', ']')] {
        let Some(start) = head.find(open) else { continue };
        let Some(len) = head.get(start + 1..).and_then(|h| h.find(close)) else { continue };
        let Some(inner) = head.get(start + 1..start + 1 + len) else { continue };
        let before = head.get(..start).unwrap_or("");
        let known = agencies::known(inner);
        let capital = all_capitals(before);
        if !place_like(before) || inner.chars().count() > 40 {
            continue;
        }
        let after_at = start + 1 + len + close.len_utf8();
        let (separator, end) = separator(line, after_at);
        if let Some(name) = known {
            let upper = line.get(end..).and_then(|t| t.chars().next()).is_some_and(|c| !c.is_lowercase());
            if separator || (capital && upper) || (before.trim().is_empty() && upper && end > after_at) {
                // "(ANSA) - ROMA, 8 NOV - "
                let end = if before.trim().is_empty() { place_after(line, end).unwrap_or(end) } else { end };
                return Some((end, Some(name.to_owned())));
            }
        } else if separator && (opens_with_a_place(before) && names_an_outlet(inner) || before.trim().is_empty() && abbreviation(inner)) {
            return Some((end, Some(inner.trim().to_owned())));
        }
    }
    // "REUTERS: England will"
    if let Some(colon) = head.find(':')
        && let Some(name) = head.get(..colon)
        && all_capitals(name)
        && let Some(known) = agencies::known(name)
    {
        return Some((separator(line, colon).1, Some(known.to_owned())));
    }
    // "МОСКВА, 8 ноя — РИА Новости. "
    for mark in [" — ", " – ", " - ", " -- ", " _ ", "— ", "—"] {
        let Some(at) = head.find(mark) else { continue };
        let before = head.get(..at)?;
        if before.trim().is_empty() || !place_like(before) {
            break;
        }
        let tail_at = at + mark.len();
        if let Some(stop) = head.get(tail_at..).and_then(|t| t.find(['.', ',', ':'])).filter(|s| *s < 40)
            && let Some(name) = head.get(tail_at..tail_at + stop).and_then(agencies::known)
        {
            return Some((separator(line, tail_at + stop).1, Some(name.to_owned())));
        }
        if all_capitals(before) && before.split_whitespace().count() <= 6 && letters(before) >= 4 {
            return Some((tail_at, None));
        }
        break;
    }
    // "LONDON: The government"
    let colon = head.find(": ")?;
    let before = head.get(..colon)?;
    (all_capitals(before) && place_like(before) && before.split_whitespace().count() <= 3 && letters(before) >= 4)
        .then_some((colon + 2, None))
}

/// A second place after the agency, up to its dash.
fn place_after(line: &str, from: usize) -> Option<usize> {
    let rest = line.get(from..)?;
    let limit = rest.char_indices().nth(40).map_or(rest.len(), |(i, _)| i);
    let at = rest.get(..limit)?.find(['-', '–', '—'])?;
    let place = rest.get(..at)?;
    (all_capitals(place) && place_like(place) && !place.trim().is_empty()).then(|| separator(line, from + at).1)
}

/// Skips white space and the marks between dateline and text; true where a mark stands there.
fn separator(line: &str, from: usize) -> (bool, usize) {
    let mut marked = false;
    let mut end = from;
    for c in line.get(from..).unwrap_or("").chars() {
        match c {
            '-' | '–' | '—' | '―' | '_' | ':' | '.' | '|' => marked = true,
            c if c.is_whitespace() => {}
            _ => break,
        }
        end += c.len_utf8();
    }
    (marked, end)
}

/// Reads like places and a date: few words, none of them in lower case but months and particles.
fn place_like(text: &str) -> bool {
    let mut words = 0;
    for word in text.split(|c: char| c.is_whitespace() || matches!(c, ',' | '/' | '.' | ';')).filter(|w| !w.is_empty()) {
        words += 1;
        let first = word.chars().next();
        if word.ends_with(['!', '?', '"', '”']) {
            return false;
        }
        let fine =
            first.is_some_and(|c| c.is_uppercase() || c.is_ascii_digit() || !c.is_alphabetic() || !(c.is_lowercase() || c.is_uppercase()));
        let lower = dates::month(word).is_some()
            || matches!(
                word,
                "de" | "del"
                    | "la"
                    | "of"
                    | "am"
                    | "an"
                    | "der"
                    | "al"
                    | "el"
                    | "und"
                    | "and"
                    | "upon"
                    | "sur"
                    | "di"
                    | "do"
                    | "da"
                    | "г"
                    | "года"
            );
        if !fine && !lower {
            return false;
        }
    }
    words <= 9
}

fn all_capitals(text: &str) -> bool {
    // Months may stand beside capitals: "PARIS, Nov. 8".
    let mut capitals = 0;
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()) {
        if word.chars().all(|c| c.is_uppercase()) {
            capitals += 1;
        } else if !(word.chars().all(|c| c.is_ascii_digit()) || dates::month(word).is_some() || STATES.contains(&word)) {
            return false;
        }
    }
    capitals > 0
}

/// The first of the places, up to its comma, is in capitals: "SPRINGFIELD, Mapleton".
fn opens_with_a_place(before: &str) -> bool {
    all_capitals(before) || before.split_once(',').is_some_and(|(place, _)| all_capitals(place) && letters(place) >= 4)
}

fn letters(text: &str) -> usize {
    text.chars().filter(|c| c.is_alphabetic()).count()
}

/// The abbreviation of a service that opens the text by itself, "(XYN) – "; a word about the form of the text is none.
fn abbreviation(text: &str) -> bool {
    const FORMS: &[&str] = &["VIDEO", "PHOTO", "LIVE", "AUDIO", "NEW", "UPDATE", "WATCH", "FOTO", "FOTOS", "PICS", "POLL", "QUIZ"];
    text.chars().all(char::is_uppercase) && (2..=5).contains(&letters(text)) && !FORMS.contains(&text)
}

/// What may follow a place in capitals without being in capitals itself.
const STATES: &[&str] = &[
    "Ala",
    "Ariz",
    "Ark",
    "Calif",
    "Colo",
    "Conn",
    "Del",
    "Fla",
    "Ga",
    "Ill",
    "Ind",
    "Kan",
    "Ky",
    "La",
    "Md",
    "Mass",
    "Mich",
    "Minn",
    "Miss",
    "Mo",
    "Mont",
    "Neb",
    "Nev",
    "Okla",
    "Ore",
    "Pa",
    "Tenn",
    "Texas",
    "Utah",
    "Vt",
    "Va",
    "Wash",
    "Wis",
    "Wyo",
    "Iowa",
    "Idaho",
    "Maine",
    "Ohio",
    "Alaska",
    "Hawaii",
    "Serbia",
    "France",
    "Germany",
    "Italy",
    "Spain",
    "Russia",
    "Ukraine",
    "China",
    "India",
    "Japan",
    "Mexico",
    "Turkey",
    "Iran",
    "Iraq",
    "Israel",
    "Syria",
    "England",
    "Ontario",
    "Quebec",
    "Australia",
    "Canada",
    "Brazil",
    "Poland",
    "Greece",
    "Egypt",
    "Pakistan",
    "Afghanistan",
];

/// One to four capitalised words that could name an outlet; parties and states of politicians are none.
fn names_an_outlet(text: &str) -> bool {
    let words = text.split_whitespace().count();
    (1..=4).contains(&words)
        && letters(text) >= 3
        && text.split_whitespace().all(|w| w.chars().next().is_some_and(char::is_uppercase))
        && !text.contains(['-', ',', ';'])
        && !text.bytes().any(|b| b.is_ascii_digit())
}
