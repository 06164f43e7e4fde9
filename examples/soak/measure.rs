//! What is looked at: memory, descriptors, threads, tasks, the write-ahead log, queues; and what was lost.

use crate::site::{Outlets, Site};
use anyhow::ensure;
use newsfold::daemon::control::{self, Command, DaemonStatus};
use newsfold::store::Reader;
use std::collections::HashMap;
use std::fmt;
use std::path::Path;

/// One look at the daemon.
pub struct Sample {
    pub day: f64,
    pub pid: u32,
    pub memory: f64,
    pub descriptors: f64,
    pub threads: f64,
    pub tasks: f64,
    pub wal: f64,
    pub database: f64,
    pub status: DaemonStatus,
}

/// Looks; nothing where the daemon does not answer, as when it has just been started.
pub fn sample(day: f64, pid: u32, state: &Path) -> Option<Sample> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let field = |name: &str| -> f64 {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0.0)
    };
    let size = |name: &str| state.join(name).metadata().map_or(0.0, |m| m.len() as f64 / 1e6);
    let answer = control::call(state, Command::Status, |_| {}).ok()?;
    Some(Sample {
        day,
        pid,
        memory: field("VmRSS:") * 1024.0 / 1e6,
        descriptors: std::fs::read_dir(format!("/proc/{pid}/fd")).ok()?.count() as f64,
        threads: field("Threads:"),
        tasks: std::fs::read_to_string(state.join("tasks")).ok().and_then(|text| text.trim().parse().ok()).unwrap_or(0.0),
        wal: size("newsfold.db-wal"),
        database: size("newsfold.db"),
        status: serde_json::from_value(answer).ok()?,
    })
}

pub fn head() {
    println!(" day    MB  fds  threads  tasks  WAL MB  DB MB  indexed  pending  queue  overdue s   polls  failed  settled  alerts waiting");
}

/// A line a day: the most that was seen, but of memory the mean, as the verdict takes it.
pub fn line(samples: &[Sample]) {
    let [.., before, last] = samples else { return };
    if before.day.floor() == last.day.floor() {
        return;
    }
    let of_day: Vec<&Sample> = samples.iter().filter(|s| s.day.floor() == before.day.floor()).collect();
    let most = |value: &dyn Fn(&Sample) -> f64| of_day.iter().map(|s| value(s)).fold(0.0, f64::max);
    println!(
        "{:>4} {:>5.1} {:>4} {:>8} {:>6} {:>7.1} {:>6.1} {:>8} {:>8} {:>6} {:>10} {:>7} {:>7} {:>8} {:>15}",
        before.day.floor(),
        of_day.iter().map(|s| s.memory).sum::<f64>() / of_day.len() as f64,
        most(&|s| s.descriptors),
        most(&|s| s.threads),
        most(&|s| s.tasks),
        most(&|s| s.wal),
        most(&|s| s.database),
        most(&|s| s.status.indexed as f64),
        most(&|s| s.status.pending as f64),
        most(&|s| s.status.writer_queue as f64),
        most(&|s| s.status.overdue_s as f64),
        last.status.done.polls,
        last.status.done.polls_failed,
        last.status.done.settled,
        most(&|s| s.status.alerts_waiting as f64),
    );
}

/// A straight line through the points: its rise a day, and twice the standard error of that.
fn slope(points: &[(f64, f64)]) -> (f64, f64) {
    let n = points.len() as f64;
    let mean = |value: &dyn Fn(&(f64, f64)) -> f64| points.iter().map(value).sum::<f64>() / n;
    let (x, y) = (mean(&|p| p.0), mean(&|p| p.1));
    let spread: f64 = points.iter().map(|p| (p.0 - x).powi(2)).sum();
    let rise = points.iter().map(|p| (p.0 - x) * (p.1 - y)).sum::<f64>() / spread;
    let rest: f64 = points.iter().map(|p| (p.1 - y - rise * (p.0 - x)).powi(2)).sum();
    (rise, 2.0 * (rest / (n - 2.0) / spread).sqrt())
}

/// The means of whole days: looks a few seconds apart are no independent measurements.
fn days(samples: &[&Sample], value: fn(&Sample) -> f64) -> Vec<(f64, f64)> {
    let day = |s: &Sample| s.day.floor();
    let of_days = samples.chunk_by(|a, b| day(a) == day(b));
    of_days
        .map(|of_day| (of_day.first().map_or(0.0, |s| day(s)), of_day.iter().map(|s| value(s)).sum::<f64>() / of_day.len() as f64))
        .collect()
}

/// What grows once everything that is to be forgotten is being forgotten.
pub fn verdict(samples: &[Sample], from: f64) -> anyhow::Result<()> {
    let last = samples.last().map(|s| s.pid);
    let steady: Vec<&Sample> = samples.iter().filter(|s| s.day >= from && Some(s.pid) == last).collect();
    if steady.len() < 20 {
        println!("too short to say what grows");
        return Ok(());
    }
    println!("after day {from}, means of days, their rise a day (± two standard errors), mean:");
    type Value = fn(&Sample) -> f64;
    // What may be noise is a share of the mean a day.
    let watched: [(&str, Value, f64); 6] = [
        ("memory MB", |s| s.memory, 0.01),
        ("descriptors", |s| s.descriptors, 0.01),
        ("threads", |s| s.threads, 0.01),
        ("tasks", |s| s.tasks, 0.02),
        ("WAL MB", |s| s.wal, 0.05),
        ("database MB", |s| s.database, 0.02),
    ];
    let mut grows = Vec::new();
    for (name, value, noise) in watched {
        let points = days(&steady, value);
        let (rise, error) = slope(&points);
        let mean = points.iter().map(|p| p.1).sum::<f64>() / points.len() as f64;
        println!("  {name:<12} {rise:>+8.3} ± {error:.3}   {mean:.1}");
        if rise - error > noise * mean {
            grows.push(name);
        }
    }
    ensure!(grows.is_empty(), "{grows:?} grow");
    Ok(())
}

/// What the outlets have published and newsfold does not have, or has twice.
pub struct Lost {
    published: usize,
    missing: usize,
    unsettled: usize,
    twice: usize,
}

impl Lost {
    pub fn is_nothing(&self) -> bool {
        self.missing == 0 && self.unsettled == 0 && self.twice == 0
    }
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "of the {} entries of the last five days: {} missing, {} not settled, {} twice",
            self.published, self.missing, self.unsettled, self.twice
        )
    }
}

/// Looks for every entry that the retention must have left.
pub fn lost(state: &Path, outlets: &Outlets, site: &Site) -> anyhow::Result<Lost> {
    let mut there: HashMap<String, (usize, bool)> = HashMap::new();
    Reader::open(state)?.export(&mut |row| {
        if let Some(url) = row.entry_url.or(row.canonical_url) {
            let seen = there.entry(url).or_default();
            (seen.0, seen.1) = (seen.0 + 1, row.cluster.is_some());
        }
        Ok(())
    })?;
    let mut lost = Lost { published: 0, missing: 0, unsettled: 0, twice: 0 };
    for (outlet, entry) in outlets.recent(5.0) {
        lost.published += 1;
        match there.get(&site.page(outlet, entry)) {
            None => lost.missing += 1,
            Some((1, true)) => {}
            Some((1, false)) => lost.unsettled += 1,
            Some(_) => lost.twice += 1,
        }
    }
    Ok(lost)
}
