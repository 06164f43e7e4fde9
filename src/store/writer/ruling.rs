//! What a person ordered, recorded and carried out at once: after a crash all of it stands, or nothing.

use super::learnt::{DECISION, decision_row};
use super::{Tx, Writer};
use crate::model::Id;
use crate::store::codec::{get, join_reason, ms, put};
use crate::store::groups::of_story;
use crate::store::{Before, Decision, Move, Ruling, Stood, StoreError};
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
            if let Some(first) = numbers.first() {
                let before = Before { stood: t.stood(&ruling.moves)?, overruled: ruling.withdrawn.clone() };
                let before = serde_json::to_string(&before).map_err(|e| StoreError::Sqlite(e.to_string()))?;
                t.tx.execute("UPDATE decision SET before = ?2 WHERE seq = ?1", params![first, before])?;
            }
            for seq in &ruling.revived {
                t.tx.execute("UPDATE decision SET void = 0 WHERE seq = ?1", [seq])?;
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
            let moved = ruling.moves.len();
            let text = format!("{}: {moved} {} moved", ruling.kind, if moved == 1 { "article" } else { "articles" });
            t.event(ms(at), "decision", Some(ruling.subject), &text, &data)?;
            Ok(numbers)
        })
    }

    /// Decisions by number, those that are in force no longer too.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn decisions_named(&self, numbers: &[i64]) -> Result<Vec<Decision>, StoreError> {
        let mut query = self.conn.prepare_cached(&format!("{DECISION} WHERE seq = ?1"))?;
        let found = numbers.iter().map(|number| query.query_row([number], decision_row).optional());
        Ok(found.filter_map(Result::transpose).collect::<Result<_, _>>()?)
    }

    /// Whether anything stands in a story.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn story_holds(&self, story: Id) -> Result<bool, StoreError> {
        Ok(self.conn.prepare_cached(concat!("SELECT 1 FROM ", of_story!("?1")))?.exists([put(story)])?)
    }

    /// Where the id of a story leads that is no more.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn redirected(&self, story: Id) -> Result<Option<Id>, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT new FROM redirect WHERE old = ?1")?;
        Ok(query.query_row([put(story)], |r| r.get(0)).optional()?.map(get))
    }

    /// The cluster of an article.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn cluster_of(&self, article: Id) -> Result<Option<Id>, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT cluster FROM placed WHERE id = ?1")?;
        Ok(query.query_row([put(article)], |r| r.get(0)).optional()?.map(get))
    }
}

impl Tx<'_> {
    /// Where the articles stand that are about to move.
    fn stood(&self, moves: &[Move]) -> Result<Vec<Stood>, StoreError> {
        let sql = "SELECT p.cluster, p.story, a.because, (SELECT json FROM common WHERE id = a.because_common)
          FROM placed p JOIN article a ON a.seq = p.seq WHERE p.id = ?1";
        let mut query = self.tx.prepare_cached(sql)?;
        let stood = moves.iter().map(|one| {
            let stood = |r: &rusqlite::Row<'_>| {
                let because = Some(join_reason(r.get(2)?, r.get(3)?)).filter(|because| !because.is_null());
                Ok(Stood { article: one.article, cluster: get(r.get(0)?), story: get(r.get(1)?), because })
            };
            Ok(query.query_row([put(one.article)], stood).optional()?)
        });
        stood.filter_map(Result::transpose).collect()
    }
}
