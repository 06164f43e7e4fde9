//! From an answer to a decision: outcome, entries, next poll. Everything here is decided from values; nothing is sent
//! and nothing is stored.

use crate::article;
use crate::config::{Config, PageSelectors};
use crate::feed::decide::{self, Classified, classify};
use crate::feed::identity::{self, IdentityPolicy, KnownEntry};
use crate::feed::outcome::Outcome;
use crate::feed::schedule::{CacheHints, PollResult, Rhythm, Schedule, next_poll};
use crate::feed::{self, Context, FeedError};
use crate::model::{EntryKeys, NewEntry, ParsedEntry, ParsedFeed, PollHints, Validators};
use crate::net::{NetError, Response};
use crate::store::{DueFeed, KnownRow, PollCommit};
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::time::Duration;
use url::Url;

/// Good polls in a row that must point to one new address before it is believed: a maintenance page redirects too.
const MOVED_AFTER: u32 = 3;
/// How long an unbroken run of 304 is believed; then the feed is asked for once without conditions.
const STUCK: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How the note on a silent feed begins.
const SILENT: &str = "publishes nothing where it used to; last on ";

/// The validators to ask with: none where they are suspected to be stuck.
pub fn validators(feed: &DueFeed, now: Timestamp) -> Validators {
    let stuck = feed.last_full_at.is_some_and(|at| now.duration_since(at) > STUCK);
    if stuck { Validators::default() } else { feed.validators.clone() }
}

/// An answer that has been read: its outcome so far, and the feed in it where there is one.
pub struct Read {
    outcome: Outcome,
    feed: Option<ParsedFeed>,
    status: Option<u16>,
    cache: CacheHints,
    validators: Validators,
    validated_url: Option<String>,
    bytes: u64,
    moved_to: Option<Url>,
    /// Entries that lead nowhere and say nothing.
    empty: usize,
}

impl Read {
    /// Reads an answer: a feed, or with `listing` the items of a page. Parsing is work for a blocking thread.
    pub fn new(answer: Result<Response, NetError>, listing: Option<&PageSelectors>) -> Self {
        match answer {
            Ok(response) => Self::answered(response, listing),
            Err(error) => Self {
                outcome: outcome_of(&error),
                feed: None,
                status: None,
                cache: CacheHints::default(),
                validators: Validators::default(),
                validated_url: None,
                bytes: 0,
                moved_to: None,
                empty: 0,
            },
        }
    }

    /// An answer that is not read, and why.
    pub fn without_feed(outcome: Outcome, response: &Response) -> Self {
        Self {
            outcome,
            feed: None,
            status: Some(response.status),
            cache: cache_hints(response),
            validators: Validators::default(),
            validated_url: None,
            bytes: response.decoded_bytes(),
            moved_to: None,
            empty: 0,
        }
    }

    fn answered(response: Response, listing: Option<&PageSelectors>) -> Self {
        let (outcome, mut feed) = match response.status {
            304 => (Outcome::NotModified, None),
            200..=299 => match listing {
                Some(selectors) => list(&response, selectors),
                None => parse(&response),
            },
            _ => (refusal(&response), None),
        };
        let empty = feed.as_mut().map_or(0, |feed| without_strange_links(&mut feed.entries));
        Self {
            outcome,
            feed,
            status: Some(response.status),
            cache: cache_hints(&response),
            bytes: response.decoded_bytes(),
            moved_to: response.permanent_redirect,
            validated_url: Some(response.final_url.into()),
            validators: response.validators,
            empty,
        }
    }

    /// The keys by which stored entries of this feed are looked up.
    pub fn keys(&self) -> Vec<EntryKeys> {
        let entries = self.feed.iter().flat_map(|feed| &feed.entries);
        entries.map(identity::keys).collect()
    }
}

/// Takes links away that lead to no page (`javascript:`, `tag:`), so that the feed's own text is used, and drops entries
/// that then have nothing but a title: there is no report behind them. How many those were.
fn without_strange_links(entries: &mut Vec<ParsedEntry>) -> usize {
    let is_web = |url: &String| Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    let before = entries.len();
    entries.retain_mut(|entry| {
        let strange = entry.url.take_if(|url| !is_web(url)).is_some();
        !strange || [&entry.content, &entry.summary].into_iter().flatten().any(|html| has_words(html))
    });
    before - entries.len()
}

/// Whether there is a letter or digit outside of tags.
fn has_words(html: &str) -> bool {
    let mut in_tag = false;
    html.chars().any(|c| {
        match c {
            '<' => in_tag = true,
            '>' => in_tag = false,
            _ => {}
        }
        !in_tag && c.is_alphanumeric()
    })
}

