//! Fingerprints by distance: complete up to distance 3, by the pigeonhole principle.
//!
//! Four tables, one for each quarter of the fingerprint: of two that differ in three bits, one quarter is the same. An
//! entry is the document's number and the next quarter as a tag, so that most entries of a bucket are refused without
//! a look at the fingerprint itself.

/// The largest distance that [`NearIndex::near`] answers for.
pub const REACH: u32 = 3;

/// Document numbers by fingerprint.
#[derive(Clone, Debug)]
pub struct NearIndex {
    tables: Vec<Bucket>,
}

/// Entries of six bytes: tag, and the number in two halves.
type Bucket = Vec<[u16; 3]>;

const BUCKETS: usize = 1 << 16;

fn quarter(fingerprint: u64, table: usize) -> u16 {
    (fingerprint >> (16 * (table & 3))) as u16
}

impl Default for NearIndex {
    fn default() -> Self {
        Self { tables: vec![Vec::new(); 4 * BUCKETS] }
    }
}

impl NearIndex {
    /// Adds document `number`.
    pub fn insert(&mut self, number: u32, fingerprint: u64) {
        for table in 0..4 {
            let tag = quarter(fingerprint, table + 1);
            if let Some(bucket) = self.tables.get_mut(table * BUCKETS + usize::from(quarter(fingerprint, table))) {
                if bucket.len() == bucket.capacity() {
                    bucket.reserve_exact((bucket.len() / 8).max(4));
                }
                bucket.push([tag, number as u16, (number >> 16) as u16]);
            }
        }
    }

    /// Calls `visit` with the number of every document whose fingerprint may be within [`REACH`] of `fingerprint`, until
    /// it returns false; a document can come up to four times.
    pub fn near(&self, fingerprint: u64, mut visit: impl FnMut(u32) -> bool) {
        for table in 0..4 {
            let tag = quarter(fingerprint, table + 1);
            let Some(bucket) = self.tables.get(table * BUCKETS + usize::from(quarter(fingerprint, table))) else { continue };
            for &[other, low, high] in bucket {
                if (tag ^ other).count_ones() <= REACH && !visit(u32::from(low) | u32::from(high) << 16) {
                    return;
                }
            }
        }
    }

    /// Bytes that the tables take.
    pub fn bytes(&self) -> usize {
        self.tables.iter().map(|bucket| bucket.capacity() * size_of::<[u16; 3]>() + size_of::<Bucket>()).sum()
    }

    /// Drops the documents that `keep` refuses.
    pub fn retain(&mut self, mut keep: impl FnMut(u32) -> bool) {
        for bucket in &mut self.tables {
            let before = bucket.len();
            bucket.retain(|&[_, low, high]| keep(u32::from(low) | u32::from(high) << 16));
            if bucket.len() < before {
                bucket.shrink_to_fit();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{NearIndex, REACH};
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]
        #[test]
        fn equals_brute_force(prints in prop::collection::vec(any::<u64>(), 1..60), flips in prop::collection::vec((0..60_usize, prop::collection::vec(0..64_u32, 0..6)), 1..40)) {
            let mut all = prints.clone();
            for (at, bits) in &flips {
                all.push(bits.iter().fold(prints[at % prints.len()], |p, bit| p ^ (1 << bit)));
            }
            let mut index = NearIndex::default();
            for (number, print) in all.iter().enumerate() {
                index.insert(number as u32, *print);
            }
            index.retain(|number| number % 7 != 3);
            for asked in &all {
                let close = |n: u32| (all[n as usize] ^ asked).count_ones() <= REACH;
                let mut found = BTreeSet::new();
                index.near(*asked, |n| { if close(n) { found.insert(n); } true });
                let truth: BTreeSet<u32> = (0..all.len() as u32).filter(|&n| n % 7 != 3 && close(n)).collect();
                prop_assert_eq!(found, truth);
            }
        }
    }
}
