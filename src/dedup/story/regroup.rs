//! Average linkage over a neighbourhood: the grouping that the order of arrival does not decide.

use super::Settings;
use super::vector::Vector;

/// One step of the linkage: the groups named `keep` and `gone` (by their first vectors) became one.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Merge {
    /// The group that remains.
    keep: usize,
    /// The group that is now part of it.
    gone: usize,
}

/// All likenesses between `vectors`, row by row.
pub fn likenesses(vectors: &[Vector], settings: &Settings) -> Vec<f32> {
    let n = vectors.len();
    let mut alike = vec![0.0f32; n * n];
    for (i, a) in vectors.iter().enumerate() {
        for (j, b) in vectors.iter().enumerate().skip(i + 1) {
            let s = a.likeness(b, settings);
            alike[i * n + j] = s;
            alike[j * n + i] = s;
        }
    }
    alike
}

/// Groups `vectors` until no two groups are alike enough; the result names each vector's group by the first vector in it.
/// O(n²) likenesses, then O(n²) to O(n³) steps: for neighbourhoods, not for everything.
pub fn average_linkage(vectors: &[Vector], threshold: f32, settings: &Settings) -> Vec<usize> {
    group(vectors, &likenesses(vectors, settings), threshold, settings)
}

/// The same, from likenesses that are known.
pub fn group(vectors: &[Vector], alike: &[f32], threshold: f32, settings: &Settings) -> Vec<usize> {
    let mut group: Vec<usize> = (0..vectors.len()).collect();
    for merge in link(alike, vectors, threshold, settings) {
        group.iter_mut().filter(|g| **g == merge.gone).for_each(|g| *g = merge.keep);
    }
    group
}

/// The likeness that two texts need to be one story.
pub fn needed(a: &Vector, b: &Vector, settings: &Settings) -> f32 {
    let (x, y) = (Part::of(a), Part::of(b));
    match a.one_language(b) {
        true => (settings.threshold / x.relative(&y, 1.0, settings)).max(x.nearest(&y, settings)),
        false => x.nearest_across(&y, settings),
    }
}

/// What lies between two groups.
#[derive(Clone, Copy, Debug)]
struct Between {
    /// Mean likeness of the pairs of one language, and how many they are.
    mean: f32,
    pairs: f32,
    /// Mean likeness of all pairs.
    all: f32,
    /// Likeness of the nearest two.
    nearest: f32,
}

impl Between {
    fn of(a: &Vector, b: &Vector, likeness: f32) -> Self {
        let pairs = if a.one_language(b) { a.count * b.count } else { 0.0 };
        Self { mean: likeness, pairs, all: likeness, nearest: likeness }
    }

    /// From two groups that become one, of `counts` members, to a third.
    fn with(self, other: Self, counts: (f32, f32)) -> Self {
        let pairs = self.pairs + other.pairs;
        let mean = if pairs > 0.0 { (self.mean * self.pairs + other.mean * other.pairs) / pairs } else { 0.0 };
        let all = (self.all * counts.0 + other.all * counts.1) / (counts.0 + counts.1);
        Self { mean, pairs, all, nearest: self.nearest.max(other.nearest) }
    }

    /// How much speaks for one story: `least` and more are enough.
    fn value(&self, a: &Part, b: &Part, least: f32, settings: &Settings) -> f32 {
        match self.pairs > 0.0 {
            true if self.nearest >= a.nearest(b, settings) => a.relative(b, self.mean, settings),
            false if a.relative(b, self.all, settings) >= settings.across_mean => least * self.nearest / a.nearest_across(b, settings),
            _ => 0.0,
        }
    }
}

