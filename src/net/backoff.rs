//! Pauses: why, how long, and in a form that outlives the process.

use super::Kind;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::time::Duration;

/// Why a host is left alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hold {
    /// It asks for longer pauses between two requests than are waited for (`Crawl-delay`).
    CrawlDelay,
    /// It failed several times in a row.
    Failing,
    /// It answered 429 or 503.
    Busy,
    /// It said when to come back (`Retry-After`).
    Asked,
    /// Its bot protection stands in the way.
    Blocked,
}

impl fmt::Display for Hold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CrawlDelay => "asks for long pauses (Crawl-delay)",
            Self::Failing => "keeps failing",
            Self::Busy => "said that it is busy (429 or 503)",
            Self::Asked => "asked to be left alone (Retry-After)",
            Self::Blocked => "is blocked by bot protection",
        })
    }
}

/// A host's pause in a form that can be stored and loaded again, so that a restart does not forget what a site owner
/// asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldRow {
    /// The host, as [`Client::host_key`](super::Client::host_key) names it.
    pub host: String,
    /// What it holds for: feeds or pages; everything where `None`.
    pub kind: Option<Kind>,
    /// Why.
    pub why: Hold,
    /// When it began.
    pub since: Timestamp,
    /// When it ends.
    pub until: Timestamp,
    /// How many times in a row: the next pause is longer by this.
    pub count: u32,
}

/// One pause.
#[derive(Clone, Copy, Debug)]
pub(super) struct Backoff {
    pub(super) set: Timestamp,
    pub(super) until: Timestamp,
    pub(super) why: Hold,
}

impl Backoff {
    /// From `now` for `length`.
    pub(super) fn new(now: Timestamp, length: Duration, why: Hold) -> Self {
        Self { set: now, until: later(now, signed(length)), why }
    }

    /// When it ends, if it has not. A clock that was set back must not stretch it.
    pub(super) fn end(&mut self, now: Timestamp) -> Option<(Timestamp, Hold)> {
        if now < self.set {
            let length = self.until.duration_since(self.set);
            (self.set, self.until) = (now, later(now, length));
        }
        (self.until > now).then_some((self.until, self.why))
    }
}

pub(super) fn later(now: Timestamp, by: SignedDuration) -> Timestamp {
    now.checked_add(by).unwrap_or(Timestamp::MAX)
}

pub(super) fn signed(duration: Duration) -> SignedDuration {
    SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX)
}

/// `first`, doubled `times` times, at most `max`.
pub(super) fn doubled(first: Duration, times: u32, max: Duration) -> Duration {
    first.saturating_mul(1 << times.min(16)).min(max)
}

/// Spreads a pause over 75 to 125 per cent, so that hosts that failed together do not come back together.
pub(super) fn jitter(pause: Duration) -> Duration {
    pause.mul_f64(0.75 + 0.5 * fastrand::f64())
}
