//! The tolerant reader: what a document says, however broken it is.
//!
//! It walks the tokens once and keeps, for every entry, the small fields as values and the large ones as places in the
//! text. So it can stand beside feed-rs as a cheap witness on sound documents, and read the unsound ones by itself.

use super::names::{Field, Ns, Place, Tag, meaning};
use super::scan::{Scanner, Token, attribute, attributes};
use super::text::{plain, unescape};
use crate::model::dates::parse_date;
use crate::model::{ParsedEntry, PollHints, Source};
use jiff::Timestamp;
use std::rc::Rc;
use url::Url;

/// At most so many entries are taken of one document.
pub(crate) const MOST_ENTRIES: usize = 2_000;

/// How far up the open elements an end tag looks for its start.
const REACH: usize = 100;

/// How often a field that was never closed may be read again from inside.
const MOST_REWINDS: usize = 64;

/// At most so many namespace declarations in force and categories an entry are kept.
const MOST_BINDINGS: usize = 300;
const MOST_CATEGORIES: usize = 64;

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
    capture: Option<Capture<'a>>,
    entry: Option<RawEntry>,
    entry_name: &'a str,
    person: Option<(Option<String>, Option<String>)>,
    source: Source,
    /// Prefix, namespace, number of open elements when it was declared.
    bindings: Vec<(&'a str, Ns, usize)>,
    bases: Vec<(Rc<Url>, usize)>,
    feed_title: Ranked<String>,
    feed_link: Ranked<String>,
    language: Ranked<String>,
    period: Option<u32>,
    frequency: Option<u32>,
    seen_root: bool,
    depth_in_capture: usize,
    rewinds: usize,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str, base: Option<&Url>) -> Self {
        Self {
            scanner: Scanner::new(text, 0),
            out: Reading { root_end: text.len(), ..Reading::default() },
            open: Vec::new(),
            capture: None,
            entry: None,
            entry_name: "",
            person: None,
            source: Source::default(),
            bindings: Vec::new(),
            bases: base.map(|b| (Rc::new(b.clone()), 0)).into_iter().collect(),
            feed_title: Ranked::default(),
            feed_link: Ranked::default(),
            language: Ranked::default(),
            period: None,
            frequency: None,
            seen_root: false,
            depth_in_capture: 0,
            rewinds: 0,
        }
    }

    fn run(&mut self) {
        loop {
            let at = self.scanner.position();
            let Some(token) = self.scanner.next() else { break };
            match token {
                Token::Start { name, attrs, empty } => {
                    if self.capture.is_some() {
                        self.start_in_capture(name, attrs, empty, at);
                    } else {
                        self.start(name, attrs, empty, at);
                    }
                    if self.out.cut_at.is_some() || self.out.kind == Kind::Html {
                        break;
                    }
                }
                Token::End { name } => {
                    if self.capture.is_some() {
                        self.end_in_capture(name, at);
                    } else {
                        self.end(name, at);
                    }
                }
                Token::Text(_) | Token::CData(_) | Token::Other => {}
            }
        }
    }

    fn start(&mut self, name: &'a str, attrs: &'a str, empty: bool, at: usize) {
        self.weigh(attrs);
        let depth = self.open.len();
        if !attrs.is_empty() {
            self.declare(attrs, depth);
        }
        if !self.seen_root {
            self.root(name, attrs, at);
        }
        let tag = self.meaning_of(name);
        let place = self.place();
        let tag = match tag {
            Tag::Field(Field::Name | Field::Email, _) if place != Place::Person => Tag::Unknown,
            // A sitemap's <url> and RSS 0.90's image <url> share a name.
            Tag::Entry if name.eq_ignore_ascii_case("url") && self.out.kind != Kind::Sitemap => Tag::Unknown,
            Tag::Person if place == Place::Source || place == Place::Aside => Tag::Unknown,
            other => other,
        };
        match tag {
            Tag::Entry => {
                self.begin_entry(name, attrs, at);
                if self.out.cut_at.is_some() {
                    return;
                }
            }
            Tag::Link => self.link_attributes(attrs, place),
            Tag::Field(Field::Category, _) if place == Place::Entry => self.category_attributes(attrs),
            Tag::Source => self.source = Source { title: None, url: attribute(attrs, "url").map(|u| self.resolve(u)) },
            Tag::Person if place == Place::Entry || place == Place::Feed => self.person = Some((None, None)),
            _ => {}
        }
        if empty {
            self.close_empty(tag);
            self.leave(depth);
            return;
        }
        let inside = self.scanner.position();
        match tag {
            Tag::Link => self.begin_capture(name, Field::Address, 9, attrs, inside),
            Tag::Field(field, rank) => self.begin_capture(name, field, rank, attrs, inside),
            _ => {
                let place = match tag {
                    Tag::Entry => Place::Entry,
                    Tag::Frame => Place::Feed,
                    Tag::Person => Place::Person,
                    Tag::Source => Place::Source,
                    Tag::Aside => Place::Aside,
                    _ => place,
                };
                self.open.push(Open { name, tag, place, inside });
                self.out.excessive |= self.open.len() > 100;
            }
        }
    }

    /// Notes what would cost feed-rs more than it is worth.
    fn weigh(&mut self, attrs: &str) {
        if attrs.len() > 4096 {
            self.out.excessive |= attributes(attrs).count() > 64;
        }
    }

    fn close_empty(&mut self, tag: Tag) {
        match tag {
            Tag::Entry => self.end_entry(),
            Tag::Source => self.end_source(""),
            Tag::Person => self.person = None,
            _ => {}
        }
    }

    fn place(&self) -> Place {
        self.open.last().map_or(Place::Feed, |open| open.place)
    }

    fn meaning_of(&self, name: &str) -> Tag {
        let (prefix, local) = name.split_once(':').unwrap_or(("", name));
        let ns = self.namespace(prefix);
        let mut buffer = [0_u8; 24];
        let Some(lower) = buffer.get_mut(..local.len()) else {
            return if matches!(ns, Ns::Other | Ns::Media | Ns::Itunes) { Tag::Aside } else { Tag::Unknown };
        };
        lower.copy_from_slice(local.as_bytes());
        lower.make_ascii_lowercase();
        meaning(ns, std::str::from_utf8(lower).unwrap_or(""), self.out.kind == Kind::Atom)
    }

    fn namespace(&self, prefix: &str) -> Ns {
        match self.bindings.iter().rev().find(|(p, ..)| *p == prefix) {
            Some((_, ns, _)) => *ns,
            None => Ns::of_prefix(prefix),
        }
    }

    /// Takes xmlns, xml:base and xml:lang off a start tag.
    fn declare(&mut self, attrs: &'a str, depth: usize) {
        let bytes = attrs.as_bytes();
        if memchr::memmem::find(bytes, b"xml").is_none() {
            return;
        }
        for (name, value) in attributes(attrs) {
            if let Some(prefix) = name.strip_prefix("xmlns") {
                let prefix = prefix.strip_prefix(':').unwrap_or("");
                // A default namespace nobody knows is still the feed's own.
                let ns = match Ns::of_uri(value) {
                    Some(ns) => ns,
                    None if prefix.is_empty() => Ns::Plain,
                    None => match Ns::of_prefix(prefix) {
                        // "content" bound to a mistyped address still means content.
                        known if known != Ns::Plain => known,
                        _ => Ns::Other,
                    },
                };
                if self.bindings.len() < MOST_BINDINGS {
                    self.bindings.push((prefix, ns, depth));
                }
                self.out.excessive |= self.bindings.len() > 60;
            } else if name.eq_ignore_ascii_case("xml:base") {
                let value = unescape(value);
                let base = self.bases.last().map(|(b, _)| b.clone());
                let url = base.and_then(|b| b.join(value.trim()).ok()).or_else(|| Url::parse(value.trim()).ok());
                if let Some(url) = url {
                    self.bases.push((Rc::new(url), depth));
                }
            } else if name.eq_ignore_ascii_case("xml:lang") && depth == 0 {
                self.language.put_first(1, plain(value));
            }
        }
    }

    /// Forgets what was declared on elements that are closed: those beyond `depth` open ones.
    fn leave(&mut self, depth: usize) {
        while self.bindings.last().is_some_and(|(.., at)| *at >= depth) {
            self.bindings.pop();
        }
        while self.bases.len() > 1 && self.bases.last().is_some_and(|(_, at)| *at >= depth) {
            self.bases.pop();
        }
        if self.bases.last().is_some_and(|(_, at)| *at >= depth && *at > 0) {
            self.bases.pop();
        }
    }

    fn root(&mut self, name: &str, attrs: &str, at: usize) {
        let (prefix, local) = name.split_once(':').unwrap_or(("", name));
        let version = attribute(attrs, "version").map(str::trim).filter(|v| !v.is_empty() && v.len() < 12);
        let xmlns = attributes(attrs)
            .find(|(n, _)| n.strip_prefix("xmlns").is_some_and(|p| p.strip_prefix(':').unwrap_or(p) == prefix))
            .map_or("", |(_, v)| v);
        let (kind, format) = match local.to_ascii_lowercase().as_str() {
            "rss" | "rss2" | "rss1" | "channel" => (Kind::Rss, version.map_or("RSS".to_owned(), |v| format!("RSS {v}"))),
            "rdf" => {
                let old = attrs.contains("netscape.com/rdf") || attrs.contains("simple/0.9");
                (Kind::Rdf, if old { "RSS 0.90" } else { "RSS 1.0" }.to_owned())
            }
            "feed" | "entry" => {
                let old = xmlns.contains("purl.org/atom") || version == Some("0.3");
                (Kind::Atom, if old { "Atom 0.3" } else { "Atom 1.0" }.to_owned())
            }
            "urlset" => (Kind::Sitemap, "sitemap".to_owned()),
            "html" => (Kind::Html, "HTML".to_owned()),
            other => (Kind::Unknown, format!("<{}>", other.chars().take(40).collect::<String>())),
        };
        if kind == Kind::Unknown && !self.out.format.is_empty() {
            return;
        }
        // An unknown element may be an error message that a server printed before the feed: the root may be yet to come.
        self.seen_root = kind != Kind::Unknown;
        if self.seen_root || self.out.format.is_empty() {
            self.out.root_start = at;
        }
        self.out.kind = kind;
        self.out.format = format;
    }

    fn begin_entry(&mut self, name: &'a str, attrs: &'a str, at: usize) {
        if self.entry.is_some() {
            // The one before was never closed.
            self.out.broken = true;
            if let Some(index) = self.open.iter().rposition(|open| open.tag == Tag::Entry) {
                self.open.truncate(index);
                self.leave(index);
                self.declare(attrs, index);
            }
            self.end_entry();
        }
        if self.out.entries.len() >= MOST_ENTRIES {
            self.out.cut_at = Some(at);
            self.out.closing = self.open.iter().rev().map(|open| format!("</{}>", open.name)).collect();
            return;
        }
        let mut entry = RawEntry::default();
        if self.out.kind == Kind::Rdf {
            entry.guid.put(1, attribute(attrs, "rdf:about").or_else(|| attribute(attrs, "about")).and_then(|a| trimmed(&unescape(a))));
        }
        self.entry = Some(entry);
        self.entry_name = name;
    }

    fn end_entry(&mut self) {
        if let Some(entry) = self.entry.take() {
            self.out.entries.push(entry);
        }
        self.person = None;
    }

    fn link_attributes(&mut self, attrs: &str, place: Place) {
        let Some(href) = attribute(attrs, "href").or_else(|| attribute(attrs, "rdf:resource")) else { return };
        let rel = attribute(attrs, "rel").map_or("alternate", str::trim).to_ascii_lowercase();
        let media = attribute(attrs, "type").unwrap_or("").to_ascii_lowercase();
        let html = media.is_empty() || media.contains("html");
        let rank = match rel.as_str() {
            "alternate" | "" | "canonical" | "http://www.iana.org/assignments/relation/alternate" => {
                4 + 3 * u8::from(html) + u8::from(media.contains("html"))
            }
            _ => return,
        };
        let href = self.resolve(href);
        let href = (!href.is_empty()).then_some(href);
        match (place, self.entry.as_mut()) {
            (Place::Entry, Some(entry)) => entry.link.put(rank, href),
            (Place::Feed, None) => self.feed_link.put_first(rank, href),
            (Place::Source, _) => self.source.url = self.source.url.take().or(href),
            _ => {}
        }
    }

    fn category_attributes(&mut self, attrs: &str) {
        let name = attribute(attrs, "label").or_else(|| attribute(attrs, "term")).and_then(|t| plain(&unescape(t)));
        if let (Some(name), Some(entry)) = (name, self.entry.as_mut())
            && entry.categories.len() < MOST_CATEGORIES
        {
            entry.categories.push(name);
        }
    }

    /// The address `link` as written, made absolute where a base is known.
    fn resolve(&self, link: &str) -> String {
        absolute(unescape(link).trim(), self.bases.last().map(|(base, _)| base.as_ref()))
    }

    fn begin_capture(&mut self, name: &'a str, field: Field, rank: u8, attrs: &'a str, start: usize) {
        let place = self.place();
        self.depth_in_capture = 0;
        self.capture = Some(Capture { name, field, rank, place, attrs, start, nested: 0, mixed: false, inner_field: None });
    }

    fn start_in_capture(&mut self, name: &'a str, attrs: &'a str, empty: bool, at: usize) {
        self.weigh(attrs);
        self.depth_in_capture += usize::from(!empty);
        self.out.excessive |= self.open.len() + self.depth_in_capture > 100;
        // HTML's own names come first: most tags in a captured text are these, and none is a field.
        let short =
            name.len() <= 3 && !name.eq_ignore_ascii_case("id") && !name.eq_ignore_ascii_case("ttl") && !name.eq_ignore_ascii_case("url");
        let tag = if short { Tag::Unknown } else { self.meaning_of(name) };
        let entry_again = tag == Tag::Entry
            && (name.eq_ignore_ascii_case(self.entry_name) || (self.entry.is_none() && !name.eq_ignore_ascii_case("url")));
        let Some(capture) = self.capture.as_mut() else { return };
        if entry_again {
            self.unterminated(at);
            return;
        }
        let is_field = matches!(tag, Tag::Field(..) | Tag::Link | Tag::Person | Tag::Source)
            && !(capture.field == Field::Title && matches!(name, "title" | "name"));
        if is_field && !capture.field.holds_markup() && !xhtml_form(capture.attrs) {
            self.out.broken = true;
            self.end_capture(at);
            self.scanner.seek(at);
            return;
        }
        if is_field && capture.inner_field.is_none() {
            capture.inner_field = Some(at);
        }
        capture.mixed = true;
        if !empty && name.eq_ignore_ascii_case(capture.name) {
            capture.nested += 1;
        }
    }

    fn end_in_capture(&mut self, name: &'a str, at: usize) {
        self.depth_in_capture = self.depth_in_capture.saturating_sub(1);
        let Some(capture) = self.capture.as_mut() else { return };
        if name.eq_ignore_ascii_case(capture.name) {
            if capture.nested > 0 {
                capture.nested -= 1;
                return;
            }
            self.end_capture(at);
            return;
        }
        let closes_entry = self.entry.is_some() && name.eq_ignore_ascii_case(self.entry_name);
        let closes_frame = !closes_entry && matches!(self.meaning_of(name), Tag::Frame);
        // `<summary><b>x</summary…`: anything else that is open may be closed by it too, but only these are sure.
        if closes_entry || closes_frame {
            self.unterminated(at);
        }
    }

    /// A field runs into the end of its entry: it ends where the next field begins, if there is one in it.
    fn unterminated(&mut self, at: usize) {
        self.out.broken = true;
        let inner = self.capture.as_ref().and_then(|c| c.inner_field).filter(|_| self.rewinds < MOST_REWINDS);
        let end = match inner {
            Some(inner) => {
                self.rewinds += 1;
                inner
            }
            None => at,
        };
        self.end_capture(end);
        self.scanner.seek(end);
    }

    fn end_capture(&mut self, end: usize) {
        let Some(capture) = self.capture.take() else { return };
        let depth = self.open.len();
        self.keep(&capture, end);
        self.leave(depth);
    }

    /// Files a finished field where it belongs.
    fn keep(&mut self, capture: &Capture<'a>, end: usize) {
        let inner = self.scanner.slice(capture.start, end);
        let (rank, place) = (capture.rank, capture.place);
        let in_entry = self.entry.is_some();
        // Fields within something foreign count only where the entry has none of its own.
        let rank = if place == Place::Aside { 0 } else { rank };
        match (capture.field, place) {
            (Field::Title, Place::Source) => self.source.title = plain(&resolved(inner)),
            (Field::Address, Place::Source) => self.source.url = self.source.url.take().or_else(|| self.address(inner)),
            (_, Place::Source) => {}
            (Field::Name, _) => {
                if let Some(person) = self.person.as_mut() {
                    person.0 = plain(&resolved(inner));
                }
            }
            (Field::Email, _) => {
                if let Some(person) = self.person.as_mut() {
                    person.1 = plain(&resolved(inner));
                }
            }
            // A person's <title> is no entry's.
            (_, Place::Person) => {}
            _ if in_entry => self.keep_in_entry(capture, rank, inner, end),
            (_, Place::Aside) if !matches!(capture.field, Field::Hour | Field::Day) => {}
            _ => self.keep_in_feed(capture.field, rank, inner),
        }
    }

    fn address(&self, inner: &str) -> Option<String> {
        let link = self.resolve(&resolved(inner));
        (!link.is_empty()).then_some(link)
    }

    fn keep_in_entry(&mut self, capture: &Capture<'a>, rank: u8, inner: &'a str, end: usize) {
        let address = if matches!(capture.field, Field::Address | Field::Guid) && rank > 0 { self.address(inner) } else { None };
        let form = form_of(capture.attrs, self.out.kind == Kind::Atom);
        let Some(entry) = self.entry.as_mut() else { return };
        let span = Span { start: capture.start, end, mixed: capture.mixed, form };
        let filled = !inner.trim().is_empty();
        match capture.field {
            Field::Title if form == Form::Base64 => {
                entry.title.put(rank, super::body::html(inner, 0, &Span { start: 0, end: inner.len(), ..span }).and_then(|t| plain(&t)))
            }
            Field::Title => entry.title.put_first(rank, plain(&resolved(inner))),
            Field::Address => entry.link.put(rank, address),
            Field::Guid => {
                let guid = trimmed(&resolved(inner));
                let denied = attribute(capture.attrs, "isPermaLink").is_some_and(|v| v.trim().eq_ignore_ascii_case("false"));
                if rank > 0 && !denied && entry.permalink.is_none() && guid.as_deref().is_some_and(looks_like_address) {
                    entry.permalink = address;
                }
                entry.guid.put_first(rank, guid);
            }
            Field::Summary if filled => entry.summary.put(rank, Some(span)),
            Field::Content if filled => entry.content.put_first(rank, Some(span)),
            Field::Author => entry.author.put_first(rank, plain(&resolved(inner)).as_deref().and_then(person_name)),
            Field::Published => entry.published.put(rank, parse_date(resolved(inner).trim())),
            Field::Updated => entry.updated.put(rank, parse_date(resolved(inner).trim())),
            Field::Category => {
                if let Some(name) = plain(&resolved(inner)).filter(|_| entry.categories.len() < MOST_CATEGORIES) {
                    entry.categories.push(name);
                }
            }
            _ => {}
        }
    }

    fn keep_in_feed(&mut self, field: Field, rank: u8, inner: &str) {
        let text = resolved(inner);
        let text = text.trim();
        match field {
            Field::Title => self.feed_title.put_first(rank, plain(text)),
            Field::Address => self.feed_link.put_first(9, self.address(inner)),
            Field::Language => self.language.put(rank, plain(text)),
            Field::Ttl => self.out.hints.interval_s = text.parse::<u32>().ok().filter(|m| *m > 0).map(|m| m.saturating_mul(60)),
            Field::Hour => {
                // 24 was the number of midnight in some versions of RSS.
                if let Some(hour) = text
                    .parse::<u8>()
                    .ok()
                    .map(|h| if h == 24 { 0 } else { h })
                    .filter(|h| *h < 24 && !self.out.hints.skip_hours.contains(h))
                {
                    self.out.hints.skip_hours.push(hour);
                }
            }
            Field::Day => {
                const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
                let day = text.get(..3).map(str::to_ascii_lowercase).and_then(|d| DAYS.iter().position(|name| *name == d));
                if let Some(day) = day.and_then(|d| u8::try_from(d).ok()).filter(|d| !self.out.hints.skip_days.contains(d)) {
                    self.out.hints.skip_days.push(day);
                }
            }
            Field::Period => {
                self.period = match text.to_ascii_lowercase().as_str() {
                    "hourly" => Some(3_600),
                    "daily" => Some(86_400),
                    "weekly" => Some(604_800),
                    "monthly" => Some(2_592_000),
                    "yearly" => Some(31_536_000),
                    _ => None,
                }
            }
            Field::Frequency => self.frequency = text.parse().ok().filter(|n| *n > 0),
            _ => {}
        }
    }

    fn end(&mut self, name: &'a str, at: usize) {
        let found = self.open.iter().rev().take(REACH).position(|open| open.name == name || open.name.eq_ignore_ascii_case(name));
        let Some(up) = found else {
            self.out.broken = true;
            if self.entry.is_some() && name.eq_ignore_ascii_case(self.entry_name) {
                self.open.truncate(self.open.iter().rposition(|open| open.tag == Tag::Entry).unwrap_or(0));
                self.leave(self.open.len());
                self.end_entry();
            }
            return;
        };
        self.out.broken |= up > 0;
        for _ in 0..=up {
            self.pop(at);
        }
        if self.open.is_empty() && self.seen_root {
            self.out.root_end = self.out.root_end.min(self.scanner.position());
        }
    }

    fn pop(&mut self, at: usize) {
        let Some(open) = self.open.pop() else { return };
        match open.tag {
            Tag::Entry => self.end_entry(),
            Tag::Source => {
                let inner = self.scanner.slice(open.inside, at);
                self.end_source(inner);
            }
            Tag::Person => {
                let inner = self.scanner.slice(open.inside, at);
                self.end_person(open.name, inner);
            }
            _ => {}
        }
        self.leave(self.open.len());
    }

    fn end_source(&mut self, inner: &str) {
        let mut source = std::mem::take(&mut self.source);
        if source.title.is_none() && !inner.contains("<title") {
            source.title = plain(&resolved(inner));
        }
        if let Some(entry) = self.entry.as_mut()
            && source != Source::default()
        {
            entry.source = Some(source);
        }
    }

    fn end_person(&mut self, element: &str, inner: &str) {
        let Some((name, email)) = self.person.take() else { return };
        if !element.ends_with("author") && !element.eq_ignore_ascii_case("author") {
            return;
        }
        let name = name.or(email).or_else(|| plain(&resolved(inner)).as_deref().and_then(person_name));
        if let Some(entry) = self.entry.as_mut() {
            entry.author.put_first(8, name);
        }
    }

    fn finish(mut self) -> Reading {
        if self.capture.is_some() {
            let end = self.scanner.position();
            self.out.broken = true;
            self.unterminated(end);
            self.run();
            if self.capture.is_some() {
                self.end_capture(end);
            }
        }
        if self.out.cut_at.is_none() {
            self.out.broken |= !self.open.is_empty();
        }
        let end = self.scanner.position();
        while !self.open.is_empty() {
            self.pop(end);
        }
        self.end_entry();
        let mut out = self.out;
        out.title = self.feed_title.take();
        out.site_url = self.feed_link.take();
        out.lang = self.language.take();
        if out.hints.interval_s.is_none() {
            out.hints.interval_s = self.period.map(|p| p / self.frequency.unwrap_or(1).min(p));
        }
        out
    }
}

