//! Metrics in the text format of Prometheus: what `status --prometheus` prints, and what the daemon writes into the file
//! that `[metrics] textfile` names, for node_exporter to pick up.

use super::control::DaemonStatus;
use super::engine::Engine;
use super::{DaemonError, health, server};
use crate::model::views::{Counts, FeedHealth};
use crate::store::Reader;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use tokio::sync::Notify;

/// What metrics are made of.
pub struct Measured<'a> {
    /// A daemon listens.
    pub running: bool,
    /// What it says of itself.
    pub daemon: Option<&'a DaemonStatus>,
    /// What the database holds.
    pub counts: &'a Counts,
    /// Every declared feed.
    pub feeds: &'a [FeedHealth],
    /// When all that was.
    pub at: Timestamp,
}

/// Until the end: writes the file at the start and at every bell, where one is configured, and at the end that there is
/// no daemon any more.
pub async fn keep_writing(engine: Arc<Engine>, bell: Arc<Notify>) {
    let mut failed = false;
    loop {
        let ends = engine.stop.is_cancelled();
        let Some(path) = engine.config().metrics.textfile.clone() else {
            match wait(&engine, &bell).await {
                true => continue,
                false => return,
            }
        };
        let written = write(&engine, &path, !ends).await;
        match &written {
            Ok(()) if failed => tracing::info!(path = %path.display(), "the metrics are written again"),
            Ok(()) => {}
            Err(error) if failed => tracing::debug!(%error, "the metrics still cannot be written"),
            Err(error) => tracing::error!(path = %path.display(), %error, "the metrics cannot be written to {}: {error}", path.display()),
        }
        failed = written.is_err();
        if ends {
            return;
        }
        wait(&engine, &bell).await;
    }
}

/// Waits for the bell, or the end: false.
async fn wait(engine: &Engine, bell: &Notify) -> bool {
    tokio::select! {
        () = engine.stop.cancelled() => false,
        () = bell.notified() => true,
    }
}

async fn write(engine: &Engine, path: &Path, running: bool) -> Result<(), DaemonError> {
    let (now, path) = (engine.clock.now(), path.to_owned());
    let status = if running { Some(server::status(engine).await?) } else { None };
    let state_dir = engine.config().state_dir.clone();
    let done = tokio::task::spawn_blocking(move || -> Result<(), DaemonError> {
        let reader = Reader::open(&state_dir)?;
        let (counts, feeds) = (reader.counts(now)?, reader.feeds(now)?);
        let text = prometheus(&Measured { running, daemon: status.as_ref(), counts: &counts, feeds: &feeds, at: now });
        replace(&path, &text).map_err(|error| DaemonError::Refused(error.to_string()))
    });
    done.await.map_err(|error| DaemonError::Reading(error.to_string()))?
}

/// A reader sees the old file or the new one, never a part.
fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".newsfold-").suffix(".tmp").tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().set_permissions(std::fs::Permissions::from_mode(0o644))?;
    file.persist(path).map(|_| ()).map_err(|error| error.error)
}

/// The page.
pub fn prometheus(measured: &Measured<'_>) -> String {
    let Measured { running, daemon, counts, feeds, at } = *measured;
    let mut page = Page::default();
    page.one("newsfold_up", "gauge", "1 while a daemon runs.", u64::from(running));
    page.one("newsfold_time_seconds", "gauge", "When this page was made.", at.as_second().unsigned_abs());
    let reasons = health::reasons(running, daemon, counts);
    page.one("newsfold_healthy", "gauge", "1 where nothing is wrong.", u64::from(reasons.is_empty()));
    page.head("newsfold_unhealthy", "gauge", "What is wrong, by reason.");
    let mut codes: Vec<&str> = reasons.iter().map(|reason| reason.code.as_str()).collect();
    codes.dedup();
    codes.iter().for_each(|code| page.sample("newsfold_unhealthy", &[("reason", code)], 1));
    page.head("newsfold_feeds", "gauge", "Feeds declared, by state.");
    let mut states: BTreeMap<&str, u64> = BTreeMap::new();
    feeds.iter().for_each(|feed| *states.entry(&feed.state).or_default() += 1);
    states.iter().for_each(|(state, count)| page.sample("newsfold_feeds", &[("state", state)], *count));
    for (name, help, value) in [
        ("newsfold_feeds_due", "Feeds that are due.", counts.due),
        ("newsfold_entries", "Entries stored.", counts.entries),
        ("newsfold_entries_pending", "Entries that wait for their page.", counts.pending),
        ("newsfold_articles", "Articles stored.", counts.articles),
        ("newsfold_clusters", "Texts that several articles carry.", counts.clusters),
        ("newsfold_stories", "Stories.", counts.stories),
        ("newsfold_database_bytes", "Size of the database.", counts.bytes),
    ] {
        page.one(name, "gauge", help, value);
    }
    if let Some(daemon) = daemon {
        of_daemon(&mut page, daemon);
    }
    page.head("newsfold_feed_last_success_timestamp_seconds", "gauge", "Last good poll of a feed.");
    for feed in feeds {
        if let Some(at) = feed.last_success_at {
            page.sample("newsfold_feed_last_success_timestamp_seconds", &[("feed", &feed.url)], at.as_second().unsigned_abs());
        }
    }
    page.0
}

