//! Caring for the file: copy it, put it back, look whether it is well.

use super::writer::{FILE, load_dictionaries};
use super::{StoreError, lock, migrate};
use rusqlite::{Connection, OpenFlags};
use serde::Serialize;
use std::fs::{self, File};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A copy that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Copied {
    /// Where it lies.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// Articles in it.
    pub articles: u64,
    /// Where the former database went, when one was replaced.
    pub former: Option<PathBuf>,
}

/// How a check went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// As it should be.
    Good,
    /// Works, but a person should know.
    Doubtful,
    /// Something is broken.
    Bad,
}

/// One line of `doctor`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was looked at.
    pub check: String,
    /// How it went.
    pub health: Health,
    /// What was found.
    pub found: String,
    /// What to do about it.
    pub advice: Option<String>,
}

fn read_only(path: &Path) -> Result<Connection, StoreError> {
    let conn = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    conn.busy_timeout(Duration::from_secs(10))?;
    Ok(conn)
}

/// Opens a copy, checks every page, and counts its articles.
fn verify(path: &Path) -> Result<u64, StoreError> {
    let look = || {
        let conn = read_only(path)?;
        if migrate::check(&conn, path)? == 0 {
            return Err(StoreError::Damaged { path: path.to_owned(), detail: "it is not a database of newsfold".to_owned() });
        }
        let verdict: String = conn.query_row("PRAGMA quick_check(1)", [], |r| r.get(0))?;
        if verdict != "ok" {
            return Err(StoreError::Damaged { path: path.to_owned(), detail: verdict });
        }
        Ok(conn.query_row("SELECT COUNT(*) FROM placed", [], |r| super::codec::count(r, 0))?)
    };
    look().map_err(|e: StoreError| e.at(path))
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(ending);
    path.with_file_name(name)
}

/// Copies the database into `file` while a daemon may be writing: the copy is one moment's, is checked page by page, and
/// appears under its name only when it is whole and on the disk. An older file of that name is replaced.
///
/// # Errors
/// [`StoreError::Missing`], [`StoreError::Full`], [`StoreError::Damaged`] where the copy does not pass its check.
pub fn backup(state_dir: &Path, file: &Path) -> Result<Copied, StoreError> {
    let source = state_dir.join(FILE);
    if !source.exists() {
        return Err(StoreError::Missing(source));
    }
    let part = beside(file, ".part");
    let _ = fs::remove_file(&part);
    let done = (|| {
        let conn = read_only(&source)?;
        migrate::check(&conn, &source)?;
        let name = part.to_str().ok_or_else(|| StoreError::Query(format!("{}: a backup's name must be UTF-8", file.display())))?;
        conn.execute("VACUUM INTO ?1", [name])?;
        drop(conn);
        let articles = verify(&part)?;
        settle(&part, file)?;
        let bytes = file.metadata().map_err(|e| StoreError::io(file, e))?.len();
        Ok(Copied { path: file.to_owned(), bytes, articles, former: None })
    })();
    if done.is_err() {
        let _ = fs::remove_file(&part);
    }
    done.map_err(|e: StoreError| e.at(&source))
}

/// Brings `part` to the disk and under its name, for good.
fn settle(part: &Path, file: &Path) -> Result<(), StoreError> {
    let sync = |path: &Path| File::open(path).and_then(|f| f.sync_all()).map_err(|e| StoreError::io(path, e));
    fs::set_permissions(part, fs::Permissions::from_mode(0o640)).map_err(|e| StoreError::io(part, e))?;
    sync(part)?;
    fs::rename(part, file).map_err(|e| StoreError::io(file, e))?;
    sync(file.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new(".")))
}

