//! Fingerprints by distance: complete up to distance 3, by the pigeonhole principle.
//!
//! Four tables, one for each quarter of the fingerprint: of two that differ in three bits, one quarter is the same. An
//! entry is the document's number and the next quarter as a tag, so that most entries of a bucket are refused without
//! a look at the fingerprint itself. A bucket is found by the upper bits of its quarter, as many as the number of documents
//! is worth: a table of all 16 takes 6 MB before it holds anything.

/// The largest distance that [`NearIndex::near`] answers for.
pub const REACH: u32 = 3;

/// Document numbers by fingerprint.
#[derive(Clone, Debug)]
pub struct NearIndex {
    /// Four tables of 2^`bits` buckets.
    tables: Vec<Bucket>,
    bits: u32,
    len: usize,
}

/// Entries of six bytes: tag, and the number in two halves.
type Bucket = Vec<[u16; 3]>;

/// Bits that a bucket is found by, at first and at most; they grow by two.
const BITS: (u32, u32) = (10, 16);
/// Documents a bucket from which on there are more buckets.
const FULL: usize = 16;

fn quarter(fingerprint: u64, table: usize) -> u16 {
    (fingerprint >> (16 * (table & 3))) as u16
}

fn number(entry: [u16; 3]) -> u32 {
    u32::from(entry[1]) | u32::from(entry[2]) << 16
}

impl Default for NearIndex {
    fn default() -> Self {
        Self { tables: vec![Vec::new(); 4 << BITS.0], bits: BITS.0, len: 0 }
    }
}

impl NearIndex {
    /// Adds document `number`. `fingerprint_of` tells the fingerprint of every document that is in the index.
    pub fn insert(&mut self, number: u32, fingerprint: u64, fingerprint_of: impl Fn(u32) -> u64) {
        if self.len >= FULL << self.bits && self.bits < BITS.1 {
            self.grow(fingerprint_of);
        }
        (0..4).for_each(|table| self.put(table, number, fingerprint));
        self.len += 1;
    }

    fn put(&mut self, table: usize, number: u32, fingerprint: u64) {
        let tag = quarter(fingerprint, table + 1);
        let address = self.address(table, fingerprint);
        let Some(bucket) = self.tables.get_mut(address) else { return };
        if bucket.len() == bucket.capacity() {
            bucket.reserve_exact((bucket.len() / 8).max(4));
        }
        bucket.push([tag, number as u16, (number >> 16) as u16]);
    }

    fn address(&self, table: usize, fingerprint: u64) -> usize {
        table << self.bits | usize::from(quarter(fingerprint, table) >> (BITS.1 - self.bits))
    }

    /// Four times as many buckets: some milliseconds, three times in an index's life.
    fn grow(&mut self, fingerprint_of: impl Fn(u32) -> u64) {
        let of_one = 1 << self.bits;
        self.bits += 2;
        let old = std::mem::replace(&mut self.tables, vec![Vec::new(); 4 << self.bits]);
        for (at, bucket) in old.into_iter().enumerate() {
            bucket.into_iter().map(number).for_each(|number| self.put(at / of_one, number, fingerprint_of(number)));
        }
    }

    /// Calls `visit` with the number of every document whose fingerprint may be within [`REACH`] of `fingerprint`, until
    /// it returns false; a document can come up to four times.
    pub fn near(&self, fingerprint: u64, mut visit: impl FnMut(u32) -> bool) {
        for table in 0..4 {
            let tag = quarter(fingerprint, table + 1);
            let Some(bucket) = self.tables.get(self.address(table, fingerprint)) else { continue };
            for &entry in bucket {
                if (tag ^ entry[0]).count_ones() <= REACH && !visit(number(entry)) {
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
        let mut entries = 0;
        for bucket in &mut self.tables {
            let before = bucket.len();
            bucket.retain(|entry| keep(number(*entry)));
            entries += bucket.len();
            if bucket.len() < before {
                bucket.shrink_to_fit();
            }
        }
        self.len = entries / 4;
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
        fn equals_brute_force(more in 0..3_usize, prints in prop::collection::vec(any::<u64>(), 1..60), flips in prop::collection::vec((0..60_usize, prop::collection::vec(0..64_u32, 0..6)), 1..40)) {
            let mut all = prints.clone();
            for (at, bits) in &flips {
                all.push(bits.iter().fold(prints[at % prints.len()], |p, bit| p ^ (1 << bit)));
            }
            // with ten thousands of others it has grown once or twice
            let mut random = fastrand::Rng::with_seed(prints[0]);
            all.extend(std::iter::repeat_with(|| random.u64(..)).take(more * 40_000));
            let mut index = NearIndex::default();
            for (number, print) in all.iter().enumerate() {
                index.insert(number as u32, *print, |n| all[n as usize]);
            }
            index.retain(|number| number % 7 != 3);
            for asked in all.iter().take(200) {
                let close = |n: u32| (all[n as usize] ^ asked).count_ones() <= REACH;
                let mut found = BTreeSet::new();
                index.near(*asked, |n| { if close(n) { found.insert(n); } true });
                let truth: BTreeSet<u32> = (0..all.len() as u32).filter(|&n| n % 7 != 3 && close(n)).collect();
                prop_assert_eq!(found, truth);
            }
        }
    }
}
