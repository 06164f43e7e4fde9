//! What the store tells the command line: rows of its answers. They serialise as the commands' JSON.

use crate::model::{Credit, Id, Quality};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Which stories to list; empty fields do not filter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoryFilter {
    /// Only stories with an article first seen at or after this.
    pub since: Option<Timestamp>,
    /// Only stories with an article first seen before this.
    pub until: Option<Timestamp>,
    /// At least so many independent publishers.
    pub min_publishers: Option<u32>,
    /// At least so many articles.
    pub min_copies: Option<u32>,
    /// Carried by each of these publishers (names, case-insensitive).
    pub publisher: Vec<String>,
    /// Carried by a publisher of each of these owners.
    pub owner: Vec<String>,
    /// Reached through feeds with each of these tags.
    pub tag: Vec<String>,
    /// With an article in each of these languages.
    pub lang: Vec<String>,
    /// Reached through each of these feeds (URL or id).
    pub feed: Vec<String>,
    /// At most so many rows.
    pub limit: Option<u32>,
}

/// One line of `stories`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoryRow {
    /// The story.
    pub id: Id,
    /// Its headline.
    pub title: String,
    /// First seen.
    pub first_seen_at: Timestamp,
    /// Last article seen.
    pub last_seen_at: Timestamp,
    /// Independent publishers: counted by owner.
    pub publishers: u32,
    /// Articles in it, all texts together.
    pub copies: u32,
    /// Different texts: its clusters.
    pub texts: u32,
    /// Publisher of the largest cluster's origin, where one is given.
    pub origin: Option<String>,
    /// Language of most members.
    pub lang: Option<String>,
}

/// `story ID`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoryDetail {
    /// The line that `stories` shows.
    #[serde(flatten)]
    pub row: StoryRow,
    /// Its texts, largest first.
    pub clusters: Vec<ClusterDetail>,
}

/// One text and who carries it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClusterDetail {
    /// The cluster.
    pub id: Id,
    /// The origin's article, where one is given.
    pub origin: Option<OriginView>,
    /// Its articles, by publication.
    pub members: Vec<MemberRow>,
}

/// Whose text a cluster most likely is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OriginView {
    /// The article; `None` where the origin is a publisher seen only through others' credits.
    pub article: Option<Id>,
    /// The publisher's name.
    pub publisher: String,
    /// 0 to 1.
    pub confidence: f64,
    /// Why, in words: "credited by 4 copies", "longest", "first by 38 min".
    pub evidence: Vec<String>,
    /// Set by a person.
    pub by_hand: bool,
}

/// One article within a cluster.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MemberRow {
    /// The article.
    pub id: Id,
    /// Its publisher's name.
    pub publisher: String,
    /// Headline.
    pub title: String,
    /// Canonical URL.
    pub url: String,
    /// As stated.
    pub published_at: Option<Timestamp>,
    /// When newsfold first saw it.
    pub seen_at: Timestamp,
    /// Language.
    pub lang: Option<String>,
    /// Words of its text.
    pub words: u32,
    /// Distance of its fingerprint to that of the cluster's origin, else to its longest member's.
    pub distance: Option<u32>,
    /// What it states as its source.
    pub credit: Option<Credit>,
    /// Why it is in this cluster: the recorded reason, as `dedup` wrote it.
    pub because: serde_json::Value,
}

/// `article ID`: everything known of one article.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ArticleDetail {
    /// What lists show.
    #[serde(flatten)]
    pub member: MemberRow,
    /// Its cluster.
    pub cluster: Id,
    /// Its story.
    pub story: Id,
    /// Printed author.
    pub byline: Option<String>,
    /// Opening place, date or agency label.
    pub dateline: Option<String>,
    /// Last change as stated.
    pub modified_at: Option<Timestamp>,
    /// Kind of page.
    pub quality: Quality,
    /// 64-bit simhash as 16 hex digits, and its version.
    pub fingerprint: String,
    /// Version of the fingerprint's algorithm.
    pub fingerprint_version: u32,
    /// Address on another host that the page names as canonical.
    pub canonical_elsewhere: Option<String>,
    /// The text.
    pub text: String,
    /// Later texts of it: number of revisions beyond the first.
    pub revisions: u32,
    /// Since when its page answers 404 or 410, as far as it was looked at again.
    #[serde(default)]
    pub gone_at: Option<Timestamp>,
    /// Entries that lead to it.
    pub entries: Vec<EntryView>,
}

/// A former text of an article.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevisionView {
    /// When a later text took its place.
    pub replaced_at: Timestamp,
    /// Headline.
    pub title: String,
    /// Words of its text.
    pub words: u32,
    /// The text.
    pub text: String,
}

/// The text of an article, for those who compare many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wording {
    /// The text.
    pub text: String,
    /// Later texts of it: number of revisions beyond the first.
    pub revisions: u32,
}

/// An entry that leads to an article.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EntryView {
    /// The entry.
    pub id: Id,
    /// Its feed's URL.
    pub feed: String,
    /// The link as the feed gave it.
    pub url: Option<String>,
    /// First seen.
    pub seen_at: Timestamp,
}