fn cache_hints(response: &Response) -> CacheHints {
    CacheHints {
        max_age_s: response.freshness.lasts().map(|d| d.as_secs()),
        expires_at: None,
        retry_after_s: response.retry_after.map(|d| d.as_secs()),
        unconditional: response.is_success() && response.validators.is_empty(),
    }
}

fn parse(response: &Response) -> (Outcome, Option<ParsedFeed>) {
    let context = Context { base: Some(&response.final_url), content_type: response.content_type.as_deref() };
    match feed::parse(&response.body, context) {
        Ok(parsed) => (Outcome::Unchanged, Some(parsed)),
        Err(_) if response.blocked.is_some() => (Outcome::Blocked(response.status), None),
        Err(FeedError::NotAFeed(why)) => (Outcome::NotAFeed(why), None),
        Err(error @ FeedError::TooComplex(_)) => (Outcome::NotAFeed(error.to_string()), None),
    }
}

/// The items of a listing page. One without items is a fault: the site was rebuilt, or it is a wall.
fn list(response: &Response, selectors: &PageSelectors) -> (Outcome, Option<ParsedFeed>) {
    let entries = article::listing(&response.body, Some(&response.final_url), selectors);
    match entries.is_empty() {
        true if response.blocked.is_some() => (Outcome::Blocked(response.status), None),
        true => (Outcome::NotAFeed(format!("`{}` finds no item with a link in the page", selectors.item)), None),
        false => (Outcome::Unchanged, Some(ParsedFeed { format: "page".into(), entries, ..ParsedFeed::default() })),
    }
}

/// What a status other than 2xx and 304 means.
fn refusal(response: &Response) -> Outcome {
    let retry_after_s = response.retry_after.map(|d| d.as_secs());
    match response.status {
        404 => Outcome::NotFound,
        410 => Outcome::Gone,
        429 => Outcome::RateLimited { retry_after_s },
        status if response.blocked.is_some() => Outcome::Blocked(status),
        503 if retry_after_s.is_some() => Outcome::RateLimited { retry_after_s },
        status @ (401 | 403) => Outcome::Blocked(status),
        status => Outcome::HttpStatus(status),
    }
}

fn outcome_of(error: &NetError) -> Outcome {
    match error {
        NetError::Refused { .. } => Outcome::Refused(error.to_string()),
        NetError::Timeout { .. } => Outcome::Timeout,
        NetError::TooLarge { limit, .. } => Outcome::TooLarge(*limit),
        NetError::BadRedirect { detail, .. } => Outcome::Redirected(detail.clone()),
        _ => Outcome::Network(error.to_string()),
    }
}

/// What is to be recorded.
pub struct Decided {
    /// How the poll ended.
    pub outcome: Outcome,
    /// Commit A.
    pub commit: PollCommit,
}

/// What is kept of a feed as JSON; the default where there is nothing yet, or what another version wrote.
fn stored<T: serde::de::DeserializeOwned + Default>(json: Option<&str>) -> T {
    json.and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default()
}

