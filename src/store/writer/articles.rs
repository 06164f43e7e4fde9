//! Commit B: articles, their texts and where they stand.

use super::{Tx, Writer};
use crate::model::Id;
use crate::store::codec::{get, ms, put, split_reason, time, word};
use crate::store::groups::Group;
use crate::store::{Article, ArticleCommit, IndexRow, StoreError, StoredText, fts, texts};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::BTreeSet;

/// An article as it stands before a commit.
struct Stands {
    seq: i64,
    cluster: i64,
    story: i64,
}

/// Where an article was written, and whether it was there before.
#[derive(Clone, Copy)]
struct Row {
    seq: i64,
    replaced: bool,
}

impl Writer {
    /// The article at this canonical URL.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn article_by_url(&self, canonical_url: &str) -> Result<Option<Id>, StoreError> {
        let id = Id::article(canonical_url);
        let found = self.conn.prepare_cached("SELECT 1 FROM placed WHERE id = ?1")?.exists([put(id)])?;
        Ok(found.then_some(id))
    }

    /// Texts in the order asked for; unknown ids are left out.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where a text does not unpack; those of SQLite.
    pub fn texts(&self, ids: &[Id]) -> Result<Vec<StoredText>, StoreError> {
        texts::by_id(&self.conn, ids, |data| self.unpacker.text(data))
    }

    /// Commit B, for several articles at once: all or none. Each settles its entry; doing it again after a crash changes
    /// nothing more.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] where an entry is not stored; those of SQLite.
    pub fn commit_articles(&mut self, commits: &[ArticleCommit]) -> Result<(), StoreError> {
        self.keep_pages_for(commits.len())?;
        self.write(|t| {
            let mut touched = BTreeSet::new();
            let mut rows = Vec::with_capacity(commits.len());
            for commit in commits {
                t.at.set(ms(commit.at));
                rows.push((commit, t.place(commit, &mut touched)?));
            }
            let at = commits.last().map_or(0, |commit| ms(commit.at));
            touched.iter().try_for_each(|&story| t.recount_story(story, at))?;
            // Last: a statement of several rows behind an insertion has FTS5 write what it gathered, so that each article
            // made a segment of its own.
            rows.into_iter().try_for_each(|(commit, row)| t.index_text(&commit.article, row))
        })
    }

    /// Settles an entry that leads to an article which is stored already and has not changed.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] where entry or article is not stored; those of SQLite.
    pub fn link_entry(&mut self, entry: Id, article: Id, reason: Option<&str>, _at: Timestamp) -> Result<(), StoreError> {
        self.write(|t| {
            let stands = t.stands(article)?.ok_or_else(|| StoreError::Unknown { what: "article", id: article.to_string() })?;
            if t.settle(entry, stands.seq, reason)? {
                t.refresh_story(stands.story)?;
            }
            Ok(())
        })
    }

    /// How many rows [`Writer::index_rows`] gives, about: those of the window.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn count_index_rows(&self, since: Timestamp) -> Result<u64, StoreError> {
        Ok(self.conn.query_row("SELECT COUNT(*) FROM placed WHERE seen_at >= ?1", [ms(since)], |r| crate::store::codec::count(r, 0))?)
    }

    /// What start-up rebuilds the indexes from: articles first seen at or after `since`, in the order of placement.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn index_rows(&self, since: Timestamp, row: &mut dyn FnMut(IndexRow)) -> Result<(), StoreError> {
        self.scan(|conn| index_rows(conn, since, row))
    }
}

/// As [`Writer::index_rows`].
pub(in crate::store) fn index_rows(conn: &Connection, since: Timestamp, row: &mut dyn FnMut(IndexRow)) -> Result<(), StoreError> {
    // By the index of times: for `MIN(seq)` alone SQLite goes through all that lies before the window.
    let first: Option<i64> = conn.query_row("SELECT MIN(+seq) FROM placed WHERE seen_at >= ?1", [ms(since)], |r| r.get(0))?;
    let Some(first) = first else {
        return Ok(());
    };
    let mut query = conn.prepare(
        "SELECT p.id, p.cluster, p.story, p.seen_at, p.fingerprint, p.version, i.copies, i.story, i.keys,
               p.seq <= IFNULL((SELECT through FROM background), 0)
             FROM placed p LEFT JOIN index_row i ON i.seq = p.seq WHERE p.seq >= ?1 AND p.seen_at >= ?2 ORDER BY p.seq",
    )?;
    let mut rows = query.query(params![first, ms(since)])?;
    while let Some(r) = rows.next()? {
        row(IndexRow {
            id: get(r.get(0)?),
            cluster: get(r.get(1)?),
            story: get(r.get(2)?),
            seen_at: time(r.get(3)?),
            fingerprint: r.get::<_, i64>(4)?.cast_unsigned(),
            fingerprint_version: r.get(5)?,
            index_row: r.get::<_, Option<Vec<u8>>>(6)?.unwrap_or_default(),
            story_row: r.get::<_, Option<Vec<u8>>>(7)?.unwrap_or_default(),
            story_keys: r.get(8)?,
            counted: r.get(9)?,
        });
    }
    Ok(())
}

