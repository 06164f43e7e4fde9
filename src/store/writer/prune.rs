//! Retention: old articles go, their keys stay so that they do not come back as new.

use super::{Tx, Writer};
use crate::store::codec::{count, ms};
use crate::store::groups::{of_cluster, of_story};
use crate::store::{PruneRules, Pruned, StoreError};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::BTreeSet;

/// An article that is old enough to go.
struct Old {
    seq: i64,
    story: i64,
}

/// What is old under the rules, in the order it goes, at most `limit`; then how many stay although old, and whether
/// there are more.
struct Choice {
    old: Vec<Old>,
    kept: u64,
    more: bool,
}

impl Writer {
    /// Retention, one bounded step of at most `rules.limit` articles. Articles that a person marked stay, and so does the
    /// head of a cluster (its origin, else its first article) while a younger copy of it is there.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn prune(&mut self, rules: &PruneRules, now: Timestamp) -> Result<Pruned, StoreError> {
        let rules = &self.with_goal(rules)?;
        let pruned = self.prune_step(rules, now)?;
        if pruned.articles > 0 {
            self.at_rest = false;
        } else if self.at_rest {
            self.goal = None;
        }
        Ok(pruned)
    }

    /// Says a limit in bytes as a number of articles, and keeps to that number until it is reached and the room is given
    /// back: the search index lets go of what it held only when it is merged, and measured anew after every step there
    /// would seem to be too much for long after enough is gone.
    fn with_goal(&mut self, rules: &PruneRules) -> Result<PruneRules, StoreError> {
        let mut rules = rules.clone();
        let Some(most) = rules.max_bytes.take() else {
            self.goal = None;
            return Ok(rules);
        };
        if self.goal.is_none() {
            let articles = articles(&self.conn)?;
            let surplus = surplus_of_bytes(&self.conn, most, articles)?;
            self.goal = (surplus > 0).then(|| articles.saturating_sub(surplus));
        }
        if let Some(goal) = self.goal {
            rules.max_articles = Some(rules.max_articles.map_or(goal, |most| most.min(goal)));
        }
        Ok(rules)
    }

    fn prune_step(&mut self, rules: &PruneRules, now: Timestamp) -> Result<Pruned, StoreError> {
        self.write(|t| {
            let choice = choose(t.tx, rules)?;
            let mut pruned = Pruned { kept: choice.kept, more: choice.more, ..Pruned::default() };
            let mut touched = BTreeSet::new();
            for old in &choice.old {
                pruned.tombstones += t.bury(old.seq, ms(now))?;
                pruned.articles += 1;
                touched.insert(old.story);
            }
            for story in touched {
                t.refresh_story(story)?;
                t.drop_dead_links(story)?;
            }
            if let Some(before) = rules.tombstones_before {
                let sql = "DELETE FROM entry WHERE seq IN (SELECT seq FROM entry WHERE tombstone < ?1 LIMIT ?2)";
                let gone = t.tx.execute(sql, params![ms(before), rules.limit])?;
                pruned.forgotten = gone as u64;
                pruned.more |= gone as u64 >= u64::from(rules.limit);
            }
            if let Some(before) = rules.records_before {
                pruned.records = t.drop_records(ms(before), rules.limit)?;
                pruned.more |= pruned.records >= u64::from(rules.limit);
            }
            if pruned.articles > 0 {
                let text = format!("{} articles older than the retention removed", pruned.articles);
                t.event(ms(now), "prune", None, &text, &serde_json::Value::Null)?;
            }
            Ok(pruned)
        })
    }

    /// Drops the index rows of articles first seen before `before`: they left the window.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn forget_index_rows(&mut self, before: Timestamp, limit: u32) -> Result<bool, StoreError> {
        self.write(|t| {
            // Of the first ones only, which are the oldest but for clocks put back: to look for all would read the whole table
            // each time.
            let sql = "DELETE FROM index_row WHERE seq IN (SELECT i.seq FROM (SELECT seq FROM index_row ORDER BY seq LIMIT ?2) i
              JOIN placed p ON p.seq = i.seq WHERE p.seen_at < ?1)";
            Ok(t.tx.execute(sql, params![ms(before), limit])? as u64 >= u64::from(limit))
        })
    }
}

