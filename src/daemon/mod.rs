//! The daemon: scheduler, poller, fetcher, writer, control socket, service notification.

pub mod alerts;
mod bell;
pub mod clocks;
pub mod control;
mod dues;
mod engine;
mod fetcher;
pub mod health;
pub mod lookup;
pub mod metrics;
mod naming;
mod notify;
pub mod pass;
pub mod person;
mod place;
mod poller;
pub mod probe;
pub mod progress;
mod quarantine;
mod reading;
mod recheck;
pub mod recluster;
mod run;
mod server;
mod settle;
mod space;
pub mod tidy;
pub mod whose;
mod writer;

pub use engine::{ConfigSource, Engine, held_hosts};
pub use run::{run, runtime};

/// Why the daemon or a pass could not go on.
#[derive(Debug, thiserror::Error)]
pub enum DaemonError {
    /// It could not start.
    #[error("{0}")]
    Start(String),
    /// The HTTP client could not be built.
    #[error(transparent)]
    Net(#[from] crate::net::NetError),
    /// The scheduler did not start.
    #[error("the scheduler did not start: {0}")]
    Scheduler(String),
    /// The writer thread is gone.
    #[error("{0}")]
    Writer(String),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] crate::store::StoreError),
    /// The configuration is not valid.
    #[error(transparent)]
    Config(#[from] crate::config::ConfigErrors),
    /// No such feed.
    #[error("no feed is called “{0}”; `newsfold feeds` lists them")]
    NoSuchFeed(String),
    /// What was asked for makes no sense, or cannot be had.
    #[error("{0}")]
    Refused(String),
    /// A page or feed could not be read for a fault of our own.
    #[error("a document could not be read: {0}")]
    Reading(String),
    /// Told to stop before it was done.
    #[error("stopped before the pass was done; what was placed is kept, the rest is taken up by the next poll")]
    Interrupted,
}
