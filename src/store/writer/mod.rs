//! The only connection that writes.
//!
//! A method is one `BEGIN IMMEDIATE` transaction. When the disk is full the reserve file is given up and the transaction
//! tried once more, so that what was fetched is not lost; [`Writer::space_low`] then tells the daemon to pause.

mod alerts;
mod articles;
mod feeds;
mod learnt;
mod log;
mod polls;
pub(super) mod prune;
mod rechecks;
mod regroup;
mod ruling;
mod stories;

pub(super) use articles::index_rows;
pub(super) use learnt::{boilerplate_rows, decision_rows};

use super::codec::{Packer, Unpacker, put};
use super::{Options, StoreError, lock, migrate, pins};
use crate::model::Id;
use log::Log;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use std::cell::Cell;
use std::collections::HashMap;
use std::fs::File;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The database's name within the state directory.
pub(super) const FILE: &str = "newsfold.db";
const RESERVE: &str = "newsfold.reserve";
/// Pages freed by one idle step: some milliseconds.
const VACUUM_PAGES: u32 = 256;
/// Pages of the search index that one idle step merges.
const MERGE_PAGES: i64 = 64;
/// Memory for pages, in kB, while entries and articles come by the dozen. Four times as much spares little, for a burst touches most pages
/// once, and costs a third more page faults: 7 % more time for the newsroom's hours into a million articles.
const CACHE_KB: u32 = 16_384;
/// The same otherwise. With more, what the process holds would grow with the database: a round of polls looks into pages all over
/// it, and keeps them. With 2 MB an unchanged refresh of 1,000 feeds reads some pages twice, and costs a seventh more CPU.
const CACHE_CALM_KB: u32 = 4_096;
/// Entries or articles of one commit from which on there is much to do.
const MANY: usize = 16;

/// Owns the only read-write connection; used from one thread. Every method is one transaction.
pub struct Writer {
    conn: Connection,
    // Dropped after the connection and before the lock, as it may be the last that writes.
    log: Log,
    dir: PathBuf,
    options: Options,
    names: Names,
    packer: Packer,
    unpacker: Unpacker,
    low: bool,
    timing: Timing,
    /// Down to so many articles retention is going, for a limit in bytes.
    goal: Option<u64>,
    /// Memory for pages that SQLite may take now, in kB.
    cache_kb: Cell<u32>,
    /// No idle work was left when it was last asked for, and nothing was removed since.
    at_rest: bool,
    _lock: File,
}

/// How long commits take.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Timing {
    /// Transactions committed.
    pub commits: u64,
    /// Microseconds of the last one.
    pub last_us: u64,
    /// Microseconds of the slowest one.
    pub slowest_us: u64,
    /// Microseconds of all together.
    pub total_us: u64,
}

/// Names that were looked up before; forgotten when a transaction fails.
#[derive(Default)]
struct Names {
    /// Publisher's name, lower case → its row and its owner's.
    publishers: HashMap<String, (i64, i64)>,
    common: HashMap<String, i64>,
    feeds: HashMap<Id, i64>,
}

/// What the body of a transaction works with.
struct Tx<'a> {
    tx: &'a Transaction<'a>,
    names: &'a mut Names,
    packer: &'a mut Packer,
    options: &'a Options,
    /// When what it carries out happened; 0 while that is not known.
    at: Cell<i64>,
}

impl Writer {
    /// Takes the lock, then opens, creates or migrates the database in `state_dir` (made if need be, for the owner and
    /// the group only).
    ///
    /// # Errors
    /// [`StoreError::Locked`] where another process writes, [`StoreError::TooNew`], [`StoreError::Damaged`],
    /// [`StoreError::NotAllowed`].
    pub fn open(state_dir: &Path, options: Options) -> Result<Self, StoreError> {
        make_dir(state_dir)?;
        let path = state_dir.join(FILE);
        let lock = lock::exclusive(state_dir, options.lock_wait)?;
        Self::open_locked(state_dir, options, lock).map_err(|e| e.at(&path))
    }

