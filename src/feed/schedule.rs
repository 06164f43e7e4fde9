//! When to poll next: by order, by cron, or by the feed's own rhythm.
//!
//! The rhythm is a rate of publication by hour of the day, apart for working days and weekends, that forgets slowly,
//! with a quick memory for bursts beside it. An interval shrinks with the square root of the rate, which spends a given
//! number of requests on the least delay over feeds of different rates; it is integrated over the hours ahead, so that
//! a feed that sleeps at night is left alone until it wakes.

use crate::model::PollHints;
use chrono::{DateTime, Utc};
use croner::Cron;
use croner::parser::{CronParser, Seconds};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::time::Duration;

const MINUTE: f64 = 60.0;
const HOUR: f64 = 3_600.0;
const DAY: f64 = 86_400.0;

/// How long the rhythm remembers: weights halve in this time, in seconds.
const HALF_LIFE: f64 = 10.0 * DAY;

/// How long a burst is felt, in seconds.
const BURST: f64 = 1.0 * HOUR;

/// The interval, in seconds, at one entry an hour.
const UNIT_INTERVAL: f64 = 45.0 * MINUTE;

/// Silences, and seconds of acquaintance, before a feed's silence means something: a weekend must have been seen.
const GAPS_KNOWN: u32 = 5;
const WEEK: f64 = 8.0 * DAY;

/// Entries that must be overdue by the hours of the week before a silence means something.
const OVERDUE: f32 = 1.5;

/// Longest wait that a server may ask for.
const LONGEST_RETRY: f64 = 7.0 * DAY;

/// Longest wait that `max-age` and `ttl` may ask for.
const LONGEST_HINT: f64 = DAY;

/// Slots of the rhythm: 24 hours of working days, 24 of weekends, in UTC.
const SLOTS: usize = 48;

/// How a feed is to be polled, by its configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// A fixed interval: the user's word.
    pub every: Option<Duration>,
    /// A cron expression with seconds, in local time; stands before `every`.
    pub cron: Option<String>,
    /// Shortest interval of the adaptive rhythm.
    pub min: Duration,
    /// Longest interval of the adaptive rhythm.
    pub max: Duration,
}

impl Default for Schedule {
    fn default() -> Self {
        Self { every: None, cron: None, min: Duration::from_secs(10 * 60), max: Duration::from_secs(12 * 3_600) }
    }
}

/// What a poll showed, as far as the next one depends on it.
#[derive(Clone, Debug, PartialEq)]
pub enum PollResult {
    /// The feed was read, or had not changed (304).
    Read {
        /// When the entries that were new were published, as stated; undated ones as when they were seen.
        new: Vec<Timestamp>,
        /// The feed republished its archive ([`super::decide::Classified::archive`]).
        archive: bool,
    },
    /// A fault that may pass: network, 5xx, timeout, no feed.
    Failed,
    /// Refused by protection against robots.
    Blocked,
    /// 429, or 503 with Retry-After.
    RateLimited,
    /// 404.
    NotFound,
    /// 410.
    Gone,
}

/// What the HTTP answer says about the next poll.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CacheHints {
    /// `Cache-Control: max-age`, less `Age`.
    pub max_age_s: Option<u64>,
    /// `Expires`.
    pub expires_at: Option<Timestamp>,
    /// `Retry-After`, seconds from now.
    pub retry_after_s: Option<u64>,
    /// The server gives neither ETag nor Last-Modified, so that every poll costs it the whole document: the adaptive
    /// rhythm then asks at most once a day.
    pub unconditional: bool,
}

/// A feed's rhythm as learnt; stored with the feed as JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rhythm {
    /// Entries by slot, weighted by age.
    #[serde(with = "super::sums")]
    counts: Vec<f32>,
    /// Hours observed by slot, weighted by age.
    #[serde(with = "super::sums")]
    hours: Vec<f32>,
    /// Entries of the last hours, weighted by age.
    burst: f32,
    /// When the above were brought up to date.
    at: Option<Timestamp>,
    /// Entries that the rhythm made expect since the last one came.
    overdue: f32,
    /// Its silences between two entries.
    gaps: Gaps,
    /// What the feed last asked for: a 304 brings no document that could say it again.
    hints: PollHints,
    /// Errors in a row.
    pub errors: u32,
    /// Since when there are only errors.
    pub failing_since: Option<Timestamp>,
}

