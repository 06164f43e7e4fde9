//! Clusters and stories: merging, counting again, origins, and a person's moves.

use super::{Tx, Writer};
use crate::model::Id;
use crate::store::codec::{get, ms, put, split_reason};
use crate::store::groups::{Group, of_cluster, of_story};
use crate::store::{ArticleCommit, Move, OriginRow, StoreError};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use std::collections::BTreeSet;

impl Writer {
    /// Sets or takes away origins. One that a person set is replaced only by another that a person set, and never taken away.
    /// A cluster whose origin is another now, or is known now, gets an event.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn set_origins(&mut self, origins: &[OriginRow], at: Timestamp) -> Result<(), StoreError> {
        self.write(|t| t.set_origins(origins, at))
    }

    /// Forgets the origin that a person set: what is decided next stands.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn forget_set_origin(&mut self, cluster: Id) -> Result<(), StoreError> {
        self.write(|t| {
            t.tx.prepare_cached("UPDATE origin SET by_hand = 0 WHERE cluster = ?1 AND by_hand = 1")?.execute([put(cluster)])?;
            Ok(())
        })
    }

    /// The article, where it is one, and the publisher that stand as the origin of a cluster.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn origin_of(&self, cluster: Id) -> Result<Option<(Option<Id>, String)>, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT article, publisher FROM origin WHERE cluster = ?1")?;
        Ok(query.query_row([put(cluster)], |r| Ok((r.get::<_, Option<i64>>(0)?.map(get), r.get(1)?))).optional()?)
    }

    /// Gives a story its headline.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn set_story_title(&mut self, story: Id, title: &str) -> Result<(), StoreError> {
        self.set_story_titles(&[(story, title.to_owned())])
    }

    /// Gives stories their headlines.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn set_story_titles(&mut self, titles: &[(Id, String)]) -> Result<(), StoreError> {
        self.write(|t| t.set_story_titles(titles))
    }

    /// Moves articles between clusters and stories; what is left empty redirects to where its last article went.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] where an article is not stored; those of SQLite.
    pub fn apply_moves(&mut self, moves: &[Move], at: Timestamp) -> Result<(), StoreError> {
        self.write(|t| {
            t.at.set(ms(at));
            t.move_articles(moves)?;
            let text = format!("{} articles placed anew", moves.len());
            t.event(ms(at), "recluster", moves.first().map(|m| m.article), &text, &serde_json::Value::Null)
        })
    }
}

