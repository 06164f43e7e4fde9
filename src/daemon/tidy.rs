//! Maintenance: what has left the window or the retention goes; the database is kept in shape in idle moments.

use super::engine::Engine;
use super::place::State;
use super::{DaemonError, alerts, run};
use crate::config::Config;
use crate::store::{self, PruneRules, Pruned, StoreError};
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use tokio::sync::Notify;

/// Rows that one step touches: a step is one transaction, and others wait for it.
const STEP: u32 = 500;
/// Steps of a round at most; the next bell goes on.
const STEPS: usize = 200;

/// Until the end: tidies up at every bell.
pub async fn keep_tidy(engine: Arc<Engine>, bell: Arc<Notify>) {
    while run::next_round(&engine, &bell).await {
        match tidy(&engine).await {
            Ok(()) => {}
            Err(DaemonError::Store(StoreError::Full(why))) => tracing::warn!(why, "no space to tidy up in"),
            Err(error) => tracing::error!(%error, "tidying up failed; trying again at the next bell"),
        }
    }
}

async fn tidy(engine: &Engine) -> Result<(), DaemonError> {
    let (config, now) = (engine.config(), engine.clock.now());
    engine.keep_holds().await?;
    engine.keep_robots().await?;
    let longest = config.fetch.recheck.last().copied().unwrap_or_default();
    let longest = now.saturating_add(SignedDuration::try_from(longest).unwrap_or_default()).unwrap_or(Timestamp::MAX);
    let forget = move |state: &mut State| {
        state.forget(now)?;
        state.store.forget_rechecks(longest)
    };
    engine.writer.with(forget).await?;
    alerts::tidy(engine).await?;
    for _ in 0..STEPS {
        if engine.stop.is_cancelled() {
            return Ok(());
        }
        let config = Arc::clone(&config);
        if !engine.writer.with(move |state| step(state, &config, now)).await? {
            return Ok(());
        }
    }
    Ok(())
}

/// Retention now and to the end, in bounded steps between which the writer does other work.
///
/// # Errors
/// Where the store fails; what was removed by then stays removed.
pub async fn prune(engine: &Engine) -> Result<Pruned, DaemonError> {
    let (config, now) = (engine.config(), engine.clock.now());
    let mut all = Pruned { more: true, ..Pruned::default() };
    while all.more && !engine.stop.is_cancelled() {
        let rules = rules(&config, now);
        all.add(engine.writer.with(move |state| state.store.prune(&rules, now)).await?);
    }
    Ok(all)
}

/// [`prune`] where no daemon runs.
///
/// # Errors
/// Where another process holds the database's lock, and where the store fails.
pub fn prune_here(config: &Config, now: Timestamp) -> Result<Pruned, DaemonError> {
    let mut store = store::Writer::open(&config.state_dir, store::Options::default())?;
    let rules = rules(config, now);
    let mut all = Pruned { more: true, ..Pruned::default() };
    while all.more {
        all.add(store.prune(&rules, now)?);
    }
    while store.tidy()? {}
    store.close()?;
    Ok(all)
}

/// One bounded step. True: there is more to do.
fn step(state: &mut State, config: &Config, now: Timestamp) -> Result<bool, StoreError> {
    let old = state.store.forget_index_rows(before(now, config.dedup.window), STEP)?;
    let pruned = state.store.prune(&rules(config, now), now)?;
    if pruned.articles > 0 {
        tracing::info!(articles = pruned.articles, kept = pruned.kept, "{} articles past their retention removed", pruned.articles);
    }
    Ok(state.store.tidy()? | old | pruned.more)
}

/// What retention means now.
pub fn rules(config: &Config, now: Timestamp) -> PruneRules {
    let retention = &config.retention;
    PruneRules {
        before: Some(before(now, retention.articles)),
        tags: retention.tags.iter().map(|(tag, age)| (tag.clone(), before(now, *age))).collect(),
        max_articles: retention.max_articles,
        max_bytes: retention.max_size,
        // A key is kept as long again as its article was: feeds do republish their archives.
        tombstones_before: Some(before(now, retention.articles.saturating_mul(4))),
        records_before: Some(before(now, retention.events)),
        limit: STEP,
    }
}

fn before(now: Timestamp, age: std::time::Duration) -> Timestamp {
    SignedDuration::try_from(age).ok().and_then(|age| now.checked_sub(age).ok()).unwrap_or(Timestamp::MIN)
}