/// Puts a backup in the place of the database, which is kept beside it as `newsfold.db.former`. Refused while a daemon
/// runs. The backup is checked first; what fails leaves everything as it was.
///
/// # Errors
/// [`StoreError::Locked`], [`StoreError::Damaged`], [`StoreError::TooNew`], [`StoreError::Full`].
pub fn restore(state_dir: &Path, file: &Path) -> Result<Copied, StoreError> {
    if !file.exists() {
        return Err(StoreError::Missing(file.to_owned()));
    }
    fs::create_dir_all(state_dir).map_err(|e| StoreError::io(state_dir, e))?;
    let _lock = lock::exclusive(state_dir, Duration::ZERO)?;
    let articles = verify(file)?;
    let target = state_dir.join(FILE);
    let part = beside(&target, ".part");
    let copied = fs::copy(file, &part).map_err(|e| StoreError::io(&part, e)).and_then(|_| verify(&part));
    if let Err(error) = copied {
        let _ = fs::remove_file(&part);
        return Err(error);
    }
    if target.exists() {
        // The log's content goes home first, so that the file is whole at every moment from here. Where that fails the
        // database is damaged, which is why somebody restores.
        if let Ok(conn) = Connection::open(&target) {
            let _ = conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        }
    }
    let former = target.exists().then(|| beside(&target, ".former"));
    if let Some(former) = &former {
        // Its log goes with it: by the name, SQLite finds both, and never takes the old log for the new file's.
        for ending in ["-wal", "-shm"] {
            let _ = fs::remove_file(beside(former, ending));
            let (from, to) = (beside(&target, ending), beside(former, ending));
            if from.exists() {
                fs::rename(&from, &to).map_err(|e| StoreError::io(&from, e))?;
            }
        }
        fs::rename(&target, former).map_err(|e| StoreError::io(&target, e))?;
    }
    settle(&part, &target)?;
    let bytes = target.metadata().map_err(|e| StoreError::io(&target, e))?.len();
    Ok(Copied { path: target, bytes, articles, former })
}

/// Looks at everything that can be wrong with the database and its folder. Reads only; `deep` also checks every index
/// against its table, and the search index against the articles, which takes a while on a large database.
pub fn doctor(state_dir: &Path, deep: bool) -> Vec<Finding> {
    let mut findings = vec![folder(state_dir)];
    let path = state_dir.join(FILE);
    if !path.exists() {
        findings.push(bad("database", format!("there is none at {}", path.display()), "start the daemon, or run `newsfold poll`"));
        return findings;
    }
    findings.push(permissions(&path));
    findings.push(space(state_dir, &path));
    findings.push(writer(state_dir));
    let damaged = "stop the daemon and run `newsfold restore` with the last backup; keep the damaged file until that worked";
    let conn = match read_only(&path).and_then(|conn| migrate::check(&conn, &path).map(|version| (conn, version))) {
        Ok((conn, version)) => {
            findings.push(good("schema", format!("version {version} of {}", migrate::latest())));
            conn
        }
        Err(error @ StoreError::Damaged { .. }) => {
            findings.push(bad("database", error.to_string(), damaged));
            return findings;
        }
        Err(error) => {
            findings.push(bad("database", error.to_string(), "run `doctor` as the daemon's user"));
            return findings;
        }
    };
    let pragma = if deep { "integrity_check" } else { "quick_check" };
    findings.push(match lines(&conn, &format!("PRAGMA {pragma}(5)")) {
        Ok(lines) if lines == ["ok"] => good("pages", format!("{pragma}: ok")),
        Ok(lines) => bad("pages", lines.join("; "), damaged),
        Err(error) => bad("pages", error.to_string(), damaged),
    });
    for (what, sql) in CHECKS {
        findings.push(match conn.query_row(sql, [], |r| super::codec::count(r, 0)) {
            Ok(0) => good(what, "none".to_owned()),
            Ok(count) => bad(
                what,
                count.to_string(),
                "this is a fault of newsfold: please report it with this output; `newsfold restore` brings back the last backup",
            ),
            Err(error) => bad(what, error.to_string(), damaged),
        });
    }
    if deep {
        findings.push(texts(&conn, damaged));
    }
    findings
}

/// What must not be: the words for people, and a count that must be 0.
const CHECKS: [(&str, &str); 8] = [
    ("broken references", "SELECT COUNT(*) FROM pragma_foreign_key_check"),
    ("articles without a place", "SELECT COUNT(*) FROM article a LEFT JOIN placed p ON p.seq = a.seq WHERE p.seq IS NULL"),
    ("articles without a text", "SELECT COUNT(*) FROM placed p LEFT JOIN body b ON b.seq = p.seq WHERE b.seq IS NULL"),
    (
        "entries neither settled nor pending",
        "SELECT COUNT(*) FROM entry e LEFT JOIN pending n ON n.entry = e.seq WHERE e.article IS NULL AND e.tombstone IS NULL AND n.entry IS NULL",
    ),
    ("clusters in two stories", "SELECT COUNT(*) FROM (SELECT 1 FROM placed GROUP BY cluster HAVING MIN(story) <> MAX(story))"),
    (
        "stories counted wrong",
        "SELECT COUNT(*) FROM (SELECT story, COUNT(*) AS copies, COUNT(DISTINCT cluster) AS texts, COUNT(DISTINCT owner) AS publishers
           FROM placed GROUP BY story HAVING COUNT(*) > 1) t LEFT JOIN story s ON s.id = t.story
         WHERE s.id IS NULL OR s.copies <> t.copies OR s.texts <> t.texts OR s.publishers <> t.publishers",
    ),
    ("stories without articles", "SELECT COUNT(*) FROM story s WHERE NOT EXISTS (SELECT 1 FROM placed p WHERE p.story = s.id)"),
    ("search entries without an article", "SELECT COUNT(*) FROM fts_docsize d LEFT JOIN placed p ON p.seq = d.id WHERE p.seq IS NULL"),
];

