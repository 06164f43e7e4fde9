//! Full-text search.

use super::Reader;
use crate::clock::Clock;
use crate::model::Id;
use crate::model::views::SearchHit;
use crate::store::codec::{get, ms, time};
use crate::store::fts::{self, Query};
use crate::store::{StoreError, codec};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

/// Ranking looks at so many of the newest hits: the commonest word stands in half of all articles.
const RANKED: u32 = 5_000;

/// What comes first in the answer of a search.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SearchOrder {
    /// The newest.
    #[default]
    Newest,
    /// The best by BM25, a word in the headline counting four times, among the newest 5,000 hits.
    Relevance,
}

impl Reader {
    /// `query` as a person types it: words, "phrases", -not, OR, prefix*, publisher:, lang:, tag:, since:; every operator
    /// that is not known is literal. Newest first.
    ///
    /// # Errors
    /// [`StoreError::Query`] where nothing is asked for; those of SQLite.
    pub fn search(&self, query: &str, limit: u32) -> Result<Vec<SearchHit>, StoreError> {
        self.search_by(query, limit, SearchOrder::Newest)
    }

    /// [`Reader::search`] in the order asked for.
    ///
    /// # Errors
    /// [`StoreError::Query`] where nothing is asked for; those of SQLite.
    pub fn search_by(&self, query: &str, limit: u32, order: SearchOrder) -> Result<Vec<SearchHit>, StoreError> {
        let query = fts::parse(query, Clock::system().now())?;
        self.read(|conn| {
            let mut hits = Vec::new();
            for (seq, hit, packed) in rows(conn, &query, limit, order)? {
                let text = self.text(&packed)?;
                debug_assert!(seq > 0);
                hits.push(SearchHit { snippet: fts::snippet(&text, &query.marks), ..hit });
            }
            Ok(hits)
        })
    }
}

fn rows(conn: &Connection, query: &Query, limit: u32, order: SearchOrder) -> Result<Vec<(i64, SearchHit, Vec<u8>)>, StoreError> {
    let mut values: Vec<Value> = Vec::new();
    let mut conditions = Vec::new();
    let mut add = |value: Value| {
        values.push(value);
        format!("?{}", values.len())
    };
    let limit = add(limit.into());
    let mut from = "placed p".to_owned();
    let mut by = "p.seq DESC".to_owned();
    if let Some(expression) = &query.expression {
        let at = add(expression.clone().into());
        from = match order {
            SearchOrder::Newest => "fts JOIN placed p ON p.seq = fts.rowid".to_owned(),
            SearchOrder::Relevance => {
                by = "h.score, p.seq DESC".to_owned();
                format!(
                    "(SELECT rowid AS seq, bm25(fts, 4.0, 1.0) AS score FROM fts WHERE fts MATCH {at} AND rowid >= COALESCE(
                       (SELECT rowid FROM fts WHERE fts MATCH {at} ORDER BY rowid DESC LIMIT 1 OFFSET {RANKED}), 0)) h
                     JOIN placed p ON p.seq = h.seq"
                )
            }
        };
        if order == SearchOrder::Newest {
            conditions.push(format!("fts MATCH {at}"));
            by = "fts.rowid DESC".to_owned();
        }
    }
    if let Some(since) = query.since {
        let at = add(ms(since).into());
        conditions.push(format!("p.seen_at >= {at}"));
        if order == SearchOrder::Newest && query.expression.is_some() {
            // Without this bound a common word's whole posting list would be read once the period is exhausted.
            conditions.push(format!("fts.rowid >= COALESCE((SELECT MIN(seq) FROM placed WHERE seen_at >= {at}), {})", i64::MAX));
        }
    }
    let any = |column: &str, values: &[String], add: &mut dyn FnMut(Value) -> String| -> Option<String> {
        let list: Vec<String> = values.iter().map(|v| add(v.clone().into())).collect();
        (!list.is_empty()).then(|| format!("{column} IN ({})", list.join(", ")))
    };
    let publishers = any("name", &query.publishers, &mut add);
    conditions.extend(publishers.map(|p| format!("a.publisher IN (SELECT id FROM publisher WHERE {p})")));
    conditions.extend(any("a.lang", &query.langs, &mut add));
    let tags = any("t.value COLLATE NOCASE", &query.tags, &mut add);
    conditions.extend(tags.map(|t| {
        format!("EXISTS (SELECT 1 FROM entry e JOIN feed f ON f.seq = e.feed, json_each(f.tags) t WHERE e.article = p.seq AND {t})")
    }));
    let conditions = if conditions.is_empty() { "1".to_owned() } else { conditions.join(" AND ") };
    // CROSS JOIN keeps SQLite from starting at another table than the hits.
    let sql = format!(
        "SELECT p.seq, p.id, p.story, a.publisher, a.title, a.url, p.seen_at FROM {} CROSS JOIN article a ON a.seq = p.seq
         WHERE {conditions} ORDER BY {by} LIMIT {limit}",
        from.replace(" JOIN placed", " CROSS JOIN placed")
    );
    let mut statement = conn.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(values))?;
    let mut hits = Vec::new();
    while let Some(r) = rows.next()? {
        let seq: i64 = r.get(0)?;
        let name = "SELECT name FROM publisher WHERE id = ?1";
        let publisher = conn.prepare_cached(name)?.query_row([r.get::<_, i64>(3)?], |u| u.get(0))?;
        let packed = conn.prepare_cached("SELECT data FROM body WHERE seq = ?1")?.query_row([seq], |b| b.get(0))?;
        let (id, story): (Id, Id) = (codec::get(r.get(1)?), get(r.get(2)?));
        let hit = SearchHit { id, story, publisher, title: r.get(4)?, url: r.get(5)?, seen_at: time(r.get(6)?), snippet: String::new() };
        hits.push((seq, hit, packed));
    }
    Ok(hits)
}
