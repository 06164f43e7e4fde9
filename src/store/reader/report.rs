//! What `report` sums up: who carried what, and when.

use super::Reader;
use crate::model::views::{Carried, ClockView};
use crate::store::StoreError;
use crate::store::codec::{get, ms, time};
use crate::store::groups::of_cluster;
use jiff::Timestamp;
use rusqlite::params;

impl Reader {
    /// Every article first seen in the period whose text others carry too, or whose text credits another; with `by_event`,
    /// every article whose event others report too. In no order.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn carried(&self, since: Option<Timestamp>, until: Option<Timestamp>, by_event: bool) -> Result<Vec<Carried>, StoreError> {
        let (group, shared) = match by_event {
            true => ("p.story", "EXISTS (SELECT 1 FROM story s WHERE s.id = p.story)"),
            false => (
                "p.cluster",
                concat!("(g.cluster IS NOT NULL OR EXISTS (SELECT 1 FROM ", of_cluster!("p.cluster"), " q WHERE q.seq <> p.seq))"),
            ),
        };
        self.read(|conn| {
            let mut query = conn.prepare_cached(&format!(
                "SELECT {group}, p.id, u.name, o.name, a.published_at, p.seen_at, g.publisher
                 FROM placed p JOIN article a ON a.seq = p.seq JOIN publisher u ON u.id = a.publisher JOIN owner o ON o.id = p.owner
                 LEFT JOIN origin g ON g.cluster = p.cluster WHERE p.seen_at >= ?1 AND p.seen_at < ?2 AND {shared}"
            ))?;
            let rows = query.query_map(params![since.map_or(i64::MIN, ms), until.map_or(i64::MAX, ms)], |r| {
                Ok(Carried {
                    group: get(r.get(0)?),
                    article: get(r.get(1)?),
                    publisher: r.get(2)?,
                    owner: r.get(3)?,
                    published_at: r.get::<_, Option<i64>>(4)?.map(time),
                    seen_at: time(r.get(5)?),
                    origin: r.get(6)?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// What was learnt of publishers' clocks: of one, or of all.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn clocks(&self, publisher: Option<&str>) -> Result<Vec<ClockView>, StoreError> {
        #[derive(serde::Deserialize)]
        struct Held {
            clock: ClockView,
        }
        self.read(|conn| {
            let mut query = conn.prepare_cached(
                "SELECT substr(key, 7), value FROM meta WHERE substr(key, 1, 6) = 'clock/' AND (?1 IS NULL OR substr(key, 7) = ?1)",
            )?;
            let rows = query.query_map([publisher], |r| Ok((r.get::<_, String>(0)?, r.get::<_, String>(1)?)))?;
            let mut clocks = Vec::new();
            for row in rows {
                let (publisher, json) = row?;
                clocks.extend(serde_json::from_str::<Held>(&json).ok().map(|held| ClockView { publisher, ..held.clock }));
            }
            Ok(clocks)
        })
    }
}
