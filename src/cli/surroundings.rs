//! What `doctor` looks at besides the database: the configuration, the daemon's socket, the clock, and whether the indexes
//! that a start builds say what the database says.

use crate::cli::context::Context;
use crate::cli::words::count;
use crate::config::Config;
use crate::daemon::control::{self, Command, ControlError};
use crate::dedup::{Rebuild, Settings};
use crate::store::{Finding, Health, Reader, StoreError};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

/// A record from so far ahead is the clock's fault: feeds' own dates are kept apart.
const AHEAD: SignedDuration = SignedDuration::from_mins(10);

/// Everything around the database; with `deep` the indexes too.
pub fn findings(context: &Context, deep: bool, now: Timestamp) -> Vec<Finding> {
    let mut found = vec![configuration(context), daemon(context)];
    // Why a database cannot be read is told by the store.
    let Ok(reader) = context.reader() else { return found };
    found.push(clock(&reader, now));
    if deep && let Ok(config) = context.config() {
        let window = SignedDuration::try_from(config.dedup.window).ok();
        found.push(indexes(&reader, window.and_then(|window| now.checked_sub(window).ok()).unwrap_or(Timestamp::MIN)));
    }
    found
}

fn finding(check: &str, health: Health, found: impl Into<String>, advice: Option<&str>) -> Finding {
    Finding { check: check.to_owned(), health, found: found.into(), advice: advice.map(str::to_owned) }
}

fn configuration(context: &Context) -> Finding {
    let check = "configuration";
    match context.config() {
        Err(error) => {
            let first = error.to_string().lines().next().unwrap_or_default().to_owned();
            finding(
                check,
                Health::Bad,
                first,
                Some("`newsfold config check` names every problem with its line; a daemon that runs keeps the old one"),
            )
        }
        Ok(config) if config.feeds.is_empty() => finding(
            check,
            Health::Doubtful,
            "no feed is declared",
            Some("`newsfold feeds add URL` or `newsfold import FILE.opml` adds some"),
        ),
        Ok(config) if !config.warnings.is_empty() => {
            let found = format!("{}; odd in it: {}", feeds(&config), config.warnings.len());
            finding(check, Health::Doubtful, found, Some("`newsfold config check` says what"))
        }
        Ok(config) => finding(check, Health::Good, feeds(&config), None),
    }
}

fn feeds(config: &Config) -> String {
    count(config.feeds.len() as u64, "feed", "feeds")
}

fn daemon(context: &Context) -> Finding {
    let check = "daemon";
    let Ok(dir) = context.state_dir() else {
        return finding(check, Health::Doubtful, "nobody knows where its socket is", Some("mend the configuration first"));
    };
    match control::call(&dir, Command::Status, |_| {}) {
        Ok(report) if report.get("reload_error").is_some_and(|e| !e.is_null()) => {
            let found = format!("{}; it refused the last reload", named(&report));
            finding(check, Health::Doubtful, found, Some("`newsfold config check` says why; then `newsfold reload`"))
        }
        Ok(report) => finding(check, Health::Good, named(&report), None),
        Err(ControlError::NotRunning(_)) => finding(check, Health::Good, "none runs", None),
        Err(error) => finding(
            check,
            Health::Bad,
            error.to_string(),
            Some(
                "its socket belongs to the daemon's user and group: run `doctor` as one of them; if it still does not answer, restart the daemon",
            ),
        ),
    }
}

fn named(report: &Value) -> String {
    let word = |key: &str| report.get(key).map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned)).unwrap_or_default();
    format!("answers on its socket: version {}, pid {}", word("version"), word("pid"))
}

fn clock(reader: &Reader, now: Timestamp) -> Finding {
    let check = "clock";
    match reader.newest() {
        Ok(Some(newest)) if newest > now.saturating_add(AHEAD).unwrap_or(Timestamp::MAX) => finding(
            check,
            Health::Doubtful,
            format!("the database knows of {newest}, which is ahead of this clock ({now})"),
            Some("see that the clock is right (`timedatectl`): ages and windows count from it; nothing is lost"),
        ),
        Ok(_) => finding(check, Health::Good, format!("{now}"), None),
        Err(error) => finding(check, Health::Bad, error.to_string(), Some("`newsfold doctor --deep` looks at every page")),
    }
}

fn indexes(reader: &Reader, since: Timestamp) -> Finding {
    let check = "indexes";
    let built = || -> Result<(u64, u64, u64), StoreError> {
        let (mut index, mut stands, mut stale) = (Rebuild::new(Settings::default(), 0), Vec::new(), 0);
        reader.index_rows(since, &mut |row| match index.restore(row.id, row.cluster, row.seen_at, &row.index_row) {
            true => stands.push((row.id, row.cluster)),
            false => stale += 1,
        })?;
        let index = index.finish();
        let apart = stands.iter().filter(|(id, cluster)| index.cluster_of(*id) != Some(*cluster)).count();
        Ok((stands.len() as u64, stale, apart as u64))
    };
    match built() {
        Ok((count, 0, 0)) => finding(check, Health::Good, format!("{count} articles of the window, built anew: as in the database"), None),
        Ok((_, stale, 0)) => {
            let found = format!("{stale} articles of the window were indexed by another version, and are not compared");
            finding(check, Health::Doubtful, found, Some("they leave the window in time; `newsfold recluster` compares them now"))
        }
        Ok((_, _, apart)) => {
            let found = format!("{apart} articles are in another cluster than in the database");
            finding(check, Health::Bad, found, Some("restart the daemon, which builds them anew; please report it if it comes again"))
        }
        Err(error) => finding(
            check,
            Health::Bad,
            error.to_string(),
            Some("run `newsfold restore` with the last backup if `pages` or `texts` are bad too"),
        ),
    }
}
