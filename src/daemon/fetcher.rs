//! Fetches the pages of pending entries: hosts side by side, each host's pages one after the other.

use super::engine::Engine;
use super::progress::Counters;
use super::settle::{self, Settled, Step};
use super::{DaemonError, bell};
use crate::model::Id;
use crate::store::PendingEntry;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use url::Url;

/// Entries read from the queue at once, at most.
const READ: u32 = 500;
/// Entries read beyond two for each turn that can begin: neighbours of one host share its turn.
const SPARE: usize = 16;
/// How often to look whether slow hosts have made room for others.
const LOOK: Duration = Duration::from_secs(1);
/// Entries of one host settled in a row, before others that wait get their turn.
const TURN: u32 = 40;
/// Pages of one host that may wait to be read and placed while its next is fetched: the more wait, the more share a commit.
const AHEAD: usize = 4;

/// Until the end: settles what is pending whenever there may be something.
pub async fn keep_fetching(engine: Arc<Engine>) {
    loop {
        tokio::select! {
            () = engine.stop.cancelled() => return,
            () = bell::heard(&engine.work) => {}
        }
        if engine.rests() {
            continue;
        }
        if let Err(error) = drain(&engine).await {
            tracing::error!(%error, "pending entries could not be settled; they stay pending");
        }
    }
}

/// Settles everything that is pending and due, until nothing is left or the engine stops. One drain runs at a time; a
/// second waits for its turn and takes what is left.
///
/// # Errors
/// Where the queue cannot be read.
pub async fn drain(engine: &Arc<Engine>) -> Result<(), DaemonError> {
    let _turn = engine.draining.lock().await;
    let mut hosts: JoinSet<Turn> = JoinSet::new();
    let mut at_work = AtWork { share: (engine.config().fetch.concurrency as usize / 4).max(1), ..AtWork::default() };
    loop {
        // Hosts that keep us waiting take nobody's place: the client bounds them by itself.
        let most = engine.config().fetch.concurrency as usize + engine.client().slow();
        if !engine.stop.is_cancelled() && hosts.len() < most {
            for (host, entries) in waiting(engine, &at_work, most - hosts.len()).await? {
                if hosts.len() >= most {
                    break;
                }
                if let Some(feed) = at_work.begin(&host, &entries) {
                    let engine = Arc::clone(engine);
                    hosts.spawn(async move { settle_in_turn(&engine, host, feed, entries).await });
                }
            }
        }
        let Ok(done) = tokio::time::timeout(LOOK, hosts.join_next()).await else { continue };
        match done {
            None => return Ok(()),
            Some(Ok(turn)) => at_work.end(&turn),
            // Its host stays busy and its entries skipped for this drain: what killed it is not met again at once.
            Some(Err(error)) => tracing::error!(%error, "a fetch died; its entries stay pending"),
        }
    }
}

/// What a drain has under way.
#[derive(Default)]
struct AtWork {
    hosts: HashSet<String>,
    /// Turns that began with an entry of each feed: a feed whose links lead to hundreds of hosts that say nothing must
    /// leave room for the others.
    feeds: HashMap<Id, usize>,
    /// Turns that one feed may have.
    share: usize,
    /// Entries at work, and those that failed in this drain: neither is met again before the next.
    skip: HashSet<Id>,
}

impl AtWork {
    /// Takes up one host's entries; the feed that the turn is counted for. `None` where it is not their turn.
    fn begin(&mut self, host: &str, entries: &[PendingEntry]) -> Option<Id> {
        let feed = entries.first()?.feed;
        if self.feeds.get(&feed).is_some_and(|turns| *turns >= self.share) || !self.hosts.insert(host.to_owned()) {
            return None;
        }
        *self.feeds.entry(feed).or_default() += 1;
        self.skip.extend(entries.iter().map(|entry| entry.id));
        Some(feed)
    }

    fn end(&mut self, turn: &Turn) {
        self.hosts.remove(&turn.host);
        if let Some(turns) = self.feeds.get_mut(&turn.feed) {
            *turns = turns.saturating_sub(1);
        }
        for id in &turn.settled {
            self.skip.remove(id);
        }
    }

    /// Feeds that have all the turns they may have.
    fn full(&self) -> HashSet<Id> {
        self.feeds.iter().filter(|(_, turns)| **turns >= self.share).map(|(feed, _)| *feed).collect()
    }
}

