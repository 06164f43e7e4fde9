//! Which passages of two texts are the same, however noisy, whatever their order.
//!
//! Pairs of neighbouring words that both texts hold are seeds; seeds close to each other on nearly one diagonal grow to
//! a passage (seed and chain, as in sequence alignment). A misread or edited copy is one passage with holes in it; texts that
//! share quotes have a few dense passages and nothing between.

use super::tokens::{Kind, Token, mix};

/// A stretch of two texts that says the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Passage {
    /// Token range in the first text.
    pub a: (u32, u32),
    /// Token range in the second text.
    pub b: (u32, u32),
    /// Words of the first text's range that stand in the second's, within seeds.
    pub matched: u32,
    /// Words of either range that long holes take up.
    holes: (u32, u32),
    /// Its last seed.
    last: u32,
}

impl Passage {
    /// Words of (first, second) text that it covers: its ranges without what exceeds [`HOLE`] between two seeds.
    pub fn covered(&self) -> (u32, u32) {
        ((self.a.1 - self.a.0).saturating_sub(self.holes.0), (self.b.1 - self.b.0).saturating_sub(self.holes.1))
    }
}

/// All passages of two texts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Passages {
    /// By place in the first text.
    pub list: Vec<Passage>,
    /// What finding them cost: words read, and tests of a seed against a passage.
    pub work: usize,
    /// Seeds of all passages: places in either text, and the seed before.
    seeds: Vec<(u32, u32, u32)>,
}

/// Words between two seeds of one passage, at most.
const GAP: u32 = 12;
/// Words between two seeds that noise explains; more of them are a hole.
const HOLE: u32 = 4;
/// Words by which two neighbouring seeds of a passage may be off the diagonal.
const DRIFT: u32 = 9;
/// Places of one pair of words that are tried.
const PLACES: usize = 8;
/// Places up to which a pair of words is rare enough to begin a passage beside others.
const RARE: usize = 2;
/// Matched words that make a passage.
const MATCHED: u32 = 8;
/// Passages that are open at one time, at most.
const OPEN: usize = 16;
/// Passages that may come out of one comparison.
const FOUND: usize = 256;
/// Tests of a seed against an open passage: this many, and as many a word. Honest texts need some ten a word; a text of ten
/// different words would need thousands.
const TESTS: (usize, usize) = (8_000, 32);
/// Words between two seeds whose names and numbers are compared.
const MARKS_GAP: u32 = 6;
/// No seed.
const NONE: u32 = u32::MAX;

/// The same passages of `a` and `b`; they do not overlap in either text by more than a little. Work is linear in the
/// lengths.
pub fn passages(a: &[Token], b: &[Token]) -> Passages {
    let mut found = Passages::default();
    if a.len() < 2 || b.len() < 2 {
        return found;
    }
    // what reading both costs, in tests
    found.work = a.len() + b.len();
    let mut list = chain(a, b, &Places::of(b), &mut found);
    list.retain(dense);
    list.sort_unstable_by_key(|p| (std::cmp::Reverse(p.matched), p.a, p.b));
    list.truncate(FOUND);
    let (mut taken_a, mut taken_b) = (vec![false; a.len()], vec![false; b.len()]);
    list.retain(|p| claim(&mut taken_a, p.a, &mut taken_b, p.b));
    list.sort_unstable_by_key(|p| p.a);
    found.list = list;
    found
}

fn dense(p: &Passage) -> bool {
    let span = p.covered().0.max(p.covered().1);
    p.matched >= MATCHED && p.matched * 10 >= span * 3
}

/// Takes the ranges unless more than half of either is taken already.
fn claim(taken_a: &mut [bool], a: (u32, u32), taken_b: &mut [bool], b: (u32, u32)) -> bool {
    let range = |r: (u32, u32)| r.0 as usize..r.1 as usize;
    let busy = |taken: &[bool], r: (u32, u32)| {
        let slice = taken.get(range(r)).unwrap_or_default();
        slice.iter().filter(|&&t| t).count() * 2 > slice.len()
    };
    if busy(taken_a, a) || busy(taken_b, b) {
        return false;
    }
    if let Some(slice) = taken_a.get_mut(range(a)) {
        slice.fill(true);
    }
    if let Some(slice) = taken_b.get_mut(range(b)) {
        slice.fill(true);
    }
    true
}

/// Where each pair of neighbouring words of a text stands: chains in ascending order.
struct Places {
    mask: usize,
    head: Vec<u32>,
    next: Vec<u32>,
}

impl Places {
    fn of(text: &[Token]) -> Self {
        let size = (text.len() * 2).next_power_of_two();
        let mut places = Self { mask: size - 1, head: vec![0; size], next: vec![0; text.len()] };
        for (at, pair) in text.windows(2).enumerate().rev() {
            let &[x, y] = pair else { continue };
            let slot = places.slot(x, y);
            if let (Some(head), Some(next)) = (places.head.get_mut(slot), places.next.get_mut(at)) {
                *next = *head;
                *head = at as u32 + 1;
            }
        }
        places
    }

    fn slot(&self, x: Token, y: Token) -> usize {
        mix(u64::from(x.word()) << 32 | u64::from(y.word())) as usize & self.mask
    }

    fn all<'a>(&'a self, text: &'a [Token], x: Token, y: Token) -> impl Iterator<Item = u32> + 'a {
        let start = self.head.get(self.slot(x, y)).copied().unwrap_or(0);
        std::iter::successors((start > 0).then(|| start - 1), |&at| {
            self.next.get(at as usize).copied().and_then(|next| next.checked_sub(1))
        })
        .take(4 * PLACES)
        .filter(move |&at| {
            let at = at as usize;
            text.get(at).is_some_and(|t| t.word() == x.word()) && text.get(at + 1).is_some_and(|t| t.word() == y.word())
        })
        .take(PLACES)
    }
}