    fn open_locked(dir: &Path, options: Options, lock: File) -> Result<Self, StoreError> {
        let path = dir.join(FILE);
        // Made by hand first: SQLite would give it the umask's permissions, and its -wal and -shm copy the file's.
        let made = File::options().read(true).append(true).create(true).mode(0o640).open(&path);
        made.map_err(|e| StoreError::io(&path, e))?;
        let mut conn = Connection::open(&path)?;
        conn.busy_timeout(Duration::from_secs(10))?;
        conn.set_prepared_statement_cache_capacity(128);
        // Without it a statement whose parameter was compared with a partial index's condition is parsed anew at every
        // value: a tenth of the time of an ingest.
        conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        let empty = migrate::check(&conn, &path)? == 0;
        if empty {
            conn.execute_batch("PRAGMA page_size = 8192; PRAGMA auto_vacuum = INCREMENTAL;")?;
        }
        let mode: String = conn.query_row("PRAGMA journal_mode = WAL", [], |r| r.get(0))?;
        if mode != "wal" {
            return Err(StoreError::Sqlite(format!("no write-ahead log on this file system (mode {mode})")));
        }
        conn.execute_batch(&format!(
            "PRAGMA synchronous = {}; PRAGMA foreign_keys = ON; PRAGMA cache_size = -{CACHE_CALM_KB}; PRAGMA temp_store = MEMORY;
             PRAGMA journal_size_limit = 33554432;",
            if options.full_sync { "FULL" } else { "NORMAL" }
        ))?;
        migrate::run(&mut conn, &path)?;
        let log = Log::watch(&mut conn, &path, options.log_pages)?;
        let (unpacker, latest) = load_dictionaries(&conn)?;
        let packer = Packer::new(latest.as_ref().map(|(id, data)| (*id, data.as_slice())));
        let mut writer = Self {
            conn,
            log,
            dir: dir.to_owned(),
            options,
            names: Names::default(),
            packer,
            unpacker,
            low: false,
            timing: Timing::default(),
            goal: None,
            cache_kb: Cell::new(CACHE_CALM_KB),
            at_rest: false,
            _lock: lock,
        };
        writer.low = !writer.take_reserve();
        Ok(writer)
    }

    /// Runs `body` as one transaction; on a full disk gives up the reserve and runs it once more.
    fn write<T>(&mut self, body: impl Fn(&mut Tx<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let result = match self.attempt(&body) {
            Err(StoreError::Full(why)) => {
                self.low = true;
                if !self.give_reserve() {
                    return Err(StoreError::Full(why));
                }
                self.attempt(&body)
            }
            other => other,
        };
        result.map_err(|e| e.at(&self.dir.join(FILE)))
    }

    fn attempt<T>(&mut self, body: &impl Fn(&mut Tx<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let start = Instant::now();
        let result = (|| {
            let tx = self.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let (names, packer) = (&mut self.names, &mut self.packer);
            let value = body(&mut Tx { tx: &tx, names, packer, options: &self.options, at: Cell::new(0) })?;
            tx.commit()?;
            self.log.committed(&self.conn);
            Ok(value)
        })();
        match &result {
            Ok(_) => {
                let us = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
                self.timing.commits += 1;
                self.timing.last_us = us;
                self.timing.slowest_us = self.timing.slowest_us.max(us);
                self.timing.total_us += us;
            }
            Err(_) => self.names = Names::default(),
        }
        result
    }

    /// What is read until [`Writer::end_reading`] shares one look at the database: otherwise each query takes and gives up the locks
    /// of its own, two thirds of what a lookup by key takes. Nothing may be written before that.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn begin_reading(&self) -> Result<(), StoreError> {
        Ok(self.conn.execute_batch("BEGIN")?)
    }

    /// The end of what [`Writer::begin_reading`] began, unless a failure has ended it.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn end_reading(&self) -> Result<(), StoreError> {
        if self.conn.is_autocommit() { Ok(()) } else { Ok(self.conn.execute_batch("ROLLBACK")?) }
    }

    /// How long commits took since the database was opened.
    pub fn timing(&self) -> Timing {
        self.timing
    }

    /// Lets the database grow no further than it is, or without limit.
    #[cfg(test)]
    pub(super) fn limit_pages(&self, limit: Option<u32>) {
        let sql = format!("PRAGMA max_page_count = {}", limit.map_or(4_294_967_294, |n| n.max(1)));
        self.conn.query_row(&sql, [], |_| Ok(())).unwrap();
    }

