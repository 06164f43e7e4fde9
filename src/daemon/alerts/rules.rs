//! What an event means for a rule: whether there is something to tell, and once about what.

use crate::config::{Alert, AlertOn, Config};
use crate::model::Id;
use crate::model::views::EventRow;
use crate::store::{NewAlert, Reader, StoreError, StoredText, unspaced};
use serde_json::{Map, Value, json};
use std::cell::OnceCell;
use unicode_normalization::UnicodeNormalization;

/// The version of what receivers get.
const SCHEMA: &str = "newsfold/alert/1";

/// What a rule has to tell.
struct Told {
    /// Once about this.
    key: String,
    text: String,
    about: About,
    details: Map<String, Value>,
}

/// Whose tags decide.
#[derive(Clone, Copy)]
enum About {
    Story(Id),
    Article(Id),
    Feed(Id),
}

/// An event and what was read for it, once for all rules.
struct Seen<'a> {
    reader: &'a Reader,
    event: &'a EventRow,
    text: OnceCell<Option<(StoredText, String)>>,
}

/// The alerts that `event` gives rise to under today's rules. Some may have been told before: their keys say so.
///
/// # Errors
/// Those of the store.
pub(super) fn alerts_of(reader: &Reader, config: &Config, event: &EventRow) -> Result<Vec<NewAlert>, StoreError> {
    let seen = Seen { reader, event, text: OnceCell::new() };
    let mut alerts = Vec::new();
    for rule in &config.alerts {
        let told = match &rule.on {
            AlertOn::Story { min_publishers } => Vec::from_iter(seen.grown(&rule.name, u64::from(*min_publishers))?),
            AlertOn::Term { terms } => Vec::from_iter(seen.term(&rule.name, terms)?),
            AlertOn::Copied { publisher } => seen.copied(config, publisher)?,
            AlertOn::Silent => Vec::from_iter(seen.feed_became("silent")?),
            AlertOn::Blocked => Vec::from_iter(seen.feed_became("blocked")?),
            AlertOn::Moved => Vec::from_iter(seen.moved()?),
        };
        for told in told {
            if has_tag(reader, rule, told.about)? {
                alerts.push(line(rule, event, told));
            }
        }
    }
    Ok(alerts)
}

fn has_tag(reader: &Reader, rule: &Alert, about: About) -> Result<bool, StoreError> {
    if rule.tags.is_empty() {
        return Ok(true);
    }
    let tags = match about {
        About::Story(id) => reader.tags_of_story(id)?,
        About::Article(id) => reader.tags_of_article(id)?,
        About::Feed(id) => reader.tags_of_feed(id)?,
    };
    Ok(tags.iter().any(|tag| rule.tags.iter().any(|wanted| wanted.to_lowercase() == tag.to_lowercase())))
}

fn line(rule: &Alert, event: &EventRow, told: Told) -> NewAlert {
    let on = match rule.on {
        AlertOn::Story { .. } => "story",
        AlertOn::Term { .. } => "term",
        AlertOn::Copied { .. } => "copied",
        AlertOn::Silent => "silent",
        AlertOn::Blocked => "blocked",
        AlertOn::Moved => "moved",
    };
    // The same after a crash: by it a receiver knows what it has had.
    let id = Id::derive("alert", &[&rule.name, &told.key]);
    let mut data = json!({"schema": SCHEMA, "id": id, "alert": rule.name, "on": on, "at": event.at, "event": event.seq, "text": told.text});
    if let Some(fields) = data.as_object_mut() {
        fields.extend(told.details);
    }
    NewAlert { rule: rule.name.clone(), key: told.key, data: data.to_string() }
}

fn field<T: serde::de::DeserializeOwned>(event: &EventRow, key: &str) -> Option<T> {
    serde_json::from_value(event.data.get(key)?.clone()).ok()
}