impl Default for Rhythm {
    fn default() -> Self {
        Self {
            counts: vec![0.0; SLOTS],
            hours: vec![0.0; SLOTS],
            burst: 0.0,
            at: None,
            overdue: 0.0,
            gaps: Gaps::default(),
            hints: PollHints::default(),
            errors: 0,
            failing_since: None,
        }
    }
}

/// Reads a cron expression with seconds, as tokio-cron-scheduler does.
///
/// # Errors
/// What is wrong with it, in words.
pub fn read_cron(expression: &str) -> Result<Cron, String> {
    CronParser::builder().seconds(Seconds::Required).build().parse(expression).map_err(|error| error.to_string())
}

/// When to poll next, and what is learnt from `result`. `now` is when the poll ended. `seed` differs from feed to feed
/// and stays with it: it spreads polls that would fall together.
///
/// Never before `Retry-After` and `max-age`; never in hours and days that the feed asks to be left alone in, but for
/// explicit orders. Gone feeds get [`Timestamp::MAX`].
pub fn next_poll(
    schedule: &Schedule,
    rhythm: &mut Rhythm,
    result: &PollResult,
    hints: &PollHints,
    cache: CacheHints,
    now: Timestamp,
    seed: u64,
) -> Timestamp {
    let jitter = unit(seed ^ now.as_second().cast_unsigned());
    let asked = cache.retry_after_s.map_or(0.0, |s| seconds(s).min(LONGEST_RETRY));
    if *result == PollResult::Gone {
        rhythm.fail(now);
        return Timestamp::MAX;
    }
    let PollResult::Read { new, archive } = result else {
        rhythm.fail(now);
        let wait = backoff(result, rhythm.errors) * (1.0 + 0.25 * jitter);
        return after(now, wait.max(asked));
    };
    rhythm.errors = 0;
    rhythm.failing_since = None;
    rhythm.learn(if *archive { &[] } else { new }, now);
    if *hints != PollHints::default() {
        rhythm.hints = hints.clone();
    }
    let hints = &rhythm.hints.clone();
    let fresh = cache.max_age_s.map(seconds).or_else(|| cache.expires_at.map(|at| at.duration_since(now).as_secs_f64())).unwrap_or(0.0);
    let floor = asked.max(fresh.clamp(0.0, LONGEST_HINT));
    if let Some(cron) = schedule.cron.as_deref().and_then(|c| read_cron(c).ok()) {
        return next_ring(&cron, after(now, floor), seed);
    }
    if let Some(every) = schedule.every {
        // A little late, never early, and not all feeds of one interval together.
        let every = every.as_secs_f64().max(1.0);
        return after(now, (every + (every * 0.02).min(MINUTE) * jitter).max(floor));
    }
    let min = schedule.min.as_secs_f64().max(1.0);
    let max = schedule.max.as_secs_f64().max(min);
    let wished = hints.interval_s.map_or(0.0, |s| f64::from(s).min(LONGEST_HINT));
    let unconditional = if cache.unconditional { DAY } else { 0.0 };
    let interval = rhythm.interval(now, min, max);
    // At the longest wait jitter only adds: a feed without news is asked for no more often than the configuration says.
    let mut wait = interval * (1.0 + 0.08 * if interval < max { jitter } else { jitter.abs() });
    if *archive {
        wait = wait.max(6.0 * HOUR);
    }
    let wait = wait.max(floor).max(wished).max(unconditional);
    awake(after(now, wait), hints, seed)
}

/// The first poll of a feed that was never polled: soon, but `count` new feeds spread over some minutes.
pub fn first_poll(now: Timestamp, count: usize, seed: u64) -> Timestamp {
    let spread = (f64::from(u32::try_from(count).unwrap_or(u32::MAX)) * 0.05).min(10.0 * MINUTE);
    after(now, spread * unit(seed))
}

