//! Reads that stay open. A log of writes cannot start over while somebody reads what was there before it, and then it
//! grows: newsfold's own long reads end themselves, those of others are named.

use super::StoreError;
use rusqlite::Connection;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// Bytes that the log has beside newsfold's own reads, at most; a log longer than this is somebody else's doing.
pub(super) const MOST_LOG: u64 = 64 << 20;

/// Bytes of a log that has been started over: the writer does so at 30 to 38 MB and cuts the file to 32.
const SHORT_LOG: u64 = 40 << 20;

/// Runs a long read on `conn`, and ends it before the log has grown past [`MOST_LOG`]: the writer could not start it over.
/// Where it is long already, the read begins when it has been started over: reads that follow each other at once would
/// otherwise hold it for good.
///
/// # Errors
/// Those of `read`; [`StoreError::Busy`] where it was ended.
pub(super) fn giving_way<T>(conn: &Connection, log: &Path, read: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
    const LOOK: Duration = Duration::from_millis(10);
    /// What is written between two looks and until the read has ended, with much to spare.
    const SPARE: u64 = 16 << 20;
    let size = || log.metadata().map_or(0, |m| m.len());
    let begin = short_again(log);
    // A log that stays long is held by somebody else: their read ends or does not, whatever this one does.
    let most = if begin > SHORT_LOG { begin + MOST_LOG } else { MOST_LOG } - SPARE;
    let stop = conn.get_interrupt_handle();
    let (done, waits) = channel::<()>();
    std::thread::scope(|scope| {
        let watch = scope.spawn(move || {
            while waits.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
                if size() > most {
                    stop.interrupt();
                    return true;
                }
            }
            false
        });
        let result = read();
        drop(done);
        match (result, watch.join().unwrap_or(false)) {
            (Err(_), true) => Err(StoreError::Busy(format!(
                "so much was written during this read that the log has grown to {} MB, and the read gave way; try again when less goes on, or \
                 between `newsfold pause` and `newsfold resume`",
                size() >> 20
            ))),
            (result, _) => result,
        }
    })
}

/// Waits until the log has been started over, for as long as somebody writes to it and at most ten seconds; its bytes then.
fn short_again(log: &Path) -> u64 {
    const LOOK: Duration = Duration::from_millis(10);
    const STILL: Duration = Duration::from_secs(1);
    const MOST: Duration = Duration::from_secs(10);
    let began = Instant::now();
    loop {
        let Ok(now) = log.metadata() else { return 0 };
        let written = now.modified().ok().and_then(|at| at.elapsed().ok()).is_none_or(|ago| ago < STILL);
        if now.len() <= SHORT_LOG || !written || began.elapsed() > MOST {
            return now.len();
        }
        std::thread::sleep(LOOK);
    }
}

/// Bytes of the log of writes of the database in `state_dir`.
pub fn log_bytes(state_dir: &Path) -> u64 {
    state_dir.join(format!("{}-wal", super::writer::FILE)).metadata().map_or(0, |m| m.len())
}

/// Other processes that hold a lock on `shm`, by the kernel's list of locks: number and name, each once.
pub(super) fn of(shm: &Path) -> Vec<(u32, String)> {
    let Ok(file) = shm.metadata() else { return Vec::new() };
    let mut pids: Vec<u32> =
        std::fs::read_to_string("/proc/locks").unwrap_or_default().lines().filter_map(|l| holder(l, file.ino())).collect();
    pids.sort_unstable();
    pids.dedup();
    pids.retain(|&pid| pid != std::process::id());
    let name = |pid: u32| std::fs::read_to_string(format!("/proc/{pid}/comm")).map(|name| name.trim().to_owned()).unwrap_or_default();
    pids.into_iter().map(|pid| (pid, name(pid))).collect()
}

/// Who holds a lock: `1: POSIX  ADVISORY  READ 1234 fd:01:5678 123 123`.
fn holder(line: &str, inode: u64) -> Option<u32> {
    let mut words = line.split_whitespace().skip(1);
    if words.next()? != "POSIX" {
        return None;
    }
    let pid = words.nth(2)?.parse().ok()?;
    let held: u64 = words.next()?.rsplit(':').next()?.parse().ok()?;
    (held == inode).then_some(pid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holders_are_read_from_the_list_of_locks() {
        assert_eq!(holder("1: POSIX  ADVISORY  READ 1234 fd:01:5678 123 123", 5678), Some(1234));
        assert_eq!(holder("1: POSIX  ADVISORY  READ 1234 fd:01:5679 123 123", 5678), None);
        assert_eq!(holder("2: FLOCK  ADVISORY  WRITE 1234 fd:01:5678 0 EOF", 5678), None);
        assert_eq!(holder("3: -> POSIX", 1), None);
        assert_eq!(holder("", 1), None);
    }

    #[test]
    fn a_long_read_gives_way_to_a_log_that_grows() {
        let dir = tempfile::tempdir().unwrap();
        let log = dir.path().join("log");
        let conn = Connection::open_in_memory().unwrap();
        let forever = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT COUNT(*) FROM n";
        let read = || {
            // Written once the read has begun: a file with a hole in it is long enough.
            std::fs::File::create(&log).unwrap().set_len(MOST_LOG + 1).unwrap();
            Ok(conn.query_row(forever, [], |r| r.get::<_, i64>(0))?)
        };
        match giving_way(&conn, &log, read) {
            Err(StoreError::Busy(why)) => assert!(why.contains("64 MB"), "{why}"),
            other => panic!("{other:?}"),
        }
        let short = giving_way(&conn, &log, || Ok(conn.query_row("SELECT 1", [], |r| r.get::<_, i64>(0))?));
        assert_eq!(short.unwrap(), 1, "the log was long before");
    }

    #[test]
    fn a_long_read_waits_for_a_long_log_to_start_over() {
        let dir = tempfile::tempdir().unwrap();
        let log = dir.path().join("log");
        let file = std::fs::File::create(&log).unwrap();
        file.set_len(MOST_LOG).unwrap();
        std::thread::scope(|scope| {
            let read = scope.spawn(|| short_again(&log));
            for n in 0..20 {
                assert!(!read.is_finished(), "it began at a long log that is being written to");
                file.set_len(MOST_LOG + n).unwrap();
            }
            file.set_len(SHORT_LOG).unwrap();
            assert_eq!(read.join().unwrap(), SHORT_LOG);
        });
        // Long from before, and nobody writes: there is nothing to wait for.
        file.set_len(MOST_LOG).unwrap();
        file.set_modified(std::time::SystemTime::now() - Duration::from_secs(60)).unwrap();
        assert_eq!(short_again(&log), MOST_LOG);
    }
}
