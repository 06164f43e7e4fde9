//! How far a pass has come: counted where the work is done, read by whoever shows it.

use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicU64, Ordering};

/// A snapshot of a pass under way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Feeds that this pass polls.
    pub feeds: u64,
    /// Of these, polled.
    pub feeds_done: u64,
    /// Of these, failed.
    pub feeds_failed: u64,
    /// Entries that wait for their page, or did when the pass met them.
    pub pages: u64,
    /// Of these, settled or put off.
    pub pages_done: u64,
    /// Articles placed.
    pub placed: u64,
}

/// Counters that tasks add to.
#[derive(Debug, Default)]
pub struct Counters {
    pub feeds: AtomicU64,
    pub feeds_done: AtomicU64,
    pub feeds_failed: AtomicU64,
    pub pages: AtomicU64,
    pub pages_done: AtomicU64,
    pub placed: AtomicU64,
}

impl Counters {
    /// Adds one.
    pub fn count(counter: &AtomicU64) {
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// The counts now.
    pub fn snapshot(&self) -> Progress {
        let read = |n: &AtomicU64| n.load(Ordering::Relaxed);
        Progress {
            feeds: read(&self.feeds),
            feeds_done: read(&self.feeds_done),
            feeds_failed: read(&self.feeds_failed),
            pages: read(&self.pages),
            pages_done: read(&self.pages_done),
            placed: read(&self.placed),
        }
    }
}
