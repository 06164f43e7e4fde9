use super::*;

const NO_HINTS: PollHints = PollHints { interval_s: None, skip_hours: Vec::new(), skip_days: Vec::new() };

fn start() -> Timestamp {
    "2026-03-02T00:00:00Z".parse().unwrap()
}

fn read(new: Vec<Timestamp>) -> PollResult {
    PollResult::Read { new, archive: false }
}

fn wait(schedule: &Schedule, rhythm: &mut Rhythm, result: &PollResult, hints: &PollHints, cache: CacheHints) -> f64 {
    next_poll(schedule, rhythm, result, hints, cache, start(), 5).duration_since(start()).as_secs_f64()
}

#[test]
fn orders_are_followed() {
    let every = Schedule { every: Some(Duration::from_secs(1_800)), ..Schedule::default() };
    let mut rhythm = Rhythm::default();
    let waited = wait(&every, &mut rhythm, &read(vec![]), &NO_HINTS, CacheHints::default());
    assert!((1_800.0..=1_860.0).contains(&waited), "{waited}");
    let cached = CacheHints { max_age_s: Some(7_200), ..CacheHints::default() };
    assert!(wait(&every, &mut rhythm, &read(vec![]), &NO_HINTS, cached) >= 7_200.0);
    let absurd = CacheHints { max_age_s: Some(u64::MAX), retry_after_s: Some(u64::MAX), ..CacheHints::default() };
    assert!(wait(&every, &mut rhythm, &read(vec![]), &NO_HINTS, absurd) <= LONGEST_RETRY + 1.0);
    let cron = Schedule { cron: Some("0 */15 * * * *".to_owned()), ..Schedule::default() };
    let waited = wait(&cron, &mut rhythm, &read(vec![]), &NO_HINTS, CacheHints::default());
    assert!((900.0..=921.0).contains(&waited), "{waited}");
    assert!(read_cron("every day").is_err());
}

#[test]
fn hints_are_kept() {
    let adaptive = Schedule::default();
    let busy: Vec<Timestamp> = (0..200).map(|n| after(start(), -300.0 * f64::from(n))).collect();
    let fast = wait(&adaptive, &mut Rhythm::default(), &read(busy.clone()), &NO_HINTS, CacheHints::default());
    assert!(fast < 1_800.0, "{fast}");
    let ttl = PollHints { interval_s: Some(7_200), ..NO_HINTS };
    assert!(wait(&adaptive, &mut Rhythm::default(), &read(busy.clone()), &ttl, CacheHints::default()) >= 7_200.0);
    // A 304 has no document to repeat them.
    let mut rhythm = Rhythm::default();
    wait(&adaptive, &mut rhythm, &read(busy.clone()), &ttl, CacheHints::default());
    assert!(wait(&adaptive, &mut rhythm, &read(vec![]), &NO_HINTS, CacheHints::default()) >= 7_200.0);
    let night = PollHints { skip_hours: (0..6).collect(), ..NO_HINTS };
    assert!(wait(&adaptive, &mut Rhythm::default(), &read(busy.clone()), &night, CacheHints::default()) >= 6.0 * HOUR);
    let never = PollHints { skip_hours: (0..24).collect(), ..NO_HINTS };
    assert!(wait(&adaptive, &mut Rhythm::default(), &read(busy.clone()), &never, CacheHints::default()) < DAY);
    // 2 March 2026 is a Monday.
    let monday = PollHints { skip_days: vec![0], ..NO_HINTS };
    assert!(wait(&adaptive, &mut Rhythm::default(), &read(busy.clone()), &monday, CacheHints::default()) >= DAY);
    let whole = CacheHints { unconditional: true, ..CacheHints::default() };
    assert!(wait(&adaptive, &mut Rhythm::default(), &read(busy), &NO_HINTS, whole) >= DAY);
}

