//! Feeds and publishers: what the configuration declares, and which feeds are due.

use super::{Tx, Writer};
use crate::model::{Id, Validators};
use crate::store::codec::{get, ms, put, time};
use crate::store::{DeclaredFeed, DeclaredPublisher, DueFeed, FeedSelector, StoreError, Synced};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};
use std::collections::HashSet;

const DUE_FEED: &str =
    "SELECT f.id, f.url, f.declared_url, u.name, f.tags, f.full_text, f.enabled, f.mute, f.kind, f.etag, f.last_modified,
  f.identity, f.rhythm, f.last_poll_at, f.last_success_at, f.last_full_at, f.next_poll_at, f.failures, f.failing_since,
  f.moved_to, f.moved_polls, f.stopped, f.state, f.notes, f.validated_url
FROM feed f LEFT JOIN publisher u ON u.id = f.publisher";

fn due_feed(row: &Row<'_>) -> rusqlite::Result<DueFeed> {
    let at = |i: usize| Ok::<_, rusqlite::Error>(row.get::<_, Option<i64>>(i)?.map(time));
    Ok(DueFeed {
        id: get(row.get(0)?),
        url: row.get(1)?,
        declared_url: row.get(2)?,
        publisher: row.get(3)?,
        tags: serde_json::from_str(&row.get::<_, String>(4)?).unwrap_or_default(),
        full_text: row.get(5)?,
        enabled: row.get(6)?,
        mute: row.get(7)?,
        kind: row.get(8)?,
        validators: Validators { etag: row.get(9)?, last_modified: row.get(10)? },
        identity: row.get(11)?,
        rhythm: row.get(12)?,
        last_poll_at: at(13)?,
        last_success_at: at(14)?,
        last_full_at: at(15)?,
        next_poll_at: at(16)?,
        failures: row.get(17)?,
        failing_since: at(18)?,
        moved_to: row.get(19)?,
        moved_polls: row.get(20)?,
        stopped: row.get(21)?,
        state: row.get(22)?,
        notes: serde_json::from_str(&row.get::<_, String>(23)?).unwrap_or_default(),
        validated_url: row.get(24)?,
    })
}

impl Writer {
    /// Makes the stored publishers those of the configuration. Where an owner changed, counts of independent publishers
    /// follow.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn sync_publishers(&mut self, declared: &[DeclaredPublisher]) -> Result<(), StoreError> {
        self.write(|t| {
            t.names.publishers.clear();
            t.tx.execute("UPDATE publisher SET declared = 0 WHERE declared = 1", [])?;
            for publisher in declared {
                let (id, owner) = t.publisher(&publisher.name, publisher.owner.as_deref())?;
                let now = t.owner(publisher.owner.as_deref().unwrap_or(&publisher.name))?;
                let domains = serde_json::Value::from(publisher.domains.clone()).to_string();
                t.tx.execute(
                    "UPDATE publisher SET name = ?2, owner = ?3, domains = ?4, declared = 1 WHERE id = ?1",
                    params![id, publisher.name, now, domains],
                )?;
                if now != owner {
                    t.change_owner(id, now)?;
                }
            }
            t.names.publishers.clear();
            Ok(())
        })
    }

    /// Makes the declared feeds those of the configuration. A new one is due at `now`; one that left keeps its rows and
    /// is not due; one that comes back is due at once.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn sync_feeds(&mut self, declared: &[DeclaredFeed], now: Timestamp) -> Result<Synced, StoreError> {
        self.write(|t| {
            t.names.publishers.clear();
            let mut synced = Synced::default();
            let mut left: HashSet<i64> = {
                let mut query = t.tx.prepare("SELECT seq FROM feed WHERE declared = 1")?;
                query.query_map([], |r| r.get(0))?.collect::<Result<_, _>>()?
            };
            for feed in declared {
                let (seq, same) = t.declare(feed, ms(now))?;
                let count = match (left.remove(&seq), same) {
                    (false, _) => &mut synced.added,
                    (true, false) => &mut synced.changed,
                    (true, true) => &mut synced.kept,
                };
                *count += 1;
            }
            for seq in left {
                t.tx.execute("UPDATE feed SET declared = 0 WHERE seq = ?1", [seq])?;
                synced.removed += 1;
            }
            Ok(synced)
        })
    }

    /// Feeds that are due, longest overdue first.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn due(&self, now: Timestamp, limit: u32) -> Result<Vec<DueFeed>, StoreError> {
        let mut query = self.conn.prepare_cached(&format!(
            "{DUE_FEED} WHERE f.declared = 1 AND f.enabled = 1 AND f.stopped = 0 AND f.next_poll_at <= ?1 ORDER BY f.next_poll_at LIMIT ?2"
        ))?;
        let rows = query.query_map(params![ms(now), limit], due_feed)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Feeds that were polled after `now` or are due after `ahead`: the clock was set back, or their wait is long.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn misdated(&self, now: Timestamp, ahead: Timestamp) -> Result<Vec<DueFeed>, StoreError> {
        let mut query = self.conn.prepare_cached(&format!(
            "{DUE_FEED} WHERE f.declared = 1 AND f.enabled = 1 AND f.stopped = 0 AND (f.last_poll_at > ?1 OR f.next_poll_at > ?2)"
        ))?;
        let rows = query.query_map(params![ms(now), ms(ahead)], due_feed)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// When the next feed falls due; `None` when none will.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        let sql = "SELECT MIN(next_poll_at) FROM feed WHERE declared = 1 AND enabled = 1 AND stopped = 0";
        Ok(self.conn.prepare_cached(sql)?.query_row([], |r| r.get::<_, Option<i64>>(0))?.map(time))
    }

    /// The feeds meant, due or not, stopped ones too; only declared ones, and for `All` only enabled ones.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn feeds_by(&self, selector: &FeedSelector) -> Result<Vec<DueFeed>, StoreError> {
        let ids: Vec<Id> = match selector {
            FeedSelector::All => {
                let mut query = self.conn.prepare(&format!("{DUE_FEED} WHERE f.declared = 1 AND f.enabled = 1 ORDER BY f.seq"))?;
                return Ok(query.query_map([], due_feed)?.collect::<Result<_, _>>()?);
            }
            FeedSelector::Ids(ids) => ids.clone(),
            FeedSelector::Urls(urls) => urls.iter().map(|u| Id::feed(u)).collect(),
        };
        let mut query = self.conn.prepare_cached(&format!("{DUE_FEED} WHERE f.id = ?1 AND f.declared = 1"))?;
        let mut feeds = Vec::new();
        for id in ids {
            feeds.extend(query.query_row([put(id)], due_feed).optional()?);
        }
        Ok(feeds)
    }

    /// Sets due times aside: these feeds become due at these times.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn reschedule(&mut self, feeds: &[(Id, Timestamp)]) -> Result<(), StoreError> {
        self.write(|t| {
            for &(feed, at) in feeds {
                t.tx.prepare_cached("UPDATE feed SET next_poll_at = ?2 WHERE id = ?1")?.execute(params![put(feed), ms(at)])?;
            }
            Ok(())
        })
    }
}

