//! Full-text search: what is indexed, and what a person's query means.
//!
//! SQLite's `unicode61` cuts at what is no letter, which leaves whole sentences of Chinese, Japanese or Thai as one
//! word. Runs of such scripts are therefore indexed as overlapping pairs (and their last character by itself), and asked
//! for as a phrase of pairs: any part of a run is found, in order, without a dictionary.

use super::StoreError;
use crate::model::{Id, Quality};
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, params};
use std::borrow::Cow;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

/// Terms of a query beyond this are an error: they cost time, and no person types them.
const MAX_TERMS: usize = 64;

/// Scripts that are written without spaces between words.
pub fn unspaced(c: char) -> bool {
    matches!(u32::from(c),
        0x0E01..=0x0EFF | 0x1000..=0x109F | 0x1780..=0x17FF          // Thai, Lao, Myanmar, Khmer
        | 0x3005..=0x3007 | 0x3040..=0x30FF | 0x31F0..=0x31FF        // Kana
        | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF        // Han
        | 0x20000..=0x3FFFF)
}

fn normal(text: &str) -> Cow<'_, str> {
    match is_nfkc_quick(text.chars()) {
        IsNormalized::Yes => Cow::Borrowed(text),
        _ => Cow::Owned(text.nfkc().collect()),
    }
}

/// The text as it is handed to the index.
pub(super) fn index_text(text: &str) -> Cow<'_, str> {
    let text = normal(text);
    // Bytes below 0xE0 begin no character of an unspaced script: most texts need no walk over their characters.
    if text.bytes().all(|b| b < 0xE0) || !text.chars().any(unspaced) {
        return text;
    }
    let mut out = String::with_capacity(text.len() * 3);
    let mut last: Option<char> = None;
    for c in text.chars() {
        let run = unspaced(c);
        if let Some(previous) = last.take() {
            out.push(previous);
            if run {
                out.push(c);
            }
            out.push(' ');
        } else if run && !out.is_empty() && !out.ends_with(' ') {
            out.push(' ');
        }
        if run {
            last = Some(c);
        } else {
            out.push(c);
        }
    }
    out.extend(last);
    Cow::Owned(out)
}

/// Makes an article findable.
pub(super) fn insert(conn: &Connection, seq: i64, title: &str, text: &str, quality: Quality) -> Result<(), StoreError> {
    // A wall's or an error page's words are no article's: nobody should find them.
    let body = if quality.is_text() { index_text(text) } else { "".into() };
    if quality.is_text() || !title.is_empty() {
        let mut insert = conn.prepare_cached("INSERT INTO fts (rowid, title, body) VALUES (?1, ?2, ?3)")?;
        insert.execute(params![seq, index_text(title), body])?;
    }
    Ok(())
}

/// A query as a person typed it, read.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Query {
    /// The expression for FTS5; `None` where there are only filters.
    pub expression: Option<String>,
    /// Words to mark in the snippet, folded; `true`: the beginning of a word is enough.
    pub marks: Vec<(String, bool)>,
    /// `publisher:`
    pub publishers: Vec<String>,
    /// `lang:`
    pub langs: Vec<String>,
    /// `tag:`
    pub tags: Vec<String>,
    /// `owner:`
    pub owners: Vec<String>,
    /// `feed:`, a key or an address
    pub feeds: Vec<Id>,
    /// `since:`
    pub since: Option<Timestamp>,
    /// `until:`
    pub until: Option<Timestamp>,
}

/// One piece of a query: what stands between spaces, quotes respected.
struct Piece {
    not: bool,
    field: Option<String>,
    text: String,
    quoted: bool,
}

fn pieces(query: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = query.trim_start();
    while !rest.is_empty() {
        let mut piece = Piece { not: false, field: None, text: String::new(), quoted: false };
        if let Some(after) = rest.strip_prefix('-').filter(|a| a.starts_with(|c: char| c == '"' || !c.is_whitespace())) {
            piece.not = true;
            rest = after;
        }
        if let Some((field, after)) = rest.split_once(':')
            && matches!(field, "publisher" | "owner" | "feed" | "lang" | "tag" | "since" | "until")
        {
            piece.field = Some(field.to_owned());
            rest = after;
        }
        let end = match rest.strip_prefix('"') {
            Some(inner) => {
                piece.quoted = true;
                let close = inner.find('"').unwrap_or(inner.len());
                piece.text = inner[..close].to_owned();
                (close + 2).min(rest.len())
            }
            None => {
                let end = rest.find(|c: char| c.is_whitespace() || c == '"').unwrap_or(rest.len());
                piece.text = rest[..end].to_owned();
                end
            }
        };
        rest = rest[end..].trim_start();
        pieces.push(piece);
    }
    pieces
}

