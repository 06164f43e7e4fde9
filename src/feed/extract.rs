//! The tolerant reader: what a document says, however broken it is.
//!
//! It walks the tokens once and keeps, for every entry, the small fields as values and the large ones as places in the
//! text. So it can stand beside feed-rs as a cheap witness on sound documents, and read the unsound ones by itself.

mod context;
mod file;
mod values;
mod walk;

use super::names::{Field, Ns, Place, Tag};
use super::scan::Scanner;
use crate::model::{ParsedEntry, PollHints, Source};
use jiff::Timestamp;
use std::rc::Rc;
use url::Url;

pub(super) use values::{absolute, shortened};

/// At most so many entries are taken of one document.
pub(crate) const MOST_ENTRIES: usize = 2_000;

/// At most so many categories an entry are kept.
pub(super) const MOST_CATEGORIES: usize = 64;

/// What kind of document it is, by its first element.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Kind {
    #[default]
    Unknown,
    Rss,
    Rdf,
    Atom,
    Sitemap,
    Html,
}

/// A value and how much the element that gave it is to be trusted.
#[derive(Clone, Debug)]
struct Ranked<T>(Option<(u8, T)>);

impl<T> Default for Ranked<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Ranked<T> {
    /// Keeps the value of the higher rank; of equal ones the later.
    fn put(&mut self, rank: u8, value: Option<T>) {
        if let Some(value) = value
            && self.0.as_ref().is_none_or(|(held, _)| rank >= *held)
        {
            self.0 = Some((rank, value));
        }
    }

    /// Keeps the value of the higher rank; of equal ones the earlier.
    fn put_first(&mut self, rank: u8, value: Option<T>) {
        if self.0.as_ref().is_none_or(|(held, _)| rank > *held) {
            self.put(rank, value);
        }
    }

    fn get(&self) -> Option<&T> {
        self.0.as_ref().map(|(_, value)| value)
    }

    fn take(self) -> Option<T> {
        self.0.map(|(_, value)| value)
    }
}

/// A field left in the text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Elements stand in it unescaped.
    pub(super) mixed: bool,
    pub(super) form: Form,
}

/// How a text construct is to be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Html,
    Text,
    Xhtml,
    Base64,
}

/// An entry whose large fields still lie in the text.
#[derive(Clone, Debug, Default)]
pub(super) struct RawEntry {
    title: Ranked<String>,
    link: Ranked<String>,
    guid: Ranked<String>,
    permalink: Option<String>,
    author: Ranked<String>,
    published: Ranked<Timestamp>,
    updated: Ranked<Timestamp>,
    source: Option<Source>,
    categories: Vec<String>,
    summary: Ranked<Span>,
    content: Ranked<Span>,
}

impl RawEntry {
    /// The small fields, with the link made absolute by `base` where it is relative.
    pub(super) fn small_fields(&self, base: Option<&Url>) -> ParsedEntry {
        let url = self.link.get().or(self.permalink.as_ref()).map(|link| match base {
            Some(base) => absolute(link, Some(base)),
            None => link.clone(),
        });
        ParsedEntry {
            guid: self.guid.get().cloned(),
            url,
            title: self.title.get().cloned(),
            author: self.author.get().cloned(),
            published_at: self.published.get().copied(),
            updated_at: self.updated.get().copied(),
            source: self.source.clone(),
            categories: self.categories.clone(),
            ..ParsedEntry::default()
        }
    }

    pub(super) fn summary(&self) -> Option<Span> {
        self.summary.get().copied()
    }

    pub(super) fn content(&self) -> Option<Span> {
        self.content.get().copied()
    }
}

/// What the reader found in a document.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub(super) kind: Kind,
    pub(super) format: String,
    pub(super) title: Option<String>,
    pub(super) site_url: Option<String>,
    pub(super) lang: Option<String>,
    pub(super) hints: PollHints,
    pub(super) entries: Vec<RawEntry>,
    /// Where the first element starts.
    pub(super) root_start: usize,
    /// Where its end tag ends, or the text does.
    pub(super) root_end: usize,
    /// Where the first entry starts that was not taken any more.
    pub(super) cut_at: Option<usize>,
    /// End tags without start, elements left open, fields left open.
    pub(super) broken: bool,
    /// Nested deeper, or with more attributes or namespaces, than any feed is.
    pub(super) excessive: bool,
    /// What closes the elements that are open at `cut_at`.
    pub(super) closing: String,
}

/// An element that is open.
#[derive(Debug)]
struct Open<'a> {
    name: &'a str,
    tag: Tag,
    /// Where its children stand.
    place: Place,
    /// Where its inside starts.
    inside: usize,
}

/// A text field that is open.
#[derive(Debug)]
struct Capture<'a> {
    name: &'a str,
    field: Field,
    rank: u8,
    place: Place,
    attrs: &'a str,
    start: usize,
    nested: u32,
    mixed: bool,
    /// The first element in it that is itself a field of the feed: where to go on if this one was never closed.
    inner_field: Option<usize>,
}

/// Reads `text`. `base` is the address it came from.
pub(super) fn read(text: &str, base: Option<&Url>) -> Reading {
    let mut reader = Reader::new(text, base);
    reader.run();
    reader.finish()
}

struct Reader<'a> {
    scanner: Scanner<'a>,
    out: Reading,
    open: Vec<Open<'a>>,
    /// Elements that are open within the innermost of `open` and only counted.
    deeper: usize,
    capture: Option<Capture<'a>>,
    entry: Option<RawEntry>,
    entry_name: &'a str,
    person: Option<(Option<String>, Option<String>)>,
    source: Source,
    /// Prefix, namespace, number of open elements when it was declared.
    bindings: Vec<(&'a str, Ns, usize)>,
    bases: Vec<(Rc<Url>, usize)>,
    /// The first base is the document's own address.
    has_address: bool,
    feed_title: Ranked<String>,
    feed_link: Ranked<String>,
    language: Ranked<String>,
    period: Option<u32>,
    frequency: Option<u32>,
    seen_root: bool,
    depth_in_capture: usize,
    rewinds: usize,
    /// Bytes read again by rewinding.
    read_again: usize,
    /// End tags that found no start.
    misses: usize,
    /// Elements of the present entry.
    elements: usize,
    /// Sources of the present entry.
    sources: usize,
    /// Elements in the texts of the document.
    marks: usize,
}
