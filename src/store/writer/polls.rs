//! Commit A: a poll, the entries it brought, and the queue of pages to fetch.

use super::{Tx, Writer};
use crate::model::{EntryKeys, Id, NewEntry};
use crate::store::codec::{count, get, key_hash, ms, put, time};
use crate::store::{KnownRow, PendingEntry, PollCommit, PollStored, StoreError};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use std::collections::{BTreeMap, HashMap, HashSet};

const KINDS: [&str; 3] = ["guid", "url", "title"];

fn fields(keys: &EntryKeys) -> [Option<&str>; 3] {
    [keys.guid.as_deref(), keys.url.as_deref(), keys.title.as_deref()]
}

fn hashes(feed: Id, keys: &EntryKeys) -> [Option<i64>; 3] {
    let mut kinds = KINDS.iter();
    fields(keys).map(|key| kinds.next().zip(key).map(|(kind, key)| key_hash(feed, kind, key)))
}

impl Writer {
    /// Entries of `feed` that share a key with one of `keys`, each once, in the order they were first stored.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn known_entries(&self, feed: Id, keys: &[EntryKeys]) -> Result<Vec<KnownRow>, StoreError> {
        const ROW: &str =
            "SELECT e.seq, e.id, e.guid_key, e.url_key, e.title_key, e.content_hash, e.tombstone, e.published_at, e.seen_at, p.id
          FROM entry e LEFT JOIN placed p ON p.seq = e.article";
        let mut queries = [
            self.conn.prepare_cached(&format!("{ROW} WHERE e.feed = ?2 AND e.guid_key = ?1"))?,
            self.conn.prepare_cached(&format!("{ROW} WHERE e.feed = ?2 AND e.url_key = ?1"))?,
            self.conn.prepare_cached(&format!("{ROW} WHERE e.feed = ?2 AND e.title_key = ?1"))?,
        ];
        let mut named = self.conn.prepare_cached("SELECT seq FROM feed WHERE id = ?1")?;
        let Some(seq) = named.query_row([put(feed)], |r| r.get::<_, i64>(0)).optional()? else { return Ok(Vec::new()) };
        // Some ninety queries a feed.
        let _reading = self.conn.unchecked_transaction()?;
        let mut asked: HashMap<i64, &str> = HashMap::new();
        let hashed: Vec<[Option<i64>; 3]> = keys.iter().map(|keys| hashes(feed, keys)).collect();
        for (keys, hashes) in keys.iter().zip(&hashed) {
            asked.extend(hashes.iter().zip(fields(keys)).filter_map(|(h, k)| Some(((*h)?, k?))));
        }
        let name = |hash: Option<i64>| hash.map(|h| asked.get(&h).map_or_else(|| format!("\0{h:x}"), |k| (*k).to_owned()));
        let mut found: BTreeMap<i64, KnownRow> = BTreeMap::new();
        for hashes in hashed {
            for (query, hash) in queries.iter_mut().zip(hashes) {
                let Some(hash) = hash else { continue };
                let mut rows = query.query([hash, seq])?;
                while let Some(row) = rows.next()? {
                    let entry = row.get(0)?;
                    if found.contains_key(&entry) {
                        continue;
                    }
                    let keys = EntryKeys { guid: name(row.get(2)?), url: name(row.get(3)?), title: name(row.get(4)?) };
                    let known = KnownRow {
                        id: get(row.get(1)?),
                        keys,
                        content_hash: row.get::<_, i64>(5)?.cast_unsigned(),
                        tombstone: row.get::<_, Option<i64>>(6)?.is_some(),
                        published_at: row.get::<_, Option<i64>>(7)?.map(time),
                        seen_at: time(row.get(8)?),
                        article: row.get::<_, Option<i64>>(9)?.map(get),
                    };
                    found.insert(entry, known);
                }
            }
        }
        Ok(found.into_values().collect())
    }

    /// Commit A: the outcome, the new and changed entries (pending from now on), validators and the next due time, all or
    /// none. Doing it again after a crash changes nothing more.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] where the feed was never declared; those of SQLite.
    pub fn commit_poll(&mut self, poll: &PollCommit) -> Result<PollStored, StoreError> {
        self.write(|t| t.poll(poll))
    }

    /// Commit A of polls that waited together: all or none.
    ///
    /// # Errors
    /// As [`Writer::commit_poll`]; then nothing of any of them is stored.
    pub fn commit_polls(&mut self, polls: &[PollCommit]) -> Result<Vec<PollStored>, StoreError> {
        self.keep_pages_for(polls.iter().map(|poll| poll.new.len() + poll.changed.len()).sum())?;
        self.write(|t| polls.iter().map(|poll| t.poll(poll)).collect())
    }

    /// Entries to fetch now, oldest try first, at most `per_host` of one host; those in `skip` (in flight, which count for
    /// their host) are left out.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn pending(&self, now: Timestamp, limit: u32, per_host: u32, skip: &HashSet<Id>) -> Result<Vec<PendingEntry>, StoreError> {
        self.pending_but_of(&HashSet::new(), &HashSet::new(), now, limit, per_host, skip)
    }

    /// As [`Writer::pending`], without the entries of these feeds and on these hosts.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn pending_but_of(
        &self,
        feeds: &HashSet<Id>,
        busy: &HashSet<String>,
        now: Timestamp,
        limit: u32,
        per_host: u32,
        skip: &HashSet<Id>,
    ) -> Result<Vec<PendingEntry>, StoreError> {
        let _reading = self.conn.unchecked_transaction()?;
        let mut taken = Vec::new();
        {
            // Whose an entry is costs a look at another table, which is only worth it where it matters.
            let mut query = self.conn.prepare_cached(match feeds.is_empty() {
                true => "SELECT entry, id, host, 0 FROM pending WHERE next_try_at <= ?1 ORDER BY next_try_at, host, id",
                false => {
                    "SELECT n.entry, n.id, n.host, f.id FROM pending n CROSS JOIN entry e ON e.seq = n.entry CROSS JOIN feed f ON f.seq = e.feed
                     WHERE n.next_try_at <= ?1 ORDER BY n.next_try_at, n.host, n.id"
                }
            })?;
            let mut rows = query.query([ms(now)])?;
            let mut hosts: HashMap<String, u32> = HashMap::new();
            while let Some(row) = rows.next()? {
                if !feeds.is_empty() && feeds.contains(&get(row.get(3)?)) {
                    continue;
                }
                let name: String = row.get(2)?;
                if busy.contains(&name) {
                    continue;
                }
                let host = hosts.entry(name).or_default();
                if *host >= per_host {
                    continue;
                }
                *host += 1;
                if !skip.contains(&get(row.get(1)?)) {
                    taken.push(row.get::<_, i64>(0)?);
                    if taken.len() >= limit as usize {
                        break;
                    }
                }
            }
        }
        let mut query = self.conn.prepare_cached(
            "SELECT e.id, f.id, f.declared_url, u.name, n.data, e.seen_at, n.attempts, p.id, f.full_text, f.mute, COALESCE(e.url, a.url)
             FROM pending n JOIN entry e ON e.seq = n.entry JOIN feed f ON f.seq = e.feed LEFT JOIN publisher u ON u.id = f.publisher
             LEFT JOIN placed p ON p.seq = e.article LEFT JOIN article a ON a.seq = e.article WHERE n.entry = ?1",
        )?;
        let mut entries = Vec::with_capacity(taken.len());
        for seq in taken {
            entries.push(query.query_row([seq], |r| {
                let data: Vec<u8> = r.get(4)?;
                Ok(PendingEntry {
                    id: get(r.get(0)?),
                    feed: get(r.get(1)?),
                    feed_url: r.get(2)?,
                    publisher: r.get(3)?,
                    url: r.get(10)?,
                    entry: self.unpacker.unpack(&data).ok().and_then(|j| serde_json::from_slice(&j).ok()).unwrap_or_default(),
                    seen_at: time(r.get(5)?),
                    attempts: r.get(6)?,
                    article: r.get::<_, Option<i64>>(7)?.map(get),
                    full_text: r.get(8)?,
                    mute: r.get(9)?,
                })
            })?);
        }
        Ok(entries)
    }

    /// Entries not settled yet, and when the first of them may be tried.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn pending_left(&self) -> Result<(u64, Option<Timestamp>), StoreError> {
        let sql = "SELECT COUNT(*), MIN(next_try_at) FROM pending";
        Ok(self.conn.prepare_cached(sql)?.query_row([], |r| Ok((count(r, 0)?, r.get::<_, Option<i64>>(1)?.map(time))))?)
    }

    /// Entries whose next try lies after `limit`, which the clock must have put there, are tried at `now`; how many.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn recall_pending(&mut self, limit: Timestamp, now: Timestamp) -> Result<usize, StoreError> {
        let far = "SELECT EXISTS (SELECT 1 FROM pending WHERE next_try_at > ?1)";
        if !self.conn.prepare_cached(far)?.query_row([ms(limit)], |r| r.get::<_, bool>(0))? {
            return Ok(0);
        }
        self.write(|t| {
            let mut update = t.tx.prepare_cached("UPDATE pending SET next_try_at = ?2 WHERE next_try_at > ?1")?;
            Ok(update.execute(params![ms(limit), ms(now)])?)
        })
    }

    /// The fetch failed: once more at `next_try_at`.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] where the entry is not pending; those of SQLite.
    pub fn retry_entry(&mut self, entry: Id, next_try_at: Timestamp, reason: &str) -> Result<(), StoreError> {
        self.write(|t| {
            let changed =
                t.tx.prepare_cached(
                    "UPDATE pending SET attempts = attempts + 1, next_try_at = ?2, reason = ?3
                     WHERE entry = (SELECT seq FROM entry WHERE id = ?1)",
                )?
                .execute(params![put(entry), ms(next_try_at), reason])?;
            if changed == 0 {
                return Err(StoreError::Unknown { what: "pending entry", id: entry.to_string() });
            }
            Ok(())
        })
    }
}

