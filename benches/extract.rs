//! Extraction beside the bare parse, on the same pages in the same run: `cargo bench --bench extract -- DIR…` (HTML files below).
//! Without a folder it takes the written fixture.

use newsfold::article::{Page, extract};
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

fn main() {
    let mut pages: Vec<(PathBuf, Vec<u8>)> = Vec::new();
    for folder in std::env::args().skip(1).filter(|a| !a.starts_with('-')) {
        collect(Path::new(&folder), &mut pages);
    }
    if pages.is_empty() {
        pages.push(("fixture".into(), include_bytes!("../tests/pages/bridge.html").repeat(1)));
    }
    let (mut bare, mut ours, mut slowest) = (Duration::ZERO, Duration::ZERO, (Duration::ZERO, PathBuf::new()));
    for (path, bytes) in &pages {
        let text = String::from_utf8_lossy(bytes);
        // The better of two runs of each, in turn: a neighbour's noise does not fall on one side.
        let (mut a, mut b) = (Duration::MAX, Duration::MAX);
        for _ in 0..2 {
            let start = Instant::now();
            black_box(scraper::Html::parse_document(&text));
            a = a.min(start.elapsed());
            let start = Instant::now();
            black_box(extract(Page { html: bytes, ..Page::default() }));
            b = b.min(start.elapsed());
        }
        bare += a;
        ours += b;
        if b > slowest.0 {
            slowest = (b, path.clone());
        }
    }
    let bytes: usize = pages.iter().map(|p| p.1.len()).sum();
    println!(
        "{} pages, {:.1} MB: bare parse {:.3} ms a page, extraction {:.3} ms a page, {:.0} % of its speed; slowest {:.1} ms ({})",
        pages.len(),
        bytes as f64 / 1e6,
        bare.as_secs_f64() * 1e3 / pages.len() as f64,
        ours.as_secs_f64() * 1e3 / pages.len() as f64,
        100.0 * bare.as_secs_f64() / ours.as_secs_f64(),
        slowest.0.as_secs_f64() * 1e3,
        slowest.1.display(),
    );
}

fn collect(path: &Path, pages: &mut Vec<(PathBuf, Vec<u8>)>) {
    if path.is_dir() {
        let Ok(entries) = std::fs::read_dir(path) else { return };
        for entry in entries.flatten() {
            collect(&entry.path(), pages);
        }
    } else if let Ok(bytes) = std::fs::read(path) {
        pages.push((path.to_owned(), bytes));
    }
}
