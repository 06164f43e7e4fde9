//! Documents by sampled shingle, in little memory and with bounded work.
//!
//! A hash table of 64-byte buckets that grows one bucket at a time (linear hashing after Litwin): no pause to rehash,
//! no doubling of memory. A posting is the document's number and a 16-bit tag. A key keeps [`CAP`] documents, the
//! latest that came; a bucket that overflows chains into spare ones.

/// Documents that one key keeps.
pub const CAP: usize = 48;
/// Postings of one bucket.
const SLOTS: usize = 10;
/// Buckets one address may chain.
const CHAIN: usize = 24;
/// Buckets allocated at a time.
const SEGMENT: usize = 4096;
/// The table starts with 2^16 buckets: the address is the key's low half, then bits of its tag.
const FIRST: u64 = 1 << 16;
/// No document.
const FREE: u32 = u32::MAX;

#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
struct Bucket {
    documents: [u32; SLOTS],
    tags: [u16; SLOTS],
    /// Number of the spare bucket that goes on, plus one.
    next: u32,
}

const EMPTY: Bucket = Bucket { documents: [FREE; SLOTS], tags: [0; SLOTS], next: 0 };

/// Document numbers by key.
#[derive(Clone, Debug)]
pub struct Postings {
    home: Segments,
    spare: Segments,
    /// Spare buckets that are free again.
    free: Vec<u32>,
    /// Buckets of the table: between `round` and twice that.
    buckets: u64,
    /// Buckets when the present round of splits began; a power of two.
    round: u64,
    /// Postings held.
    len: u64,
    turn: u32,
}

#[derive(Clone, Debug, Default)]
struct Segments(Vec<Box<[Bucket]>>, usize);

impl Segments {
    fn get(&self, at: usize) -> Option<&Bucket> {
        self.0.get(at / SEGMENT)?.get(at % SEGMENT)
    }
    fn get_mut(&mut self, at: usize) -> Option<&mut Bucket> {
        self.0.get_mut(at / SEGMENT)?.get_mut(at % SEGMENT)
    }
    /// The number of the new bucket.
    fn push(&mut self) -> usize {
        if self.1.is_multiple_of(SEGMENT) {
            self.0.push(vec![EMPTY; SEGMENT].into_boxed_slice());
        }
        self.1 += 1;
        self.1 - 1
    }
}

impl Default for Postings {
    fn default() -> Self {
        let (home, spare) = (Segments::default(), Segments::default());
        Self { home, spare, free: Vec::new(), buckets: FIRST, round: FIRST, len: 0, turn: 0 }
    }
}

impl Postings {
    /// A table with room for so many postings, which then need no splits.
    pub fn with_capacity(postings: usize) -> Self {
        let buckets = (postings as u64 * 4 / (3 * SLOTS as u64)).clamp(FIRST, 1 << 31);
        let mut table = Self { buckets, ..Self::default() };
        while table.round * 2 <= table.buckets {
            table.round *= 2;
        }
        table
    }
}

fn tag(key: u32) -> u16 {
    (key >> 16) as u16
}

impl Postings {
    /// An empty table takes nothing: it gets its first buckets with its first posting.
    fn furnish(&mut self) {
        while (self.home.1 as u64) < self.buckets {
            self.home.push();
        }
    }

    fn address(&self, key: u32) -> usize {
        let long = u64::from(key) & (2 * self.round - 1);
        (if long < self.buckets { long } else { u64::from(key) & (self.round - 1) }) as usize
    }

    /// Postings held.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// True without a posting.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Bytes that the table takes.
    pub fn bytes(&self) -> usize {
        (self.home.0.len() + self.spare.0.len()) * SEGMENT * size_of::<Bucket>()
    }

    /// Calls `visit` with the documents of `key`; some of them may be another key's, for the tag is short.
    pub fn get(&self, key: u32, mut visit: impl FnMut(u32)) {
        let tag = tag(key);
        let mut bucket = self.home.get(self.address(key));
        while let Some(here) = bucket {
            for (&document, &other) in here.documents.iter().zip(&here.tags) {
                if other == tag && document != FREE {
                    visit(document);
                }
            }
            bucket = (here.next as usize).checked_sub(1).and_then(|next| self.spare.get(next));
        }
    }

