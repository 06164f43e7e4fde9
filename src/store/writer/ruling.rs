//! What a person ordered, recorded and carried out at once: after a crash all of it stands, or nothing.

use super::Writer;
use crate::model::Id;
use crate::store::codec::{ms, put};
use crate::store::{Ruling, StoreError};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

impl Writer {
    /// Records and carries out a ruling; the numbers of its decisions.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] where an article is not stored; those of SQLite.
    pub fn rule(&mut self, ruling: &Ruling, at: Timestamp) -> Result<Vec<i64>, StoreError> {
        self.write(|t| {
            t.at.set(ms(at));
            let mut numbers = Vec::with_capacity(ruling.decisions.len());
            for (kind, subject, object) in &ruling.decisions {
                let sql = "INSERT INTO decision (at, kind, subject, object) VALUES (?1, ?2, ?3, ?4)";
                t.tx.prepare_cached(sql)?.execute(params![ms(at), kind, put(*subject), object.map(put)])?;
                numbers.push(t.tx.last_insert_rowid());
            }
            for seq in &ruling.withdrawn {
                let sql = "UPDATE decision SET void = 1 WHERE seq = ?1 AND void = 0 RETURNING kind, subject";
                let found = t.tx.query_row(sql, [seq], |r| Ok((r.get::<_, String>(0)?, r.get::<_, i64>(1)?))).optional()?;
                if let Some((kind, subject)) = found
                    && kind == "keep"
                {
                    t.tx.execute("UPDATE placed SET keep = 0 WHERE id = ?1", [subject])?;
                }
            }
            t.move_articles(&ruling.moves)?;
            let data = serde_json::json!({"decisions": numbers, "withdrawn": ruling.withdrawn, "articles": ruling.moves.len()});
            let text = format!("{}: {} articles moved", ruling.kind, ruling.moves.len());
            t.event(ms(at), "decision", Some(ruling.subject), &text, &data)?;
            Ok(numbers)
        })
    }

    /// The cluster of an article.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn cluster_of(&self, article: Id) -> Result<Option<Id>, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT cluster FROM placed WHERE id = ?1")?;
        Ok(query.query_row([put(article)], |r| r.get(0)).optional()?.map(crate::store::codec::get))
    }
}
