//! Read-only access for the command line, with the daemon up or down.
//!
//! Every method is one short read transaction (`export` is many): a reader that lingers would keep the write-ahead log
//! from starting over.

mod alerts;
mod articles;
mod export;
mod feeds;
mod filter;
mod ids;
mod known;
mod persons;
mod report;
mod search;
mod stories;

use super::codec::{Unpacker, get, put};
use super::writer::{FILE, load_dictionaries};
use super::{StoreError, lock, migrate};
use crate::model::Id;
use rusqlite::{Connection, OpenFlags, OptionalExtension};
use std::cell::OnceCell;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub use ids::Every;
pub use known::Named;
pub use search::SearchOrder;

/// What an id or unique prefix stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// A story.
    Story(Id),
    /// A cluster.
    Cluster(Id),
    /// An article.
    Article(Id),
    /// An entry.
    Entry(Id),
    /// A feed.
    Feed(Id),
}

/// A read-only view of the database, with the daemon up or down.
pub struct Reader {
    conn: Connection,
    path: PathBuf,
    texts: OnceCell<Unpacker>,
    /// Held while the file is read as one that nobody changes: no writer can start.
    _still: Option<File>,
}

/// True where a change begun before there was a write-ahead log is not finished: that is so only while the database is
/// made, or put back from a backup.
pub(super) fn has_journal(path: &Path) -> bool {
    path.with_file_name(format!("{FILE}-journal")).metadata().is_ok_and(|m| m.len() > 0)
}

/// The ids that start as `id` with 1–16 digits, as a range of signed integers: one digit fixes the sign.
fn starting_as(id: Id, digits: usize) -> [i64; 2] {
    let rest = if digits < 16 { u64::MAX >> (digits * 4) } else { 0 };
    [(id.0 & !rest).cast_signed(), (id.0 | rest).cast_signed()]
}

impl Reader {
    /// Opens the database in `state_dir` for reading. Never writes to it and never takes the writer's lock; where the
    /// folder may not be written to and no daemon runs, the file is read as it lies there.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::Unfinished`], [`StoreError::NotAllowed`], [`StoreError::TooNew`],
    /// [`StoreError::Damaged`].
    pub fn open(state_dir: &Path) -> Result<Self, StoreError> {
        let path = state_dir.join(FILE);
        match path.metadata() {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Err(StoreError::Missing(path)),
            Err(e) => return Err(StoreError::io(&path, e)),
            Ok(_) => {}
        }
        let mut last = None;
        // Between finding that no writer runs and opening the still file one may start: then look again.
        for _ in 0..3 {
            match Self::open_shared(&path) {
                Ok(reader) => return Ok(reader),
                // Only a writer may undo what was begun; as one file it would be read half-made.
                Err(StoreError::NotAllowed { .. }) if has_journal(&path) => return Err(StoreError::Unfinished(path)),
                Err(e @ StoreError::NotAllowed { .. }) => last = Some(e),
                Err(e) => return Err(e.at(&path)),
            }
            match Self::open_still(state_dir, &path) {
                Ok(Some(reader)) => return Ok(reader),
                Ok(None) => std::thread::sleep(Duration::from_millis(20)),
                Err(e) => return Err(e.at(&path)),
            }
        }
        Err(last.unwrap_or(StoreError::Missing(path.clone())).at(&path))
    }

    /// The usual way: beside a writer, by the shared `-shm`.
    fn open_shared(path: &Path) -> Result<Self, StoreError> {
        let conn = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        Self::checked(conn, path, None)
    }

    /// Where `-shm` can neither be read nor made: the database as one file, while nobody writes and no log is left.
    /// `Ok(None)`: that is not so (any more).
    fn open_still(dir: &Path, path: &Path) -> Result<Option<Self>, StoreError> {
        let still = lock::shared(dir);
        let left = dir.join(format!("{FILE}-wal")).metadata().map_or(0, |m| m.len());
        if left > 0 {
            return match still {
                None => Ok(None),
                Some(_) => Err(StoreError::NotAllowed {
                    path: path.to_owned(),
                    detail:
                        "the last writer was killed and left a log that only its user can bring home: start the daemon, or run `newsfold poll` as that user"
                            .to_owned(),
                }),
            };
        }
        // No lock file that can be read: a copy on other media, which nobody writes.
        if still.is_none() && lock::path(dir).exists() {
            return Ok(None);
        }
        let Some(name) = path.to_str() else {
            return Ok(None);
        };
        let name: String = name
            .chars()
            .flat_map(|c| {
                if matches!(c, '%' | '?' | '#') { format!("%{:02x}", c as u32) } else { c.to_string() }.chars().collect::<Vec<_>>()
            })
            .collect();
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
        let conn = Connection::open_with_flags(format!("file:{name}?immutable=1"), flags)?;
        Self::checked(conn, path, still).map(Some)
    }

    fn checked(conn: Connection, path: &Path, still: Option<File>) -> Result<Self, StoreError> {
        conn.busy_timeout(Duration::from_secs(5))?;
        conn.execute_batch("PRAGMA query_only = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16384;")?;
        let version = match migrate::check(&conn, path) {
            Err(StoreError::Sqlite(why)) if why.contains("readonly") => {
                return Err(StoreError::NotAllowed { path: path.to_owned(), detail: why });
            }
            other => other?,
        };
        if version == 0 {
            return Err(StoreError::Missing(path.to_owned()));
        }
        if version < migrate::latest() {
            return Err(StoreError::Sqlite(format!(
                "{} has schema {version} of an earlier newsfold: start the daemon or `poll` once, which brings it to {}",
                path.display(),
                migrate::latest()
            )));
        }
        Ok(Self { conn, path: path.to_owned(), texts: OnceCell::new(), _still: still })
    }