#[test]
fn errors_back_off_to_a_day() {
    let schedule = Schedule::default();
    let mut rhythm = Rhythm::default();
    let waits: Vec<f64> = (0..14).map(|_| wait(&schedule, &mut rhythm, &PollResult::Failed, &NO_HINTS, CacheHints::default())).collect();
    assert!(waits[0] <= 400.0 && waits.iter().all(|w| *w <= 1.25 * DAY) && waits[13] >= DAY, "{waits:?}");
    assert!(waits.windows(2).all(|w| w[1] >= w[0]), "{waits:?}");
    assert_eq!((rhythm.errors, rhythm.failing_since), (14, Some(start())));
    wait(&schedule, &mut rhythm, &read(vec![]), &NO_HINTS, CacheHints::default());
    assert_eq!((rhythm.errors, rhythm.failing_since), (0, None));
    let asked = CacheHints { retry_after_s: Some(50_000), ..CacheHints::default() };
    assert!(wait(&schedule, &mut rhythm, &PollResult::RateLimited, &NO_HINTS, asked) >= 50_000.0);
    assert!(wait(&schedule, &mut Rhythm::default(), &PollResult::Blocked, &NO_HINTS, CacheHints::default()) >= 6.0 * HOUR);
    let mut missing = Rhythm { errors: 20, ..Rhythm::default() };
    assert!(wait(&schedule, &mut missing, &PollResult::NotFound, &NO_HINTS, CacheHints::default()) >= 7.0 * DAY);
    assert_eq!(next_poll(&schedule, &mut rhythm, &PollResult::Gone, &NO_HINTS, CacheHints::default(), start(), 1), Timestamp::MAX);
}

#[test]
fn a_jumping_clock_makes_no_stampede() {
    let (longest, spread) = (Duration::from_secs(12 * 3_600), Duration::from_secs(1_800));
    let settle = |due: Timestamp, seed| settled_due(due, start(), longest, spread, seed);
    let soon = after(start(), 600.0);
    assert_eq!(settle(soon, 1), soon);
    assert_eq!(settle(after(start(), -60.0), 1), after(start(), -60.0));
    assert_eq!(settle(Timestamp::MAX, 1), Timestamp::MAX);
    // A night asleep, or a clock ten years ahead that was put right: spread over half an hour.
    for far in [-8.0 * HOUR, 3_650.0 * DAY] {
        let mut dues: Vec<i64> = (0..1_000).map(|seed| settle(after(start(), far), seed).as_second() - start().as_second()).collect();
        dues.sort_unstable();
        assert!(dues[0] >= 0 && dues[999] <= 1_800 && dues[250] > 300 && dues[750] < 1_500, "{far}");
    }
    let mut rhythm = Rhythm::default();
    let schedule = Schedule::default();
    next_poll(&schedule, &mut rhythm, &read(vec![start()]), &NO_HINTS, CacheHints::default(), start(), 1);
    let back = after(start(), -3_650.0 * DAY);
    let next = next_poll(&schedule, &mut rhythm, &read(vec![]), &NO_HINTS, CacheHints::default(), back, 1);
    assert!(next > back && next <= after(back, 13.0 * HOUR));
    let ahead = after(start(), 3_650.0 * DAY);
    let next = next_poll(&schedule, &mut rhythm, &read(vec![]), &NO_HINTS, CacheHints::default(), ahead, 1);
    assert!(next > ahead && next <= after(ahead, 13.0 * HOUR));
}

#[test]
fn survives_storage() {
    let mut rhythm = Rhythm::default();
    wait(&Schedule::default(), &mut rhythm, &read(vec![start()]), &NO_HINTS, CacheHints::default());
    let stored = serde_json::to_string(&rhythm).unwrap();
    assert!(stored.len() < 1_500, "{}", stored.len());
    assert_eq!(serde_json::from_str::<Rhythm>(&stored).unwrap(), rhythm);
    assert!(serde_json::from_str::<Rhythm>("{\"counts\":[1.0]}").is_ok());
}

/// How a simulated feed publishes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Habit {
    Agency,
    Peaks,
    Office,
    Weekly,
    Bursts,
    Dead,
}

