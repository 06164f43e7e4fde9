//! Settles one pending entry: its page, or the feed's own text, becomes an article for the writer to place.

use super::DaemonError;
use super::engine::Engine;
use super::place::{Place, Placed};
use super::recheck::next_look;
use crate::article::{self, Page, SiteRules};
use crate::config::Config;
use crate::dedup::{self, story};
use crate::model::canonical::canonical_url;
use crate::model::{Credit, Extracted, Id, Quality, Validators};
use crate::net;
use crate::store::{Article, PendingEntry};
use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use url::Url;

/// When a page that could not be fetched is tried again; after the last, the entry is settled from its feed.
const RETRIES: [SignedDuration; 4] =
    [SignedDuration::from_mins(5), SignedDuration::from_mins(30), SignedDuration::from_hours(3), SignedDuration::from_hours(12)];

/// How the words of a credit begin that the feed gives and not the page.
pub(super) const FEED_SAYS: &str = "feed: source ";

/// What became of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// Its article is placed, or has a new revision.
    Placed { joined: bool },
    /// Its article was known and has not changed.
    Known,
    /// To be tried again later.
    PutOff,
}

/// What a fetch leaves to do for an entry.
pub enum Step {
    /// Nothing.
    Done(Settled),
    /// To read what was fetched, and to place it.
    Read(Box<PendingEntry>, Source),
}

/// Fetches one entry's page.
///
/// # Errors
/// Where the store or the writer fails, or the engine stops; the entry then stays pending.
pub async fn fetch_page(engine: &Engine, entry: PendingEntry) -> Result<Step, DaemonError> {
    let source = match fetch(engine, &entry).await? {
        Fetched::Page(page) => Source::Page(page),
        Fetched::Unchanged => match entry.article {
            Some(article) => return link(engine, entry.id, article, "the page has not changed".into()).await.map(Step::Done),
            None => Source::Feed("the page answered 304 to nobody's question".into()),
        },
        Fetched::None(reason) => Source::Feed(reason),
        Fetched::Later(reason, at) => {
            let (id, words) = (entry.id, reason.clone());
            engine.writer.with(move |state| state.store.retry_entry(id, at, &words)).await?;
            tracing::debug!(entry = %entry.id, reason, "put off");
            return Ok(Step::Done(Settled::PutOff));
        }
    };
    Ok(Step::Read(Box::new(entry), source))
}

/// Reads what was fetched for an entry, and places it.
///
/// # Errors
/// As [`fetch_page`].
pub async fn read_and_place(engine: &Arc<Engine>, entry: PendingEntry, source: Source) -> Result<Settled, DaemonError> {
    let known = entry.article;
    let place = read(engine, entry, source).await?;
    put(engine, known, place).await
}

/// Settles entries for which no page is fetched, in the order given: they are read in one go, and wait for one commit.
pub async fn settle_unfetched(engine: &Arc<Engine>, entries: Vec<PendingEntry>) -> Vec<(Id, Result<Settled, DaemonError>)> {
    let ids: Vec<(Id, Option<Id>)> = entries.iter().map(|entry| (entry.id, entry.article)).collect();
    let from_feed = |entry: PendingEntry| {
        let reason = page_of(&entry).err().unwrap_or_default();
        (entry, Source::Feed(reason.to_owned()))
    };
    match read_all(engine, entries.into_iter().map(from_feed).collect()).await {
        // They stay pending.
        Err(DaemonError::Interrupted) => Vec::new(),
        Err(error) => ids.into_iter().map(|(id, _)| (id, Err(DaemonError::Reading(error.to_string())))).collect(),
        Ok(places) => {
            let one = |((id, known), place): ((Id, Option<Id>), Result<Place, DaemonError>)| async move {
                match place {
                    Ok(place) => (id, put(engine, known, place).await),
                    Err(error) => (id, Err(error)),
                }
            };
            join_all(ids.into_iter().zip(places).map(one)).await
        }
    }
}