/// The due time to go by when the clock proves to have jumped or the machine to have slept: what lies further ahead than
/// any interval is brought back, and what is long overdue is spread over `spread` instead of being asked all at once.
/// A due time that is neither is returned as it is. [`Timestamp::MAX`], a feed that is gone, stays.
pub fn settled_due(due: Timestamp, now: Timestamp, longest: Duration, spread: Duration, seed: u64) -> Timestamp {
    if due == Timestamp::MAX {
        return due;
    }
    let ahead = due.duration_since(now).as_secs_f64();
    let longest = longest.as_secs_f64().max(LONGEST_RETRY);
    if ahead > longest * 1.3 || ahead < -600.0 {
        return after(now, spread.as_secs_f64() * unit(seed ^ now.as_second().cast_unsigned()));
    }
    due
}

/// Seconds to wait after the `errors`-th error in a row.
fn backoff(result: &PollResult, errors: u32) -> f64 {
    let doublings = f64::from(errors.saturating_sub(1).min(12));
    let (first, last) = match result {
        PollResult::Blocked => (6.0 * HOUR, DAY),
        PollResult::RateLimited => (HOUR, DAY),
        // Missing once is a slip of the site, missing for weeks is a feed that is no more.
        PollResult::NotFound if errors > 14 => (7.0 * DAY, 7.0 * DAY),
        PollResult::NotFound => (HOUR, DAY),
        _ => (5.0 * MINUTE, DAY),
    };
    (first * doublings.exp2()).min(last)
}

/// The next time the cron expression names, in local time, at most a minute late so that not all ring together.
fn next_ring(cron: &Cron, from: Timestamp, seed: u64) -> Timestamp {
    // croner knows chrono only; local time goes through it as if it were UTC, and daylight saving is put right by jiff.
    let zone = TimeZone::system();
    let local = zone.to_datetime(from);
    let as_utc = TimeZone::UTC.to_timestamp(local).ok().and_then(|t| DateTime::<Utc>::from_timestamp(t.as_second(), 0));
    let ring = as_utc.and_then(|t| cron.find_next_occurrence(&t, false).ok());
    let ring = ring.and_then(|t| Timestamp::from_second(t.timestamp()).ok()).map(|t| TimeZone::UTC.to_datetime(t));
    match ring.and_then(|civil| zone.to_timestamp(civil).ok()) {
        Some(at) => after(at.max(from), 20.0 * unit(seed)),
        // An expression that never rings again, such as 30 February.
        None => after(from, DAY),
    }
}

/// The first moment from `at` on that the feed's skipHours and skipDays leave open; `at` itself if they leave none.
fn awake(at: Timestamp, hints: &PollHints, seed: u64) -> Timestamp {
    if hints.skip_hours.is_empty() && hints.skip_days.is_empty() {
        return at;
    }
    let mut open = at;
    for _ in 0..(8 * 24) {
        let hour = u8::try_from(open.as_second().rem_euclid(86_400) / 3_600).unwrap_or(0);
        // 1 January 1970 was a Thursday, the fourth day from Monday.
        let day = u8::try_from((open.as_second().div_euclid(86_400) + 3).rem_euclid(7)).unwrap_or(0);
        if !hints.skip_hours.contains(&hour) && !hints.skip_days.contains(&day) {
            return if open == at { at } else { after(open, 10.0 * MINUTE * unit(seed)) };
        }
        let into = open.as_second().rem_euclid(3_600);
        open = open.saturating_add(SignedDuration::from_secs(3_600 - into)).unwrap_or(open);
    }
    at
}

/// The silences between a feed's entries.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Gaps {
    /// The first entry that is known of.
    from: Option<Timestamp>,
    /// The latest.
    last: Option<Timestamp>,
    /// The longest silence of late, in seconds; shrinks slowly.
    longest: f32,
    /// Silences of a quarter of an hour and more that were seen.
    count: u32,
}

