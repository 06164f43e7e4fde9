//! Politeness by host: permits, gaps, backoff, circuit.
//!
//! Backoff is kept in wall time (it may last a day, and a site owner reads it in hours); gaps, which last seconds, in
//! monotonic time.

use super::{Kind, NetError, Settings};
use crate::clock::Clock;
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
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

#[derive(Clone, Copy, Debug)]
struct Backoff {
    set: Timestamp,
    until: Timestamp,
    why: &'static str,
}

impl Backoff {
    /// When it ends. A clock that was set back must not stretch it.
    fn end(&mut self, now: Timestamp) -> Option<Timestamp> {
        if now < self.set {
            let length = self.until.duration_since(self.set);
            (self.set, self.until) = (now, later(now, length));
        }
        (self.until > now).then_some(self.until)
    }
}

fn later(now: Timestamp, by: SignedDuration) -> Timestamp {
    now.checked_add(by).unwrap_or(Timestamp::MAX)
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

    fn hold(&mut self, kind: Kind, now: Timestamp) -> Option<(Timestamp, &'static str)> {
        let host = self.backoff.as_mut().and_then(|b| Some((b.end(now)?, b.why)));
        let own = kind.slot().and_then(|i| self.blocked.get_mut(i)).and_then(|b| b.1.as_mut());
        let own = own.and_then(|b| Some((b.end(now)?, b.why)));
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
    pub backoff: Option<(Timestamp, &'static str)>,
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

    pub(super) fn set_crawl_delay(&self, seconds: Option<f32>) {
        let delay = seconds.and_then(|s| Duration::try_from_secs_f32(s).ok()).unwrap_or_default();
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
}

struct Table {
    hosts: HashMap<String, Arc<Host>>,
    sweep_at: usize,
}

impl Hosts {
    pub(super) fn new(settings: Arc<Settings>, clock: Clock) -> Self {
        Self { settings, clock, table: Mutex::new(Table { hosts: HashMap::new(), sweep_at: KEEP_HOSTS }) }
    }

    /// The host of `url`.
    pub(super) fn of(&self, url: &Url) -> Arc<Host> {
        let key = host_key(url);
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
                return Err(NetError::HostBackoff { host: host.key.clone(), until, why: "asks for long pauses (Crawl-delay)" });
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
        let set = |length: Duration, why| Some(Backoff { set: now, until: later(now, signed(length.min(max))), why });
        let mut state = host.state();
        let state = &mut *state;
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
                    state.backoff = set(jitter(doubled(CIRCUIT_FIRST, over, CIRCUIT_MAX)), "keeps failing");
                }
            }
            Signal::Busy(asked) => {
                let own = jitter(doubled(BUSY_FIRST, state.busy, BUSY_MAX));
                state.busy = state.busy.saturating_add(1);
                let why = if asked.is_some() { "asked to be left alone (Retry-After)" } else { "said that it is busy (429 or 503)" };
                let next = set(asked.unwrap_or(own), why);
                // Two answers may cross: the longer word holds.
                if state.backoff.is_none_or(|b| next.is_some_and(|n| n.until > b.until)) {
                    state.backoff = next;
                }
            }
            Signal::Blocked => {
                if let Some(blocked) = kind.slot().and_then(|i| state.blocked.get_mut(i)) {
                    let length = jitter(doubled(BLOCKED_FIRST, blocked.0, max));
                    *blocked = (blocked.0.saturating_add(1), set(length, "is blocked by bot protection"));
                }
            }
        }
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

    /// How all known hosts stand, those with trouble first.
    pub(super) fn states(&self) -> Vec<HostState> {
        let now = self.clock.now();
        let hosts: Vec<Arc<Host>> = {
            let table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
            table.hosts.values().cloned().collect()
        };
        let mut states: Vec<HostState> = hosts.iter().map(|h| h.snapshot(&self.settings, now)).collect();
        states.sort_by(|a, b| (b.backoff, b.failures, &a.host).cmp(&(a.backoff, a.failures, &b.host)));
        states
    }
}

fn signed(duration: Duration) -> SignedDuration {
    SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX)
}

/// `first`, doubled `times` times, at most `max`.
fn doubled(first: Duration, times: u32, max: Duration) -> Duration {
    first.saturating_mul(1 << times.min(16)).min(max)
}

/// Spreads a pause over 75 to 125 per cent, so that hosts that failed together do not come back together.
fn jitter(pause: Duration) -> Duration {
    pause.mul_f64(0.75 + 0.5 * fastrand::f64())
}