/// Reads a query: words, "phrases", `-not` or `NOT not`, `OR`, `prefix*`, `publisher:`, `owner:`, `feed:`, `lang:`, `tag:`,
/// `since:`, `until:`; anything else is literal. Nothing that is typed can be an error of SQL or of FTS5.
pub(super) fn parse(query: &str, now: Timestamp) -> Result<Query, StoreError> {
    let query = normal(query).replace('\0', " ");
    let mut read = Query::default();
    let mut groups: Vec<Vec<String>> = Vec::new();
    let mut nots: Vec<String> = Vec::new();
    let (mut join, mut leave_out) = (false, false);
    let mut terms = 0usize;
    for mut piece in pieces(&query) {
        // As other searches have it: AND is what stands between two words anyway, and NOT is a `-`.
        if matches!(piece.text.as_str(), "AND" | "NOT") && piece.field.is_none() && !piece.quoted && !piece.not {
            leave_out |= piece.text == "NOT";
            continue;
        }
        piece.not |= std::mem::take(&mut leave_out);
        if let Some(field) = &piece.field {
            filter(&mut read, field, &piece, now)?;
            continue;
        }
        if piece.text == "OR" && !piece.quoted && !piece.not {
            join = !groups.is_empty();
            continue;
        }
        let (expression, marks) = term(&piece);
        let Some(expression) = expression else {
            continue;
        };
        terms += 1 + marks.len();
        if terms > MAX_TERMS * 2 {
            return Err(StoreError::Query(format!("too long: a search may have some {MAX_TERMS} words")));
        }
        if piece.not {
            nots.push(expression);
            continue;
        }
        read.marks.extend(marks);
        match groups.last_mut() {
            Some(group) if join => group.push(expression),
            _ => groups.push(vec![expression]),
        }
        join = false;
    }
    if groups.is_empty() {
        return match (nots.is_empty(), read != Query::default()) {
            (false, _) => Err(StoreError::Query("a search needs a word to look for, not only words to leave out".to_owned())),
            (true, true) => Ok(read),
            (true, false) => {
                Err(StoreError::Query("nothing to search for: give a word, a \"phrase\" or a filter such as lang:en".to_owned()))
            }
        };
    }
    let all: Vec<String> =
        groups.iter().map(|g| if let [one] = g.as_slice() { one.clone() } else { format!("({})", g.join(" OR ")) }).collect();
    let mut expression = all.join(" AND ");
    if !nots.is_empty() {
        expression = format!("({expression}) NOT ({})", nots.join(" OR "));
    }
    read.expression = Some(expression);
    Ok(read)
}

fn filter(read: &mut Query, field: &str, piece: &Piece, now: Timestamp) -> Result<(), StoreError> {
    if piece.not {
        return Err(StoreError::Query(format!("-{field}: is not known; filters can only be asked for")));
    }
    if piece.text.is_empty() {
        return Err(StoreError::Query(format!("{field}: needs a value, as in {field}:{}", example(field))));
    }
    match field {
        "publisher" => read.publishers.push(piece.text.clone()),
        "lang" => read.langs.push(piece.text.to_lowercase()),
        "tag" => read.tags.push(piece.text.clone()),
        "owner" => read.owners.push(piece.text.clone()),
        "feed" => read.feeds.push(piece.text.parse().unwrap_or_else(|_| Id::feed(&piece.text))),
        _ => {
            let why = || format!("{field}:{} is no time: write 24h, 3d, 2w or 2026-01-31", piece.text);
            let at = time(&piece.text, now).ok_or_else(|| StoreError::Query(why()))?;
            *(if field == "until" { &mut read.until } else { &mut read.since }) = Some(at);
        }
    }
    Ok(())
}

