//! Polls: due feeds to recorded outcomes and pending entries (commit A).

use super::dues::{self, Watch};
use super::engine::Engine;
use super::pass::{Failure, Selection, Summary};
use super::progress::Counters;
use super::reading::{self, Decided};
use super::space::Space;
use super::{DaemonError, run};
use crate::config::{Config, FeedKind, PageSelectors};
use crate::feed::outcome::Outcome;
use crate::model::Id;
use crate::net::{Client, NetError, Request, Response};
use crate::store::{DueFeed, FeedSelector};
use std::collections::{HashMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_util::task::TaskTracker;
use url::Url;

/// Feeds taken up at one bell at most; the next bell takes the next.
const ROUND: u32 = 2_000;

/// Until the end: at every bell, polls what is due.
pub async fn keep_polling(engine: Arc<Engine>, bell: Arc<Notify>, tasks: TaskTracker) {
    let mut watch = Watch::new(engine.clock.now(), engine.clock.steady());
    let mut space = Space::default();
    while run::next_round(&engine, &bell).await {
        engine.looks.fetch_add(1, Ordering::Relaxed);
        if let Some(jump) = watch.look(engine.clock.now(), engine.clock.steady())
            && let Err(error) = dues::settle(&engine, Some(jump)).await
        {
            tracing::error!(%error, "the clock jumped, and due times could not be put right");
        }
        engine.keep_changed_holds().await;
        space.look(&engine).await;
        if engine.rests() || !engine.may_be_due() {
            continue;
        }
        match select(&engine, &Selection::Due).await {
            Ok(feeds) => {
                for feed in feeds.into_iter().map(Box::new) {
                    let engine = Arc::clone(&engine);
                    tasks.spawn(async move { poll(&engine, feed, false).await });
                }
            }
            Err(error) => tracing::error!(%error, "the feeds that are due could not be read; trying again at the next bell"),
        }
    }
}

/// The feeds that `which` means, less those that are being polled right now.
///
/// # Errors
/// Where a named feed is not known, and where the store fails.
pub async fn select(engine: &Engine, which: &Selection) -> Result<Vec<DueFeed>, DaemonError> {
    let now = engine.clock.now();
    let names = match which {
        Selection::Due => {
            let (feeds, next) = engine.writer.with(move |state| Ok((state.store.due(now, ROUND)?, state.store.next_due()?))).await?;
            engine.set_next_due(next);
            return Ok(feeds);
        }
        Selection::All => return engine.writer.with(|state| state.store.feeds_by(&FeedSelector::All)).await,
        Selection::Named(names) => names,
    };
    let all = engine.writer.with(|state| state.store.feeds_by(&FeedSelector::All)).await?;
    for name in names {
        if !all.iter().any(|feed| is_called(feed, name)) {
            return Err(DaemonError::NoSuchFeed(name.clone()));
        }
    }
    Ok(all.into_iter().filter(|feed| names.iter().any(|name| is_called(feed, name))).collect())
}

/// Whether `name` means this feed: its URL, its publisher, or the beginning of its id.
fn is_called(feed: &DueFeed, name: &str) -> bool {
    let by_id = name.len() >= 4 && feed.id.to_string().starts_with(&name.to_ascii_lowercase());
    let by_publisher = feed.publisher.as_ref().is_some_and(|p| p.to_lowercase() == name.to_lowercase());
    by_id || by_publisher || feed.declared_url == name || feed.url == name
}

/// Polls `feeds`, as many at a time as the configuration allows, and counts what came of it.
pub async fn poll_all(engine: &Arc<Engine>, feeds: Vec<DueFeed>, forced: bool, summary: &mut Summary) {
    let counters = &engine.counters;
    Counters::add(&counters.feeds, feeds.len() as u64);
    // What is no address waits with its like, and fails.
    let host = |feed: &DueFeed| Url::parse(&feed.url).map(|url| Client::host_key(&url)).unwrap_or_default();
    let at_a_time = engine.config().fetch.per_host as usize + BEGUN;
    let mut hosts = ByHost::new(feeds.into_iter().map(|feed| (host(&feed), Box::new(feed))), at_a_time);
    let mut polls = JoinSet::new();
    let mut under_way: HashMap<tokio::task::Id, (usize, Id, String)> = HashMap::new();
    loop {
        while polls.len() < WINDOW
            && let Some((host, feed)) = hosts.next()
        {
            let (engine, named) = (Arc::clone(engine), (host, feed.id, feed.declared_url.clone()));
            let task = polls.spawn(async move { poll(&engine, feed, forced).await });
            under_way.insert(task.id(), named);
        }
        let Some(done) = polls.join_next_with_id().await else { return };
        Counters::add(&counters.feeds_done, 1);
        let task = done.as_ref().map_or_else(|error| error.id(), |(task, _)| *task);
        let Some((host, feed, url)) = under_way.remove(&task) else { continue };
        hosts.done(host);
        match done {
            Ok((_, Some(report))) => count(summary, counters, (feed, url), &report),
            Ok((_, None)) => summary.held_back += 1,
            Err(error) => {
                tracing::error!(%error, "the poll of {url} died; its feed is polled again when it is due");
                summary.failed += 1;
            }
        }
    }
}

fn count(summary: &mut Summary, counters: &Counters, (feed, url): (Id, String), report: &Report) {
    summary.feeds += 1;
    summary.new_entries += report.new;
    summary.changed_entries += report.changed;
    match &report.outcome {
        Outcome::Updated { .. } => summary.updated += 1,
        good if good.is_success() => summary.unchanged += 1,
        bad => {
            Counters::add(&counters.feeds_failed, 1);
            summary.failed += 1;
            summary.failures.push(Failure { feed, url, what: bad.to_string() });
        }
    }
}

/// Polls that are begun and not ended, at most: some kilobytes each. Many more than may be under way at a time, since some wait for
/// their host's turn.
const WINDOW: usize = 1_024;

/// Polls of a host that are begun beyond those that it may be asked at a time: they wait for its turn, so that it need not wait while
/// answers are read and stored.
const BEGUN: usize = 7;

/// What waits to be polled, by host. Of a host no more than so many are given out at a time, so that one with many feeds holds nobody up.
struct ByHost<T> {
    waiting: Vec<VecDeque<T>>,
    /// Hosts of which one more may be given out, as often as that.
    free: VecDeque<usize>,
}

impl<T> ByHost<T> {
    fn new(all: impl IntoIterator<Item = (String, T)>, at_a_time: usize) -> Self {
        let mut by_host = Self { waiting: Vec::new(), free: VecDeque::new() };
        let mut known: HashMap<String, usize> = HashMap::new();
        for (host, one) in all {
            let host = *known.entry(host).or_insert(by_host.waiting.len());
            match by_host.waiting.get_mut(host) {
                Some(waiting) => waiting.push_back(one),
                None => {
                    by_host.waiting.push(VecDeque::from([one]));
                    by_host.free.extend(std::iter::repeat_n(host, at_a_time.max(1)));
                }
            }
        }
        by_host
    }

    /// The next one, and its host.
    fn next(&mut self) -> Option<(usize, T)> {
        while let Some(host) = self.free.pop_front() {
            if let Some(one) = self.waiting.get_mut(host).and_then(VecDeque::pop_front) {
                return Some((host, one));
            }
        }
        None
    }

    /// One of this host's has ended.
    fn done(&mut self, host: usize) {
        self.free.push_back(host);
    }
}

/// What one poll came to.
pub struct Report {
    pub outcome: Outcome,
    pub new: u64,
    pub changed: u64,
}

/// Polls one feed and records the outcome. `None` where it was left alone: it is being polled already, has stopped, or
/// the engine ends.
async fn poll(engine: &Arc<Engine>, feed: Box<DueFeed>, forced: bool) -> Option<Report> {
    let _mark = engine.begin_poll(feed.id)?;
    if feed.stopped && !forced {
        return None;
    }
    let url = feed.declared_url.clone();
    match exchange(engine, feed).await {
        Ok(report) => {
            if let Some(report) = &report
                && report.new + report.changed > 0
            {
                engine.work.notify_one();
            }
            report
        }
        Err(error) => {
            tracing::error!(feed = url, %error, "the poll of {url} could not be recorded; it is repeated when due");
            Some(Report { outcome: Outcome::Network(error.to_string()), new: 0, changed: 0 })
        }
    }
}

/// Request, reading, decision, commit A. `None` where nothing was sent.
async fn exchange(engine: &Arc<Engine>, feed: Box<DueFeed>) -> Result<Option<Report>, DaemonError> {
    let started = Instant::now();
    let answer = match request(engine, &feed) {
        Ok(request) => engine.client().get(request).await,
        Err(error) => Err(error),
    };
    let id = feed.id;
    match &answer {
        Err(NetError::Cancelled) => Ok(None),
        Err(NetError::HostBackoff { until, .. }) => {
            let until = *until;
            tracing::debug!(feed = feed.declared_url, %until, "left alone: its host asked to wait");
            engine.writer.with(move |state| state.store.reschedule(&[(id, until)])).await?;
            engine.due_at(until);
            Ok(None)
        }
        // Allocated when there is an answer: a round is a thousand polls that wait for their turn.
        _ => Box::pin(record(engine, feed, answer, started)).await,
    }
}

/// Reading, decision, commit A. `None` where the engine ends.
async fn record(
    engine: &Arc<Engine>,
    feed: Box<DueFeed>,
    answer: Result<Response, NetError>,
    started: Instant,
) -> Result<Option<Report>, DaemonError> {
    let id = feed.id;
    // Answers wait here in bounded number: each keeps its room among the client's requests.
    let _reading = tokio::select! {
        () = engine.stop.cancelled() => return Ok(None),
        permit = engine.reading.acquire() => permit.map_err(|_| DaemonError::Interrupted)?,
    };
    let listing = listing(&engine.config(), id);
    let (read, keys, trial) = engine.quarantine.read(engine, id, answer, listing).await?;
    let known = match keys.is_empty() {
        true => Vec::new(),
        false => engine.writer.with(move |state| state.store.known_entries(id, &keys)).await?,
    };
    let (config, now) = (engine.config(), engine.clock.now());
    // What a body says decides here too, so a panic is its doing.
    let decided = catch_unwind(AssertUnwindSafe(|| reading::decide(&config, &feed, read, &known, now)));
    let Decided { outcome, mut commit } = match (decided, trial) {
        (Ok(decided), None) => decided,
        (Ok(decided), Some(trial)) => {
            trial.survived(engine).await?;
            decided
        }
        (Err(_), Some(trial)) => reading::decide(&config, &feed, trial.died(engine).await?, &[], now),
        (Err(panic), None) => resume_unwind(panic),
    };
    commit.elapsed_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    if let Some(next) = commit.next_poll_at {
        engine.due_at(next);
    }
    let later = commit.not_before.values().filter(|at| **at > now).count() as u64;
    let stored = engine.writer.poll(commit).await?;
    log(&feed, &outcome);
    let (new, changed) = (u64::from(stored.new), u64::from(stored.changed));
    Counters::add(&engine.counters.polls, 1);
    Counters::add(&engine.counters.polls_failed, u64::from(!outcome.is_success()));
    Counters::add(&engine.counters.pages, new + changed);
    Counters::add(&engine.counters.put_off, later);
    Ok(Some(Report { outcome, new, changed }))
}

/// The selectors of a `kind = "page"` feed.
fn listing(config: &Config, feed: Id) -> Option<PageSelectors> {
    match &config.feed(feed)?.kind {
        FeedKind::Page(selectors) => Some(selectors.clone()),
        FeedKind::Feed => None,
    }
}

fn request(engine: &Engine, feed: &DueFeed) -> Result<Request, NetError> {
    let url = Url::parse(&feed.url).map_err(|e| NetError::BadRequest { detail: format!("{}: {e}", feed.url) })?;
    let (validators, from) = match engine.quarantine.asks_with(feed.id) {
        Some(set_aside) => set_aside,
        None => (reading::validators(feed, engine.clock.now()), feed.validated_url.clone()),
    };
    let secrets = engine.secrets(feed.id, &url);
    let request = Request::feed(url).conditional(validators, from.and_then(|from| Url::parse(&from).ok()));
    Ok(request.secrets(secrets).keeping_room().cancelled_by(engine.stop.clone()))
}

/// A feed's failure is told once, and its recovery once.
fn log(feed: &DueFeed, outcome: &Outcome) {
    let url = feed.declared_url.as_str();
    match (outcome.is_success(), feed.failures) {
        (true, 0) => tracing::debug!(feed = %feed.id, "polled {url}: {outcome}"),
        (true, _) => tracing::info!(feed = %feed.id, "{url} answers again: {outcome}"),
        (false, 0) => tracing::warn!(feed = %feed.id, "{url} failed: {outcome}; trying again later"),
        (false, failures) => tracing::debug!(feed = %feed.id, failures, "{url} still fails: {outcome}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_asked_as_often_at_a_time_as_it_may_and_holds_nobody_up() {
        let all = || ["a", "a", "a", "b", "c"].into_iter().zip(1..).map(|(host, n)| (host.to_owned(), n));
        let mut one_each = ByHost::new(all(), 1);
        let given: Vec<_> = std::iter::from_fn(|| one_each.next()).collect();
        assert_eq!(given, [(0, 1), (1, 4), (2, 5)]);
        one_each.done(1);
        assert_eq!(one_each.next(), None, "b has no more");
        one_each.done(0);
        assert_eq!(one_each.next(), Some((0, 2)));
        assert_eq!(one_each.next(), None, "a is being asked");
        one_each.done(0);
        assert_eq!(one_each.next(), Some((0, 3)));
        let mut two_each = ByHost::new(all(), 2);
        let given: Vec<_> = std::iter::from_fn(|| two_each.next()).collect();
        assert_eq!(given, [(0, 1), (0, 2), (1, 4), (2, 5)]);
    }
}
