//! The write-ahead log's way home into the database, beside the writer.
//!
//! A checkpoint waits for the disk, and the writer need not: a thread brings home what is there while the writer goes on, and
//! the writer then only what came meanwhile, after which SQLite starts the log over. SQLite has the database wait for the disk
//! only at the very end, which is the writer's: so the thread waits for it before that.

use super::StoreError;
use rusqlite::hooks::Wal;
use rusqlite::{Connection, OpenFlags};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Pages, some 52 MB, from which on the writer waits for who holds the log. What gives way ([`super::super::pins`]) has been told to
/// by then, but a busy machine may be late to see it. Some 14 MB are left until the log has 64; a commit larger than that passes it.
const LONG: u32 = 6_400;
/// How long it waits in the life of one log, all in all: others' reads end when they end.
const PATIENCE: Duration = Duration::from_secs(1);

/// What is known of the log.
pub(super) struct Log {
    database: PathBuf,
    /// The database, to wait for the disk. Open as long as the writer is: who closes a file gives up all locks that the process has
    /// on it, SQLite's too.
    file: Arc<File>,
    /// Pages in it from which on it is brought home.
    many: u32,
    /// Pages in it after the last commit.
    pages: Arc<AtomicU32>,
    /// Pages in it when a checkpoint last began or ended; fewer now: it was started over since.
    last: u32,
    /// What is left of the writer's patience.
    patience: Duration,
    /// Brings home.
    thread: Option<JoinHandle<Result<(), StoreError>>>,
}

impl Log {
    /// Counts the pages that `conn`, the writer's, commits from now on, instead of SQLite's own checkpoints.
    ///
    /// # Errors
    /// Those of SQLite, and of opening the database once more.
    pub(super) fn watch(conn: &mut Connection, database: &Path, many: u32) -> Result<Self, StoreError> {
        let pages = Arc::new(AtomicU32::new(0));
        let seen = Arc::clone(&pages);
        conn.wal_hook(Some(move |_: &mut Wal, pages| {
            seen.store(u32::try_from(pages).unwrap_or(0), Ordering::Relaxed);
            Ok(())
        }))?;
        let file = Arc::new(File::open(database).map_err(|e| StoreError::io(database, e))?);
        Ok(Self { database: database.to_owned(), file, many, pages, last: 0, patience: PATIENCE, thread: None })
    }

    /// After each commit: begins a checkpoint beside the writer, or ends it.
    pub(super) fn committed(&mut self, conn: &Connection) {
        let pages = self.pages.load(Ordering::Relaxed);
        if pages < self.last {
            (self.last, self.patience) = (0, PATIENCE);
        }
        if pages >= LONG && !self.patience.is_zero() {
            self.wait();
            self.patience = let_go(conn, self.patience);
        }
        // A reader held it. Once it lets go all must come home at once, for the log to be started over.
        let long = pages > self.many + self.many / 2;
        let wait = match &self.thread {
            // The writer waits for it at some point, or the log would grow faster than it comes home.
            Some(thread) => !thread.is_finished() && pages < self.last + self.many / 4,
            // While a reader holds the log it is tried again every now and then.
            None => pages < self.many || (!long && pages < self.last + self.many / 6),
        };
        if wait {
            return;
        }
        self.last = pages;
        if self.thread.is_some() || long || !self.begin() {
            self.wait();
            // It was committed all the same. What is in the way is in that of the idle work too, and of whoever looks at a log that
            // has grown long: both say so.
            let _ = passive(conn);
        }
    }

    /// A checkpoint by a thread. `false`: there may be no more threads.
    fn begin(&mut self) -> bool {
        let (database, file) = (self.database.clone(), Arc::clone(&self.file));
        let work = move || -> Result<(), StoreError> {
            let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            passive(&Connection::open_with_flags(&database, flags)?)?;
            file.sync_data().map_err(|e| StoreError::io(&database, e))
        };
        self.thread = std::thread::Builder::new().name("checkpoint".into()).spawn(work).ok();
        self.thread.is_some()
    }

    /// Waits until no checkpoint is going on beside.
    pub(super) fn wait(&mut self) {
        if let Some(thread) = self.thread.take() {
            // The writer does the same once more when it is over, and meets what the thread met.
            let _ = thread.join();
        }
    }
}

/// Waits until all of the log can be brought home, and for `patience` at most; what is left of it. None is left after an error: whoever
/// looks at a long log meets it too.
fn let_go(conn: &Connection, patience: Duration) -> Duration {
    const LOOK: Duration = Duration::from_millis(5);
    let began = Instant::now();
    loop {
        let left = patience.saturating_sub(began.elapsed());
        match passive(conn) {
            Ok(true) if !left.is_zero() => std::thread::sleep(LOOK.min(left)),
            Ok(_) => return left,
            Err(_) => return Duration::ZERO,
        }
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        self.wait();
    }
}

/// Brings home what no reader is in the way of. `true`: not all of it.
pub(super) fn passive(conn: &Connection) -> Result<bool, StoreError> {
    checkpoint(conn, "PASSIVE")
}

/// Brings the log home. `true`: not all of it, because a reader still needs the old pages.
pub(super) fn checkpoint(conn: &Connection, mode: &str) -> Result<bool, StoreError> {
    let (busy, log, done): (i64, i64, i64) =
        conn.query_row(&format!("PRAGMA wal_checkpoint({mode})"), [], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?;
    Ok(busy != 0 || done < log)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_writer_waits_for_a_reader_as_long_as_it_has_patience() {
        let dir = tempfile::tempdir().unwrap();
        let open = || Connection::open(dir.path().join("a.db")).unwrap();
        let (writer, reader, other) = (open(), open(), open());
        writer.execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE a (n)").unwrap();
        let (patience, write) = (Duration::from_millis(20), || writer.execute_batch("INSERT INTO a VALUES (1)").unwrap());
        reader.execute_batch("BEGIN; SELECT * FROM a").unwrap();
        write();
        assert_eq!(let_go(&writer, patience), Duration::ZERO, "somebody holds it");
        // Without patience it does not wait, whoever comes and goes.
        other.execute_batch("BEGIN; SELECT * FROM a").unwrap();
        reader.execute_batch("COMMIT").unwrap();
        assert_eq!(let_go(&writer, Duration::ZERO), Duration::ZERO);
        write();
        assert_eq!(let_go(&writer, Duration::ZERO), Duration::ZERO);
        other.execute_batch("COMMIT").unwrap();
        assert!(let_go(&writer, Duration::from_secs(60)) > Duration::ZERO, "nobody holds it");
    }
}
