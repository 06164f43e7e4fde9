//! Fingerprint, indexes and placement, measured; gaoya's SimHash and MinHash beside ours in the same run.
//!
//! `cargo bench --bench dedup [-- prepare|place|near|hostile] [-- N]`: every figure is of this machine at this moment; compare within a run.

use gaoya::minhash::{MinHasher, MinHasher32};
use gaoya::simhash::{SimHash, SimHashBits, SimSipHasher64};
use jiff::Timestamp;
use newsfold::dedup::fingerprint::fingerprint;
use newsfold::dedup::near::NearIndex;
use newsfold::dedup::sketch::Sketch;
use newsfold::dedup::tokens::tokenize;
use newsfold::dedup::{CopyIndex, Document, Prepared, Rebuild, Settings, prepare};
use newsfold::model::Id;
use std::collections::HashSet;
use std::hint::black_box;
use std::time::{Duration, Instant};

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    let number = args.iter().find_map(|a| a.parse::<usize>().ok());
    let on = |name: &str| args.iter().all(|a| a.parse::<usize>().is_ok()) || args.iter().any(|a| a == name);
    if on("prepare") {
        preparing();
    }
    if on("place") {
        placing(number.unwrap_or(100_000));
    }
    if on("near") {
        nearing(number.unwrap_or(1_000_000));
    }
    if on("hostile") {
        hostile(number.unwrap_or(10_000));
    }
}

/// The best of several runs of `work`, per call: what it costs when nobody disturbs it.
fn best(mut work: impl FnMut()) -> Duration {
    let mut least = Duration::MAX;
    for _ in 0..15 {
        let start = Instant::now();
        for _ in 0..20 {
            work();
        }
        least = least.min(start.elapsed() / 20);
    }
    least
}

fn preparing() {
    println!("text of 3 kB           tokens  +fingerprint  +sketch      all   | gaoya simhash  minhash (words given)  simhash_stream");
    for (name, letters) in [
        ("English", "abcdefghijklmnopqrstuvwxyz"),
        ("Spanish", "abcdefghijlmnñopqrstuvyzáéíóú"),
        ("Russian", "абвгдежзийклмнопрстуфхцчшщьыэюя"),
        ("Arabic", "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"),
        ("Chinese", ""),
    ] {
        let mut text = if letters.is_empty() { chinese() } else { Words::new(letters).text(1, 600) };
        let mut end = 3000.min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
        let tokens = tokenize(&text).tokens;
        let words: Vec<&str> = text.split_whitespace().collect();
        let triples: Vec<String> = words.windows(3).map(|w| w.join(" ")).collect();
        let tokenizing = best(|| _ = black_box(tokenize(black_box(&text))));
        let printing = best(|| _ = black_box(fingerprint(black_box(&tokens))));
        let sketching = best(|| _ = black_box(Sketch::of(black_box(&tokens))));
        let simhash = SimHash::<SimSipHasher64, u64, 64>::new(SimSipHasher64::new(1, 2));
        let minhash = MinHasher32::new(128);
        let theirs = best(|| _ = black_box(simhash.create_signature(words.iter())));
        let min = best(|| _ = black_box(minhash.create_signature(words.iter())));
        let stream = best(|| _ = black_box(simhash::simhash_stream(triples.iter().map(String::as_str))));
        println!(
            "{name:8} {:5} tokens {tokenizing:9.1?} {printing:9.1?} {sketching:9.1?} {:9.1?}  | {theirs:9.1?} {min:9.1?} {stream:9.1?}",
            tokens.len(),
            tokenizing + printing + sketching
        );
        let _ = <u64 as SimHashBits>::hamming_distance(&1, &2);
    }
}

/// Made-up words, common ones far more often than rare ones.
struct Words(Vec<String>, Vec<u16>);

impl Words {
    fn new(letters: &str) -> Self {
        let letters: Vec<char> = letters.chars().collect();
        let mut rng = fastrand::Rng::with_seed(7);
        let word = |rank: usize, rng: &mut fastrand::Rng| {
            let length = if rank < 60 { rng.usize(1..4) } else { rng.usize(3..11) };
            (0..length).map(|_| letters[rng.usize(..letters.len())]).collect()
        };
        let words = (0..60_000).map(|rank| word(rank, &mut rng)).collect();
        Self(words, (0..1 << 16).map(|at| (60_000_f64.powf(f64::from(at) / 65_536.0) - 1.0) as u16).collect())
    }