/// Entries an hour at a moment `t` seconds after the start, a Monday at midnight.
fn expected_rate(habit: Habit, scale: f64, shift: f64, t: f64) -> f64 {
    let hour = (t / HOUR + shift).rem_euclid(24.0);
    let weekend = (t / DAY).rem_euclid(7.0) >= 5.0;
    scale
        * match habit {
            Habit::Agency => 4.0 + 2.0 * ((hour - 8.0) / 24.0 * std::f64::consts::TAU).sin(),
            Habit::Peaks => {
                if (7.0..9.0).contains(&hour) || (16.0..19.0).contains(&hour) {
                    3.0
                } else {
                    0.15
                }
            }
            Habit::Office => {
                if !weekend && (8.0..18.0).contains(&hour) {
                    1.2
                } else {
                    0.0
                }
            }
            Habit::Weekly => 1.0 / 168.0,
            Habit::Bursts => {
                if (t / (53.0 * HOUR) + shift).fract() < 0.06 {
                    8.0
                } else {
                    0.05
                }
            }
            Habit::Dead => 0.0,
        }
}

struct Simulated {
    habit: Habit,
    published: Vec<f64>,
    hints: PollHints,
    cache: CacheHints,
}

fn simulated_feed(random: &mut fastrand::Rng, n: usize) -> Simulated {
    let habit = [Habit::Agency, Habit::Peaks, Habit::Office, Habit::Weekly, Habit::Bursts, Habit::Dead][n % 6];
    let (scale, shift) = (0.5 + random.f64() * 1.5, random.f64() * 24.0);
    let mut published = Vec::new();
    let mut t = -7.0 * DAY;
    while t < 30.0 * DAY {
        t += -random.f64().max(1e-9).ln() * 60.0;
        if random.f64() < expected_rate(habit, scale, shift, t) / 60.0 {
            published.push(t);
        }
    }
    let hints = PollHints {
        interval_s: (n % 10 == 3).then_some(3_600),
        skip_hours: if n % 20 == 7 { vec![1, 2, 3, 4] } else { Vec::new() },
        skip_days: Vec::new(),
    };
    let cache = CacheHints { max_age_s: (n % 7 == 2).then_some(900), ..CacheHints::default() };
    Simulated { habit, published, hints, cache }
}

