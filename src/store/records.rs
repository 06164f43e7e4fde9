//! Records that go into the store and come out of it on the writer's side. Plain values: the rooms that know their
//! meaning (identity, rhythm, reasons, index rows) hand them over as JSON or bytes.

use crate::model::views::OriginView;
use crate::model::{Credit, EntryKeys, Id, NewEntry, ParsedEntry, Quality, Validators};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::time::Duration;

/// How a [`super::Writer`] is opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// `true`: every acknowledged commit survives a power cut (`synchronous = FULL`). `false`: a power cut may take the
    /// commits of the last moments, never the consistency of the file (`NORMAL`).
    pub full_sync: bool,
    /// How long to wait for another process that holds the lock; zero gives up at once.
    pub lock_wait: Duration,
    /// Events kept; older ones go as new ones come.
    pub keep_events: u32,
    /// Polls kept of each feed.
    pub keep_polls: u32,
    /// Bytes of the reserve file that is given up when the disk is full; 0 keeps none.
    pub reserve: u64,
    /// Pages in the write-ahead log from which on they are brought home into the database; the log grows by a quarter
    /// meanwhile, at most. Each page is written home once, however often it changed: 32 MB
    /// of log cost a fifth less CPU to bring home than as much in pieces of 8 MB, taking articles into a million.
    pub log_pages: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self { full_sync: false, lock_wait: Duration::ZERO, keep_events: 100_000, keep_polls: 100, reserve: 8 << 20, log_pages: 3_600 }
    }
}

/// A publisher as the configuration declares it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeclaredPublisher {
    /// Name, as shown.
    pub name: String,
    /// Who owns it; publishers of one owner count as one independent publisher.
    pub owner: Option<String>,
    /// Domains its pages stand on.
    pub domains: Vec<String>,
}

/// A feed as the configuration declares it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeclaredFeed {
    /// As declared; the feed's identity.
    pub url: String,
    /// Publisher's name.
    pub publisher: Option<String>,
    /// Owner of a publisher that no `[[publisher]]` declares.
    pub owner: Option<String>,
    /// Tags.
    pub tags: Vec<String>,
    /// `false`: never due.
    pub enabled: bool,
    /// `true`: never makes a story appear by itself.
    pub mute: bool,
    /// `false`: the feed's own text is used, pages are not fetched.
    pub full_text: bool,
    /// "feed" or "page".
    pub kind: String,
}

/// What [`super::Writer::sync_feeds`] changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Synced {
    /// Feeds that are new, or came back.
    pub added: u32,
    /// Feeds that left the configuration: their rows stay, they are not due.
    pub removed: u32,
    /// Feeds that were there before, and are declared in another way now.
    pub changed: u32,
    /// Feeds that were there before, as they are now.
    pub kept: u32,
}

/// Which feeds are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FeedSelector {
    /// Every declared, enabled feed, due or not.
    All,
    /// These ids.
    Ids(Vec<Id>),
    /// These declared URLs; what is not declared is left out of the answer.
    Urls(Vec<String>),
}

/// A feed and what the poller must know of it.
#[derive(Clone, Debug, PartialEq)]
pub struct DueFeed {
    /// The feed.
    pub id: Id,
    /// The URL to request: where it moved to for good, else as declared.
    pub url: String,
    /// As declared.
    pub declared_url: String,
    /// Publisher's name.
    pub publisher: Option<String>,
    /// Tags.
    pub tags: Vec<String>,
    /// Fetch pages.
    pub full_text: bool,
    /// Enabled in the configuration.
    pub enabled: bool,
    /// Never makes a story appear by itself.
    pub mute: bool,
    /// "feed" or "page".
    pub kind: String,
    /// For the conditional request.
    pub validators: Validators,
    /// The URL that gave the validators, after redirects: they mean something there alone.
    pub validated_url: Option<String>,
    /// `feed::IdentityPolicy` in JSON, unread: of a thousand feeds that are looked at, few are polled.
    pub identity: Option<String>,
    /// `feed::Rhythm`, likewise.
    pub rhythm: Option<String>,
    /// Last poll.
    pub last_poll_at: Option<Timestamp>,
    /// Last poll with a good outcome.
    pub last_success_at: Option<Timestamp>,
    /// Last time a body was read (200, not 304).
    pub last_full_at: Option<Timestamp>,
    /// When it is due; `None` before the first poll.
    pub next_poll_at: Option<Timestamp>,
    /// Failed polls without a break.
    pub failures: u32,
    /// Since when.
    pub failing_since: Option<Timestamp>,
    /// Where permanent redirects point, not yet believed.
    pub moved_to: Option<String>,
    /// Polls in a row that pointed there.
    pub moved_polls: u32,
    /// 410: not polled again until named.
    pub stopped: bool,
    /// "new", "ok", "failing", "blocked", "gone", "slowed", "quarantined", "silent".
    pub state: String,
    /// Notes for people.
    pub notes: Vec<String>,
}