    /// True after the disk was full, until [`Writer::recover_space`] says otherwise: fetch nothing.
    pub fn space_low(&self) -> bool {
        self.low
    }

    /// Takes the reserve back after the disk was full. `true` when it stands again: go on fetching.
    pub fn recover_space(&mut self) -> bool {
        if self.low {
            // A checkpoint first: it may free the log, or need space that the reserve would take.
            let _ = self.bring_home("TRUNCATE");
            self.low = !self.take_reserve();
        }
        !self.low
    }

    fn take_reserve(&self) -> bool {
        let path = self.dir.join(RESERVE);
        // On a very small disk an eighth of it: a reserve that never fits would mean that nothing is ever fetched.
        let whole = rustix::fs::statvfs(&self.dir).map_or(u64::MAX, |disk| disk.f_blocks.saturating_mul(disk.f_frsize));
        let size = self.options.reserve.min(whole / 8);
        if size == 0 {
            let _ = std::fs::remove_file(&path);
            return true;
        }
        if path.metadata().is_ok_and(|m| m.len() == size) {
            return true;
        }
        let made = File::options().write(true).create(true).truncate(true).mode(0o640).open(&path).and_then(|file| {
            rustix::fs::fallocate(&file, rustix::fs::FallocateFlags::empty(), 0, size)?;
            file.sync_all()
        });
        if made.is_err() {
            let _ = std::fs::remove_file(&path);
        }
        made.is_ok()
    }

    fn give_reserve(&self) -> bool {
        std::fs::remove_file(self.dir.join(RESERVE)).is_ok()
    }

    /// Idle work, at most some 50 ms: a checkpoint, free pages back to the system, search index merges, statistics.
    /// `true`: there is more to do.
    ///
    /// # Errors
    /// Those of SQLite; none loses anything.
    pub fn tidy(&mut self) -> Result<bool, StoreError> {
        let done = self.tidy_step();
        self.at_rest = matches!(done, Ok(false));
        // Also a checkpoint may be what finds the disk full.
        self.low |= matches!(done, Err(StoreError::Full(_)));
        done
    }

    fn tidy_step(&mut self) -> Result<bool, StoreError> {
        self.train()?;
        let free: u32 = self.conn.query_row("PRAGMA freelist_count", [], |r| r.get(0))?;
        if free > VACUUM_PAGES * 4 {
            let mut step = self.conn.prepare(&format!("PRAGMA incremental_vacuum({VACUUM_PAGES})"))?;
            let mut rows = step.query([])?;
            while rows.next()?.is_some() {}
        }
        let before = self.conn.total_changes();
        self.write(|t| Ok(t.tx.execute("INSERT INTO fts (fts, rank) VALUES ('merge', ?1)", [MERGE_PAGES])?))?;
        let merged = self.conn.total_changes() - before >= 2;
        // Once in a long while it counts whole indexes. All tables (0x10000), not only those that were asked for: otherwise the next
        // who asks has it done when it closes.
        self.scan(|conn| Ok(conn.execute_batch("PRAGMA optimize = 0x1fffe")?))?;
        self.bring_home("PASSIVE")?;
        self.shrink()?;
        Ok(free > VACUUM_PAGES * 5 || merged)
    }

