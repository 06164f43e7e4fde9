//! Average linkage over a neighbourhood: the grouping that the order of arrival does not decide.

use super::Settings;
use super::vector::Vector;

/// Groups `vectors` until no two groups are alike by `threshold` on average; the result names each vector's group by the
/// first vector in it. O(n²) likenesses, then O(n²) a merge.
pub fn average_linkage(vectors: &[Vector], threshold: f32, settings: &Settings) -> Vec<usize> {
    let n = vectors.len();
    let mut alike = vec![0.0f32; n * n];
    for (i, a) in vectors.iter().enumerate() {
        for (j, b) in vectors.iter().enumerate().skip(i + 1) {
            let s = a.likeness(b, settings);
            put(&mut alike, n, i, j, s);
        }
    }
    let counts: Vec<f32> = vectors.iter().map(|v| v.count).collect();
    link(alike, counts, threshold)
}

fn put(alike: &mut [f32], n: usize, i: usize, j: usize, value: f32) {
    for at in [i * n + j, j * n + i] {
        if let Some(cell) = alike.get_mut(at) {
            *cell = value;
        }
    }
}

/// Average linkage over a full matrix of likenesses.
pub fn link(mut alike: Vec<f32>, mut counts: Vec<f32>, threshold: f32) -> Vec<usize> {
    let n = counts.len();
    let mut group: Vec<usize> = (0..n).collect();
    let mut alive: Vec<usize> = (0..n).collect();
    let nearest = |alike: &[f32], alive: &[usize], i: usize| {
        let row = alike.get(i * n..(i + 1) * n).unwrap_or(&[]);
        alive.iter().filter(|&&j| j != i).map(|&j| (row.get(j).copied().unwrap_or(0.0), j)).fold((f32::MIN, i), |best, x| if x.0 > best.0 { x } else { best })
    };
    let mut best: Vec<(f32, usize)> = (0..n).map(|i| nearest(&alike, &alive, i)).collect();
    while let Some(&i) = alive.iter().max_by(|&&a, &&b| best[a].0.total_cmp(&best[b].0).then(b.cmp(&a))) {
        let (value, j) = best[i];
        if value < threshold || i == j {
            break;
        }
        let (keep, gone) = (i.min(j), i.max(j));
        let (a, b) = (counts[keep], counts[gone]);
        alive.retain(|&k| k != gone);
        for &k in &alive {
            if k != keep {
                let mixed = (alike[keep * n + k] * a + alike[gone * n + k] * b) / (a + b);
                put(&mut alike, n, keep, k, mixed);
            }
        }
        counts[keep] = a + b;
        group.iter_mut().filter(|g| **g == gone).for_each(|g| *g = keep);
        for &k in &alive {
            if k == keep || best[k].1 == gone || best[k].1 == keep {
                best[k] = nearest(&alike, &alive, k);
            } else if alike[k * n + keep] > best[k].0 {
                best[k] = (alike[k * n + keep], keep);
            }
        }
    }
    group
}
