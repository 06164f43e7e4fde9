//! `newsfold parse`: the feed room by itself, on files.

use super::output;
use crate::feed::{self, Context};
use crate::model::{ParsedEntry, ParsedFeed};
use anyhow::Context as _;
use jiff::Timestamp;
use serde::Serialize;
use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use url::Url;

/// Files beyond this are not read: no feed is so large, and memory is to stay small.
const MOST_BYTES: u64 = 64 << 20;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Needs no database and no network. docs/json.md describes the lines of --json.

Examples:
  newsfold parse feed.xml
  curl -s https://example.org/rss | newsfold parse -
  newsfold parse --json *.xml | jq -r '.entries[]?.title'")]
pub struct Args {
    /// Files; - is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The address that the document came from
    #[arg(long, value_name = "URL")]
    base: Option<Url>,
    /// One JSON object a line, a line an input
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let mut out = BufWriter::new(io::stdout().lock());
    let mut failed = false;
    for path in &args.files {
        let result = read(path).and_then(|bytes| Ok(feed::parse(&bytes, Context { base: args.base.as_ref(), content_type: None })?));
        failed |= result.is_err();
        let shown = if args.json { json(&mut out, path, &result) } else { table(&mut out, path, &result) };
        match shown {
            // The reader of the pipe has seen enough.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(ExitCode::SUCCESS),
            other => other?,
        }
    }
    match out.flush() {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => return Err(error.into()),
        _ => {}
    }
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        io::stdin().lock().take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    } else {
        let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
        bytes.reserve_exact(usize::try_from(file.metadata()?.len().min(MOST_BYTES)).unwrap_or(0).saturating_add(1));
        file.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    }
    anyhow::ensure!(u64::try_from(bytes.len())? <= MOST_BYTES, "{}: larger than {} MiB", path.display(), MOST_BYTES >> 20);
    Ok(bytes)
}

#[derive(Default, Serialize)]
struct Line<'a> {
    path: String,
    format: Option<&'a str>,
    title: Option<&'a str>,
    site_url: Option<&'a str>,
    entries: Option<Vec<EntryLine<'a>>>,
    warnings: &'a [String],
    error: Option<String>,
}

#[derive(Serialize)]
struct EntryLine<'a> {
    guid: Option<&'a str>,
    url: Option<&'a str>,
    title: Option<&'a str>,
    author: Option<&'a str>,
    published_at: Option<Timestamp>,
    updated_at: Option<Timestamp>,
    summary: Option<&'a str>,
    content: Option<&'a str>,
}

impl<'a> From<&'a ParsedEntry> for EntryLine<'a> {
    fn from(e: &'a ParsedEntry) -> Self {
        Self {
            guid: e.guid.as_deref(),
            url: e.url.as_deref(),
            title: e.title.as_deref(),
            author: e.author.as_deref(),
            published_at: e.published_at,
            updated_at: e.updated_at,
            summary: e.summary.as_deref(),
            content: e.content.as_deref(),
        }
    }
}

fn json(out: &mut impl Write, path: &Path, result: &anyhow::Result<ParsedFeed>) -> io::Result<()> {
    let path = path.display().to_string();
    let line = match result {
        Ok(feed) => Line {
            path,
            format: Some(&feed.format),
            title: feed.title.as_deref(),
            site_url: feed.site_url.as_deref(),
            entries: Some(feed.entries.iter().map(EntryLine::from).collect()),
            warnings: &feed.warnings,
            error: None,
        },
        Err(error) => Line { path, error: Some(format!("{error:#}")), ..Line::default() },
    };
    output::json_line(out, &line)
}

/// A heading a file, then an entry a line: when, what, where.
fn table(out: &mut impl Write, path: &Path, result: &anyhow::Result<ParsedFeed>) -> io::Result<()> {
    let feed = match result {
        Ok(feed) => feed,
        Err(error) => {
            output::error(&anyhow::anyhow!("{}: {error:#}", path.display()));
            return Ok(());
        }
    };
    let title = feed.title.as_deref().map_or_else(|| path.display().to_string(), str::to_owned);
    writeln!(out, "{}", clean(&title))?;
    let site = feed.site_url.as_deref().map(|s| format!(", {}", clean(s))).unwrap_or_default();
    writeln!(out, "{}, {} {}{site}", clean(&feed.format), feed.entries.len(), if feed.entries.len() == 1 { "entry" } else { "entries" })?;
    for warning in &feed.warnings {
        writeln!(out, "note: {}", clean(warning))?;
    }
    for entry in &feed.entries {
        let when = entry.published_at.or(entry.updated_at).map_or_else(|| "undated".to_owned(), local);
        writeln!(out, "  {when:<16}  {}", clean(entry.title.as_deref().unwrap_or("(untitled)")))?;
        if let Some(url) = &entry.url {
            writeln!(out, "  {:<16}  {}", "", clean(url))?;
        }
    }
    writeln!(out)
}

fn local(at: Timestamp) -> String {
    at.to_zoned(jiff::tz::TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string()
}

/// Remote text for a terminal: no control characters and no changes of direction.
fn clean(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control() && !matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}'))
        .collect()
}
