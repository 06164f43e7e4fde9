//! The healthy path: feed-rs reads, the tolerant reader is its witness.
//!
//! feed-rs may panic and may leave things out, so its answer counts only where both found the same entries.

use super::body;
use super::extract::{Form, RawEntry, Reading, Span, shortened};
use super::text::plain;
use crate::model::ParsedEntry;
use crate::model::dates::parse_date;
use chrono::{DateTime, Utc};
use feed_rs::model::{Entry, Feed};
use std::cell::Cell;
use std::io::Read;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;
use url::Url;

thread_local! {
    /// True while a panic on this thread is expected, and is not to be reported on standard error.
    static EXPECTING: Cell<bool> = const { Cell::new(false) };
}

/// Runs `work`; a panic in it becomes an error and prints nothing.
fn contained<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !EXPECTING.get() {
                before(info);
            }
        }));
    });
    EXPECTING.set(true);
    let done = panic::catch_unwind(AssertUnwindSafe(work));
    EXPECTING.set(false);
    done.map_err(|_| "feed-rs panicked".to_owned())
}

/// feed-rs' reading of a document.
///
/// # Errors
/// Why there is none, in words.
pub(super) fn feed_rs(document: impl Read) -> Result<Feed, String> {
    let parser = feed_rs::parser::Builder::new()
        .sanitize_content(false)
        // Made-up identifiers are worse than none; identity is ours to decide.
        .id_generator(|_, _, _| String::new())
        .timestamp_parser(|text| parse_date(text).and_then(to_chrono))
        .build();
    contained(|| parser.parse(document))?.map_err(|error| error.to_string())
}

fn to_chrono(at: jiff::Timestamp) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_millis(at.as_millisecond())
}

/// The entries of feed-rs completed by what it does not read.
///
/// # Errors
/// What the two readings do not agree on.
pub(super) fn agreed(feed: Feed, reading: &Reading, text: &str, base: Option<&Url>) -> Result<Vec<ParsedEntry>, String> {
    if feed.entries.len() != reading.entries.len() {
        return Err(format!("feed-rs reads {} entries of {}", feed.entries.len(), reading.entries.len()));
    }
    let pairs = feed.entries.into_iter().zip(&reading.entries).enumerate();
    pairs
        .map(|(n, (theirs, ours))| complete(theirs, ours, text, base).ok_or_else(|| format!("feed-rs reads entry {} otherwise", n + 1)))
        .collect()
}

/// One entry, or `None` where its title or link is told differently.
fn complete(theirs: Entry, ours: &RawEntry, text: &str, base: Option<&Url>) -> Option<ParsedEntry> {
    let mut entry = ours.small_fields(base);
    let title = theirs.title.as_ref().and_then(|t| plain(shortened(&t.content)));
    // What feed-rs has no title for may have one in Dublin Core or Media RSS.
    if title.is_some() && title != entry.title {
        return None;
    }
    if entry.url.is_none()
        && theirs
            .links
            .iter()
            .any(|link| link.rel.as_deref().is_none_or(|rel| rel == "alternate") && link.target.is_none() && !link.href.is_empty())
    {
        return None;
    }
    let summary = theirs.summary.map(|s| s.content);
    let content = theirs.content.and_then(|c| c.body);
    entry.summary = long_text(summary, ours.summary(), text);
    entry.content = long_text(content, ours.content(), text);
    Some(entry)
}

/// Their text where it is simply what stands there, ours where feed-rs serialises it anew or has none.
fn long_text(theirs: Option<String>, ours: Option<Span>, text: &str) -> Option<String> {
    match (theirs, ours) {
        (Some(theirs), Some(Span { mixed: false, form: Form::Html, .. })) => body::finish(theirs),
        (Some(theirs), Some(Span { mixed: false, form: Form::Text, .. })) => body::finish(body::from_plain(&theirs)),
        (_, Some(span)) => body::html(text, 0, &span),
        (Some(theirs), None) => body::finish(theirs),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_contained_and_the_next_call_is_sound() {
        assert!(contained(|| panic!("expected")).is_err());
        assert_eq!(contained(|| 1), Ok(1));
        assert!(!EXPECTING.get());
    }
}
