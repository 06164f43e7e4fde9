//! Later looks at the pages of recent articles, so that corrections and silent edits become revisions.
//!
//! What is due stands in the database. A look is a conditional request or none at all; it comes after first fetches, one
//! host's looks one after the other, few at a time. A page that is gone, moved or walled off by now takes nothing away
//! from what was read.

use super::DaemonError;
use super::engine::Engine;
use super::place::Placed;
use super::progress::Counters;
use super::settle::{self, Source};
use crate::config::Config;
use crate::model::Validators;
use crate::model::lines::line_hash;
use crate::net::{Client, ErrorKind, Kind, NetError, Response};
use crate::store::{Looked, PageState, Recheck};
use jiff::{SignedDuration, Timestamp};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use url::Url;

/// How often to see what is due.
const EVERY: Duration = Duration::from_secs(60);
/// Rows taken up at a time.
const READ: u32 = 500;
/// Times that rows are read in one round: most are not worth a look and only move on.
const READS: usize = 20;
/// Looks at one host in a round: beside them its first fetches keep their place.
const OF_HOST: usize = 5;
/// Hosts looked at side by side.
const HOSTS: usize = 8;
/// A host that is not free for so long is looked at the time after.
const TOO_LONG: Duration = Duration::from_secs(600);

/// Until the end: looks at what is due.
pub async fn keep_rechecking(engine: Arc<Engine>) {
    loop {
        tokio::select! {
            () = engine.stop.cancelled() => return,
            () = tokio::time::sleep(engine.clock.shortened(EVERY).unwrap_or(EVERY)) => {}
        }
        if engine.rests() {
            continue;
        }
        if let Err(error) = round(&engine).await {
            tracing::error!(%error, "pages could not be looked at again; they stay due");
        }
    }
}

/// When a page that was first fetched at `fetched_at` is looked at next, `now` being past: the first of the times that is
/// still to come. Times that were slept through are not made up for.
pub fn next_look(times: &[Duration], fetched_at: Timestamp, now: Timestamp) -> Option<Timestamp> {
    let at = |after: &Duration| fetched_at.checked_add(SignedDuration::try_from(*after).ok()?).ok();
    times.iter().filter_map(at).find(|at| *at > now)
}

/// Looks at what is due and worth it. One round runs at a time.
///
/// # Errors
/// Where the store fails or the engine stops.
pub async fn round(engine: &Arc<Engine>) -> Result<(), DaemonError> {
    let Ok(_turn) = engine.rechecking.try_lock() else { return Ok(()) };
    let config = engine.config();
    if config.fetch.recheck.is_empty() {
        return Ok(());
    }
    let by_host = choose(engine, &config).await?;
    let mut waiting = by_host.into_values();
    let mut hosts = JoinSet::new();
    loop {
        while hosts.len() < HOSTS
            && !engine.stop.is_cancelled()
            && let Some(looks) = waiting.next()
        {
            let engine = Arc::clone(engine);
            hosts.spawn(async move {
                for look in looks {
                    look_at(&engine, look).await?;
                }
                Ok::<(), DaemonError>(())
            });
        }
        match hosts.join_next().await {
            None => return Ok(()),
            Some(Ok(Ok(()) | Err(DaemonError::Interrupted))) => {}
            Some(Ok(Err(error))) => return Err(error),
            Some(Err(error)) => tracing::error!(%error, "a look at a page died; it stays due"),
        }
    }
}

/// What to look at now, by host. What is not worth it moves on to its next time.
async fn choose(engine: &Engine, config: &Config) -> Result<HashMap<String, Vec<Recheck>>, DaemonError> {
    let (client, now) = (engine.client(), engine.clock.now());
    let busy = engine.writer.with(move |state| state.store.pending_hosts(now)).await?;
    let mut by_host: HashMap<String, Vec<Recheck>> = HashMap::new();
    // Rows that stay due, and are passed by: they stand before those that were not read yet.
    let mut left = 0;
    for _ in 0..READS {
        let due = engine.writer.with(move |state| {
            let due = state.store.rechecks_due(now, left, READ)?;
            if !due.is_empty() {
                state.build(now)?;
            }
            Ok(due)
        });
        let due = due.await?;
        let (mut passed, read) = (Vec::new(), due.len());
        for look in due {
            match worth(config, &client, &busy, &look) {
                Worth::Now(host) => {
                    let of_host = by_host.entry(host).or_default();
                    if of_host.len() < OF_HOST {
                        of_host.push(look);
                    }
                    left += 1;
                }
                Worth::Later => left += 1,
                Worth::Nothing => passed.push(passed_over(config, &look, now)),
            }
        }
        if !passed.is_empty() {
            engine.writer.with(move |state| state.store.looked(&passed, now)).await?;
        }
        if read < READ as usize {
            break;
        }
    }
    Ok(by_host)
}

enum Worth {
    /// Now, at this host.
    Now(String),
    /// Its host has other things to do.
    Later,
    /// Not this time.
    Nothing,
}