fn good(check: &str, found: String) -> Finding {
    Finding { check: check.to_owned(), health: Health::Good, found, advice: None }
}

fn doubtful(check: &str, found: String, advice: &str) -> Finding {
    Finding { check: check.to_owned(), health: Health::Doubtful, found, advice: Some(advice.to_owned()) }
}

fn bad(check: &str, found: String, advice: &str) -> Finding {
    Finding { check: check.to_owned(), health: Health::Bad, found, advice: Some(advice.to_owned()) }
}

fn lines(conn: &Connection, sql: &str) -> rusqlite::Result<Vec<String>> {
    conn.prepare(sql)?.query_map([], |r| r.get(0))?.collect()
}

fn folder(dir: &Path) -> Finding {
    match dir.metadata() {
        Err(error) => bad("folder", format!("{}: {error}", dir.display()), "check `state_dir` in the configuration"),
        Ok(meta) if meta.mode() & 0o002 != 0 => {
            doubtful("folder", format!("{} may be written by everybody", dir.display()), "chmod o-w on it")
        }
        Ok(_) => good("folder", dir.display().to_string()),
    }
}

fn permissions(path: &Path) -> Finding {
    match path.metadata() {
        Err(error) => bad("permissions", error.to_string(), "run `doctor` as the daemon's user"),
        Ok(meta) if meta.mode() & 0o006 != 0 => {
            doubtful("permissions", format!("everybody may read or write it ({:o})", meta.mode() & 0o777), "chmod 640 on newsfold.db")
        }
        Ok(meta) => good("permissions", format!("{:o}, user {}, group {}", meta.mode() & 0o777, meta.uid(), meta.gid())),
    }
}

fn space(dir: &Path, path: &Path) -> Finding {
    let size = |p: &Path| p.metadata().map_or(0, |m| m.len());
    let log = size(&beside(path, "-wal"));
    match rustix::fs::statvfs(dir) {
        Err(error) => doubtful("space", error.to_string(), "look with `df`"),
        Ok(stat) => {
            let free = stat.f_bavail.saturating_mul(stat.f_frsize);
            let found = format!("{} MB free, database {} MB, log {} MB", free >> 20, size(path) >> 20, log >> 20);
            if free < 64 << 20 {
                bad("space", found, "free some, or set retention in the configuration and run `newsfold prune`")
            } else if log > 256 << 20 {
                doubtful("space", found, "some program keeps a read open: the log cannot start over until it ends")
            } else {
                good("space", found)
            }
        }
    }
}

fn writer(dir: &Path) -> Finding {
    match lock::shared(dir) {
        Some(_) => good("writer", "none runs".to_owned()),
        None => {
            let pid = fs::read_to_string(lock::path(dir)).unwrap_or_default();
            good("writer", format!("pid {}", pid.trim()))
        }
    }
}

/// Unpacks every text.
fn texts(conn: &Connection, damaged: &str) -> Finding {
    let look = || -> Result<(u64, u64), StoreError> {
        let (with, _) = load_dictionaries(conn)?;
        let mut query = conn.prepare("SELECT data FROM body")?;
        let mut rows = query.query([])?;
        let (mut all, mut broken) = (0, 0);
        while let Some(row) = rows.next()? {
            all += 1;
            broken += u64::from(with.unpack(row.get_ref(0)?.as_blob().unwrap_or_default()).is_err());
        }
        Ok((all, broken))
    };
    match look() {
        Ok((all, 0)) => good("texts", format!("{all} unpack")),
        Ok((all, broken)) => bad("texts", format!("{broken} of {all} do not unpack"), damaged),
        Err(error) => bad("texts", error.to_string(), damaged),
    }
}