/// Average linkage over a full matrix of likenesses. Two groups are joined when their mean likeness, over what is to be
/// expected between parts of groups as close as they are, is the highest and at least `least`; and when besides some of one is
/// near some of the other: what is half like all of a story, and like nothing in it, shares its subject.
///
/// Texts of different languages share names and little else, so their likeness is no measure of how close a story is. It is left
/// out of the means wherever texts of one language can be compared; groups of which none can are joined by their nearest two.
fn link(alike: &[f32], vectors: &[Vector], least: f32, settings: &Settings) -> Vec<Merge> {
    let n = vectors.len();
    let mut parts: Vec<Part> = vectors.iter().map(Part::of).collect();
    let cells = vectors.iter().flat_map(|a| vectors.iter().map(move |b| (a, b)));
    let mut between: Vec<Between> = cells.zip(alike).map(|((a, b), &likeness)| Between::of(a, b, likeness)).collect();
    let mut alive: Vec<usize> = (0..n).collect();
    let mut merges = Vec::new();
    let value = |between: &[Between], parts: &[Part], i: usize, j: usize| between[i * n + j].value(&parts[i], &parts[j], least, settings);
    let nearest = |between: &[Between], alive: &[usize], parts: &[Part], i: usize| {
        alive
            .iter()
            .filter(|&&j| j != i)
            .map(|&j| (value(between, parts, i, j), j))
            .fold((f32::MIN, i), |best, x| if x.0 > best.0 { x } else { best })
    };
    let mut best: Vec<(f32, usize)> = (0..n).map(|i| nearest(&between, &alive, &parts, i)).collect();
    while let Some(&i) = alive.iter().max_by(|&&a, &&b| best[a].0.total_cmp(&best[b].0).then(b.cmp(&a))) {
        let (highest, j) = best[i];
        if highest < least || i == j {
            break;
        }
        let (keep, gone) = (i.min(j), i.max(j));
        let counts = (parts[keep].count, parts[gone].count);
        alive.retain(|&k| k != gone);
        parts[keep] = parts[keep].with(&parts[gone], between[keep * n + gone]);
        for &k in alive.iter().filter(|&&k| k != keep) {
            let both = between[keep * n + k].with(between[gone * n + k], counts);
            between[keep * n + k] = both;
            between[k * n + keep] = both;
        }
        merges.push(Merge { keep, gone });
        for &k in &alive {
            if k == keep || best[k].1 == gone || best[k].1 == keep {
                best[k] = nearest(&between, &alive, &parts, k);
            } else {
                let now = value(&between, &parts, k, keep);
                if now > best[k].0 {
                    best[k] = (now, keep);
                }
            }
        }
    }
    merges
}

/// A group's size and how close its members of one language are.
#[derive(Clone, Copy, Debug)]
struct Part {
    count: f32,
    /// Pairs of one language within, and the sum of their likenesses.
    pairs: f32,
    within: f32,
    fullness: f32,
}

impl Part {
    fn of(vector: &Vector) -> Self {
        let square: f32 = vector.weights.iter().map(|w| w.weight * w.weight).sum();
        let pairs = vector.count * (vector.count - 1.0) / 2.0;
        Self { count: vector.count, pairs, within: ((square - vector.count) / 2.0).max(0.0), fullness: vector.fullness }
    }

    fn with(&self, other: &Self, between: Between) -> Self {
        Self {
            count: self.count + other.count,
            pairs: self.pairs + other.pairs + between.pairs,
            within: self.within + other.within + between.pairs * between.mean,
            fullness: self.fullness + other.fullness,
        }
    }

    /// Mean likeness within, drawn towards what is usual while there are few pairs.
    fn cohesion(&self, settings: &Settings) -> f32 {
        let usual = settings.usual * self.fullness / self.count;
        (self.within + settings.usual_pairs * usual) / (self.pairs + settings.usual_pairs)
    }

    /// How like the nearest two of both are to be.
    fn nearest(&self, other: &Self, settings: &Settings) -> f32 {
        let full = (self.fullness / self.count * other.fullness / other.count).sqrt();
        (settings.nearest * full).max(settings.nearest_share * self.cohesion(settings).max(other.cohesion(settings)))
    }

    /// The same where no two texts are of one language. Of a short text nothing less is asked: what it does not say makes nobody
    /// sure. Where there are many pairs, less: their mean tells more, and that is asked for besides ([`Between::value`]).
    fn nearest_across(&self, other: &Self, settings: &Settings) -> f32 {
        settings.across_nearest * (1.0 - settings.across_more * (self.count * other.count).min(16.0).log2())
    }

    fn relative(&self, other: &Self, between: f32, settings: &Settings) -> f32 {
        let (a, b) = (self.cohesion(settings), other.cohesion(settings));
        between / (a * b).sqrt()
    }
}
