//! What placing one article changes for others: clusters that leave a story, stories that become one, and what origins
//! and headlines are decided from.

use super::{Tx, Writer};
use crate::model::{Credit, Id};
use crate::store::codec::{get, ms, put, time};
use crate::store::groups::{Group, of_cluster, of_story};
use crate::store::{ArticleCommit, ClusterMember, StoreError};
use rusqlite::{OptionalExtension, params};
use std::collections::{BTreeMap, BTreeSet};

impl Writer {
    /// The articles of a cluster in the order of placement, at most `limit`, without their texts.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn cluster_members(&self, cluster: Id, limit: u32) -> Result<Vec<ClusterMember>, StoreError> {
        let mut query = self.conn.prepare_cached(concat!(
            "SELECT p.id, u.name, a.url, a.byline, a.credit, a.credit_words, a.elsewhere, a.published_at, p.seen_at, a.words, u.domains,
               (SELECT (e.seen_at - (SELECT b.at FROM poll b WHERE b.feed = e.feed AND b.at < e.seen_at ORDER BY b.seq DESC LIMIT 1)) / 1000
                  FROM entry e WHERE e.article = p.seq ORDER BY e.seq LIMIT 1)
             FROM placed p JOIN article a ON a.seq = p.seq JOIN publisher u ON u.id = a.publisher
             WHERE p.seq IN ",
            of_cluster!("?1"),
            " ORDER BY p.seq LIMIT ?2",
        ))?;
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
                domains: serde_json::from_str(&r.get::<_, String>(10)?).unwrap_or_default(),
                unseen_for_s: r.get(11)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Seconds that an entry's feed had not been looked at before the poll that found it; `None` where that was the first, or
    /// the poll before is forgotten.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn unseen_for(&self, entry: Id) -> Result<Option<i64>, StoreError> {
        let mut query = self.conn.prepare_cached(
            "SELECT (e.seen_at - (SELECT b.at FROM poll b WHERE b.feed = e.feed AND b.at < e.seen_at ORDER BY b.seq DESC LIMIT 1)) / 1000
             FROM entry e WHERE e.id = ?1",
        )?;
        Ok(query.query_row([put(entry)], |r| r.get(0)).optional()?.flatten())
    }

    /// The headlines of a story's first `limit` articles that are in the language of most of them (or in none that is known), in
    /// the order of placement, and that language.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn story_headlines(&self, story: Id, limit: u32) -> Result<(Vec<String>, Option<String>), StoreError> {
        let sql = concat!("SELECT title, lang FROM article WHERE seq IN ", of_story!("?1"), " ORDER BY seq LIMIT ?2");
        let mut query = self.conn.prepare_cached(sql)?;
        let rows = query.query_map(params![put(story), limit], |r| Ok((r.get::<_, String>(0)?, r.get::<_, Option<String>>(1)?)))?;
        let rows: Vec<_> = rows.collect::<Result<_, _>>()?;
        let mut counts: Vec<(&str, usize)> = Vec::new();
        for lang in rows.iter().filter_map(|(_, lang)| lang.as_deref()) {
            match counts.iter_mut().find(|count| count.0 == lang) {
                Some(count) => count.1 += 1,
                None => counts.push((lang, 1)),
            }
        }
        // of equals the one that was first, as `refresh_story` has it
        let lang = counts.iter().rev().max_by_key(|count| count.1).map(|count| count.0.to_owned());
        let its = |of: &Option<String>| of.is_none() || *of == lang;
        Ok((rows.into_iter().filter(|(_, of)| its(of)).map(|(title, _)| title).collect(), lang))
    }

    /// A cluster that an article begins: its own, unless that or its story is somebody else's by now or leads to another. The
    /// article that it is named after may have been parted from it or pruned, and come back with another text.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn unused_cluster(&self, first: Id) -> Result<Id, StoreError> {
        let mut used = self.conn.prepare_cached(concat!(
            "SELECT 1 FROM ",
            of_cluster!("?1"),
            " UNION ALL SELECT 1 FROM ",
            of_story!("?2"),
            " UNION ALL SELECT 1 FROM redirect WHERE old IN (?1, ?2)"
        ))?;
        let mut cluster = Id::cluster(first);
        while used.exists([put(cluster), put(Id::story(cluster))])? {
            cluster = Id::derive("cluster", &[&first.to_string(), &cluster.to_string()]);
        }
        Ok(cluster)
    }

    /// The story that a cluster is in.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn story_of(&self, cluster: Id) -> Result<Option<Id>, StoreError> {
        let mut query = self.conn.prepare_cached(concat!("SELECT story FROM placed WHERE seq IN ", of_cluster!("?1"), " LIMIT 1"))?;
        Ok(query.query_row([put(cluster)], |r| r.get(0)).optional()?.map(get))
    }
}

impl Tx<'_> {
    /// Carries out what a placement decided for other stories than the article's own: first the clusters that leave a
    /// story, then the stories that become another's.
    pub(super) fn regroup(&mut self, commit: &ArticleCommit, touched: &mut BTreeSet<i64>) -> Result<(), StoreError> {
        let at = ms(commit.at);
        // (from, into) -> clusters
        let mut left: BTreeMap<(Id, Id), Vec<Id>> = BTreeMap::new();
        for &(moved, to) in &commit.moved_clusters {
            let (cluster, into) = (put(moved), put(to));
            let stories = self.stories_of(Group::Cluster, cluster)?;
            self.tx.prepare_cached(concat!("UPDATE placed SET story = ?2 WHERE seq IN ", of_cluster!("?1")))?.execute([cluster, into])?;
            self.tx.prepare_cached("DELETE FROM redirect WHERE old = ?1")?.execute([into])?;
            for old in stories.into_iter().filter(|&old| old != into) {
                left.entry((get(old), to)).or_default().push(moved);
                self.redirect_if_empty(Group::Story, old, into)?;
                touched.insert(old);
            }
            touched.insert(into);
        }
        for (from, into) in commit.joined_stories.iter().map(|(from, into)| (put(*from), put(*into))) {
            self.tx.prepare_cached(concat!("UPDATE placed SET story = ?2 WHERE seq IN ", of_story!("?1")))?.execute([from, into])?;
            self.redirect_if_empty(Group::Story, from, into)?;
            touched.extend([from, into]);
        }
        for ((from, into), clusters) in left {
            // A story that went as a whole has become another: that is said where it is redirected.
            if self.stories_of(Group::Story, put(from))?.is_empty() {
                continue;
            }
            let texts = if clusters.len() == 1 { "a text".to_owned() } else { format!("{} texts", clusters.len()) };
            let data = serde_json::json!({"from": from, "into": into, "clusters": clusters, "by": commit.article.id});
            self.event(at, "split", Some(from), &format!("{texts} turned out to report another event, story {into}"), &data)?;
        }
        Ok(())
    }
}
