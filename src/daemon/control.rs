//! The control socket: a versioned conversation of JSON lines over a Unix socket in the state directory.
//!
//! The caller sends one [`Request`] line. The daemon answers any number of `progress` lines, then one `done` or
//! `error` line, and closes. What is larger than [`MAX_REQUEST`] or comes from a foreign user is refused.

use super::person::Order;
use super::progress::Progress;
use crate::dedup::Question;
use serde::{Deserialize, Serialize};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The version of the conversation; both sides name theirs.
pub const VERSION: u32 = 1;
/// Bytes of the longest request.
pub const MAX_REQUEST: u64 = 64 * 1024;

/// How long a caller waits for the next line.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where the socket of the daemon on `state_dir` is.
pub fn socket_path(state_dir: &Path) -> PathBuf {
    state_dir.join("control.sock")
}

/// What a caller sends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// The caller's [`VERSION`].
    pub version: u32,
    /// What it wants.
    #[serde(flatten)]
    pub command: Command,
}

/// What the daemon can be asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Command {
    /// The daemon's state.
    Status,
    /// Poll what is due, the named feeds, or all; answered when everything pending is placed.
    Poll {
        /// Feeds by URL, id prefix or publisher.
        #[serde(default)]
        feeds: Vec<String>,
        /// Every feed, due or not.
        #[serde(default)]
        all: bool,
    },
    /// Read the configuration again.
    Reload,
    /// Stop polling and fetching until resumed.
    Pause,
    /// Go on.
    Resume,
    /// Remove now what is past its retention.
    Prune,
    /// A person's decision.
    Order(Order),
    /// Cluster everything anew under today's limits.
    Recluster,
    /// Which articles may carry a text?
    Candidates(Question),
}

/// One line of the daemon's answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    /// How far it is.
    Progress(Progress),
    /// The command is done; what it has to report.
    Done(serde_json::Value),
    /// The command failed, in words that say what to do.
    Error(String),
    /// The command made no sense: a feed that is not there.
    Usage(String),
}

/// The daemon's state, as `status` shows it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DaemonStatus {
    /// The daemon's version.
    pub version: String,
    /// Its process.
    pub pid: u32,
    /// Since when it runs.
    pub started_at: jiff::Timestamp,
    /// Told to pause.
    pub paused: bool,
    /// The disk is full: polling and fetching rest.
    #[serde(default)]
    pub space_low: bool,
    /// Feeds being polled now.
    pub polling: u64,
    /// Entries that wait for their page, and are due.
    pub pending: u64,
    /// Articles in the window's indexes.
    pub indexed: u64,
    /// Jobs that wait for the writer.
    pub writer_queue: u64,
    /// How long the last commit took, in milliseconds.
    pub last_commit_ms: u64,
    /// Why the last reload was refused, if it was.
    pub reload_error: Option<String>,
    /// How long the feed that is due longest has been due, in seconds.
    #[serde(default)]
    pub overdue_s: u64,
    /// Alerts that wait for their receiver.
    #[serde(default)]
    pub alerts_waiting: u64,
    /// Alerts whose receiver does not take them.
    #[serde(default)]
    pub alerts_failing: Vec<AlertFailing>,
    /// What was done since the daemon started.
    #[serde(default)]
    pub done: Progress,
    /// Its memory.
    #[serde(default)]
    pub resident_bytes: u64,
    /// Its open descriptors.
    #[serde(default)]
    pub descriptors: u64,
}

/// An alert whose receiver does not take it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertFailing {
    /// The alert's name.
    pub name: String,
    /// Since when.
    pub since: jiff::Timestamp,
    /// What happened last.
    pub why: String,
}

/// Why the daemon could not be asked.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// No daemon listens.
    #[error("no daemon runs on {0}")]
    NotRunning(PathBuf),
    /// It listens, but not to us.
    #[error("cannot talk to the daemon at {path}: {error}")]
    Io {
        /// The socket.
        path: PathBuf,
        /// What happened.
        error: std::io::Error,
    },
    /// It spoke differently.
    #[error("the daemon's answer is not understood ({0}); daemon and command line may be of different versions: restart the daemon")]
    Protocol(String),
    /// It refused or failed.
    #[error("{0}")]
    Failed(String),
    /// What was asked makes no sense.
    #[error("{0}")]
    Usage(String),
}

/// Asks the daemon on `state_dir`, calling `progress` for each progress line; returns what it reports when done.
///
/// # Errors
/// Where no daemon listens, where the conversation breaks, and where the command failed.
pub fn call(state_dir: &Path, command: Command, mut progress: impl FnMut(Progress)) -> Result<serde_json::Value, ControlError> {
    let path = socket_path(state_dir);
    let failed = |error| ControlError::Io { path: path.clone(), error };
    let mut stream = match UnixStream::connect(&path) {
        Ok(stream) => stream,
        Err(error) if matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::ConnectionRefused) => {
            return Err(ControlError::NotRunning(state_dir.to_owned()));
        }
        Err(error) => return Err(failed(error)),
    };
    stream.set_write_timeout(Some(PATIENCE)).map_err(failed)?;
    // A daemon at work sends progress several times a second; one that is silent for so long is stuck.
    stream.set_read_timeout(Some(PATIENCE)).map_err(failed)?;
    let mut line = serde_json::to_vec(&Request { version: VERSION, command }).map_err(|e| ControlError::Protocol(e.to_string()))?;
    line.push(b'\n');
    stream.write_all(&line).map_err(failed)?;
    for line in BufReader::new(stream).lines() {
        let line = line.map_err(failed)?;
        match serde_json::from_str(&line).map_err(|_| ControlError::Protocol(line.chars().take(80).collect()))? {
            Reply::Progress(now) => progress(now),
            Reply::Done(report) => return Ok(report),
            Reply::Error(message) => return Err(ControlError::Failed(message)),
            Reply::Usage(message) => return Err(ControlError::Usage(message)),
        }
    }
    Err(ControlError::Protocol("it hung up before it was done".into()))
}
