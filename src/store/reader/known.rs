//! The values that filters can have: for hints and completion.

use super::Reader;
use crate::store::StoreError;

/// What a filter names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// Publishers, of feeds and of pages, agencies that are only credited among them.
    Publisher,
    /// Owners of publishers.
    Owner,
    /// Tags of declared feeds.
    Tag,
    /// Languages of the latest 20,000 articles: no index knows them all.
    Lang,
    /// Kinds of events that happened.
    Event,
}

impl Reader {
    /// Every value of one kind, each once, in order.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn known(&self, what: Named) -> Result<Vec<String>, StoreError> {
        let sql = match what {
            Named::Publisher => "SELECT name FROM publisher UNION SELECT publisher FROM origin WHERE article IS NULL ORDER BY 1",
            Named::Owner => "SELECT name FROM owner ORDER BY 1",
            Named::Tag => "SELECT DISTINCT t.value FROM feed f, json_each(f.tags) t WHERE f.declared = 1 ORDER BY 1",
            Named::Lang => {
                "SELECT DISTINCT lang FROM (SELECT lang FROM article ORDER BY seq DESC LIMIT 20000) WHERE lang IS NOT NULL ORDER BY 1"
            }
            Named::Event => "SELECT DISTINCT kind FROM event ORDER BY 1",
        };
        self.read(|conn| Ok(conn.prepare_cached(sql)?.query_map([], |r| r.get(0))?.collect::<Result<_, _>>()?))
    }
}
