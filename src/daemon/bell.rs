//! The bells: tokio-cron-scheduler rings them, and that is all it does. What is due stands in the database, so a bell
//! that is lost, late or doubled changes nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::Notify;
use tokio_cron_scheduler::{Job, JobScheduler, JobSchedulerError};

/// How long a loop waits for its bell before it looks by itself: the scheduler may stall when the clock steps back.
pub const LOOK_ANYWAY: Duration = Duration::from_secs(30);

/// Bells that loops wait for, and the scheduler that rings them.
pub struct Bells {
    /// Look for feeds that are due.
    pub poll: Arc<Notify>,
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
        let scheduler = JobScheduler::new().await?;
        let (poll, maintenance, rung) = (Arc::new(Notify::new()), Arc::new(Notify::new()), Arc::new(AtomicU64::new(0)));
        for (cron, bell) in [("* * * * * *", &poll), ("30 */10 * * * *", &maintenance)] {
            let (bell, rung) = (Arc::clone(bell), Arc::clone(&rung));
            scheduler
                .add(Job::new(cron, move |_, _| {
                    rung.fetch_add(1, Ordering::Relaxed);
                    bell.notify_one();
                })?)
                .await?;
        }
        scheduler.start().await?;
        Ok(Self { poll, maintenance, rung, scheduler })
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

/// Waits for `bell`, but not longer than [`LOOK_ANYWAY`].
pub async fn heard(bell: &Notify) {
    // A time-out is no failure here: the caller looks at the database either way.
    let _ = tokio::time::timeout(LOOK_ANYWAY, bell.notified()).await;
}
