//! What the service manager is told: ready, reloading, stopping, alive.

use super::bell::Bells;
use super::engine::Engine;
use sd_notify::NotifyState;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

fn tell(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::warn!(%error, "the service manager could not be told");
    }
}

/// The indexes stand, the socket listens.
pub fn ready(engine: &Engine) {
    tell(&[NotifyState::Ready, NotifyState::Status(&status(engine))]);
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

/// The line that `systemctl status` shows.
fn status(engine: &Engine) -> String {
    let mut line = format!("{} feeds, {} being polled", engine.config().feeds.len(), engine.polling());
    for (is, what) in [
        (engine.paused.load(Ordering::Relaxed), "paused"),
        (engine.writer.space_low(), "the disk is full, polling rests"),
        (engine.reload_error().is_some(), "the last reload was refused"),
        (!engine.alert_troubles().is_empty(), "alerts do not get through"),
    ] {
        if is {
            line.push_str("; ");
            line.push_str(what);
        }
    }
    line
}

/// The bell rings every second: a silence of less is none.
const LEAST: Duration = Duration::from_millis(2_500);

/// Feeds systemd's watchdog, but only while the scheduler turns, the poller follows it and the writer answers.
pub struct Watchdog {
    /// How often it wants to be fed, and what bounds a stall; `None` without a watchdog.
    every: Option<Duration>,
    interval: Option<tokio::time::Interval>,
    /// How often the bell has rung and the poller has looked, and when either was seen to rise.
    seen: [(u64, Instant); 2],
}

impl Watchdog {
    /// A watchdog fed at a third of the period that the service manager set; none where it set none.
    pub fn new() -> Self {
        Self::every(sd_notify::watchdog_enabled().map(|period| (period / 3).max(Duration::from_millis(50))))
    }

    fn every(every: Option<Duration>) -> Self {
        let interval = every.map(|every| {
            let mut interval = tokio::time::interval(every);
            interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            interval
        });
        Self { every, interval, seen: [(0, Instant::now()); 2] }
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
    pub async fn feed(&mut self, engine: &Engine, bells: &mut Bells) {
        match self.stalled(engine, bells).await {
            None => tell(&[NotifyState::Watchdog, NotifyState::Status(&status(engine))]),
            Some(what) => {
                tracing::error!("{what}; the watchdog is not fed");
                // The wall clock may have been set back: a scheduler that begins anew knows the new time.
                if self.bell_is_silent()
                    && let Err(error) = bells.restart().await
                {
                    tracing::error!(%error, "the scheduler does not start again");
                }
            }
        }
    }

    fn patience(&self) -> Duration {
        self.every.unwrap_or_default().max(LEAST)
    }

    fn bell_is_silent(&self) -> bool {
        self.seen[0].1.elapsed() > self.patience()
    }

    /// What does not move.
    async fn stalled(&mut self, engine: &Engine, bells: &Bells) -> Option<&'static str> {
        let patience = self.patience();
        let counts = [bells.rung(), engine.looks.load(Ordering::Relaxed)];
        for (seen, count) in self.seen.iter_mut().zip(counts) {
            if seen.0 != count {
                *seen = (count, Instant::now());
            }
        }
        if self.bell_is_silent() {
            return Some("the scheduler does not turn");
        }
        if self.seen[1].1.elapsed() > patience {
            return Some("nobody looks for feeds that are due");
        }
        match tokio::time::timeout(patience, engine.writer.ping()).await {
            Ok(Ok(())) => None,
            _ => Some("the writer does not answer"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;
    use crate::daemon::{ConfigSource, poller};
    use std::sync::Arc;
    use std::sync::atomic::AtomicU64;

    async fn engine(dir: &std::path::Path) -> Arc<Engine> {
        let config = crate::config::from_text(&format!("state_dir = {dir:?}\n"), "t.toml").unwrap();
        Engine::start(config, ConfigSource::default(), Clock::system()).await.unwrap()
    }

    /// Whether `stalled` says `what` before a period of three times `every` has passed.
    async fn noticed(dog: &mut Watchdog, engine: &Engine, bells: &Bells, what: &str) -> bool {
        let end = Instant::now() + LEAST * 3;
        while Instant::now() < end {
            dog.tick().await;
            if let Some(stalled) = dog.stalled(engine, bells).await {
                assert_eq!(stalled, what);
                return true;
            }
        }
        false
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn each_stall_is_noticed_within_the_period() {
        let dir = tempfile::tempdir().unwrap();
        let engine = engine(dir.path()).await;
        let mut bells = Bells::start().await.unwrap();
        let tasks = tokio_util::task::TaskTracker::new();
        let poller = tokio::spawn(poller::keep_polling(Arc::clone(&engine), Arc::clone(&bells.poll), tasks));
        let mut dog = Watchdog::every(Some(LEAST));
        dog.tick().await;
        assert_eq!(dog.stalled(&engine, &bells).await, None, "all is well");
        dog.tick().await;
        assert_eq!(dog.stalled(&engine, &bells).await, None, "all is still well");

        let (release, held) = std::sync::mpsc::channel::<()>();
        let busy = engine.writer.clone();
        let job = tokio::spawn(async move { busy.with(move |_| held.recv().or(Ok(()))).await });
        assert!(noticed(&mut dog, &engine, &bells, "the writer does not answer").await);
        drop(release);
        job.await.unwrap().unwrap();

        bells.stop().await;
        assert!(noticed(&mut dog, &engine, &bells, "the scheduler does not turn").await);
        bells.restart().await.unwrap();
        dog.tick().await;
        assert_eq!(dog.stalled(&engine, &bells).await, None, "a scheduler that begins anew turns");

        poller.abort();
        assert!(noticed(&mut dog, &engine, &bells, "nobody looks for feeds that are due").await);
        bells.stop().await;
        engine.writer.close().await;
    }

    /// Whether `count` rises within a time that is far longer than it needs.
    fn rises(count: &AtomicU64) -> bool {
        let (before, end) = (count.load(Ordering::Relaxed), Instant::now() + Duration::from_secs(30));
        while count.load(Ordering::Relaxed) == before && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(5));
        }
        count.load(Ordering::Relaxed) != before
    }

    #[test]
    fn a_runtime_that_stalls_feeds_nobody() {
        let dir = tempfile::tempdir().unwrap();
        let runtime = crate::daemon::runtime().unwrap();
        let fed = Arc::new(AtomicU64::new(0));
        let engine = runtime.block_on(engine(dir.path()));
        let (keeper, meals) = (Arc::clone(&engine), Arc::clone(&fed));
        // The thread that waits for the end drives the rest, as the daemon's does.
        let (handle, (end, ended)) = (runtime.handle().clone(), tokio::sync::oneshot::channel::<()>());
        let driver = std::thread::spawn(move || {
            let _ = runtime.block_on(ended);
            runtime
        });
        handle.spawn(async move {
            let bells = Bells::start().await.unwrap();
            tokio::spawn(poller::keep_polling(Arc::clone(&keeper), Arc::clone(&bells.poll), tokio_util::task::TaskTracker::new()));
            let mut dog = Watchdog::every(Some(Duration::from_millis(50)));
            loop {
                dog.tick().await;
                meals.fetch_add(u64::from(dog.stalled(&keeper, &bells).await.is_none()), Ordering::Relaxed);
            }
        });
        assert!(rises(&fed), "all is well");
        let workers = handle.metrics().num_workers();
        let (stalled, stalls) = std::sync::mpsc::channel();
        let releases: Vec<_> = (0..workers)
            .map(|_| {
                let (release, held) = std::sync::mpsc::channel::<()>();
                let stalled = stalled.clone();
                handle.spawn(async move {
                    let _ = stalled.send(());
                    let _ = held.recv();
                });
                release
            })
            .collect();
        (0..workers).for_each(|_| stalls.recv().unwrap());
        let before = fed.load(Ordering::Relaxed);
        std::thread::sleep(LEAST);
        assert_eq!(fed.load(Ordering::Relaxed), before, "fed fifty times in this time, were the runtime not stalled");
        drop(releases);
        assert!(rises(&fed), "it goes on");
        end.send(()).unwrap();
        let runtime = driver.join().unwrap();
        runtime.block_on(engine.writer.close());
        runtime.shutdown_background();
    }
}