fn of_daemon(page: &mut Page, daemon: &DaemonStatus) {
    page.head("newsfold_info", "gauge", "The daemon's version.");
    page.sample("newsfold_info", &[("version", &daemon.version)], 1);
    for (name, help, value) in [
        ("newsfold_start_time_seconds", "When the daemon started.", daemon.started_at.as_second().unsigned_abs()),
        ("newsfold_paused", "1 while polling is paused.", u64::from(daemon.paused)),
        ("newsfold_disk_full", "1 while polling rests for want of space.", u64::from(daemon.space_low)),
        ("newsfold_polling", "Feeds being polled.", daemon.polling),
        ("newsfold_overdue_seconds", "How long the feed that is due longest has been due.", daemon.overdue_s),
        ("newsfold_articles_indexed", "Articles in the window.", daemon.indexed),
        ("newsfold_writer_queue", "Jobs that wait for the database.", daemon.writer_queue),
        ("newsfold_last_commit_milliseconds", "How long the last commit of placements took.", daemon.last_commit_ms),
        ("newsfold_alerts_waiting", "Alerts that wait for their receiver.", daemon.alerts_waiting),
        ("newsfold_alerts_failing", "Alerts whose receiver does not take them.", daemon.alerts_failing.len() as u64),
        ("newsfold_resident_bytes", "Memory of the daemon.", daemon.resident_bytes),
        ("newsfold_open_descriptors", "Open descriptors of the daemon.", daemon.descriptors),
    ] {
        page.one(name, "gauge", help, value);
    }
    let done = daemon.done;
    for (name, help, value) in [
        ("newsfold_polls_total", "Feeds polled since the start.", done.polls),
        ("newsfold_polls_failed_total", "Polls that failed since the start.", done.polls_failed),
        ("newsfold_entries_settled_total", "Entries settled since the start.", done.settled),
        ("newsfold_articles_placed_total", "Articles placed or revised since the start.", done.articles),
        ("newsfold_copies_total", "Of these, copies of others.", done.joined),
        ("newsfold_rechecks_total", "Known pages asked for again since the start.", done.rechecked),
    ] {
        page.one(name, "counter", help, value);
    }
}

/// The page as it grows.
#[derive(Default)]
struct Page(String);

impl Page {
    fn head(&mut self, name: &str, kind: &str, help: &str) {
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: u64) {
        let escaped = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
        let labels: Vec<String> = labels.iter().map(|(key, value)| format!("{key}=\"{}\"", escaped(value))).collect();
        let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        let _ = writeln!(self.0, "{name}{labels} {value}");
    }

    fn one(&mut self, name: &str, kind: &str, help: &str, value: u64) {
        self.head(name, kind, help);
        self.sample(name, &[], value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_help_type_or_a_sample_of_what_was_declared() {
        let feed = |url: &str, state: &str| FeedHealth {
            id: crate::model::Id(1),
            url: url.into(),
            title: None,
            publisher: None,
            state: state.into(),
            last_poll_at: None,
            last_success_at: Some(Timestamp::UNIX_EPOCH),
            failing_since: None,
            next_poll_at: None,
            last_outcome: None,
            entries: 0,
            new_a_day: 0.0,
            mute: false,
            notes: Vec::new(),
            held: None,
        };
        let feeds = [feed("https://a.example/\"\\\n", "ok"), feed("https://b.example/", "failing")];
        let daemon = DaemonStatus { version: "1".into(), paused: true, ..DaemonStatus::default() };
        let counts = Counts { articles: 7, ..Counts::default() };
        let text =
            prometheus(&Measured { running: true, daemon: Some(&daemon), counts: &counts, feeds: &feeds, at: Timestamp::UNIX_EPOCH });
        let sample = regex::Regex::new(r#"^([a-z_]+)(\{[a-z]+="(\\.|[^"\\])*"\})? [0-9]+$"#).unwrap();
        let mut declared = String::new();
        for line in text.lines() {
            match line.strip_prefix("# TYPE ") {
                Some(rest) => declared = rest.split(' ').next().unwrap().to_owned(),
                None if line.starts_with("# HELP ") => {}
                None => assert_eq!(sample.captures(line).unwrap_or_else(|| panic!("{line}"))[1], declared, "{line}"),
            }
        }
        for line in
            ["newsfold_articles 7", "newsfold_feeds{state=\"failing\"} 1", "newsfold_unhealthy{reason=\"paused\"} 1", "newsfold_healthy 0"]
        {
            assert!(text.lines().any(|l| l == line), "{line} in {text}");
        }
    }
}
