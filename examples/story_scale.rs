//! Story placement in a full window: `story_scale [ARTICLES]` fills an index with made-up articles and times the next 20,000.

use ahash::AHashMap;
use newsfold::dedup::story::{Background, Features, Settings, Stored, StoryIndex};
use newsfold::model::Id;
use std::time::Instant;

/// A stored row of 48 terms: half of an event's own, half of the language's, commoner ones more often.
fn row(event: u64, minute: i32, random: &mut fastrand::Rng) -> Vec<u8> {
    let mut own = fastrand::Rng::with_seed(event);
    let pool: Vec<u32> = (0..36).map(|_| (own.f64().powi(3) * 400_000.0) as u32 + 2_000).collect();
    let mut terms: Vec<(u32, u32)> = Vec::new();
    while terms.len() < 48 {
        let (word, local) = if terms.len() < 26 {
            (pool[random.usize(0..36)], random.u32(2..8))
        } else {
            ((random.f64().powi(4) * 400_000.0) as u32, random.u32(0..4))
        };
        let hash = word.wrapping_mul(2_654_435_761) >> 8;
        let class = if word < 8_000 { (f64::from(word + 30).ln() * 1.4) as u32 - 3 } else { 15 };
        if !terms.iter().any(|t| t.0 == hash) {
            terms.push((hash, local << 5 | u32::from(random.bool()) << 4 | class.min(15)));
        }
    }
    terms.sort_unstable();
    let mut row = vec![1, b'e', b'n', 1];
    row.extend(minute.to_le_bytes());
    row.extend((random.u16(1..400)).to_le_bytes());
    terms.iter().for_each(|t| row.extend((t.0 << 8 | t.1).to_le_bytes()));
    row
}

fn resident() -> f64 {
    let pages = std::fs::read_to_string("/proc/self/statm").ok().and_then(|s| s.split(' ').nth(1)?.parse::<f64>().ok());
    pages.unwrap_or(0.0) * 4096.0
}

fn main() {
    let articles: u32 = std::env::args().nth(1).and_then(|a| a.parse().ok()).unwrap_or(1_000_000);
    let mut random = fastrand::Rng::with_seed(1);
    let (mut background, mut index, mut known) = (Background::default(), StoryIndex::new(Settings::default()), AHashMap::new());
    // Events live two days; most have one article, some hundreds.
    let event = |n: u32, random: &mut fastrand::Rng| u64::from(n / 4) - (random.f64().powi(6) * f64::from((n / 4).min(20_000))) as u64;
    for n in 0..articles {
        if n % 8 == 0 {
            let minute = (u64::from(n) * 20_160 / u64::from(articles)) as i32;
            if let Some(f) = Features::restore(&row(event(n, &mut random), minute, &mut random)) {
                (0..8).for_each(|_| background.learn(f.hashes()));
            }
        }
    }
    let before = resident();
    let mut random = fastrand::Rng::with_seed(1);
    let (mut reading, started) = (0.0, Instant::now());
    for n in 0..articles {
        let minute = (u64::from(n) * 20_160 / u64::from(articles)) as i32;
        let e = event(n, &mut random);
        let stored = row(e, minute, &mut random);
        // What a start does with a stored row: the making of it is not to count.
        let began = Instant::now();
        let Some(f) = Features::restore(&stored) else { continue };
        let keys: Vec<u8> = (0..8).map(|k| k * 6).collect();
        let stored = Stored { cluster: Id(u64::from(n)), story: Id(e | 1 << 60), features: &f, keys: &keys };
        index.restore(stored, minute, &background, &mut known);
        reading += began.elapsed().as_secs_f64();
    }
    let stories = known.len();
    drop(known);
    println!(
        "{articles} articles in {stories} stories, restored in {reading:.1} s (made and restored in {:.1})",
        started.elapsed().as_secs_f64()
    );
    println!(
        "index {:.1} bytes an article by its own count, resident {:.1}",
        index.bytes() as f64 / f64::from(articles),
        (resident() - before) / f64::from(articles)
    );
    let mut times: Vec<f64> = Vec::new();
    let mut joined = 0;
    for n in articles..articles + 20_000 {
        let Some(f) = Features::restore(&row(event(n, &mut random), 20_160, &mut random)) else { continue };
        // The best of three: what else the machine does is not to count.
        let mut best = f64::MAX;
        let mut placed = None;
        for _ in 0..3 {
            let started = Instant::now();
            placed = Some(index.decide(&f, Id(u64::from(n)), &background));
            best = best.min(started.elapsed().as_secs_f64() * 1e3);
        }
        let Some(placed) = placed else { continue };
        let started = Instant::now();
        index.learn(&f, Id(u64::from(n)), &placed, 20_160, &background);
        times.push(best + started.elapsed().as_secs_f64() * 1e3);
        joined += usize::from(placed.joined);
    }
    times.sort_by(f64::total_cmp);
    let at = |q: f64| times[((times.len() - 1) as f64 * q) as usize];
    println!(
        "placement ms: p50 {:.3} p90 {:.3} p99 {:.3} p99.9 {:.3} most {:.3}; {joined} of 20000 joined",
        at(0.5),
        at(0.9),
        at(0.99),
        at(0.999),
        at(1.0)
    );
}