fn details<const N: usize>(pairs: [(&str, Value); N]) -> Map<String, Value> {
    pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

impl Seen<'_> {
    /// A story passes `least` independent publishers.
    fn grown(&self, rule: &str, least: u64) -> Result<Option<Told>, StoreError> {
        let (EventRow { kind, id: Some(story), .. }, Some(from), Some(to)) =
            (self.event, field::<u64>(self.event, "from"), field::<u64>(self.event, "publishers"))
        else {
            return Ok(None);
        };
        if kind != "grew" || from >= least || to < least || !self.reader.is_visible(*story)? || self.told_before(rule, *story)? {
            return Ok(None);
        }
        let row = self.reader.story(*story)?.map(|detail| detail.row);
        let details = details([("story", json!(row))]);
        Ok(Some(Told { key: story.to_string(), text: self.event.text.clone(), about: About::Story(*story), details }))
    }

    /// One of `terms` appears in an article's headline or text: once a story, however many carry it.
    fn term(&self, rule: &str, terms: &[String]) -> Result<Option<Told>, StoreError> {
        let (Some(article), Some(story)) = (self.event.id, field::<Id>(self.event, "story")) else { return Ok(None) };
        if !matches!(self.event.kind.as_str(), "article" | "cluster" | "story" | "revision") {
            return Ok(None);
        }
        let key = story.to_string();
        if self.reader.is_told(rule, &key)? || self.told_before(rule, story)? || !self.reader.is_visible(story)? {
            return Ok(None);
        }
        let Some((text, folded)) = self.text()? else { return Ok(None) };
        let found: Vec<&String> = terms.iter().filter(|term| contains(folded, &fold(term))).collect();
        let Some(first) = found.first() else { return Ok(None) };
        let words = format!("“{first}” in {}: {}", text.publisher, text.title);
        let details = details([("terms", json!(found)), ("story", json!({ "id": story })), ("article", brief(text))]);
        Ok(Some(Told { key, text: words, about: About::Article(article), details }))
    }

    /// Somebody else carries a text whose origin is `publisher`: once a copy. Asked when an article is placed (one that
    /// credits `publisher` is a copy even where that does not show it itself), when it turns out whose a text is, and when
    /// two texts prove to be one.
    fn copied(&self, config: &Config, publisher: &str) -> Result<Vec<Told>, StoreError> {
        let cluster = match self.event.kind.as_str() {
            "article" | "cluster" | "story" | "revision" => field::<Id>(self.event, "cluster"),
            "origin" => self.event.id,
            "merged" if field::<String>(self.event, "what").as_deref() == Some("cluster") => self.event.id,
            _ => None,
        };
        let Some((_, detail)) = cluster.map(|id| self.reader.cluster(id)).transpose()?.flatten() else { return Ok(Vec::new()) };
        let ours = |name: &str| config.owner_of(name) == config.owner_of(publisher);
        if !detail.origin.as_ref().is_some_and(|origin| ours(&origin.publisher)) {
            return Ok(Vec::new());
        }
        let copies = detail.members.iter().filter(|member| !ours(&member.publisher));
        let told = copies.map(|copy| Told {
            key: copy.id.to_string(),
            text: format!("{} carries a text of {publisher}: {}", copy.publisher, copy.title),
            about: About::Article(copy.id),
            details: details([
                ("cluster", json!({ "id": detail.id })),
                (
                    "article",
                    json!({"id": copy.id, "url": copy.url, "title": copy.title, "publisher": copy.publisher, "seen_at": copy.seen_at}),
                ),
                ("origin", json!(detail.origin)),
            ]),
        });
        Ok(told.collect())
    }

    /// A feed is in another state than before: once a day at most, for some flap.
    fn feed_became(&self, state: &str) -> Result<Option<Told>, StoreError> {
        let said = |key: &str| field::<String>(self.event, key);
        if self.event.kind != "poll" || said("state").as_deref() != Some(state) || said("was").as_deref() == Some(state) {
            return Ok(None);
        }
        let Some(feed) = self.event.id else { return Ok(None) };
        self.feed(feed, |url| match state {
            "silent" => format!("{url} publishes nothing where it used to"),
            _ => format!("{url}: {}", self.event.text),
        })
    }

    fn moved(&self) -> Result<Option<Told>, StoreError> {
        match (self.event.kind.as_str(), self.event.id) {
            ("moved", Some(feed)) => self.feed(feed, |url| format!("{url} {}", self.event.text)),
            _ => Ok(None),
        }
    }

    fn feed(&self, feed: Id, text: impl Fn(&str) -> String) -> Result<Option<Told>, StoreError> {
        let Some(brief) = self.reader.feed_brief(feed)? else { return Ok(None) };
        let text = text(&brief.url);
        let key = format!("{feed} {}", self.event.at.strftime("%F"));
        Ok(Some(Told { key, text, about: About::Feed(feed), details: details([("feed", json!(brief))]) }))
    }

    /// Whether a story that is part of this one now was told of: the event is the same.
    fn told_before(&self, rule: &str, story: Id) -> Result<bool, StoreError> {
        for former in self.reader.merged_into(story)? {
            if self.reader.is_told(rule, &former.to_string())? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The article of the event, and its headline and text as terms are looked for in.
    fn text(&self) -> Result<Option<&(StoredText, String)>, StoreError> {
        if self.text.get().is_none() {
            let found = self.event.id.map(|id| self.reader.texts(&[id])).transpose()?.and_then(|mut texts| texts.pop());
            let _ = self.text.set(found.map(|text| {
                let folded = fold(&format!("{}\n{}", text.title, text.text));
                (text, folded)
            }));
        }
        Ok(self.text.get().and_then(Option::as_ref))
    }
}

fn brief(text: &StoredText) -> Value {
    json!({"id": text.id, "url": text.url, "title": text.title, "publisher": text.publisher, "seen_at": text.seen_at})
}

/// Lower case, composed, and white space single.
fn fold(text: &str) -> String {
    let lower: String = text.nfc().flat_map(char::to_lowercase).collect();
    lower.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether `term` stands in `text`, both folded, as whole words. In scripts without spaces a word has no edges to look at.
fn contains(text: &str, term: &str) -> bool {
    let word = |c: char| c.is_alphanumeric() && !unspaced(c);
    let edge = |inside: Option<char>, outside: Option<char>| !(inside.is_some_and(word) && outside.is_some_and(word));
    !term.is_empty()
        && text.match_indices(term).any(|(at, _)| {
            let (before, after) = (text.get(..at).unwrap_or_default(), text.get(at + term.len()..).unwrap_or_default());
            edge(term.chars().next(), before.chars().next_back()) && edge(term.chars().next_back(), after.chars().next())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_are_whole_words_in_any_case_and_script() {
        let found = |text: &str, term: &str| contains(&fold(text), &fold(term));
        for (text, term) in [
            ("Talks in Doha resume", "doha"),
            ("The EU-China summit", "china"),
            ("CEASEFIRE  TALKS\nresume", "ceasefire talks"),
            ("Zu\u{308}rich wählt", "zürich"),
            ("Москва.", "москва"),
            ("今天北京下雪", "北京"),
            ("C++ wins", "c++"),
            ("O’Neil's reply", "o’neil"),
        ] {
            assert!(found(text, term), "{term} in {text}");
        }
        for (text, term) in [("Machinations", "china"), ("Dohas", "doha"), ("cease fire", "ceasefire"), ("anything", ""), ("x", " ")] {
            assert!(!found(text, term), "{term} in {text}");
        }
    }
}