impl Tx<'_> {
    /// As [`Writer::set_origins`].
    pub(super) fn set_origins(&mut self, origins: &[OriginRow], at: Timestamp) -> Result<(), StoreError> {
        let mut touched = BTreeSet::new();
        for row in origins {
            let cluster = put(row.cluster);
            let by_hand = row.origin.as_ref().is_some_and(|o| o.by_hand);
            let before = self.origin_named(cluster)?;
            let sql = "DELETE FROM origin WHERE cluster = ?1 AND (by_hand = 0 OR ?2)";
            self.tx.prepare_cached(sql)?.execute(params![cluster, by_hand])?;
            if let Some(origin) = &row.origin {
                self.tx
                    .prepare_cached(
                        "INSERT INTO origin (cluster, article, publisher, confidence, evidence, by_hand) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                     ON CONFLICT DO NOTHING",
                    )?
                    .execute(params![
                        cluster,
                        origin.article.map(put),
                        origin.publisher,
                        origin.confidence,
                        serde_json::Value::from(origin.evidence.clone()).to_string(),
                        origin.by_hand
                    ])?;
            }
            self.origin_event(row.cluster, before, ms(at))?;
            touched.extend(self.stories_of(Group::Cluster, cluster)?);
        }
        touched.into_iter().try_for_each(|story| self.refresh_story(story))
    }

    /// As [`Writer::set_story_titles`].
    pub(super) fn set_story_titles(&self, titles: &[(Id, String)]) -> Result<(), StoreError> {
        let mut set = self.tx.prepare_cached("UPDATE story SET title = ?2, titled = 1 WHERE id = ?1")?;
        titles.iter().try_for_each(|(story, title)| set.execute(params![put(*story), title]).map(drop))?;
        Ok(())
    }

    /// Moves articles; what is left empty redirects to where its last article went.
    pub(super) fn move_articles(&mut self, moves: &[Move]) -> Result<(), StoreError> {
        let (mut touched, mut clusters) = (BTreeSet::new(), BTreeSet::new());
        for one in moves {
            let (cluster, story) = (put(one.cluster), put(one.story));
            let sql = "SELECT seq, cluster, story FROM placed WHERE id = ?1";
            let found = self.tx.prepare_cached(sql)?.query_row([put(one.article)], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)));
            let (seq, was_cluster, was_story): (i64, i64, i64) =
                found.optional()?.ok_or_else(|| StoreError::Unknown { what: "article", id: one.article.to_string() })?;
            self.tx.prepare_cached("UPDATE placed SET cluster = ?2, story = ?3 WHERE seq = ?1")?.execute([seq, cluster, story])?;
            if let Some(because) = &one.because {
                let (own, common) = split_reason(because);
                let common = self.common(common)?;
                let sql = "UPDATE article SET because = ?2, because_common = ?3 WHERE seq = ?1";
                self.tx.prepare_cached(sql)?.execute(params![seq, own, common])?;
            }
            self.tx.prepare_cached("DELETE FROM redirect WHERE old IN (?1, ?2)")?.execute([cluster, story])?;
            self.redirect_if_empty(Group::Cluster, was_cluster, cluster)?;
            self.redirect_if_empty(Group::Story, was_story, story)?;
            touched.extend([was_story, story]);
            clusters.extend([was_cluster, cluster]);
        }
        for cluster in clusters {
            self.stand_for(cluster)?;
        }
        touched.into_iter().try_for_each(|story| self.refresh_story(story))
    }

    /// The index of stories holds every cluster by one text: by its first where the one that it had has moved.
    fn stand_for(&self, cluster: i64) -> Result<(), StoreError> {
        self.tx
            .prepare_cached(concat!(
                "UPDATE index_row SET keys = x'' WHERE seq = (SELECT MIN(seq) FROM ",
                of_cluster!("?1"),
                ") AND NOT EXISTS (SELECT 1 FROM index_row WHERE keys IS NOT NULL AND seq IN ",
                of_cluster!("?1"),
                ")"
            ))?
            .execute([cluster])?;
        Ok(())
    }

    pub(super) fn stories_of(&self, group: Group, value: i64) -> Result<Vec<i64>, StoreError> {
        let mut query = self.tx.prepare_cached(&format!("SELECT DISTINCT story FROM placed WHERE seq IN {}", group.rows()))?;
        Ok(query.query_map([value], |r| r.get(0))?.collect::<Result<_, _>>()?)
    }

    /// Carries out what a placement merges. A cluster is in one story: all members of the article's cluster follow it.
    pub(super) fn merge(&mut self, commit: &ArticleCommit, touched: &mut BTreeSet<i64>) -> Result<(), StoreError> {
        let (cluster, story) = (put(commit.cluster), put(commit.story));
        for old in commit.merged_clusters.iter().copied().map(put).filter(|&old| old != cluster) {
            touched.extend(self.stories_of(Group::Cluster, old)?);
            self.tx.prepare_cached(concat!("UPDATE placed SET cluster = ?2 WHERE seq IN ", of_cluster!("?1")))?.execute([old, cluster])?;
            // What a person said of the old cluster's origin stays said.
            self.tx
                .prepare_cached("UPDATE OR IGNORE origin SET cluster = ?2 WHERE cluster = ?1 AND by_hand = 1")?
                .execute([old, cluster])?;
            self.tx.prepare_cached("DELETE FROM origin WHERE cluster = ?1")?.execute([old])?;
            self.redirect(Group::Cluster, old, cluster)?;
        }
        for old in commit.merged_stories.iter().copied().map(put).filter(|&old| old != story) {
            self.tx.prepare_cached(concat!("UPDATE placed SET story = ?2 WHERE seq IN ", of_story!("?1")))?.execute([old, story])?;
            self.redirect(Group::Story, old, story)?;
            touched.insert(old);
        }
        let strays: Vec<i64> = {
            let sql = concat!("SELECT DISTINCT story FROM placed WHERE story <> ?2 AND seq IN ", of_cluster!("?1"));
            let mut query = self.tx.prepare_cached(sql)?;
            query.query_map([cluster, story], |r| r.get(0))?.collect::<Result<_, _>>()?
        };
        for old in strays {
            let sql = concat!("UPDATE placed SET story = ?3 WHERE story = ?2 AND seq IN ", of_cluster!("?1"));
            let mut update = self.tx.prepare_cached(sql)?;
            update.execute([cluster, old, story])?;
            touched.insert(old);
        }
        for &old in touched.iter() {
            self.redirect_if_empty(Group::Story, old, story)?;
        }
        Ok(())
    }

    /// `old` is `new` from now on, and an event says so; what led to `old` leads to `new`.
    fn redirect(&self, group: Group, old: i64, new: i64) -> Result<(), StoreError> {
        if old == new || self.tx.prepare_cached("SELECT 1 FROM redirect WHERE old = ?1 AND new = ?2")?.exists([old, new])? {
            return Ok(());
        }
        let kind = group.name();
        self.tx.prepare_cached("UPDATE redirect SET new = ?2 WHERE new = ?1")?.execute([old, new])?;
        self.tx.prepare_cached("DELETE FROM redirect WHERE old = ?1")?.execute([new])?;
        self.tx.prepare_cached("INSERT OR REPLACE INTO redirect (old, new, kind) VALUES (?1, ?2, ?3)")?.execute(params![old, new, kind])?;
        let data = serde_json::json!({"what": kind, "from": get(old), "into": get(new)});
        self.event(self.now()?, "merged", Some(get(new)), &format!("{kind} {} is part of it now", get(old)), &data)
    }

    /// Redirects a cluster or story that lost its last article.
    pub(super) fn redirect_if_empty(&self, group: Group, old: i64, new: i64) -> Result<(), StoreError> {
        if old != new && !self.tx.prepare_cached(&format!("SELECT 1 FROM {}", group.rows()))?.exists([old])? {
            if group == Group::Cluster {
                self.tx.prepare_cached("DELETE FROM origin WHERE cluster = ?1")?.execute([old])?;
            }
            self.redirect(group, old, new)?;
        }
        Ok(())
    }

    /// The article and publisher that stand as the origin of a cluster.
    fn origin_named(&self, cluster: i64) -> Result<Option<(Option<i64>, String)>, StoreError> {
        let mut query = self.tx.prepare_cached("SELECT article, publisher FROM origin WHERE cluster = ?1")?;
        Ok(query.query_row([cluster], |r| Ok((r.get(0)?, r.get(1)?))).optional()?)
    }

    /// Says where a cluster's origin is not what it was `before`. The first word on it counts only where there are copies:
    /// of a text that nobody else carries, nobody asks whose it is.
    fn origin_event(&self, cluster: Id, before: Option<(Option<i64>, String)>, at: i64) -> Result<(), StoreError> {
        let now = self.origin_named(put(cluster))?;
        if now == before {
            return Ok(());
        }
        let name = |origin: &Option<(Option<i64>, String)>| origin.as_ref().map(|o| o.1.clone());
        let article = |origin: &Option<(Option<i64>, String)>| origin.as_ref().and_then(|o| o.0).map(get);
        if before.is_none() {
            let sql = concat!("SELECT COUNT(*) FROM (SELECT 1 FROM ", of_cluster!("?1"), " LIMIT 2)");
            let copies: i64 = self.tx.prepare_cached(sql)?.query_row([put(cluster)], |r| r.get(0))?;
            if copies < 2 {
                return Ok(());
            }
        }
        let text = match (name(&before), name(&now)) {
            (Some(was), Some(is)) => format!("origin {is}, was {was}"),
            (Some(was), None) => format!("origin unknown, was {was}"),
            (None, is) => format!("origin {}", is.unwrap_or_default()),
        };
        let data = serde_json::json!({
            "from": {"publisher": name(&before), "article": article(&before)}, "to": {"publisher": name(&now), "article": article(&now)},
        });
        self.event(at, "origin", Some(cluster), &text, &data)
    }

    /// Counts a story again, and says where it came to be or grew.
    pub(super) fn recount_story(&mut self, story: i64, at: i64) -> Result<(), StoreError> {
        let counted = |t: &Self| -> Result<Option<(i64, String)>, StoreError> {
            let mut query = t.tx.prepare_cached("SELECT publishers, title FROM story WHERE id = ?1")?;
            Ok(query.query_row([story], |r| Ok((r.get(0)?, r.get(1)?))).optional()?)
        };
        let before = counted(self)?;
        self.refresh_story(story)?;
        let Some((publishers, title)) = counted(self)? else { return Ok(()) };
        if before.is_none() {
            let data = serde_json::json!({ "publishers": publishers });
            self.event(at, "new_story", Some(get(story)), &title, &data)?;
        }
        let was = before.map_or(1, |b| b.0);
        if publishers > was {
            let text = format!("{publishers} independent publishers: {title}");
            let data = serde_json::json!({"from": was, "publishers": publishers});
            self.event(at, "grew", Some(get(story)), &text, &data)?;
        }
        Ok(())
    }

    /// Counts a story again. Its row stands only while it has two articles or more.
    pub(super) fn refresh_story(&mut self, story: i64) -> Result<(), StoreError> {
        let mut query = self.tx.prepare_cached(concat!(
            "SELECT COUNT(*), COUNT(DISTINCT cluster), COUNT(DISTINCT owner), MIN(seen_at), MAX(seen_at), MIN(mute), MIN(seq)
             FROM placed WHERE seq IN ",
            of_story!("?1")
        ))?;
        let ([copies, texts, publishers], [first, last, mute, head]) = query.query_row([story], |r| {
            let counts: [i64; 3] = [r.get(0)?, r.get(1)?, r.get(2)?];
            let extremes: [Option<i64>; 4] = [r.get(3)?, r.get(4)?, r.get(5)?, r.get(6)?];
            Ok((counts, extremes))
        })?;
        if copies < 2 {
            self.tx.prepare_cached("DELETE FROM story WHERE id = ?1")?.execute([story])?;
            return Ok(());
        }
        let title: String = self.tx.prepare_cached("SELECT title FROM article WHERE seq = ?1")?.query_row([head], |r| r.get(0))?;
        let origin: Option<String> = self
            .tx
            .prepare_cached(concat!(
                // The origin of its largest text. One article of many says nothing of the story as a whole.
                "SELECT g.publisher FROM (SELECT cluster, COUNT(*) AS n FROM placed WHERE seq IN ",
                of_story!("?1"),
                " GROUP BY cluster
                   ORDER BY n DESC, MIN(seq) LIMIT 1) c JOIN origin g ON g.cluster = c.cluster WHERE c.n > 1",
            ))?
            .query_row([story], |r| r.get(0))
            .optional()?;
        let lang: Option<String> = self
            .tx
            .prepare_cached(concat!(
                "SELECT lang FROM (SELECT lang, seq FROM article WHERE seq IN ",
                of_story!("?1"),
                " LIMIT 100)
                 WHERE lang IS NOT NULL GROUP BY lang ORDER BY COUNT(*) DESC, MIN(seq) LIMIT 1",
            ))?
            .query_row([story], |r| r.get(0))
            .optional()?;
        self.tx
            .prepare_cached(
                "INSERT INTO story (id, title, first_seen_at, last_seen_at, publishers, copies, texts, origin, lang, visible)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
                 ON CONFLICT (id) DO UPDATE SET title = IIF(titled, title, excluded.title), first_seen_at = excluded.first_seen_at,
                   last_seen_at = excluded.last_seen_at, publishers = excluded.publishers, copies = excluded.copies, texts = excluded.texts,
                   origin = excluded.origin, lang = excluded.lang, visible = excluded.visible",
            )?
            .execute(params![story, title, first, last, publishers, copies, texts, origin, lang, mute == Some(0)])?;
        Ok(())
    }
}
