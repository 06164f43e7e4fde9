//! What rules for alerts ask of the database beside the events themselves.

use super::Reader;
use crate::model::Id;
use crate::model::views::FeedBrief;
use crate::store::StoreError;
use crate::store::codec::{get, put, time};
use crate::store::groups::of_story;
use rusqlite::{Connection, OptionalExtension, params};

/// Tags of the feeds that led to the articles `p` of which `where_` is true.
fn tags(conn: &Connection, where_: &str, id: Id) -> Result<Vec<String>, StoreError> {
    let sql = format!(
        "SELECT DISTINCT t.value FROM placed p JOIN entry e ON e.article = p.seq JOIN feed f ON f.seq = e.feed, json_each(f.tags) t WHERE {where_}"
    );
    let mut query = conn.prepare_cached(&sql)?;
    Ok(query.query_map([put(id)], |r| r.get(0))?.collect::<Result<_, _>>()?)
}

impl Reader {
    /// The tags of the feeds that led to a story's articles.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn tags_of_story(&self, story: Id) -> Result<Vec<String>, StoreError> {
        self.read(|conn| tags(conn, concat!("p.seq IN ", of_story!("?1")), story))
    }

    /// The tags of the feeds that led to an article.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn tags_of_article(&self, article: Id) -> Result<Vec<String>, StoreError> {
        self.read(|conn| tags(conn, "p.id = ?1", article))
    }

    /// The tags of a feed.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn tags_of_feed(&self, feed: Id) -> Result<Vec<String>, StoreError> {
        self.read(|conn| {
            let mut query = conn.prepare_cached("SELECT t.value FROM feed f, json_each(f.tags) t WHERE f.id = ?1")?;
            Ok(query.query_map([put(feed)], |r| r.get(0))?.collect::<Result<_, _>>()?)
        })
    }

    /// What an alert says of a feed.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn feed_brief(&self, feed: Id) -> Result<Option<FeedBrief>, StoreError> {
        let sql = "SELECT f.declared_url, f.url, f.title, u.name, f.last_success_at FROM feed f LEFT JOIN publisher u ON u.id = f.publisher
          WHERE f.id = ?1";
        self.read(|conn| {
            let row = conn.prepare_cached(sql)?.query_row([put(feed)], |r| {
                let last_success_at = r.get::<_, Option<i64>>(4)?.map(time);
                Ok(FeedBrief { id: feed, url: r.get(0)?, asked_at: r.get(1)?, title: r.get(2)?, publisher: r.get(3)?, last_success_at })
            });
            Ok(row.optional()?)
        })
    }

    /// Whether a story has an article that came through a feed that is not muted.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn is_visible(&self, story: Id) -> Result<bool, StoreError> {
        let sql = concat!("SELECT EXISTS (SELECT 1 FROM placed WHERE mute = 0 AND seq IN ", of_story!("?1"), ")");
        self.read(|conn| Ok(conn.prepare_cached(sql)?.query_row([put(story)], |r| r.get(0))?))
    }

    /// The stories that became part of this one.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn merged_into(&self, story: Id) -> Result<Vec<Id>, StoreError> {
        self.read(|conn| {
            let mut query = conn.prepare_cached("SELECT old FROM redirect WHERE new = ?1")?;
            Ok(query.query_map([put(story)], |r| Ok(get(r.get(0)?)))?.collect::<Result<_, _>>()?)
        })
    }

    /// Whether a rule has told of this before, or is about to.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn is_told(&self, rule: &str, key: &str) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM alert WHERE rule = ?1 AND key = ?2";
        self.read(|conn| Ok(conn.prepare_cached(sql)?.query_row(params![rule, key], |_| Ok(())).optional()?.is_some()))
    }
}
