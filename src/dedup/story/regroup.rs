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
    group(vectors, likenesses(vectors, settings), threshold, settings)
}

/// The same, from likenesses that are known.
pub fn group(vectors: &[Vector], alike: Vec<f32>, threshold: f32, settings: &Settings) -> Vec<usize> {
    let mut group: Vec<usize> = (0..vectors.len()).collect();
    for merge in link(alike, vectors, threshold, settings) {
        group.iter_mut().filter(|g| **g == merge.gone).for_each(|g| *g = merge.keep);
    }
    group
}

/// The likeness that two texts need to be one story.
pub fn needed(a: &Vector, b: &Vector, settings: &Settings) -> f32 {
    let (a, b) = (Part::of(a), Part::of(b));
    (settings.threshold / a.relative(&b, 1.0, settings)).max(a.nearest(&b, settings))
}

/// Average linkage over a full matrix of likenesses. Two groups are joined when their mean likeness, over what is to be
/// expected between parts of groups as close as they are, is the highest and at least `least`; and when besides some of one is
/// near some of the other: what is half like all of a story, and like nothing in it, shares its subject.
fn link(mut alike: Vec<f32>, vectors: &[Vector], least: f32, settings: &Settings) -> Vec<Merge> {
    let n = vectors.len();
    let mut parts: Vec<Part> = vectors.iter().map(Part::of).collect();
    let mut near = alike.clone();
    let mut alive: Vec<usize> = (0..n).collect();
    let mut merges = Vec::new();
    let value =
        |alike: &[f32], near: &[f32], parts: &[Part], i: usize, j: usize| match near[i * n + j] >= parts[i].nearest(&parts[j], settings) {
            true => parts[i].relative(&parts[j], alike[i * n + j], settings),
            false => 0.0,
        };
    let nearest = |alike: &[f32], near: &[f32], alive: &[usize], parts: &[Part], i: usize| {
        alive
            .iter()
            .filter(|&&j| j != i)
            .map(|&j| (value(alike, near, parts, i, j), j))
            .fold((f32::MIN, i), |best, x| if x.0 > best.0 { x } else { best })
    };
    let mut best: Vec<(f32, usize)> = (0..n).map(|i| nearest(&alike, &near, &alive, &parts, i)).collect();
    while let Some(&i) = alive.iter().max_by(|&&a, &&b| best[a].0.total_cmp(&best[b].0).then(b.cmp(&a))) {
        let (highest, j) = best[i];
        if highest < least || i == j {
            break;
        }
        let (keep, gone) = (i.min(j), i.max(j));
        let (a, b) = (parts[keep].count, parts[gone].count);
        alive.retain(|&k| k != gone);
        parts[keep] = parts[keep].with(&parts[gone], alike[keep * n + gone]);
        for &k in alive.iter().filter(|&&k| k != keep) {
            let mixed = (alike[keep * n + k] * a + alike[gone * n + k] * b) / (a + b);
            alike[keep * n + k] = mixed;
            alike[k * n + keep] = mixed;
            let nearer = near[keep * n + k].max(near[gone * n + k]);
            near[keep * n + k] = nearer;
            near[k * n + keep] = nearer;
        }
        merges.push(Merge { keep, gone });
        for &k in &alive {
            if k == keep || best[k].1 == gone || best[k].1 == keep {
                best[k] = nearest(&alike, &near, &alive, &parts, k);
            } else {
                let now = value(&alike, &near, &parts, k, keep);
                if now > best[k].0 {
                    best[k] = (now, keep);
                }
            }
        }
    }
    merges
}

/// A group's size and how close its members are.
#[derive(Clone, Copy, Debug)]
struct Part {
    count: f32,
    /// Pairs within, and the sum of their likenesses.
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

    fn with(&self, other: &Self, between: f32) -> Self {
        let pairs = self.count * other.count;
        Self {
            count: self.count + other.count,
            pairs: self.pairs + other.pairs + pairs,
            within: self.within + other.within + pairs * between,
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

    fn relative(&self, other: &Self, between: f32, settings: &Settings) -> f32 {
        let (a, b) = (self.cohesion(settings), other.cohesion(settings));
        between / (a * b).sqrt()
    }
}
