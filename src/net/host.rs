//! Politeness by host: permits, gaps, backoff, circuit.
//!
//! Backoff is kept in wall time (it may last a day, and a site owner reads it in hours); gaps, which last seconds, in
//! monotonic time.

use super::backoff::{Backoff, Hold, HoldRow, doubled, jitter, later, signed};
use super::{Kind, NetError, Settings};
use crate::clock::Clock;
use jiff::Timestamp;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;
use url::Url;

/// Failures in a row after which a host is left alone for a while.
const CIRCUIT: u32 = 3;
/// First pause of an open circuit; doubles to [`CIRCUIT_MAX`].
const CIRCUIT_FIRST: Duration = Duration::from_secs(60);
const CIRCUIT_MAX: Duration = Duration::from_secs(3_600);
/// First pause after 429 or 503 without `Retry-After`; doubles to [`CIRCUIT_MAX`] times six.
const BUSY_FIRST: Duration = Duration::from_secs(60);
const BUSY_MAX: Duration = Duration::from_secs(6 * 3_600);
/// First pause after a bot check; doubles to the longest backoff.
const BLOCKED_FIRST: Duration = Duration::from_secs(3_600);
/// Longest Crawl-delay that is believed.
const CRAWL_DELAY_MAX: Duration = Duration::from_secs(600);
/// Hosts remembered before those with nothing to remember are dropped.
const KEEP_HOSTS: usize = 10_000;

/// The name under which a URL's host is treated: its authority, without the scheme's own port, so that http and https
/// of one site count as one host.
pub(super) fn host_key(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default().trim_end_matches('.');
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// What an exchange told about the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signal {
    /// It answered as a healthy host does.
    Fine,
    /// It failed: no connection, broken answer, 5xx.
    Failed,
    /// 429 or 503, or another error with `Retry-After` (already clamped).
    Busy(Option<Duration>),
    /// A bot check stands before it.
    Blocked,
    /// Nothing: the exchange was cancelled or the fault is not the host's.
    Nothing,
}

#[derive(Debug, Default)]
struct State {
    /// When a request last started or ended: the gap counts from there.
    last: Option<Instant>,
    crawl_delay: Duration,
    in_flight: usize,
    waiting: usize,
    failures: u32,
    busy: u32,
    backoff: Option<Backoff>,
    /// Bot checks in a row and the pause for them, for feeds and for pages: many sites let the one through and not the other.
    blocked: [(u32, Option<Backoff>); 2],
    requests: u64,
}

impl State {
    /// No request starts before.
    fn next(&self, min_gap: Duration) -> Option<Instant> {
        let gap = min_gap.max(self.crawl_delay);
        self.last.filter(|_| gap > Duration::ZERO).map(|last| last + gap)
    }

    fn hold(&mut self, kind: Kind, now: Timestamp) -> Option<(Timestamp, Hold)> {
        let host = self.backoff.as_mut().and_then(|b| b.end(now));
        let own = kind.slot().and_then(|i| self.blocked.get_mut(i)).and_then(|b| b.1.as_mut());
        let own = own.and_then(|b| b.end(now));
        host.into_iter().chain(own).max_by_key(|h| h.0)
    }
}

/// How one host stands, for `status` and for choosing work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostState {
    /// Name, with the port where it is not the scheme's own.
    pub host: String,
    /// Requests under way.
    pub in_flight: usize,
    /// Requests that wait for their turn.
    pub waiting: usize,
    /// Requests sent since start.
    pub requests: u64,
    /// Failures in a row.
    pub failures: u32,
    /// Left alone until then, and why.
    pub backoff: Option<(Timestamp, Hold)>,
    /// Bot protection answered the last request for a feed, or for a page.
    pub blocked: bool,
    /// Pause between two requests.
    pub gap: Duration,
}

/// One host's state and permits.
pub(super) struct Host {
    pub(super) key: String,
    permits: Arc<Semaphore>,
    state: Mutex<State>,
}