    /// Gives back the memory of pages that are kept in case they are needed again.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn shrink(&self) -> Result<(), StoreError> {
        self.keep_pages(CACHE_CALM_KB)?;
        Ok(self.conn.execute_batch("PRAGMA shrink_memory")?)
    }

    /// Bytes of the write-ahead log, and whether a reader keeps it from starting over.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn wal(&mut self) -> Result<(u64, bool), StoreError> {
        let pinned = self.bring_home("PASSIVE")?;
        let bytes = self.dir.join(format!("{FILE}-wal")).metadata().map_or(0, |m| m.len());
        Ok((bytes, pinned))
    }

    /// Other processes that have the database open for reading, and may keep the log from starting over: number and name.
    pub fn other_readers(&self) -> Vec<(u32, String)> {
        pins::of(&self.dir.join(format!("{FILE}-shm")))
    }

    /// A checkpoint. `true`: some of the log could not be brought home, because a reader still needs the old pages.
    fn bring_home(&mut self, mode: &str) -> Result<bool, StoreError> {
        self.log.wait();
        log::checkpoint(&self.conn, mode)
    }

    /// Reads what is read once: to keep its pages would make the process larger for nothing, and for good where something
    /// else comes to lie behind them.
    fn scan<T>(&self, read: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let before = self.cache_kb.get();
        self.keep_pages(512)?;
        let read = read(&self.conn);
        self.keep_pages(before)?;
        read
    }

    /// Makes room for a commit of so many entries or articles, until the next lull.
    fn keep_pages_for(&self, rows: usize) -> Result<(), StoreError> {
        if rows >= MANY { self.keep_pages(CACHE_KB) } else { Ok(()) }
    }

    /// Lets SQLite keep so many kB of pages from now on.
    fn keep_pages(&self, kb: u32) -> Result<(), StoreError> {
        if self.cache_kb.replace(kb) != kb {
            self.conn.execute_batch(&format!("PRAGMA cache_size = -{kb}"))?;
        }
        Ok(())
    }

    /// Trains a dictionary from the texts that are there, once there are enough: short texts pack a fifth better with it.
    fn train(&mut self) -> Result<(), StoreError> {
        const ENOUGH: i64 = 2_000;
        /// Bytes of text that it is trained from, at most.
        const SAMPLES: usize = 12 << 20;
        let count: i64 = self.conn.query_row("SELECT COALESCE(MAX(seq), 0) FROM body", [], |r| r.get(0))?;
        let have: i64 = self.conn.query_row("SELECT COUNT(*) FROM dictionary", [], |r| r.get(0))?;
        // A second one when the database is ten times as large: the first day need not be like the first year.
        if count < ENOUGH || have >= 2 || (have == 1 && count < ENOUGH * 10) {
            return Ok(());
        }
        // One after the other in one piece, which goes back to the system as a whole: thousands of small ones left their
        // place in the heap behind, and the daemon was 14 MB larger from then on.
        let (mut samples, mut sizes) = (Vec::new(), Vec::new());
        self.scan(|conn| {
            let mut query = conn.prepare("SELECT data FROM body WHERE seq > ?1 ORDER BY seq LIMIT 4000")?;
            let mut rows = query.query([count - ENOUGH * 2])?;
            while let Some(row) = rows.next()? {
                // What does not unpack is no sample; whoever asks for it is told.
                let text = self.unpacker.unpack(row.get_ref(0)?.as_blob().unwrap_or_default()).unwrap_or_default();
                if text.len() >= 200 && samples.len() + text.len() <= SAMPLES {
                    samples.extend_from_slice(&text);
                    sizes.push(text.len());
                }
            }
            Ok(())
        })?;
        let Ok(data) = zstd::dict::from_continuous(&samples, &sizes, 112 << 10) else {
            return Ok(());
        };
        let id = u8::try_from(have + 1).unwrap_or(1);
        self.write(|t| Ok(t.tx.execute("INSERT INTO dictionary (id, data) VALUES (?1, ?2)", params![id, data])?))?;
        self.packer = Packer::new(Some((id, &data)));
        self.unpacker.learn(id, &data);
        Ok(())
    }

    /// Checkpoints and closes, so that the database is one file that anybody with the right may read.
    ///
    /// # Errors
    /// Those of SQLite; nothing that was committed is lost by them.
    pub fn close(mut self) -> Result<(), StoreError> {
        let _ = self.conn.execute_batch("PRAGMA optimize");
        self.bring_home("TRUNCATE")?;
        self.conn.close().map_err(|(_, e)| e.into())
    }
}

/// A dictionary's number and content.
type Dictionary = (u8, Vec<u8>);

/// Every dictionary, and the one in force.
pub(super) fn load_dictionaries(conn: &Connection) -> Result<(Unpacker, Option<Dictionary>), StoreError> {
    let mut unpacker = Unpacker::default();
    let mut latest = None;
    let mut query = conn.prepare("SELECT id, data FROM dictionary ORDER BY id")?;
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        let (id, data): (u8, Vec<u8>) = (row.get(0)?, row.get(1)?);
        unpacker.learn(id, &data);
        latest = Some((id, data));
    }
    Ok((unpacker, latest))
}