/// A value that `field:` could have.
fn example(field: &str) -> &'static str {
    match field {
        "since" | "until" => "24h",
        "publisher" | "owner" => "reuters",
        "feed" => "https://example.org/rss",
        "tag" => "world",
        _ => "en",
    }
}

fn time(text: &str, now: Timestamp) -> Option<Timestamp> {
    if let Some((at, unit)) = text.char_indices().next_back()
        && let Ok(count) = text[..at].parse::<i64>()
    {
        let seconds = match unit {
            'm' => 60,
            'h' => 3_600,
            'd' => 86_400,
            'w' => 604_800,
            _ => return None,
        };
        return now.checked_sub(SignedDuration::from_secs(count.checked_mul(seconds)?)).ok();
    }
    text.parse().ok().or_else(|| text.parse::<jiff::civil::Date>().ok()?.to_zoned(jiff::tz::TimeZone::system()).ok().map(|z| z.timestamp()))
}

/// One piece as an expression that is safe, and the words it marks. `None`: nothing in it can be searched for.
fn term(piece: &Piece) -> (Option<String>, Vec<(String, bool)>) {
    let mut parts = Vec::new();
    let mut marks = Vec::new();
    let mut phrase = String::new();
    let prefix = !piece.quoted && piece.text.ends_with('*') && piece.text.chars().any(char::is_alphanumeric);
    let mut rest = piece.text.as_str();
    while let Some(first) = rest.chars().next() {
        let run = unspaced(first);
        let end = rest.find(|c| unspaced(c) != run).unwrap_or(rest.len());
        let (part, after) = rest.split_at(end);
        rest = after;
        if run {
            let chars: Vec<char> = part.chars().collect();
            marks.push((part.to_owned(), true));
            match chars.as_slice() {
                [one] => parts.push(format!("\"{one}\" *")),
                many => parts.push(format!("\"{}\"", many.windows(2).map(|w| w.iter().collect::<String>()).collect::<Vec<_>>().join(" "))),
            }
            continue;
        }
        phrase.clear();
        phrase.extend(part.chars().map(|c| if c == '"' { ' ' } else { c }));
        let words: Vec<String> = words(&phrase).map(|(_, w)| fold(w).into_owned()).collect();
        if words.is_empty() {
            continue;
        }
        let last = prefix && rest.is_empty();
        parts.push(format!("\"{}\"{}", phrase.trim_end_matches('*').trim(), if last { " *" } else { "" }));
        let count = words.len();
        marks.extend(words.into_iter().enumerate().map(|(i, w)| (w, last && i + 1 == count)));
    }
    match parts.as_slice() {
        [] => (None, marks),
        [one] => (Some(one.clone()), marks),
        many => (Some(format!("({})", many.join(" AND "))), marks),
    }
}

/// The words of a text as the index cuts them, with their places.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    fn inside(c: char) -> bool {
        c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c)
    }
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + text[at..].find(inside)?;
        let end = text[start..].find(|c| !inside(c)).map_or(text.len(), |n| start + n);
        at = end;
        Some((start, &text[start..end]))
    })
}

/// A word as two spellings of it are equal: lower case, without accents.
fn fold(word: &str) -> Cow<'_, str> {
    if word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()) {
        return Cow::Borrowed(word);
    }
    if word.is_ascii() {
        return Cow::Owned(word.to_ascii_lowercase());
    }
    word.nfkd().filter(|c| !('\u{300}'..='\u{36F}').contains(c)).flat_map(char::to_lowercase).collect()
}

/// How well an article answers: BM25 without the weight of a word's rarity (that is the same for all hits of a search
/// whose words must all be there), a word in the headline counting four times.
pub(super) fn score(title: &str, text: &str, marks: &[(String, bool)]) -> f64 {
    const K1: f64 = 1.2;
    const B: f64 = 0.75;
    const USUAL_BYTES: f64 = 3_000.0;
    const HEADLINE: f64 = 4.0;
    let mut counts = vec![0.0f64; marks.len()];
    for (part, weight) in [(title, HEADLINE), (text, 1.0)] {
        for (_, word) in words(part) {
            let folded = fold(word);
            for (count, (mark, prefix)) in counts.iter_mut().zip(marks) {
                if hit(&folded, word, mark, *prefix) {
                    *count += weight;
                }
            }
        }
    }
    let length = K1 * (1.0 - B + B * text.len() as f64 / USUAL_BYTES);
    counts.iter().map(|n| n * (K1 + 1.0) / (n + length)).sum()
}