    /// The text of this number: about `length` words.
    fn text(&self, number: u64, length: usize) -> String {
        let mut rng = fastrand::Rng::with_seed(number);
        let mut text = String::with_capacity(length * 7);
        let subject: Vec<usize> = (0..40).map(|_| rng.usize(..self.0.len())).collect();
        for at in 0..length {
            let rank = if rng.u8(..) < 40 {
                subject[rng.usize(..subject.len())]
            } else {
                usize::from(self.1[usize::from(rng.u16(..))]) + rng.usize(..5)
            };
            text.push_str(&self.0[rank.min(self.0.len() - 1)]);
            text.push_str(match at % 60 {
                59 => ".\n",
                19 | 39 => ". ",
                _ => " ",
            });
        }
        text
    }

    /// Text number `n` of a stream in which every sixth is an edited copy of an earlier one.
    fn article(&self, n: u64) -> String {
        let mut rng = fastrand::Rng::with_seed(n ^ 0xABCD_EF01);
        let length = |n: u64| 150 + (n.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 54) as usize;
        if n > 100 && n.is_multiple_of(6) {
            let of = (n - rng.u64(1..100)) / 6 * 6 + 1;
            let text = self.text(of, length(of));
            let mut lines: Vec<&str> = text.lines().collect();
            lines.truncate((lines.len() * 3 / 4).max(2));
            return lines.iter().flat_map(|l| l.split(' ')).filter(|_| rng.u8(..) > 8).collect::<Vec<_>>().join(" ");
        }
        self.text(n, length(n))
    }
}

fn chinese() -> String {
    let mut rng = fastrand::Rng::with_seed(3);
    let mut text = String::new();
    for at in 0..2000 {
        text.push(char::from_u32(0x4E00 + (3000_f64.powf(rng.f64()) as u32)).unwrap_or('一'));
        if at % 12 == 11 {
            text.push(if at % 36 == 35 { '。' } else { '，' });
        }
    }
    text
}

fn ready(n: u64, text: &str) -> Prepared {
    let document = Document {
        id: Id(n.wrapping_mul(0x9E37_79B9_7F4A_7C15)),
        text,
        seen_at: Timestamp::from_second(1_700_000_000).unwrap_or_default(),
        ..Document::default()
    };
    prepare(&document, &HashSet::new())
}

/// The shortest time of three runs of a pure function, of forty for one that takes long: what it costs when nobody
/// disturbs it.
fn least<T>(mut work: impl FnMut() -> T) -> (T, Duration) {
    let mut shortest = Duration::MAX;
    let mut runs = 0;
    loop {
        let start = Instant::now();
        let result = black_box(work());
        shortest = shortest.min(start.elapsed());
        runs += 1;
        if runs == 40 || runs >= 3 && shortest < Duration::from_micros(500) {
            return (result, shortest);
        }
    }
}

fn quantile(times: &mut [Duration], q: f64) -> Duration {
    times.sort_unstable();
    times.get(((times.len() - 1) as f64 * q) as usize).copied().unwrap_or_default()
}

fn resident() -> usize {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    text.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok()).unwrap_or(0) * 4096
}

fn placing(count: usize) {
    let words = Words::new("abcdefghijklmnopqrstuvwxyz");
    let mut index = CopyIndex::new(Settings::default());
    let before = resident();
    let (mut find, mut place, mut joined, mut candidates_all) = (Vec::new(), Vec::new(), 0, 0);
    let mut rows: Vec<(Id, Id, Vec<u8>)> = Vec::new();
    let timed = (count / 10).min(4000);
    println!("{count} articles of 150–1,170 words in the window, every sixth a copy; the last {timed} are placed and timed");
    let at = Timestamp::from_second(1_700_000_000).unwrap_or_default();
    for n in 0..count as u64 {
        let new = ready(n, &words.article(n));
        if (n as usize) < count - timed {
            // the texts' own keys, without the comparing, which would take an hour
            let row = new.index_row();
            index.restore(new.id, Id::cluster(new.id), at, &row);
            rows.push((new.id, Id(n), row));
            continue;
        }
        let (candidates, found) = least(|| index.candidates(&new));
        let texts: Vec<Prepared> = candidates
            .iter()
            .map(|id| {
                let n = id.0.wrapping_mul(0xF1DE_83E1_9937_733D);
                ready(n, &words.article(n))
            })
            .collect();
        let (placement, decided) = least(|| index.decide(&new, &texts));
        let again = Instant::now();
        index.learn(&new, &placement);
        find.push(found);
        place.push(found + decided + again.elapsed());
        joined += usize::from(placement.joined);
        candidates_all += candidates.len();
    }
    println!(
        "candidates  p50 {:?} p99 {:?}   {:.2} an article",
        quantile(&mut find, 0.5),
        quantile(&mut find, 0.99),
        candidates_all as f64 / place.len() as f64
    );
    println!(
        "placement   p50 {:?} p99 {:?} max {:?}   {joined} of {} joined",
        quantile(&mut place, 0.5),
        quantile(&mut place, 0.99),
        quantile(&mut place, 1.0),
        place.len()
    );
    println!("index bytes {:.0} an article by its own count", index.bytes() as f64 / count as f64);
    let row_bytes: usize = rows.iter().map(|r| r.2.capacity() + size_of::<(Id, Id, Vec<u8>)>() + 16).sum();
    println!("resident    {:.0} an article", (resident() - before).saturating_sub(row_bytes) as f64 / count as f64);
    let start = Instant::now();
    let mut again = Rebuild::new(Settings::default(), rows.len());
    for (id, cluster, row) in &rows {
        again.restore(*id, *cluster, Timestamp::from_second(1_700_000_000).unwrap_or_default(), row);
    }
    let again = again.finish();
    println!(
        "rebuilt {} from rows of {:.0} bytes in {:?}",
        again.len(),
        rows.iter().map(|r| r.2.len()).sum::<usize>() as f64 / rows.len() as f64,
        start.elapsed()
    );
}