impl Tx<'_> {
    /// One poll: its entries, then itself.
    fn poll(&mut self, poll: &PollCommit) -> Result<PollStored, StoreError> {
        let feed = self.feed(poll.feed)?;
        let mut stored = PollStored::default();
        for entry in &poll.new {
            stored.new += u32::from(self.new_entry(feed, poll, entry)?);
        }
        for entry in &poll.changed {
            stored.changed += u32::from(self.changed_entry(poll, entry)?);
        }
        self.record_poll(feed, poll, stored)?;
        Ok(stored)
    }

    fn new_entry(&mut self, feed: i64, poll: &PollCommit, entry: &NewEntry) -> Result<bool, StoreError> {
        let [guid, url, title] = hashes(poll.feed, &entry.keys);
        let added = self
            .tx
            .prepare_cached(
                "INSERT INTO entry (id, feed, guid_key, url_key, title_key, content_hash, url, published_at, seen_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (id) DO NOTHING",
            )?
            .execute(params![
                put(entry.id),
                feed,
                guid,
                url,
                title,
                entry.content_hash.cast_signed(),
                entry.entry.url,
                entry.entry.published_at.map(ms),
                ms(poll.at)
            ])?;
        if added == 0 {
            return Ok(false);
        }
        self.enqueue(self.tx.last_insert_rowid(), entry, poll)?;
        Ok(true)
    }

    fn changed_entry(&mut self, poll: &PollCommit, entry: &NewEntry) -> Result<bool, StoreError> {
        let sql = "SELECT seq FROM entry WHERE id = ?1 AND tombstone IS NULL";
        let Some(seq) = self.tx.prepare_cached(sql)?.query_row([put(entry.id)], |r| r.get::<_, i64>(0)).optional()? else {
            return Ok(false);
        };
        let [guid, url, title] = hashes(poll.feed, &entry.keys);
        self.tx
            .prepare_cached(
                "UPDATE entry SET guid_key = COALESCE(?2, guid_key), url_key = COALESCE(?3, url_key), title_key = COALESCE(?4, title_key),
                   content_hash = ?5, url = COALESCE(?6, url), published_at = COALESCE(?7, published_at) WHERE seq = ?1",
            )?
            .execute(params![seq, guid, url, title, entry.content_hash.cast_signed(), entry.entry.url, entry.entry.published_at.map(ms)])?;
        self.enqueue(seq, entry, poll)?;
        Ok(true)
    }

    /// Puts an entry into the queue, once.
    fn enqueue(&mut self, seq: i64, new: &NewEntry, poll: &PollCommit) -> Result<(), StoreError> {
        let NewEntry { id, entry, .. } = new;
        let at = poll.not_before.get(id).copied().unwrap_or(poll.at);
        let host = entry.url.as_deref().and_then(|u| url::Url::parse(u).ok()?.host_str().map(str::to_owned)).unwrap_or_default();
        let json = serde_json::to_vec(entry).map_err(|e| StoreError::Sqlite(e.to_string()))?;
        let data = self.packer.pack_for_now(&json);
        self.tx
            .prepare_cached(
                "INSERT INTO pending (entry, id, host, next_try_at, data) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (entry) DO UPDATE SET host = excluded.host, next_try_at = excluded.next_try_at, attempts = 0, data = excluded.data",
            )?
            .execute(params![seq, put(*id), host, ms(at), data])?;
        Ok(())
    }

    fn record_poll(&mut self, feed: i64, poll: &PollCommit, stored: PollStored) -> Result<(), StoreError> {
        let mut now = self.tx.prepare_cached("SELECT state, url FROM feed WHERE seq = ?1")?;
        let (before, asked): (String, String) = now.query_row([feed], |r| Ok((r.get(0)?, r.get(1)?)))?;
        let at = ms(poll.at);
        self.tx
            .prepare_cached(
                "UPDATE feed SET outcome = ?2, last_poll_at = ?3, next_poll_at = ?4, failures = ?5, moved_to = ?6, moved_polls = ?7, stopped = ?8,
                   state = ?9, notes = ?10, identity = COALESCE(?11, identity), rhythm = COALESCE(?12, rhythm), title = COALESCE(?13, title),
                   site_url = COALESCE(?14, site_url), url = COALESCE(?15, url), last_success_at = IIF(?16, ?3, last_success_at),
                   last_full_at = IIF(?17, ?3, last_full_at), failing_since = IIF(?16, NULL, COALESCE(failing_since, ?3)) WHERE seq = ?1",
            )?
            .execute(params![
                feed,
                poll.outcome_text,
                at,
                poll.next_poll_at.map(ms),
                poll.failures,
                poll.moved_to,
                poll.moved_polls,
                poll.stopped,
                poll.state,
                serde_json::Value::from(poll.notes.clone()).to_string(),
                poll.identity,
                poll.rhythm,
                poll.title,
                poll.site_url,
                poll.url,
                poll.success,
                poll.full
            ])?;
        if let Some(validators) = &poll.validators {
            let mut update = self.tx.prepare_cached("UPDATE feed SET etag = ?2, last_modified = ?3, validated_url = ?4 WHERE seq = ?1")?;
            update.execute(params![feed, validators.etag, validators.last_modified, poll.validated_url])?;
        }
        self.tx
            .prepare_cached(
                "INSERT INTO poll (feed, at, outcome, detail, status, elapsed_ms, bytes, new, changed) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            )?
            .execute(params![
                feed,
                at,
                poll.outcome,
                (!poll.outcome_data.is_null()).then(|| poll.outcome_data.to_string()),
                poll.status,
                poll.elapsed_ms.cast_signed(),
                poll.bytes.cast_signed(),
                stored.new,
                stored.changed
            ])?;
        self.tx
            .prepare_cached(
                "DELETE FROM poll WHERE feed = ?1 AND seq < (SELECT seq FROM poll WHERE feed = ?1 ORDER BY seq DESC LIMIT 1 OFFSET ?2)",
            )?
            .execute(params![feed, self.options.keep_polls.saturating_sub(1)])?;
        // Polls that change nothing stay in `poll`; the log is for what happened.
        if stored.new + stored.changed > 0 || before != poll.state {
            let data = serde_json::json!({"outcome": poll.outcome, "status": poll.status, "new": stored.new, "changed": stored.changed,
                "state": poll.state, "was": before});
            self.event(at, "poll", Some(poll.feed), &poll.outcome_text, &data)?;
        }
        if let Some(url) = poll.url.as_ref().filter(|url| **url != asked) {
            self.event(at, "moved", Some(poll.feed), &format!("moved to {url}"), &serde_json::json!({"from": asked, "to": url}))?;
        }
        Ok(())
    }
}
