//! Alerts: rules read the event stream behind everybody else's back, and what they have to tell goes through an outbox
//! in the database.
//!
//! What is to be told is decided once: the alerts of a page of events and the cursor behind it are one commit, and a key
//! (a story, a copy, a feed on a day) is told once a rule. Handing over ([`handing`]) is repeated until the receiver has
//! it: at least once, and after a crash at most once more. One receiver gets one run at a time with a pause between two,
//! and what came meanwhile comes together: a storm of events is no storm of runs.

mod handing;
mod rules;

use super::DaemonError;
use super::engine::Engine;
use crate::config::Alert;
use crate::store::{Reader, StoreError};
use handing::Handed;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Events looked at in one step.
const PAGE: u32 = 500;
/// Events after which the cursor is stored although no rule had anything to tell.
const LOOSE: i64 = 200;
/// Between two runs of one receiver.
const PAUSE: Duration = Duration::from_secs(2);
/// First and longest wait after a failed run.
const RETRY: (Duration, Duration) = (Duration::from_secs(10), Duration::from_secs(3600));
/// How long an alert waits for a receiver that never takes it.
const GIVE_UP: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Until the end: looks at every event once, and hands over what the rules have to tell.
pub async fn keep_telling(engine: Arc<Engine>) {
    let mut desk = Desk::default();
    let mut runs = JoinSet::new();
    while !engine.stop.is_cancelled() {
        if let Err(error) = desk.look(&engine).await {
            tracing::error!(%error, "events could not be looked at for alerts; nothing is lost, they are looked at later");
            desk.look_again();
        }
        desk.begin_runs(&engine, &mut runs);
        let wake = desk.wake();
        tokio::select! {
            () = engine.stop.cancelled() => break,
            () = engine.writer.news() => {}
            Some(done) = runs.join_next() => desk.ended(&engine, done),
            () = tokio::time::sleep_until(wake.unwrap_or_else(Instant::now).into()), if wake.is_some() => {}
        }
    }
    // Runs under way see the end by themselves and are given a moment for theirs.
    while let Some(done) = runs.join_next().await {
        desk.ended(&engine, done);
    }
    if let Err(error) = desk.store_cursor(&engine).await {
        tracing::warn!(%error, "how far events were looked at for alerts could not be stored; some are looked at again");
    }
}

/// Everything up to now, once: what a single pass without a daemon does. Receivers that fail are tried at the next pass.
///
/// # Errors
/// Where the database fails.
pub async fn tell_once(engine: &Arc<Engine>) -> Result<(), DaemonError> {
    let mut desk = Desk::default();
    desk.look(engine).await?;
    desk.store_cursor(engine).await?;
    let mut runs = JoinSet::new();
    loop {
        desk.begin_runs(engine, &mut runs);
        let Some(done) = runs.join_next().await else { return Ok(()) };
        desk.ended(engine, done);
        desk.boxes.values_mut().for_each(|outbox| match outbox.failures {
            0 => outbox.not_before = None,
            _ => outbox.waiting = false,
        });
    }
}

/// Where the events begin that rules look at: called before the first of a run is written.
///
/// # Errors
/// Where the database fails.
pub async fn begin(engine: &Engine) -> Result<(), DaemonError> {
    match engine.config().alerts.is_empty() {
        true => engine.writer.with(|state| state.store.forget_alert_cursor()).await,
        false => engine.writer.with(|state| state.store.alert_cursor()).await.map(|_| ()),
    }
}

/// Gives up what waits for rules that are gone or has waited too long, and forgets what was told long ago.
///
/// # Errors
/// Where the database fails.
pub async fn tidy(engine: &Engine) -> Result<(), DaemonError> {
    let (config, now) = (engine.config(), engine.clock.now());
    let rules: Vec<String> = config.alerts.iter().map(|rule| rule.name.clone()).collect();
    let told = SignedDuration::try_from(config.retention.events).ok().and_then(|age| now.checked_sub(age).ok()).unwrap_or(Timestamp::MIN);
    let waited = now.saturating_sub(GIVE_UP).unwrap_or(Timestamp::MIN);
    let dropped = engine.writer.with(move |state| state.store.drop_alerts(&rules, waited, told)).await?;
    if dropped > 0 {
        tracing::error!(alerts = dropped, "{dropped} alerts given up: nobody took them for seven days, or their rule is gone");
    }
    Ok(())
}

/// A receiver that does not take what it is given: since when, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Since when.
    pub since: Timestamp,
    /// What happened last.
    pub why: String,
}

/// What is known of one rule's receiver.
struct Outbox {
    /// Something may wait for it.
    waiting: bool,
    running: bool,
    not_before: Option<Instant>,
    failures: u32,
}

impl Default for Outbox {
    fn default() -> Self {
        Self { waiting: true, running: false, not_before: None, failures: 0 }
    }
}

type Run = (String, Result<Handed, DaemonError>);

/// How far events were looked at, and the receivers.
#[derive(Default)]
struct Desk {
    cursor: Option<i64>,
    /// The cursor as the database has it.
    stored: i64,
    boxes: HashMap<String, Outbox>,
    look_at: Option<Instant>,
}

