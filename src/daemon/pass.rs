//! One pass: poll feeds, then fetch and place everything pending. `poll` is one pass; the daemon does the same by bells.

use super::engine::Engine;
use super::{DaemonError, dues, fetcher, poller, recheck};
use crate::model::Id;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Instant;
use tokio_util::sync::CancellationToken;

/// Which feeds a pass polls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    /// Those that are due.
    Due,
    /// Those named, by URL, id prefix or publisher; due or not.
    Named(Vec<String>),
    /// All; due or not.
    All,
}

impl Selection {
    /// What the arguments of `poll` mean.
    pub fn new(named: Vec<String>, all: bool) -> Self {
        match (all, named.is_empty()) {
            (true, _) => Self::All,
            (false, true) => Self::Due,
            (false, false) => Self::Named(named),
        }
    }
}

/// What a pass did.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Feeds polled.
    pub feeds: u64,
    /// Of these, with something new or changed.
    pub updated: u64,
    /// Of these, with nothing new.
    pub unchanged: u64,
    /// Of these, failed.
    pub failed: u64,
    /// Named or due, but left alone: gone, or told to wait.
    pub held_back: u64,
    /// Entries that were new.
    pub new_entries: u64,
    /// Entries whose text or title changed.
    pub changed_entries: u64,
    /// Entries settled by this pass.
    pub settled: u64,
    /// Of these, articles placed or revised.
    pub articles: u64,
    /// Articles that joined a cluster of others.
    pub joined: u64,
    /// Entries still pending: put off to a later try.
    pub put_off: u64,
    /// Known pages asked for again.
    #[serde(default)]
    pub rechecked: u64,
    /// Articles that got a later text by that.
    #[serde(default)]
    pub revised: u64,
    /// Wall time, in milliseconds.
    pub elapsed_ms: u64,
    /// Every feed that failed, and why.
    pub failures: Vec<Failure>,
    /// A named feed failed, or every feed did.
    pub bad: bool,
}

/// A feed that failed in a pass.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The feed.
    pub feed: Id,
    /// Its URL.
    pub url: String,
    /// What happened, in words.
    pub what: String,
}

/// Settles what is pending whenever a poll has found something, until `polled`.
async fn fetch_until(engine: &Arc<Engine>, polled: &CancellationToken) -> Result<(), DaemonError> {
    loop {
        tokio::select! {
            biased;
            () = polled.cancelled() => return Ok(()),
            () = engine.work.notified() => fetcher::drain(engine).await?,
        }
    }
}

/// Runs one pass to its end, or until the engine stops.
///
/// # Errors
/// Where a named feed is not known, and where the store or the writer fails; single feeds and pages that fail are in
/// the summary.
pub async fn run(engine: Arc<Engine>, which: Selection) -> Result<Summary, DaemonError> {
    let (start, before) = (Instant::now(), engine.progress());
    let named = matches!(which, Selection::Named(_));
    dues::recall(&engine).await?;
    let feeds = poller::select(&engine, &which).await?;
    if named {
        engine.quarantine.pardon(&engine, &feeds.iter().map(|feed| feed.id).collect::<Vec<_>>()).await?;
    }
    let mut summary = Summary::default();
    // Pages are fetched while feeds are still polled: a feed that keeps us waiting holds up no other's news.
    let polled = CancellationToken::new();
    let polls = async {
        poller::poll_all(&engine, feeds, which != Selection::Due, &mut summary).await;
        polled.cancel();
    };
    let (_, fetched) = tokio::join!(polls, fetch_until(&engine, &polled));
    fetched?;
    fetcher::drain(&engine).await?;
    recheck::round(&engine).await?;
    engine.keep_holds().await?;
    engine.keep_robots().await?;
    // A daemon's own fetching may have settled what this pass found: it counts.
    let done = engine.progress().since(before);
    (summary.settled, summary.articles, summary.joined, summary.put_off) = (done.settled, done.articles, done.joined, done.put_off);
    (summary.rechecked, summary.revised) = (done.rechecked, done.revised);
    summary.elapsed_ms = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
    summary.bad = summary.failed > 0 && (named || summary.failed == summary.feeds);
    if engine.stop.is_cancelled() {
        return Err(DaemonError::Interrupted);
    }
    Ok(summary)
}
