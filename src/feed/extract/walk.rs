//! The walk over the tokens: which elements are open, where a field starts and ends.

use super::values::{shortened, trimmed, xhtml_form};
use super::{Capture, Kind, MOST_ENTRIES, Open, Ranked, RawEntry, Reader, Reading};
use crate::feed::names::{Field, Place, Tag};
use crate::feed::scan::{Scanner, Token, attribute};
use crate::model::Source;
use crate::model::dates::parse_date;
use crate::model::entities::unescape;
use std::rc::Rc;
use url::Url;

/// How far up the open elements an end tag looks for its start, and how far once many have looked in vain.
const REACH: usize = 32;
const REACH_OF_THE_MANY: usize = 4;
const MANY: usize = 20_000;

/// How often a field that was never closed may be read again from inside, as long as less than the document is read twice.
const MOST_REWINDS: usize = 64;

/// More elements than this in one entry, the HTML of its texts apart, and feed-rs' memory is spared.
const MOST_ELEMENTS: usize = 5_000;

/// More open elements than this are only counted.
const MOST_OPEN: usize = 4_096;

/// More elements than this in the texts of a document, unescaped, and feed-rs, which writes them all anew, is spared.
const MOST_MARKS: usize = 100_000;

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str, base: Option<&Url>) -> Self {
        Self {
            scanner: Scanner::new(text, 0),
            out: Reading { root_end: text.len(), ..Reading::default() },
            open: Vec::new(),
            deeper: 0,
            capture: None,
            entry: None,
            entry_name: "",
            person: None,
            source: Source::default(),
            bindings: Vec::new(),
            bases: base.map(|b| (Rc::new(b.clone()), 0)).into_iter().collect(),
            has_address: base.is_some(),
            feed_title: Ranked::default(),
            feed_link: Ranked::default(),
            language: Ranked::default(),
            period: None,
            frequency: None,
            seen_root: false,
            depth_in_capture: 0,
            rewinds: 0,
            read_again: 0,
            misses: 0,
            elements: 0,
            sources: 0,
            marks: 0,
        }
    }

    pub(super) fn run(&mut self) {
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

    pub(super) fn start(&mut self, name: &'a str, attrs: &'a str, empty: bool, at: usize) {
        self.weigh(attrs);
        self.elements += 1;
        self.out.excessive |= self.elements > MOST_ELEMENTS;
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
                self.out.excessive |= self.open.len() >= 100;
                // Entries close each other, so they are few.
                if self.open.len() < MOST_OPEN || tag == Tag::Entry {
                    self.open.push(Open { name, tag, place, inside });
                } else {
                    self.deeper += 1;
                }
            }
        }
    }

    pub(super) fn close_empty(&mut self, tag: Tag) {
        match tag {
            Tag::Entry => self.end_entry(),
            Tag::Source => self.end_source(""),
            Tag::Person => self.person = None,
            _ => {}
        }
    }

    pub(super) fn begin_entry(&mut self, name: &'a str, attrs: &'a str, at: usize) {
        if self.entry.is_some() {
            // The one before was never closed.
            self.out.broken = true;
            if let Some(index) = self.open.iter().rposition(|open| open.tag == Tag::Entry) {
                self.deeper = 0;
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
        if self.out.kind == Kind::Rss {
            // RSS' forerunner CDF wrote them as attributes.
            entry.link.put(1, attribute(attrs, "href").map(|href| self.resolve(href)).filter(|href| !href.is_empty()));
            entry.updated.put(1, attribute(attrs, "lastmod").and_then(|at| parse_date(at.trim())));
        }
        self.entry = Some(entry);
        self.entry_name = name;
    }

    pub(super) fn end_entry(&mut self) {
        if let Some(entry) = self.entry.take() {
            self.out.entries.push(entry);
        }
        self.person = None;
        self.elements = 0;
        self.sources = 0;
    }

    pub(super) fn begin_capture(&mut self, name: &'a str, field: Field, rank: u8, attrs: &'a str, start: usize) {
        let place = self.place();
        self.depth_in_capture = 0;
        self.capture = Some(Capture { name, field, rank, place, attrs, start, nested: 0, mixed: false, inner_field: None });
    }

    pub(super) fn start_in_capture(&mut self, name: &'a str, attrs: &'a str, empty: bool, at: usize) {
        self.weigh(attrs);
        self.marks += 1;
        self.out.excessive |= self.marks > MOST_MARKS;
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

    pub(super) fn end_in_capture(&mut self, name: &'a str, at: usize) {
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
        // HTML's own names, most of them shorter, are no frames.
        let closes_frame = !closes_entry && name.len() >= 3 && matches!(self.meaning_of(name), Tag::Frame);
        // `<summary><b>x</summary…`: anything else that is open may be closed by it too, but only these are sure.
        if closes_entry || closes_frame {
            self.unterminated(at);
        }
    }

    /// A field runs into the end of its entry: it ends where the next field begins, if there is one in it.
    pub(super) fn unterminated(&mut self, at: usize) {
        self.out.broken = true;
        let again = |inner: &usize| self.rewinds < MOST_REWINDS && self.read_again + at.saturating_sub(*inner) <= self.out.root_end;
        let inner = self.capture.as_ref().and_then(|c| c.inner_field).filter(again);
        let end = match inner {
            Some(inner) => {
                self.rewinds += 1;
                self.read_again += at.saturating_sub(inner);
                inner
            }
            None => at,
        };
        self.end_capture(end);
        self.scanner.seek(end);
    }

    pub(super) fn end_capture(&mut self, end: usize) {
        let Some(capture) = self.capture.take() else { return };
        let depth = self.open.len();
        self.keep(&capture, end);
        self.leave(depth);
    }

    pub(super) fn end(&mut self, name: &'a str, at: usize) {
        if self.deeper > 0 && !(self.entry.is_some() && name.eq_ignore_ascii_case(self.entry_name)) {
            self.deeper -= 1;
            return;
        }
        self.deeper = 0;
        let reach = if self.misses < MANY { REACH } else { REACH_OF_THE_MANY };
        let found = self.open.iter().rev().take(reach).position(|open| open.name == name || open.name.eq_ignore_ascii_case(name));
        let Some(up) = found else {
            self.out.broken = true;
            self.misses += 1;
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

    pub(super) fn pop(&mut self, at: usize) {
        let Some(open) = self.open.pop() else { return };
        match open.tag {
            Tag::Entry => self.end_entry(),
            Tag::Source => {
                let inner = shortened(self.scanner.slice(open.inside, at));
                self.end_source(inner);
            }
            Tag::Person => {
                let inner = shortened(self.scanner.slice(open.inside, at));
                self.end_person(open.name, inner);
            }
            _ => {}
        }
        self.leave(self.open.len());
    }

    pub(super) fn finish(mut self) -> Reading {
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