/// An entry that is known already. The database keeps 64-bit hashes of keys: a key that was not asked for reads
/// `"\u{0}…"`, which equals no key.
#[derive(Clone, Debug, PartialEq)]
pub struct KnownRow {
    /// The entry.
    pub id: Id,
    /// Its keys.
    pub keys: EntryKeys,
    /// Hash of what the feed said last.
    pub content_hash: u64,
    /// Pruned; must not come back as new.
    pub tombstone: bool,
    /// As stated.
    pub published_at: Option<Timestamp>,
    /// First seen.
    pub seen_at: Timestamp,
    /// The article it leads to, once settled.
    pub article: Option<Id>,
}

/// Commit A: one poll and everything that follows from it.
#[derive(Clone, Debug, PartialEq)]
pub struct PollCommit {
    /// The feed.
    pub feed: Id,
    /// When it was polled.
    pub at: Timestamp,
    /// The outcome's word: "updated", "not_modified", …
    pub outcome: String,
    /// The outcome for people, in words.
    pub outcome_text: String,
    /// The outcome in full.
    pub outcome_data: serde_json::Value,
    /// A good outcome: failures start from zero, `last_success_at` is set.
    pub success: bool,
    /// A body was read: `last_full_at` is set.
    pub full: bool,
    /// HTTP status, where there was an answer.
    pub status: Option<u16>,
    /// From request to the last byte.
    pub elapsed_ms: u64,
    /// Bytes read, decompressed.
    pub bytes: u64,
    /// `Some` replaces the stored ones; `None` keeps them.
    pub validators: Option<Validators>,
    /// The URL that gave the validators, stored with them.
    pub validated_url: Option<String>,
    /// The next due time; `None`: not due again by itself.
    pub next_poll_at: Option<Timestamp>,
    /// New identity policy; `None` keeps the old.
    pub identity: Option<String>,
    /// New rhythm; `None` keeps the old.
    pub rhythm: Option<String>,
    /// The feed's title, where it states one.
    pub title: Option<String>,
    /// The feed's site, where it states one.
    pub site_url: Option<String>,
    /// Failed polls without a break, this one included.
    pub failures: u32,
    /// Where permanent redirects point, not yet believed.
    pub moved_to: Option<String>,
    /// Polls in a row that pointed there.
    pub moved_polls: u32,
    /// `Some`: from now on request this URL.
    pub url: Option<String>,
    /// 410: stop.
    pub stopped: bool,
    /// State for `feeds`: "ok", "failing", "blocked", "gone", "slowed", "quarantined", "silent".
    pub state: String,
    /// Entries never seen before; they become pending. One whose id is stored already is left alone.
    pub new: Vec<NewEntry>,
    /// Entries (`id` is the stored one) that say something else now; their pages are fetched again.
    pub changed: Vec<NewEntry>,
    /// Those of them whose pages are not to be asked for at once, and from when on.
    pub not_before: HashMap<Id, Timestamp>,
    /// Notes for people, which replace the earlier ones.
    pub notes: Vec<String>,
}

/// What a poll stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PollStored {
    /// Entries that became pending.
    pub new: u32,
    /// Entries that became pending again.
    pub changed: u32,
}

/// An entry whose page is to be fetched.
#[derive(Clone, Debug, PartialEq)]
pub struct PendingEntry {
    /// The entry.
    pub id: Id,
    /// Its feed.
    pub feed: Id,
    /// The feed's declared URL.
    pub feed_url: String,
    /// The feed's publisher.
    pub publisher: Option<String>,
    /// The link to fetch.
    pub url: Option<String>,
    /// What the feed says.
    pub entry: ParsedEntry,
    /// First seen.
    pub seen_at: Timestamp,
    /// Fetches that failed so far.
    pub attempts: u32,
    /// Set where the entry is settled and has changed since: the article to look at again.
    pub article: Option<Id>,
    /// `false`: use what the feed carries.
    pub full_text: bool,
    /// The feed is muted.
    pub mute: bool,
}

