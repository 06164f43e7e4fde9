//! Datelines, credits and bylines in plain text.
//!
//! Only the opening and the closing lines are looked at: that is where they stand, and a sentence in the middle that names an
//! agency is a report about it.

use super::{Credited, agencies};
use crate::model::Credit;
use regex::Regex;
use std::sync::LazyLock;

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
/// paragraph, then the dateline, then the byline. `text` comes back without the lines that are credits or bylines.
pub fn credits(text: &str) -> Credited {
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
        if opening
            && out.dateline.is_none()
            && let Some((end, name)) = dateline(line)
        {
            out.dateline = line.get(..end).map(|d| d.trim().to_owned());
            by_dateline = name.map(|name| Credit { name, words: out.dateline.clone().unwrap_or_default() });
        }
        match classify(line, opening, closing) {
            Line::Text => body_seen |= line.len() > 120,
            Line::Credit(name) => {
                removed.push((*at, at + raw.len()));
                if !name.is_empty() {
                    by_line.get_or_insert(Credit { name, words: line.to_owned() });
                }
            }
            Line::Trailing(name, end) => {
                let from = at + (raw.len() - raw.trim_start().len()) + end;
                removed.push((from, at + raw.trim_end().len()));
                let words = line.get(end..).unwrap_or("").trim().to_owned();
                by_line.get_or_insert(Credit { name, words });
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
            return Line::SignOff;
        }
        if let Some(line) = closing_byline(line, chars) {
            return line;
        }
        return trailing(line);
    }
    Line::Text
}

/// "Source: NAME" in the nine languages.
fn labelled(line: &str, low: &str, opening: bool, closing: bool) -> Option<Line> {
    const LABELS: &[&str] = &[
        "sources",
        "source",
        "quellen",
        "quelle",
        "fuentes",
        "fuente",
        "fontes",
        "fonte",
        "fonti",
        "источники",
        "источник",
        "джерело",
        "джерела",
        "المصدر",
        "مصدر",
        "المصادر",
        "来源",
        "新闻来源",
        "courtesy of",
        "courtesy",
        "via",
        "originally from",
        "article source",
        "story source",
        "news source",
        "mit material von",
        "mit agenturmaterial von",
        "agencia",
        "agence",
        "agentur",
        "agenzia",
        "по материалам",
        "по данным",
        "за матеріалами",
    ];
    let low_trimmed = low.trim_start_matches(['(', '[', ' ']);
    let label = LABELS.iter().find(|l| low_trimmed.starts_with(**l))?;
    let after = low_trimmed.get(label.len()..)?;
    let marked = after.trim_start();
    let spaced = after.len() != marked.len();
    let name_part = match marked.chars().next()? {
        ':' | ';' | '：' => marked.char_indices().nth(1).and_then(|(i, _)| marked.get(i..))?,
        '-' | '–' | '—' if spaced => marked.char_indices().nth(1).and_then(|(i, _)| marked.get(i..))?,
        _ if spaced && matches!(*label, "по материалам" | "по данным" | "за матеріалами" | "mit material von") => {
            marked
        }
        _ => return None,
    };
    // The name as written: the tail of the line of the same number of characters.
    let count = name_part.chars().count();
    let skip = line.chars().count().saturating_sub(count);
    let from = line.char_indices().nth(skip).map_or(0, |(i, _)| i);
    let name = tidy_name(line.get(from..)?)?;
    if opening && !closing {
        // Above the text it is the picture's.
        return agencies::known(&name).map(|n| Line::Credit(n.to_owned()));
    }
    Some(Line::Credit(name))
}

/// A name as written: trimmed, an address reduced to its host, an agency under its one name. `None` for what reads like a text.
fn tidy_name(name: &str) -> Option<String> {
    let name = name
        .trim()
        .trim_matches(|c: char| !c.is_alphanumeric() && c != ')' && c != '’' && c != '\'')
        .trim_end_matches(['.', ' ', ')', ']']);
    if name.is_empty() || name.split_whitespace().count() > 9 || name.chars().count() > 90 {
        return None;
    }
    if let Some(known) = agencies::known(name) {
        return Some(known.to_owned());
    }
    if name.starts_with("http") || name.starts_with("www.") {
        let host = name.trim_start_matches("https://").trim_start_matches("http://").trim_start_matches("www.");
        let host = host.split(['/', ' ', '?']).next().filter(|h| h.contains('.'))?;
        return Some(agencies::known(host).map_or_else(|| host.to_owned(), str::to_owned));
    }
    if name.contains(". ") || name.ends_with(['?', '!', ',']) {
        return None;
    }
    Some(name.to_owned())
}

