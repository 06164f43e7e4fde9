//! JSON Feed 1.0 and 1.1, read leniently: a number for an id, one author or many, what is missing is missing.

mod lenient;

use super::body;
use super::extract::{MOST_CATEGORIES, MOST_ENTRIES, absolute, shortened};
use super::healthy;
use super::text::plain;
use super::{FeedError, too_many};
use crate::model::dates::parse_date;
use crate::model::{ParsedEntry, ParsedFeed};
use feed_rs::model::{Entry, Feed};
use lenient::{Lenient, Read, value};
use serde::de::{IgnoredAny, MapAccess, SeqAccess};
use url::Url;

/// feed-rs confirms documents up to this, in bytes: beyond, its copies would cost more than they tell.
const MOST_CONFIRMED: usize = 1 << 20;

/// A document with more than one value in so many bytes is not for feed-rs: it keeps every value, asked for or not.
const LEAST_BYTES_A_VALUE: usize = 12;

/// A text, or a number's digits.
#[derive(Debug, Default)]
struct Scalar {
    text: Option<String>,
    number: Option<String>,
}

impl Lenient for Scalar {
    fn text(&mut self, text: &str) {
        self.text = Some(text.to_owned());
    }

    fn number(&mut self, number: String) {
        self.number = Some(number);
    }
}

impl Scalar {
    fn line(&self) -> Option<String> {
        self.text.as_deref().and_then(|text| plain(shortened(text)))
    }

    fn address(&self) -> Option<String> {
        self.text.as_deref().map(|text| shortened(text.trim()).to_owned()).filter(|text| !text.is_empty())
    }

    fn date(&self) -> Option<jiff::Timestamp> {
        self.text.as_deref().and_then(parse_date)
    }
}

/// The name of an author object, the first of a list that has one, or a bare string.
#[derive(Debug, Default)]
struct Name(Option<String>);

impl Lenient for Name {
    fn text(&mut self, text: &str) {
        self.0 = plain(shortened(text));
    }

    fn list<'de, A: SeqAccess<'de>>(&mut self, mut list: A) -> Result<(), A::Error> {
        while let Some(Read(name)) = list.next_element::<Read<Self>>()? {
            self.0 = self.0.take().or(name.0);
        }
        Ok(())
    }

