//! How long a reading command takes, whole process, on a database of 10,000 articles. `cargo bench --bench cli [N]`.
//!
//! Beside the wall's clock stands the processor's: on a machine with other work only that one says something.

#[path = "../tests/it/stock/mod.rs"]
#[allow(dead_code)]
mod stock;

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const ROUNDS: usize = 41;

fn main() {
    let articles = std::env::args().filter_map(|a| a.parse().ok()).next().unwrap_or(10_000);
    let dir = tempfile::tempdir().expect("a folder");
    stock::fill(dir.path(), articles, false, jiff::Timestamp::now());
    let story = ids(dir.path());
    let (a, b, feed) = (stock::address(articles - 1), stock::address(articles - 2), stock::feed_url(1));
    println!("{articles} articles, median and slowest of {ROUNDS}, and processor time on average, milliseconds");
    let commands: [&[&str]; 12] = [
        &["--version"],
        &["stories"],
        &["stories", "--since", "all"],
        &["story", &story],
        &["article", &a],
        &["search", "ferry", "harbour"],
        &["feeds"],
        &["feeds", "show", &feed],
        &["status"],
        &["why", &a, &b],
        &["diff", &a, &b],
        &["log", "--since", "1h"],
    ];
    for args in commands {
        let before = processor();
        let mut times = (0..ROUNDS).map(|_| time(dir.path(), args)).collect::<Vec<_>>();
        times.sort();
        let ms = |d: Duration| d.as_secs_f64() * 1e3;
        let spent = (processor() - before) / ROUNDS as f64;
        println!("{:7.2} {:7.2} {spent:7.2}  {}", ms(times[ROUNDS / 2]), ms(times[ROUNDS - 1]), args.join(" "));
    }
}

/// Milliseconds that processes which have ended took of the processor, as Linux counts them for their parent.
fn processor() -> f64 {
    const TICK_MS: f64 = 10.0;
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace().skip(13).take(2);
    fields.filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() * TICK_MS
}

fn newsfold(dir: &std::path::Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_newsfold"));
    command.arg("--state-dir").arg(dir).stdin(Stdio::null()).stderr(Stdio::null());
    command
}

fn ids(dir: &std::path::Path) -> String {
    let output = newsfold(dir).args(["stories", "--ids", "-n", "1"]).output().expect("newsfold runs");
    String::from_utf8(output.stdout).expect("UTF-8").trim().to_owned()
}

fn time(dir: &std::path::Path, args: &[&str]) -> Duration {
    let start = Instant::now();
    let status = newsfold(dir).args(args).stdout(Stdio::null()).status().expect("newsfold runs");
    assert!(matches!(status.code(), Some(0 | 3)), "{args:?}: {status}");
    start.elapsed()
}