    /// Adds `document` under `key`. Where the key holds [`CAP`] already, one of them makes room.
    pub fn insert(&mut self, key: u32, document: u32) {
        if self.home.0.is_empty() {
            self.furnish();
        }
        let address = self.address(key);
        if self.put(address, tag(key), document) {
            self.len += 1;
        }
        while self.len * 4 > self.buckets * SLOTS as u64 * 3 && self.buckets < 1 << 32 {
            self.split();
        }
    }

    /// Adds many (key, document), in the order of their places, and leaves the list empty. Of one key they stay in order.
    pub fn insert_all(&mut self, all: &mut Vec<(u32, u32)>) {
        if all.len() < 1 << 10 {
            all.drain(..).for_each(|(key, document)| self.insert(key, document));
            return;
        }
        // by the low half of the key first: each region of the table is some 16 kB then, and the sort is by counting
        const BITS: u32 = 12;
        let region = |key: u32| (self.address(key) as u64 * (1 << BITS) / self.buckets).min((1 << BITS) - 1) as usize;
        let mut starts = vec![0_usize; (1 << BITS) + 1];
        for &(key, _) in all.iter() {
            if let Some(count) = starts.get_mut(region(key) + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        starts.iter_mut().for_each(|at| {
            sum += *at;
            *at = sum;
        });
        let mut sorted = vec![(0, 0); all.len()];
        for &posting in all.iter() {
            if let Some(at) = starts.get_mut(region(posting.0)) {
                if let Some(place) = sorted.get_mut(*at) {
                    *place = posting;
                }
                *at += 1;
            }
        }
        all.clear();
        sorted.into_iter().for_each(|(key, document)| self.insert(key, document));
    }

    /// False when it took another's place.
    fn put(&mut self, address: usize, tag: u16, document: u32) -> bool {
        let (mut same, mut length) = (0, 1);
        let mut spare = None;
        self.turn = self.turn.wrapping_add(1);
        let victim = self.turn as usize % CAP;
        let mut victim_at = None;
        loop {
            let bucket = match spare {
                None => self.home.get(address),
                Some(at) => self.spare.get(at),
            };
            let Some(bucket) = bucket else { return false };
            let mut room = None;
            for (slot, (&holder, &other)) in bucket.documents.iter().zip(&bucket.tags).enumerate() {
                if holder == FREE {
                    room = room.or(Some(slot));
                } else if other == tag {
                    if same == victim {
                        victim_at = Some((spare, slot));
                    }
                    same += 1;
                }
            }
            let next = bucket.next;
            if same >= CAP {
                let Some((spare, slot)) = victim_at else { return false };
                self.set(address, spare, slot, tag, document);
                return false;
            }
            if let Some(slot) = room {
                self.set(address, spare, slot, tag, document);
                return true;
            }
            match (next as usize).checked_sub(1) {
                Some(next) => spare = Some(next),
                None if length >= CHAIN => {
                    // a chain this long is crowded by many keys: the newcomer takes a place in its last bucket
                    self.set(address, spare, victim % SLOTS, tag, document);
                    return false;
                }
                None => {
                    let new = self.free.pop().map_or_else(|| self.spare.push(), |at| at as usize);
                    let link = match spare {
                        None => self.home.get_mut(address),
                        Some(at) => self.spare.get_mut(at),
                    };
                    if let Some(link) = link {
                        link.next = new as u32 + 1;
                    }
                    spare = Some(new);
                }
            }
            length += 1;
        }
    }

    fn set(&mut self, address: usize, spare: Option<usize>, slot: usize, tag: u16, document: u32) {
        let bucket = match spare {
            None => self.home.get_mut(address),
            Some(at) => self.spare.get_mut(at),
        };
        if let Some(bucket) = bucket
            && let (Some(d), Some(t)) = (bucket.documents.get_mut(slot), bucket.tags.get_mut(slot))
        {
            (*d, *t) = (document, tag);
        }
    }

    /// Splits the next bucket in turn in two.
    fn split(&mut self) {
        let old = (self.buckets - self.round) as usize;
        let new = self.home.push();
        let bit = self.round >> 16; // of the tag: the address has used up the key's low half
        self.buckets += 1;
        if self.buckets == 2 * self.round {
            self.round *= 2;
        }
        let moved = self.take(old);
        for (tag, document) in moved {
            let address = if u64::from(tag) & bit == 0 { old } else { new };
            if !self.put(address, tag, document) {
                self.len -= 1;
            }
        }
    }

    /// Empties a bucket and its chain.
    fn take(&mut self, address: usize) -> Vec<(u16, u32)> {
        let mut all = Vec::with_capacity(SLOTS);
        let mut bucket = self.home.get_mut(address);
        while let Some(here) = bucket {
            all.extend(here.documents.iter().zip(&here.tags).filter(|(d, _)| **d != FREE).map(|(&d, &t)| (t, d)));
            let next = here.next;
            *here = EMPTY;
            bucket = match next.checked_sub(1) {
                None => None,
                Some(next) => {
                    self.free.push(next);
                    self.spare.get_mut(next as usize)
                }
            };
        }
        all
    }

    /// Drops the documents that `keep` refuses.
    pub fn retain(&mut self, mut keep: impl FnMut(u32) -> bool) {
        for address in 0..self.buckets as usize {
            let all = self.take(address);
            let before = all.len() as u64;
            let kept: Vec<_> = all.into_iter().filter(|&(_, document)| keep(document)).collect();
            self.len -= before - kept.len() as u64;
            for (tag, document) in kept {
                if !self.put(address, tag, document) {
                    self.len -= 1;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{CAP, Postings};
    use crate::dedup::tokens::mix;
    use std::collections::HashMap;

    #[test]
    fn finds_all_that_a_map_of_vectors_finds_through_growth_and_forgetting() {
        let (mut index, mut truth) = (Postings::default(), HashMap::<u32, Vec<u32>>::new());
        for n in 0..700_000_u64 {
            // some keys often, most once or twice
            let key = mix(if n % 10 == 0 { n % 40_000 } else { n / 2 }) as u32;
            index.insert(key, n as u32);
            truth.entry(key).or_default().push(n as u32);
        }
        assert!(index.len() > 690_000);
        let keep = |n: u32| !n.is_multiple_of(3);
        index.retain(keep);
        let (mut foreign, mut asked) = (0_u64, 0_u64);
        for (key, documents) in truth.iter().filter(|(key, _)| **key % 5 == 0) {
            let mut found = Vec::new();
            index.get(*key, |n| found.push(n));
            assert!(documents.iter().filter(|n| keep(**n)).all(|n| found.contains(n)), "key {key}");
            assert!(found.iter().all(|n| keep(*n)));
            foreign += found.iter().filter(|n| !documents.contains(n)).count() as u64;
            asked += 1;
        }
        assert!(foreign * 50 < asked, "{foreign} foreign postings in {asked} answers");
    }

    #[test]
    fn many_at_once_answer_as_one_by_one() {
        let (mut one, mut many) = (Postings::with_capacity(50_000), Postings::with_capacity(50_000));
        let mut all: Vec<(u32, u32)> = (0..50_000).map(|n| (mix(u64::from(n / 7)) as u32, n)).collect();
        all.iter().for_each(|&(key, n)| one.insert(key, n));
        many.insert_all(&mut all);
        assert!(all.is_empty());
        for n in 0..50_000_u64 {
            let key = mix(n) as u32;
            let found = |index: &Postings| {
                let mut found = Vec::new();
                index.get(key, |n| found.push(n));
                found
            };
            assert_eq!(found(&one), found(&many));
        }
    }

    #[test]
    fn a_key_that_everybody_has_keeps_a_bounded_number() {
        let mut index = Postings::default();
        for n in 0..10_000 {
            index.insert(0xABCD_1234, n);
        }
        let mut found = Vec::new();
        index.get(0xABCD_1234, |n| found.push(n));
        assert_eq!(found.len(), CAP);
        assert!(found.iter().any(|&n| n > 9_000), "late ones replace early ones");
    }
}
