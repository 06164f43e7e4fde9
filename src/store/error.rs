//! What can go wrong with the database, and what to do next.

use std::path::PathBuf;

/// What went wrong with the database.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No database there.
    #[error("no database at {0}: nothing has been polled into this state directory yet")]
    Missing(PathBuf),
    /// The first writer has not finished making it, and may never.
    #[error(
        "{0} is not ready: it is being made, or the newsfold that made it was killed; start the daemon or run `newsfold poll`, which finishes it"
    )]
    Unfinished(PathBuf),
    /// Another process writes.
    #[error("{path} is in use by another newsfold (pid {pid}): stop it first, or let it do the work")]
    Locked {
        /// The lock file.
        path: PathBuf,
        /// Who holds it, as far as it says so.
        pid: String,
    },
    /// Written by a later version.
    #[error("{path} has schema {found}, this newsfold knows up to {known}: use the newer newsfold, or restore a backup")]
    TooNew {
        /// The database.
        path: PathBuf,
        /// Its version.
        found: i64,
        /// The latest known here.
        known: i64,
    },
    /// The file is damaged.
    #[error("{path} is damaged ({detail}): run `newsfold doctor`, and restore the last backup if it says so")]
    Damaged {
        /// The database.
        path: PathBuf,
        /// What SQLite says.
        detail: String,
    },
    /// A file that was given as a backup is none.
    #[error("{path} is no backup that can be restored ({detail}); nothing was changed")]
    NoBackup {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// May not be read or written.
    #[error("{path}: {detail}; check who owns the state directory (the daemon's user, or a member of its group, may read it)")]
    NotAllowed {
        /// The file.
        path: PathBuf,
        /// What the system says.
        detail: String,
    },
    /// No space left.
    #[error("no space left for the database ({0}); fetching pauses until there is")]
    Full(String),
    /// Another connection was in the way for too long.
    #[error("the database is busy: {0}")]
    Busy(String),
    /// A search that cannot be answered.
    #[error("{0}")]
    Query(String),
    /// A record names something that is not stored.
    #[error("no such {what}: {id}")]
    Unknown {
        /// "entry", "feed" …
        what: &'static str,
        /// Which.
        id: String,
    },
    /// Anything else that SQLite says.
    #[error("database: {0}")]
    Sqlite(String),
    /// Anything else that the system says.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
}

/// What a caller should do about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Advice {
    /// Try again in a while: busy, no space.
    Retry,
    /// This one record cannot be stored; go on with the next.
    Skip,
    /// Nothing will work until a person acts.
    Stop,
}

impl StoreError {
    /// Retry, skip or stop.
    pub fn advice(&self) -> Advice {
        match self {
            Self::Full(_) | Self::Busy(_) | Self::Locked { .. } => Advice::Retry,
            Self::Query(_) | Self::Unknown { .. } => Advice::Skip,
            _ => Advice::Stop,
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as C;
        let text = error.to_string();
        match error.sqlite_error_code() {
            Some(C::DiskFull) => Self::Full(text),
            Some(C::SystemIoFailure) if is_space(&error) => Self::Full(text),
            Some(C::DatabaseBusy | C::DatabaseLocked) => Self::Busy(text),
            Some(C::DatabaseCorrupt | C::NotADatabase) => Self::Damaged { path: PathBuf::from("newsfold.db"), detail: text },
            Some(C::CannotOpen | C::ReadOnly | C::PermissionDenied) => {
                Self::NotAllowed { path: PathBuf::from("newsfold.db"), detail: text }
            }
            _ => Self::Sqlite(text),
        }
    }
}

/// True for I/O errors that a full disk (or a quota) gives instead of "full": writes, syncs and growing of files.
fn is_space(error: &rusqlite::Error) -> bool {
    use rusqlite::ffi;
    let code = error.sqlite_error().map(|e| e.extended_code);
    matches!(code, Some(ffi::SQLITE_IOERR_WRITE | ffi::SQLITE_IOERR_TRUNCATE | ffi::SQLITE_IOERR_SHMSIZE | ffi::SQLITE_IOERR_FSYNC))
}

impl StoreError {
    /// The same error, naming `path` where it named none.
    pub(super) fn at(self, at: &std::path::Path) -> Self {
        match self {
            Self::Damaged { detail, .. } => Self::Damaged { path: at.to_owned(), detail },
            Self::NotAllowed { detail, .. } => Self::NotAllowed { path: at.to_owned(), detail },
            other => other,
        }
    }

    /// An error of the system at `path`, "not allowed" and "full" told apart.
    pub(super) fn io(path: &std::path::Path, source: std::io::Error) -> Self {
        match source.kind() {
            std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
                Self::NotAllowed { path: path.to_owned(), detail: source.to_string() }
            }
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::Full(source.to_string()),
            _ => Self::Io { path: path.to_owned(), source },
        }
    }
}
