//! Due times when the clock jumps or the machine sleeps: nothing waits for years, and nothing comes all at once.

use super::DaemonError;
use super::engine::Engine;
use super::place::State;
use crate::config::Config;
use crate::feed::schedule::{CacheHints, PollResult, Rhythm, Schedule, next_poll, settled_due};
use crate::model::{Id, PollHints};
use crate::store::{DueFeed, FeedSelector};
use jiff::{SignedDuration, Timestamp};
use std::time::{Duration, Instant};

/// A difference between two clocks that is a jump, and no slewing.
const JUMP: SignedDuration = SignedDuration::from_secs(30);
/// A pause between two looks that is a sleep: they are a second apart, half a minute at most.
const ASLEEP: Duration = Duration::from_secs(120);
/// Polls that ended so shortly before a jump was seen may have been recorded by the new time already.
const UNSEEN: SignedDuration = SignedDuration::from_secs(60);
/// Overdue feeds come back one after the other, so far apart on average, and all of them within the window.
const EACH: Duration = Duration::from_millis(50);
const WINDOW: Duration = Duration::from_secs(600);
/// Feeds due no further ahead than this are not looked at before a pass; what a server may ask for is less.
const FAR: SignedDuration = SignedDuration::from_hours(9 * 24);
/// The longest wait for the next try of a page: a server's Retry-After, by the week.
const LONGEST_TRY: SignedDuration = SignedDuration::from_hours(8 * 24);

/// What the wall clock did against the monotonic one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Jump {
    /// Set back by so much, which is positive.
    Back(SignedDuration),
    /// Set forward, or the machine slept: from here that is the same.
    On,
}

/// Compares the wall clock with the monotonic one, from look to look.
pub(super) struct Watch {
    wall: Timestamp,
    steady: Instant,
}

impl Watch {
    pub fn new(wall: Timestamp, steady: Instant) -> Self {
        Self { wall, steady }
    }

    /// What happened since the last look, if anything did.
    pub fn look(&mut self, wall: Timestamp, steady: Instant) -> Option<Jump> {
        let passed = steady.saturating_duration_since(self.steady);
        let by = wall.duration_since(self.wall) - SignedDuration::try_from(passed).unwrap_or(SignedDuration::MAX);
        *self = Self { wall, steady };
        match by < -JUMP {
            true => Some(Jump::Back(-by)),
            false => (by > JUMP || passed > ASLEEP).then_some(Jump::On),
        }
    }
}

/// When the daemon starts, and after a jump: brings due times that lie further ahead than any interval back, and spreads
/// what is long overdue over some minutes.
///
/// # Errors
/// Where the store fails.
pub(super) async fn settle(engine: &Engine, jump: Option<Jump>) -> Result<(), DaemonError> {
    let feeds = engine.writer.with(|state| state.store.feeds_by(&FeedSelector::All)).await?;
    retime(engine, &feeds, jump, true).await
}

/// Before a single pass: brings back what lies too far ahead. What is overdue is what the pass is for.
///
/// # Errors
/// Where the store fails.
pub(super) async fn recall(engine: &Engine) -> Result<(), DaemonError> {
    let now = engine.clock.now();
    let ahead = now.saturating_add(FAR).unwrap_or(Timestamp::MAX);
    let feeds = engine.writer.with(move |state| state.store.misdated(now, ahead)).await?;
    retime(engine, &feeds, None, false).await
}

async fn retime(engine: &Engine, feeds: &[DueFeed], jump: Option<Jump>, spread: bool) -> Result<(), DaemonError> {
    let (now, config) = (engine.clock.now(), engine.config());
    let moved = settled(&config, feeds, now, jump, spread);
    // A page tried too early is refused by its host's pause, which a clock set back does not stretch.
    let wait = if matches!(jump, Some(Jump::Back(_))) { SignedDuration::ZERO } else { LONGEST_TRY };
    let limit = now.saturating_add(wait).unwrap_or(Timestamp::MAX);
    let count = moved.len();
    let put_right = move |state: &mut State| {
        if !moved.is_empty() {
            state.store.reschedule(&moved)?;
        }
        state.store.recall_pending(limit, now)
    };
    let entries = engine.writer.with(put_right).await?;
    if count > 0 || entries > 0 {
        tracing::warn!(feeds = count, entries, ?jump, "due times put right: the clock was set or the machine slept");
        engine.set_next_due(Some(now));
        engine.work.notify_one();
    }
    Ok(())
}

/// The feeds whose due time is to change, with the time.
fn settled(config: &Config, feeds: &[DueFeed], now: Timestamp, jump: Option<Jump>, spread: bool) -> Vec<(Id, Timestamp)> {
    let count = if spread { u32::try_from(feeds.len()).unwrap_or(u32::MAX) } else { 0 };
    let window = EACH.saturating_mul(count).min(WINDOW);
    let settle = |feed: &DueFeed| {
        let due = feed.next_poll_at.filter(|_| !feed.stopped)?;
        let mut settled = set_back(feed, due, now, jump);
        if spread || settled > now {
            settled = settled_due(settled, now, longest(config, feed, now), window, feed.id.0);
        }
        (settled != due).then_some((feed.id, settled))
    };
    feeds.iter().filter_map(settle).collect()
}

/// The due time by a clock that was set back: as far from now as it was from then.
fn set_back(feed: &DueFeed, due: Timestamp, now: Timestamp, jump: Option<Jump>) -> Timestamp {
    let Some(polled) = feed.last_poll_at else { return due };
    match jump {
        Some(Jump::Back(by)) if !(now.saturating_sub(UNSEEN).is_ok_and(|from| from <= polled) && polled <= now) => {
            due.saturating_sub(by).unwrap_or(due)
        }
        // Polled in what is the future now: how long ago that was is not known, only how long it was to wait.
        None | Some(Jump::On) if polled > now => now.saturating_add(due.duration_since(polled)).unwrap_or(due).min(due),
        _ => due,
    }
}

/// The longest that a feed may have to wait for its next poll, errors and what servers ask for aside.
fn longest(config: &Config, feed: &DueFeed, now: Timestamp) -> Duration {
    let declared = config.feed(feed.id);
    match declared.map(|declared| (&declared.cron, declared.every)) {
        Some((Some(cron), _)) => {
            let schedule = Schedule { cron: Some(cron.clone()), ..Schedule::default() };
            let result = PollResult::Read { new: Vec::new(), archive: false };
            let (mut rhythm, hints) = (Rhythm::default(), PollHints::default());
            let ring = next_poll(&schedule, &mut rhythm, &result, &hints, CacheHints::default(), now, feed.id.0);
            Duration::try_from(ring.duration_since(now)).unwrap_or_default()
        }
        Some((None, Some(every))) => every,
        _ => config.schedule.max,
    }
}

#[cfg(test)]
mod tests;