impl Tx<'_> {
    /// Stores one declared feed; its row, and whether it was there and declared so already.
    fn declare(&mut self, feed: &DeclaredFeed, now: i64) -> Result<(i64, bool), StoreError> {
        let id = put(Id::feed(&feed.url));
        let publisher = match &feed.publisher {
            Some(name) => Some(self.publisher(name, feed.owner.as_deref())?.0),
            None => None,
        };
        let tags = serde_json::Value::from(feed.tags.clone()).to_string();
        let sql = "SELECT seq, declared, mute, (enabled, mute, full_text, kind, tags) = (?2, ?3, ?4, ?5, ?6) AND publisher IS ?7 FROM feed WHERE id = ?1";
        let asked = params![id, feed.enabled, feed.mute, feed.full_text, feed.kind, tags, publisher];
        let known: Option<(i64, bool, bool, bool)> =
            self.tx.prepare_cached(sql)?.query_row(asked, |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?))).optional()?;
        if let Some((seq, was, muted, same)) = known {
            let due = if was { None } else { Some(now) };
            self.tx
                .prepare_cached(
                    "UPDATE feed SET declared = 1, enabled = ?2, mute = ?3, full_text = ?4, kind = ?5, publisher = ?6, tags = ?7,
                   next_poll_at = COALESCE(?8, next_poll_at) WHERE seq = ?1",
                )?
                .execute(params![seq, feed.enabled, feed.mute, feed.full_text, feed.kind, publisher, tags, due])?;
            if muted != feed.mute {
                self.change_mute(seq)?;
            }
            return Ok((seq, same));
        }
        self.tx.prepare_cached(
            "INSERT INTO feed (id, declared_url, url, declared, enabled, mute, full_text, kind, publisher, tags, next_poll_at, added_at)
             VALUES (?1, ?2, ?2, 1, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9)",
        )?
        .execute(params![id, feed.url, feed.enabled, feed.mute, feed.full_text, feed.kind, publisher, tags, now])?;
        Ok((self.tx.last_insert_rowid(), true))
    }

    /// A feed is muted, or no longer: so are its articles, but for those that came through another feed too.
    fn change_mute(&mut self, feed: i64) -> Result<(), StoreError> {
        const ITS: &str = "SELECT article FROM entry WHERE feed = ?1 AND article IS NOT NULL";
        self.tx.execute(
            &format!(
                "UPDATE placed SET mute = (SELECT MIN(f.mute) FROM entry e JOIN feed f ON f.seq = e.feed WHERE e.article = placed.seq)
                 WHERE seq IN ({ITS})"
            ),
            [feed],
        )?;
        let stories: Vec<i64> = {
            let mut query = self.tx.prepare(&format!("SELECT DISTINCT story FROM placed WHERE seq IN ({ITS})"))?;
            query.query_map([feed], |r| r.get(0))?.collect::<Result<_, _>>()?
        };
        stories.into_iter().try_for_each(|story| self.refresh_story(story))
    }

    /// A publisher belongs to another owner: its articles and their stories follow.
    fn change_owner(&mut self, publisher: i64, owner: i64) -> Result<(), StoreError> {
        let stories: Vec<i64> = {
            let mut query =
                self.tx.prepare("SELECT DISTINCT p.story FROM article a JOIN placed p ON p.seq = a.seq WHERE a.publisher = ?1")?;
            query.query_map([publisher], |r| r.get(0))?.collect::<Result<_, _>>()?
        };
        self.tx.execute("UPDATE placed SET owner = ?2 WHERE seq IN (SELECT seq FROM article WHERE publisher = ?1)", [publisher, owner])?;
        for story in stories {
            self.refresh_story(story)?;
        }
        Ok(())
    }
}
