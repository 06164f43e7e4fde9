//! Pages that are looked at again, and the rules of robots.txt, which outlive a restart too.

use super::{Tx, Writer};
use crate::model::{Credit, ParsedEntry, Validators};
use crate::store::codec::{get, ms, put, time};
use crate::store::groups::of_cluster;
use crate::store::{Looked, PageState, PendingEntry, Recheck, RobotsRules, StoreError};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};
use std::collections::HashSet;

/// The entry stands for all that lead to the article: the first that came. An article with an entry in the queue is left
/// out, since its page is about to be fetched anyway. CROSS JOIN keeps SQLite from beginning with all articles there are,
/// which it does while the table of rechecks is small.
const DUE: &str = concat!(
    "
  SELECT p.id, r.fetched_at, a.title, a.byline, a.published_at, a.credit, a.credit_words, a.etag, a.last_modified, u.name,
    EXISTS (SELECT 1 FROM placed q WHERE q.seq <> p.seq AND q.seq IN ",
    of_cluster!("p.cluster"),
    "), p.seen_at,
    e.id, f.id, f.declared_url, w.name, f.full_text, f.mute, COALESCE(a.fetched_url, a.url), f.declared AND f.enabled
  FROM recheck r CROSS JOIN placed p ON p.seq = r.seq CROSS JOIN article a ON a.seq = r.seq CROSS JOIN publisher u ON u.id = a.publisher
    CROSS JOIN entry e ON e.seq = (SELECT MIN(seq) FROM entry WHERE article = r.seq) CROSS JOIN feed f ON f.seq = e.feed
    LEFT JOIN publisher w ON w.id = f.publisher
  WHERE r.next_at <= ?1 AND NOT EXISTS (SELECT 1 FROM pending n JOIN entry x ON x.seq = n.entry WHERE x.article = r.seq)
  ORDER BY r.next_at, r.seq LIMIT ?3 OFFSET ?2"
);

fn recheck(r: &Row<'_>) -> rusqlite::Result<Recheck> {
    let at = |i: usize| Ok::<_, rusqlite::Error>(r.get::<_, Option<i64>>(i)?.map(time));
    let (credit, words): (Option<String>, Option<String>) = (r.get(5)?, r.get(6)?);
    let article = get(r.get(0)?);
    let entry = ParsedEntry { title: r.get(2)?, author: r.get(3)?, published_at: at(4)?, ..ParsedEntry::default() };
    Ok(Recheck {
        article,
        fetched_at: time(r.get(1)?),
        credit: credit.map(|name| Credit { name, words: words.unwrap_or_default() }),
        validators: Validators { etag: r.get(7)?, last_modified: r.get(8)? },
        publisher: r.get(9)?,
        shared: r.get(10)?,
        wanted: r.get(19)?,
        entry: PendingEntry {
            id: get(r.get(12)?),
            feed: get(r.get(13)?),
            feed_url: r.get(14)?,
            publisher: r.get(15)?,
            url: r.get(18)?,
            entry,
            seen_at: time(r.get(11)?),
            attempts: 0,
            article: Some(article),
            full_text: r.get(16)?,
            mute: r.get(17)?,
        },
    })
}

impl Writer {
    /// Pages whose next look is due, longest overdue first; the first `pass` are passed by.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn rechecks_due(&self, now: Timestamp, pass: u32, limit: u32) -> Result<Vec<Recheck>, StoreError> {
        let mut query = self.conn.prepare_cached(DUE)?;
        let rows = query.query_map(params![ms(now), pass, limit], recheck)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// When the next look is due; `None` when none will be.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn next_recheck(&self) -> Result<Option<Timestamp>, StoreError> {
        let sql = "SELECT MIN(next_at) FROM recheck";
        Ok(self.conn.prepare_cached(sql)?.query_row([], |r| r.get::<_, Option<i64>>(0))?.map(time))
    }

    /// Hosts that have pages in the queue which may be fetched now.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn pending_hosts(&self, now: Timestamp) -> Result<HashSet<String>, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT DISTINCT host FROM pending WHERE next_try_at <= ?1")?;
        Ok(query.query_map([ms(now)], |r| r.get(0))?.collect::<Result<_, _>>()?)
    }

    /// Records looks: when the next is due, and how the pages stand. An article that was pruned meanwhile is passed over.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn looked(&mut self, looks: &[Looked], now: Timestamp) -> Result<(), StoreError> {
        self.write(|t| looks.iter().try_for_each(|look| t.looked(look, ms(now))))
    }

    /// Drops looks that lie further ahead than `limit`, where only a clock that was set back leaves them.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn forget_rechecks(&mut self, limit: Timestamp) -> Result<(), StoreError> {
        let far = "SELECT EXISTS (SELECT 1 FROM recheck WHERE next_at > ?1)";
        if !self.conn.prepare_cached(far)?.query_row([ms(limit)], |r| r.get::<_, bool>(0))? {
            return Ok(());
        }
        self.write(|t| {
            t.tx.execute("DELETE FROM recheck WHERE next_at > ?1", [ms(limit)])?;
            Ok(())
        })
    }

    /// Keeps what robots.txt of these origins said; forgets what was fetched before `before`.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn keep_robots(&mut self, rules: &[RobotsRules], before: Timestamp) -> Result<(), StoreError> {
        self.write(|t| {
            let mut insert = t.tx.prepare_cached(
                "INSERT OR REPLACE INTO robots (origin, agent, fetched_at, rules, etag, last_modified) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?;
            for r in rules {
                insert.execute(params![r.origin, r.agent, ms(r.fetched_at), r.rules, r.validators.etag, r.validators.last_modified])?;
            }
            t.tx.prepare_cached("DELETE FROM robots WHERE fetched_at < ?1")?.execute([ms(before)])?;
            Ok(())
        })
    }

    /// What robots.txt said to `agent`, for each origin where that was fetched at or after `since`; the latest `limit`.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn robots(&self, agent: &str, since: Timestamp, limit: u32) -> Result<Vec<RobotsRules>, StoreError> {
        let mut query = self.conn.prepare_cached(
            "SELECT origin, agent, fetched_at, rules, etag, last_modified FROM robots WHERE agent = ?1 AND fetched_at >= ?2
             ORDER BY fetched_at DESC LIMIT ?3",
        )?;
        let rows = query.query_map(params![agent, ms(since), limit], |r| {
            Ok(RobotsRules {
                origin: r.get(0)?,
                agent: r.get(1)?,
                fetched_at: time(r.get(2)?),
                rules: r.get(3)?,
                validators: Validators { etag: r.get(4)?, last_modified: r.get(5)? },
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Tx<'_> {
    /// The page of a new article is to be looked at again.
    pub(super) fn plan_recheck(&self, seq: i64, fetched_at: Timestamp, next_at: Timestamp) -> Result<(), StoreError> {
        let mut insert = self.tx.prepare_cached("INSERT OR REPLACE INTO recheck (seq, fetched_at, next_at) VALUES (?1, ?2, ?3)")?;
        insert.execute(params![seq, ms(fetched_at), ms(next_at)])?;
        Ok(())
    }

    fn looked(&self, look: &Looked, now: i64) -> Result<(), StoreError> {
        let sql =
            "SELECT a.seq, a.gone_at, u.name, a.title FROM placed p JOIN article a ON a.seq = p.seq JOIN publisher u ON u.id = a.publisher
          WHERE p.id = ?1";
        let row = |r: &Row<'_>| Ok((r.get::<_, i64>(0)?, r.get::<_, Option<i64>>(1)?, r.get::<_, String>(2)?, r.get::<_, String>(3)?));
        let Some((seq, gone, publisher, title)) = self.tx.prepare_cached(sql)?.query_row([put(look.article)], row).optional()? else {
            return Ok(());
        };
        match look.next_at {
            Some(next) => self.tx.prepare_cached("UPDATE recheck SET next_at = ?2 WHERE seq = ?1")?.execute(params![seq, ms(next)])?,
            None => self.tx.prepare_cached("DELETE FROM recheck WHERE seq = ?1")?.execute([seq])?,
        };
        if let Some(v) = &look.validators {
            let mut update = self.tx.prepare_cached("UPDATE article SET etag = ?2, last_modified = ?3 WHERE seq = ?1")?;
            update.execute(params![seq, v.etag, v.last_modified])?;
        }
        let set_gone =
            |at: Option<i64>| self.tx.prepare_cached("UPDATE article SET gone_at = ?2 WHERE seq = ?1")?.execute(params![seq, at]);
        match (look.page, gone) {
            (PageState::Gone(status), None) => {
                set_gone(Some(now))?;
                let text = format!("{publisher}: {title}: its page answers {status} now; the text is kept");
                self.event(now, "gone", Some(look.article), &text, &serde_json::json!({ "status": status }))
            }
            (PageState::There, Some(_)) => {
                set_gone(None)?;
                let text = format!("{publisher}: {title}: its page is there again");
                self.event(now, "gone", Some(look.article), &text, &serde_json::json!({ "status": 200 }))
            }
            _ => Ok(()),
        }
    }
}