/// An article whose page is to be looked at again.
#[derive(Clone, Debug, PartialEq)]
pub struct Recheck {
    /// The article.
    pub article: Id,
    /// When its page was fetched for the first time.
    pub fetched_at: Timestamp,
    /// What it states as its source, as stored.
    pub credit: Option<Credit>,
    /// What the page's last answer left.
    pub validators: Validators,
    /// The article's publisher.
    pub publisher: String,
    /// Other articles carry its text.
    pub shared: bool,
    /// The feed that led to it is still declared and enabled.
    pub wanted: bool,
    /// The entry that led to it first, with what is stored of the article in place of what the feed said, and the address
    /// that the page had.
    pub entry: PendingEntry,
}

/// How an article's page stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageState {
    /// It answered.
    There,
    /// It answered 404 or 410.
    Gone(u16),
    /// Nothing was learnt.
    Unknown,
}

/// What a look at an article's page came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Looked {
    /// The article.
    pub article: Id,
    /// The next look; `None`: that was the last.
    pub next_at: Option<Timestamp>,
    /// How the page stands.
    pub page: PageState,
    /// New validators; `None` keeps the old.
    pub validators: Option<Validators>,
}

/// What robots.txt of one origin says to one robot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RobotsRules {
    /// `https://example.org`.
    pub origin: String,
    /// The name it was read for.
    pub agent: String,
    /// When it was fetched or last confirmed.
    pub fetched_at: Timestamp,
    /// The rules, as a small robots.txt.
    pub rules: String,
    /// For the next conditional request.
    pub validators: Validators,
}

/// Everything that is kept of one article: the content of commit B.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Article {
    /// `Id::article(canonical_url)`.
    pub id: Id,
    /// Its address.
    pub canonical_url: String,
    /// Where the page was, after redirects.
    pub fetched_url: Option<String>,
    /// Publisher's name.
    pub publisher: String,
    /// Headline.
    pub title: String,
    /// Printed author.
    pub byline: Option<String>,
    /// Opening place, date or agency label.
    pub dateline: Option<String>,
    /// What it states as its source.
    pub credit: Option<Credit>,
    /// Address on another host that the page names as canonical.
    pub canonical_elsewhere: Option<String>,
    /// Section.
    pub section: Option<String>,
    /// Lead picture.
    pub image: Option<String>,
    /// Declared free to read.
    pub free: Option<bool>,
    /// Language.
    pub lang: Option<String>,
    /// As stated.
    pub published_at: Option<Timestamp>,
    /// As stated.
    pub modified_at: Option<Timestamp>,
    /// When newsfold first saw an entry that leads to it.
    pub seen_at: Timestamp,
    /// Words of the text.
    pub words: u32,
    /// Kind of page.
    pub quality: Quality,
    /// The text.
    pub text: String,
    /// The page's own validators.
    pub validators: Validators,
}

/// Commit B: one article and where it was placed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ArticleCommit {
    /// The entry that led to it; it is settled by this.
    pub entry: Id,
    /// The article. If its id is stored already, text and fields are replaced; `seen_at` stays the first.
    pub article: Article,
    /// A later text: the former one is kept as a revision.
    pub is_revision: bool,
    /// Nobody else is in its cluster and in its story, which are new, and the placement moves nothing.
    pub is_alone: bool,
    /// 64-bit simhash.
    pub fingerprint: u64,
    /// Version of its algorithm.
    pub fingerprint_version: u32,
    /// `dedup::Prepared::index_row`.
    pub index_row: Vec<u8>,
    /// `story::Features::row`.
    pub story_row: Vec<u8>,
    /// `dedup::story::InStory::keys`.
    pub story_keys: Option<Vec<u8>>,
    /// Its cluster.
    pub cluster: Id,
    /// Its story.
    pub story: Id,
    /// Clusters whose members move to `cluster`.
    pub merged_clusters: Vec<Id>,
    /// Stories whose clusters move to `story`.
    pub merged_stories: Vec<Id>,
    /// Clusters that leave their story for another, and which: carried out first.
    pub moved_clusters: Vec<(Id, Id)>,
    /// Stories that become part of another than `story`, and of which: carried out second.
    pub joined_stories: Vec<(Id, Id)>,
    /// Why it is in its cluster.
    pub because: serde_json::Value,
    /// Why its cluster is in its story.
    pub story_because: serde_json::Value,
    /// Why the entry is settled without its page, where it is.
    pub settled_reason: Option<String>,
    /// When its page is looked at again, if it is; for new articles only.
    pub recheck_at: Option<Timestamp>,
    /// When it was placed.
    pub at: Timestamp,
}