/// The characters that a field's inside means: CDATA as it is, references resolved, tags kept.
fn resolved(inner: &str) -> std::borrow::Cow<'_, str> {
    if memchr::memmem::find(inner.as_bytes(), b"<!").is_none() {
        return unescape(inner);
    }
    let mut out = String::with_capacity(inner.len());
    let mut scanner = Scanner::new(inner, 0);
    loop {
        let at = scanner.position();
        match scanner.next() {
            Some(Token::CData(text)) => out.push_str(text),
            Some(Token::Other) => {}
            Some(_) => out.push_str(&unescape(scanner.slice(at, scanner.position()))),
            None => break,
        }
    }
    out.into()
}

fn trimmed(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// True for what can be an entry's address when it has no other: a web address, a rooted path, or an IRI that names it
/// ("tag:", "urn:"). Only web addresses are ever fetched.
fn looks_like_address(text: &str) -> bool {
    let text = text.trim();
    let lead = text.get(..8).unwrap_or(text).to_ascii_lowercase();
    ["http://", "https://", "urn:", "tag:"].iter().any(|scheme| lead.starts_with(scheme)) || (text.starts_with('/') && text.len() > 1)
}

/// `link` joined with `base` where it is relative; as it is where it is absolute or nothing comes of it.
pub(super) fn absolute(link: &str, base: Option<&Url>) -> String {
    let link: std::borrow::Cow<'_, str> = if link.contains(['\n', '\r', '\t']) {
        link.chars().filter(|c| !matches!(c, '\n' | '\r' | '\t')).collect::<String>().into()
    } else {
        link.into()
    };
    if link.is_empty() {
        return String::new();
    }
    match Url::parse(&link) {
        Err(url::ParseError::RelativeUrlWithoutBase) => base.and_then(|b| b.join(&link).ok()).map_or_else(|| link.to_string(), Into::into),
        _ => link.into_owned(),
    }
}

