//! Migrations: a list that only grows. `user_version` counts how many a database has taken.

use super::StoreError;
use rusqlite::{Connection, TransactionBehavior};
use std::path::Path;

/// Every migration, in order. Never change one that was released: append.
pub(super) const MIGRATIONS: &[&str] = &[include_str!("migrations/0001.sql"), include_str!("migrations/0002.sql")];

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

fn run_list(conn: &mut Connection, path: &Path, list: &[&str]) -> Result<(), StoreError> {
    check(conn, path)?;
    loop {
        let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let at = version(&tx)?;
        let Some(sql) = usize::try_from(at).ok().and_then(|at| list.get(at)) else {
            return Ok(());
        };
        tx.execute_batch(sql)?;
        tx.pragma_update(None, "application_id", APPLICATION_ID)?;
        tx.pragma_update(None, "user_version", at + 1)?;
        tx.commit()?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn a_migration_that_fails_leaves_the_old_schema() {
        let mut conn = Connection::open_in_memory().unwrap();
        run_list(&mut conn, Path::new("x"), &["CREATE TABLE a (x)"]).unwrap();
        let broken = ["CREATE TABLE a (x)", "CREATE TABLE b (x); INSERT INTO nowhere VALUES (1)"];
        // The list is longer than MIGRATIONS only in this test; `check` compares with the real one.
        assert!(run_list(&mut conn, Path::new("x"), &broken).is_err());
        assert_eq!(version(&conn).unwrap(), 1);
        let tables: i64 = conn.query_row("SELECT COUNT(*) FROM sqlite_schema WHERE name = 'b'", [], |r| r.get(0)).unwrap();
        assert_eq!(tables, 0);
    }
}
