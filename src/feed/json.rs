//! JSON Feed 1.0 and 1.1, read leniently: a number for an id, one author or many, what is missing is missing.

use super::body;
use super::extract::{MOST_ENTRIES, absolute};
use super::healthy;
use super::text::{escape, plain};
use super::{FeedError, too_many};
use crate::model::dates::parse_date;
use crate::model::{ParsedEntry, ParsedFeed};
use feed_rs::model::{Entry, Feed};
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;
use url::Url;

/// The members of the document that matter. Items beyond the limit are counted and skipped while reading, so that they
/// cost no memory.
#[derive(Debug, Default)]
struct Document {
    fields: Map<String, Value>,
    items: Option<Vec<Value>>,
    count: usize,
}

impl<'de> Deserialize<'de> for Document {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(DocumentVisitor)
    }
}

struct DocumentVisitor;

impl<'de> Visitor<'de> for DocumentVisitor {
    type Value = Document;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Document, A::Error> {
        const FIELDS: [&str; 6] = ["version", "title", "home_page_url", "language", "authors", "author"];
        let mut document = Document::default();
        while let Some(key) = map.next_key::<String>()? {
            if key == "items" {
                let items: Items = map.next_value()?;
                (document.items, document.count) = (items.list, items.count);
            } else if FIELDS.contains(&key.as_str()) {
                document.fields.insert(key, map.next_value()?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(document)
    }
}

/// A list of which only the first entries are kept; anything else is no list.
#[derive(Default)]
struct Items {
    list: Option<Vec<Value>>,
    count: usize,
}

impl<'de> Deserialize<'de> for Items {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(ItemsVisitor)
    }
}

struct ItemsVisitor;

impl<'de> Visitor<'de> for ItemsVisitor {
    type Value = Items;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of items")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Items, A::Error> {
        let mut items = Vec::new();
        while items.len() < MOST_ENTRIES {
            match list.next_element()? {
                Some(item) => items.push(item),
                None => return Ok(Items { count: items.len(), list: Some(items) }),
            }
        }
        let mut count = items.len();
        while list.next_element::<IgnoredAny>()?.is_some() {
            count += 1;
        }
        Ok(Items { list: Some(items), count })
    }

    fn visit_unit<E>(self) -> Result<Items, E> {
        Ok(Items::default())
    }
}

/// Reads a JSON document.
pub(super) fn read(text: &str, base: Option<&Url>) -> Result<ParsedFeed, FeedError> {
    // serde_json refuses what is nested deeper than 128, so no document can exhaust the stack. What follows the
    // document is left alone.
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Document>();
    let document = match values.next() {
        Some(Ok(document)) => document,
        Some(Err(error)) => return Err(FeedError::NotAFeed(format!("JSON: {error}"))),
        None => return Err(FeedError::NotAFeed("empty".to_owned())),
    };
    let Document { fields, items, count } = document;
    let version = fields.get("version").and_then(Value::as_str).unwrap_or("");
    if !version.contains("jsonfeed.org/version") && (items.is_none() || !fields.contains_key("title")) {
        return Err(FeedError::NotAFeed("JSON, but no JSON Feed".to_owned()));
    }
    let mut feed = ParsedFeed {
        format: format!("JSON Feed {}", version.rsplit('/').next().unwrap_or("")).trim_end().to_owned(),
        title: text_of(&fields, "title"),
        site_url: address_of(&fields, "home_page_url", base),
        lang: text_of(&fields, "language"),
        ..ParsedFeed::default()
    };
    let items = items.unwrap_or_default();
    if count > MOST_ENTRIES {
        feed.warnings.push(too_many(Some(count)));
    }
    let author = fields.get("authors").or_else(|| fields.get("author")).and_then(author_name);
    feed.entries = items.iter().filter_map(Value::as_object).map(|item| entry(item, base, author.as_deref())).collect();
    if feed.entries.len() < items.len() {
        feed.warnings.push("items that are no objects were left out".to_owned());
    }
    drop(items);
    if count <= MOST_ENTRIES {
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

fn entry(item: &Map<String, Value>, base: Option<&Url>, feed_author: Option<&str>) -> ParsedEntry {
    let content_text = item.get("content_text").and_then(Value::as_str);
    let html = item.get("content_html").and_then(Value::as_str).map(str::to_owned);
    ParsedEntry {
        guid: item.get("id").and_then(|id| match id {
            Value::String(text) => Some(text.trim().to_owned()).filter(|t| !t.is_empty()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }),
        url: address_of(item, "url", base).or_else(|| address_of(item, "external_url", base)),
        title: text_of(item, "title"),
        author: item.get("authors").or_else(|| item.get("author")).and_then(author_name).or_else(|| feed_author.map(str::to_owned)),
        published_at: item.get("date_published").and_then(Value::as_str).and_then(parse_date),
        updated_at: item.get("date_modified").and_then(Value::as_str).and_then(parse_date),
        summary: item.get("summary").and_then(Value::as_str).and_then(|s| body::finish(escape(s))),
        content: html.or_else(|| content_text.map(escape)).and_then(body::finish),
        source: None,
        categories: item
            .get("tags")
            .and_then(Value::as_array)
            .map_or(Vec::new(), |tags| tags.iter().filter_map(Value::as_str).filter_map(plain).collect()),
    }
}

fn text_of(object: &Map<String, Value>, key: &str) -> Option<String> {
    object.get(key).and_then(Value::as_str).and_then(plain)
}

fn address_of(object: &Map<String, Value>, key: &str, base: Option<&Url>) -> Option<String> {
    object.get(key).and_then(Value::as_str).map(|url| absolute(url.trim(), base)).filter(|u| !u.is_empty())
}

/// The name of an author object, a list's first, or a bare string.
fn author_name(value: &Value) -> Option<String> {
    match value {
        Value::String(name) => plain(name),
        Value::Object(author) => text_of(author, "name"),
        Value::Array(list) => {
            list.iter().find_map(|v| v.as_object().and_then(|a| text_of(a, "name")).or_else(|| v.as_str().and_then(plain)))
        }
        _ => None,
    }
}
