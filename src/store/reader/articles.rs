//! One article in full.

use super::Reader;
use super::stories::{MEMBER, cluster, member, members_of};
use crate::model::Id;
use crate::model::views::{ArticleDetail, EntryView, RevisionView, Wording};
use crate::store::StoreError;
use crate::store::codec::{self, get, join_reason, put, time};
use crate::store::groups::Group;
use rusqlite::{Connection, OptionalExtension};

impl Reader {
    /// Everything known of one article.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where its text does not unpack; those of SQLite.
    pub fn article(&self, id: Id) -> Result<Option<ArticleDetail>, StoreError> {
        self.read(|conn| {
            let sql = format!(
                "SELECT {MEMBER}, p.cluster, p.story, a.byline, a.dateline, a.modified_at, a.quality, a.elsewhere, b.data, p.seq,
                   (SELECT COUNT(*) FROM revision r WHERE r.article = p.seq), a.gone_at
                 FROM placed p JOIN article a ON a.seq = p.seq JOIN publisher u ON u.id = a.publisher JOIN body b ON b.seq = p.seq
                 WHERE p.id = ?1"
            );
            let mut query = conn.prepare_cached(&sql)?;
            let found = query.query_row([put(id)], |r| {
                let detail = ArticleDetail {
                    member: member(r)?.row,
                    cluster: get(r.get(14)?),
                    story: get(r.get(15)?),
                    byline: r.get(16)?,
                    dateline: r.get(17)?,
                    modified_at: r.get::<_, Option<i64>>(18)?.map(time),
                    quality: codec::quality(&r.get::<_, String>(19)?),
                    fingerprint: format!("{:016x}", r.get::<_, i64>(12)?),
                    fingerprint_version: r.get(13)?,
                    canonical_elsewhere: r.get(20)?,
                    text: String::new(),
                    revisions: r.get(23)?,
                    gone_at: r.get::<_, Option<i64>>(24)?.map(time),
                    entries: Vec::new(),
                };
                Ok((detail, r.get::<_, Vec<u8>>(21)?, r.get::<_, i64>(22)?))
            });
            let Some((mut detail, packed, seq)) = found.optional()? else {
                return Ok(None);
            };
            detail.text = self.text(&packed)?;
            detail.entries = entries(conn, seq)?;
            let members = members_of(conn, Group::Cluster, detail.cluster)?.into_iter().map(|(_, m)| m).collect();
            let distance = cluster(conn, detail.cluster, members)?.members.into_iter().find(|m| m.id == id).and_then(|m| m.distance);
            detail.member.distance = distance;
            Ok(Some(detail))
        })
    }

    /// The text of one article and no more: what a comparison of many needs.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where its text does not unpack; those of SQLite.
    pub fn wording(&self, article: Id) -> Result<Option<Wording>, StoreError> {
        let sql = "SELECT b.data, (SELECT COUNT(*) FROM revision r WHERE r.article = p.seq)
          FROM placed p JOIN body b ON b.seq = p.seq WHERE p.id = ?1";
        self.read(|conn| {
            let found = conn.prepare_cached(sql)?.query_row([put(article)], |r| Ok((r.get::<_, Vec<u8>>(0)?, r.get(1)?))).optional()?;
            let Some((packed, revisions)) = found else { return Ok(None) };
            Ok(Some(Wording { text: self.text(&packed)?, revisions }))
        })
    }

    /// Former texts of an article, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where a text does not unpack; those of SQLite.
    pub fn revisions(&self, article: Id) -> Result<Vec<RevisionView>, StoreError> {
        let sql = "SELECT r.replaced_at, r.title, r.words, r.data FROM revision r JOIN placed p ON p.seq = r.article WHERE p.id = ?1 ORDER BY r.seq";
        self.read(|conn| {
            let mut query = conn.prepare_cached(sql)?;
            let mut rows = query.query([put(article)])?;
            let mut all = Vec::new();
            while let Some(r) = rows.next()? {
                let text = self.text(&r.get::<_, Vec<u8>>(3)?)?;
                all.push(RevisionView { replaced_at: time(r.get(0)?), title: r.get(1)?, words: r.get(2)?, text });
            }
            Ok(all)
        })
    }

    /// The article at this canonical URL.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn article_by_url(&self, canonical_url: &str) -> Result<Option<Id>, StoreError> {
        let id = Id::article(canonical_url);
        self.read(|conn| Ok(conn.prepare_cached("SELECT 1 FROM placed WHERE id = ?1")?.exists([put(id)])?.then_some(id)))
    }

    /// The article that an entry leads to; `None` while it is pending.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn article_of_entry(&self, entry: Id) -> Result<Option<Id>, StoreError> {
        let sql = "SELECT p.id FROM entry e JOIN placed p ON p.seq = e.article WHERE e.id = ?1";
        self.read(|conn| Ok(conn.prepare_cached(sql)?.query_row([put(entry)], |r| Ok(get(r.get(0)?))).optional()?))
    }

    /// Why the cluster of an article is in its story: the recorded reason.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn story_reason(&self, article: Id) -> Result<serde_json::Value, StoreError> {
        let sql = "SELECT a.story_because, (SELECT json FROM common WHERE id = a.story_common)
          FROM placed p JOIN article a ON a.seq = p.seq WHERE p.id = ?1";
        self.read(|conn| {
            let found = conn.prepare_cached(sql)?.query_row([put(article)], |r| Ok(join_reason(r.get(0)?, r.get(1)?))).optional()?;
            Ok(found.unwrap_or_default())
        })
    }
}

fn entries(conn: &Connection, article: i64) -> Result<Vec<EntryView>, StoreError> {
    let mut query = conn.prepare_cached(
        "SELECT e.id, f.declared_url, COALESCE(e.url, a.url), e.seen_at FROM entry e JOIN feed f ON f.seq = e.feed
         JOIN article a ON a.seq = e.article WHERE e.article = ?1 ORDER BY e.seq",
    )?;
    let rows =
        query.query_map([article], |r| Ok(EntryView { id: get(r.get(0)?), feed: r.get(1)?, url: r.get(2)?, seen_at: time(r.get(3)?) }))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