impl Host {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn set_crawl_delay(&self, seconds: Option<f64>) {
        let delay = seconds.and_then(|s| Duration::try_from_secs_f64(s).ok()).unwrap_or_default();
        self.state().crawl_delay = delay.min(CRAWL_DELAY_MAX);
    }

    fn snapshot(&self, settings: &Settings, now: Timestamp) -> HostState {
        let mut state = self.state();
        let backoff = [Kind::Feed, Kind::Page].into_iter().filter_map(|k| state.hold(k, now)).max_by_key(|h| h.0);
        HostState {
            host: self.key.clone(),
            in_flight: state.in_flight,
            waiting: state.waiting,
            requests: state.requests,
            failures: state.failures,
            backoff,
            blocked: state.blocked.iter().any(|b| b.0 > 0),
            gap: settings.min_gap.max(state.crawl_delay),
        }
    }
}

/// A request's turn at a host. Dropping it starts the gap, whatever became of the request.
pub(super) struct Turn {
    host: Arc<Host>,
    _permit: OwnedSemaphorePermit,
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut state = self.host.state();
        state.in_flight = state.in_flight.saturating_sub(1);
        state.last = Some(Instant::now());
    }
}

/// Counts a request that waits, also when it is cancelled while it does.
struct Waiting<'a>(&'a Host);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.waiting = state.waiting.saturating_sub(1);
    }
}

/// All hosts.
pub(super) struct Hosts {
    settings: Arc<Settings>,
    clock: Clock,
    table: Mutex<Table>,
    /// Rises with every pause that begins or ends early.
    changes: AtomicU64,
}

struct Table {
    hosts: HashMap<String, Arc<Host>>,
    sweep_at: usize,
}

impl Hosts {
    pub(super) fn new(settings: Arc<Settings>, clock: Clock) -> Self {
        Self { settings, clock, table: Mutex::new(Table { hosts: HashMap::new(), sweep_at: KEEP_HOSTS }), changes: AtomicU64::new(0) }
    }

    /// The host of `url`.
    pub(super) fn of(&self, url: &Url) -> Arc<Host> {
        self.named(host_key(url))
    }

    fn named(&self, key: String) -> Arc<Host> {
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(host) = table.hosts.get(&key) {
            return host.clone();
        }
        if table.hosts.len() >= table.sweep_at {
            self.sweep(&mut table);
        }
        let permits = Arc::new(Semaphore::new(self.settings.per_host.max(1)));
        let host = Arc::new(Host { key: key.clone(), permits, state: Mutex::default() });
        table.hosts.insert(key, host.clone());
        host
    }

    /// Forgets hosts that nobody uses and that are not to be left alone.
    fn sweep(&self, table: &mut Table) {
        let (now, instant) = (self.clock.now(), Instant::now());
        table.hosts.retain(|_, host| {
            if Arc::strong_count(host) > 1 {
                return true;
            }
            let mut state = host.state();
            let held = [Kind::Feed, Kind::Page].into_iter().any(|k| state.hold(k, now).is_some());
            held || state.next(self.settings.min_gap).is_some_and(|next| next > instant)
        });
        table.sweep_at = KEEP_HOSTS.max(table.hosts.len() * 2);
    }

