//! Which entry is this? The keys under which an entry is known again, and what is known of a feed's habits.

use crate::model::canonical::same_page_key;
use crate::model::{EntryKeys, Id, ParsedEntry};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Keys longer than this are replaced by their hash, so that a hostile feed cannot fill an index.
const LONGEST_KEY: usize = 300;

/// An entry of the feed that is stored, or was and left its tombstone.
#[derive(Clone, Debug, PartialEq)]
pub struct KnownEntry {
    /// The entry.
    pub id: Id,
    /// Its keys when it was last seen changed.
    pub keys: EntryKeys,
    /// Its [`content_hash`] then.
    pub content_hash: u64,
    /// True where only the keys are left: it was pruned, and is not to come back.
    pub tombstone: bool,
    /// As stated.
    pub published_at: Option<Timestamp>,
    /// First seen.
    pub seen_at: Timestamp,
}

/// How far a feed's statements about identity can be trusted, best first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trust {
    /// The guid names the entry.
    #[default]
    Guid,
    /// Guids change or repeat; the link names it.
    Link,
    /// Links do too; title and day are left.
    Title,
}

/// What is known of a feed's habits; stored with the feed as JSON, changed by [`super::decide::classify`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct IdentityPolicy {
    /// What names an entry of this feed.
    pub trust: Trust,
    /// Documents seen.
    pub polls: u32,
    /// Entries known again under another guid.
    pub guid_changed: u32,
    /// Entries whose guid another entry has or had.
    pub guid_repeated: u32,
    /// Entries without a guid.
    pub guid_missing: u32,
    /// Entries known again by their title under another link.
    pub url_changed: u32,
    /// Entries whose link another entry of the same document has.
    pub url_repeated: u32,
    /// Documents in a row in which most guids had changed.
    pub guid_unrest: u8,
    /// Documents in a row in which most texts had changed; from three on only titles count as changes.
    pub text_unrest: u8,
    /// Pruned entries that the last document still carried.
    pub pruned_last: u32,
    /// Documents in which old entries came back or came late in numbers.
    pub archives: u32,
}

impl IdentityPolicy {
    /// True where the texts of this feed change at every poll (counters, advertisements), so that only titles count.
    pub fn ignores_texts(&self) -> bool {
        self.text_unrest >= 3
    }
}

/// The keys of `entry`.
pub fn keys(entry: &ParsedEntry) -> EntryKeys {
    EntryKeys {
        guid: entry.guid.as_deref().map(guid_key).filter(|k| !k.is_empty()),
        url: entry.url.as_deref().and_then(url_key),
        title: entry.title.as_deref().and_then(|title| title_key(title, entry.published_at)),
    }
}

fn guid_key(guid: &str) -> String {
    let guid = guid.trim();
    let lower = guid.get(..8).unwrap_or(guid).to_ascii_lowercase();
    let rest = if lower.starts_with("https://") {
        guid.get(8..)
    } else if lower.starts_with("http://") {
        guid.get(7..)
    } else {
        None
    };
    let key = rest.map_or(guid, |r| r.strip_prefix("www.").unwrap_or(r).trim_end_matches('/'));
    bounded(key.to_owned())
}

fn url_key(url: &str) -> Option<String> {
    let key = same_page_key(url)?;
    // A front page is where a feed sends everything when it has no page for it.
    key.contains(['/', '?']).then(|| bounded(key))
}

fn title_key(title: &str, published: Option<Timestamp>) -> Option<String> {
    let mut hash = Fnv::default();
    let letters = hash.letters(title);
    // "Update" names nothing.
    (letters >= 8).then_some(())?;
    hash.number(published.map_or(i64::MIN, |at| at.as_second().div_euclid(86_400)).cast_unsigned());
    Some(format!("{:016x}", hash.0))
}

fn bounded(key: String) -> String {
    if key.len() <= LONGEST_KEY {
        return key;
    }
    let mut hash = Fnv::default();
    hash.bytes(key.as_bytes());
    let mut end = 100;
    while !key.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}…{:016x}", key.get(..end).unwrap_or(""), hash.0)
}

