//! How long a reading command takes, whole process, on a database of 10,000 articles. `cargo bench --bench cli [N]`.

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
    println!("{articles} articles, median and slowest of {ROUNDS}, milliseconds");
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
        let mut times = (0..ROUNDS).map(|_| time(dir.path(), args)).collect::<Vec<_>>();
        times.sort();
        let ms = |d: Duration| d.as_secs_f64() * 1e3;
        println!("{:7.2} {:7.2}  {}", ms(times[ROUNDS / 2]), ms(times[ROUNDS - 1]), args.join(" "));
    }
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
