//! Logging: to the journal with its fields where standard error leads there, else to standard error; levels by `RUST_LOG`.

use std::io::IsTerminal;
use std::os::unix::fs::MetadataExt;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// How to log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Lines for people and journald.
    Text,
    /// JSON lines.
    Json,
    /// Only what has gone wrong: for commands that report by themselves.
    Quiet,
}

/// Starts logging for this process; a second call changes nothing.
pub fn start(kind: Kind) {
    let default = if kind == Kind::Quiet { "error" } else { "newsfold=info,warn" };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(default));
    if kind == Kind::Text
        && leads_to_journal()
        && let Ok(journal) = tracing_journald::layer()
    {
        // NEWSFOLD_FEED=…, NEWSFOLD_ENTRY=… and so on: `journalctl -u newsfold NEWSFOLD_FEED=…`.
        let journal = journal.with_field_prefix(Some("NEWSFOLD".to_owned())).with_syslog_identifier("newsfold".to_owned());
        let _ = tracing_subscriber::registry().with(filter).with(journal).try_init();
        return;
    }
    let colour = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty());
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(colour).with_target(false);
    // Under systemd, journald stamps the lines.
    let under_systemd = std::env::var_os("JOURNAL_STREAM").is_some();
    let _ = match kind {
        Kind::Json => log.json().try_init(),
        _ if under_systemd => log.without_time().try_init(),
        _ => log.try_init(),
    };
}

/// Whether standard error is the stream to the journal that systemd set up, and was not led elsewhere since.
fn leads_to_journal() -> bool {
    let stream = std::env::var("JOURNAL_STREAM").unwrap_or_default();
    let Ok(stderr) = std::fs::metadata("/proc/self/fd/2") else { return false };
    stream == format!("{}:{}", stderr.dev(), stderr.ino())
}
