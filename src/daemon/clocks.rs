//! Publishers' clocks, learnt from what they state and when polls found it; kept in the database, a row a publisher.

use crate::dedup::origin::Clock;
use crate::store::{ClockSample, StoreError, Writer};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashMap};

/// Under which names the database keeps them: this, then the publisher.
pub const PREFIX: &str = "clock/";
/// Articles that a clock is judged by: the latest.
const KEPT: usize = 48;
/// A poll after a longer silence says nothing of when its finds were published, in seconds.
const LONGEST_GAP_S: i64 = 6 * 3600;
/// What is stated further from when it was found is an old article, or no clock's fault, in seconds.
const FURTHEST_S: i64 = 2 * 86_400;

/// What is known of one publisher's clock, and from what.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Held {
    /// The judgement.
    pub clock: Clock,
    /// The articles it rests on, oldest first.
    pub samples: Vec<ClockSample>,
}

impl Held {
    fn learn(&mut self, sample: ClockSample) {
        self.samples.push(sample);
        let over = self.samples.len().saturating_sub(KEPT);
        self.samples.drain(..over);
        self.clock = judge(&self.samples);
    }
}

/// The clock that these articles speak of.
fn judge(samples: &[ClockSample]) -> Clock {
    let mut gaps: Vec<i64> = samples.iter().map(|s| s.gap_s).collect();
    gaps.sort_unstable();
    let pairs: Vec<(Timestamp, Timestamp)> =
        samples.iter().filter_map(|s| Some((Timestamp::from_second(s.ahead_s).ok()?, Timestamp::UNIX_EPOCH))).collect();
    Clock::observe(&pairs, gaps.get(gaps.len() / 2).copied().unwrap_or(0))
}

/// The clocks of all publishers.
#[derive(Debug, Default)]
pub struct Clocks {
    held: HashMap<String, Held>,
    changed: BTreeSet<String>,
}

impl Clocks {
    /// Takes up what the database keeps; a row that cannot be read is forgotten, for it is learnt again.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn restore(store: &Writer) -> Result<Self, StoreError> {
        let rows = store.metas(PREFIX)?;
        let held = rows.into_iter().filter_map(|(name, json)| Some((name, serde_json::from_str(&json).ok()?))).collect();
        Ok(Self { held, changed: BTreeSet::new() })
    }

    /// What is known of a publisher's clock.
    pub fn of(&self, publisher: &str) -> Clock {
        self.held.get(publisher).map(|held| held.clock).unwrap_or_default()
    }

    /// Learns from an article that a poll found at `seen_at`, `gap_s` seconds after the poll before.
    pub fn learn(&mut self, publisher: &str, published_at: Option<Timestamp>, seen_at: Timestamp, gap_s: Option<i64>) {
        let (Some(stated), Some(gap_s)) = (published_at, gap_s) else { return };
        let ahead_s = stated.as_second().saturating_sub(seen_at.as_second());
        // A date without a time says nothing of the clock.
        if !(1..=LONGEST_GAP_S).contains(&gap_s) || ahead_s.abs() > FURTHEST_S || is_date_only(stated) {
            return;
        }
        self.held.entry(publisher.to_owned()).or_default().learn(ClockSample { ahead_s, gap_s });
        self.changed.insert(publisher.to_owned());
    }

    /// What changed since it was last asked for, as the database keeps it.
    pub fn take_changes(&mut self) -> Vec<(String, String)> {
        let changed = std::mem::take(&mut self.changed);
        let row = |name: String| {
            let json = serde_json::to_string(self.held.get(&name)?).ok()?;
            Some((format!("{PREFIX}{name}"), json))
        };
        changed.into_iter().filter_map(row).collect()
    }
}

/// A date is read as its midnight.
pub fn is_date_only(stated: Timestamp) -> bool {
    stated.as_second().rem_euclid(86_400) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + second).unwrap()
    }

    #[test]
    fn a_clock_two_hours_ahead_is_learnt_and_comes_back() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Writer::open(dir.path(), crate::store::Options { reserve: 0, ..Default::default() }).unwrap();
        let mut clocks = Clocks::restore(&store).unwrap();
        for n in 0..60 {
            clocks.learn("Ahead", Some(at(n * 5000 + 7200 - 300)), at(n * 5000), Some(600));
            clocks.learn("Right", Some(at(n * 5000 - 290)), at(n * 5000), Some(600));
        }
        // Nothing is learnt from what says nothing.
        clocks.learn("Silent", None, at(0), Some(600));
        clocks.learn("Silent", Some(at(0)), at(0), None);
        clocks.learn("Silent", Some(at(-40 * 86_400)), at(0), Some(600));
        clocks.learn("Silent", Some(at(0)), at(0), Some(86_400));
        store.set_metas(&clocks.take_changes()).unwrap();
        assert!(clocks.take_changes().is_empty());
        let again = Clocks::restore(&store).unwrap();
        assert_eq!((again.of("Ahead").offset_s, again.of("Ahead").observed), (7200, KEPT as u32));
        assert_eq!((again.of("Right").offset_s, again.of("Silent")), (0, Clock::default()));
    }
}