impl Tx<'_> {
    /// Removes an article and what hangs on it; its entries become tombstones.
    fn bury(&self, seq: i64, now: i64) -> Result<u64, StoreError> {
        let queued = "DELETE FROM pending WHERE entry IN (SELECT seq FROM entry WHERE article = ?1)";
        self.tx.prepare_cached(queued)?.execute([seq])?;
        let sql = "UPDATE entry SET article = NULL, url = NULL, reason = NULL, tombstone = ?2 WHERE article = ?1";
        let tombstones = self.tx.prepare_cached(sql)?.execute([seq, now])?;
        for sql in [
            "DELETE FROM revision WHERE article = ?1",
            "DELETE FROM index_row WHERE seq = ?1",
            "DELETE FROM recheck WHERE seq = ?1",
            "DELETE FROM fts WHERE rowid = ?1",
            "DELETE FROM body WHERE seq = ?1",
            "DELETE FROM placed WHERE seq = ?1",
            "DELETE FROM article WHERE seq = ?1",
        ] {
            self.tx.prepare_cached(sql)?.execute([seq])?;
        }
        Ok(tombstones as u64)
    }

    /// Removes polls and events from before `before`, the oldest first, at most `limit` of each. Both tables are written in
    /// the order of time, so only their first rows are looked at.
    fn drop_records(&self, before: i64, limit: u32) -> Result<u64, StoreError> {
        let mut gone = 0;
        for table in ["poll", "event"] {
            let sql = format!("DELETE FROM {table} WHERE at < ?1 AND seq IN (SELECT seq FROM {table} ORDER BY seq LIMIT ?2)");
            gone += self.tx.prepare_cached(&sql)?.execute(params![before, limit])? as u64;
        }
        Ok(gone)
    }

    /// Redirects to a story that has no article any more, and origins of clusters that have none, lead nowhere.
    fn drop_dead_links(&self, story: i64) -> Result<(), StoreError> {
        let sql = concat!("DELETE FROM redirect WHERE new = ?1 AND NOT EXISTS ", of_story!("?1"));
        self.tx.prepare_cached(sql)?.execute([story])?;
        Ok(())
    }
}

/// What [`Writer::prune`] would do in all its steps together.
pub(in crate::store) fn prunable(conn: &Connection, rules: &PruneRules) -> Result<Pruned, StoreError> {
    let choice = choose(conn, &PruneRules { limit: u32::MAX, ..rules.clone() })?;
    let mut tombstones = 0;
    for old in &choice.old {
        let sql = "SELECT COUNT(*) FROM entry WHERE article = ?1";
        tombstones += conn.prepare_cached(sql)?.query_row([old.seq], |r| count(r, 0))?;
    }
    let before = |sql: &str, limit: Option<Timestamp>| match limit {
        Some(limit) => Ok(conn.query_row(sql, [ms(limit)], |r| count(r, 0))?),
        None => Ok::<u64, StoreError>(0),
    };
    Ok(Pruned {
        articles: choice.old.len() as u64,
        tombstones,
        forgotten: before("SELECT COUNT(*) FROM entry WHERE tombstone < ?1", rules.tombstones_before)?,
        records: before(
            "SELECT (SELECT COUNT(*) FROM poll WHERE at < ?1) + (SELECT COUNT(*) FROM event WHERE at < ?1)",
            rules.records_before,
        )?,
        kept: choice.kept,
        more: false,
    })
}

/// The numbers of the articles of the cluster of `p`.
const MEMBERS: &str = of_cluster!("p.cluster");

