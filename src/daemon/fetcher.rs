//! Fetches the pages of pending entries: hosts side by side, each host's pages one after the other.

use super::engine::Engine;
use super::progress::Counters;
use super::settle::{self, Settled};
use super::{DaemonError, bell};
use crate::model::Id;
use crate::store::PendingEntry;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tokio::task::JoinSet;
use url::Url;

/// Entries read from the queue at once.
const READ: u32 = 500;
/// Entries of one host settled in a row, before others that wait get their turn.
const TURN: u32 = 40;

/// What a drain of the queue came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Drained {
    pub settled: u64,
    pub articles: u64,
    pub joined: u64,
    pub put_off: u64,
}

impl Drained {
    fn add(&mut self, settled: Settled) {
        match settled {
            Settled::PutOff => self.put_off += 1,
            Settled::Known => self.settled += 1,
            Settled::Placed { joined } => {
                self.settled += 1;
                self.articles += 1;
                self.joined += u64::from(joined);
            }
        }
    }

    fn merge(&mut self, other: Self) {
        self.settled += other.settled;
        self.articles += other.articles;
        self.joined += other.joined;
        self.put_off += other.put_off;
    }
}

/// Until the end: settles what is pending whenever there may be something.
pub async fn keep_fetching(engine: Arc<Engine>) {
    let counters = Arc::new(Counters::default());
    loop {
        tokio::select! {
            () = engine.stop.cancelled() => return,
            () = bell::heard(&engine.work) => {}
        }
        if engine.paused.load(Ordering::Relaxed) {
            continue;
        }
        if let Err(error) = drain(&engine, &counters).await {
            tracing::error!(%error, "pending entries could not be settled; they stay pending");
        }
    }
}

/// Settles everything that is pending and due, until nothing is left or the engine stops. One drain runs at a time; a
/// second waits for its turn and takes what is left.
///
/// # Errors
/// Where the queue cannot be read.
pub async fn drain(engine: &Arc<Engine>, counters: &Arc<Counters>) -> Result<Drained, DaemonError> {
    let _turn = engine.draining.lock().await;
    let mut total = Drained::default();
    let mut hosts: JoinSet<Turn> = JoinSet::new();
    let mut busy: HashSet<String> = HashSet::new();
    // Entries at work, and those that failed in this drain: neither is met again before the next.
    let mut skip: HashSet<Id> = HashSet::new();
    let most = engine.config().fetch.concurrency as usize;
    loop {
        if !engine.stop.is_cancelled() && hosts.len() < most {
            for (host, entries) in waiting(engine, &skip).await? {
                if hosts.len() >= most {
                    break;
                }
                if busy.insert(host.clone()) {
                    skip.extend(entries.iter().map(|entry| entry.id));
                    let (engine, counters) = (Arc::clone(engine), Arc::clone(counters));
                    hosts.spawn(async move { settle_in_turn(&engine, host, entries, &counters).await });
                }
            }
        }
        match hosts.join_next().await {
            None => return Ok(total),
            Some(Ok(turn)) => {
                busy.remove(&turn.host);
                for id in &turn.settled {
                    skip.remove(id);
                }
                total.merge(turn.drained);
            }
            // Its host stays busy and its entries skipped for this drain: what killed it is not met again at once.
            Some(Err(error)) => tracing::error!(%error, "a fetch died; its entries stay pending"),
        }
    }
}

/// Pending entries by host.
async fn waiting(engine: &Engine, skip: &HashSet<Id>) -> Result<HashMap<String, Vec<PendingEntry>>, DaemonError> {
    let (now, skip) = (engine.clock.now(), skip.clone());
    let entries = engine.writer.with(move |state| state.store.pending(now, READ, TURN, &skip)).await?;
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
    settled: Vec<Id>,
    drained: Drained,
}

async fn settle_in_turn(engine: &Arc<Engine>, host: String, entries: Vec<PendingEntry>, counters: &Counters) -> Turn {
    let mut turn = Turn { host, settled: Vec::new(), drained: Drained::default() };
    for entry in entries {
        if engine.stop.is_cancelled() {
            break;
        }
        let id = entry.id;
        match settle::settle(engine, entry).await {
            Ok(settled) => {
                Counters::count(&counters.pages_done);
                if matches!(settled, Settled::Placed { .. }) {
                    Counters::count(&counters.placed);
                }
                if settled != Settled::PutOff {
                    turn.settled.push(id);
                }
                turn.drained.add(settled);
            }
            Err(DaemonError::Interrupted) => break,
            Err(error) => tracing::error!(entry = %id, %error, "entry {id} could not be settled and stays pending"),
        }
    }
    turn
}
