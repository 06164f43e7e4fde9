//! What a failure means to the caller: the one place that maps errors to exit codes and hints.

use crate::store::StoreError;

/// How a command that did not fail ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done; an empty answer is done too.
    Done,
    /// Done as far as it went: something was wrong, and was already said.
    Failed,
    /// The daemon is not running (`status`).
    NotRunning,
    /// The configuration has problems, and they were already said (`config check`).
    BadConfig,
}

/// A failure that the person at the keyboard can mend.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The question cannot be answered as asked.
    #[error("{message}")]
    Usage {
        /// What is wrong.
        message: String,
        /// What to do next.
        hint: String,
    },
    /// Nothing has this id.
    #[error("{message}")]
    NoSuchId {
        /// What was looked for.
        message: String,
        /// What to do next.
        hint: String,
    },
    /// The configuration cannot be used.
    #[error("{message}")]
    Config {
        /// Every problem, a line each.
        message: String,
    },
}

impl Failure {
    /// A usage error.
    pub fn usage(message: impl Into<String>, hint: impl Into<String>) -> anyhow::Error {
        Self::Usage { message: message.into(), hint: hint.into() }.into()
    }

    /// An id that stands for nothing.
    pub fn no_such_id(message: impl Into<String>, hint: impl Into<String>) -> anyhow::Error {
        Self::NoSuchId { message: message.into(), hint: hint.into() }.into()
    }
}

impl Exit {
    /// The process's exit code.
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::NotRunning => 3,
            Self::BadConfig => 78,
        }
    }
}

/// The exit code of an error, and what to do next.
pub fn verdict(error: &anyhow::Error) -> (u8, Option<String>) {
    if let Some(failure) = error.downcast_ref::<Failure>() {
        return match failure {
            Failure::Usage { hint, .. } => (2, Some(hint.clone())),
            Failure::NoSuchId { hint, .. } => (4, Some(hint.clone())),
            Failure::Config { .. } => {
                (78, Some("`newsfold config check` shows all problems; the manual is docs/configuration.md".to_owned()))
            }
        };
    }
    if let Some(StoreError::Missing(_)) = error.downcast_ref() {
        return (1, Some("`newsfold poll` makes a first pass; --state-dir or --config names another place".to_owned()));
    }
    let denied = |e: &std::io::Error| e.kind() == std::io::ErrorKind::PermissionDenied;
    if error.chain().any(|e| e.downcast_ref::<std::io::Error>().is_some_and(denied)) {
        return (1, Some("run it as the user that owns the state directory, or as a member of its group".to_owned()));
    }
    (1, None)
}

/// True where the reader of our output has gone: no fault, and nobody to tell.
pub fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let closed = |e: &std::io::Error| e.kind() == std::io::ErrorKind::BrokenPipe;
    let json = |e: &serde_json::Error| e.io_error_kind() == Some(std::io::ErrorKind::BrokenPipe);
    error.chain().any(|e| e.downcast_ref().is_some_and(closed) || e.downcast_ref().is_some_and(json))
}
