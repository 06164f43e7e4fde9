//! `newsfold extract`

use super::output;
use crate::article::{self, Page, SiteRules};
use crate::config;
use crate::model::Extracted;
use anyhow::Context;
use flate2::read::MultiGzDecoder;
use jiff::tz::Offset;
use serde::Serialize;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Needs no database and no network. docs/json.md describes the lines of --json.

Examples:
  newsfold extract page.html
  newsfold extract --url https://example.org/news/1 page.html --explain
  newsfold extract --json *.html | jq -r '[.path, .words] | @tsv'")]
pub struct Args {
    /// Files, packed by gzip or not; - is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The address that the document came from; the [[site]] that the configuration has for it applies
    #[arg(long, value_name = "URL")]
    url: Option<url::Url>,
    /// One JSON object a line, a line an input
    #[arg(long)]
    json: bool,
    /// Say of each block why it was kept or dropped
    #[arg(long, conflicts_with = "json")]
    explain: bool,
}

/// What a line of `--json` holds.
#[derive(Serialize)]
struct Line<'a> {
    path: String,
    url: Option<&'a str>,
    canonical_url: Option<&'a str>,
    canonical_elsewhere: Option<&'a str>,
    title: Option<&'a str>,
    byline: Option<&'a str>,
    dateline: Option<&'a str>,
    credit: Option<&'a str>,
    credit_words: Option<&'a str>,
    publisher: Option<&'a str>,
    published_at: Option<String>,
    modified_at: Option<String>,
    lang: Option<&'a str>,
    section: Option<&'a str>,
    image: Option<&'a str>,
    free: Option<bool>,
    text: &'a str,
    words: usize,
    quality: crate::model::Quality,
    warnings: &'a [String],
}

/// Extracts every file and prints it before the next is read.
///
/// # Errors
/// Where standard output cannot be written. A file that cannot be read is said, and makes the exit code 1.
pub fn run(args: &Args, config: Option<&Path>) -> anyhow::Result<ExitCode> {
    let rules = args.url.as_ref().and_then(url::Url::host_str).map_or(Ok(None), |host| rules(config, host))?;
    let mut to = io::BufWriter::new(io::stdout().lock());
    let mut code = ExitCode::SUCCESS;
    for path in &args.files {
        let bytes = match read(path) {
            Ok(bytes) => bytes,
            Err(error) => {
                output::error(&error);
                code = ExitCode::FAILURE;
                continue;
            }
        };
        let page = Page { html: &bytes, url: args.url.as_ref(), rules: rules.as_ref(), ..Page::default() };
        if args.explain {
            let explained = article::explain(page);
            people(&mut to, path, &explained.extracted, false)?;
            for (why, text) in &explained.blocks {
                writeln!(to, "{why:>32}  {}", shown(text, 160))?;
            }
        } else if args.json {
            let found = article::extract(page);
            output::json_line(&mut to, &line(path, args.url.as_ref(), &found))?;
        } else {
            people(&mut to, path, &article::extract(page), true)?;
        }
        to.flush()?;
    }
    Ok(code)
}

/// The configuration's rules for a host's pages. Without a configuration there are none; one that is named must be right, one that is
/// only found is left aside where it is not.
fn rules(explicit: Option<&Path>, host: &str) -> anyhow::Result<Option<SiteRules>> {
    if config::find(explicit).is_none() {
        return Ok(None);
    }
    let config = match config::load(explicit, None) {
        Ok(config) => config,
        Err(error) if explicit.is_some() => return Err(error.into()),
        Err(_) => {
            output::note("the configuration has faults, which `newsfold config check` names; its [[site]] blocks are left aside");
            return Ok(None);
        }
    };
    let Some(site) = config.site_of(host) else { return Ok(None) };
    let rules =
        SiteRules { body: site.body.clone(), remove: site.remove.clone(), title: site.title.clone(), published: site.published.clone() };
    for fault in rules.faults() {
        output::note(&format!("[[site]] {}: {fault} is no CSS selector, and selects nothing", site.domain));
    }
    Ok(Some(rules))
}