fn xhtml_form(attrs: &str) -> bool {
    attribute(attrs, "type").is_some_and(|t| t.contains("xhtml"))
}

/// How the `type` and `mode` of an Atom text construct ask to be read. RSS has HTML only.
fn form_of(attrs: &str, atom: bool) -> Form {
    if !atom {
        return Form::Html;
    }
    let kind = attribute(attrs, "type").unwrap_or("").trim().to_ascii_lowercase();
    let mode = attribute(attrs, "mode").unwrap_or("").trim().to_ascii_lowercase();
    match (mode.as_str(), kind.as_str()) {
        ("base64", _) => Form::Base64,
        ("escaped", k) if k.contains("html") => Form::Html,
        (_, "xhtml" | "application/xhtml+xml") => Form::Xhtml,
        (_, "html" | "text/html") => Form::Html,
        (_, "" | "text" | "text/plain") => Form::Text,
        (_, k) if k.ends_with("xml") => Form::Xhtml,
        (_, k) if k.starts_with("text/") => Form::Text,
        _ => Form::Base64,
    }
}

/// The name out of "jane@example.com (Jane Roe)", "Jane Roe <jane@example.com>" and the like; the address if it is all.
fn person_name(text: &str) -> Option<String> {
    if !text.contains('@') {
        return trimmed(text);
    }
    if let Some((before, rest)) = text.split_once('(')
        && before.contains('@')
        && let Some(name) = trimmed(rest.trim_end().trim_end_matches(')'))
    {
        return Some(name);
    }
    let words: Vec<&str> = text.split_whitespace().filter(|word| !word.contains('@')).collect();
    trimmed(words.join(" ").trim_matches(|c: char| "()<>[],;".contains(c))).or_else(|| trimmed(text))
}
