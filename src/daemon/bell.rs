//! The bells: tokio-cron-scheduler rings them, and that is all it does. What is due stands in the database, so a bell
//! that is lost, late or doubled changes nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::Notify;
use tokio_cron_scheduler::{Job, JobScheduler, JobSchedulerError};
use tokio_util::sync::CancellationToken;

/// How long a loop waits for its bell before it looks by itself: the scheduler may stall when the clock steps back.
pub const LOOK_ANYWAY: Duration = Duration::from_secs(30);

/// Bells that loops wait for, and the scheduler that rings them.
pub struct Bells {
    /// Look for feeds that are due.
    pub poll: Arc<Notify>,
    /// Write the metrics.
    pub report: Arc<Notify>,
    /// Forget, prune, tidy up.
    pub maintenance: Arc<Notify>,
    rung: Arc<AtomicU64>,
    scheduler: JobScheduler,
}

impl Bells {
    /// Starts the scheduler.
    ///
    /// # Errors
    /// Where the scheduler does not start.
    pub async fn start() -> Result<Self, JobSchedulerError> {
        let bell = || Arc::new(Notify::new());
        let (poll, report, maintenance, rung) = (bell(), bell(), bell(), Arc::new(AtomicU64::new(0)));
        let scheduler = JobScheduler::new().await?;
        let bells = Self { poll, report, maintenance, rung, scheduler };
        bells.hang().await?;
        Ok(bells)
    }

    /// Begins anew, with the same bells: the scheduler looks ahead by the wall clock, which may have been set back.
    ///
    /// # Errors
    /// Where the scheduler does not start.
    pub async fn restart(&mut self) -> Result<(), JobSchedulerError> {
        self.stop().await;
        self.scheduler = JobScheduler::new().await?;
        self.hang().await
    }

    async fn hang(&self) -> Result<(), JobSchedulerError> {
        for (cron, bell) in [("* * * * * *", &self.poll), ("15 * * * * *", &self.report), ("30 */10 * * * *", &self.maintenance)] {
            let (bell, rung) = (Arc::clone(bell), Arc::clone(&self.rung));
            self.scheduler
                .add(Job::new(cron, move |_, _| {
                    rung.fetch_add(1, Ordering::Relaxed);
                    bell.notify_one();
                })?)
                .await?;
        }
        self.scheduler.start().await
    }

    /// Every bell, and how often it rings.
    pub fn all(&self) -> [(Arc<Notify>, Duration); 3] {
        let every = |bell: &Arc<Notify>, seconds| (Arc::clone(bell), Duration::from_secs(seconds));
        [every(&self.poll, 1), every(&self.report, 60), every(&self.maintenance, 600)]
    }

    /// How often any bell has rung: the watchdog wants to see it rise.
    pub fn rung(&self) -> u64 {
        self.rung.load(Ordering::Relaxed)
    }

    /// Stops ringing.
    pub async fn stop(&mut self) {
        if let Err(error) = self.scheduler.shutdown().await {
            tracing::warn!(%error, "the scheduler did not stop cleanly");
        }
    }
}

/// Until `stop`: rings a bell by the monotonic clock.
pub async fn keep_ringing(stop: CancellationToken, bell: Arc<Notify>, every: Duration) {
    let mut interval = tokio::time::interval(every);
    interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = interval.tick() => bell.notify_one(),
        }
    }
}

/// Waits for `bell`, but not longer than [`LOOK_ANYWAY`].
pub async fn heard(bell: &Notify) {
    // A time-out is no failure here: the caller looks at the database either way.
    let _ = tokio::time::timeout(LOOK_ANYWAY, bell.notified()).await;
}