/// Polls a feed for 30 days; returns the delay of every entry, in seconds, and the times of the polls.
fn simulate(feed: &Simulated, seed: u64) -> (Vec<f64>, Vec<f64>) {
    let (schedule, mut rhythm) = (Schedule::default(), Rhythm::default());
    let (mut now, mut delays, mut polls) = (0.0, Vec::new(), Vec::new());
    let mut seen = feed.published.partition_point(|p| *p < -3.0 * DAY);
    while now < 30.0 * DAY {
        polls.push(now);
        let until = feed.published.partition_point(|p| *p <= now);
        let new = feed.published.get(seen..until).unwrap_or(&[]);
        delays.extend(new.iter().filter(|p| **p >= 0.0).map(|p| now - p));
        let result = read(new.iter().map(|p| after(start(), *p)).collect());
        seen = until;
        now = next_poll(&schedule, &mut rhythm, &result, &feed.hints, feed.cache, after(start(), now), seed)
            .duration_since(start())
            .as_secs_f64();
    }
    (delays, polls)
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

/// Thirty days of 200 feeds on a fake clock: the adaptive rhythm against one poll an hour.
#[test]
fn adaptive_beats_hourly() {
    let mut random = fastrand::Rng::with_seed(2_026);
    let feeds: Vec<Simulated> = (0..200).map(|n| simulated_feed(&mut random, n)).collect();
    let mut table: std::collections::BTreeMap<Habit, (usize, Vec<f64>, Vec<f64>, usize)> = std::collections::BTreeMap::new();
    let (mut all, mut all_hourly, mut requests) = (Vec::new(), Vec::new(), 0);
    for (n, feed) in (0_u32..).zip(&feeds) {
        let (delays, polls) = simulate(feed, u64::from(n) * 7_919);
        let least = feed.hints.interval_s.map_or(0.0, f64::from).max(feed.cache.max_age_s.map_or(0.0, seconds));
        assert!(polls.windows(2).all(|p| p[1] - p[0] >= least - 0.001), "polled faster than its hints: {:?}", feed.habit);
        let sleeps = |p: &f64| feed.hints.skip_hours.iter().any(|h| (p.rem_euclid(DAY) / HOUR).floor() as i64 == i64::from(*h));
        assert!(!polls.iter().skip(1).any(sleeps), "polled in skipped hours");
        if feed.habit == Habit::Dead {
            assert!(polls.len() <= 60, "{} polls of a dead feed", polls.len());
        }
        let phase = f64::from(n) * 18.0;
        let hourly: Vec<f64> = feed.published.iter().filter(|p| **p >= 0.0).map(|p| HOUR - (p - phase).rem_euclid(HOUR)).collect();
        requests += polls.len();
        let row = table.entry(feed.habit).or_default();
        row.0 += 1;
        row.1.extend(&delays);
        row.2.extend(&hourly);
        row.3 += polls.len();
        all.extend(delays);
        all_hourly.extend(hourly);
    }
    println!("habit    feeds  entries  polls/day/feed  median delay min  hourly's");
    for (habit, (count, mut delays, mut hourly, polls)) in table {
        let per_day = polls as f64 / 30.0 / count as f64;
        println!(
            "{habit:<8?} {count:>5}  {:>7}  {per_day:>14.1}  {:>16.1}  {:>8.1}",
            delays.len(),
            median(&mut delays) / 60.0,
            median(&mut hourly) / 60.0
        );
    }
    let (ours, theirs) = (median(&mut all), median(&mut all_hourly));
    println!("all        200  {:>7}  {:>14.1}  {:>16.1}  {:>8.1}", all.len(), requests as f64 / 6_000.0, ours / 60.0, theirs / 60.0);
    assert!(ours <= theirs / 2.0, "median delay {ours} s against {theirs} s");
    assert!(requests <= 200 * 30 * 24, "{requests} requests");
}

/// Sixty days of 200 feeds that poll by their rhythm; every fifth falls silent for good on the 45th day.
#[test]
fn a_silence_beyond_the_rhythm_is_noticed_and_no_other() {
    let mut random = fastrand::Rng::with_seed(11);
    let (mut false_alarms, mut noticed, mut fell_silent, mut days) = (Vec::new(), Vec::new(), 0, 0.0);
    for n in 0..200_usize {
        let habit = [Habit::Agency, Habit::Peaks, Habit::Office, Habit::Weekly, Habit::Bursts][n / 5 % 5];
        let (scale, shift) = (0.5 + random.f64() * 1.5, random.f64() * 24.0);
        let end = if n % 5 == 0 { 45.0 * DAY } else { f64::MAX };
        let mut published: Vec<f64> = Vec::new();
        let mut t = -60.0 * DAY;
        while t < 90.0 * DAY {
            t += -random.f64().max(1e-9).ln() * 60.0;
            if t < end && random.f64() < expected_rate(habit, scale, shift, t) / 60.0 {
                published.push(t);
            }
        }
        let last = *published.last().unwrap();
        let (schedule, mut rhythm, mut now, mut was) = (Schedule::default(), Rhythm::default(), 0.0, false);
        // A first document shows thirty entries.
        let mut seen = published.partition_point(|p| *p <= 0.0).saturating_sub(30);
        let mut told = None;
        while now < 90.0 * DAY {
            let until = published.partition_point(|p| *p <= now);
            let new = published.get(seen..until).unwrap_or(&[]).iter().map(|p| after(start(), *p)).collect();
            seen = until;
            let next = next_poll(&schedule, &mut rhythm, &read(new), &NO_HINTS, CacheHints::default(), after(start(), now), n as u64);
            let silent = rhythm.silent_since(after(start(), now)).is_some();
            if silent && !was {
                match now > end && seen == published.len() {
                    true => told = told.or(Some(now - last)),
                    false => false_alarms.push((habit, now / DAY)),
                }
            }
            was = silent;
            now = next.duration_since(start()).as_secs_f64();
        }
        days += end.min(90.0 * DAY) / DAY;
        fell_silent += usize::from(end < f64::MAX);
        noticed.extend(told.map(|delay| (habit, delay / DAY)));
    }
    noticed.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    println!("{} of {fell_silent} silences noticed (days): {noticed:.1?}", noticed.len());
    println!("{} false alarms in {days:.0} days: {false_alarms:.1?}", false_alarms.len());
    assert!(noticed.len() * 10 >= fell_silent * 9);
    assert!((false_alarms.len() as f64) < days / 1_000.0, "less than one in a thousand days of a feed");
}