    fn object<'de, A: MapAccess<'de>>(&mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "name" => self.0 = value::<Scalar, A>(&mut map)?.line(),
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}

#[derive(Debug, Default)]
struct Tags(Vec<String>);

impl Lenient for Tags {
    fn list<'de, A: SeqAccess<'de>>(&mut self, mut list: A) -> Result<(), A::Error> {
        while let Some(Read(tag)) = list.next_element::<Read<Scalar>>()? {
            if self.0.len() < MOST_CATEGORIES {
                self.0.extend(tag.line());
            }
        }
        Ok(())
    }
}

/// One item. Its links are as written.
#[derive(Debug, Default)]
struct Item(Option<ParsedEntry>);

impl Lenient for Item {
    fn object<'de, A: MapAccess<'de>>(&mut self, mut map: A) -> Result<(), A::Error> {
        let mut entry = ParsedEntry::default();
        let (mut html, mut text, mut external) = (None, None, None);
        while let Some(key) = map.next_key::<String>()? {
            if !matches!(key.as_str(), "author" | "authors" | "tags") && !SCALARS.contains(&key.as_str()) {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            match key.as_str() {
                "author" => entry.author = entry.author.or(value::<Name, A>(&mut map)?.0),
                "authors" => entry.author = value::<Name, A>(&mut map)?.0.or(entry.author),
                "tags" => entry.categories = value::<Tags, A>(&mut map)?.0,
                key => {
                    let said: Scalar = value(&mut map)?;
                    match key {
                        "id" => entry.guid = said.address().or(said.number),
                        "url" => entry.url = said.address(),
                        "external_url" => external = said.address(),
                        "title" => entry.title = said.line(),
                        "date_published" => entry.published_at = said.date(),
                        "date_modified" => entry.updated_at = said.date(),
                        "summary" => entry.summary = said.text.and_then(|text| body::finish(body::as_html(&text))),
                        "content_html" => html = said.text.and_then(body::finish),
                        "content_text" => text = said.text.and_then(|text| body::finish(body::as_html(&text))),
                        _ => {}
                    }
                }
            }
        }
        entry.url = entry.url.or(external);
        entry.content = html.or(text);
        self.0 = Some(entry);
        Ok(())
    }
}

/// The members of an item that are texts or numbers.
const SCALARS: [&str; 9] =
    ["id", "url", "external_url", "title", "date_published", "date_modified", "summary", "content_html", "content_text"];

/// A list of items, of which only the first are kept.
#[derive(Debug, Default)]
struct Items {
    is_list: bool,
    entries: Vec<ParsedEntry>,
    count: usize,
}

impl Lenient for Items {
    fn list<'de, A: SeqAccess<'de>>(&mut self, mut list: A) -> Result<(), A::Error> {
        self.is_list = true;
        while self.count < MOST_ENTRIES {
            let Some(Read(item)) = list.next_element::<Read<Item>>()? else { return Ok(()) };
            self.count += 1;
            self.entries.extend(item.0);
        }
        while list.next_element::<IgnoredAny>()?.is_some() {
            self.count += 1;
        }
        Ok(())
    }
}

/// The members of the document that matter. Items become entries while they are read, and what is nobody's business is skipped unstored,
/// so that no document takes much more memory than its text.
#[derive(Debug, Default)]
struct Document {
    version: Scalar,
    title: Scalar,
    home_page_url: Scalar,
    language: Scalar,
    author: Name,
    items: Items,
}

impl Lenient for Document {
    fn object<'de, A: MapAccess<'de>>(&mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "version" => self.version = value(&mut map)?,
                "title" => self.title = value(&mut map)?,
                "home_page_url" => self.home_page_url = value(&mut map)?,
                "language" => self.language = value(&mut map)?,
                "author" => self.author.0 = self.author.0.take().or(value::<Name, A>(&mut map)?.0),
                "authors" => self.author.0 = value::<Name, A>(&mut map)?.0.or(self.author.0.take()),
                "items" => self.items = value(&mut map)?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}

/// Reads a JSON document.
pub(super) fn read(text: &str, base: Option<&Url>) -> Result<ParsedFeed, FeedError> {
    // serde_json refuses what is nested deeper than 128 and skips the rest without recursion, so no document can exhaust
    // the stack. What follows the document is left alone.
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Read<Document>>();
    let document = match values.next() {
        Some(Ok(Read(document))) => document,
        Some(Err(error)) => return Err(FeedError::NotAFeed(format!("JSON: {error}"))),
        None => return Err(FeedError::NotAFeed("empty".to_owned())),
    };
    let version = document.version.text.as_deref().unwrap_or("");
    let titled = document.title.text.is_some() || document.title.number.is_some();
    let is_feed = version.contains("jsonfeed.org/version") || (document.items.is_list && titled);
    if !is_feed {
        return Err(FeedError::NotAFeed("JSON, but no JSON Feed".to_owned()));
    }
    let version = shortened(version.rsplit('/').next().unwrap_or(""));
    let mut feed = ParsedFeed {
        format: format!("JSON Feed {}", version.chars().take(12).collect::<String>()).trim_end().to_owned(),
        title: document.title.line(),
        site_url: document.home_page_url.address().map(|url| absolute(&url, base)),
        lang: document.language.line(),
        ..ParsedFeed::default()
    };
    let Items { entries, count, .. } = document.items;
    if count > MOST_ENTRIES {
        feed.warnings.push(too_many(Some(count)));
    }
    if entries.len() < count.min(MOST_ENTRIES) {
        feed.warnings.push("items that are no objects were left out".to_owned());
    }
    feed.entries = entries;
    for entry in &mut feed.entries {
        entry.url = entry.url.take().map(|url| absolute(&url, base));
        entry.author = entry.author.take().or_else(|| document.author.0.clone());
    }
    let dense = || text.bytes().filter(|b| *b == b',').count() > text.len() / LEAST_BYTES_A_VALUE;
    if count <= MOST_ENTRIES && text.len() <= MOST_CONFIRMED && !dense() {
        confirm(text, &mut feed);
    }
    Ok(feed)
}

/// Takes the long texts as feed-rs reads them where it reads the same items.
fn confirm(text: &str, feed: &mut ParsedFeed) {
    let theirs: Result<Feed, String> = healthy::feed_rs(text.as_bytes());
    match theirs {
        Ok(theirs) if theirs.entries.len() == feed.entries.len() => {
            for (ours, theirs) in feed.entries.iter_mut().zip(theirs.entries) {
                adopt(ours, theirs);
            }
        }
        Ok(theirs) => feed.warnings.push(format!("feed-rs reads {} entries of {}", theirs.entries.len(), feed.entries.len())),
        Err(error) => feed.warnings.push(format!("feed-rs: {error}")),
    }
}

fn adopt(ours: &mut ParsedEntry, theirs: Entry) {
    let content = theirs.content.filter(|c| c.content_type.essence().subty == "html").and_then(|c| c.body);
    if let Some(html) = content.and_then(body::finish) {
        ours.content = Some(html);
    }
}
