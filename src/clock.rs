//! The only place that reads the wall clock.

use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

/// Tells the time: the machine's, one that a test sets, or one that runs faster.
#[derive(Clone, Debug, Default)]
pub struct Clock(Kind);

#[derive(Clone, Debug, Default)]
enum Kind {
    #[default]
    System,
    Fixed(Arc<AtomicI64>),
    Fast {
        origin: Timestamp,
        began: Timestamp,
        steady: Instant,
        rate: u32,
    },
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(Kind::System)
    }

    /// A clock that stands at `now` until [`Clock::set`] moves it.
    pub fn fixed(now: Timestamp) -> Self {
        Self(Kind::Fixed(Arc::new(AtomicI64::new(now.as_millisecond()))))
    }

    /// A clock that said `origin` when the machine's said `began`, and has run `rate` times as fast since: two processes
    /// that were given the same agree. For soak tests.
    pub fn fast(origin: Timestamp, began: Timestamp, rate: u32) -> Self {
        Self(Kind::Fast { origin, began, steady: Instant::now(), rate: rate.max(1) })
    }

    /// The present instant, to the millisecond.
    pub fn now(&self) -> Timestamp {
        let ms = match &self.0 {
            Kind::System => Timestamp::now().as_millisecond(),
            Kind::Fixed(at) => at.load(Ordering::Relaxed),
            Kind::Fast { origin, began, rate, .. } => {
                let passed: SignedDuration = Timestamp::now().duration_since(*began);
                origin.as_millisecond().saturating_add(i64::try_from(passed.as_millis()).unwrap_or(0).saturating_mul(i64::from(*rate)))
            }
        };
        Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// A clock that is never set, to compare the wall clock with; it runs as fast as that.
    pub fn steady(&self) -> Instant {
        match &self.0 {
            Kind::System | Kind::Fixed(_) => Instant::now(),
            Kind::Fast { steady, rate, .. } => *steady + steady.elapsed() * *rate,
        }
    }

    /// How long `time` lasts on the machine's clock where this one runs faster than that; `None` where it does not.
    pub fn shortened(&self, time: Duration) -> Option<Duration> {
        match &self.0 {
            Kind::Fast { rate, .. } => Some((time / *rate).max(Duration::from_millis(5))),
            Kind::System | Kind::Fixed(_) => None,
        }
    }

    /// Moves a fixed clock; the others are not ours to move, and are left alone.
    pub fn set(&self, now: Timestamp) {
        if let Kind::Fixed(at) = &self.0 {
            at.store(now.as_millisecond(), Ordering::Relaxed);
        }
    }
}