/// The page that an entry leads to, or why none is fetched for it.
fn page_of(entry: &PendingEntry) -> Result<Url, &'static str> {
    if !entry.full_text {
        return Err("the feed's own text is used (full_text = false)");
    }
    entry.url.as_deref().and_then(|url| Url::parse(url).ok()).ok_or("the entry has no link")
}

/// Whether an entry's page is fetched.
pub fn has_page(entry: &PendingEntry) -> bool {
    page_of(entry).is_ok()
}

/// Places what was read of an entry that led to the article `known` before.
async fn put(engine: &Engine, known: Option<Id>, place: Place) -> Result<Settled, DaemonError> {
    if let (Some(article), Some(reason)) = (known, &place.reason)
        && let Some(stored) = engine.writer.with(move |state| state.store.texts(&[article])).await?.pop()
        && stored.text.len() > place.article.text.len()
    {
        // An entry was edited, but its page is gone or walled off by now: what was read while it was there stays.
        let (entry, reason) = (place.entry, reason.clone());
        return link(engine, entry, article, reason).await;
    }
    Ok(match engine.writer.place(place).await? {
        Placed::New { joined } | Placed::Revised { joined } => Settled::Placed { joined },
        Placed::Known => Settled::Known,
    })
}

/// Settles an entry with the article that it led to before.
async fn link(engine: &Engine, entry: Id, article: Id, reason: String) -> Result<Settled, DaemonError> {
    let now = engine.clock.now();
    engine.writer.with(move |state| state.store.link_entry(entry, article, Some(&reason), now)).await?;
    Ok(Settled::Known)
}

/// What came of fetching a page.
enum Fetched {
    Page(Box<net::Response>),
    /// A conditional request was answered 304.
    Unchanged,
    /// There is no page to be had, and why.
    None(String),
    /// Not now.
    Later(String, Timestamp),
}

/// What an article is read from.
pub enum Source {
    Page(Box<net::Response>),
    /// The feed's own text, and why.
    Feed(String),
}

async fn fetch(engine: &Engine, entry: &PendingEntry) -> Result<Fetched, DaemonError> {
    let url = match page_of(entry) {
        Ok(url) => url,
        Err(reason) => return Ok(Fetched::None(reason.into())),
    };
    let known = match entry.article {
        Some(article) => engine.writer.with(move |state| state.store.texts(&[article])).await?.pop(),
        None => None,
    };
    let (validators, from) = known.map(|text| (text.validators, Url::parse(&text.fetched_url).ok())).unwrap_or_default();
    let request = page_request(engine, entry.feed, url, validators, from);
    let response = match engine.client().get(request).await {
        Ok(response) => response,
        Err(error) => return failed(engine, entry, &error),
    };
    Ok(match response.status {
        200..=299 if is_page(&response) => Fetched::Page(Box::new(response)),
        200..=299 => {
            Fetched::None(format!("the link leads to {}, no page", response.content_type.as_deref().unwrap_or("something unnamed")))
        }
        304 => Fetched::Unchanged,
        status @ (408 | 425 | 429 | 500..=599) => later(engine, entry, format!("the page's server answered {status}")),
        status => Fetched::None(format!("the page's server answered {status}")),
    })
}

/// The request for a page that `feed` led to. Validators go to `from` alone (to the page's own origin where it is not
/// known), and the feed's headers and credentials to a page of the feed's own origin alone.
pub(super) fn page_request(engine: &Engine, feed: Id, url: Url, validators: Validators, from: Option<Url>) -> net::Request {
    let secrets = engine.secrets(feed, &url).for_pages();
    net::Request::page(url).conditional(validators, from).secrets(secrets).keeping_room().cancelled_by(engine.stop.clone())
}

fn failed(engine: &Engine, entry: &PendingEntry, error: &net::NetError) -> Result<Fetched, DaemonError> {
    if matches!(error, net::NetError::Cancelled) {
        return Err(DaemonError::Interrupted);
    }
    Ok(match error.kind() {
        // Nothing was sent: the host wants to be left alone, and no try is used up.
        net::ErrorKind::Retry if let Some(until) = error.until() => Fetched::Later(error.to_string(), until),
        net::ErrorKind::Retry => later(engine, entry, error.to_string()),
        net::ErrorKind::Skip | net::ErrorKind::Stop => Fetched::None(error.to_string()),
    })
}

