//! Every entry and where it ended up, in constant memory.

use super::Reader;
use crate::model::ParsedEntry;
use crate::model::views::ExportRow;
use crate::store::StoreError;
use crate::store::codec::{get, join_reason, time};
use rusqlite::{Row, params};

/// Rows of one read transaction: some milliseconds, so that a slow pipe never pins the write-ahead log.
const CHUNK: usize = 1_000;

fn export_row(row: &Row<'_>) -> rusqlite::Result<ExportRow> {
    let placed = row.get::<_, Option<i64>>(5)?.is_some();
    Ok(ExportRow {
        id: get(row.get(1)?),
        feed: row.get(2)?,
        publisher: row.get(3)?,
        entry_url: row.get(4)?,
        canonical_url: row.get(6)?,
        title: row.get(7)?,
        published_at: row.get::<_, Option<i64>>(8)?.map(time),
        seen_at: time(row.get(9)?),
        lang: row.get(10)?,
        words: row.get(11)?,
        fingerprint: row.get::<_, Option<i64>>(5)?.map(|f| format!("{f:016x}")),
        cluster: row.get::<_, Option<i64>>(12)?.map(get),
        story: row.get::<_, Option<i64>>(13)?.map(get),
        because: if placed { Some(join_reason(row.get(14)?, row.get(15)?)) } else { None },
    })
}

impl Reader {
    /// Calls `line` for every entry, oldest first, in constant memory.
    ///
    /// # Errors
    /// Those of SQLite; those of `line` as [`StoreError::Io`].
    pub fn export(&self, line: &mut dyn FnMut(ExportRow) -> std::io::Result<()>) -> Result<(), StoreError> {
        let mut after = 0i64;
        loop {
            let chunk = self.read(|conn| {
                let mut query = conn.prepare_cached(
                    "SELECT e.seq, e.id, f.declared_url, COALESCE(u.name, v.name), COALESCE(e.url, a.url), p.fingerprint, a.url, a.title,
                       COALESCE(a.published_at, e.published_at), e.seen_at, a.lang, a.words, p.cluster, p.story, a.because,
                       (SELECT json FROM common WHERE id = a.because_common), n.data
                     FROM entry e JOIN feed f ON f.seq = e.feed LEFT JOIN placed p ON p.seq = e.article LEFT JOIN article a ON a.seq = e.article
                     LEFT JOIN publisher u ON u.id = a.publisher LEFT JOIN publisher v ON v.id = f.publisher
                     LEFT JOIN pending n ON n.entry = e.seq AND e.article IS NULL
                     WHERE e.seq > ?1 AND e.tombstone IS NULL ORDER BY e.seq LIMIT ?2",
                )?;
                let mut chunk = Vec::with_capacity(CHUNK);
                let mut rows = query.query(params![after, CHUNK as i64])?;
                while let Some(row) = rows.next()? {
                    let mut export = export_row(row)?;
                    if let Some(packed) = row.get::<_, Option<Vec<u8>>>(16)? {
                        export.title = serde_json::from_str::<ParsedEntry>(&self.text(&packed)?).ok().and_then(|e| e.title);
                    }
                    chunk.push((row.get::<_, i64>(0)?, export));
                }
                Ok(chunk)
            })?;
            let full = chunk.len() == CHUNK;
            for (seq, row) in chunk {
                after = seq;
                line(row).map_err(|source| StoreError::Io { path: "output".into(), source })?;
            }
            if !full {
                return Ok(());
            }
        }
    }
}
