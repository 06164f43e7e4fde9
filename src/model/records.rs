//! Plain records without behaviour of their own.

use super::Id;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Something that was repaired, dropped or doubted while reading; shown to people, never parsed.
pub type Warning = String;

/// What a feed says, read into plain values: the result of `feed::parse`.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ParsedFeed {
    /// The format as found, for people: "RSS 2.0", "Atom 1.0", "JSON Feed 1.1" …
    pub format: String,
    /// The feed's title, plain text.
    pub title: Option<String>,
    /// The site it belongs to, absolute.
    pub site_url: Option<String>,
    /// Declared language (`<language>`, `xml:lang`), as written.
    pub lang: Option<String>,
    /// Entries in the feed's order.
    pub entries: Vec<ParsedEntry>,
    /// When the feed asks to be polled.
    pub hints: PollHints,
    /// What was repaired or dropped.
    pub warnings: Vec<Warning>,
}

/// One item as a feed states it. Text fields are plain text (markup and entities resolved), but for `summary` and
/// `content`, which keep their HTML.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ParsedEntry {
    /// The feed's own identifier, as written; not trusted.
    pub guid: Option<String>,
    /// The link, absolute, not canonicalised; the identifier where that is an address and there is no other. May be no
    /// web address ("tag:…", "javascript:…"): check before fetching or printing.
    pub url: Option<String>,
    /// Headline, plain text.
    pub title: Option<String>,
    /// Printed author.
    pub author: Option<String>,
    /// As stated, not clamped.
    pub published_at: Option<Timestamp>,
    /// As stated, not clamped.
    pub updated_at: Option<Timestamp>,
    /// Short text, HTML.
    pub summary: Option<String>,
    /// Full text, HTML.
    pub content: Option<String>,
    /// RSS `<source>` or Atom `source`: who is credited, and that feed's address.
    pub source: Option<Source>,
    /// Categories or tags, as written.
    pub categories: Vec<String>,
    /// The language that the feed declares, as written: a witness for a text of few words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lang: Option<String>,
}

/// Whom a feed's entry names as its source.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Name as written.
    pub title: Option<String>,
    /// Address as written, absolute.
    pub url: Option<String>,
}

/// When a feed asks to be polled: RSS `ttl`, `skipHours`, `skipDays`, syndication module.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PollHints {
    /// Seconds between polls that `ttl` or `sy:updatePeriod` ask for.
    pub interval_s: Option<u32>,
    /// UTC hours 0–23 in which the feed does not want to be polled.
    pub skip_hours: Vec<u8>,
    /// Days in which it does not want to be polled: 0 Monday … 6 Sunday.
    pub skip_days: Vec<u8>,
}

/// ETag and Last-Modified kept byte for byte for the next poll.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validators {
    /// The ETag header's value, quotes and `W/` included.
    pub etag: Option<String>,
    /// The Last-Modified header's value.
    pub last_modified: Option<String>,
}

impl Validators {
    /// True where there is nothing to ask conditionally with.
    pub fn is_empty(&self) -> bool {
        self.etag.is_none() && self.last_modified.is_none()
    }
}

/// A page's own report and what is known about it: the result of `article::extract`.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Extracted {
    /// The normalised address that identifies the article: the page's own, or `rel=canonical`/`og:url` on the same site.
    pub canonical_url: Option<String>,
    /// `rel=canonical` or `og:url` that names another host: evidence of the origin, never the identity.
    pub canonical_elsewhere: Option<String>,
    /// Headline without the site's name.
    pub title: Option<String>,
    /// Printed author.
    pub byline: Option<String>,
    /// Opening place, date or agency label; stays in `text` too.
    pub dateline: Option<String>,
    /// Where the text says it comes from.
    pub credit: Option<Credit>,
    /// `og:site_name` or its like.
    pub publisher: Option<String>,
    /// First publication.
    pub published_at: Option<Timestamp>,
    /// The zone that the page gives with it, in minutes east of UTC.
    pub published_offset: Option<i16>,
    /// Last change.
    pub modified_at: Option<Timestamp>,
    /// The zone that the page gives with it, in minutes east of UTC.
    pub modified_offset: Option<i16>,
    /// Language, ISO 639-1 where there is one: detected, with the declared one as a witness.
    pub lang: Option<String>,
    /// Section the site files it under.
    pub section: Option<String>,
    /// Lead picture, absolute URL.
    pub image: Option<String>,
    /// Declared free to read (`isAccessibleForFree`).
    pub free: Option<bool>,
    /// The report's own text: paragraphs separated by a blank line, without headline and credit.
    pub text: String,
    /// Words in `text` (Unicode words; in scripts without spaces, characters count).
    pub words: usize,
    /// What kind of page this is.
    pub quality: Quality,
    /// Lines that the outlet repeats and that were left out, by their hash.
    #[serde(skip)]
    pub repeated: Vec<u64>,
    /// What was doubted.
    pub warnings: Vec<Warning>,
}

/// A statement of where a text comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credit {
    /// The one named, normalised: "Al Jazeera".
    pub name: String,
    /// The words it was read from: "Source; Al Jazeera".
    pub words: String,
}

/// What the quality gate says of a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quality {
    /// An article's text.
    #[default]
    Article,
    /// The text is too short to be fingerprinted with profit.
    Short,
    /// No text found.
    Empty,
    /// A consent wall.
    Consent,
    /// A paywall's stub.
    Paywall,
    /// "Enable JavaScript".
    JavaScript,
    /// A page that says "not found" with status 200.
    SoftNotFound,
    /// A check for robots.
    BotCheck,
    /// A page that asks its reader to log in or to register.
    Login,
    /// A page that is not shown where newsfold runs.
    Region,
    /// A page that asks for its reader's age.
    Age,
    /// A site that is being worked on.
    Maintenance,
    /// A page that offers an app or a newsletter instead.
    Offer,
    /// A list of articles, not one.
    Listing,
    /// Too deep, too large or too slow to read.
    TooComplex,
}

impl Quality {
    /// True for text that may be fingerprinted and compared.
    pub fn is_text(self) -> bool {
        matches!(self, Self::Article | Self::Short)
    }
}

/// What an entry can be recognised by; each is a key to compare and to look up, none an address to fetch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct EntryKeys {
    /// The guid; of one that is a web address the scheme and `www.` are left out, so that http→https changes nothing.
    pub guid: Option<String>,
    /// The canonical URL without scheme, `www.` and trailing slash ([`super::canonical::same_page_key`]); none for a site's front page.
    pub url: Option<String>,
    /// A hash of the title's letters and digits with the day of publication, as 16 hex digits.
    pub title: Option<String>,
}

impl EntryKeys {
    /// True where the entry has nothing to be recognised by.
    pub fn is_empty(&self) -> bool {
        self.guid.is_none() && self.url.is_none() && self.title.is_none()
    }
}

/// An entry of a document that is to be stored: one that is new, or one that says something else now.
#[derive(Clone, Debug, PartialEq)]
pub struct NewEntry {
    /// Its id: the stored one, or from now on.
    pub id: Id,
    /// Its keys.
    pub keys: EntryKeys,
    /// Hash of what the feed says.
    pub content_hash: u64,
    /// What the feed says.
    pub entry: ParsedEntry,
}
