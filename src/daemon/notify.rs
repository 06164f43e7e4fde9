//! What the service manager is told: ready, reloading, stopping, alive.

use super::bell::Bells;
use super::engine::Engine;
use sd_notify::NotifyState;
use std::time::{Duration, Instant};

fn tell(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::warn!(%error, "the service manager could not be told");
    }
}

/// The indexes stand, the socket listens.
pub fn ready(engine: &Engine) {
    let status = format!("{} feeds", engine.config().feeds.len());
    tell(&[NotifyState::Ready, NotifyState::Status(&status)]);
}

/// A reload begins. [`ready`] ends it.
pub fn reloading() {
    match NotifyState::monotonic_usec_now() {
        Ok(now) => tell(&[NotifyState::Reloading, now]),
        Err(error) => tracing::warn!(%error, "no monotonic clock to tell the service manager"),
    }
}

/// The end begins.
pub fn stopping() {
    tell(&[NotifyState::Stopping]);
}

/// How long no bell may ring before the scheduler counts as stalled.
const STALLED: Duration = Duration::from_secs(5);

/// Feeds systemd's watchdog, but only while the scheduler turns and the writer answers.
pub struct Watchdog {
    interval: Option<tokio::time::Interval>,
    rung: u64,
    heard: Instant,
}

impl Watchdog {
    /// A watchdog fed at a third of the period that the service manager set; none where it set none.
    pub fn new() -> Self {
        let interval = sd_notify::watchdog_enabled().map(|period| {
            let mut interval = tokio::time::interval((period / 3).max(Duration::from_millis(50)));
            interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            interval
        });
        Self { interval, rung: 0, heard: Instant::now() }
    }

    /// Until it wants to be fed; for ever where there is none.
    pub async fn tick(&mut self) {
        match &mut self.interval {
            Some(interval) => {
                interval.tick().await;
            }
            None => std::future::pending().await,
        }
    }

    /// Feeds it, if all that it watches moves.
    pub async fn feed(&mut self, engine: &Engine, bells: &Bells) {
        let rung = bells.rung();
        if rung != self.rung {
            (self.rung, self.heard) = (rung, Instant::now());
        }
        if self.heard.elapsed() > STALLED {
            tracing::error!("the scheduler does not turn; the watchdog is not fed");
            return;
        }
        match tokio::time::timeout(STALLED, engine.writer.ping()).await {
            Ok(Ok(())) => tell(&[NotifyState::Watchdog]),
            _ => tracing::error!("the writer does not answer; the watchdog is not fed"),
        }
    }
}
