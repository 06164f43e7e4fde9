//! Lines and sentences that state the origin: "Source: NAME", "first published by NAME", "… said. (PTI)".

use super::{Line, lower};
use crate::article::{agencies, dates};
use regex::Regex;
use std::sync::LazyLock;

/// "Source: NAME" in the nine languages.
pub(super) fn labelled(line: &str, low: &str, opening: bool, closing: bool) -> Option<Line> {
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
    if closing && let Some(name) = bracketed(line).and_then(|inner| inner.strip_prefix("via ").or_else(|| inner.strip_prefix("Via "))) {
        return tidy_name(name).map(Line::Credit);
    }
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

/// What a line holds that is all bracket.
fn bracketed(line: &str) -> Option<&str> {
    let line = line.trim().trim_end_matches('.');
    line.strip_prefix('[').and_then(|l| l.strip_suffix(']')).or_else(|| line.strip_prefix('(').and_then(|l| l.strip_suffix(')')))
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
    ("with additional input from ", ""),
    ("(with inputs from ", ""),
    ("with input from ", ""),
    ("with files from ", ""),
    ("with reporting by ", ""),
    ("with reporting from ", ""),
    ("with additional reporting by ", ""),
    ("inputs from ", ""),
    ("additional reporting by ", ""),
    ("agency inputs", "agencies"),
    ("this article is from ", ""),
    ("this story is from ", ""),
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

/// Statements in a sentence: "This article was first published by NAME.", "NAME contributed to this report."
pub(super) fn stated(line: &str, low: &str) -> Option<Line> {
    let plain = low;
    if let Some(rest) = plain.strip_prefix('©').or_else(|| plain.strip_prefix("copyright")) {
        let rest = rest.trim_start_matches(|c: char| !c.is_alphabetic());
        let name = rest.split(['.', ',', ';']).next().unwrap_or("").trim();
        return agencies::known(rest).or_else(|| agencies::known(name)).map(|n| Line::Credit(n.to_owned()));
    }
    // "… receives support from a foundation. The AP is solely responsible for all content."
    if let Some(head) = line.find(" is solely responsible for ").and_then(|at| line.get(..at))
        && let Some(name) = agencies::known(head.rsplit(". ").next().unwrap_or(head))
    {
        return Some(Line::Credit(name.to_owned()));
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
        if tail.chars().next().is_none_or(|c| c.is_ascii_digit()) || dates::in_text(tail, dates::Order::DayFirst).is_some() {
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
pub(super) fn sign_off(low: &str) -> bool {
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
pub(super) fn trailing(line: &str) -> Line {
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
