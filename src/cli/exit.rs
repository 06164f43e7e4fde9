//! What a failure means to the caller: the one place that maps errors to exit codes and hints.

use crate::config::ConfigErrors;
use crate::daemon::control::ControlError;
use crate::store::StoreError;

/// How a command that did not fail ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done; an empty answer is done too.
    Done,
    /// Done as far as it went: something failed, and was said.
    Failed,
    /// The daemon is not running (`status`).
    NotRunning,
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
        }
    }
}

/// The exit code of an error, and what to do next.
pub fn verdict(error: &anyhow::Error) -> (u8, Option<String>) {
    if let Some(failure) = error.downcast_ref::<Failure>() {
        return match failure {
            Failure::Usage { hint, .. } => (2, Some(hint.clone())),
            Failure::NoSuchId { hint, .. } => (4, Some(hint.clone())),
        };
    }
    if let Some(ConfigErrors(problems)) = error.downcast_ref() {
        // A problem without a line is its own explanation.
        if problems.iter().all(|p| p.line == 0) {
            return (78, None);
        }
        return (78, Some("mend it and try `newsfold config check`; all keys are in docs/configuration.md".to_owned()));
    }
    match error.downcast_ref::<StoreError>() {
        Some(StoreError::Missing(_)) => {
            return (1, Some("`newsfold poll` makes a first pass; --state-dir or --config names another place".to_owned()));
        }
        Some(StoreError::Query(_)) => return (2, Some("words alone always work; quote what has signs in it".to_owned())),
        Some(StoreError::Unknown { .. }) => return (4, None),
        // What a person can do stands in the others' messages.
        Some(_) => return (1, None),
        None => {}
    }
    if let Some(ControlError::NotRunning(_)) = error.downcast_ref() {
        return (3, Some("`newsfold run` or `systemctl start newsfold` starts it".to_owned()));
    }
    let denied = |e: &std::io::Error| e.kind() == std::io::ErrorKind::PermissionDenied;
    let refused = matches!(error.downcast_ref(), Some(ControlError::Io { error, .. }) if denied(error));
    if refused || error.chain().any(|e| e.downcast_ref::<std::io::Error>().is_some_and(denied)) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_failure_has_its_code() {
        let code = |error: anyhow::Error| verdict(&error).0;
        assert_eq!(code(Failure::usage("a", "b")), 2);
        assert_eq!(code(Failure::no_such_id("a", "b")), 4);
        assert_eq!(code(StoreError::Missing("x".into()).into()), 1);
        assert_eq!(code(StoreError::Query("x".to_owned()).into()), 2);
        assert_eq!(code(crate::config::from_text("nonsense = 1", "t.toml").unwrap_err().into()), 78);
        assert_eq!(code(anyhow::anyhow!("boom")), 1);
        assert_eq!((Exit::Done.code(), Exit::NotRunning.code()), (0, 3));
    }

    #[test]
    fn a_closed_pipe_is_known_through_its_wrappings() {
        let closed = || std::io::Error::from(std::io::ErrorKind::BrokenPipe);
        assert!(is_closed_pipe(&closed().into()));
        assert!(is_closed_pipe(&anyhow::Error::from(serde_json::Error::io(closed())).context("printing")));
        assert!(!is_closed_pipe(&std::io::Error::from(std::io::ErrorKind::StorageFull).into()));
    }
}
