//! Migrations: a list that only grows. `user_version` counts how many a database has taken.

use super::{StoreError, codec, fts, writer};
use rusqlite::{Connection, TransactionBehavior};
use std::path::Path;

/// One step from a schema to the next.
pub(super) struct Migration {
    sql: &'static str,
    /// What SQL cannot do, in the same transaction.
    then: Option<Step>,
}

/// A step of a migration in Rust.
type Step = fn(&Connection) -> Result<(), StoreError>;

/// Every migration, in order. Never change one that was released: append.
pub(super) const MIGRATIONS: &[Migration] = &[
    Migration { sql: include_str!("migrations/0001.sql"), then: None },
    Migration { sql: include_str!("migrations/0002.sql"), then: None },
    Migration { sql: include_str!("migrations/0003.sql"), then: Some(fill_search) },
    Migration { sql: include_str!("migrations/0004.sql"), then: None },
    Migration { sql: include_str!("migrations/0005.sql"), then: None },
    Migration { sql: include_str!("migrations/0006.sql"), then: None },
    Migration { sql: include_str!("migrations/0007.sql"), then: None },
    Migration { sql: include_str!("migrations/0008.sql"), then: None },
];

/// "nfld": lets `file` and `doctor` tell the database from others.
pub(super) const APPLICATION_ID: i64 = 0x6e66_6c64;

/// The schema's version.
pub(super) fn version(conn: &Connection) -> rusqlite::Result<i64> {
    conn.query_row("PRAGMA user_version", [], |r| r.get(0))
}

/// The latest version that is known here.
pub(super) fn latest() -> i64 {
    MIGRATIONS.len() as i64
}

/// Refuses a database of a later newsfold, or of another program.
pub(super) fn check(conn: &Connection, path: &Path) -> Result<i64, StoreError> {
    let found = version(conn)?;
    let application: i64 = conn.query_row("PRAGMA application_id", [], |r| r.get(0))?;
    if found > 0 && application != APPLICATION_ID {
        return Err(StoreError::Damaged { path: path.to_owned(), detail: "it is not a database of newsfold".to_owned() });
    }
    if found > latest() {
        return Err(StoreError::TooNew { path: path.to_owned(), found, known: latest() });
    }
    Ok(found)
}

/// Brings the database to the latest version, one transaction a step: killed at any point it is old or new.
pub(super) fn run(conn: &mut Connection, path: &Path) -> Result<(), StoreError> {
    run_list(conn, path, MIGRATIONS)
}

fn run_list(conn: &mut Connection, path: &Path, list: &[Migration]) -> Result<(), StoreError> {
    check(conn, path)?;
    loop {
        let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let at = version(&tx)?;
        let Some(step) = usize::try_from(at).ok().and_then(|at| list.get(at)) else {
            return Ok(());
        };
        tx.execute_batch(step.sql)?;
        step.then.map_or(Ok(()), |then| then(&tx))?;
        tx.pragma_update(None, "application_id", APPLICATION_ID)?;
        tx.pragma_update(None, "user_version", at + 1)?;
        tx.commit()?;
    }
}