fn choose(conn: &Connection, rules: &PruneRules) -> Result<Choice, StoreError> {
    let mut choice = Choice { old: Vec::new(), kept: 0, more: false };
    let general = rules.before.map(ms).max(surplus_limit(conn, rules)?);
    let Some(latest) = rules.tags.iter().map(|(_, before)| Some(ms(*before))).fold(general, Option::max) else {
        return Ok(choice);
    };
    // The time limit of an article `p`: its feeds' tags' (with several, the one that keeps it longest), else the general one.
    let general = general.unwrap_or(i64::MIN);
    let limit = |of: &str| -> String {
        if rules.tags.is_empty() {
            return general.to_string();
        }
        let cases: String =
            rules.tags.iter().enumerate().map(|(i, (_, before))| format!(" WHEN ?{} THEN {}", i + 1, ms(*before))).collect();
        format!(
            "COALESCE((SELECT MIN(CASE t.value COLLATE NOCASE{cases} END) FROM entry e JOIN feed f ON f.seq = e.feed, json_each(f.tags) t
               WHERE e.article = {of}.seq), {general})"
        )
    };
    let sql = format!(
        "SELECT p.seq, p.story, p.keep OR (p.seq = COALESCE(
             (SELECT h.seq FROM origin g JOIN placed h ON h.id = g.article AND h.cluster = p.cluster WHERE g.cluster = p.cluster),
             (SELECT MIN(seq) FROM {MEMBERS}))
           AND EXISTS (SELECT 1 FROM placed y WHERE y.seq IN {MEMBERS} AND y.seen_at >= {}))
         FROM placed p WHERE p.seen_at < {latest} AND p.seen_at < {} ORDER BY p.seen_at, p.seq",
        limit("y"),
        limit("p")
    );
    let mut query = conn.prepare(&sql)?;
    let mut rows = query.query(rusqlite::params_from_iter(rules.tags.iter().map(|(tag, _)| tag)))?;
    while let Some(row) = rows.next()? {
        if row.get(2)? {
            choice.kept += 1;
        } else if choice.old.len() >= rules.limit as usize {
            choice.more = true;
            break;
        } else {
            choice.old.push(Old { seq: row.get(0)?, story: row.get(1)? });
        }
    }
    Ok(choice)
}

/// Where there are too many articles, or too many bytes of them: the time before which articles go, so that enough go.
fn surplus_limit(conn: &Connection, rules: &PruneRules) -> Result<Option<i64>, StoreError> {
    if rules.max_articles.is_none() && rules.max_bytes.is_none() {
        return Ok(None);
    }
    let articles = articles(conn)?;
    let mut surplus = rules.max_articles.map_or(0, |most| articles.saturating_sub(most));
    if let Some(most) = rules.max_bytes {
        surplus = surplus.max(surplus_of_bytes(conn, most, articles)?);
    }
    if surplus == 0 {
        return Ok(None);
    }
    let sql = "SELECT seen_at FROM placed ORDER BY seen_at LIMIT 1 OFFSET ?1";
    let first_to_stay: Option<i64> = conn.query_row(sql, [surplus.cast_signed()], |r| r.get(0)).optional()?;
    Ok(Some(first_to_stay.unwrap_or(i64::MAX)))
}

fn articles(conn: &Connection) -> Result<u64, StoreError> {
    Ok(conn.query_row("SELECT COUNT(*) FROM placed", [], |r| count(r, 0))?)
}

/// How many of the articles are too many for `most` bytes, by the average article.
fn surplus_of_bytes(conn: &Connection, most: u64, articles: u64) -> Result<u64, StoreError> {
    let count = |sql: &str| conn.query_row(sql, [], |r| count(r, 0));
    let pages = count("PRAGMA page_count")?.saturating_sub(count("PRAGMA freelist_count")?);
    let bytes = pages * count("PRAGMA page_size")?;
    if articles == 0 || bytes <= most {
        return Ok(0);
    }
    Ok(((bytes - most) / (bytes / articles).max(1)).max(1))
}