impl Desk {
    /// Looks at the events that came since.
    async fn look(&mut self, engine: &Arc<Engine>) -> Result<(), DaemonError> {
        self.look_at = None;
        if engine.config().alerts.is_empty() {
            if self.cursor.take().is_some() {
                engine.writer.with(|state| state.store.forget_alert_cursor()).await?;
            }
            return Ok(());
        }
        let mut cursor = match self.cursor {
            Some(cursor) => cursor,
            None => {
                self.stored = engine.writer.with(|state| state.store.alert_cursor()).await?;
                self.stored
            }
        };
        self.cursor = Some(cursor);
        while cursor < engine.writer.last_event() && !engine.stop.is_cancelled() {
            let (config, last) = (engine.config(), cursor);
            let read = move || -> Result<_, StoreError> {
                let reader = Reader::open(&config.state_dir)?;
                let events = reader.events(last, None, PAGE)?;
                let mut alerts = Vec::new();
                for event in &events {
                    alerts.extend(rules::alerts_of(&reader, &config, event)?);
                }
                Ok((events.last().map(|event| event.seq), alerts))
            };
            let read = tokio::task::spawn_blocking(read).await.map_err(|e| DaemonError::Reading(e.to_string()))?;
            let (Some(to), alerts) = read? else { break };
            cursor = to;
            if !alerts.is_empty() || cursor - self.stored >= LOOSE {
                let now = engine.clock.now();
                for alert in &alerts {
                    self.boxes.entry(alert.rule.clone()).or_default().waiting = true;
                }
                engine.writer.with(move |state| state.store.queue_alerts(cursor, &alerts, now)).await?;
                self.stored = cursor;
            }
            self.cursor = Some(cursor);
        }
        Ok(())
    }

    fn look_again(&mut self) {
        self.look_at = Some(Instant::now() + RETRY.0);
    }

    async fn store_cursor(&mut self, engine: &Engine) -> Result<(), DaemonError> {
        let Some(cursor) = self.cursor.filter(|cursor| *cursor > self.stored) else { return Ok(()) };
        let now = engine.clock.now();
        engine.writer.with(move |state| state.store.queue_alerts(cursor, &[], now)).await?;
        self.stored = cursor;
        Ok(())
    }

    /// Starts a run for every receiver that has something waiting, none under way and its pause behind it.
    fn begin_runs(&mut self, engine: &Arc<Engine>, runs: &mut JoinSet<Run>) {
        let (config, now) = (engine.config(), Instant::now());
        for rule in &config.alerts {
            let outbox = self.boxes.entry(rule.name.clone()).or_default();
            if outbox.waiting && !outbox.running && outbox.not_before.is_none_or(|at| at <= now) {
                (outbox.running, outbox.not_before) = (true, None);
                let (engine, rule): (_, Alert) = (Arc::clone(engine), rule.clone());
                runs.spawn(async move { (rule.name.clone(), handing::hand_over(&engine, &rule).await) });
            }
        }
    }

    /// When there is something to do without news: a pause or a wait ends.
    fn wake(&self) -> Option<Instant> {
        let pauses = self.boxes.values().filter(|outbox| outbox.waiting && !outbox.running).filter_map(|outbox| outbox.not_before);
        pauses.chain(self.look_at).min()
    }

    fn ended(&mut self, engine: &Engine, done: Result<Run, tokio::task::JoinError>) {
        let (name, result) = match done {
            Ok(run) => run,
            Err(error) => {
                tracing::error!(%error, "handing over alerts died; they wait for the next start");
                return;
            }
        };
        let outbox = self.boxes.entry(name.clone()).or_default();
        outbox.running = false;
        let why = match result {
            Ok(Handed::Nothing) => {
                outbox.waiting = false;
                return;
            }
            Ok(Handed::Some) => {
                outbox.not_before = Some(Instant::now() + PAUSE);
                if std::mem::take(&mut outbox.failures) > 0 {
                    tracing::info!(alert = name, "the alert “{name}” gets through again");
                }
                troubles(engine).remove(&name);
                return;
            }
            Err(DaemonError::Interrupted) => return outbox.waiting = false,
            Ok(Handed::Failed(why)) => why,
            Err(error) => error.to_string(),
        };
        let wait = RETRY.0.saturating_mul(1 << outbox.failures.min(12)).min(RETRY.1);
        outbox.not_before = Some(Instant::now() + wait);
        outbox.failures += 1;
        match outbox.failures {
            1 => tracing::error!(alert = name, "the alert “{name}” does not get through: {why}; it is tried again"),
            failures => tracing::debug!(alert = name, failures, "the alert “{name}” still does not get through: {why}"),
        }
        let since = engine.clock.now();
        troubles(engine).entry(name).or_insert_with(|| Trouble { since, why: String::new() }).why = why;
    }
}

fn troubles(engine: &Engine) -> MutexGuard<'_, BTreeMap<String, Trouble>> {
    engine.alert_troubles.lock().unwrap_or_else(PoisonError::into_inner)
}
