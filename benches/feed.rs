//! How fast feeds are read: newsfold's whole way beside feed-rs alone, in one run, on one core.
//!
//! `cargo bench --bench feed -- FILE…` takes real files; without any it takes feeds made up here. A line a reader: MB/s
//! over all files.

use newsfold::feed::{self, Context};
use std::hint::black_box;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// The least of several runs: what else the machine does only ever adds.
fn fastest(rounds: usize, mut work: impl FnMut()) -> Duration {
    (0..rounds)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed()
        })
        .min()
        .unwrap_or_default()
}

/// An RSS feed of `items` entries with some 2 kB of HTML each.
fn made_up(items: usize) -> Vec<u8> {
    let paragraph =
        "<p>Some words about what happened in the town, &amp; a <a href=\"https://example.com/\">link</a> to more of it.</p>\n".repeat(18);
    let mut feed = String::from(
        "<?xml version=\"1.0\"?><rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\"><channel><title>Made up</title><link>https://example.com/</link>",
    );
    for n in 0..items {
        feed += &format!(
            "<item><title>Item &#8220;{n}&#8221; of many</title><link>https://example.com/{n}</link><guid>https://example.com/?p={n}</guid><pubDate>Mon, 02 Mar 2026 10:00:00 +0000</pubDate><content:encoded><![CDATA[{paragraph}]]></content:encoded></item>"
        );
    }
    (feed + "</channel></rss>").into_bytes()
}

fn main() {
    let files: Vec<PathBuf> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).map(PathBuf::from).collect();
    let documents: Vec<Vec<u8>> = if files.is_empty() {
        (0..20).map(|n| made_up(n * 4)).collect()
    } else {
        files.iter().filter_map(|f| std::fs::read(f).ok()).collect()
    };
    let bytes: usize = documents.iter().map(Vec::len).sum();
    println!("{} documents, {:.1} MB", documents.len(), bytes as f64 / 1e6);
    let rounds = 7;
    let report = |name: &str, time: Duration| {
        println!(
            "{name:<28} {:>7.1} MB/s  {:>7.1} µs a document",
            bytes as f64 / 1e6 / time.as_secs_f64(),
            time.as_secs_f64() * 1e6 / documents.len().max(1) as f64
        )
    };
    let whole = fastest(rounds, || {
        for document in &documents {
            black_box(feed::parse(document, Context::default()).ok());
        }
    });
    report("newsfold", whole);
    std::panic::set_hook(Box::new(|_| {}));
    let alone = fastest(rounds, || {
        for document in &documents {
            let parser = feed_rs::parser::Builder::new().sanitize_content(false).build();
            let read = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| parser.parse(document.as_slice()).ok()));
            black_box(read.ok());
        }
    });
    report("feed-rs alone", alone);
    println!("newsfold takes {:.2} times the time of feed-rs alone", whole.as_secs_f64() / alone.as_secs_f64());
}
