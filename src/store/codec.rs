//! How values stand in the database: ids, times, texts, reasons.

use super::StoreError;
use crate::model::{Id, Quality};
use jiff::Timestamp;
use std::cell::RefCell;
use std::collections::HashMap;
use zstd::zstd_safe::{self, DCtx, DDict};

/// An id as SQLite keeps it: the same 64 bits, signed.
pub(super) fn put(id: Id) -> i64 {
    id.0.cast_signed()
}

/// An id as it was put.
pub(super) fn get(bits: i64) -> Id {
    Id(bits.cast_unsigned())
}

/// Milliseconds since 1970.
pub(super) fn ms(at: Timestamp) -> i64 {
    at.as_millisecond()
}

/// A time as it was put; what no clock can have said reads as 1970.
pub(super) fn time(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// A count as SQLite gives it; never negative.
pub(super) fn count(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<u64> {
    Ok(u64::try_from(row.get::<_, i64>(column)?).unwrap_or(0))
}

/// 64 bits of a key of one feed's entry. Hashes keep the rows narrow; two keys of a feed meet once in some billions.
pub(super) fn key_hash(feed: Id, kind: &str, key: &str) -> i64 {
    put(Id::derive(kind, &[&feed.to_string(), key]))
}

const PLAIN: u8 = 0;
const ZSTD: u8 = 1;
const ZSTD_DICTIONARY: u8 = 2;
const LEVEL: i32 = 3;
/// For what is unpacked soon and then thrown away: a hundredth larger than with [`LEVEL`], in a fifth less time, a quarter less
/// than with a dictionary (2,149 articles of some 2.8 kB).
const QUICK_LEVEL: i32 = 1;
/// No text is larger unpacked; a damaged length must not allocate more.
const MAX_UNPACKED: usize = 64 << 20;

/// Packs texts, with the dictionary in force if there is one.
pub(super) struct Packer {
    plain: Option<zstd::bulk::Compressor<'static>>,
    quick: Option<zstd::bulk::Compressor<'static>>,
    trained: Option<(u8, zstd::bulk::Compressor<'static>)>,
}

impl Packer {
    /// A packer with the dictionary `id`, or with none.
    pub(super) fn new(dictionary: Option<(u8, &[u8])>) -> Self {
        let trained = dictionary.and_then(|(id, data)| Some((id, zstd::bulk::Compressor::with_dictionary(LEVEL, data).ok()?)));
        let plain = |level| zstd::bulk::Compressor::new(level).ok();
        Self { plain: plain(LEVEL), quick: plain(QUICK_LEVEL), trained }
    }

    /// `bytes` packed where that is shorter.
    pub(super) fn pack(&mut self, bytes: &[u8]) -> Vec<u8> {
        match &mut self.trained {
            Some((id, with)) => pack(&[ZSTD_DICTIONARY, *id], Some(with), bytes),
            None => pack(&[ZSTD], self.plain.as_mut(), bytes),
        }
    }

    /// The same for what is thrown away soon.
    pub(super) fn pack_for_now(&mut self, bytes: &[u8]) -> Vec<u8> {
        pack(&[ZSTD], self.quick.as_mut(), bytes)
    }
}

/// `bytes` packed behind `head`, or plain where that is shorter.
fn pack(head: &[u8], with: Option<&mut zstd::bulk::Compressor<'static>>, bytes: &[u8]) -> Vec<u8> {
    let packed = with.and_then(|with| with.compress(bytes).ok()).filter(|packed| head.len() + packed.len() <= bytes.len());
    match packed {
        Some(packed) => [head, &packed].concat(),
        None => [&[PLAIN], bytes].concat(),
    }
}

/// Unpacks what a [`Packer`] packed. Each dictionary is digested once: that takes longer than a hundred texts do. They share
/// one context, which is as large as a dictionary.
#[derive(Default)]
pub(super) struct Unpacker {
    context: RefCell<DCtx<'static>>,
    trained: HashMap<u8, DDict<'static>>,
}

impl Unpacker {
    /// Knows the dictionary `id` from now on.
    pub(super) fn learn(&mut self, id: u8, data: &[u8]) {
        if let Some(with) = DDict::try_create(data) {
            self.trained.insert(id, with);
        }
    }

    /// True where `packed` needs a dictionary that is not known; its id.
    pub(super) fn misses(&self, packed: &[u8]) -> Option<u8> {
        match packed {
            [ZSTD_DICTIONARY, id, ..] if !self.trained.contains_key(id) => Some(*id),
            _ => None,
        }
    }

    /// The bytes that were packed.
    pub(super) fn unpack(&self, packed: &[u8]) -> Result<Vec<u8>, StoreError> {
        let damaged = |what: &str| StoreError::Damaged { path: "newsfold.db".into(), detail: format!("a text does not unpack: {what}") };
        let room = |frame: &[u8]| match zstd::bulk::Decompressor::<'static>::upper_bound(frame) {
            Some(size) if size <= MAX_UNPACKED => Ok(Vec::with_capacity(size)),
            _ => Err(damaged("no believable length")),
        };
        let mut context = self.context.borrow_mut();
        let (out, done) = match packed {
            [PLAIN, rest @ ..] => return Ok(rest.to_vec()),
            [ZSTD, frame @ ..] => {
                let mut out = room(frame)?;
                let done = context.decompress(&mut out, frame);
                (out, done)
            }
            [ZSTD_DICTIONARY, id, frame @ ..] => {
                let with = self.trained.get(id).ok_or_else(|| damaged("its dictionary is gone"))?;
                let mut out = room(frame)?;
                let done = context.decompress_using_ddict(&mut out, frame, with);
                (out, done)
            }
            _ => return Err(damaged("no known packing")),
        };
        done.map_err(|code| damaged(zstd_safe::get_error_name(code)))?;
        Ok(out)
    }

    /// A text that was packed; bytes that are no UTF-8 any more are replaced.
    pub(super) fn text(&self, packed: &[u8]) -> Result<String, StoreError> {
        let bytes = self.unpack(packed)?;
        Ok(String::from_utf8(bytes).unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned()))
    }
}

/// A reason in two parts: its own, and the thresholds that thousands of reasons share.
pub(super) fn split_reason(reason: &serde_json::Value) -> (Option<String>, Option<String>) {
    let Some(object) = reason.as_object() else { return ((!reason.is_null()).then(|| reason.to_string()), None) };
    let own = serde_json::to_string(&Own(object)).unwrap_or_default();
    (Some(own), object.get(SHARED).map(ToString::to_string))
}

/// What thousands of reasons share.
const SHARED: &str = "thresholds";

/// A reason without what it shares.
struct Own<'a>(&'a serde_json::Map<String, serde_json::Value>);

