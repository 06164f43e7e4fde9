//! How far a pass has come: counted where the work is done, read by whoever shows it.

use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicU64, Ordering};

/// What was done between two moments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Feeds taken up.
    pub feeds: u64,
    /// Of these, polled.
    pub feeds_done: u64,
    /// Of these, failed.
    pub feeds_failed: u64,
    /// Feeds polled, in a pass or because they were due.
    #[serde(default)]
    pub polls: u64,
    /// Of these, failed.
    #[serde(default)]
    pub polls_failed: u64,
    /// Entries found that wait for their page.
    pub pages: u64,
    /// Entries settled.
    pub settled: u64,
    /// Entries put off to a later try.
    pub put_off: u64,
    /// Articles placed or revised.
    pub articles: u64,
    /// Of these, those that joined a cluster of others.
    pub joined: u64,
    /// Known pages asked for again.
    #[serde(default)]
    pub rechecked: u64,
    /// Articles that got a later text by that.
    #[serde(default)]
    pub revised: u64,
}

impl Progress {
    /// What was done since `before`.
    #[must_use]
    pub fn since(self, before: Self) -> Self {
        Self {
            feeds: self.feeds - before.feeds,
            feeds_done: self.feeds_done - before.feeds_done,
            feeds_failed: self.feeds_failed - before.feeds_failed,
            polls: self.polls - before.polls,
            polls_failed: self.polls_failed - before.polls_failed,
            pages: self.pages - before.pages,
            settled: self.settled - before.settled,
            put_off: self.put_off - before.put_off,
            articles: self.articles - before.articles,
            joined: self.joined - before.joined,
            rechecked: self.rechecked - before.rechecked,
            revised: self.revised - before.revised,
        }
    }
}

/// Everything that an engine has done since it started; only ever rises.
#[derive(Debug, Default)]
pub(super) struct Counters {
    pub feeds: AtomicU64,
    pub feeds_done: AtomicU64,
    pub feeds_failed: AtomicU64,
    pub polls: AtomicU64,
    pub polls_failed: AtomicU64,
    pub pages: AtomicU64,
    pub settled: AtomicU64,
    pub put_off: AtomicU64,
    pub articles: AtomicU64,
    pub joined: AtomicU64,
    pub rechecked: AtomicU64,
    pub revised: AtomicU64,
}

impl Counters {
    /// Adds to a counter.
    pub fn add(counter: &AtomicU64, count: u64) {
        counter.fetch_add(count, Ordering::Relaxed);
    }

    /// The counts now.
    pub fn snapshot(&self) -> Progress {
        let read = |n: &AtomicU64| n.load(Ordering::Relaxed);
        Progress {
            feeds: read(&self.feeds),
            feeds_done: read(&self.feeds_done),
            feeds_failed: read(&self.feeds_failed),
            polls: read(&self.polls),
            polls_failed: read(&self.polls_failed),
            pages: read(&self.pages),
            settled: read(&self.settled),
            put_off: read(&self.put_off),
            articles: read(&self.articles),
            joined: read(&self.joined),
            rechecked: read(&self.rechecked),
            revised: read(&self.revised),
        }
    }
}