/// One line of `export jsonl`: an entry and where it ended up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExportRow {
    /// The entry.
    pub id: Id,
    /// Its feed's URL.
    pub feed: String,
    /// The article's publisher.
    pub publisher: Option<String>,
    /// The link as the feed gave it.
    pub entry_url: Option<String>,
    /// The article's address.
    pub canonical_url: Option<String>,
    /// Headline.
    pub title: Option<String>,
    /// As stated.
    pub published_at: Option<Timestamp>,
    /// First seen.
    pub seen_at: Timestamp,
    /// Language.
    pub lang: Option<String>,
    /// Words of the text.
    pub words: Option<u32>,
    /// 16 hex digits.
    pub fingerprint: Option<String>,
    /// The cluster.
    pub cluster: Option<Id>,
    /// The story.
    pub story: Option<Id>,
    /// Why it is in that cluster.
    pub because: Option<serde_json::Value>,
}

/// A hit of `search`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SearchHit {
    /// The article.
    pub id: Id,
    /// Its story.
    pub story: Id,
    /// Its publisher's name.
    pub publisher: String,
    /// Headline.
    pub title: String,
    /// Canonical URL.
    pub url: String,
    /// First seen.
    pub seen_at: Timestamp,
    /// Some words around the hit; hits between U+E000 and U+E001.
    pub snippet: String,
    /// The headline, hits marked in the same way: for people's eyes only.
    #[serde(skip)]
    pub headline: String,
}

/// One line of `feeds`: health at a glance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FeedHealth {
    /// The feed.
    pub id: Id,
    /// As declared.
    pub url: String,
    /// Title as the feed states it.
    pub title: Option<String>,
    /// Publisher's name.
    pub publisher: Option<String>,
    /// "ok", "new", "failing", "blocked", "gone", "slowed", "quarantined", "silent", "disabled".
    pub state: String,
    /// Last poll.
    pub last_poll_at: Option<Timestamp>,
    /// Last good poll.
    pub last_success_at: Option<Timestamp>,
    /// Since when it fails without a break.
    pub failing_since: Option<Timestamp>,
    /// Next try.
    pub next_poll_at: Option<Timestamp>,
    /// Outcome of the last poll, in words.
    pub last_outcome: Option<String>,
    /// Entries stored.
    pub entries: u64,
    /// New entries in the last seven days, a day.
    pub new_a_day: f64,
    /// Polled and clustered, but no story appears for its sake.
    #[serde(default)]
    pub mute: bool,
    /// Things a person should know: "republishes its archive; throttled".
    pub notes: Vec<String>,
    /// Why and how long its host is left alone, where it is.
    #[serde(default)]
    pub held: Option<HeldHost>,
}

/// What an alert says of a feed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedBrief {
    /// The feed.
    pub id: Id,
    /// As declared.
    pub url: String,
    /// The address that is asked now: another one where it moved.
    pub asked_at: String,
    /// Title as the feed states it.
    pub title: Option<String>,
    /// Publisher's name.
    pub publisher: Option<String>,
    /// Last good poll.
    pub last_success_at: Option<Timestamp>,
}

/// A host that is left alone for a while: it asked so, keeps failing, or blocks us.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldHost {
    /// The host, with the port where it is not the scheme's own.
    pub host: String,
    /// Only for feeds ("feed") or pages ("page"); everything where `None`.
    pub kind: Option<String>,
    /// Until then.
    pub until: Timestamp,
    /// Why, in words.
    pub why: String,
}

/// One line of `log`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EventRow {
    /// Cursor: rises by at least one an event.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// "poll", "article", "cluster", "story", "revision", "merged", …
    pub kind: String,
    /// What it is about.
    pub id: Option<Id>,
    /// In words.
    pub text: String,
    /// The details.
    pub data: serde_json::Value,
}

/// Counts that `status` shows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Counts {
    /// Feeds declared and enabled.
    pub feeds: u64,
    /// Feeds whose last poll failed.
    pub failing: u64,
    /// Feeds that are due.
    pub due: u64,
    /// Entries stored.
    pub entries: u64,
    /// Entries not settled yet.
    pub pending: u64,
    /// Articles.
    pub articles: u64,
    /// Clusters with two articles or more.
    pub clusters: u64,
    /// Stories.
    pub stories: u64,
    /// Bytes of the database file.
    pub bytes: u64,
}

/// One article of a text or event that others carry too: what `report lag` sums up.
#[derive(Clone, Debug, PartialEq)]
pub struct Carried {
    /// Its cluster or story.
    pub group: Id,
    /// The article.
    pub article: Id,
    /// Its publisher's name.
    pub publisher: String,
    /// The publisher's owner.
    pub owner: String,
    /// As stated.
    pub published_at: Option<Timestamp>,
    /// When newsfold first saw it.
    pub seen_at: Timestamp,
    /// The publisher whose report its text is, where that is known.
    pub origin: Option<String>,
}

/// What was learnt of a publisher's clock.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ClockView {
    /// The publisher.
    #[serde(default)]
    pub publisher: String,
    /// Articles that it was judged by.
    pub observed: u32,
    /// How far ahead of the true time its statements are, in seconds; negative: behind.
    pub offset_s: i64,
    /// Typical distance from that, in seconds.
    pub spread_s: i64,
}
