//! Caring for the file: copy it, put it back, look whether it is well.

use super::groups::of_story;
use super::reader::has_journal;
use super::writer::{FILE, load_dictionaries};
use super::{StoreError, lock, migrate, pins};
use rusqlite::{Connection, OpenFlags};
use serde::Serialize;
use std::fs::{self, File};
use std::io::Read;
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

/// A name beside the database for the one that is replaced, which no file has yet.
fn free_beside(target: &Path) -> PathBuf {
    let names = std::iter::once(".former".to_owned()).chain((2..).map(|n| format!(".former.{n}")));
    names.map(|name| beside(target, &name)).find(|path| path.symlink_metadata().is_err()).unwrap_or_else(|| beside(target, ".former"))
}

/// Copies the database into `file` while a daemon may be writing: the copy is one moment's, is checked page by page, and
/// appears under its name only when it is whole and on the disk. An older backup of that name is replaced, and nothing else.
///
/// # Errors
/// [`StoreError::Busy`] where so much is written meanwhile that the log would grow too long; [`StoreError::Missing`],
/// [`StoreError::Full`], [`StoreError::Damaged`] where the copy does not pass its check.
pub fn backup(state_dir: &Path, file: &Path) -> Result<Copied, StoreError> {
    let source = state_dir.join(FILE);
    if !source.exists() {
        return Err(StoreError::Missing(source));
    }
    fit_for_copy(&source, file)?;
    let part = beside(file, ".part");
    let _ = fs::remove_file(&part);
    let done = (|| {
        let conn = read_only(&source)?;
        migrate::check(&conn, &source)?;
        let name = part.to_str().ok_or_else(|| unfit(file, "a backup's name must be UTF-8"))?;
        pins::giving_way(&conn, &beside(&source, "-wal"), || Ok(conn.execute("VACUUM INTO ?1", [name])?))?;
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

fn unfit(file: &Path, why: &'static str) -> StoreError {
    StoreError::Io { path: file.to_owned(), source: std::io::Error::new(std::io::ErrorKind::InvalidInput, why) }
}

/// A copy under the database's own name would take the file away under its writer.
fn not_itself(database: &Path, file: &Path) -> Result<(), StoreError> {
    let which = |path: &Path| path.metadata().map(|m| (m.dev(), m.ino()));
    match (which(database), which(file)) {
        (Ok(one), Ok(other)) if one == other => Err(unfit(file, "it is the database itself: name another file")),
        _ => Ok(()),
    }
}

/// Where a copy may go: to a file that is not there, or to an older copy.
fn fit_for_copy(database: &Path, file: &Path) -> Result<(), StoreError> {
    not_itself(database, file)?;
    if file == Path::new("-") {
        return Err(unfit(file, "a backup goes to a file of its own, not to a pipe: name one"));
    }
    let folder = file.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
    folder.metadata().map_err(|e| StoreError::io(folder, e))?;
    let Ok(there) = file.metadata() else { return Ok(()) };
    if !there.is_file() {
        return Err(unfit(file, "it is a folder or a device: name a file"));
    }
    let mut start = Vec::new();
    File::open(file).and_then(|f| f.take(16).read_to_end(&mut start)).map_err(|e| StoreError::io(file, e))?;
    if start.is_empty() || start == *b"SQLite format 3\0" {
        Ok(())
    } else {
        Err(unfit(file, "it is there, and no older backup: name another file"))
    }
}

fn sync(path: &Path) -> Result<(), StoreError> {
    File::open(path).and_then(|f| f.sync_all()).map_err(|e| StoreError::io(path, e))
}

/// Brings `part` to the disk and under its name, for good.
fn settle(part: &Path, file: &Path) -> Result<(), StoreError> {
    fs::set_permissions(part, fs::Permissions::from_mode(0o640)).map_err(|e| StoreError::io(part, e))?;
    sync(part)?;
    fs::rename(part, file).map_err(|e| StoreError::io(file, e))?;
    sync(file.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new(".")))
}

/// Puts a backup in the place of the database, which is kept beside it as `newsfold.db.former`, or as `….former.2` where an
/// earlier restoring left one: what it took away may be the only copy. Refused while a daemon runs. The backup is checked
/// first; what fails leaves everything as it was.
///
/// # Errors
/// [`StoreError::Locked`], [`StoreError::Damaged`], [`StoreError::TooNew`], [`StoreError::Full`].
pub fn restore(state_dir: &Path, file: &Path) -> Result<Copied, StoreError> {
    if !file.exists() {
        return Err(StoreError::NoBackup { path: file.to_owned(), detail: "it is not there".to_owned() });
    }
    fs::create_dir_all(state_dir).map_err(|e| StoreError::io(state_dir, e))?;
    let _lock = lock::exclusive(state_dir, Duration::ZERO)?;
    let target = state_dir.join(FILE);
    not_itself(&target, file)?;
    let articles = verify(file).map_err(|error| match error {
        StoreError::Damaged { path, detail } => StoreError::NoBackup { path, detail },
        other => other,
    })?;
    let part = beside(&target, ".part");
    let copied = fs::copy(file, &part)
        .map_err(|e| StoreError::io(&part, e))
        .and_then(|_| verify(&part))
        .and_then(|_| like_its_folder(&part, state_dir))
        .and_then(|()| sync(&part));
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
    let former = target.exists().then(|| free_beside(&target));
    if let Some(former) = &former {
        // Its log goes with it: by the name, SQLite finds both, and never takes the old log for the new file's.
        for ending in ["-wal", "-shm"] {
            let _ = fs::remove_file(beside(former, ending));
            let (from, to) = (beside(&target, ending), beside(former, ending));
            if from.exists() {
                fs::rename(&from, &to).map_err(|e| StoreError::io(&from, e))?;
            }
        }
        // A second name first, so that at no moment there is none: the next daemon would begin an empty database.
        fs::hard_link(&target, former).or_else(|_| fs::rename(&target, former)).map_err(|e| StoreError::io(&target, e))?;
    }
    settle(&part, &target)?;
    let bytes = target.metadata().map_err(|e| StoreError::io(&target, e))?.len();
    Ok(Copied { path: target, bytes, articles, former })
}

/// Gives `file` to the owner of its folder: root may restore what another user's daemon writes.
fn like_its_folder(file: &Path, folder: &Path) -> Result<(), StoreError> {
    let owner = |path: &Path| path.metadata().map(|m| (m.uid(), m.gid())).map_err(|e| StoreError::io(path, e));
    let (is, should) = (owner(file)?, owner(folder)?);
    if is.0 != should.0 {
        std::os::unix::fs::chown(file, Some(should.0), Some(should.1)).map_err(|e| StoreError::io(file, e))?;
    }
    Ok(())
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
        // A writer makes it in one go: what is seen of that on the way is no damage.
        Ok((_, 0)) => {
            findings.push(unfinished());
            return findings;
        }
        Err(_) if has_journal(&path) => {
            findings.push(unfinished());
            return findings;
        }
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
    let log = beside(&path, "-wal");
    let failed = |what: &str, error: StoreError| match error {
        StoreError::Busy(why) => doubtful(what, format!("not looked at to the end: {why}"), "run `doctor` again"),
        error => bad(what, error.to_string(), damaged),
    };
    let pages = pins::giving_way(&conn, &log, || Ok(lines(&conn, &format!("PRAGMA {pragma}(5)"))?));
    findings.push(match pages {
        Ok(lines) if lines == ["ok"] => good("pages", format!("{pragma}: ok")),
        Ok(lines) => bad("pages", lines.join("; "), damaged),
        Err(error) => failed("pages", error),
    });
    for (what, sql) in CHECKS {
        let count = pins::giving_way(&conn, &log, || Ok(conn.query_row(sql, [], |r| super::codec::count(r, 0))?));
        findings.push(match count {
            Ok(0) => good(what, "none".to_owned()),
            Ok(count) => bad(
                what,
                count.to_string(),
                "this is a fault of newsfold: please report it with this output; `newsfold restore` brings back the last backup",
            ),
            Err(error) => failed(what, error),
        });
    }
    if deep {
        findings.push(match pins::giving_way(&conn, &log, || texts(&conn)) {
            Ok((all, 0)) => good("texts", format!("{all} unpack")),
            Ok((all, broken)) => bad("texts", format!("{broken} of {all} do not unpack"), damaged),
            Err(error) => failed("texts", error),
        });
    }
    findings
}

/// What must not be: the words for people, and a count that must be 0.
const CHECKS: [(&str, &str); 9] = [
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
    ("stories without articles", concat!("SELECT COUNT(*) FROM story s WHERE NOT EXISTS ", of_story!("s.id"))),
    (
        "articles that search does not know",
        "SELECT COUNT(*) FROM article a LEFT JOIN fts_docsize d ON d.id = a.seq WHERE d.id IS NULL AND a.title <> ''",
    ),
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

fn unfinished() -> Finding {
    let found = "it is being made, or the newsfold that made it was killed".to_owned();
    doubtful("database", found, "start the daemon, or run `newsfold poll`, which finishes it")
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
        Ok(meta) => match path.parent().and_then(|folder| folder.metadata().ok()) {
            Some(folder) if folder.uid() != meta.uid() => doubtful(
                "permissions",
                format!("it belongs to user {}, its folder to user {}, who may not be able to write it", meta.uid(), folder.uid()),
                "chown newsfold.* to the user that the daemon runs as",
            ),
            _ => good("permissions", format!("{:o}, user {}, group {}", meta.mode() & 0o777, meta.uid(), meta.gid())),
        },
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
            } else if log > pins::MOST_LOG {
                let who: Vec<String> =
                    pins::of(&beside(path, "-shm")).into_iter().map(|(pid, name)| format!("{name}, pid {pid}")).collect();
                let advice = "some program keeps a read open, and the log cannot start over until it ends";
                let advice = if who.is_empty() { advice.to_owned() } else { format!("{advice}; open it have: {}", who.join("; ")) };
                doubtful("space", found, &advice)
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

/// Unpacks every text: how many there are, and how many are broken.
fn texts(conn: &Connection) -> Result<(u64, u64), StoreError> {
    let (with, _) = load_dictionaries(conn)?;
    let mut query = conn.prepare("SELECT data FROM body")?;
    let mut rows = query.query([])?;
    let (mut all, mut broken) = (0, 0);
    while let Some(row) = rows.next()? {
        all += 1;
        broken += u64::from(with.unpack(row.get_ref(0)?.as_blob().unwrap_or_default()).is_err());
    }
    Ok((all, broken))
}
