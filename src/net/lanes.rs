//! Room for requests under way: a bounded number at work, and beside them a bounded number that are slow to answer.
//!
//! Without the second lane a few dozen silent hosts would hold all the room there is until their deadlines pass, and
//! everybody else would wait for them. A request that takes longer than a moment steps aside and makes room for another;
//! with an answer to be read it comes back, so that bodies wait in bounded number.

use super::NetError;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// Requests aside for each one at work.
const ASIDE: usize = 4;

/// Both lanes.
pub(super) struct Lanes {
    main: Arc<Semaphore>,
    aside: Arc<Semaphore>,
    most_aside: usize,
    moment: Duration,
}

/// A request's place in one of the lanes.
pub(super) enum Room {
    Main(OwnedSemaphorePermit),
    Aside(OwnedSemaphorePermit),
}

impl Lanes {
    /// At most `most` at work; what takes longer than `moment` steps aside.
    pub(super) fn new(most: usize, moment: Duration) -> Self {
        let most = most.max(1);
        let lane = |n| Arc::new(Semaphore::new(n));
        Self { main: lane(most), aside: lane(most * ASIDE), most_aside: most * ASIDE, moment }
    }

    /// Requests that are slow to answer now.
    pub(super) fn aside(&self) -> usize {
        self.most_aside.saturating_sub(self.aside.available_permits())
    }

    /// Waits for room.
    pub(super) async fn room(&self) -> Result<OwnedSemaphorePermit, NetError> {
        take(&self.main).await
    }

    /// Does `work` in `room`. What it needs is allocated for it alone, and gone when it is done.
    pub(super) async fn carry<T>(&self, room: OwnedSemaphorePermit, work: impl Future<Output = T>) -> Result<(T, Room), NetError> {
        let mut work = Box::pin(work);
        if let Ok(done) = timeout(self.moment, &mut work).await {
            return Ok((done, Room::Main(room)));
        }
        let aside = tokio::select! {
            biased;
            done = &mut work => return Ok((done, Room::Main(room))),
            aside = take(&self.aside) => aside?,
        };
        drop(room);
        Ok((work.await, Room::Aside(aside)))
    }

    /// Back among those at work, as soon as there is room.
    pub(super) async fn back(&self, room: Room) -> Result<OwnedSemaphorePermit, NetError> {
        match room {
            Room::Main(room) => Ok(room),
            Room::Aside(_held_meanwhile) => take(&self.main).await,
        }
    }
}

async fn take(lane: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, NetError> {
    lane.clone().acquire_owned().await.map_err(|_| NetError::Cancelled)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::{pending, ready};
    use std::pin::pin;

    const PATIENCE: Duration = Duration::from_secs(20);

    async fn until(what: impl Fn() -> bool) {
        let come = async {
            while !what() {
                tokio::task::yield_now().await;
            }
        };
        assert!(timeout(PATIENCE, come).await.is_ok(), "it never came about");
    }

    #[tokio::test]
    async fn slow_work_steps_aside_as_far_as_there_is_room_and_quick_work_goes_on() {
        let lanes = Arc::new(Lanes::new(2, Duration::from_millis(5)));
        let silent = |_| {
            let lanes = lanes.clone();
            tokio::spawn(async move { lanes.carry(lanes.room().await.unwrap(), pending::<()>()).await.is_ok() })
        };
        let mut all: Vec<_> = (0..8).map(silent).collect();
        until(|| lanes.aside() == 8).await;
        let quick = async || lanes.carry(lanes.room().await.unwrap(), ready(())).await;
        assert!(timeout(PATIENCE, quick()).await.is_ok(), "eight that are silent hold nobody up");
        // The second lane is full: these two stay where they are, and whoever comes next waits.
        all.extend((0..2).map(silent));
        until(|| lanes.main.available_permits() == 0).await;
        assert!(timeout(Duration::from_millis(50), quick()).await.is_err());
        all.iter().for_each(|task| task.abort());
        until(|| lanes.aside() == 0 && lanes.main.available_permits() == 2).await;
    }

    #[tokio::test]
    async fn what_comes_back_waits_for_room() {
        let lanes = Lanes::new(1, Duration::from_millis(5));
        let (_, room) = lanes.carry(lanes.room().await.unwrap(), until(|| lanes.aside() == 1)).await.unwrap();
        assert!(matches!(room, Room::Aside(_)));
        let (_, other) = lanes.carry(lanes.room().await.unwrap(), ready(())).await.unwrap();
        let mut back = pin!(lanes.back(room));
        assert!(timeout(Duration::from_millis(50), &mut back).await.is_err(), "the other has it");
        drop(other);
        assert!(timeout(PATIENCE, &mut back).await.is_ok());
    }
}