/// Sentences that state the origin. `{}` is where the name stands.
const STATEMENTS: &[(&str, &str)] = &[
    ("with inputs from ", ""),
    ("with agency inputs", "agencies"),
    ("with additional inputs from ", ""),
    ("(with inputs from ", ""),
    ("with input from ", ""),
    ("with files from ", ""),
    ("with reporting by ", ""),
    ("with reporting from ", ""),
    ("with additional reporting by ", ""),
    ("inputs from ", ""),
    ("additional reporting by ", ""),
    ("agency inputs", "agencies"),
    ("first published by ", ""),
    ("first published on ", ""),
    ("first published in ", ""),
    ("first published at ", ""),
    ("first appeared on ", ""),
    ("first appeared in ", ""),
    ("first appeared at ", ""),
    ("originally published by ", ""),
    ("originally published on ", ""),
    ("originally published in ", ""),
    ("originally published at ", ""),
    ("originally appeared on ", ""),
    ("originally appeared in ", ""),
    ("originally appeared at ", ""),
    ("originally posted on ", ""),
    ("republished from ", ""),
    ("republished with permission from ", ""),
    ("reprinted from ", ""),
    ("syndicated from ", ""),
    ("published from a syndicated feed", "agencies"),
    ("erschien zuerst bei ", ""),
    ("erschien zuerst auf ", ""),
    ("erschien zuerst in ", ""),
    ("ist zuerst erschienen bei ", ""),
    ("mit material von ", ""),
    ("mit material der ", ""),
    ("mit agenturmaterial", "agencies"),
    ("publié initialement par ", ""),
    ("publié initialement sur ", ""),
    ("initialement publié sur ", ""),
    ("initialement publié par ", ""),
    ("d'abord publié sur ", ""),
    ("d'abord publié par ", ""),
    ("publicado originalmente por ", ""),
    ("publicado originalmente en ", ""),
    ("publicado originalmente no ", ""),
    ("publicado originalmente em ", ""),
    ("originalmente publicado en ", ""),
    ("originalmente publicado por ", ""),
    ("con información de ", ""),
    ("con informacion de ", ""),
    ("com informações da ", ""),
    ("com informações de ", ""),
    ("com informações do ", ""),
    ("pubblicato originariamente su ", ""),
    ("pubblicato originariamente da ", ""),
    ("pubblicato originariamente in ", ""),
    ("впервые опубликовано ", ""),
    ("впервые опубликована ", ""),
    ("نشر هذا المقال أولا ", ""),
];

/// All of the phrases above in one automaton: a line is read once, whatever their number.
static PHRASES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let all: Vec<String> = STATEMENTS.iter().map(|(phrase, _)| regex::escape(phrase)).collect();
    Regex::new(&all.join("|")).ok()
});

/// Lower case, with one kind of apostrophe.
fn lower(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.chars().flat_map(char::to_lowercase).map(|c| if c == '’' { '\'' } else { c }).collect()
}