    /// One read transaction: what several statements say belongs together.
    fn read<T>(&self, body: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let run = || {
            let tx = self.conn.unchecked_transaction()?;
            body(&tx)
        };
        run().map_err(|e| e.at(&self.path))
    }

    fn text(&self, packed: &[u8]) -> Result<String, StoreError> {
        if let Some(texts) = self.texts.get()
            && texts.misses(packed).is_none()
        {
            return texts.text(packed);
        }
        let (loaded, _) = load_dictionaries(&self.conn)?;
        let text = loaded.text(packed);
        let _ = self.texts.set(loaded);
        text
    }

    /// Everything whose id starts with `prefix` (1–16 hex digits), at most 20; ids that were merged lead to what they
    /// became. What is no such prefix stands for nothing.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn resolve(&self, prefix: &str) -> Result<Vec<Found>, StoreError> {
        const MOST: usize = 20;
        let digits = prefix.len();
        if !(1..=16).contains(&digits) || !prefix.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Ok(Vec::new());
        }
        let Ok(low) = u64::from_str_radix(&format!("{prefix:0<16}"), 16) else {
            return Ok(Vec::new());
        };
        let alike = |id| starting_as(id, digits);
        let range = alike(Id(low));
        // The steps from an article to its cluster and on to its story are their own reverse.
        let (of_clusters, of_stories) = (alike(Id::cluster(Id(low))), alike(Id::cluster(Id::story(Id(low)))));
        type Make = fn(Id) -> Found;
        let kinds: [(&str, Make, [i64; 2]); 7] = [
            ("SELECT DISTINCT story FROM placed WHERE story BETWEEN ?1 AND ?2 AND story <> own_story LIMIT 20", Found::Story, range),
            ("SELECT story FROM placed WHERE id BETWEEN ?1 AND ?2 AND story = own_story LIMIT 20", Found::Story, of_stories),
            (
                "SELECT DISTINCT cluster FROM placed WHERE cluster BETWEEN ?1 AND ?2 AND cluster <> own_cluster LIMIT 20",
                Found::Cluster,
                range,
            ),
            ("SELECT cluster FROM placed WHERE id BETWEEN ?1 AND ?2 AND cluster = own_cluster LIMIT 20", Found::Cluster, of_clusters),
            ("SELECT id FROM placed WHERE id BETWEEN ?1 AND ?2 LIMIT 20", Found::Article, range),
            ("SELECT id FROM entry WHERE id BETWEEN ?1 AND ?2 AND tombstone IS NULL LIMIT 20", Found::Entry, range),
            ("SELECT id FROM feed WHERE id BETWEEN ?1 AND ?2 LIMIT 20", Found::Feed, range),
        ];
        self.read(|conn| {
            let mut found: Vec<Found> = Vec::new();
            for (sql, make, range) in kinds {
                let mut query = conn.prepare_cached(sql)?;
                for id in query.query_map(range, |r| r.get(0))? {
                    let one = make(get(id?));
                    if !found.contains(&one) {
                        found.push(one);
                    }
                }
            }
            let mut query = conn.prepare_cached("SELECT new, kind FROM redirect WHERE old BETWEEN ?1 AND ?2 LIMIT 20")?;
            for row in query.query_map(range, |r| Ok((get(r.get(0)?), r.get::<_, String>(1)?)))? {
                let (id, kind) = row?;
                let one = if kind == "story" { Found::Story(id) } else { Found::Cluster(id) };
                if !found.contains(&one) {
                    found.push(one);
                }
            }
            found.truncate(MOST);
            Ok(found)
        })
    }

    /// How many digits, `least` or more, each of `ids` (of articles, clusters or stories) needs, so that no other article,
    /// cluster or story starts with them.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn digits(&self, ids: &[Id], least: usize) -> Result<usize, StoreError> {
        self.read(|conn| {
            let mut query = conn.prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM placed WHERE story BETWEEN ?1 AND ?2 AND story <> own_story AND story <> ?3)
                   OR EXISTS (SELECT 1 FROM placed WHERE id BETWEEN ?4 AND ?5 AND story = own_story AND story <> ?3)
                   OR EXISTS (SELECT 1 FROM placed WHERE cluster BETWEEN ?1 AND ?2 AND cluster <> own_cluster AND cluster <> ?3)
                   OR EXISTS (SELECT 1 FROM placed WHERE id BETWEEN ?6 AND ?7 AND cluster = own_cluster AND cluster <> ?3)
                   OR EXISTS (SELECT 1 FROM placed WHERE id BETWEEN ?1 AND ?2 AND id <> ?3)
                   OR EXISTS (SELECT 1 FROM redirect WHERE old BETWEEN ?1 AND ?2 AND old <> ?3)",
            )?;
            let mut digits = least.clamp(1, 16);
            for &id in ids {
                while digits < 16 {
                    let [[low, high], [a, b], [c, d]] = [id, Id::cluster(Id::story(id)), Id::cluster(id)].map(|id| starting_as(id, digits));
                    if !query.query_row([low, high, put(id), a, b, c, d], |r| r.get::<_, bool>(0))? {
                        break;
                    }
                    digits += 1;
                }
            }
            Ok(digits)
        })
    }

    /// The cluster or story that this id stands for today.
    fn today(conn: &Connection, id: Id) -> Result<Id, StoreError> {
        let new = conn.prepare_cached("SELECT new FROM redirect WHERE old = ?1")?.query_row([put(id)], |r| r.get(0)).optional()?;
        Ok(new.map_or(id, get))
    }
}