/// Puts an entry off, until its tries are used up.
fn later(engine: &Engine, entry: &PendingEntry, reason: String) -> Fetched {
    let now = engine.clock.now();
    match RETRIES.get(entry.attempts as usize) {
        None => Fetched::None(format!("{reason}, {} times", entry.attempts + 1)),
        Some(wait) => Fetched::Later(reason, now.saturating_add(*wait).unwrap_or(now)),
    }
}

pub(super) fn is_page(response: &net::Response) -> bool {
    let Some(kind) = response.content_type.as_deref() else { return true };
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind.is_empty() || kind.contains("html") || kind.contains("xml") || kind == "text/plain"
}

/// Reads the article off the async threads, as many at a time as there are cores.
pub(super) async fn read(engine: &Arc<Engine>, entry: PendingEntry, source: Source) -> Result<Place, DaemonError> {
    let read = read_all(engine, vec![(entry, source)]).await?;
    read.into_iter().next().unwrap_or(Err(DaemonError::Interrupted))
}

/// Reads several articles after each other. One on which the reading panics is no reason for the others to be lost.
async fn read_all(engine: &Arc<Engine>, all: Vec<(PendingEntry, Source)>) -> Result<Vec<Result<Place, DaemonError>>, DaemonError> {
    let (config, repeated, background) = (engine.config(), engine.learnt.repeated(), engine.learnt.background());
    let now = engine.clock.now();
    let one = move |entry: PendingEntry, source: Source| {
        #[cfg(test)]
        tests::panic_over(&entry);
        let (article, reason, repeated_lines) = article(&config, &repeated, &entry, source);
        let text = if article.quality.is_text() { article.text.as_str() } else { "" };
        let boilerplate = repeated.get(&article.publisher).cloned().unwrap_or_default();
        let document = dedup::Document {
            id: article.id,
            title: &article.title,
            text,
            dateline: article.dateline.as_deref(),
            lang: article.lang.as_deref(),
            publisher: Some(&article.publisher),
            seen_at: article.seen_at,
        };
        let prepared = dedup::prepare(&document, &boilerplate);
        let about = story::About {
            title: &article.title,
            text,
            lang: article.lang.as_deref(),
            publisher: Some(&article.publisher),
            published_at: article.published_at,
            seen_at: Some(article.seen_at),
        };
        let features = story::features(about, &background, &story::Settings::default());
        let recheck_at = recheck_at(&config, &article, reason.as_deref(), now);
        Place { entry: entry.id, article, prepared, features, reason, recheck_at, repeated: repeated_lines }
    };
    let work = move || {
        let guarded = |(entry, source): (PendingEntry, Source)| {
            catch_unwind(AssertUnwindSafe(|| one(entry, source))).map_err(|panic| DaemonError::Reading(words_of(&*panic)))
        };
        all.into_iter().map(guarded).collect()
    };
    engine.compute(work).await?.map_err(|e| DaemonError::Reading(e.to_string()))
}

/// What a panic said.
fn words_of(panic: &(dyn Any + Send)) -> String {
    let words = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    format!("the reading panicked: {}", words.unwrap_or("without a word"))
}

/// When the page of a new article is to be looked at again: where its text was read from it, and where it can be asked for
/// conditionally.
fn recheck_at(config: &Config, article: &Article, reason: Option<&str>, now: Timestamp) -> Option<Timestamp> {
    let refused = config.publisher(&article.publisher).is_some_and(|publisher| publisher.recheck == Some(false));
    let can = reason.is_none() && article.quality.is_text() && !article.validators.is_empty() && !refused;
    next_look(&config.fetch.recheck, now, now).filter(|_| can)
}