    /// Waits for a turn: permit, then backoff, then gap.
    pub(super) async fn turn(&self, host: &Arc<Host>, kind: Kind) -> Result<Turn, NetError> {
        // What is to be left alone for long is said at once, not after a queue.
        self.hold(host, kind)?;
        host.state().waiting += 1;
        let waiting = Waiting(host);
        let permit = host.permits.clone().acquire_owned().await.map_err(|_| NetError::Cancelled)?;
        if let Some(rest) = self.hold(host, kind)? {
            tokio::time::sleep(rest).await;
        }
        loop {
            let pause = {
                let mut state = host.state();
                let now = Instant::now();
                match state.next(self.settings.min_gap).filter(|next| *next > now) {
                    None => {
                        state.in_flight += 1;
                        state.requests += 1;
                        // With several permits the next one must keep its distance from this one too.
                        state.last = Some(now);
                        break;
                    }
                    Some(next) => next - now,
                }
            };
            if pause > self.settings.max_wait {
                let until = later(self.clock.now(), signed(pause));
                return Err(NetError::HostBackoff { host: host.key.clone(), until, why: Hold::CrawlDelay });
            }
            tokio::time::sleep(pause).await;
        }
        drop(waiting);
        Ok(Turn { host: host.clone(), _permit: permit })
    }

    /// The rest of a backoff that may be waited for; the error where it is too long.
    fn hold(&self, host: &Host, kind: Kind) -> Result<Option<Duration>, NetError> {
        let now = self.clock.now();
        let Some((until, why)) = host.state().hold(kind, now) else { return Ok(None) };
        let rest = Duration::try_from(until.duration_since(now)).unwrap_or_default();
        match rest <= self.settings.max_wait {
            true => Ok(Some(rest)),
            false => Err(NetError::HostBackoff { host: host.key.clone(), until, why }),
        }
    }