impl Gaps {
    /// Learns from entries that were found at `now`, the time before at `before`; what was longest is kept by `keep`.
    fn learn(&mut self, new: &[Timestamp], before: Timestamp, now: Timestamp, keep: f32) {
        self.longest *= keep;
        // What a known feed adds was published since the last look, whatever date it states.
        let earliest = if self.last.is_some() { before } else { Timestamp::MIN };
        let mut times: Vec<Timestamp> = new.iter().map(|at| (*at).max(earliest).min(now)).collect();
        times.sort_unstable();
        for at in times {
            let gap = self.last.map_or(0.0, |last| at.duration_since(last).as_secs_f64()).clamp(0.0, 90.0 * DAY);
            if gap >= 15.0 * MINUTE {
                self.count = self.count.saturating_add(1);
            }
            self.longest = self.longest.max(narrow(gap));
            self.last = self.last.max(Some(at));
            self.from = self.from.or(Some(at));
        }
    }
}

impl Rhythm {
    fn fail(&mut self, now: Timestamp) {
        self.errors = self.errors.saturating_add(1);
        self.failing_since = self.failing_since.or(Some(now));
    }

    /// Brings the rhythm up to `now`, at which `new` entries were found.
    fn learn(&mut self, new: &[Timestamp], now: Timestamp) {
        self.counts.resize(SLOTS, 0.0);
        self.hours.resize(SLOTS, 0.0);
        let first = self.at.is_none();
        // A first document shows some of the past: it is taken from its oldest entry, at most two weeks.
        let horizon = if first {
            let oldest = new.iter().copied().filter(|at| *at < now).min().unwrap_or(now);
            oldest.max(after(now, -14.0 * DAY))
        } else {
            self.at.unwrap_or(now)
        };
        let passed = now.duration_since(horizon).as_secs_f64();
        if passed < 0.0 {
            // The clock went back: nothing is learnt from negative time.
            self.at = Some(now);
            return;
        }
        if !first {
            let expected = self.expected(horizon, passed.min(14.0 * DAY));
            self.overdue = narrow((f64::from(self.overdue) + expected).min(1e6));
        }
        let keep = narrow((-passed / HALF_LIFE * std::f64::consts::LN_2).exp());
        self.burst *= narrow((-passed / BURST).exp());
        for (count, hours) in self.counts.iter_mut().zip(self.hours.iter_mut()) {
            *count *= keep;
            *hours *= keep;
        }
        self.observe(horizon, passed.min(14.0 * DAY));
        for at in new.iter().copied().map(|at| at.clamp(horizon, now)) {
            let age = now.duration_since(at).as_secs_f64();
            let weight = narrow((-age / HALF_LIFE * std::f64::consts::LN_2).exp());
            if let Some(count) = self.counts.get_mut(slot(at)) {
                *count += weight;
            }
            self.burst += narrow((-age / BURST).exp());
        }
        if !new.is_empty() {
            self.overdue = 0.0;
        }
        self.gaps.learn(new, horizon, now, narrow((-passed / HALF_LIFE * std::f64::consts::LN_2 / 6.0).exp()));
        self.at = Some(now);
    }

    /// Since when the feed publishes nothing where its rhythm lets expect something: two and a
    /// half times its longest silence of late have passed, and half a day at least. `None` while it speaks, or too little is known of it.
    pub fn silent_since(&self, now: Timestamp) -> Option<Timestamp> {
        let last = self.gaps.last?;
        let silence = now.duration_since(last).as_secs_f64();
        let known = self.gaps.count >= GAPS_KNOWN && self.gaps.from.is_some_and(|from| last.duration_since(from).as_secs_f64() >= WEEK);
        let long = silence > (2.5 * f64::from(self.gaps.longest)).max(12.0 * HOUR);
        (known && long && self.overdue >= OVERDUE).then_some(last)
    }

    /// Adds the hours from `from` on to the slots they fall into.
    fn observe(&mut self, from: Timestamp, length: f64) {
        let mut at = from;
        let mut left = length;
        while left > 0.0 {
            let step = to_next_hour(at).min(left);
            if let Some(hours) = self.hours.get_mut(slot(at)) {
                *hours += narrow(step / HOUR);
            }
            left -= step;
            at = after(at, step.max(1.0));
        }
    }

