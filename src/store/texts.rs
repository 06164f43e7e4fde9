//! Texts by id, as the writer and every reader load them.

use super::codec::{get, put, time};
use super::{StoreError, StoredText};
use crate::model::{Credit, Id, Validators};
use rusqlite::{Connection, OptionalExtension, Row};

const TEXT: &str = "SELECT a.title, b.data, a.dateline, a.lang, u.name, a.url, a.credit, a.credit_words, a.byline, a.elsewhere, p.seen_at,
       a.published_at, p.cluster, p.story, i.copies, i.story, a.etag, a.last_modified, p.id, p.seq,
       COALESCE(a.fetched_url, a.url)
     FROM placed p JOIN article a ON a.seq = p.seq JOIN body b ON b.seq = p.seq JOIN publisher u ON u.id = a.publisher
     LEFT JOIN index_row i ON i.seq = p.seq";

/// Reads the columns of [`TEXT`]: the record without its text, and the text as it is packed.
fn text(r: &Row<'_>) -> rusqlite::Result<(StoredText, Vec<u8>)> {
    let credit: Option<String> = r.get(6)?;
    let words: Option<String> = r.get(7)?;
    let text = StoredText {
        id: get(r.get(18)?),
        title: r.get(0)?,
        text: String::new(),
        dateline: r.get(2)?,
        lang: r.get(3)?,
        publisher: r.get(4)?,
        url: r.get(5)?,
        credit: credit.map(|name| Credit { name, words: words.unwrap_or_default() }),
        byline: r.get(8)?,
        canonical_elsewhere: r.get(9)?,
        seen_at: time(r.get(10)?),
        published_at: r.get::<_, Option<i64>>(11)?.map(time),
        cluster: get(r.get(12)?),
        story: get(r.get(13)?),
        index_row: r.get::<_, Option<Vec<u8>>>(14)?.unwrap_or_default(),
        story_row: r.get::<_, Option<Vec<u8>>>(15)?.unwrap_or_default(),
        validators: Validators { etag: r.get(16)?, last_modified: r.get(17)? },
        fetched_url: r.get(20)?,
    };
    Ok((text, r.get(1)?))
}

/// Texts in the order asked for; unknown ids are left out.
pub(super) fn by_id(
    conn: &Connection,
    ids: &[Id],
    unpack: impl Fn(&[u8]) -> Result<String, StoreError>,
) -> Result<Vec<StoredText>, StoreError> {
    let mut query = conn.prepare_cached(&format!("{TEXT} WHERE p.id = ?1"))?;
    let mut texts = Vec::with_capacity(ids.len());
    for &id in ids {
        if let Some((mut found, data)) = query.query_row([put(id)], text).optional()? {
            found.text = unpack(&data)?;
            texts.push(found);
        }
    }
    Ok(texts)
}

/// Up to `limit` texts after number `after`, in the order of placement, each with its number.
pub(super) fn after(
    conn: &Connection,
    after: i64,
    limit: u32,
    unpack: impl Fn(&[u8]) -> Result<String, StoreError>,
) -> Result<Vec<(i64, StoredText)>, StoreError> {
    let mut query = conn.prepare_cached(&format!("{TEXT} WHERE p.seq > ?1 ORDER BY p.seq LIMIT ?2"))?;
    let rows = query.query_map((after, limit), |r| Ok((r.get::<_, i64>(19)?, text(r)?)))?;
    let mut texts = Vec::new();
    for row in rows {
        let (seq, (mut found, data)) = row?;
        found.text = unpack(&data)?;
        texts.push((seq, found));
    }
    Ok(texts)
}