fn worth(config: &Config, client: &Client, busy: &HashSet<String>, look: &Recheck) -> Worth {
    let wished = config.publisher(&look.publisher).and_then(|publisher| publisher.recheck);
    let url = look.entry.url.as_deref().and_then(|url| Url::parse(url).ok());
    let Some(url) = url.filter(|_| look.wanted && look.entry.full_text && wished.unwrap_or(look.shared) && !look.validators.is_empty())
    else {
        return Worth::Nothing;
    };
    if url.host_str().is_none_or(|host| busy.contains(host)) {
        return Worth::Later;
    }
    match client.next_free(&url, Kind::Page) {
        Duration::ZERO => Worth::Now(Client::host_key(&url)),
        wait if wait > TOO_LONG => Worth::Nothing,
        _ => Worth::Later,
    }
}

fn passed_over(config: &Config, look: &Recheck, now: Timestamp) -> Looked {
    let next_at = next_look(&config.fetch.recheck, look.fetched_at, now);
    Looked { article: look.article, next_at, page: PageState::Unknown, validators: None }
}

/// One look: the request, what it means, and its record.
async fn look_at(engine: &Arc<Engine>, look: Recheck) -> Result<(), DaemonError> {
    if engine.stop.is_cancelled() {
        return Err(DaemonError::Interrupted);
    }
    let config = engine.config();
    let mut looked = passed_over(&config, &look, engine.clock.now());
    let Some(url) = look.entry.url.as_deref().and_then(|url| Url::parse(url).ok()) else { return record(engine, looked).await };
    let request = settle::page_request(engine, look.entry.feed, url, look.validators.clone(), None);
    match engine.client().get(request).await {
        Err(NetError::Cancelled) => return Err(DaemonError::Interrupted),
        // Nothing was sent: it stays due, and the host's pause decides when.
        Err(NetError::HostBackoff { .. } | NetError::RobotsUnreachable { .. }) if looked.next_at.is_some() => return Ok(()),
        Err(error) => {
            tracing::debug!(article = %look.article, %error, "not looked at again");
            if error.kind() == ErrorKind::Skip {
                looked.next_at = None;
            }
        }
        Ok(answer) => {
            Counters::add(&engine.counters.rechecked, 1);
            match answer.status {
                304 => looked.page = PageState::There,
                status @ (404 | 410) => {
                    looked.page = PageState::Gone(status);
                    looked.next_at = looked.next_at.filter(|_| status == 404);
                }
                200..=299 if answer.blocked.is_none() && settle::is_page(&answer) => {
                    if let Some(validators) = read(engine, look, answer).await? {
                        (looked.page, looked.validators) = (PageState::There, Some(validators));
                    }
                }
                _ => {}
            }
        }
    }
    record(engine, looked).await
}

async fn record(engine: &Engine, looked: Looked) -> Result<(), DaemonError> {
    let now = engine.clock.now();
    engine.writer.with(move |state| state.store.looked(&[looked], now)).await
}

/// Reads a page that has changed by its server's word; places the text as a revision where it has. The page's new
/// validators; `None` where it is not this article's page any more.
async fn read(engine: &Arc<Engine>, look: Recheck, answer: Response) -> Result<Option<Validators>, DaemonError> {
    let (article, validators) = (look.article, answer.validators.clone());
    let mut place = settle::read(engine, look.entry, Source::Page(Box::new(answer))).await?;
    // A home page, a wall or a notice in its place is no later text of the article.
    if place.article.id != article || place.reason.is_some() || !place.article.quality.is_text() {
        tracing::debug!(%article, reason = ?place.reason, "the page is another one by now");
        return Ok(None);
    }
    let Some(stored) = engine.writer.with(move |state| state.store.texts(&[article])).await?.pop() else { return Ok(None) };
    let repeated = engine.learnt.repeated();
    let boilerplate = repeated.get(&stored.publisher);
    // Lines that the outlet was found to repeat since are left out of later readings: that is no edit.
    let own = |line: &&str| !line.trim().is_empty() && boilerplate.is_none_or(|known| !known.contains(&line_hash(line)));
    if stored.title == place.article.title && stored.text.lines().filter(own).eq(place.article.text.lines().filter(own)) {
        return Ok(Some(validators));
    }
    // What only the feed said stays said.
    place.article.credit = place.article.credit.or(look.credit.filter(|credit| credit.words.starts_with(settle::FEED_SAYS)));
    if let Placed::Revised { .. } = engine.writer.place(place).await? {
        Counters::add(&engine.counters.revised, 1);
    }
    Ok(Some(validators))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_grow_rarer_and_what_was_slept_through_is_not_made_up_for() {
        let hours = |n: i64| SignedDuration::from_hours(n);
        let times = [1, 6, 24, 168].map(|n| Duration::from_secs(n * 3600));
        let first = Timestamp::UNIX_EPOCH;
        let next = |after: SignedDuration| next_look(&times, first, first + after).map(|at| at.duration_since(first));
        let table = [(0, Some(1)), (1, Some(6)), (5, Some(6)), (6, Some(24)), (30, Some(168)), (168, None), (9_999, None)];
        for (now, then) in table {
            assert_eq!(next(hours(now)), then.map(hours), "after {now} h");
        }
        assert_eq!(next_look(&[], first, first), None);
    }
}
