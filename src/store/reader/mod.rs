//! Read-only access for the command line.

use super::StoreError;
use crate::model::Id;
use crate::model::views::*;
use jiff::Timestamp;
use std::path::Path;

/// What an id or unique prefix stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// A story.
    Story(Id),
    /// A cluster.
    Cluster(Id),
    /// An article.
    Article(Id),
    /// An entry.
    Entry(Id),
    /// A feed.
    Feed(Id),
}

/// A read-only view of the database, with the daemon up or down.
pub struct Reader {}

#[allow(unused_variables, missing_docs, clippy::missing_errors_doc)]
impl Reader {
    pub fn open(state_dir: &Path) -> Result<Self, StoreError> {
        Err(StoreError::Missing(state_dir.join("newsfold.db")))
    }
    /// Everything whose id starts with `prefix` (1–16 hex digits), at most 20; redirects of merged ids are followed.
    pub fn resolve(&self, prefix: &str) -> Result<Vec<Found>, StoreError> {
        unimplemented!()
    }
    /// Most independent publishers first, then most copies, then newest.
    pub fn stories(&self, filter: &StoryFilter) -> Result<Vec<StoryRow>, StoreError> {
        unimplemented!()
    }
    pub fn story(&self, id: Id) -> Result<Option<StoryDetail>, StoreError> {
        unimplemented!()
    }
    pub fn article(&self, id: Id) -> Result<Option<ArticleDetail>, StoreError> {
        unimplemented!()
    }
    pub fn article_by_url(&self, canonical_url: &str) -> Result<Option<Id>, StoreError> {
        unimplemented!()
    }
    /// `query` as a person types it; every operator that is not known is literal.
    pub fn search(&self, query: &str, limit: u32) -> Result<Vec<SearchHit>, StoreError> {
        unimplemented!()
    }
    pub fn feeds(&self, now: Timestamp) -> Result<Vec<FeedHealth>, StoreError> {
        unimplemented!()
    }
    pub fn counts(&self, now: Timestamp) -> Result<Counts, StoreError> {
        unimplemented!()
    }
    /// Events after `seq`, oldest first.
    pub fn events(&self, after: i64, since: Option<Timestamp>, limit: u32) -> Result<Vec<EventRow>, StoreError> {
        unimplemented!()
    }
    /// Calls `line` for every entry, oldest first, in constant memory.
    pub fn export(&self, line: &mut dyn FnMut(ExportRow) -> std::io::Result<()>) -> Result<(), StoreError> {
        unimplemented!()
    }
}
