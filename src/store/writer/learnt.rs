//! What newsfold has learnt, what a person decided, and small things under a name.

use super::{Tx, Writer};
use crate::model::Id;
use crate::store::codec::{get, ms, put, time};
use crate::store::{Before, BoilerplateRow, Decision, Findings, StoreError};
use jiff::Timestamp;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, params};

impl Writer {
    /// Records a person's decision; "keep" on an article also marks it, so that retention leaves it. The decision's number.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn decide(&mut self, kind: &str, subject: Id, object: Option<Id>, at: Timestamp) -> Result<i64, StoreError> {
        self.write(|t| {
            let sql = "INSERT INTO decision (at, kind, subject, object) VALUES (?1, ?2, ?3, ?4)";
            t.tx.execute(sql, params![ms(at), kind, put(subject), object.map(put)])?;
            let seq = t.tx.last_insert_rowid();
            if kind == "keep" {
                t.tx.execute("UPDATE placed SET keep = 1 WHERE id = ?1", [put(subject)])?;
            }
            let data = serde_json::json!({"decision": seq, "object": object});
            t.event(ms(at), "decision", Some(subject), kind, &data)?;
            Ok(seq)
        })
    }

    /// Withdraws a decision. `false`: there is none of this number in force.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn withdraw(&mut self, seq: i64) -> Result<bool, StoreError> {
        self.write(|t| {
            let sql = "UPDATE decision SET void = 1 WHERE seq = ?1 AND void = 0 RETURNING kind, subject";
            let found = t.tx.query_row(sql, [seq], |r| Ok((r.get::<_, String>(0)?, r.get::<_, i64>(1)?))).optional()?;
            if let Some((kind, subject)) = &found
                && kind == "keep"
            {
                t.tx.execute("UPDATE placed SET keep = 0 WHERE id = ?1", [subject])?;
            }
            Ok(found.is_some())
        })
    }

    /// Decisions in force, oldest first.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn decisions(&self) -> Result<Vec<Decision>, StoreError> {
        decision_rows(&self.conn)
    }

    /// Decisions of one kind in force, oldest first.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn decisions_of(&self, kind: &str) -> Result<Vec<Decision>, StoreError> {
        // Asked with every placement, and most databases hold none.
        if !self.conn.prepare_cached("SELECT 1 FROM decision WHERE kind = ?1 AND void = 0")?.exists([kind])? {
            return Ok(Vec::new());
        }
        Ok(self.decisions()?.into_iter().filter(|decision| decision.kind == kind).collect())
    }

    /// Learnt boilerplate of one publisher, or of all.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn load_boilerplate(&self, publisher: Option<&str>) -> Result<Vec<BoilerplateRow>, StoreError> {
        boilerplate_rows(&self.conn, publisher)
    }

    /// Stores learnt boilerplate; a row with count 0 is removed.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn save_boilerplate(&mut self, rows: &[BoilerplateRow]) -> Result<(), StoreError> {
        self.write(|t| t.save_boilerplate(rows))
    }

    /// Stores all of it in one transaction; none where there is nothing.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn save_findings(&mut self, found: &Findings, at: Timestamp) -> Result<(), StoreError> {
        if *found == Findings::default() {
            return Ok(());
        }
        self.write(|t| {
            t.set_origins(&found.origins, at)?;
            t.set_story_titles(&found.titles)?;
            t.set_metas(&found.metas)?;
            t.save_boilerplate(&found.lines)
        })
    }

    /// How common terms are, as [`Writer::save_background`] stored it.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn load_background(&self) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.conn.prepare_cached("SELECT data FROM background")?.query_row([], |r| r.get(0)).optional()?)
    }

    /// Stores how common terms are, packed, counted over everything that is placed by now: [`Writer::index_rows`] tells which
    /// rows that leaves to be counted.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn save_background(&mut self, packed: &[u8]) -> Result<(), StoreError> {
        self.write(|t| {
            let sql = "INSERT OR REPLACE INTO background (id, through, data) SELECT 1, COALESCE(MAX(seq), 0), ?1 FROM placed";
            t.tx.prepare_cached(sql)?.execute([packed])?;
            Ok(())
        })
    }

    /// A small thing kept under a name.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn meta(&self, key: &str) -> Result<Option<String>, StoreError> {
        Ok(self.conn.prepare_cached("SELECT value FROM meta WHERE key = ?1")?.query_row([key], |r| r.get(0)).optional()?)
    }

    /// What is kept under names that begin with `prefix`: the rest of each name, and the thing.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn metas(&self, prefix: &str) -> Result<Vec<(String, String)>, StoreError> {
        let mut query =
            self.conn.prepare_cached("SELECT substr(key, length(?1) + 1), value FROM meta WHERE substr(key, 1, length(?1)) = ?1")?;
        Ok(query.query_map([prefix], |r| Ok((r.get(0)?, r.get(1)?)))?.collect::<Result<_, _>>()?)
    }

    /// Keeps several small things, each under its name.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn set_metas(&mut self, rows: &[(String, String)]) -> Result<(), StoreError> {
        if rows.is_empty() {
            return Ok(());
        }
        self.write(|t| t.set_metas(rows))
    }

    /// Keeps a small thing under a name.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn set_meta(&mut self, key: &str, value: &str) -> Result<(), StoreError> {
        self.write(|t| {
            t.tx.prepare_cached("INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)")?.execute([key, value])?;
            Ok(())
        })
    }

    /// Writes an event of the daemon's own ("started", "paused", …).
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn note(&mut self, at: Timestamp, kind: &str, id: Option<Id>, text: &str, data: &serde_json::Value) -> Result<(), StoreError> {
        self.write(|t| t.event(ms(at), kind, id, text, data))
    }
}