fn chain(a: &[Token], b: &[Token], places: &Places, found: &mut Passages) -> Vec<Passage> {
    let mut done = Vec::new();
    let mut open: Vec<Passage> = Vec::new();
    let seeds = &mut found.seeds;
    let most = found.work + TESTS.0 + TESTS.1 * a.len();
    for (i, pair) in a.windows(2).enumerate() {
        let &[x, y] = pair else { continue };
        let i = i as u32;
        let common = places.all(b, x, y).nth(RARE).is_some();
        for j in places.all(b, x, y) {
            let seed = seeds.len() as u32;
            found.work += open.len() + 1;
            let under_way = !open.is_empty();
            match open.iter_mut().filter_map(|p| drift(p, i, j).map(|d| (d, p))).min_by_key(|(d, p)| (*d, p.b.0)) {
                Some((_, p)) => {
                    seeds.push((i, j, p.last));
                    extend(p, i, j, seed);
                }
                // a usual pair of words goes on with what others began, and begins only where nothing is under way
                None if common && under_way => {}
                None => {
                    seeds.push((i, j, NONE));
                    open.push(Passage { a: (i, i + 2), b: (j, j + 2), matched: 2, holes: (0, 0), last: seed });
                }
            }
        }
        if found.work > most {
            break;
        }
        close(&mut open, &mut done, i);
        found.work += open.len();
    }
    done.extend(open);
    done.retain(|p| p.matched >= MATCHED);
    done
}

/// Moves passages that word `i` is too far from to `done`; of too many open ones, the slightest.
fn close(open: &mut Vec<Passage>, done: &mut Vec<Passage>, i: u32) {
    let mut at = 0;
    while let Some(&p) = open.get(at) {
        if i < p.a.1 + GAP {
            at += 1;
            continue;
        }
        open.swap_remove(at);
        if p.matched >= MATCHED {
            done.push(p);
        }
    }
    if open.len() > 2 * OPEN {
        open.select_nth_unstable_by_key(OPEN, |p| std::cmp::Reverse((p.matched, p.a.1, p.b.1)));
        done.extend(open.drain(OPEN..).filter(|p| p.matched >= MATCHED));
    }
    if done.len() > 4 * FOUND {
        done.select_nth_unstable_by_key(FOUND, |p| std::cmp::Reverse((p.matched, p.a.1, p.b.1)));
        done.truncate(FOUND);
    }
}

/// How far off its diagonal the seed at (i, j) continues passage `p`; `None` where it does not.
fn drift(p: &Passage, i: u32, j: u32) -> Option<u32> {
    // the last seed began at (a.1 - 2, b.1 - 2)
    let (di, dj) = ((i + 2).checked_sub(p.a.1)?, (j + 2).checked_sub(p.b.1)?);
    let off = di.abs_diff(dj);
    (di > 0 && dj > 0 && di <= GAP && dj <= GAP + DRIFT && off <= DRIFT.min(2 + di)).then_some(off)
}

fn extend(p: &mut Passage, i: u32, j: u32, seed: u32) {
    p.matched += if i + 1 == p.a.1 { 1 } else { 2 };
    p.holes.0 += i.saturating_sub(p.a.1 + HOLE);
    p.holes.1 += j.saturating_sub(p.b.1 + HOLE);
    p.a.1 = i + 2;
    p.b.1 = j + 2;
    p.last = seed;
}

/// Numbers and names within shared passages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// Numbers in the first text's passages.
    pub numbers: u32,
    /// Of those, in the same place of the second.
    pub numbers_found: u32,
    /// Names in the first text's passages.
    pub names: u32,
    /// Of those, in the same place of the second.
    pub names_found: u32,
}

impl Passages {
    /// How the numbers and names of `a` within the passages fare in `b`: what differs in a template.
    pub fn marks(&self, a: &[Token], b: &[Token]) -> Marks {
        let mut marks = Marks::default();
        for passage in &self.list {
            let mut after: Option<(u32, u32)> = None;
            let mut at = passage.last;
            while let Some(&(i, j, before)) = self.seeds.get(at as usize) {
                // what lies between this seed and the next one has to be found between them
                let (end_a, end_b) = after.unwrap_or((i + 2, j + 2));
                let between = slice(b, j.saturating_sub(1), end_b + 2);
                // a longer gap is a cut or an insertion, and says nothing of its words
                let end_a = if end_a > i + 2 + MARKS_GAP { i + 2 } else { end_a };
                for (k, token) in (i..).zip(slice(a, i, end_a)) {
                    let found = k < i + 2 || between.iter().any(|t| t.word() == token.word());
                    marks.count(token.kind(), found);
                }
                after = Some((i, j));
                at = before;
            }
        }
        marks
    }
}

fn slice(tokens: &[Token], from: u32, to: u32) -> &[Token] {
    tokens.get(from as usize..(to as usize).min(tokens.len())).unwrap_or_default()
}

impl Marks {
    fn count(&mut self, kind: Kind, found: bool) {
        match kind {
            Kind::Number => {
                self.numbers += 1;
                self.numbers_found += u32::from(found);
            }
            Kind::Name => {
                self.names += 1;
                self.names_found += u32::from(found);
            }
            Kind::Common | Kind::Short => {}
        }
    }
}
