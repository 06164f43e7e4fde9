//! The only place that reads the wall clock.

use jiff::Timestamp;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Tells the time: the machine's, or one that a test sets.
#[derive(Clone, Debug, Default)]
pub struct Clock(Option<Arc<AtomicI64>>);

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(None)
    }

    /// A clock that stands at `now` until [`Clock::set`] moves it.
    pub fn fixed(now: Timestamp) -> Self {
        Self(Some(Arc::new(AtomicI64::new(now.as_millisecond()))))
    }

    /// The present instant, to the millisecond.
    pub fn now(&self) -> Timestamp {
        let ms = match &self.0 {
            Some(at) => at.load(Ordering::Relaxed),
            None => Timestamp::now().as_millisecond(),
        };
        Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// Moves a fixed clock; the system clock is not ours to move, and is left alone.
    pub fn set(&self, now: Timestamp) {
        if let Some(at) = &self.0 {
            at.store(now.as_millisecond(), Ordering::Relaxed);
        }
    }
}