/// As [`Writer::decisions`].
pub(in crate::store) fn decision_rows(conn: &Connection) -> Result<Vec<Decision>, StoreError> {
    let mut query = conn.prepare_cached(&format!("{DECISION} WHERE void = 0 ORDER BY seq"))?;
    Ok(query.query_map([], decision_row)?.collect::<Result<_, _>>()?)
}

/// What [`decision_row`] reads.
pub(super) const DECISION: &str = "SELECT seq, at, kind, subject, object, void, before FROM decision";

pub(super) fn decision_row(r: &Row<'_>) -> rusqlite::Result<Decision> {
    let unread = |error| rusqlite::Error::FromSqlConversionFailure(6, Type::Text, Box::new(error));
    let before = r.get::<_, Option<String>>(6)?;
    Ok(Decision {
        seq: r.get(0)?,
        at: time(r.get(1)?),
        kind: r.get(2)?,
        subject: get(r.get(3)?),
        object: r.get::<_, Option<i64>>(4)?.map(get),
        void: r.get(5)?,
        before: before.map_or_else(|| Ok(Before::default()), |json| serde_json::from_str(&json).map_err(unread))?,
    })
}

/// As [`Writer::load_boilerplate`].
pub(in crate::store) fn boilerplate_rows(conn: &Connection, publisher: Option<&str>) -> Result<Vec<BoilerplateRow>, StoreError> {
    let mut query = conn.prepare_cached(
        "SELECT u.name, b.hash, b.sample, b.count, b.last_seen_at FROM boilerplate b JOIN publisher u ON u.id = b.publisher
         WHERE ?1 IS NULL OR u.name = ?1 ORDER BY b.publisher, b.hash",
    )?;
    let rows = query.query_map([publisher], |r| {
        Ok(BoilerplateRow {
            publisher: r.get(0)?,
            hash: r.get::<_, i64>(1)?.cast_unsigned(),
            sample: r.get(2)?,
            count: r.get(3)?,
            last_seen_at: time(r.get(4)?),
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

impl Tx<'_> {
    fn save_boilerplate(&mut self, rows: &[BoilerplateRow]) -> Result<(), StoreError> {
        for row in rows {
            let (publisher, _) = self.publisher(&row.publisher, None)?;
            let hash = row.hash.cast_signed();
            if row.count == 0 {
                self.tx.prepare_cached("DELETE FROM boilerplate WHERE publisher = ?1 AND hash = ?2")?.execute([publisher, hash])?;
            } else {
                let sql = "INSERT OR REPLACE INTO boilerplate (publisher, hash, sample, count, last_seen_at) VALUES (?1, ?2, ?3, ?4, ?5)";
                self.tx.prepare_cached(sql)?.execute(params![publisher, hash, row.sample, row.count, ms(row.last_seen_at)])?;
            }
        }
        Ok(())
    }

    fn set_metas(&self, rows: &[(String, String)]) -> Result<(), StoreError> {
        let mut set = self.tx.prepare_cached("INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)")?;
        rows.iter().try_for_each(|(key, value)| set.execute([key, value]).map(drop))?;
        Ok(())
    }
}
