use super::super::ConfigSource;
use super::*;
use crate::clock::Clock;
use std::sync::Arc;

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);

fn start() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

#[test]
fn jumps_are_told_from_time_that_passes() {
    let steady = Instant::now();
    let look = |wall: SignedDuration, passed: u64| {
        Watch::new(start(), steady).look(start().saturating_add(wall).unwrap(), steady + Duration::from_secs(passed))
    };
    assert_eq!(look(SignedDuration::from_secs(1), 1), None);
    assert_eq!(look(SignedDuration::from_secs(30), 30), None);
    assert_eq!(look(SignedDuration::from_secs(-5), 5), None, "NTP slews");
    assert_eq!(look(DAY * 3_650, 1), Some(Jump::On));
    assert_eq!(look(HOUR * 8, 1), Some(Jump::On), "the machine slept and its monotonic clock with it");
    assert_eq!(look(HOUR * 8, 8 * 3_600), Some(Jump::On), "the process was stopped");
    assert_eq!(look(-DAY + SignedDuration::from_secs(1), 1), Some(Jump::Back(DAY)));
    let mut watch = Watch::new(start(), steady);
    let back = start().saturating_sub(DAY).unwrap();
    assert!(watch.look(back, steady).is_some());
    assert_eq!(watch.look(back, steady), None, "told once");
}

/// An engine on a fixed clock, with so many feeds that were polled at [`start`] and are due at these times after it.
struct Rig {
    engine: Arc<Engine>,
    clock: Clock,
    _dir: tempfile::TempDir,
}

impl Rig {
    async fn new(due: &[SignedDuration], more: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut text = format!("state_dir = {:?}\n", dir.path().join("state"));
        for n in 0..due.len() {
            text += &format!("[[feed]]\nurl = \"http://feeds.example/{n:04}\"\n{more}");
        }
        let file = dir.path().join("newsfold.toml");
        std::fs::write(&file, text).unwrap();
        let (config, clock) = (crate::config::load(Some(&file), None).unwrap(), Clock::fixed(start()));
        let engine = Engine::start(config, ConfigSource { file: Some(file), state_dir: None }, clock.clone()).await.unwrap();
        let rig = Self { engine, clock, _dir: dir };
        for (feed, wait) in rig.feeds().await.into_iter().zip(due) {
            let at = start().saturating_add(*wait).unwrap();
            let answer = Err(crate::net::NetError::BadRequest { detail: "polled".into() });
            let read = super::super::reading::Read::new(answer, None);
            let mut commit = super::super::reading::decide(&rig.engine.config(), &feed, read, &[], start()).commit;
            commit.next_poll_at = Some(at);
            rig.engine.writer.with(move |state| state.store.commit_poll(&commit)).await.unwrap();
        }
        rig
    }

    async fn feeds(&self) -> Vec<DueFeed> {
        self.engine.writer.with(|state| state.store.feeds_by(&FeedSelector::All)).await.unwrap()
    }

    /// How long from the clock's now each feed has to wait, in seconds, in order.
    async fn waits(&self) -> Vec<i64> {
        let now = self.clock.now();
        let mut waits: Vec<i64> = self.feeds().await.into_iter().map(|f| f.next_poll_at.unwrap().duration_since(now).as_secs()).collect();
        waits.sort_unstable();
        waits
    }

    fn step(&self, by: SignedDuration) {
        self.clock.set(self.clock.now().saturating_add(by).unwrap());
    }
}

fn every_minute(count: i64) -> Vec<SignedDuration> {
    (0..count).map(|n| SignedDuration::from_mins(1 + n % 60)).collect()
}

#[tokio::test]
async fn a_night_asleep_or_ten_years_ahead_brings_no_stampede() {
    for slept in [HOUR * 9, DAY * 3_650] {
        let rig = Rig::new(&every_minute(600), "").await;
        rig.step(slept);
        settle(&rig.engine, Some(Jump::On)).await.unwrap();
        // 600 feeds, 50 ms each: 30 s, evenly.
        let waits = rig.waits().await;
        assert!(waits[0] >= 0 && waits[599] <= 30, "{} {}", waits[0], waits[599]);
        let busiest = waits.chunk_by(|a, b| a == b).map(<[i64]>::len).max().unwrap();
        assert!(busiest < 45, "{busiest} feeds in one second");
        settle(&rig.engine, None).await.unwrap();
        assert_eq!(rig.waits().await, waits, "what is settled stays so");
    }
}

#[tokio::test]
async fn what_is_due_in_its_time_is_left_alone() {
    let due: Vec<SignedDuration> = [-1, 0, 5, 60, 9 * 60].map(SignedDuration::from_mins).into();
    let rig = Rig::new(&due, "").await;
    let before = rig.waits().await;
    settle(&rig.engine, None).await.unwrap();
    settle(&rig.engine, Some(Jump::On)).await.unwrap();
    recall(&rig.engine).await.unwrap();
    assert_eq!(rig.waits().await, before);
}

#[tokio::test]
async fn a_clock_set_back_moves_due_times_with_it() {
    let rig = Rig::new(&every_minute(60), "").await;
    let before = rig.waits().await;
    rig.step(-DAY);
    settle(&rig.engine, Some(Jump::Back(DAY))).await.unwrap();
    assert_eq!(rig.waits().await, before, "as long to wait as before");
}

#[tokio::test]
async fn a_start_or_a_pass_after_a_step_back_does_not_wait_for_the_old_time() {
    for back in [DAY, DAY * 3_650] {
        for daemon in [true, false] {
            let rig = Rig::new(&every_minute(60), "").await;
            rig.step(-back);
            match daemon {
                true => settle(&rig.engine, None).await.unwrap(),
                false => recall(&rig.engine).await.unwrap(),
            }
            let waits = rig.waits().await;
            assert!(waits[0] >= 0 && waits[59] <= 3_600, "{back} {waits:?}");
        }
    }
}

#[tokio::test]
async fn a_pass_takes_what_is_overdue_at_once() {
    let rig = Rig::new(&every_minute(60), "").await;
    rig.step(HOUR * 9);
    let before = rig.waits().await;
    recall(&rig.engine).await.unwrap();
    assert_eq!(rig.waits().await, before);
}

#[tokio::test]
async fn a_cron_order_a_year_ahead_is_no_jump() {
    // Next New Year's night, 39 days ahead, and a due time that it does not explain.
    let rig = Rig::new(&[DAY * 39, DAY * 3_650], "cron = \"0 0 12 31 12 *\"\n").await;
    settle(&rig.engine, None).await.unwrap();
    let waits = rig.waits().await;
    assert!(waits[0] <= 1 && waits[1] == 39 * 86_400, "{waits:?}");
}
