//! A headline for a story: the most typical of its members', not the loudest.

use super::background::{Background, Listed, UNLISTED};
use super::terms;
use ahash::AHashMap;

/// The place of the most typical headline among `titles`; none when all are empty. `lang`: the story's language.
///
/// Typical is the headline whose words the others use too: each word counts by how rare it is in the language and by the share
/// of headlines that have it. Shouting, questions and teasers count less, so do very short and very long headlines. Of equals
/// the first wins: give titles in order of arrival, and of a cluster of copies every title, for what is reprinted is typical.
pub fn headline(titles: &[&str], lang: Option<&str>, background: &Background) -> Option<usize> {
    let listed = lang.and_then(Listed::of);
    let read: Vec<Vec<u32>> = titles
        .iter()
        .map(|title| {
            let mut hashes = Vec::new();
            terms::tokens(title, |t| hashes.push(t.hash));
            hashes.sort_unstable();
            hashes.dedup();
            hashes
        })
        .collect();
    let mut shares: AHashMap<u32, f32> = AHashMap::new();
    for &hash in read.iter().flatten() {
        *shares.entry(hash).or_insert(0.0) += 1.0;
    }
    let weight = |hash: u32| background.idf(hash, listed.map_or(UNLISTED, |l| l.class(hash)));
    let mut best: Option<(f32, usize)> = None;
    for (at, (hashes, title)) in read.iter().zip(titles).enumerate().filter(|(_, (h, _))| !h.is_empty()) {
        let own: f32 = hashes.iter().map(|&h| weight(h).powi(2)).sum::<f32>().sqrt();
        // Words that no other headline has say nothing for this one.
        let common: f32 = hashes.iter().map(|&h| weight(h).powi(2) * (shares.get(&h).copied().unwrap_or(0.0) - 1.0).max(0.0)).sum();
        let score = (common / own.max(0.01) + 0.01) * calm(title, hashes.len());
        if best.is_none_or(|b| score > b.0 * 1.0001) {
            best = Some((score, at));
        }
    }
    best.map(|b| b.1)
}

/// 1 for a plain headline, less for a loud one.
fn calm(title: &str, terms: usize) -> f32 {
    let letters = title.chars().filter(|c| c.is_alphabetic()).count().max(1);
    let capitals = title.chars().filter(|c| c.is_uppercase()).count();
    let mut calm = 1.0;
    if capitals * 2 > letters && letters > 8 && title.chars().any(char::is_lowercase) || (capitals == letters && letters > 8) {
        calm *= 0.6;
    }
    if title.contains(['!', '！', '¡']) {
        calm *= 0.7;
    }
    if title.trim_end().ends_with(['?', '？', '؟', '…']) || title.trim_end().ends_with("...") {
        calm *= 0.8;
    }
    // A label before a colon or bar ("LIVE:", "Video |") is the site's, not the event's.
    let label = title.split([':', '|']).next().unwrap_or("");
    if label.len() < title.len()
        && label.chars().filter(|c| c.is_alphabetic()).all(char::is_uppercase)
        && label.chars().any(char::is_alphabetic)
    {
        calm *= 0.8;
    }
    match terms {
        0..=3 => calm * 0.8,
        4..=16 => calm,
        _ => calm * 0.85,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_typical_headline_wins_over_the_loud_and_the_odd() {
        let titles = [
            "SHOCKING! River Elda bursts its banks!",
            "What we know so far",
            "River Elda bursts banks, thousands leave Northmoor",
            "Thousands leave Northmoor as river Elda bursts banks",
            "Mayor of Northmoor: we were warned",
        ];
        let chosen = headline(&titles, Some("en"), &Background::default());
        assert!(matches!(chosen, Some(2 | 3)), "{chosen:?}");
    }

    #[test]
    fn one_title_is_its_own_headline_and_none_is_none() {
        assert_eq!(headline(&["", "Storm turns north"], None, &Background::default()), Some(1));
        assert_eq!(headline(&["", "  "], Some("en"), &Background::default()), None);
        assert_eq!(headline(&[], Some("en"), &Background::default()), None);
    }
}
