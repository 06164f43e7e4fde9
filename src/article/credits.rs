//! Datelines, credits and bylines in plain text.
//!
//! Only the opening and the closing lines are looked at: that is where they stand, and a sentence in the middle that names an
//! agency is a report about it.

mod byline;
mod dateline;
mod statements;
#[cfg(test)]
mod tests;

use super::lines::squash;
use super::{Credited, agencies};
use crate::model::Credit;
use byline::{byline, closing_byline};
use dateline::dateline;
use statements::{labelled, sign_off, stated, trailing};

pub(super) use byline::without_by;

/// Lines looked at from the start and from the end.
const OPENING: usize = 4;
const CLOSING: usize = 7;

/// What a line is.
#[derive(Debug, PartialEq, Eq)]
enum Line {
    Text,
    /// All of it is a statement of origin; the name.
    Credit(String),
    /// It ends with one; the name, and where the text ends.
    Trailing(String, usize),
    /// A byline; the name, and the agency that it gives.
    Byline(String, Option<&'static str>),
    /// Who reported and edited: no part of the report, and no name of an origin.
    SignOff,
}

/// Reads dateline, credit and byline in a plain text whose paragraphs are separated by line ends.
///
/// Of several credits the one that names the origin most plainly wins: a whole line at the end, then the end of the last
/// paragraph, then the dateline, then the byline. An `outlet` that names itself credits nobody, unless it is an agency. `text` comes
/// back without the lines that are credits or bylines.
pub fn credits(text: &str, outlet: Option<&str>) -> Credited {
    let another = |name: &str| agencies::known(name).is_some() || outlet.is_none_or(|own| squash(own) != squash(name));
    let mut out = Credited::default();
    let lines: Vec<(usize, &str)> = opening_and_closing(text);
    let mut removed: Vec<(usize, usize)> = Vec::new();
    let (mut by_dateline, mut by_byline, mut by_line) = (None, None, None);
    let total = lines.len();
    let mut body_seen = false;
    for (k, (at, raw)) in lines.iter().enumerate() {
        let line = raw.trim();
        if line.is_empty() {
            continue;
        }
        let opening = k < OPENING && !body_seen;
        let closing = total - k <= CLOSING;
        // Below a caption or a repeated standfirst only an agency's label tells a dateline from a sentence.
        if k < OPENING
            && out.dateline.is_none()
            && let Some((end, name)) = dateline(line)
            && (opening || name.is_some())
        {
            out.dateline = line.get(..end).map(|d| d.trim().to_owned());
            by_dateline = name.filter(|name| another(name)).map(|name| Credit { name, words: out.dateline.clone().unwrap_or_default() });
        }
        match classify(line, opening, closing) {
            Line::Text => body_seen |= line.len() > 120,
            Line::Credit(name) => {
                removed.push((*at, at + raw.len()));
                if !name.is_empty() && another(&name) {
                    by_line.get_or_insert(Credit { name, words: line.to_owned() });
                }
            }
            Line::Trailing(name, end) => {
                let from = at + (raw.len() - raw.trim_start().len()) + end;
                removed.push((from, at + raw.trim_end().len()));
                let words = line.get(end..).unwrap_or("").trim().to_owned();
                if another(&name) {
                    by_line.get_or_insert(Credit { name, words });
                }
            }
            Line::Byline(name, agency) => {
                removed.push((*at, at + raw.len()));
                if let Some(agency) = agency {
                    by_byline.get_or_insert(Credit { name: agency.to_owned(), words: line.to_owned() });
                }
                if !name.is_empty() {
                    out.byline.get_or_insert(name);
                }
            }
            Line::SignOff => removed.push((*at, at + raw.len())),
        }
    }
    out.credit = by_line.or(by_dateline).or(by_byline);
    out.text = without(text, &removed);
    out
}

/// The lines that are looked at, with their positions: all of a short text, else the first and the last that are not empty.
fn opening_and_closing(text: &str) -> Vec<(usize, &str)> {
    let mut lines = Vec::with_capacity(OPENING + CLOSING);
    let mut at = 0;
    let mut rest = text;
    while lines.len() < OPENING && !rest.is_empty() {
        let end = rest.find('\n').map_or(rest.len(), |i| i + 1);
        let (line, tail) = rest.split_at(end);
        if !line.trim().is_empty() {
            lines.push((at, line));
        }
        at += end;
        rest = tail;
    }
    let mut closing = Vec::with_capacity(CLOSING);
    let mut end = rest.len();
    while closing.len() < CLOSING && end > 0 {
        let head = rest.get(..end).unwrap_or("");
        let start = head.strip_suffix('\n').unwrap_or(head).rfind('\n').map_or(0, |i| i + 1);
        if let Some(line) = rest.get(start..end)
            && !line.trim().is_empty()
        {
            closing.push((at + start, line));
        }
        end = start;
    }
    lines.extend(closing.into_iter().rev());
    lines
}

/// `text` without the ranges, and without the white space that they leave at the end.
fn without(text: &str, removed: &[(usize, usize)]) -> String {
    if removed.is_empty() {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for (start, end) in removed {
        out.push_str(text.get(from..*start).unwrap_or(""));
        from = (*end).max(from);
    }
    out.push_str(text.get(from..).unwrap_or(""));
    let trimmed = out.trim();
    if trimmed.contains("\n\n\n") { collapse(trimmed) } else { trimmed.to_owned() }
}

fn collapse(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for paragraph in text.split("\n\n").map(|p| p.trim_matches('\n')).filter(|p| !p.trim().is_empty()) {
        if !out.is_empty() {
            out.push_str("\n\n");
        }
        out.push_str(paragraph);
    }
    out
}

fn classify(line: &str, opening: bool, closing: bool) -> Line {
    let chars = line.chars().take(261).count();
    if chars > 260 {
        return if closing { trailing(line) } else { Line::Text };
    }
    if opening && let Some(line) = byline(line, chars) {
        return line;
    }
    if !opening && !closing {
        return Line::Text;
    }
    // A line that is nothing but a name, in whatever marks.
    let bare = line.trim_matches(|c: char| !c.is_alphanumeric());
    if chars <= 60
        && let Some(name) = agencies::known(bare)
        && (bare.split_whitespace().count() <= 4)
        && (bare.contains(['/', ' ']) || bare.chars().count() >= 2)
    {
        return Line::Credit(name.to_owned());
    }
    let low = lower(line.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '©'));
    if chars <= 160
        && let Some(found) = labelled(line, &low, opening, closing)
    {
        return found;
    }
    if let Some(found) = stated(line, &low) {
        return found;
    }
    if closing {
        if sign_off(&low) {
            // "Compiled by Jane Roe. (Source: …)"
            return match trailing(line) {
                Line::Trailing(name, _) => Line::Credit(name),
                _ => Line::SignOff,
            };
        }
        if let Some(line) = closing_byline(line, chars) {
            return line;
        }
        return trailing(line);
    }
    Line::Text
}

/// Lower case, with one kind of apostrophe.
fn lower(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.chars().flat_map(char::to_lowercase).map(|c| if c == '’' { '\'' } else { c }).collect()
}