/// Pending entries by host, of hosts that are free: some more than there are turns to begin. Reading hundreds for the one
/// turn that has become free cost a third of a pass.
async fn waiting(engine: &Engine, at_work: &AtWork, turns: usize) -> Result<HashMap<String, Vec<PendingEntry>>, DaemonError> {
    let (now, skip, full, busy) = (engine.clock.now(), at_work.skip.clone(), at_work.full(), at_work.hosts.clone());
    let limit = u32::try_from(turns * 2 + SPARE).unwrap_or(READ).min(READ);
    let pending = engine.writer.with(move |state| {
        let entries = state.store.pending_but_of(&full, &busy, now, limit, TURN, &skip)?;
        if !entries.is_empty() {
            state.build(now)?;
        }
        Ok(entries)
    });
    let entries = pending.await?;
    let mut by_host: HashMap<String, Vec<PendingEntry>> = HashMap::new();
    for entry in entries {
        by_host.entry(host_of(&entry)).or_default().push(entry);
    }
    Ok(by_host)
}

/// The host that an entry's page is on; entries without a link share the empty one.
fn host_of(entry: &PendingEntry) -> String {
    let url = entry.url.as_deref().and_then(|url| Url::parse(url).ok());
    url.as_ref().and_then(Url::host_str).unwrap_or_default().to_owned()
}

/// What one host's turn came to.
struct Turn {
    host: String,
    feed: Id,
    settled: Vec<Id>,
}

async fn settle_in_turn(engine: &Arc<Engine>, host: String, feed: Id, entries: Vec<PendingEntry>) -> Turn {
    let mut turn = Turn { host, feed, settled: Vec::new() };
    let (fetched, unfetched): (Vec<_>, Vec<_>) = entries.into_iter().partition(settle::has_page);
    if !unfetched.is_empty() && !engine.stop.is_cancelled() && !engine.writer.space_low() {
        for (id, settled) in settle::settle_unfetched(engine, unfetched).await {
            turn.note(engine, id, settled);
        }
    }
    let mut placing: JoinSet<(Id, Result<Settled, DaemonError>)> = JoinSet::new();
    for entry in fetched {
        if engine.stop.is_cancelled() || engine.writer.space_low() {
            break;
        }
        let id = entry.id;
        match settle::fetch_page(engine, entry).await {
            Ok(Step::Done(settled)) => turn.note(engine, id, Ok(settled)),
            Ok(Step::Read(entry, source)) => {
                let engine = Arc::clone(engine);
                placing.spawn(async move { (id, settle::read_and_place(&engine, *entry, source).await) });
            }
            Err(error) => turn.note(engine, id, Err(error)),
        }
        turn.placed(engine, &mut placing, AHEAD).await;
    }
    turn.placed(engine, &mut placing, 0).await;
    turn
}

impl Turn {
    /// Waits until no more than `left` of what is being placed are left.
    async fn placed(&mut self, engine: &Engine, placing: &mut JoinSet<(Id, Result<Settled, DaemonError>)>, left: usize) {
        while placing.len() > left
            && let Some(done) = placing.join_next().await
        {
            match done {
                Ok((id, settled)) => self.note(engine, id, settled),
                // Its entry is skipped for this drain: what killed it is not met again at once.
                Err(error) => tracing::error!(%error, "the reading of a page died; its entry stays pending"),
            }
        }
    }

    fn note(&mut self, engine: &Engine, id: Id, settled: Result<Settled, DaemonError>) {
        match settled {
            Ok(settled) => {
                count(&engine.counters, settled);
                if settled != Settled::PutOff {
                    self.settled.push(id);
                }
            }
            Err(DaemonError::Interrupted) => {}
            Err(error) => tracing::error!(entry = %id, %error, "entry {id} could not be settled and stays pending"),
        }
    }
}

fn count(counters: &Counters, settled: Settled) {
    match settled {
        Settled::PutOff => Counters::add(&counters.put_off, 1),
        Settled::Known => Counters::add(&counters.settled, 1),
        Settled::Placed { joined } => {
            Counters::add(&counters.settled, 1);
            Counters::add(&counters.articles, 1);
            Counters::add(&counters.joined, u64::from(joined));
        }
    }
}