    /// Learns from an exchange.
    pub(super) fn learn(&self, host: &Host, kind: Kind, signal: Signal) {
        let (now, max) = (self.clock.now(), self.settings.max_backoff);
        let set = |length: Duration, why| Some(Backoff::new(now, length.min(max), why));
        let mut state = host.state();
        let state = &mut *state;
        let pauses = |state: &State| [state.backoff, state.blocked[0].1, state.blocked[1].1].map(|b| b.map(|b| b.until));
        let before = pauses(state);
        match signal {
            Signal::Nothing => {}
            Signal::Fine => {
                (state.failures, state.busy, state.backoff) = (0, 0, None);
                if let Some(blocked) = kind.slot().and_then(|i| state.blocked.get_mut(i)) {
                    *blocked = (0, None);
                }
            }
            Signal::Failed => {
                state.failures = state.failures.saturating_add(1);
                if let Some(over) = state.failures.checked_sub(CIRCUIT) {
                    state.backoff = set(jitter(doubled(CIRCUIT_FIRST, over, CIRCUIT_MAX)), Hold::Failing);
                }
            }
            Signal::Busy(asked) => {
                let own = jitter(doubled(BUSY_FIRST, state.busy, BUSY_MAX));
                state.busy = state.busy.saturating_add(1);
                let why = if asked.is_some() { Hold::Asked } else { Hold::Busy };
                let next = set(asked.unwrap_or(own), why);
                // Two answers may cross: the longer word holds.
                if state.backoff.is_none_or(|b| next.is_some_and(|n| n.until > b.until)) {
                    state.backoff = next;
                }
            }
            Signal::Blocked => {
                if let Some(blocked) = kind.slot().and_then(|i| state.blocked.get_mut(i)) {
                    let length = jitter(doubled(BLOCKED_FIRST, blocked.0, max));
                    *blocked = (blocked.0.saturating_add(1), set(length, Hold::Blocked));
                }
            }
        }
        if pauses(state) != before {
            self.changes.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// A number that rises when what [`Hosts::rows`] gives has changed otherwise than by time.
    pub(super) fn changes(&self) -> u64 {
        self.changes.load(Ordering::Relaxed)
    }

    /// How long until a request to the host of `url` could start; zero: at once. A host whose permits are all taken
    /// counts its queue.
    pub(super) fn next_free(&self, url: &Url, kind: Kind) -> Duration {
        let key = host_key(url);
        let table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(host) = table.hosts.get(&key).cloned() else { return Duration::ZERO };
        drop(table);
        let now = self.clock.now();
        let mut state = host.state();
        let hold = state.hold(kind, now).map(|(until, _)| Duration::try_from(until.duration_since(now)).unwrap_or_default());
        let gap = self.settings.min_gap.max(state.crawl_delay);
        let next = state.next(self.settings.min_gap).map(|next| next.saturating_duration_since(Instant::now())).unwrap_or_default();
        // A queue takes at least its gaps, and a moment each where there is none.
        let ahead = (state.in_flight + state.waiting).saturating_sub(self.settings.per_host.max(1) - 1);
        let queue = gap.max(Duration::from_millis(10)) * u32::try_from(ahead).unwrap_or(u32::MAX).min(100_000);
        hold.unwrap_or_default().max(next).max(queue)
    }

    /// All pauses that have not ended.
    pub(super) fn rows(&self) -> Vec<HoldRow> {
        let now = self.clock.now();
        let mut rows = Vec::new();
        for host in self.all() {
            let mut state = host.state();
            let state = &mut *state;
            let (failures, busy) = (state.failures, state.busy);
            let whole = state.backoff.as_mut().map(|b| (None, b, failures.max(busy)));
            let [feeds, pages] = &mut state.blocked;
            let kinds = [(Kind::Feed, feeds), (Kind::Page, pages)];
            let kinds = kinds.into_iter().filter_map(|(kind, (count, b))| Some((Some(kind), b.as_mut()?, *count)));
            for (kind, backoff, count) in whole.into_iter().chain(kinds) {
                if let Some((until, why)) = backoff.end(now) {
                    rows.push(HoldRow { host: host.key.clone(), kind, why, since: backoff.set, until, count });
                }
            }
        }
        rows.sort_by(|a, b| (b.until, &a.host).cmp(&(a.until, &b.host)));
        rows
    }

    /// Takes up pauses that were stored.
    pub(super) fn load(&self, rows: impl IntoIterator<Item = HoldRow>) {
        let now = self.clock.now();
        for row in rows {
            let mut backoff = Backoff { set: row.since, until: row.until, why: row.why };
            if backoff.end(now).is_none() || row.host.is_empty() {
                continue;
            }
            let host = self.named(row.host);
            let mut state = host.state();
            match row.kind.and_then(Kind::slot) {
                Some(slot) => {
                    if let Some(blocked) = state.blocked.get_mut(slot) {
                        *blocked = (row.count, Some(backoff));
                    }
                }
                None => {
                    match row.why {
                        Hold::Failing => state.failures = row.count,
                        _ => state.busy = row.count,
                    }
                    state.backoff = Some(backoff);
                }
            }
        }
    }

    fn all(&self) -> Vec<Arc<Host>> {
        let table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        table.hosts.values().cloned().collect()
    }

    /// How all known hosts stand, those with trouble first.
    pub(super) fn states(&self) -> Vec<HostState> {
        let now = self.clock.now();
        let mut states: Vec<HostState> = self.all().iter().map(|h| h.snapshot(&self.settings, now)).collect();
        states.sort_by(|a, b| (b.backoff, b.failures, &a.host).cmp(&(a.backoff, a.failures, &b.host)));
        states
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_with_nothing_to_remember_are_forgotten_and_pauses_are_not() {
        let settings = Settings { min_gap: Duration::ZERO, ..Settings::default() };
        let hosts = Hosts::new(Arc::new(settings), Clock::fixed(Timestamp::UNIX_EPOCH));
        for n in 0..3 * KEEP_HOSTS {
            let host = hosts.named(format!("h{n}.example"));
            if n % 1_000 == 0 {
                hosts.learn(&host, Kind::Feed, Signal::Busy(Some(Duration::from_secs(60))));
            }
            if n % 5_000 == 0 {
                assert!(hosts.all().len() <= KEEP_HOSTS, "{n}");
            }
        }
        assert_eq!(hosts.rows().len(), 3 * KEEP_HOSTS / 1_000);
    }
}