/// Statements in a sentence: "This article was first published by NAME.", "NAME contributed to this report."
fn stated(line: &str, low: &str) -> Option<Line> {
    let plain = low;
    if let Some(rest) = plain.strip_prefix('©').or_else(|| plain.strip_prefix("copyright")) {
        let rest = rest.trim_start_matches(|c: char| !c.is_alphabetic());
        let name = rest.split(['.', ',', ';']).next().unwrap_or("").trim();
        return agencies::known(rest).or_else(|| agencies::known(name)).map(|n| Line::Credit(n.to_owned()));
    }
    if let Some(at) = plain.find(" contributed ")
        && [" to this report", " to this article", " to this story", " reporting"]
            .iter()
            .any(|t| plain.get(at + 12..).is_some_and(|r| r.starts_with(t)))
    {
        return Some(contributed(line, line.get(..at).unwrap_or("")));
    }
    if let Some(rest) = plain.strip_prefix("this report by ").or_else(|| plain.strip_prefix("this story by "))
        && let Some(end) = rest.find(" was first published").or_else(|| rest.find(" was originally published"))
    {
        let name = rest.get(..end)?;
        return Some(Line::Credit(agencies::known(name).map_or_else(|| name.to_owned(), str::to_owned)));
    }
    let about = |at: usize| {
        // What stands before must be about the text: "This article was", "Dieser Beitrag", or nothing.
        let head = plain.get(..at).unwrap_or("").trim().trim_start_matches('(');
        head.is_empty() || head.split_whitespace().count() <= 7 && OF_THE_TEXT.iter().any(|w| head.contains(w))
    };
    for found in PHRASES.as_ref()?.find_iter(plain) {
        let (at, phrase) = (found.start(), found.as_str());
        let Some((_, name)) = STATEMENTS.iter().find(|(p, _)| *p == phrase) else { continue };
        if !about(at) {
            continue;
        }
        if !name.is_empty() {
            return Some(Line::Credit((*name).to_owned()));
        }
        let by_people = phrase.contains("reporting");
        let tail_chars = plain.get(at + phrase.len()..)?.chars().count();
        let total = line.chars().count();
        let from = line.char_indices().nth(total.saturating_sub(tail_chars)).map(|(i, _)| i)?;
        let mut tail = line.get(from..)?;
        if let Some(end) =
            tail.find([',', ';', '(']).or_else(|| tail.find(". ")).or_else(|| tail.find(" and is ")).or_else(|| tail.find(" on "))
        {
            tail = tail.get(..end)?;
        }
        let tail = tail.trim_start_matches("the website of ").trim();
        // A date is no name: "This article was first published on 3 May".
        if tail.chars().next().is_none_or(|c| c.is_ascii_digit()) || super::dates::in_text(tail, super::dates::Order::DayFirst).is_some() {
            return None;
        }
        if by_people && agencies::known(tail).is_none() {
            return Some(Line::SignOff);
        }
        return tidy_name(tail).map(Line::Credit);
    }
    None
}

const OF_THE_TEXT: &[&str] = &[
    "article",
    "story",
    "report",
    "piece",
    "post",
    "column",
    "essay",
    "was",
    "artikel",
    "beitrag",
    "text",
    "artículo",
    "articulo",
    "nota",
    "texto",
    "artigo",
    "matéria",
    "articolo",
    "статья",
    "материал",
    "المقال",
    "(",
    "version",
    "interview",
    "avec",
    "this",
];

/// Who contributed: an agency, its writers, or the outlet's own people.
fn contributed(line: &str, who: &str) -> Line {
    let who = who.trim();
    if let Some(name) = agencies::known(who) {
        return Line::Credit(name.to_owned());
    }
    let low = lower(who);
    for (opening, name) in [
        ("associated press", "AP"),
        ("the associated press", "AP"),
        ("ap writer", "AP"),
        ("ap ", "AP"),
        ("reuters", "Reuters"),
        ("bloomberg", "Bloomberg"),
    ] {
        if low.starts_with(opening) {
            return Line::Credit(name.to_owned());
        }
    }
    let names = [" and the associated press", ", the associated press", " and reuters", " and afp"];
    if let Some(i) = names.iter().position(|n| low.contains(n)) {
        return Line::Credit(["AP", "AP", "Reuters", "AFP"].get(i).copied().unwrap_or("agencies").to_owned());
    }
    if line.chars().count() <= 160 { Line::SignOff } else { Line::Text }
}

/// "(Reporting by …; Editing by …)" and its like.
fn sign_off(low: &str) -> bool {
    let low = low.trim_start_matches(['(', '[', ' ']);
    const OPENINGS: &[&str] =
        &["reporting by ", "reporting and writing by ", "writing by ", "editing by ", "compiled by ", "redaktion: ", "reported by "];
    OPENINGS.iter().any(|o| low.starts_with(o)) && (low.contains("editing by") || low.contains(';') || low.chars().count() < 90)
        || low.contains("pour le service français")
        || low.contains("editado por ") && low.contains("reporte")
        || (low.starts_with("to contact the ") && low.contains("responsible for this story"))
        || (low.starts_with("to contact the reporter"))
}