/// True where a word is the one asked for, begins with it, or, in scripts without spaces, holds it.
fn hit(folded: &str, word: &str, mark: &str, prefix: bool) -> bool {
    folded == mark || (prefix && folded.starts_with(mark)) || (mark.starts_with(unspaced) && word.contains(mark))
}

/// Marks of a hit in a snippet.
const HIT: (char, char) = ('\u{E000}', '\u{E001}');

/// Where the words asked for stand in `text`, in order; no further than `reach` bytes behind the first.
fn hits(text: &str, marks: &[(String, bool)], reach: usize) -> Vec<(usize, usize)> {
    let mut hits: Vec<(usize, usize)> = Vec::new();
    for (at, word) in words(text) {
        if hits.first().is_some_and(|(first, _)| at - first > reach) {
            break;
        }
        let folded = fold(word);
        for (mark, prefix) in marks {
            if folded == mark.as_str() || (*prefix && folded.starts_with(mark.as_str())) {
                hits.push((at, at + word.len()));
                break;
            } else if mark.chars().next().is_some_and(unspaced)
                && let Some(inner) = word.find(mark.as_str())
            {
                hits.push((at + inner, at + inner + mark.len()));
                break;
            }
        }
    }
    hits
}

/// What stands from `start` to `end`, hits between U+E000 and U+E001.
fn marked(text: &str, hits: Vec<(usize, usize)>, start: usize, end: usize) -> String {
    let mut out = String::with_capacity(end - start + 16);
    let mut at = start;
    for (from, to) in hits.into_iter().filter(|h| h.0 >= start && h.1 <= end) {
        out.push_str(&text[at..from]);
        out.push(HIT.0);
        out.push_str(&text[from..to]);
        out.push(HIT.1);
        at = to;
    }
    out.push_str(&text[at..end]);
    out
}

/// A headline, hits between U+E000 and U+E001.
pub(super) fn headline(title: &str, marks: &[(String, bool)]) -> String {
    marked(title, hits(title, marks, title.len()), 0, title.len())
}