/// Fills the search index from the articles that are there.
fn fill_search(conn: &Connection) -> Result<(), StoreError> {
    let (unpacker, _) = writer::load_dictionaries(conn)?;
    let mut query = conn.prepare("SELECT a.seq, a.title, a.quality, b.data FROM article a JOIN body b ON b.seq = a.seq ORDER BY a.seq")?;
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        let (seq, title, quality, data): (i64, String, String, Vec<u8>) = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
        fts::insert(conn, seq, &title, &unpacker.text(&data)?, codec::quality(&quality))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Id;
    use crate::store::{Health, Reader};
    use rusqlite::fallible_iterator::FallibleIterator;

    const fn sql(sql: &'static str) -> Migration {
        Migration { sql, then: None }
    }

    #[test]
    fn a_later_schema_and_a_foreign_file_are_refused() {
        let mut conn = Connection::open_in_memory().unwrap();
        run(&mut conn, Path::new("x")).unwrap();
        assert_eq!(version(&conn).unwrap(), latest());
        conn.pragma_update(None, "user_version", latest() + 1).unwrap();
        assert!(matches!(run(&mut conn, Path::new("x")), Err(StoreError::TooNew { .. })));
        let mut other = Connection::open_in_memory().unwrap();
        other.pragma_update(None, "user_version", 1).unwrap();
        assert!(matches!(run(&mut other, Path::new("x")), Err(StoreError::Damaged { .. })));
    }

    /// Rows as a daemon of schema 1 left them.
    const ROWS_1: &str = "
        INSERT INTO owner VALUES (1, 'Harbour Group'), (2, 'Ledger');
        INSERT INTO publisher (id, name, owner) VALUES (1, 'Harbour Post', 1), (2, 'The Ledger', 2);
        INSERT INTO feed (seq, id, declared_url, url, declared, enabled, mute, full_text, kind, added_at)
          VALUES (1, 11, 'https://post.example/feed', 'https://post.example/feed', 1, 1, 0, 1, 'feed', 0);
        INSERT INTO article (seq, url, publisher, title, lang, words, quality) VALUES
          (1, 'https://post.example/1', 1, 'Dockers end their strike', 'en', 9, 'article'),
          (2, 'https://ledger.example/1', 2, 'Strike ends', 'en', 9, 'article'),
          (3, 'https://post.example/2', 1, 'A page nobody may read', 'en', 9, 'paywall');
        INSERT INTO body VALUES (1, CAST(X'00' || 'The dockers of Port Marrin went back to work.' AS BLOB)),
          (2, CAST(X'00' || 'Dockers went back to work on Monday.' AS BLOB)), (3, CAST(X'00' || 'Subscribe to read on.' AS BLOB));
        INSERT INTO placed (seq, id, cluster, story, owner, seen_at, fingerprint, version, mute) VALUES
          (1, 101, 201, 301, 1, 1000, 1, 1, 0), (2, 102, 201, 301, 2, 2000, 1, 1, 0), (3, 103, 203, 303, 1, 3000, 0, 1, 0);
        INSERT INTO story VALUES (301, 'Dockers end their strike', 0, 1000, 2000, 2, 2, 1, NULL, 'en', 1);
        INSERT INTO entry (seq, id, feed, content_hash, seen_at, article) VALUES (1, 401, 1, 5, 1000, 1), (2, 402, 1, 6, 3000, 3);
        INSERT INTO fts (rowid, title, body) VALUES (1, 'Dockers end their strike', 'The dockers of Port Marrin went back to work.'),
          (2, 'Strike ends', 'Dockers went back to work on Monday.'), (3, 'A page nobody may read', '');
        INSERT INTO event (at, kind, id, text) VALUES (1000, 'article', 101, 'Harbour Post: Dockers end their strike');";

    /// Rows of tables that came with a later schema, by its number.
    const LATER_ROWS: [(usize, &str); 1] = [(
        2,
        "INSERT INTO recheck VALUES (1, 1000, 9000); INSERT INTO robots VALUES ('https://post.example', 'newsfold', 1000, '', NULL, NULL);",
    )];

    /// A database as a daemon of schema `version` left it, in `dir`.
    fn of_schema(version: usize, dir: &Path) -> Connection {
        let path = dir.join("newsfold.db");
        let mut conn = Connection::open(&path).unwrap();
        conn.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(())).unwrap();
        run_list(&mut conn, &path, &MIGRATIONS[..1]).unwrap();
        conn.execute_batch(ROWS_1).unwrap();
        for at in 2..=version {
            run_list(&mut conn, &path, &MIGRATIONS[..at]).unwrap();
            LATER_ROWS.iter().filter(|(of, _)| *of == at).for_each(|(_, rows)| conn.execute_batch(rows).unwrap());
        }
        conn
    }

    /// Everything that a person can ask for is there.
    fn is_whole(dir: &Path) {
        let reader = Reader::open(dir).unwrap();
        let found = |query: &str| reader.search(query, 9).unwrap().iter().map(|hit| hit.id.0).collect::<Vec<_>>();
        assert_eq!((found("\"back to work\""), found("marrin"), found("nobody")), (vec![102, 101], vec![101], vec![103]));
        assert!(found("subscribe").is_empty(), "the words of a wall are nobody's");
        let story = reader.story(Id(301)).unwrap().unwrap();
        assert_eq!((story.row.copies, story.clusters.len()), (2, 1));
        let ill: Vec<_> = super::super::doctor(dir, true).into_iter().filter(|finding| finding.health == Health::Bad).collect();
        assert!(ill.is_empty(), "{ill:?}");
    }

    /// The files of `from` as they lie there now: what is left when its process is killed.
    fn as_killed(from: &Path) -> tempfile::TempDir {
        let to = tempfile::tempdir().unwrap();
        for file in std::fs::read_dir(from).unwrap() {
            let file = file.unwrap();
            if !file.file_name().to_string_lossy().ends_with("-shm") {
                std::fs::copy(file.path(), to.path().join(file.file_name())).unwrap();
            }
        }
        to
    }

    #[test]
    fn every_earlier_schema_is_brought_up_with_its_rows() {
        for from in 1..MIGRATIONS.len() {
            let dir = tempfile::tempdir().unwrap();
            let mut conn = of_schema(from, dir.path());
            assert_eq!(version(&conn).unwrap(), from as i64);
            run(&mut conn, &dir.path().join("newsfold.db")).unwrap();
            drop(conn);
            is_whole(dir.path());
        }
    }

    #[test]
    fn killed_at_any_statement_a_migration_is_not_begun_or_done() {
        for (from, step) in MIGRATIONS.iter().enumerate().skip(1) {
            let dir = tempfile::tempdir().unwrap();
            let mut conn = of_schema(from, dir.path());
            // With next to no memory, pages reach the log before the commit, as in a large migration.
            conn.execute_batch("PRAGMA cache_size = 1; PRAGMA cache_spill = 1").unwrap();
            let mut killed = Vec::new();
            {
                let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate).unwrap();
                let mut batch = rusqlite::Batch::new(&tx, step.sql);
                while let Some(mut statement) = batch.next().unwrap() {
                    let mut rows = statement.raw_query();
                    while rows.next().unwrap().is_some() {}
                    drop(rows);
                    killed.push(as_killed(dir.path()));
                }
                if let Some(then) = step.then {
                    then(&tx).unwrap();
                    killed.push(as_killed(dir.path()));
                }
            }
            run(&mut conn, &dir.path().join("newsfold.db")).unwrap();
            // The log, and nothing of it in the file yet.
            killed.push(as_killed(dir.path()));
            assert!(killed.len() >= 2);
            let last = killed.len() - 1;
            for (at, dir) in killed.iter().enumerate() {
                let path = dir.path().join("newsfold.db");
                let mut conn = Connection::open(&path).unwrap();
                let left = version(&conn).unwrap();
                assert_eq!(left, if at == last { latest() } else { from as i64 }, "schema {from}, killed after statement {at}");
                run(&mut conn, &path).unwrap();
                drop(conn);
                is_whole(dir.path());
            }
        }
    }

    #[test]
    fn a_migration_that_fails_leaves_the_old_schema() {
        let mut conn = Connection::open_in_memory().unwrap();
        run_list(&mut conn, Path::new("x"), &[sql("CREATE TABLE a (x)")]).unwrap();
        let broken = [sql("CREATE TABLE a (x)"), sql("CREATE TABLE b (x); INSERT INTO nowhere VALUES (1)")];
        assert!(run_list(&mut conn, Path::new("x"), &broken).is_err());
        assert_eq!(version(&conn).unwrap(), 1);
        let tables: i64 = conn.query_row("SELECT COUNT(*) FROM sqlite_schema WHERE name = 'b'", [], |r| r.get(0)).unwrap();
        assert_eq!(tables, 0);
    }
}
