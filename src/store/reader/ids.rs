//! Everything of one kind, page by page: for what goes through all of it in constant memory.

use super::Reader;
use crate::model::Id;
use crate::store::StoreError;
use crate::store::codec::{get, ms};
use crate::store::groups::{of_cluster, of_story};
use jiff::Timestamp;
use rusqlite::params;

/// What [`Reader::ids`] goes through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Every {
    /// Articles.
    Article,
    /// Clusters.
    Cluster,
    /// Stories.
    Story,
}

impl Reader {
    /// At most `limit` ids of one kind that stand behind the place `after` (0: from the start), each with its place, in
    /// the order in which their first articles were placed; only what has an article first seen since `since`.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn ids(&self, what: Every, since: Option<Timestamp>, after: i64, limit: u32) -> Result<Vec<(i64, Id)>, StoreError> {
        let (column, group) = match what {
            Every::Article => ("id", None),
            Every::Cluster => ("cluster", Some(of_cluster!("p.cluster"))),
            Every::Story => ("story", Some(of_story!("p.story"))),
        };
        let first = group.map_or_else(String::new, |rows| {
            format!("AND NOT EXISTS (SELECT 1 FROM placed q WHERE q.seq IN {rows} AND q.seq < p.seq AND q.seen_at >= ?2)")
        });
        let sql = format!("SELECT p.seq, p.{column} FROM placed p WHERE p.seq > ?1 AND p.seen_at >= ?2 {first} ORDER BY p.seq LIMIT ?3");
        self.read(|conn| {
            let mut query = conn.prepare_cached(&sql)?;
            let rows = query.query_map(params![after, since.map_or(i64::MIN, ms), limit], |r| Ok((r.get(0)?, get(r.get(1)?))))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}