/// The end of a paragraph: "… said. (PTI)", "… said. - AFP", "… said. — Reuters".
fn trailing(line: &str) -> Line {
    let body = line.trim_end().trim_end_matches('.');
    if body.ends_with([')', ']']) || body.ends_with('/') {
        let open = match body.as_bytes().last() {
            Some(b')') => '(',
            Some(b']') => '[',
            _ => '/',
        };
        if let Some(inner_end) = body.char_indices().next_back().map(|(i, _)| i)
            && let Some(start) = body.get(..inner_end).and_then(|b| b.rfind(open))
            && inner_end - start <= 60
            && let Some(inner) = body.get(start + 1..inner_end)
        {
            let before = body.get(..start).unwrap_or("").trim_end();
            let ended = before.ends_with(['.', '!', '?', '"', '”', '»', '’', '。']);
            if let Some(name) = agencies::known(inner)
                && ended
            {
                return Line::Trailing(name.to_owned(), start);
            }
            if ended
                && let Some(found @ Line::Credit(_)) = stated(inner, &lower(inner)).or_else(|| labelled(inner, &lower(inner), false, true))
            {
                return match found {
                    Line::Credit(name) => Line::Trailing(name, start),
                    other => other,
                };
            }
        }
        return Line::Text;
    }
    let tail_from = body.char_indices().rev().nth(40).map_or(0, |(i, _)| i);
    let Some(tail) = body.get(tail_from..) else { return Line::Text };
    for mark in ["— ", "– ", "- ", "-- ", "―", "—", "–"] {
        if let Some(at) = tail.rfind(mark)
            && let Some(name) = tail.get(at + mark.len()..).and_then(agencies::known)
        {
            let before = body.get(..tail_from + at).unwrap_or("").trim_end().trim_end_matches('-').trim_end();
            if before.ends_with(['.', '!', '?', '"', '”', '»', '’', '。']) {
                return Line::Trailing(name.to_owned(), before.len());
            }
        }
    }
    Line::Text
}

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
pub(super) fn without_by(name: &str) -> &str {
    let name = name.trim();
    BY.iter().find_map(|by| name.strip_prefix(by)).unwrap_or(name).trim()
}

