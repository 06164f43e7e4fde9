//! What placing one article changes for others: clusters that leave a story, stories that become one, and what origins
//! and headlines are decided from.

use super::{Tx, Writer};
use crate::model::{Credit, Id};
use crate::store::codec::{get, ms, put, time};
use crate::store::{ArticleCommit, ClusterMember, StoreError};
use rusqlite::{OptionalExtension, params};
use std::collections::BTreeSet;

impl Writer {
    /// The articles of a cluster in the order of placement, at most `limit`, without their texts.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn cluster_members(&self, cluster: Id, limit: u32) -> Result<Vec<ClusterMember>, StoreError> {
        let mut query = self.conn.prepare_cached(
            "SELECT p.id, u.name, a.url, a.byline, a.credit, a.credit_words, a.elsewhere, a.published_at, p.seen_at, a.words
             FROM placed p JOIN article a ON a.seq = p.seq JOIN publisher u ON u.id = a.publisher
             WHERE p.cluster = ?1 ORDER BY p.seq LIMIT ?2",
        )?;
        let rows = query.query_map(params![put(cluster), limit], |r| {
            let credit = r.get::<_, Option<String>>(4)?;
            Ok(ClusterMember {
                id: get(r.get(0)?),
                publisher: r.get(1)?,
                url: r.get(2)?,
                byline: r.get(3)?,
                credit: credit
                    .map(|name| Ok::<_, rusqlite::Error>(Credit { name, words: r.get::<_, Option<String>>(5)?.unwrap_or_default() }))
                    .transpose()?,
                canonical_elsewhere: r.get(6)?,
                published_at: r.get::<_, Option<i64>>(7)?.map(time),
                seen_at: time(r.get(8)?),
                words: r.get(9)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The headlines of a story's articles, at most `limit` in the order of placement, and the language of the first.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn story_headlines(&self, story: Id, limit: u32) -> Result<(Vec<String>, Option<String>), StoreError> {
        let mut query = self.conn.prepare_cached(
            "SELECT a.title, a.lang FROM placed p JOIN article a ON a.seq = p.seq WHERE p.story = ?1 ORDER BY p.seq LIMIT ?2",
        )?;
        let rows = query.query_map(params![put(story), limit], |r| Ok((r.get::<_, String>(0)?, r.get::<_, Option<String>>(1)?)))?;
        let rows: Vec<_> = rows.collect::<Result<_, _>>()?;
        let lang = rows.iter().find_map(|(_, lang)| lang.clone());
        Ok((rows.into_iter().map(|(title, _)| title).collect(), lang))
    }

    /// The story that a cluster is in.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn story_of(&self, cluster: Id) -> Result<Option<Id>, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT story FROM placed WHERE cluster = ?1 LIMIT 1")?;
        Ok(query.query_row([put(cluster)], |r| r.get(0)).optional()?.map(get))
    }
}

impl Tx<'_> {
    /// Carries out what a placement decided for other stories than the article's own: first the clusters that leave a
    /// story, then the stories that become another's.
    pub(super) fn regroup(&mut self, commit: &ArticleCommit, touched: &mut BTreeSet<i64>) -> Result<(), StoreError> {
        for (cluster, into) in commit.moved_clusters.iter().map(|(cluster, into)| (put(*cluster), put(*into))) {
            let left = self.stories_of("cluster", cluster)?;
            self.tx.prepare_cached("UPDATE placed SET story = ?2 WHERE cluster = ?1")?.execute([cluster, into])?;
            self.tx.prepare_cached("DELETE FROM redirect WHERE old = ?1")?.execute([into])?;
            for old in left {
                self.redirect_if_empty("story", old, into)?;
                touched.insert(old);
            }
            touched.insert(into);
        }
        for (from, into) in commit.joined_stories.iter().map(|(from, into)| (put(*from), put(*into))) {
            self.tx.prepare_cached("UPDATE placed SET story = ?2 WHERE story = ?1")?.execute([from, into])?;
            self.redirect_if_empty("story", from, into)?;
            touched.extend([from, into]);
        }
        if !commit.moved_clusters.is_empty() {
            let data = serde_json::json!({ "clusters": commit.moved_clusters });
            let text = format!("{} texts turned out to report another event", commit.moved_clusters.len());
            self.event(ms(commit.at), "split", Some(commit.story), &text, &data)?;
        }
        Ok(())
    }
}
