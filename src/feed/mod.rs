//! Feeds: bytes to entries, their identity, and when to poll next. Pure.
//!
//! The way of a document: own decoding → control characters out → the tolerant reader ([`extract`]) walks it once,
//! finds out what it is and where things stand → feed-rs ([`healthy`]) reads it if it is sound, and is believed where
//! both agree → where it is not sound, or feed-rs fails or differs, the tolerant reader's own finding is the answer.

mod body;
pub mod decide;
pub mod discover;
mod extract;
mod healthy;
pub mod identity;
mod json;
mod names;
pub mod outcome;
mod repairs;
mod scan;
pub mod schedule;
mod sums;
mod text;

use crate::model::encoding::decode;
use crate::model::{ParsedEntry, ParsedFeed};
use extract::{Kind, MOST_ENTRIES, Reading};
use std::io::Read;
use url::Url;

/// What is known of a document besides its bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Context<'a> {
    /// Where it came from; relative links are resolved against it.
    pub base: Option<&'a Url>,
    /// The Content-Type header as received.
    pub content_type: Option<&'a str>,
}

/// Why bytes are not a feed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum FeedError {
    /// Neither RSS, Atom, RDF, JSON Feed nor sitemap.
    #[error("not a feed: {0}")]
    NotAFeed(String),
    /// Too deep, too large.
    #[error("too complex: {0}")]
    TooComplex(String),
}

/// Reads a feed in any format newsfold knows, repairing what can be repaired.
///
/// Costs about as much as feed-rs alone, and at most a few times the input in memory; works off any thread, and does
/// not recurse.
///
/// # Errors
/// Where the bytes are no feed; what they seem to be is said.
pub fn parse(bytes: &[u8], context: Context<'_>) -> Result<ParsedFeed, FeedError> {
    let (text, mut warnings) = decode(bytes, context.content_type.and_then(charset), declared_encoding(bytes));
    repairs::take();
    let clean = text::without_controls(&text);
    if clean.len() != text.len() {
        warnings.push("control characters were left out".to_owned());
    }
    let text = clean.as_ref().trim_start_matches(['\u{FEFF}', '\0']).trim_start();
    let mut feed = match text.bytes().next() {
        None => return Err(FeedError::NotAFeed("empty".to_owned())),
        Some(b'{' | b'[') => json::read(text, context.base)?,
        Some(_) => markup(text, context.base)?,
    };
    warnings.append(&mut feed.warnings);
    warnings.append(&mut repairs::take());
    feed.warnings = warnings;
    Ok(feed)
}

/// The cleaning step by itself: `field`, whose XML escapes are resolved, as one line of plain text (a title) and as HTML
/// (a body). References, doubled encoding and mojibake are put right, control characters go. `None` where nothing is left.
pub fn clean(field: &str) -> (Option<String>, Option<String>) {
    let field = text::without_controls(field);
    (text::plain(extract::shortened(&field)), body::finish(field.into_owned()))
}

/// Everything that is written in tags.
fn markup(text: &str, base: Option<&Url>) -> Result<ParsedFeed, FeedError> {
    let mut reading = extract::read(text, base);
    match reading.kind {
        Kind::Html => return Err(FeedError::NotAFeed("an HTML page".to_owned())),
        Kind::Unknown if reading.entries.is_empty() => {
            let found = if reading.format.is_empty() { "no mark-up".to_owned() } else { format!("the document is {}", reading.format) };
            return Err(FeedError::NotAFeed(found));
        }
        _ => {}
    }
    let mut warnings = Vec::new();
    if text.get(..reading.root_start).is_some_and(junk) {
        warnings.push("junk before the feed was skipped".to_owned());
    }
    if reading.cut_at.is_some() {
        warnings.push(too_many(None));
    } else if text.get(reading.root_end..).is_some_and(junk) {
        warnings.push("junk after the feed was skipped".to_owned());
    }
    // A relative link without the document's address is relative to the site that the feed names.
    let site = reading.site_url.as_deref().filter(|_| base.is_none()).and_then(|s| Url::parse(s).ok());
    let fallback = base.or(site.as_ref());
    let mut entries = match sound(&reading, text, fallback) {
        Ok(entries) => entries,
        Err(why) => {
            if let Some(why) = why {
                warnings.push(format!("{why}; read by the tolerant reader"));
            }
            own(&reading, text, fallback)
        }
    };
    let lang = reading.lang.take();
    entries.iter_mut().for_each(|entry| entry.lang.clone_from(&lang));
    Ok(ParsedFeed {
        format: std::mem::take(&mut reading.format),
        title: reading.title.take(),
        site_url: reading.site_url.take(),
        lang,
        entries,
        hints: std::mem::take(&mut reading.hints),
        warnings,
    })
}