/// An article's text as the writer compares it.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredText {
    /// The article.
    pub id: Id,
    /// Headline.
    pub title: String,
    /// The text.
    pub text: String,
    /// Opening place, date or agency label.
    pub dateline: Option<String>,
    /// Language.
    pub lang: Option<String>,
    /// Publisher's name.
    pub publisher: String,
    /// Canonical URL.
    pub url: String,
    /// What it states as its source.
    pub credit: Option<Credit>,
    /// Printed author.
    pub byline: Option<String>,
    /// Address on another host that the page names as canonical.
    pub canonical_elsewhere: Option<String>,
    /// First seen.
    pub seen_at: Timestamp,
    /// As stated.
    pub published_at: Option<Timestamp>,
    /// Its cluster.
    pub cluster: Id,
    /// Its story.
    pub story: Id,
    /// `dedup::Prepared::index_row`.
    pub index_row: Vec<u8>,
    /// `story::Features::row`.
    pub story_row: Vec<u8>,
    /// Validators of the page.
    pub validators: Validators,
    /// Where its page was, after redirects: the address that gave the validators.
    pub fetched_url: String,
}

/// What start-up rebuilds the indexes from.
#[derive(Clone, Debug, PartialEq)]
pub struct IndexRow {
    /// The article.
    pub id: Id,
    /// Its cluster.
    pub cluster: Id,
    /// Its story.
    pub story: Id,
    /// First seen.
    pub seen_at: Timestamp,
    /// 64-bit simhash.
    pub fingerprint: u64,
    /// Version of its algorithm.
    pub fingerprint_version: u32,
    /// `dedup::Prepared::index_row`.
    pub index_row: Vec<u8>,
    /// `story::Features::row`.
    pub story_row: Vec<u8>,
    /// `dedup::story::InStory::keys`.
    pub story_keys: Option<Vec<u8>>,
    /// The stored background has counted its terms, if it was to.
    pub counted: bool,
}

/// One line that an outlet repeats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoilerplateRow {
    /// Publisher's name.
    pub publisher: String,
    /// Hash of the normalised line.
    pub hash: u64,
    /// The line.
    pub sample: String,
    /// Articles that carried it.
    pub count: u32,
    /// When last.
    pub last_seen_at: Timestamp,
}

/// A person's decision, which outlives re-clustering.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Rises with each.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// "merge", "split", "origin", "keep".
    pub kind: String,
    /// On what: an article (clusters change their ids, articles do not).
    pub subject: Id,
    /// With, from or to what.
    pub object: Option<Id>,
    /// Withdrawn.
    pub void: bool,
    /// What it changed: on the first of the rows that one order makes.
    pub before: Before,
}

/// What an order changed, for when it is taken back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Before {
    /// The articles that it moved, as they stood.
    pub stood: Vec<Stood>,
    /// The decisions that it overruled, by number.
    pub overruled: Vec<i64>,
}

/// Where an article stood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stood {
    /// The article.
    pub article: Id,
    /// Its cluster.
    pub cluster: Id,
    /// Its story.
    pub story: Id,
    /// Why it stood there; not known of what an earlier version moved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<serde_json::Value>,
}

/// What a person ordered, with all that follows from it: recorded and carried out in one transaction.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ruling {
    /// "merge", "split", "withdraw": names the event.
    pub kind: String,
    /// What it was about.
    pub subject: Id,
    /// Decisions to record: kind, on what, and with or from what.
    pub decisions: Vec<(String, Id, Option<Id>)>,
    /// Decisions that are in force no longer, by number.
    pub withdrawn: Vec<i64>,
    /// Decisions that are in force again, by number.
    pub revived: Vec<i64>,
    /// Articles that move.
    pub moves: Vec<Move>,
}

/// Where one article goes when it is re-clustered.
#[derive(Clone, Debug, PartialEq)]
pub struct Move {
    /// The article.
    pub article: Id,
    /// Its new cluster.
    pub cluster: Id,
    /// Its new story.
    pub story: Id,
    /// Why; `None` keeps the reason.
    pub because: Option<serde_json::Value>,
}