impl Tx<'_> {
    fn stands(&self, article: Id) -> Result<Option<Stands>, StoreError> {
        let mut query = self.tx.prepare_cached("SELECT seq, cluster, story FROM placed WHERE id = ?1")?;
        Ok(query.query_row([put(article)], |r| Ok(Stands { seq: r.get(0)?, cluster: r.get(1)?, story: r.get(2)? })).optional()?)
    }

    /// Stores one article but for the search index, moves what its placement merges, settles its entry. Stories to count again go to `touched`.
    fn place(&mut self, commit: &ArticleCommit, touched: &mut BTreeSet<i64>) -> Result<Row, StoreError> {
        let (publisher, owner) = self.publisher(&commit.article.publisher, None)?;
        let before = self.stands(commit.article.id)?;
        let (cluster, story) = (put(commit.cluster), put(commit.story));
        let seq = match &before {
            Some(stands) => {
                if commit.is_revision {
                    self.keep_revision(stands.seq, ms(commit.at))?;
                }
                self.write_article(Some(stands.seq), commit, publisher)?;
                self.tx
                    .prepare_cached(
                        "UPDATE placed SET cluster = ?2, story = ?3, owner = ?4, fingerprint = ?5, version = ?6, seen_at = MIN(seen_at, ?7)
                         WHERE seq = ?1",
                    )?
                    .execute(params![
                        stands.seq,
                        cluster,
                        story,
                        owner,
                        commit.fingerprint.cast_signed(),
                        commit.fingerprint_version,
                        ms(commit.article.seen_at)
                    ])?;
                stands.seq
            }
            None => {
                let seq = self.write_article(None, commit, publisher)?;
                self.tx
                    .prepare_cached(
                        "INSERT INTO placed (seq, id, cluster, story, owner, seen_at, fingerprint, version, mute) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 1)",
                    )?
                    .execute(params![
                        seq,
                        put(commit.article.id),
                        cluster,
                        story,
                        owner,
                        ms(commit.article.seen_at),
                        commit.fingerprint.cast_signed(),
                        commit.fingerprint_version
                    ])?;
                if let Some(next) = commit.recheck_at {
                    self.plan_recheck(seq, commit.at, next)?;
                }
                seq
            }
        };
        self.write_body(seq, &commit.article)?;
        self.write_index_row(seq, commit)?;
        self.settle(commit.entry, seq, commit.settled_reason.as_deref())?;
        let alone = commit.is_alone && before.is_none();
        if !alone {
            self.regroup(commit, touched)?;
            self.merge(commit, touched)?;
        }
        if let Some(stands) = &before {
            touched.insert(stands.story);
            self.redirect_if_empty(Group::Cluster, stands.cluster, cluster)?;
            self.redirect_if_empty(Group::Story, stands.story, story)?;
        }
        let alone = self.placed_event(commit, before.is_some(), alone)?;
        // A story of one new article has no row to count for, and nobody left it.
        if before.is_some() || !alone {
            touched.insert(story);
        }
        Ok(Row { seq, replaced: before.is_some() })
    }

    /// Writes the wide row; its number.
    fn write_article(&mut self, seq: Option<i64>, commit: &ArticleCommit, publisher: i64) -> Result<i64, StoreError> {
        let a = &commit.article;
        let (because, common) = split_reason(&commit.because);
        let (story_because, story_common) = split_reason(&commit.story_because);
        let (common, story_common) = (self.common(common)?, self.common(story_common)?);
        self.tx
            .prepare_cached(
                "INSERT INTO article (seq, url, fetched_url, publisher, title, byline, dateline, credit, credit_words, elsewhere, section, image,
                   free, lang, published_at, modified_at, words, quality, etag, last_modified, because, because_common, story_because, story_common)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24)
                 ON CONFLICT (seq) DO UPDATE SET (url, fetched_url, publisher, title, byline, dateline, credit, credit_words, elsewhere, section,
                   image, free, lang, published_at, modified_at, words, quality, etag, last_modified, because, because_common, story_because, story_common)
                 = (excluded.url, excluded.fetched_url, excluded.publisher, excluded.title, excluded.byline, excluded.dateline, excluded.credit,
                   excluded.credit_words, excluded.elsewhere, excluded.section, excluded.image, excluded.free, excluded.lang, excluded.published_at,
                   excluded.modified_at, excluded.words, excluded.quality, excluded.etag, excluded.last_modified, excluded.because,
                   excluded.because_common, excluded.story_because, excluded.story_common)",
            )?
            .execute(params![
                seq,
                a.canonical_url,
                a.fetched_url.as_ref().filter(|f| **f != a.canonical_url),
                publisher,
                a.title,
                a.byline,
                a.dateline,
                a.credit.as_ref().map(|c| &c.name),
                a.credit.as_ref().map(|c| &c.words),
                a.canonical_elsewhere,
                a.section,
                a.image,
                a.free,
                a.lang,
                a.published_at.map(ms),
                a.modified_at.map(ms),
                a.words,
                word(&a.quality),
                a.validators.etag,
                a.validators.last_modified,
                because,
                common,
                story_because,
                story_common
            ])?;
        Ok(seq.unwrap_or_else(|| self.tx.last_insert_rowid()))
    }

    fn write_body(&mut self, seq: i64, article: &Article) -> Result<(), StoreError> {
        let data = self.packer.pack(article.text.as_bytes());
        self.tx.prepare_cached("INSERT OR REPLACE INTO body (seq, data) VALUES (?1, ?2)")?.execute(params![seq, data])?;
        Ok(())
    }

    /// Lets searches find an article by its present text.
    fn index_text(&self, article: &Article, row: Row) -> Result<(), StoreError> {
        if row.replaced {
            self.tx.prepare_cached("DELETE FROM fts WHERE rowid = ?1")?.execute([row.seq])?;
        }
        fts::insert(self.tx, row.seq, &article.title, &article.text, article.quality)
    }

    /// What is in the index of stories stays there as it was: a later text of an article that started a cluster changes only
    /// what copies are found by.
    fn write_index_row(&self, seq: i64, commit: &ArticleCommit) -> Result<(), StoreError> {
        if commit.index_row.is_empty() && commit.story_row.is_empty() {
            self.tx.prepare_cached("DELETE FROM index_row WHERE seq = ?1")?.execute([seq])?;
        } else {
            self.tx
                .prepare_cached(
                    "INSERT INTO index_row (seq, copies, story, keys) VALUES (?1, ?2, ?3, ?4)
                     ON CONFLICT (seq) DO UPDATE SET copies = excluded.copies,
                       story = IIF(keys IS NOT NULL AND excluded.keys IS NULL, story, excluded.story), keys = IFNULL(excluded.keys, keys)",
                )?
                .execute(params![seq, commit.index_row, commit.story_row, commit.story_keys])?;
        }
        Ok(())
    }

    fn keep_revision(&self, seq: i64, at: i64) -> Result<(), StoreError> {
        self.tx
            .prepare_cached(
                "INSERT INTO revision (article, replaced_at, title, fingerprint, version, words, data)
                 SELECT a.seq, ?2, a.title, p.fingerprint, p.version, a.words, b.data
                 FROM article a JOIN placed p ON p.seq = a.seq JOIN body b ON b.seq = a.seq WHERE a.seq = ?1",
            )?
            .execute([seq, at])?;
        Ok(())
    }

    /// The entry leads to this article and is no longer pending. `true` where that makes the article's story visible.
    fn settle(&self, entry: Id, article: i64, reason: Option<&str>) -> Result<bool, StoreError> {
        let sql = "SELECT e.seq, f.mute FROM entry e JOIN feed f ON f.seq = e.feed WHERE e.id = ?1";
        let found = self.tx.prepare_cached(sql)?.query_row([put(entry)], |r| Ok((r.get::<_, i64>(0)?, r.get::<_, bool>(1)?)));
        let (seq, mute) = found.optional()?.ok_or_else(|| StoreError::Unknown { what: "entry", id: entry.to_string() })?;
        self.tx
            .prepare_cached(
                "UPDATE entry SET article = ?2, reason = ?3, tombstone = NULL,
                   url = NULLIF(COALESCE(url, (SELECT url FROM article WHERE seq = article)), (SELECT url FROM article WHERE seq = ?2)) WHERE seq = ?1",
            )?
            .execute(params![seq, article, reason])?;
        self.tx.prepare_cached("DELETE FROM pending WHERE entry = ?1")?.execute([seq])?;
        if mute {
            return Ok(false);
        }
        Ok(self.tx.prepare_cached("UPDATE placed SET mute = 0 WHERE seq = ?1 AND mute = 1")?.execute([article])? > 0)
    }

    /// One event an article: what became of it. Whether no other article is in its story, which is asked for unless it is `alone`
    /// for sure.
    fn placed_event(&self, commit: &ArticleCommit, known: bool, alone: bool) -> Result<bool, StoreError> {
        let a = &commit.article;
        let others = |group: Group, value: i64| -> Result<i64, StoreError> {
            if alone {
                return Ok(0);
            }
            let sql = format!("SELECT COUNT(*) FROM (SELECT 1 FROM placed WHERE seq IN {} AND id <> ?2 LIMIT 2)", group.rows());
            Ok(self.tx.prepare_cached(&sql)?.query_row([value, put(a.id)], |r| r.get(0))?)
        };
        let copies = others(Group::Cluster, put(commit.cluster))?;
        let alone = copies == 0 && others(Group::Story, put(commit.story))? == 0;
        let kind = match () {
            () if known => "revision",
            () if copies > 0 => "cluster",
            () if alone => "article",
            () => "story",
        };
        let (at, text) = (ms(commit.at), format!("{}: {}", a.publisher, a.title));
        let data = serde_json::json!({"cluster": commit.cluster, "story": commit.story, "publisher": a.publisher});
        self.event(at, kind, Some(a.id), &text, &data)?;
        if !known && copies == 1 {
            let data = serde_json::json!({"story": commit.story, "article": a.id, "publisher": a.publisher});
            self.event(at, "new_cluster", Some(commit.cluster), &format!("a first copy: {text}"), &data)?;
        }
        Ok(alone)
    }
}