/// The article that an entry leads to, why it was not read from its page where it was not, and its publisher's repeated lines on it.
fn article(
    config: &Config,
    repeated: &super::place::Repeated,
    entry: &PendingEntry,
    source: Source,
) -> (Article, Option<String>, Vec<u64>) {
    let (extracted, fetched, validators, mut reason) = match source {
        Source::Page(page) => {
            let extracted = from_page(config, repeated, entry, &page);
            (extracted, Some(page.final_url.clone()), page.validators.clone(), None)
        }
        Source::Feed(reason) => (from_feed(entry), None, Validators::default(), Some(reason)),
    };
    let mut extracted = extracted;
    if reason.is_none() && !extracted.quality.is_text() {
        let wall = format!("the page is no article ({})", words_for(extracted.quality));
        let instead = from_feed(entry);
        if instead.words > 0 {
            extracted = Extracted { canonical_url: extracted.canonical_url, ..instead };
        }
        reason = Some(wall);
    }
    let link = entry.url.as_deref();
    let canonical = extracted.canonical_url.clone().or_else(|| fetched.as_ref().and_then(|u| canonical_url(u.as_str())));
    let canonical = canonical.or_else(|| link.and_then(canonical_url)).unwrap_or_else(|| format!("newsfold:entry/{}", entry.id));
    let host = Url::parse(&canonical).ok().and_then(|u| u.host_str().map(str::to_owned));
    let title = extracted.title.clone().or_else(|| entry.entry.title.clone()).unwrap_or_default();
    let article = Article {
        id: Id::article(&canonical),
        publisher: publisher(config, entry, host.as_deref(), extracted.publisher.as_deref()),
        canonical_url: canonical,
        fetched_url: fetched.map(String::from),
        title,
        byline: extracted.byline.or_else(|| entry.entry.author.clone()),
        dateline: extracted.dateline,
        credit: extracted.credit.or_else(|| feed_source(entry)),
        canonical_elsewhere: extracted.canonical_elsewhere,
        section: extracted.section,
        image: extracted.image,
        free: extracted.free,
        lang: extracted.lang,
        published_at: entry.entry.published_at.or(extracted.published_at),
        modified_at: entry.entry.updated_at.or(extracted.modified_at),
        seen_at: entry.seen_at,
        words: u32::try_from(extracted.words).unwrap_or(u32::MAX),
        quality: extracted.quality,
        text: extracted.text,
        validators,
    };
    (article, reason, extracted.repeated)
}

/// Whom the feed names as the entry's source, where that is somebody else.
fn feed_source(entry: &PendingEntry) -> Option<Credit> {
    let name = entry.entry.source.as_ref()?.title.clone()?;
    let own = entry.publisher.as_ref().is_some_and(|publisher| publisher.to_lowercase() == name.to_lowercase());
    (!own).then(|| Credit { words: format!("{FEED_SAYS}{name}"), name })
}

fn from_page(config: &Config, repeated: &super::place::Repeated, entry: &PendingEntry, page: &net::Response) -> Extracted {
    let host = page.final_url.host_str().unwrap_or_default();
    let rules = config.site_of(host).map(|site| SiteRules {
        body: site.body.clone(),
        remove: site.remove.clone(),
        title: site.title.clone(),
        published: site.published.clone(),
    });
    let outlet = publisher(config, entry, Some(host), None);
    article::extract(Page {
        html: &page.body,
        url: Some(&page.final_url),
        content_type: page.content_type.as_deref(),
        boilerplate: repeated.get(&outlet).map(|lines| &**lines),
        rules: rules.as_ref(),
        feed_title: entry.entry.title.as_deref(),
    })
}

