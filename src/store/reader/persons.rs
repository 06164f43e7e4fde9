//! What a person's decisions are made on: texts in their order, decisions in force, marks.

use super::Reader;
use crate::model::Id;
use crate::store::codec::{get, put, time};
use crate::store::groups::of_cluster;
use crate::store::writer::{boilerplate_rows, decision_rows, index_rows};
use crate::store::{BoilerplateRow, Decision, IndexRow, StoreError, StoredText, texts};
use jiff::Timestamp;

impl Reader {
    /// Texts in the order asked for; unknown ids are left out.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where a text does not unpack; those of SQLite.
    pub fn texts(&self, ids: &[Id]) -> Result<Vec<StoredText>, StoreError> {
        self.read(|conn| texts::by_id(conn, ids, |data| self.text(data)))
    }

    /// Up to `limit` texts placed after number `after`, each with its number, in the order of placement.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where a text does not unpack; those of SQLite.
    pub fn texts_after(&self, after: i64, limit: u32) -> Result<Vec<(i64, StoredText)>, StoreError> {
        self.read(|conn| texts::after(conn, after, limit, |data| self.text(data)))
    }

    /// Articles that are stored.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn count_articles(&self) -> Result<u64, StoreError> {
        self.read(|conn| Ok(conn.query_row("SELECT COUNT(*) FROM placed", [], |r| crate::store::codec::count(r, 0))?))
    }

    /// The articles of a cluster in the order of placement.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn articles_of(&self, cluster: Id) -> Result<Vec<Id>, StoreError> {
        let sql = concat!("SELECT id FROM placed WHERE seq IN ", of_cluster!("?1"), " ORDER BY seq");
        self.read(|conn| {
            let mut query = conn.prepare_cached(sql)?;
            Ok(query.query_map([put(cluster)], |r| Ok(get(r.get(0)?)))?.collect::<Result<_, _>>()?)
        })
    }

    /// Decisions in force, oldest first.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn decisions(&self) -> Result<Vec<Decision>, StoreError> {
        self.read(decision_rows)
    }

    /// Learnt boilerplate of all publishers.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn boilerplate(&self) -> Result<Vec<BoilerplateRow>, StoreError> {
        self.read(|conn| boilerplate_rows(conn, None))
    }

    /// Learnt boilerplate of one publisher.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn boilerplate_of(&self, publisher: &str) -> Result<Vec<BoilerplateRow>, StoreError> {
        self.read(|conn| boilerplate_rows(conn, Some(publisher)))
    }

    /// What the indexes are built from: articles first seen at or after `since`, in the order of placement.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn index_rows(&self, since: Timestamp, row: &mut dyn FnMut(IndexRow)) -> Result<(), StoreError> {
        self.read(|conn| index_rows(conn, since, row))
    }

    /// When the oldest article was first seen.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn oldest(&self) -> Result<Option<Timestamp>, StoreError> {
        self.read(|conn| Ok(conn.query_row("SELECT MIN(seen_at) FROM placed", [], |r| r.get::<_, Option<i64>>(0))?.map(time)))
    }

    /// The latest time of this machine's clock that is stored: of an article first seen, or of a poll.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn newest(&self) -> Result<Option<Timestamp>, StoreError> {
        let sql = "SELECT MAX(at) FROM (SELECT MAX(seen_at) AS at FROM placed UNION ALL SELECT MAX(last_poll_at) FROM feed)";
        self.read(|conn| Ok(conn.query_row(sql, [], |r| r.get::<_, Option<i64>>(0))?.map(time)))
    }
}