/// A hash of what an entry says: title in the upper 32 bits, texts in the lower. White space, mark-up, punctuation and
/// capitals do not count, nor do dates: an entry that only moves is not changed.
pub fn content_hash(entry: &ParsedEntry) -> u64 {
    let mut title = Fnv::default();
    title.letters(entry.title.as_deref().unwrap_or(""));
    let mut text = Fnv::default();
    // The longest text says it all; hashing both would double the work and the chances of noise.
    let body = entry.content.as_deref().or(entry.summary.as_deref()).unwrap_or("");
    text.visible_letters(body);
    (fold(title.0) << 32) | fold(text.0)
}

/// The half of a [`content_hash`] that stands for the title.
pub(super) fn title_half(hash: u64) -> u64 {
    hash >> 32
}

fn fold(hash: u64) -> u64 {
    (hash ^ (hash >> 32)) & 0xFFFF_FFFF
}

/// FNV-1a with 64 bits: stable for ever, which hashes that are stored must be. (Fowler, Noll, Vo; public domain)
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xCBF2_9CE4_8422_2325)
    }
}

impl Fnv {
    fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01B3);
        }
    }

    fn number(&mut self, number: u64) {
        self.bytes(&number.to_le_bytes());
    }

    /// Takes the letters and digits of `text` in lower case; says how many bytes these were.
    fn letters(&mut self, text: &str) -> usize {
        let mut count = 0;
        let mut buffer = [0_u8; 4];
        for c in text.chars() {
            if c.is_ascii() {
                if c.is_ascii_alphanumeric() {
                    self.bytes(&[u8::try_from(c.to_ascii_lowercase()).unwrap_or(0)]);
                    count += 1;
                }
            } else if c.is_alphanumeric() {
                for lower in c.to_lowercase() {
                    let bytes = lower.encode_utf8(&mut buffer).as_bytes();
                    self.bytes(bytes);
                    count += bytes.len();
                }
            }
        }
        count
    }

    /// The same for what of HTML is to be read: tags are skipped.
    fn visible_letters(&mut self, html: &str) {
        let mut rest = html;
        while let Some((text, tail)) = rest.split_once('<') {
            self.letters(text);
            match tail.split_once('>') {
                Some((_, after)) => rest = after,
                None => rest = "",
            }
        }
        self.letters(rest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(guid: &str, url: &str, title: &str) -> ParsedEntry {
        let some = |s: &str| (!s.is_empty()).then(|| s.to_owned());
        ParsedEntry { guid: some(guid), url: some(url), title: some(title), ..ParsedEntry::default() }
    }

    #[test]
    fn scheme_and_dress_do_not_matter() {
        let a = keys(&entry("http://example.com/?p=1", "http://www.example.com/a/?utm_source=rss", "A storm  turns north"));
        let b = keys(&entry("https://www.example.com/?p=1", "https://example.com/a", "A Storm turns north!"));
        assert_eq!(a, b);
        assert_eq!(keys(&entry("", "https://example.com/", "Short")), EntryKeys::default());
    }

    #[test]
    fn long_keys_are_bounded_and_differ() {
        let (a, b) = ("é".repeat(9_000) + "a", "é".repeat(9_000) + "b");
        let (a, b) = (keys(&entry(&a, "", "")), keys(&entry(&b, "", "")));
        assert_ne!(a, b);
        assert!(a.guid.is_some_and(|g| g.len() < 400));
    }

    #[test]
    fn only_words_change_the_hash() {
        let mut a = entry("", "", "One title");
        a.content = Some("<p class=x>Some words.</p>".to_owned());
        let mut b = a.clone();
        b.content = Some("<div>some\n<b>Words</b></div>".to_owned());
        assert_eq!(content_hash(&a), content_hash(&b));
        b.content = Some("<div>other words</div>".to_owned());
        assert_eq!(title_half(content_hash(&a)), title_half(content_hash(&b)));
        assert_ne!(content_hash(&a), content_hash(&b));
    }
}