/// The origin of a cluster; `None` takes it away.
#[derive(Clone, Debug, PartialEq)]
pub struct OriginRow {
    /// The cluster.
    pub cluster: Id,
    /// Its origin.
    pub origin: Option<OriginView>,
}

/// What became known with placements, beside themselves.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Findings {
    /// Whose text clusters are.
    pub origins: Vec<OriginRow>,
    /// Headlines of stories.
    pub titles: Vec<(Id, String)>,
    /// Small things under a name.
    pub metas: Vec<(String, String)>,
    /// Lines that publishers repeat; those with a count of nought are forgotten.
    pub lines: Vec<BoilerplateRow>,
}

/// Which articles retention may remove; empty fields do not limit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PruneRules {
    /// First seen before this.
    pub before: Option<Timestamp>,
    /// As `before`, for articles that came through a feed with this tag; a tag's rule goes before the general one.
    pub tags: Vec<(String, Timestamp)>,
    /// Keep at most so many articles.
    pub max_articles: Option<u64>,
    /// Keep the database below so many bytes.
    pub max_bytes: Option<u64>,
    /// Remove tombstones older than this.
    pub tombstones_before: Option<Timestamp>,
    /// Remove the records of polls and events that are older than this.
    pub records_before: Option<Timestamp>,
    /// At most so many articles in this call (a bounded transaction); the report says whether more are left.
    pub limit: u32,
}

/// What retention did or would do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pruned {
    /// Articles removed.
    pub articles: u64,
    /// Entries that became tombstones.
    pub tombstones: u64,
    /// Old tombstones removed.
    pub forgotten: u64,
    /// Records of polls and events removed.
    pub records: u64,
    /// Articles that stay although old: marked by a person, or the head of a cluster that lives on.
    pub kept: u64,
    /// Call again: the limit was reached.
    #[serde(skip)]
    pub more: bool,
}

impl Pruned {
    /// The next step's report beside those of the steps before: what stays is counted anew by each.
    pub fn add(&mut self, step: Self) {
        self.articles += step.articles;
        self.tombstones += step.tombstones;
        self.forgotten += step.forgotten;
        self.records += step.records;
        (self.kept, self.more) = (step.kept, step.more);
    }
}

/// One recorded poll of a feed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PollRow {
    /// When.
    pub at: Timestamp,
    /// The outcome's word.
    pub outcome: String,
    /// The outcome in full.
    pub detail: serde_json::Value,
    /// HTTP status, where there was an answer.
    pub status: Option<u16>,
    /// From request to the last byte.
    pub elapsed_ms: u64,
    /// Bytes read.
    pub bytes: u64,
    /// New entries.
    pub new: u32,
    /// Changed entries.
    pub changed: u32,
}

/// One article of a cluster, without its text: what the cluster's origin is decided from.
#[derive(Clone, Debug, PartialEq)]
pub struct ClusterMember {
    /// The article.
    pub id: Id,
    /// Publisher's name.
    pub publisher: String,
    /// Canonical URL.
    pub url: String,
    /// Printed author.
    pub byline: Option<String>,
    /// What it states as its source.
    pub credit: Option<Credit>,
    /// Address on another host that the page names as canonical.
    pub canonical_elsewhere: Option<String>,
    /// As stated.
    pub published_at: Option<Timestamp>,
    /// First seen.
    pub seen_at: Timestamp,
    /// Words of its text.
    pub words: u32,
    /// Domains that the configuration gives its publisher.
    pub domains: Vec<String>,
    /// Seconds that its feed had not been looked at before the poll that found it; `None` where that was the first.
    pub unseen_for_s: Option<i64>,
}

/// What a publisher's own statements say of its clock: one article.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockSample {
    /// Stated time of publication minus the time of the poll that found it, in seconds.
    pub ahead_s: i64,
    /// Seconds between that poll and the one before.
    pub gap_s: i64,
}

/// An alert to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAlert {
    /// The rule's name.
    pub rule: String,
    /// What it is told once about.
    pub key: String,
    /// JSON, as the receiver gets it: one line.
    pub data: String,
}

/// An alert in the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingAlert {
    /// Its number: the order in which alerts came to be.
    pub seq: i64,
    /// JSON, as the receiver gets it: one line.
    pub data: String,
    /// Runs that took it and whose end nobody saw: newsfold was killed meanwhile.
    pub handed: u32,
}