/// "By JANE ROE, Associated Press", "Von Max Muster", "Reuters Staff" above the text.
fn byline(line: &str, chars: usize) -> Option<Line> {
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
fn closing_byline(line: &str, chars: usize) -> Option<Line> {
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

/// Where the dateline that opens `line` ends, and whom it credits.
fn dateline(line: &str) -> Option<(usize, Option<String>)> {
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
        } else if separator && capital && !before.trim().is_empty() && names_an_outlet(inner) {
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
        if all_capitals(before) && before.split_whitespace().count() <= 6 && before.chars().filter(|c| c.is_alphabetic()).count() >= 4 {
            return Some((tail_at, None));
        }
        break;
    }
    // "LONDON: The government"
    let colon = head.find(": ")?;
    let before = head.get(..colon)?;
    (all_capitals(before)
        && place_like(before)
        && before.split_whitespace().count() <= 3
        && before.chars().filter(|c| c.is_alphabetic()).count() >= 4)
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
        let lower = super::dates::month(word).is_some()
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
        } else if !(word.chars().all(|c| c.is_ascii_digit()) || super::dates::month(word).is_some() || STATES.contains(&word)) {
            return false;
        }
    }
    capitals > 0
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
        && text.chars().filter(|c| c.is_alphabetic()).count() >= 3
        && text.split_whitespace().all(|w| w.chars().next().is_some_and(char::is_uppercase))
        && !text.contains(['-', ',', ';'])
        && !text.bytes().any(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body() -> String {
        "The ministry said on Monday that the talks would go on for another week, as both sides asked for time to study the offer."
            .repeat(2)
    }

    fn read(opening: &str, closing: &str) -> Credited {
        credits(&format!("{opening}{}\n\n{}\n\n{}\n\n{}\n\n{}{closing}", body(), body(), body(), body(), body()))
    }

    #[test]
    fn datelines_stay_and_credit() {
        for (opening, name) in [
            ("PARIS, Jan 3 (Reuters) - ", Some("Reuters")),
            ("BEAR CREEK, N.C. (AP) — ", Some("AP")),
            ("(Bloomberg) -- ", Some("Bloomberg")),
            ("REUTERS: ", Some("Reuters")),
            ("Berlin (dpa/lno) - ", Some("dpa")),
            ("Madrid, 8 nov (EFE).- ", Some("EFE")),
            ("(ANSA) - ROMA, 08 NOV - ", Some("ANSA")),
            ("МОСКВА, 8 ноября. /ТАСС/. ", Some("TASS")),
            ("МОСКВА, 8 ноя — РИА Новости. ", Some("RIA Novosti")),
            ("BEIJING, Nov. 8 (Xinhua) -- ", Some("Xinhua")),
            ("LONDON — ", None),
        ] {
            let found = read(opening, "");
            assert_eq!(found.dateline.as_deref(), Some(opening.trim()), "{opening}");
            assert_eq!(found.credit.as_ref().map(|c| c.name.as_str()), name, "{opening}");
            assert!(found.text.starts_with(opening), "{opening}");
        }
    }

    #[test]
    fn credit_lines_are_taken_out() {
        for (line, name) in [
            ("Source; Al Jazeera", "Al Jazeera"),
            ("Source: Al Jazeera", "Al Jazeera"),
            ("(Al Jazeera)", "Al Jazeera"),
            ("— Al Jazeera", "Al Jazeera"),
            ("Source: https://www.example.org/a/b", "example.org"),
            ("Fuente: Agencia EFE", "EFE"),
            ("Quelle: dpa", "dpa"),
            ("Источник: Интерфакс", "Interfax"),
            ("المصدر: الجزيرة", "Al Jazeera"),
            ("This article was first published by The Harbour Post.", "The Harbour Post"),
            ("This article originally appeared on Reuters.", "Reuters"),
            ("(With inputs from PTI)", "PTI"),
            ("The Associated Press contributed to this report.", "AP"),
            ("Con información de EFE", "EFE"),
            ("wit/apr/dpa", "dpa"),
            ("©2019 Bloomberg L.P.", "Bloomberg"),
        ] {
            let found = read("", &format!("\n\n{line}"));
            let credit = found.credit.clone().unwrap_or_default();
            assert_eq!((credit.name.as_str(), credit.words.as_str()), (name, line));
            assert!(!found.text.contains(line), "{line}");
            assert!(found.text.ends_with("offer."), "{line}");
        }
    }

    #[test]
    fn the_end_of_the_last_paragraph() {
        let found = read("", " (PTI)");
        assert_eq!(found.credit.map(|c| (c.name, c.words)), Some(("PTI".to_owned(), "(PTI)".to_owned())));
        assert!(found.text.ends_with("offer."));
    }

    #[test]
    fn bylines() {
        let found = read("By JANE ROE, Associated Press\n\n", "");
        assert_eq!(found.byline.as_deref(), Some("JANE ROE"));
        assert_eq!(found.credit.map(|c| c.name).as_deref(), Some("AP"));
        assert!(found.text.starts_with("The ministry"));
    }

    #[test]
    fn what_is_no_credit() {
        for line in [
            "A source told Reuters that the talks would go on.",
            "Source of the fire was a kitchen, officials told the Associated Press.",
            "By Monday the talks had ended.",
            "This article was first published on 3 May 2019.",
            "The source added that it was not over",
            "Representative Ann Roe (D-CA) - who leads the panel - agreed.",
        ] {
            let found = read("", &format!("\n\n{line}"));
            assert_eq!(found.credit, None, "{line}");
            assert!(found.text.ends_with(line), "{line}");
            assert_eq!(read(&format!("{line}\n\n"), "").credit, None, "{line}");
        }
    }

    #[test]
    fn hostile_texts_end() {
        for text in
            ["", "\n\n\n", "(", "()", "—", "Source:", "Source: ", "By ", "İ: (İ", "ß".repeat(300).as_str(), "a\u{300}".repeat(99).as_str()]
        {
            let _ = credits(text);
        }
    }
}
