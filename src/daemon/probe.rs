//! Probing an address for feeds: what `feeds check` and `feeds add` know.

use super::DaemonError;
use super::engine::net_settings;
use crate::article;
use crate::clock::Clock;
use crate::config::{Config, Feed, FeedKind, PageSelectors};
use crate::feed::{self, Context, discover};
use crate::model::{ParsedEntry, ParsedFeed};
use crate::net::{Client, Request, Response};
use jiff::Timestamp;
use std::time::Duration;
use url::Url;

/// Addresses that are tried on one site at most.
const TRIED: usize = 16;
/// Items of a listing page that are shown.
const SHOWN: usize = 5;

/// A feed that was found, as a declaration to paste, with what it shows.
#[derive(Clone, Debug)]
pub struct Found {
    /// The declaration.
    pub feed: Feed,
    /// "RSS 2.0", "Atom 1.0", "page" …
    pub format: String,
    /// Its title as stated.
    pub title: Option<String>,
    /// Entries in it.
    pub entries: usize,
    /// The newest of them.
    pub newest: Option<Timestamp>,
    /// Headlines of the first few.
    pub headlines: Vec<String>,
}

/// Finds the feeds at `url`: itself, those that its page declares or links, those at usual paths; else proposes
/// selectors for the page as a listing.
///
/// # Errors
/// Where the address cannot be fetched.
pub async fn probe(config: &Config, url: &Url) -> Result<Vec<Found>, DaemonError> {
    let client = Client::new(net_settings(config), Clock::system())?;
    let first = client.get(Request::feed(url.clone())).await?;
    if let Some(found) = read(config, &first) {
        return Ok(vec![found]);
    }
    if !first.is_success() {
        return Err(DaemonError::Start(format!("{url} answered {}", first.status)));
    }
    let mut found: Vec<Found> = Vec::new();
    let candidates = discover::discover(&first.body, &first.final_url, first.content_type.as_deref());
    for candidate in candidates.into_iter().take(TRIED) {
        // Guessed paths are only tried where the page itself names no feed.
        if candidate.evidence == discover::Evidence::Usual && !found.is_empty() {
            break;
        }
        let Ok(address) = Url::parse(&candidate.url) else { continue };
        match client.get(Request::feed(address)).await {
            Ok(answer) => found.extend(read(config, &answer).filter(|new| found.iter().all(|f| f.feed.url != new.feed.url))),
            Err(error) => tracing::debug!(url = candidate.url, %error, "no feed there"),
        }
    }
    if found.is_empty() {
        found.extend(listing(config, &first));
    }
    Ok(found)
}

fn read(config: &Config, answer: &Response) -> Option<Found> {
    if answer.status != 200 {
        return None;
    }
    let context = Context { base: Some(&answer.final_url), content_type: answer.content_type.as_deref() };
    let parsed = feed::parse(&answer.body, context).ok()?;
    let mut feed = Feed::new(answer.final_url.clone());
    feed.publisher = publisher(config, &answer.final_url, &parsed);
    feed.every = interval(&parsed.entries);
    Some(found(feed, parsed.format, parsed.title, &parsed.entries))
}

fn listing(config: &Config, answer: &Response) -> Option<Found> {
    let selectors: PageSelectors = article::propose_listing(&answer.body, Some(&answer.final_url))?;
    let entries = article::listing(&answer.body, Some(&answer.final_url), &selectors);
    let mut feed = Feed::new(answer.final_url.clone());
    feed.publisher = publisher(config, &answer.final_url, &ParsedFeed::default());
    feed.every = interval(&entries);
    feed.kind = FeedKind::Page(selectors);
    Some(found(feed, "page".into(), None, &entries))
}

fn found(feed: Feed, format: String, title: Option<String>, entries: &[ParsedEntry]) -> Found {
    Found {
        feed,
        format,
        title,
        entries: entries.len(),
        newest: entries.iter().filter_map(|entry| entry.published_at).max(),
        headlines: entries.iter().filter_map(|entry| entry.title.clone()).take(SHOWN).collect(),
    }
}

/// Whose feed it is: the publisher of its host, else what the feed calls itself before any dash, else the host.
fn publisher(config: &Config, url: &Url, parsed: &ParsedFeed) -> Option<String> {
    let host = url.host_str()?;
    if let Some(known) = config.publisher_of(host) {
        return Some(known.name.clone());
    }
    let title = parsed.title.as_deref().and_then(|title| title.split([':', '|', '–', '—', '»']).next());
    let title = title.and_then(|title| title.split(" - ").next()).map(str::trim).filter(|title| !title.is_empty());
    Some(title.unwrap_or_else(|| host.trim_start_matches("www.")).to_owned())
}

/// Half the median gap between its dated entries, as a round number; none where dates say nothing.
fn interval(entries: &[ParsedEntry]) -> Option<Duration> {
    let mut dates: Vec<i64> = entries.iter().filter_map(|entry| entry.published_at).map(Timestamp::as_second).collect();
    dates.sort_unstable();
    let mut gaps: Vec<i64> = dates.windows(2).filter_map(|pair| pair.get(1)?.checked_sub(*pair.first()?)).collect();
    gaps.sort_unstable();
    let half = gaps.get(gaps.len() / 2)? / 2 / 60;
    let minutes = [10_u32, 15, 30, 60, 120, 180, 360, 720].into_iter().find(|round| half <= i64::from(*round)).unwrap_or(1_440);
    Some(Duration::from_secs(u64::from(minutes) * 60))
}
