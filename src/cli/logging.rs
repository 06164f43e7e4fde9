//! Logging: to standard error, levels by `RUST_LOG`.

use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

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
