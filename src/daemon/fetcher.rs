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
                // The next page is fetched while this one is placed, but read after it: what a page teaches of its outlet's
                // repeated lines is to be known by then.
                turn.placed(engine, &mut placing).await;
                let engine = Arc::clone(engine);
                placing.spawn(async move { (id, settle::read_and_place(&engine, *entry, source).await) });
            }
            Err(error) => turn.note(engine, id, Err(error)),
        }
    }
    turn.placed(engine, &mut placing).await;
    turn
}

impl Turn {
    /// Waits for what is being placed.
    async fn placed(&mut self, engine: &Engine, placing: &mut JoinSet<(Id, Result<Settled, DaemonError>)>) {
        while let Some(done) = placing.join_next().await {
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

#[cfg(test)]
mod tests {
    use super::super::pass::{self, Selection};
    use super::super::{ConfigSource, Engine};
    use crate::clock::Clock;
    use std::io::{BufRead, BufReader, Write};
    use std::net::{TcpListener, TcpStream};
    use std::sync::{Arc, OnceLock, mpsc};
    use std::time::Duration;

    fn answer(mut to: &TcpStream, kind: &str, body: &str) {
        let head = format!("HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
        to.write_all(format!("{head}{body}").as_bytes()).unwrap();
    }

    /// While the writer stands still over something else, the second page of a host is asked for, though the first cannot be
    /// placed yet. Nothing here waits for a length of time but where the test fails.
    #[test]
    fn a_hosts_next_page_is_fetched_while_the_last_waits_for_the_writer() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("newsfold.toml");
        let text = format!(
            "state_dir = {:?}\n[fetch]\nallow_networks = [\"127.0.0.0/8\"]\nmin_gap = \"0s\"\n[[feed]]\nurl = \"{base}/feed\"\n",
            dir.path()
        );
        std::fs::write(&file, text).unwrap();
        let config = crate::config::load(Some(&file), None).unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let source = ConfigSource { file: Some(file), state_dir: None };
        let engine = runtime.block_on(Engine::start(config, source, Clock::system())).unwrap();
        let (asked, second) = mpsc::channel();
        let second = std::sync::Mutex::new(Some(second));
        let came = Arc::new(OnceLock::new());
        let (theirs, handle, told) = (engine.writer.clone(), runtime.handle().clone(), Arc::clone(&came));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let mut lines = BufReader::new(&stream).lines().map_while(Result::ok).take_while(|line| !line.is_empty());
                let path = lines.next().and_then(|first| first.split(' ').nth(1).map(str::to_owned)).unwrap_or_default();
                lines.for_each(drop);
                let page =
                    "<html><body><article><h1>Pilots</h1><p>The harbour pilots met the council on Monday.</p></article></body></html>";
                match path.as_str() {
                    "/feed" => {
                        let items: String =
                            [1, 2].map(|n| format!("<item><title>Pilots {n}</title><link>{base}/{n}</link></item>")).concat();
                        answer(
                            &stream,
                            "application/rss+xml",
                            &format!("<rss version=\"2.0\"><channel><title>T</title>{items}</channel></rss>"),
                        );
                    }
                    "/1" | "/2" => {
                        match second.lock().unwrap().take() {
                            // The first page: the writer stands still before it is answered.
                            Some(second) => {
                                let (stands, still) = mpsc::channel();
                                let (theirs, told) = (theirs.clone(), Arc::clone(&told));
                                handle.spawn(async move {
                                    let stand = move |_: &mut _| {
                                        let _ = stands.send(());
                                        told.get_or_init(|| second.recv_timeout(Duration::from_secs(20)).is_ok());
                                        Ok(())
                                    };
                                    theirs.with(stand).await
                                });
                                still.recv().unwrap();
                            }
                            None => asked.send(()).unwrap(),
                        }
                        answer(&stream, "text/html", page);
                    }
                    _ => answer(&stream, "text/plain", ""),
                }
            }
        });
        let summary = runtime.block_on(pass::run(Arc::clone(&engine), Selection::All)).unwrap();
        runtime.block_on(engine.writer.close());
        assert_eq!(came.get(), Some(&true), "the second page was asked for while the writer stood still");
        assert_eq!(summary.settled, 2, "{summary:?}");
    }
}