/// The article as far as the feed itself carries it.
fn from_feed(entry: &PendingEntry) -> Extracted {
    let carried = [&entry.entry.content, &entry.entry.summary].into_iter().flatten().max_by_key(|text| text.len());
    let lang: String = entry.entry.lang.iter().flat_map(|l| l.chars()).filter(|c| c.is_ascii_alphabetic() || *c == '-').take(20).collect();
    let html = carried.map(|text| format!("<html lang=\"{lang}\"><body><article>{text}</article></body></html>")).unwrap_or_default();
    let mut extracted = article::extract(Page { html: html.as_bytes(), feed_title: entry.entry.title.as_deref(), ..Page::default() });
    extracted.title = entry.entry.title.clone();
    extracted
}

/// DESIGN.md: the publisher whose domains match the page's host, else the feed's, else `og:site_name`, else the host.
fn publisher(config: &Config, entry: &PendingEntry, host: Option<&str>, site_name: Option<&str>) -> String {
    let by_host = host.and_then(|host| config.publisher_of(host)).map(|p| p.name.clone());
    by_host
        .or_else(|| entry.publisher.clone())
        .or_else(|| site_name.map(str::to_owned))
        .or_else(|| host.map(str::to_owned))
        .unwrap_or_else(|| "unknown".into())
}

fn words_for(quality: Quality) -> &'static str {
    match quality {
        Quality::Article | Quality::Short => "an article",
        Quality::Empty => "no text",
        Quality::Consent => "a consent wall",
        Quality::Paywall => "a paywall",
        Quality::JavaScript => "needs JavaScript",
        Quality::SoftNotFound => "says that it was not found",
        Quality::BotCheck => "a check for robots",
        Quality::Login => "asks its reader to log in",
        Quality::Region => "is not shown in this region",
        Quality::Age => "asks for its reader's age",
        Quality::Maintenance => "says that the site is being worked on",
        Quality::Offer => "offers an app or a newsletter",
        Quality::Listing => "a list of articles",
        Quality::TooComplex => "too complex to read",
    }
}

#[cfg(test)]
mod tests {
    use super::super::ConfigSource;
    use super::*;
    use crate::clock::Clock;
    use crate::model::ParsedEntry;

    const FATAL: &str = "a title that no parser survives";

    /// What stands for a fault of the reading that is not known yet.
    pub(super) fn panic_over(entry: &PendingEntry) {
        assert!(entry.entry.title.as_deref() != Some(FATAL), "met its match");
    }

    fn entry(n: u64, title: &str) -> PendingEntry {
        let url = format!("https://harbour.example/{n}");
        let summary = format!("<p>The harbour pilots of the {n}th pier met the council on Monday over their pay and their boats.</p>");
        let entry = ParsedEntry { title: Some(title.into()), url: Some(url.clone()), summary: Some(summary), ..ParsedEntry::default() };
        PendingEntry {
            id: Id(n),
            feed: Id(1),
            feed_url: "https://harbour.example/rss".into(),
            publisher: None,
            url: Some(url),
            entry,
            seen_at: "2026-11-22T12:00:00Z".parse().unwrap(),
            attempts: 0,
            article: None,
            full_text: false,
            mute: false,
        }
    }

    #[tokio::test]
    async fn one_that_cannot_be_read_takes_no_other_with_it() {
        let dir = tempfile::tempdir().unwrap();
        let config = crate::config::from_text(&format!("state_dir = {:?}", dir.path()), "newsfold.toml").unwrap();
        let engine = Engine::start(config, ConfigSource { file: None, state_dir: None }, Clock::system()).await.unwrap();
        let all = [("Pilots meet", 1), (FATAL, 2), ("Council answers", 3)];
        let all = all.map(|(title, n)| (entry(n, title), Source::Feed("no page".into())));
        let read = read_all(&engine, all.into()).await.unwrap();
        let said: Vec<Result<String, String>> = read.into_iter().map(|r| r.map(|p| p.article.title).map_err(|e| e.to_string())).collect();
        engine.writer.close().await;
        match said.as_slice() {
            [Ok(first), Err(why), Ok(last)] => {
                assert_eq!((first.as_str(), last.as_str()), ("Pilots meet", "Council answers"));
                assert!(why.contains("met its match"), "{why}");
            }
            other => panic!("{other:?}"),
        }
    }
}