    /// Entries an hour over all slots. Half an entry in two days is what an unknown feed is taken for.
    fn mean(&self) -> f64 {
        let sum = |values: &[f32]| values.iter().map(|v| f64::from(*v)).sum::<f64>();
        (sum(&self.counts) + 0.5) / (sum(&self.hours) + 48.0)
    }

    /// Entries an hour that the slot lets expect. A slot that was seen little leans on its neighbours and on the mean.
    fn rate(&self, slot: usize, mean: f64) -> f64 {
        let get = |values: &[f32], at: usize| f64::from(values.get(at).copied().unwrap_or(0.0));
        let (half, hour) = (slot / 24 * 24, slot % 24);
        let near = [half + (hour + 23) % 24, half + (hour + 1) % 24, (24 - half) + hour];
        let count = get(&self.counts, slot) + 0.25 * near.iter().map(|n| get(&self.counts, *n)).sum::<f64>();
        let seen = get(&self.hours, slot) + 0.25 * near.iter().map(|n| get(&self.hours, *n)).sum::<f64>();
        (count + mean) / (seen + 1.0)
    }

    /// Entries expected in `length` seconds from `from` on.
    fn expected(&self, from: Timestamp, length: f64) -> f64 {
        let (mut at, mut left, mut sum, mean) = (from, length, 0.0, self.mean());
        while left > 0.0 {
            let step = to_next_hour(at).min(left);
            sum += self.rate(slot(at), mean) * step / HOUR;
            left -= step;
            at = after(at, step.max(1.0));
        }
        sum
    }

    /// Seconds until the next poll is worth its request.
    fn interval(&self, now: Timestamp, min: f64, max: f64) -> f64 {
        // A feed that stays silent where entries were due has slowed down, whatever the weights still say.
        let silence = (3.0 / f64::from(self.overdue).max(3.0)).min(1.0);
        let burst = f64::from(self.burst) / (BURST / HOUR);
        let (mut at, mut waited, mut worth, mean) = (now, 0.0_f64, 0.0_f64, self.mean());
        while waited < max {
            // A burst fades within an hour and wants finer steps.
            let step = if burst > 0.1 { to_next_hour(at).min(10.0 * MINUTE) } else { to_next_hour(at) };
            let rate = (self.rate(slot(at), mean) * silence).max(burst * 0.5 * (-waited / BURST).exp());
            let interval = (UNIT_INTERVAL / rate.max(1e-6).sqrt()).max(min);
            let gain = step / interval;
            if worth + gain >= 1.0 {
                return (waited + (1.0 - worth) * interval).clamp(min, max);
            }
            worth += gain;
            waited += step;
            at = after(at, step);
        }
        max
    }
}

/// The slot of the rhythm that `at` falls into.
fn slot(at: Timestamp) -> usize {
    let hour = usize::try_from(at.as_second().rem_euclid(86_400) / 3_600).unwrap_or(0);
    let weekend = (at.as_second().div_euclid(86_400) + 3).rem_euclid(7) >= 5;
    hour + if weekend { 24 } else { 0 }
}

fn to_next_hour(at: Timestamp) -> f64 {
    let into = i32::try_from(at.as_second().rem_euclid(3_600)).unwrap_or(0);
    HOUR - f64::from(into)
}

/// `now` and so many seconds; the end of time where there is no such moment.
fn after(now: Timestamp, wait: f64) -> Timestamp {
    SignedDuration::try_from_secs_f64(wait).ok().and_then(|wait| now.checked_add(wait).ok()).unwrap_or(Timestamp::MAX)
}

#[allow(clippy::cast_precision_loss)] // beyond 2^52 seconds nobody waits to the second
fn seconds(s: u64) -> f64 {
    s as f64
}

#[allow(clippy::cast_possible_truncation)] // weights need no more than seven digits
fn narrow(value: f64) -> f32 {
    value as f32
}

/// A number from 0 to 1 that `seed` decides. (SplitMix64, Vigna; public domain)
fn unit(seed: u64) -> f64 {
    let mut z = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    f64::from(u32::try_from((z ^ (z >> 31)) >> 32).unwrap_or(0)) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests;