/// Some 30 words around the first hit, hits between U+E000 and U+E001.
pub(super) fn snippet(text: &str, marks: &[(String, bool)]) -> String {
    const BEFORE: usize = 60;
    const LENGTH: usize = 220;
    let hits = hits(text, marks, LENGTH);
    let focus = hits.first().map_or(0, |h| h.0);
    let start = if focus <= BEFORE { 0 } else { word_start(text, focus - BEFORE, focus) };
    let end = word_end(text, (start + LENGTH).min(text.len()));
    let mut out = String::with_capacity(end - start + 24);
    if start > 0 {
        out.push('…');
    }
    out.push_str(&marked(text, hits, start, end));
    if end < text.len() {
        out.push('…');
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The first beginning of a word at or after `at`, but not after `focus`.
fn word_start(text: &str, at: usize, focus: usize) -> usize {
    let mut at = at;
    while !text.is_char_boundary(at) {
        at += 1;
    }
    text[at..focus].char_indices().find(|(_, c)| c.is_whitespace()).map_or(at, |(n, c)| at + n + c.len_utf8())
}

/// The last end of a word at or before `at`.
fn word_end(text: &str, at: usize) -> usize {
    let mut at = at;
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    if at == text.len() {
        return at;
    }
    text[..at].rfind(char::is_whitespace).filter(|n| at - n < 40).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn expression(query: &str) -> Option<String> {
        parse(query, Timestamp::UNIX_EPOCH).unwrap().expression
    }

    #[test]
    fn what_people_type() {
        assert_eq!(expression("storm coast").unwrap(), "\"storm\" AND \"coast\"");
        assert_eq!(expression("\"storm coast\" -rain").unwrap(), "(\"storm coast\") NOT (\"rain\")");
        assert_eq!(expression("a b OR c").unwrap(), "\"a\" AND (\"b\" OR \"c\")");
        assert_eq!(expression("a AND b NOT c").unwrap(), expression("a b -c").unwrap());
        assert_eq!(expression("a \"NOT\" not").unwrap(), "\"a\" AND \"NOT\" AND \"not\"");
        assert_eq!(expression("multi-agent NEAR(x").unwrap(), "\"multi-agent\" AND \"NEAR(x\"");
        assert_eq!(expression("stor*").unwrap(), "\"stor\" *");
        assert_eq!(expression("col:x").unwrap(), "\"col:x\"");
        assert_eq!(expression("停火谈判").unwrap(), "\"停火 火谈 谈判\"");
    }

    #[test]
    fn filters_are_read() {
        let now: Timestamp = "2026-01-10T00:00:00Z".parse().unwrap();
        let query = parse("publisher:\"Al Jazeera\" lang:AR tag:world since:2d quake", now).unwrap();
        assert_eq!(
            (query.publishers, query.langs, query.tags),
            (vec!["Al Jazeera".to_owned()], vec!["ar".to_owned()], vec!["world".to_owned()])
        );
        assert_eq!(query.since, Some("2026-01-08T00:00:00Z".parse().unwrap()));
        let address = "https://harbour.example/rss";
        let query = parse(&format!("owner:\"The Ledger\" owner:Coast feed:{address} feed:{} until:1d", Id(7)), now).unwrap();
        assert_eq!((query.owners, query.feeds), (vec!["The Ledger".to_owned(), "Coast".to_owned()], vec![Id::feed(address), Id(7)]));
        assert_eq!((query.expression, query.since, query.until), (None, None, Some("2026-01-09T00:00:00Z".parse().unwrap())));
        for (bad, said) in [("until:soon x", "until:soon is no time"), ("owner:", "owner: needs"), ("-feed:x y", "-feed: is not known")] {
            assert!(matches!(parse(bad, now), Err(StoreError::Query(why)) if why.starts_with(said)), "{bad:?}");
        }
        for bad in ["", "  ", "-rain", "since:soon x", "lang:", "!!!", "\0", "-lang:en x", "x NOT lang:en", "NOT x", "OR"] {
            assert!(matches!(parse(bad, now), Err(StoreError::Query(_))), "{bad:?}");
        }
    }

    #[test]
    fn runs_without_spaces_become_pairs() {
        assert_eq!(index_text("plain text"), "plain text");
        assert_eq!(index_text("停火谈判"), "停火 火谈 谈判 判");
        assert_eq!(index_text("用iPhone手机"), "用 iPhone 手机 机");
    }

    #[test]
    fn snippets_mark_their_hits() {
        let marks = vec![("cafe".to_owned(), false), ("stor".to_owned(), true)];
        assert_eq!(headline("Storm over\nthe café", &marks), "\u{E000}Storm\u{E001} over\nthe \u{E000}café\u{E001}");
        assert_eq!(snippet("A Café in the storm.", &marks), "A \u{E000}Café\u{E001} in the \u{E000}storm\u{E001}.");
        let long = format!("{} storm {}", "word ".repeat(100), "word ".repeat(100));
        let short = snippet(&long, &marks);
        assert!(short.contains("\u{E000}storm\u{E001}") && short.len() < 300 && short.starts_with('…') && short.ends_with('…'));
    }

    proptest! {
        #[test]
        fn nothing_typed_breaks_the_index(query in "\\PC{0,40}|[-\"*():^ORANDNE停\u{e0e}\0 a]{0,30}", text in "\\PC{0,200}") {
            let conn = rusqlite::Connection::open_in_memory().unwrap();
            conn.execute_batch("CREATE VIRTUAL TABLE fts USING fts5 (title, body, tokenize = \"unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'\")").unwrap();
            conn.execute("INSERT INTO fts VALUES ('', ?1)", [index_text(&text)]).unwrap();
            if let Ok(Query { expression: Some(expression), marks, .. }) = parse(&query, Timestamp::UNIX_EPOCH) {
                let found = conn.query_row("SELECT COUNT(*) FROM fts WHERE fts MATCH ?1", [&expression], |r| r.get::<_, i64>(0));
                prop_assert!(found.is_ok(), "{} {:?}", expression, found);
                snippet(&text, &marks);
            }
        }
    }
}