fn nearing(count: usize) {
    let mut rng = fastrand::Rng::with_seed(5);
    let before = resident();
    let mut index = NearIndex::default();
    let prints: Vec<u64> = (0..count).map(|_| rng.u64(..)).collect();
    for (number, print) in prints.iter().enumerate() {
        index.insert(number as u32, *print, |n| prints[n as usize]);
    }
    let bytes = resident() - before;
    let mut times = Vec::new();
    let mut found = 0;
    for _ in 0..20_000 {
        let at = rng.usize(..count);
        let asked = prints[at] ^ 1 << rng.u32(..64) ^ 1 << rng.u32(..64) ^ 1 << rng.u32(..64);
        let start = Instant::now();
        index.near(asked, |number| {
            found += usize::from(number as usize == at && (prints[number as usize] ^ asked).count_ones() <= 3);
            true
        });
        times.push(start.elapsed());
    }
    println!(
        "distance ≤ 3 among {count}: p50 {:?} p99 {:?}; {:.1} bytes each with the fingerprint; found {found}",
        quantile(&mut times, 0.5),
        quantile(&mut times, 0.99),
        bytes as f64 / count as f64
    );
}

fn hostile(count: usize) {
    let words = Words::new("abcdefghijklmnopqrstuvwxyz");
    let disclaimer = words.text(999_999_999, 90);
    let one = words.text(77, 400);
    for (name, make) in [
        ("one fingerprint", Box::new(|_| one.clone()) as Box<dyn Fn(u64) -> String>),
        ("one disclaimer", Box::new(|n| format!("{}\n{disclaimer}", words.text(n + 5_000_000, 80)))),
        ("one word", Box::new(|n| "spam ".repeat(50 + (n % 4000) as usize))),
        (
            "thirty words",
            Box::new(|n| {
                let mut rng = fastrand::Rng::with_seed(n);
                (0..2_000).map(|_| &words.0[300 + rng.usize(..30)]).map(String::as_str).collect::<Vec<_>>().join(" ")
            }),
        ),
        (
            "ten words",
            Box::new(|n| {
                words
                    .text(n + 9_000_000, 400)
                    .split(' ')
                    .map(|w| ["alpha", "bravo", "charlie", "delta", "echo"][w.len() % 5])
                    .collect::<Vec<_>>()
                    .join(" ")
            }),
        ),
    ] {
        let mut index = CopyIndex::new(Settings::default());
        let mut slowest = Duration::ZERO;
        let mut clusters = HashSet::new();
        for n in 0..count as u64 {
            let new = ready(n, &make(n));
            let (candidates, found) = least(|| index.candidates(&new));
            let texts: Vec<Prepared> = candidates
                .iter()
                .map(|id| {
                    let n = id.0.wrapping_mul(0xF1DE_83E1_9937_733D);
                    ready(n, &make(n))
                })
                .collect();
            let (placement, decided) = least(|| index.decide(&new, &texts));
            index.learn(&new, &placement);
            slowest = slowest.max(found + decided);
            clusters.insert(index.current(placement.cluster));
        }
        println!("{count} pages of {name}: slowest placement {slowest:?}, {} clusters", clusters.len());
    }
}
