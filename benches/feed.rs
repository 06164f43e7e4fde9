//! How fast feeds are read: newsfold's whole way beside feed-rs alone, in one run, on one core.
//!
//! `cargo bench --bench feed -- FILE…` takes real files; without any it takes feeds made up here. A line a reader: MB/s
//! of processor time over all files.
//!
//! `cargo bench --bench feed -- --hostile [--size BYTES]` reads documents that mean harm instead, of 8 MiB (the limit of
//! a feed) unless said otherwise, each in a process of its own: seconds of the processor, and how far memory grew, the document included.
//! Fails where one takes over a second or 64 MB, or memory over five times the document.

#[path = "feed/shapes.rs"]
mod shapes;

use newsfold::feed::{self, Context};
use std::hint::black_box;
use std::path::PathBuf;
use std::time::Duration;

/// The least processor time of several runs: what else the machine does only ever adds.
fn fastest(rounds: usize, mut work: impl FnMut()) -> Duration {
    (0..rounds)
        .map(|_| {
            let start = processor_seconds();
            work();
            Duration::from_secs_f64(processor_seconds() - start)
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

/// The most resident memory that this process had, in bytes.
fn peak() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0");
    line.split_whitespace().next().and_then(|n| n.parse::<usize>().ok()).unwrap_or(0) * 1024
}

/// The seconds that this process had a processor; what else the machine does is not counted.
fn processor_seconds() -> f64 {
    let said = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    said.split_whitespace().next().and_then(|ns| ns.parse::<f64>().ok()).unwrap_or(0.0) / 1e9
}

/// Reads one document and prints seconds, bytes of memory and what came of it. The document comes by standard input, so that only it
/// and its reading count.
fn read_one() {
    // The tables that any first document has to set up are not this one's.
    let _ = black_box(feed::parse(&made_up(3), Context::default()));
    let before = peak();
    let mut bytes = Vec::new();
    let _ = std::io::Read::read_to_end(&mut std::io::stdin().lock(), &mut bytes);
    bytes.shrink_to_fit();
    let start = processor_seconds();
    let read = feed::parse(&bytes, Context::default());
    let seconds = processor_seconds() - start;
    let said = read.map_or_else(|error| error.to_string(), |feed| format!("{} entries", feed.entries.len()));
    println!("{seconds:.3}\t{}\t{}", peak().saturating_sub(before), said.chars().take(60).collect::<String>());
}

/// Every hostile document in a process of its own. True where all keep the limits.
fn hostile(size: usize) -> bool {
    let program = std::env::current_exe().unwrap_or_default();
    println!("{:<40} {:>8} {:>8} {:>8}", "document", "seconds", "MB", "times");
    let mut sound = true;
    for (name, bytes) in shapes::documents(size) {
        let mut child = std::process::Command::new(&program)
            .arg("--read-one")
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .expect("this program runs");
        let mut input = child.stdin.take().expect("a pipe");
        let _ = std::io::Write::write_all(&mut input, &bytes);
        drop(input);
        let output = child.wait_with_output().expect("it ends");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let fields: Vec<&str> = said.trim_end().split('\t').collect();
        let [seconds, memory, result] = fields[..] else {
            println!("{name:<40} died: {}", output.status);
            sound = false;
            continue;
        };
        let (seconds, memory) = (seconds.parse().unwrap_or(f64::MAX), memory.parse().unwrap_or(f64::MAX));
        let times = memory / bytes.len() as f64;
        let kept = seconds <= 1.0 && memory <= 64e6 && times < 5.05;
        sound &= kept;
        println!("{name:<40} {seconds:>8.3} {:>8.1} {times:>8.2}  {result}{}", memory / 1e6, if kept { "" } else { "  TOO MUCH" });
    }
    sound
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|a| a == "--read-one") {
        return read_one();
    }
    if arguments.iter().any(|a| a == "--hostile") {
        let size = arguments.iter().skip_while(|a| *a != "--size").nth(1).and_then(|n| n.parse().ok()).unwrap_or(8 << 20);
        std::process::exit(i32::from(!hostile(size)));
    }
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