fn make_dir(dir: &Path) -> Result<(), StoreError> {
    use std::os::unix::fs::DirBuilderExt;
    if dir.is_dir() {
        return Ok(());
    }
    std::fs::DirBuilder::new().recursive(true).mode(0o750).create(dir).map_err(|e| StoreError::io(dir, e))
}

impl Tx<'_> {
    /// The row of a publisher and of its owner; made where it is new. `owner` counts only for one that nobody declared.
    fn publisher(&mut self, name: &str, owner: Option<&str>) -> Result<(i64, i64), StoreError> {
        let key = name.to_lowercase();
        if let Some(&found) = self.names.publishers.get(&key) {
            return Ok(found);
        }
        let mut query = self.tx.prepare_cached("SELECT id, owner FROM publisher WHERE name = ?1")?;
        let found = match query.query_row([name], |r| Ok((r.get(0)?, r.get(1)?))).optional()? {
            Some(found) => found,
            None => {
                let owner = self.owner(owner.unwrap_or(name))?;
                self.tx.execute("INSERT INTO publisher (name, owner) VALUES (?1, ?2)", params![name, owner])?;
                (self.tx.last_insert_rowid(), owner)
            }
        };
        self.names.publishers.insert(key, found);
        Ok(found)
    }

    fn owner(&self, name: &str) -> Result<i64, StoreError> {
        let found = self.tx.prepare_cached("SELECT id FROM owner WHERE name = ?1")?.query_row([name], |r| r.get(0)).optional()?;
        match found {
            Some(id) => Ok(id),
            None => {
                self.tx.execute("INSERT INTO owner (name) VALUES (?1)", [name])?;
                Ok(self.tx.last_insert_rowid())
            }
        }
    }

    /// The row of a part that many reasons share.
    fn common(&mut self, json: Option<String>) -> Result<Option<i64>, StoreError> {
        let Some(json) = json else {
            return Ok(None);
        };
        if let Some(&id) = self.names.common.get(&json) {
            return Ok(Some(id));
        }
        self.tx.execute("INSERT INTO common (json) VALUES (?1) ON CONFLICT DO NOTHING", [&json])?;
        let id = self.tx.query_row("SELECT id FROM common WHERE json = ?1", [&json], |r| r.get(0))?;
        self.names.common.insert(json, id);
        Ok(Some(id))
    }

    /// The row of a feed.
    fn feed(&mut self, feed: Id) -> Result<i64, StoreError> {
        if let Some(&seq) = self.names.feeds.get(&feed) {
            return Ok(seq);
        }
        let mut query = self.tx.prepare_cached("SELECT seq FROM feed WHERE id = ?1")?;
        let seq = query.query_row([put(feed)], |r| r.get(0)).optional()?;
        let seq = seq.ok_or_else(|| StoreError::Unknown { what: "feed", id: feed.to_string() })?;
        self.names.feeds.insert(feed, seq);
        Ok(seq)
    }

    /// When what the transaction carries out happened; where nobody said, when the last event did.
    fn now(&self) -> Result<i64, StoreError> {
        match self.at.get() {
            0 => {
                let mut last = self.tx.prepare_cached("SELECT at FROM event ORDER BY seq DESC LIMIT 1")?;
                Ok(last.query_row([], |r| r.get(0)).optional()?.unwrap_or(0))
            }
            at => Ok(at),
        }
    }

    /// Writes an event; the oldest beyond the limit go.
    fn event(&self, at: i64, kind: &str, id: Option<Id>, text: &str, data: &serde_json::Value) -> Result<(), StoreError> {
        let data = (!data.is_null()).then(|| data.to_string());
        let mut insert = self.tx.prepare_cached("INSERT INTO event (at, kind, id, text, data) VALUES (?1, ?2, ?3, ?4, ?5)")?;
        insert.execute(params![at, kind, id.map(put), text, data])?;
        let last = self.tx.last_insert_rowid();
        // In steps of 64, so that not every event costs a deletion.
        if last % 64 == 0 {
            let gone = last - i64::from(self.options.keep_events);
            self.tx.prepare_cached("DELETE FROM event WHERE seq <= ?1")?.execute([gone])?;
        }
        Ok(())
    }
}
