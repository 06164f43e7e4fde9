//! Health of the feeds, counts, and what happened.

use super::Reader;
use crate::model::Id;
use crate::model::views::{Counts, EventRow, FeedHealth};
use crate::store::codec::{count, get, ms, put, time};
use crate::store::groups::of_story;
use crate::store::writer::prune;
use crate::store::{PollRow, PruneRules, Pruned, StoreError};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};

const WEEK_MS: i64 = 7 * 24 * 3_600 * 1_000;

fn health(row: &Row<'_>) -> rusqlite::Result<FeedHealth> {
    let at = |i: usize| Ok::<_, rusqlite::Error>(row.get::<_, Option<i64>>(i)?.map(time));
    let enabled: bool = row.get(5)?;
    Ok(FeedHealth {
        id: get(row.get(0)?),
        url: row.get(1)?,
        title: row.get(2)?,
        publisher: row.get(3)?,
        state: if enabled { row.get(4)? } else { "disabled".to_owned() },
        last_poll_at: at(6)?,
        last_success_at: at(7)?,
        failing_since: at(8)?,
        next_poll_at: if enabled { at(9)? } else { None },
        last_outcome: row.get(10)?,
        entries: count(row, 11)?,
        new_a_day: row.get(12)?,
        notes: serde_json::from_str(&row.get::<_, String>(13)?).unwrap_or_default(),
        mute: row.get(14)?,
        held: None,
    })
}

impl Reader {
    /// Health of every declared feed, in the order of the configuration as far as it was kept.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn feeds(&self, now: Timestamp) -> Result<Vec<FeedHealth>, StoreError> {
        self.read(|conn| {
            // A feed that is younger than a week is counted over its age, a day at least.
            let mut query = conn.prepare_cached(
                "SELECT f.id, f.declared_url, f.title, u.name, f.state, f.enabled, f.last_poll_at, f.last_success_at, f.failing_since,
                   IIF(f.stopped, NULL, f.next_poll_at), f.outcome, (SELECT COUNT(*) FROM entry e WHERE e.feed = f.seq),
                   (SELECT COUNT(*) FROM entry e WHERE e.feed = f.seq AND e.seen_at >= ?1 - ?2)
                     / MAX(1.0, MIN(7.0, (?1 - f.added_at) / 86400000.0)), f.notes, f.mute
                 FROM feed f LEFT JOIN publisher u ON u.id = f.publisher WHERE f.declared = 1 ORDER BY f.seq",
            )?;
            Ok(query.query_map([ms(now), WEEK_MS], health)?.collect::<Result<_, _>>()?)
        })
    }

    /// The small thing that is kept under this name.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn meta(&self, key: &str) -> Result<Option<String>, StoreError> {
        let sql = "SELECT value FROM meta WHERE key = ?1";
        self.read(|conn| Ok(conn.prepare_cached(sql)?.query_row([key], |r| r.get(0)).optional()?))
    }

    /// The latest polls of one feed, newest first.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn polls(&self, feed: Id, limit: u32) -> Result<Vec<PollRow>, StoreError> {
        self.read(|conn| {
            let mut query = conn.prepare_cached(
                "SELECT at, outcome, detail, status, elapsed_ms, bytes, new, changed FROM poll
                 WHERE feed = (SELECT seq FROM feed WHERE id = ?1) ORDER BY seq DESC LIMIT ?2",
            )?;
            let rows = query.query_map(params![put(feed), limit], |r| {
                Ok(PollRow {
                    at: time(r.get(0)?),
                    outcome: r.get(1)?,
                    detail: r.get::<_, Option<String>>(2)?.and_then(|d| serde_json::from_str(&d).ok()).unwrap_or_default(),
                    status: r.get(3)?,
                    elapsed_ms: r.get::<_, i64>(4)?.cast_unsigned(),
                    bytes: r.get::<_, i64>(5)?.cast_unsigned(),
                    new: r.get(6)?,
                    changed: r.get(7)?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// What retention would remove now, in all its steps together.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn prunable(&self, rules: &PruneRules) -> Result<Pruned, StoreError> {
        self.read(|conn| prune::prunable(conn, rules))
    }

    /// What `status` counts.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn counts(&self, now: Timestamp) -> Result<Counts, StoreError> {
        self.read(|conn| {
            let number = |sql: &str| conn.query_row(sql, [], |r| count(r, 0));
            let [feeds, failing, due] = conn.query_row(
                "SELECT COUNT(*), COUNT(failing_since), COALESCE(SUM(stopped = 0 AND next_poll_at <= ?1), 0)
                 FROM feed WHERE declared = 1 AND enabled = 1",
                [ms(now)],
                |r| Ok([count(r, 0)?, count(r, 1)?, count(r, 2)?]),
            )?;
            let articles = number("SELECT COUNT(*) FROM placed")?;
            // A story's row stands where it has two articles or more, and counts them: with a million articles `status` takes
            // half of the time that it took by counting the places.
            let [doubled, pure] =
                conn.query_row("SELECT COALESCE(SUM(copies - 1), 0), COALESCE(SUM(texts = 1), 0) FROM story", [], |r| {
                    Ok([count(r, 0)?, count(r, 1)?])
                })?;
            let mixed = number(concat!(
                "SELECT COUNT(*) FROM (SELECT 1 FROM story s CROSS JOIN placed p ON p.seq IN ",
                of_story!("s.id"),
                " WHERE s.texts > 1 AND s.copies > s.texts GROUP BY s.id, p.cluster HAVING COUNT(*) > 1)",
            ))?;
            Ok(Counts {
                feeds,
                failing,
                due,
                // Counted by two indexes: the condition the other way round would read every row.
                entries: number("SELECT (SELECT COUNT(*) FROM entry) - (SELECT COUNT(*) FROM entry WHERE tombstone IS NOT NULL)")?,
                pending: number("SELECT COUNT(*) FROM pending")?,
                articles,
                clusters: pure + mixed,
                stories: articles.saturating_sub(doubled),
                bytes: number("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")?,
            })
        })
    }

    /// Events after `seq`, oldest first.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn events(&self, after: i64, since: Option<Timestamp>, limit: u32) -> Result<Vec<EventRow>, StoreError> {
        self.read(|conn| {
            let mut query =
                conn.prepare_cached("SELECT seq, at, kind, id, text, data FROM event WHERE seq > ?1 AND at >= ?2 ORDER BY seq LIMIT ?3")?;
            let rows = query.query_map(params![after, since.map_or(i64::MIN, ms), limit], |r| {
                Ok(EventRow {
                    seq: r.get(0)?,
                    at: time(r.get(1)?),
                    kind: r.get(2)?,
                    id: r.get::<_, Option<i64>>(3)?.map(get),
                    text: r.get(4)?,
                    data: r.get::<_, Option<String>>(5)?.and_then(|d| serde_json::from_str(&d).ok()).unwrap_or_default(),
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}
