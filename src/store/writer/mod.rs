//! The only connection that writes. (Signatures first; bodies follow.)

use super::*;
use crate::model::Id;
use jiff::Timestamp;
use std::collections::HashSet;
use std::path::Path;

/// Owns the only read-write connection; used from one thread. Every method is one transaction.
pub struct Writer {}

#[allow(unused_variables, clippy::missing_errors_doc)]
impl Writer {
    /// Takes the lock, creates or migrates the database.
    pub fn open(state_dir: &Path, options: Options) -> Result<Self, StoreError> {
        unimplemented!()
    }
    /// Makes the stored publishers those of the configuration; counts of independent publishers follow changed owners.
    pub fn sync_publishers(&mut self, declared: &[DeclaredPublisher]) -> Result<(), StoreError> {
        unimplemented!()
    }
    /// Makes the declared feeds those of the configuration. One that left keeps its rows and is not due.
    pub fn sync_feeds(&mut self, declared: &[DeclaredFeed], now: Timestamp) -> Result<Synced, StoreError> {
        unimplemented!()
    }
    /// Feeds that are due, longest overdue first.
    pub fn due(&self, now: Timestamp, limit: u32) -> Result<Vec<DueFeed>, StoreError> {
        unimplemented!()
    }
    /// When the next feed falls due; `None` when none will.
    pub fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        unimplemented!()
    }
    /// The feeds meant, due or not.
    pub fn feeds_by(&self, selector: &FeedSelector) -> Result<Vec<DueFeed>, StoreError> {
        unimplemented!()
    }
    /// Sets due times aside: the feeds become due at `at`.
    pub fn reschedule(&mut self, feeds: &[(Id, Timestamp)]) -> Result<(), StoreError> {
        unimplemented!()
    }
    /// Entries of `feed` that share a key with one of `keys`.
    pub fn known_entries(&self, feed: Id, keys: &[EntryKeys]) -> Result<Vec<KnownRow>, StoreError> {
        unimplemented!()
    }
    /// Commit A.
    pub fn commit_poll(&mut self, poll: &PollCommit) -> Result<PollStored, StoreError> {
        unimplemented!()
    }
    /// Entries to fetch now, oldest try first, at most `per_host` of one host; those in `skip` (in flight) are left out.
    pub fn pending(&self, now: Timestamp, limit: u32, per_host: u32, skip: &HashSet<Id>) -> Result<Vec<PendingEntry>, StoreError> {
        unimplemented!()
    }
    /// Entries not settled yet, and when the next of them may be tried.
    pub fn pending_left(&self) -> Result<(u64, Option<Timestamp>), StoreError> {
        unimplemented!()
    }
    /// The fetch failed: once more at `next_try_at`.
    pub fn retry_entry(&mut self, entry: Id, next_try_at: Timestamp, reason: &str) -> Result<(), StoreError> {
        unimplemented!()
    }
    /// The article at this canonical URL.
    pub fn article_by_url(&self, canonical_url: &str) -> Result<Option<Id>, StoreError> {
        unimplemented!()
    }
    /// Texts in the order asked for; unknown ids are left out.
    pub fn texts(&self, ids: &[Id]) -> Result<Vec<StoredText>, StoreError> {
        unimplemented!()
    }
    /// Commit B, for several articles at once: all or none.
    pub fn commit_articles(&mut self, commits: &[ArticleCommit]) -> Result<(), StoreError> {
        unimplemented!()
    }
    /// Settles an entry that leads to an article which is stored already and has not changed.
    pub fn link_entry(&mut self, entry: Id, article: Id, reason: Option<&str>, at: Timestamp) -> Result<(), StoreError> {
        unimplemented!()
    }
    /// What start-up rebuilds the indexes from: articles first seen at or after `since`, in the order of placement.
    pub fn index_rows(&self, since: Timestamp, row: &mut dyn FnMut(IndexRow)) -> Result<(), StoreError> {
        unimplemented!()
    }
    /// Sets or takes away origins.
    pub fn set_origins(&mut self, origins: &[OriginRow]) -> Result<(), StoreError> {
        unimplemented!()
    }
    /// Gives a story its headline.
    pub fn set_story_title(&mut self, story: Id, title: &str) -> Result<(), StoreError> {
        unimplemented!()
    }
    /// Moves articles between clusters and stories.
    pub fn apply_moves(&mut self, moves: &[Move], at: Timestamp) -> Result<(), StoreError> {
        unimplemented!()
    }
    /// Records a person's decision.
    pub fn decide(&mut self, kind: &str, subject: Id, object: Option<Id>, at: Timestamp) -> Result<i64, StoreError> {
        unimplemented!()
    }
    /// Decisions in force, oldest first.
    pub fn decisions(&self) -> Result<Vec<Decision>, StoreError> {
        unimplemented!()
    }
    /// Learnt boilerplate of one publisher, or of all.
    pub fn load_boilerplate(&self, publisher: Option<&str>) -> Result<Vec<BoilerplateRow>, StoreError> {
        unimplemented!()
    }
    /// Stores learnt boilerplate; a row with count 0 is removed.
    pub fn save_boilerplate(&mut self, rows: &[BoilerplateRow]) -> Result<(), StoreError> {
        unimplemented!()
    }
    /// Term hash and document frequency of everything seen.
    pub fn load_background(&self, row: &mut dyn FnMut(u64, u32)) -> Result<(), StoreError> {
        unimplemented!()
    }
    /// Sets the frequencies of these terms (not adds, so that repeating it after a crash does no harm); 0 removes.
    pub fn save_background(&mut self, rows: &[(u64, u32)]) -> Result<(), StoreError> {
        unimplemented!()
    }
    /// A small thing kept under a name.
    pub fn meta(&self, key: &str) -> Result<Option<String>, StoreError> {
        unimplemented!()
    }
    /// Keeps a small thing under a name.
    pub fn set_meta(&mut self, key: &str, value: &str) -> Result<(), StoreError> {
        unimplemented!()
    }
    /// Writes an event of the daemon's own ("started", "paused", …).
    pub fn note(&mut self, at: Timestamp, kind: &str, id: Option<Id>, text: &str, data: &serde_json::Value) -> Result<(), StoreError> {
        unimplemented!()
    }
    /// Retention, one bounded step.
    pub fn prune(&mut self, rules: &PruneRules, now: Timestamp) -> Result<Pruned, StoreError> {
        unimplemented!()
    }
    /// Idle work, at most some 50 ms: checkpoint, free pages back to the system, statistics, search index merges.
    /// `true`: there is more to do.
    pub fn tidy(&mut self) -> Result<bool, StoreError> {
        unimplemented!()
    }
    /// Takes the reserve back after the disk was full. `true` when it stands again: go on fetching.
    pub fn recover_space(&mut self) -> bool {
        unimplemented!()
    }
    /// Last words: checkpoint and close.
    pub fn close(self) -> Result<(), StoreError> {
        unimplemented!()
    }
}
