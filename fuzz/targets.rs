//! What each fuzz target does with its bytes; shared by the targets and by the test that replays the corpus.

use newsfold::article::{self, Page};
use newsfold::config::{Config, opml};
use newsfold::feed::decide::classify;
use newsfold::feed::identity::{IdentityPolicy, KnownEntry};
use newsfold::feed::{self, Context, discover};
use newsfold::model::{Id, canonical, dates, encoding};
use url::Url;

/// A target's name and what it does.
pub type Target = (&'static str, fn(&[u8]));

/// The names of the targets, as their folders under `corpus/` are called.
pub const TARGETS: [Target; 9] = [
    ("parse", parse),
    ("decode", decode),
    ("clean", clean),
    ("dates", parse_date),
    ("canonical_url", canonical_url),
    ("opml", opml),
    ("discover", discover_feeds),
    ("classify", classify_feed),
    ("extract", extract_page),
];

/// Any bytes are read or refused; what is read keeps its limits, and a broken tail does not change what stands before it.
pub fn parse(bytes: &[u8]) {
    let base = Url::parse("https://example.com/feed").ok();
    if let Ok(feed) = feed::parse(bytes, Context { base: base.as_ref(), content_type: None }) {
        assert!(feed.entries.len() <= 2_000);
        for entry in &feed.entries {
            assert!(entry.title.as_ref().is_none_or(|t| !t.trim().is_empty() && !t.contains('\n')));
        }
    }
}

/// Any bytes under any labels become text.
pub fn decode(bytes: &[u8]) {
    let (label, rest) = bytes.split_at(bytes.len().min(12));
    let label = std::str::from_utf8(label).ok();
    let (text, _) = encoding::decode(rest, label, Some("iso-8859-1"));
    let _ = encoding::repair_mojibake(&text);
}

/// Any field becomes a line that is one and HTML that is trimmed; neither outgrows what was given.
pub fn clean(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (line, html) = feed::clean(&text);
    if let Some(line) = line {
        assert!(!line.is_empty() && line.trim() == line && !line.contains(|c: char| c < ' ' || c == '\x7F'), "{line:?}");
        assert!(line.len() <= 2 * text.len(), "{} of {}", line.len(), text.len());
    }
    if let Some(html) = html {
        assert!(!html.is_empty() && html.trim() == html && html.len() <= 2 * text.len(), "{html:?}");
    }
}

/// Any list is read or refused; what is read is web addresses, and reads back as it was written.
pub fn opml(bytes: &[u8]) {
    let Ok(list) = opml::read_bytes(bytes) else { return };
    let mut config = Config::default();
    for subscription in list.subscriptions {
        assert!(matches!(subscription.url.scheme(), "http" | "https"), "{}", subscription.url);
        config.feeds.push(subscription.into_feed());
    }
    let back = opml::read(&opml::write(&config)).expect("its own list");
    assert!(back.skipped.is_empty(), "{:?}", back.skipped);
    let mut given: Vec<_> = config.feeds.into_iter().map(|feed| (feed.url, feed.tags)).collect();
    let mut back: Vec<_> = back.subscriptions.into_iter().map(|s| (s.url, s.tags)).collect();
    given.sort();
    back.sort();
    assert_eq!(back, given);
}

/// Any text is a date or none, and a date that is printed is read as itself.
pub fn parse_date(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Some(date) = dates::parse_date(text) {
        assert_eq!(dates::parse_date(&date.to_string()), Some(date), "{text}");
    }
}

/// A canonical URL is its own canonical URL.
pub fn canonical_url(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Some(once) = canonical::canonical_url(text) {
        assert_eq!(canonical::canonical_url(&once).as_deref(), Some(once.as_str()), "{text}");
    }
}

/// Any page gives web addresses.
pub fn discover_feeds(bytes: &[u8]) {
    if let Ok(url) = Url::parse("https://example.com/") {
        assert!(discover::discover(bytes, &url, None).iter().all(|c| c.url.starts_with("http")));
    }
}

/// A document that comes twice brings nothing new the second time.
pub fn classify_feed(bytes: &[u8]) {
    let Ok(feed) = feed::parse(bytes, Context::default()) else { return };
    let (mut policy, id, now) = (IdentityPolicy::default(), Id(1), jiff::Timestamp::UNIX_EPOCH);
    let count = feed.entries.len();
    let first = classify(&mut policy, feed.entries.clone(), &[], id, now);
    assert_eq!(first.new.len() + first.known, count);
    let known: Vec<KnownEntry> = first
        .new
        .into_iter()
        .map(|new| KnownEntry {
            id: new.id,
            keys: new.keys,
            content_hash: new.content_hash,
            tombstone: false,
            published_at: new.entry.published_at,
            seen_at: now,
        })
        .collect();
    let second = classify(&mut policy, feed.entries, &known, id, now);
    assert!(second.new.is_empty(), "{} of {count} came as new again", second.new.len());
}

/// Any bytes are a page: its text is paragraphs without empty ones, and what is read from a text can be read from it again.
pub fn extract_page(bytes: &[u8]) {
    let (mode, html) = bytes.split_first().unwrap_or((&0, &[]));
    let url = Url::parse("https://example.com/2024/01/03/a").ok().filter(|_| mode & 1 != 0);
    let rules = article::SiteRules {
        body: vec!["p".to_owned()],
        remove: vec!["a".to_owned()],
        title: vec!["h2".to_owned()],
        published: vec!["i".to_owned()],
    };
    let page = Page { html, url: url.as_ref(), rules: Some(&rules).filter(|_| mode & 2 != 0), ..Page::default() };
    let found = article::extract(page);
    assert!(found.text.split("\n\n").all(|p| !p.trim().is_empty()) || found.text.is_empty());
    assert!(found.published_offset.is_none() || found.published_at.is_some());
    assert_eq!(article::explain(page).extracted, found);
    let _ = article::credits(&found.text, None);
    let _ = article::feed_links(html, None);
}