/// Decides what an answer means for `feed`: entries new, changed or known, where it lives, when it is polled next.
pub fn decide(config: &Config, feed: &DueFeed, read: Read, known: &[KnownRow], now: Timestamp) -> Decided {
    let mut policy: IdentityPolicy = stored(feed.identity.as_deref());
    let mut rhythm: Rhythm = stored(feed.rhythm.as_deref());
    let Read { mut outcome, feed: parsed, status, cache, validators, validated_url, bytes, moved_to, empty } = read;
    let (mut title, mut site_url, mut hints) = (None, None, PollHints::default());
    let mut classified = Classified::default();
    let full = parsed.is_some();
    if let Some(parsed) = parsed {
        (title, site_url, hints) = (parsed.title, parsed.site_url, parsed.hints);
        let known: Vec<KnownEntry> = known.iter().map(known_entry).collect();
        classified = classify(&mut policy, parsed.entries, &known, feed.id, now);
        let count = |entries: &[NewEntry]| u32::try_from(entries.len()).unwrap_or(u32::MAX);
        let (new, changed) = (count(&classified.new), count(&classified.changed));
        if new + changed > 0 {
            outcome = Outcome::Updated { new, changed };
        }
    }
    let result = poll_result(&outcome, &classified, now);
    let cache = CacheHints { unconditional: cache.unconditional && full, ..cache };
    let next = next_poll(&schedule(config, feed), &mut rhythm, &result, &hints, cache, now, feed.id.0);
    let success = outcome.is_success();
    let moved = moved(feed, moved_to.filter(|_| success));
    // What needs no page is placed at once.
    let not_before = if feed.full_text { decide::spread(&classified, now) } else { HashMap::new() };
    let mut notes = if full { classified.notes } else { feed.notes.clone() };
    notes.extend(moved.note);
    let silent = success.then(|| rhythm.silent_since(now)).flatten();
    notes.retain(|note| !note.starts_with(SILENT));
    notes.extend(silent.map(|since| format!("{SILENT}{}", since.strftime("%F"))));
    if empty > 0 {
        notes.push(format!("{empty} entries passed over: a title, no text, and a link that is no web address"));
    }
    let commit = PollCommit {
        feed: feed.id,
        at: now,
        outcome: word(&outcome).into(),
        outcome_text: outcome.to_string(),
        outcome_data: serde_json::to_value(&outcome).unwrap_or_default(),
        success,
        full,
        status,
        elapsed_ms: 0,
        bytes,
        // What is no feed has no say in how the feed is asked for.
        validators: full.then_some(validators),
        validated_url,
        next_poll_at: (next != Timestamp::MAX).then_some(next),
        identity: full.then(|| serde_json::to_string(&policy).ok()).flatten(),
        rhythm: serde_json::to_string(&rhythm).ok(),
        title,
        site_url,
        failures: if success { 0 } else { feed.failures.saturating_add(1) },
        moved_to: moved.to,
        moved_polls: moved.polls,
        url: moved.adopt,
        stopped: outcome == Outcome::Gone,
        state: if silent.is_some() { "silent" } else { outcome.state() }.into(),
        new: classified.new,
        changed: classified.changed,
        not_before,
        notes,
    };
    Decided { outcome, commit }
}

fn schedule(config: &Config, feed: &DueFeed) -> Schedule {
    let declared = config.feed(feed.id);
    Schedule {
        every: declared.and_then(|declared| declared.every),
        cron: declared.and_then(|declared| declared.cron.clone()),
        min: config.schedule.min.max(Duration::from_secs(1)),
        max: config.schedule.max,
    }
}

fn poll_result(outcome: &Outcome, classified: &Classified, now: Timestamp) -> PollResult {
    match outcome {
        Outcome::NotModified | Outcome::Unchanged | Outcome::Updated { .. } => PollResult::Read {
            new: classified.new.iter().map(|new| decide::ordering_time(new.entry.published_at, now)).collect(),
            archive: classified.archive,
        },
        Outcome::Blocked(_) => PollResult::Blocked,
        Outcome::RateLimited { .. } => PollResult::RateLimited,
        Outcome::NotFound => PollResult::NotFound,
        Outcome::Gone => PollResult::Gone,
        _ => PollResult::Failed,
    }
}

/// What is believed of a permanent redirect.
#[derive(Default)]
struct Moved {
    to: Option<String>,
    polls: u32,
    adopt: Option<String>,
    note: Option<String>,
}

fn moved(feed: &DueFeed, to: Option<Url>) -> Moved {
    let Some(to) = to.map(String::from) else { return Moved::default() };
    let polls = if feed.moved_to.as_ref() == Some(&to) { feed.moved_polls.saturating_add(1) } else { 1 };
    if polls < MOVED_AFTER {
        return Moved { to: Some(to), polls, ..Moved::default() };
    }
    let note = Some(format!("moved to {to}; put that address into the configuration"));
    Moved { adopt: Some(to), note, ..Moved::default() }
}

/// The outcome's name, as it is stored and filtered by.
fn word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::NotModified => "not_modified",
        Outcome::Unchanged => "unchanged",
        Outcome::Updated { .. } => "updated",
        Outcome::NotAFeed(_) => "not_a_feed",
        Outcome::HttpStatus(_) => "http_status",
        Outcome::Blocked(_) => "blocked",
        Outcome::RateLimited { .. } => "rate_limited",
        Outcome::Gone => "gone",
        Outcome::NotFound => "not_found",
        Outcome::Network(_) => "network",
        Outcome::Refused(_) => "refused",
        Outcome::TooLarge(_) => "too_large",
        Outcome::Timeout => "timeout",
        Outcome::Redirected(_) => "redirected",
        Outcome::Quarantined => "quarantined",
    }
}

// `feed` and `store` do not know each other: here their records meet.

fn known_entry(row: &KnownRow) -> KnownEntry {
    KnownEntry {
        id: row.id,
        keys: row.keys.clone(),
        content_hash: row.content_hash,
        tombstone: row.tombstone,
        published_at: row.published_at,
        seen_at: row.seen_at,
    }
}
