//! Full-text search.

use super::Reader;
use crate::clock::Clock;
use crate::model::views::SearchHit;
use crate::store::StoreError;
use crate::store::codec::{get, ms, put, time};
use crate::store::fts::{self, Query};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

/// Ranking looks at so many of the newest hits: the commonest word stands in half of all articles. FTS5's own bm25()
/// reads every posting of every word first, 0.35 ms for a thousand articles; reading the texts of these takes 30 ms.
const RANKED: u32 = 1_000;

/// What comes first in the answer of a search.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SearchOrder {
    /// The newest.
    #[default]
    Newest,
    /// The best by BM25, a word in the headline counting four times, among the newest 1,000 hits; of equal ones the newest.
    Relevance,
}

impl Reader {
    /// `query` as a person types it: words, "phrases", -not, OR, prefix*, publisher:, owner:, feed:, lang:, tag:,
    /// since:, until:; every operator that is not known is literal. Newest first.
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
            let most = if order == SearchOrder::Relevance { limit.max(RANKED) } else { limit };
            let mut hits = Vec::new();
            for (hit, packed) in rows(conn, &query, most)? {
                let text = self.text(&packed)?;
                if order == SearchOrder::Newest {
                    hits.push((0.0, SearchHit { snippet: fts::snippet(&text, &query.marks), ..hit }, String::new()));
                } else {
                    hits.push((fts::score(&hit.title, &text, &query.marks), hit, text));
                }
            }
            if order == SearchOrder::Relevance {
                // Stable: of equal ones, the newest stays first.
                hits.sort_by(|a, b| b.0.total_cmp(&a.0));
                hits.truncate(limit as usize);
                for (_, hit, text) in &mut hits {
                    hit.snippet = fts::snippet(text, &query.marks);
                }
            }
            let named = |hit: SearchHit| SearchHit { headline: fts::headline(&hit.title, &query.marks), ..hit };
            Ok(hits.into_iter().map(|(_, hit, _)| named(hit)).collect())
        })
    }
}

fn texts(values: &[String]) -> Vec<Value> {
    values.iter().map(|v| v.clone().into()).collect()
}

/// The newest hits and their packed texts.
fn rows(conn: &Connection, query: &Query, limit: u32) -> Result<Vec<(SearchHit, Vec<u8>)>, StoreError> {
    let mut values: Vec<Value> = Vec::new();
    let mut conditions = Vec::new();
    let mut add = |value: Value| {
        values.push(value);
        format!("?{}", values.len())
    };
    let limit = add(limit.into());
    let mut from = "placed p";
    let mut by = "p.seq DESC";
    if let Some(expression) = &query.expression {
        let at = add(expression.clone().into());
        from = "fts CROSS JOIN placed p ON p.seq = fts.rowid";
        conditions.push(format!("fts MATCH {at}"));
        by = "fts.rowid DESC";
    }
    if let Some(since) = query.since {
        let at = add(ms(since).into());
        conditions.push(format!("p.seen_at >= {at}"));
        if query.expression.is_some() {
            // Without this bound a common word's whole posting list would be read once the period is exhausted.
            conditions.push(format!("fts.rowid >= COALESCE((SELECT MIN(seq) FROM placed WHERE seen_at >= {at}), {})", i64::MAX));
        }
    }
    if let Some(until) = query.until {
        let at = add(ms(until).into());
        conditions.push(format!("p.seen_at < {at}"));
        if query.expression.is_some() {
            // Likewise what is newer than the period need not be read to be left out.
            conditions.push(format!("fts.rowid <= COALESCE((SELECT MAX(seq) FROM placed WHERE seen_at < {at}), -1)"));
        }
    }
    let any = |column: &str, values: Vec<Value>, add: &mut dyn FnMut(Value) -> String| -> Option<String> {
        let list: Vec<String> = values.into_iter().map(add).collect();
        (!list.is_empty()).then(|| format!("{column} IN ({})", list.join(", ")))
    };
    let publishers = any("name", texts(&query.publishers), &mut add);
    conditions.extend(publishers.map(|p| format!("a.publisher IN (SELECT id FROM publisher WHERE {p})")));
    let owners = any("name", texts(&query.owners), &mut add);
    conditions.extend(owners.map(|o| format!("p.owner IN (SELECT id FROM owner WHERE {o})")));
    let feeds = any("f.id", query.feeds.iter().map(|id| put(*id).into()).collect(), &mut add);
    conditions.extend(
        feeds.map(|f| format!("EXISTS (SELECT 1 FROM entry e WHERE e.article = p.seq AND e.feed IN (SELECT f.seq FROM feed f WHERE {f}))")),
    );
    conditions.extend(any("a.lang", texts(&query.langs), &mut add));
    let tags = any("t.value COLLATE NOCASE", texts(&query.tags), &mut add);
    conditions.extend(tags.map(|t| {
        format!(
            "EXISTS (SELECT 1 FROM entry e WHERE e.article = p.seq AND e.feed IN (SELECT f.seq FROM feed f, json_each(f.tags) t WHERE {t}))"
        )
    }));
    let conditions = if conditions.is_empty() { "1".to_owned() } else { conditions.join(" AND ") };
    // CROSS JOIN keeps SQLite from starting at another table than the hits.
    let sql = format!(
        "SELECT p.seq, p.id, p.story, a.publisher, a.title, a.url, p.seen_at FROM {from} CROSS JOIN article a ON a.seq = p.seq
         WHERE {conditions} ORDER BY {by} LIMIT {limit}"
    );
    let mut statement = conn.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(values))?;
    let mut hits = Vec::new();
    while let Some(r) = rows.next()? {
        let seq: i64 = r.get(0)?;
        let name = "SELECT name FROM publisher WHERE id = ?1";
        let publisher = conn.prepare_cached(name)?.query_row([r.get::<_, i64>(3)?], |u| u.get(0))?;
        let packed = conn.prepare_cached("SELECT data FROM body WHERE seq = ?1")?.query_row([seq], |b| b.get(0))?;
        let (id, story) = (get(r.get(1)?), get(r.get(2)?));
        let hit = SearchHit {
            id,
            story,
            publisher,
            title: r.get(4)?,
            url: r.get(5)?,
            seen_at: time(r.get(6)?),
            snippet: String::new(),
            headline: String::new(),
        };
        hits.push((hit, packed));
    }
    Ok(hits)
}
