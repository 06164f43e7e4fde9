//! Filing: a finished field goes to the entry, the source, the person or the feed it belongs to.

use super::values::{absolute, form_of, looks_like_address, looks_like_path, person_name, resolved, shortened, trimmed};
use super::{Capture, Form, Kind, MOST_CATEGORIES, Reader, Span};
use crate::feed::body;
use crate::feed::names::{Field, Place, Tag};
use crate::feed::scan::attribute;
use crate::feed::text::plain;
use crate::model::Source;
use crate::model::dates::parse_date;
use crate::model::entities::unescape;

/// More sources of one entry than this are not read.
const MOST_SOURCES: usize = 8;

impl<'a> Reader<'a> {
    pub(super) fn link_attributes(&mut self, attrs: &str, place: Place) {
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

    pub(super) fn category_attributes(&mut self, attrs: &str) {
        let name = attribute(attrs, "label").or_else(|| attribute(attrs, "term")).and_then(|t| plain(&unescape(t)));
        if let (Some(name), Some(entry)) = (name, self.entry.as_mut())
            && entry.categories.len() < MOST_CATEGORIES
        {
            entry.categories.push(name);
        }
    }

    /// The address `link` as written, made absolute where a base is known.
    pub(super) fn resolve(&self, link: &str) -> String {
        absolute(unescape(link).trim(), self.bases.last().map(|(base, _)| base.as_ref()))
    }

    /// Files a finished field where it belongs.
    pub(super) fn keep(&mut self, capture: &Capture<'a>, end: usize) {
        let inner = self.scanner.slice(capture.start, end);
        let inner = if capture.field.holds_markup() { inner } else { shortened(inner) };
        let (rank, place) = (capture.rank, capture.place);
        let in_entry = self.entry.is_some();
        // Fields within something foreign count only where the entry has none of its own.
        let own = !in_entry || self.open.last().is_none_or(|open| matches!(open.tag, Tag::Entry | Tag::Frame));
        let rank = match (place, own) {
            (Place::Aside, _) => 0,
            (_, true) => rank,
            // In a wrapper nobody knows: perhaps the entry's, but what stands outside it is more so.
            (_, false) => rank.div_ceil(2),
        };
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

    pub(super) fn address(&self, inner: &str) -> Option<String> {
        let link = self.resolve(&resolved(inner));
        (!link.is_empty()).then_some(link)
    }

    pub(super) fn keep_in_entry(&mut self, capture: &Capture<'a>, rank: u8, inner: &'a str, end: usize) {
        let address = if matches!(capture.field, Field::Address | Field::Guid) && rank > 0 { self.address(inner) } else { None };
        let atom = self.out.kind == Kind::Atom;
        let form = form_of(capture.attrs, atom);
        // An Atom id may be relative too, where the document says to what.
        let based = atom && self.bases.len() > usize::from(self.has_address);
        let Some(entry) = self.entry.as_mut() else { return };
        let span = Span { start: capture.start, end, mixed: capture.mixed, form };
        let filled = !inner.trim().is_empty();
        match capture.field {
            Field::Title if form == Form::Base64 => {
                entry.title.put(rank, body::html(inner, 0, &Span { start: 0, end: inner.len(), ..span }).and_then(|t| plain(&t)))
            }
            Field::Title => entry.title.put_first(rank, plain(&resolved(inner))),
            Field::Address => entry.link.put(rank, address),
            Field::Guid => {
                let guid = trimmed(&resolved(inner));
                let denied = attribute(capture.attrs, "isPermaLink").is_some_and(|v| v.trim().eq_ignore_ascii_case("false"));
                let names_page = |guid: &str| looks_like_address(guid) || (based && looks_like_path(guid));
                if rank > 0 && !denied && entry.permalink.is_none() && guid.as_deref().is_some_and(names_page) {
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

    pub(super) fn keep_in_feed(&mut self, field: Field, rank: u8, inner: &str) {
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

    pub(super) fn end_source(&mut self, inner: &str) {
        let mut source = std::mem::take(&mut self.source);
        // One entry has one source. Whoever nests thousands shall not have each read to its end.
        self.sources += 1;
        if self.entry.is_none() || self.sources > MOST_SOURCES {
            return;
        }
        if source.title.is_none() && !inner.contains("<title") {
            source.title = plain(&resolved(inner));
        }
        if let Some(entry) = self.entry.as_mut()
            && source != Source::default()
        {
            entry.source = Some(source);
        }
    }

    pub(super) fn end_person(&mut self, element: &str, inner: &str) {
        let Some((name, email)) = self.person.take() else { return };
        if !element.ends_with("author") && !element.eq_ignore_ascii_case("author") {
            return;
        }
        let name = name.or(email).or_else(|| plain(&resolved(inner)).as_deref().and_then(person_name));
        if let Some(entry) = self.entry.as_mut() {
            entry.author.put_first(8, name);
        }
    }
}