/// As much of a file as is looked at, and a byte more, by which the page is known to be longer.
fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    let most = crate::article::MAX_PAGE as u64 + 1;
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        io::stdin().lock().take(most).read_to_end(&mut bytes).context("standard input")?;
    } else {
        let file = std::fs::File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes));
        file.with_context(|| path.display().to_string())?;
    }
    if bytes.starts_with(b"\x1f\x8b") {
        let packed = std::mem::take(&mut bytes);
        let unpacked = MultiGzDecoder::new(packed.as_slice()).take(most).read_to_end(&mut bytes);
        unpacked.with_context(|| format!("{}: its gzip is broken", path.display()))?;
    }
    if let Some((_, kind)) = NO_PAGES.iter().find(|(start, _)| bytes.starts_with(start)) {
        anyhow::bail!("{}: {kind}, no page: newsfold reads HTML", path.display());
    }
    Ok(bytes)
}

/// How files begin that are easily taken for pages, and what they are. As text they would be read, and be nonsense.
const NO_PAGES: [(&[u8], &str); 5] =
    [(b"%PDF-", "a PDF"), (b"PK\x03\x04", "a zip archive"), (b"\x89PNG", "an image"), (b"\xff\xd8\xff", "an image"), (b"GIF8", "an image")];

fn line<'a>(path: &Path, url: Option<&'a url::Url>, found: &'a Extracted) -> Line<'a> {
    Line {
        path: path.to_string_lossy().into_owned(),
        url: url.map(url::Url::as_str),
        canonical_url: found.canonical_url.as_deref(),
        canonical_elsewhere: found.canonical_elsewhere.as_deref(),
        title: found.title.as_deref(),
        byline: found.byline.as_deref(),
        dateline: found.dateline.as_deref(),
        credit: found.credit.as_ref().map(|c| c.name.as_str()),
        credit_words: found.credit.as_ref().map(|c| c.words.as_str()),
        publisher: found.publisher.as_deref(),
        published_at: time(found.published_at, found.published_offset),
        modified_at: time(found.modified_at, found.modified_offset),
        lang: found.lang.as_deref(),
        section: found.section.as_deref(),
        image: found.image.as_deref(),
        free: found.free,
        text: &found.text,
        words: found.words,
        quality: found.quality,
        warnings: &found.warnings,
    }
}

/// The instant in the page's own zone, else in UTC.
fn time(at: Option<jiff::Timestamp>, offset: Option<i16>) -> Option<String> {
    let offset = offset.filter(|minutes| *minutes != 0).and_then(|minutes| Offset::from_seconds(i32::from(minutes) * 60).ok());
    at.map(|at| offset.map_or_else(|| at.to_string(), |offset| at.display_with_offset(offset).to_string()))
}

fn people(to: &mut impl Write, path: &Path, found: &Extracted, text: bool) -> io::Result<()> {
    let quality = serde_json::to_value(found.quality).ok();
    writeln!(to, "{}", shown(found.title.as_deref().unwrap_or("(no title)"), 400))?;
    let mut facts = vec![
        path.display().to_string(),
        quality.as_ref().and_then(|q| q.as_str()).unwrap_or("").to_owned(),
        format!("{} words", found.words),
    ];
    facts.extend(found.lang.clone());
    facts.extend(time(found.published_at, found.published_offset));
    facts.extend(found.byline.clone());
    facts.extend(found.credit.as_ref().map(|c| format!("credit {}", c.name)));
    facts.extend(found.canonical_url.clone());
    facts.extend(found.warnings.iter().cloned());
    writeln!(to, "{}\n", shown(&facts.join(" · "), 600))?;
    if text {
        for paragraph in found.text.split("\n\n") {
            writeln!(to, "{}\n", shown(paragraph, usize::MAX))?;
        }
    }
    Ok(())
}

/// Remote text for a terminal: control and direction characters neutralised, cut to `width` characters.
fn shown(text: &str, width: usize) -> String {
    let clean = text.chars().take(width).map(|c| match c {
        '\n' => ' ',
        c if c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') => '\u{fffd}',
        c => c,
    });
    clean.collect()
}