impl serde::Serialize for Own<'_> {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.0.iter().filter(|(name, _)| *name != SHARED))
    }
}

/// The reason as it was before [`split_reason`].
pub(super) fn join_reason(own: Option<String>, common: Option<String>) -> serde_json::Value {
    let mut reason = own.and_then(|o| serde_json::from_str(&o).ok()).unwrap_or(serde_json::Value::Null);
    if let (Some(object), Some(common)) = (reason.as_object_mut(), common.and_then(|c| serde_json::from_str(&c).ok())) {
        object.insert(SHARED.to_owned(), common);
    }
    reason
}

/// The word a unit variant serialises as.
pub(super) fn word<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

/// The quality whose word this is. One that is not known here was written by a later version: it is no article.
pub(super) fn quality(word: &str) -> Quality {
    serde_json::from_value(serde_json::Value::String(word.to_owned())).unwrap_or(Quality::Empty)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quality_of_a_later_version_is_no_article() {
        for known in [Quality::Article, Quality::Short, Quality::SoftNotFound, Quality::TooComplex] {
            assert_eq!(quality(&word(&known)), known);
        }
        assert!(!quality("survey_wall").is_text());
        assert!(!quality("").is_text());
    }

    #[test]
    fn packed_texts_come_back() {
        let long = "Ceasefire talks resume in the capital after a pause of a week. ".repeat(40);
        let dictionary = long.as_bytes()[..600].to_vec();
        for with in [None, Some((7u8, dictionary.as_slice()))] {
            let mut packer = Packer::new(with);
            let mut unpacker = Unpacker::default();
            for text in ["", "a", "ü", &long] {
                let (packed, for_now) = (packer.pack(text.as_bytes()), packer.pack_for_now(text.as_bytes()));
                assert!(packed.len() <= text.len() + 1 && for_now.len() <= text.len() + 1);
                assert_eq!(unpacker.text(&for_now).unwrap(), text, "without a dictionary");
                if let Some(id) = unpacker.misses(&packed) {
                    assert!(unpacker.text(&packed).is_err());
                    unpacker.learn(id, &dictionary);
                }
                assert_eq!(unpacker.text(&packed).unwrap(), text);
            }
        }
    }

    #[test]
    fn damaged_texts_are_errors() {
        let unpacker = Unpacker::default();
        for packed in [&[][..], &[9, 1, 2], &[1, 2, 3], &[2], &[2, 1, 0], &[1, 0x28, 0xb5, 0x2f, 0xfd, 0xff, 0xff, 0xff]] {
            assert!(unpacker.unpack(packed).is_err());
        }
    }

    #[test]
    fn a_reason_survives_the_split() {
        let reason = serde_json::json!({"rule": "contained", "with": "00ff", "thresholds": {"a": 1.5}});
        let (own, common) = split_reason(&reason);
        assert!(!own.as_deref().unwrap().contains("thresholds"));
        assert_eq!(join_reason(own, common), reason);
    }
}