/// feed-rs' reading, if the document is one for it and the witness agrees; else why not, if that is worth saying.
fn sound(reading: &Reading, text: &str, base: Option<&Url>) -> Result<Vec<ParsedEntry>, Option<String>> {
    if reading.excessive {
        return Err(Some("nested too deeply, or too many attributes or namespaces".to_owned()));
    }
    if reading.broken {
        return Err(Some("not well-formed".to_owned()));
    }
    if !matches!(reading.kind, Kind::Rss | Kind::Rdf | Kind::Atom) {
        return Err(None);
    }
    let end = reading.cut_at.unwrap_or(reading.root_end);
    let document = text.get(reading.root_start..end).unwrap_or("");
    let feed = healthy::feed_rs(document.as_bytes().chain(reading.closing.as_bytes())).map_err(Some)?;
    healthy::agreed(feed, reading, text, base).map_err(Some)
}

/// The tolerant reader's own entries.
fn own(reading: &Reading, text: &str, base: Option<&Url>) -> Vec<ParsedEntry> {
    let complete = |raw: &extract::RawEntry| {
        let mut entry = raw.small_fields(base);
        entry.summary = raw.summary().and_then(|span| body::html(text, 0, &span));
        entry.content = raw.content().and_then(|span| body::html(text, 0, &span));
        entry
    };
    reading.entries.iter().map(complete).collect()
}

/// The warning for a document with more entries than are taken.
fn too_many(of: Option<usize>) -> String {
    match of {
        Some(n) => format!("{n} entries; the first {MOST_ENTRIES} were taken"),
        None => format!("more than {MOST_ENTRIES} entries; the first {MOST_ENTRIES} were taken"),
    }
}

/// True for text around the root that is neither white space nor declarations and comments.
fn junk(around: &str) -> bool {
    let mut scanner = scan::Scanner::new(around, 0);
    while let Some(token) = scanner.next() {
        match token {
            scan::Token::Other => {}
            scan::Token::Text(text) if text.trim().is_empty() => {}
            _ => return true,
        }
    }
    false
}

/// The `charset` parameter of a Content-Type.
fn charset(content_type: &str) -> Option<&str> {
    let parameter =
        |part: &'static str| move |p: &&str| p.trim_start().get(..part.len()).is_some_and(|lead| lead.eq_ignore_ascii_case(part));
    let found = content_type.split(';').skip(1).find(parameter("charset="))?;
    found.split_once('=').map(|(_, value)| value.trim().trim_matches(['"', '\''])).filter(|v| !v.is_empty())
}

/// The encoding that the XML declaration names, looked for in the first bytes.
fn declared_encoding(bytes: &[u8]) -> Option<&str> {
    let head = bytes.get(..bytes.len().min(1024)).unwrap_or(b"");
    let start = memchr::memmem::find(head, b"<?xml")?;
    let head = head.get(start..)?;
    let head = head.get(..memchr::memchr(b'>', head)?)?;
    let value = head.get(memchr::memmem::find(head, b"encoding")? + "encoding".len()..)?;
    let open = value.iter().position(|b| matches!(b, b'"' | b'\''))?;
    let quote = value.get(open).copied()?;
    let value = value.get(open + 1..)?;
    std::str::from_utf8(value.get(..memchr::memchr(quote, value)?)?).ok()
}

#[cfg(test)]
mod tests;
