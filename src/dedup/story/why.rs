//! Why two texts are one story, or are not: every number, and the terms that decided.

use super::background::Background;
use super::features::Features;
use super::regroup;
use super::vector::{Vector, Weighing, breadth_factor, headline_factor, names_factor};
use super::{Settings, VERSION};
use crate::model::Id;
use serde::{Deserialize, Serialize};

/// The reason kept with a story placement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoryBecause {
    /// "first" (nothing like it), "joined" (its story's members are alike enough), "apart" (something is like it, not enough).
    pub rule: String,
    /// The most similar cluster of the window.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub with: Option<Id>,
    /// How alike both are, 0 to 1, time and language counted.
    pub similarity: f32,
    /// What two single texts like these need; groups need more where their members are closer.
    pub threshold: f32,
    /// The shared terms that decided, weightiest first.
    pub terms: Vec<Shared>,
    /// Version of rule and settings.
    pub version: u32,
}

/// A term that two texts share.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shared {
    /// The word as one of the two writes it.
    pub term: String,
    /// Its part of the similarity.
    pub weight: f32,
}

/// Two texts compared as coverage of one event.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StoryComparison {
    /// Cosine of the weighted terms, 0 to 1.
    pub cosine: f32,
    /// Factor for the time between both, 0 to 1.
    pub time_factor: f32,
    /// The cosine of the names alone, where the languages differ.
    pub name_cosine: Option<f32>,
    /// Factor for their languages: 1 in one language, between two by how alike the names are.
    pub language_factor: f32,
    /// Factor for one publisher.
    pub publisher_factor: f32,
    /// Factor for the days, months and figures that both openings state.
    pub stated_factor: f32,
    /// The share of the likeness that names make; none where one of the two has too few.
    pub names: Option<f32>,
    /// Factor for that: less where all that both share are ordinary words, or names and nothing else.
    pub names_factor: f32,
    /// How much of each headline stands in the other's headline and lead, 0 to 1; none without headlines.
    pub headline_support: Option<f32>,
    /// Factor for that.
    pub headline_factor: f32,
    /// Terms that the likeness rests on: as many as would make it if all were of one weight.
    pub breadth: f32,
    /// Factor for that: less where both share a subject and little else.
    pub breadth_factor: f32,
    /// The product of the cosine and the factors.
    pub similarity: f32,
    /// What two single texts like these need.
    pub threshold: f32,
    /// Shared terms that decided, weightiest first.
    pub shared: Vec<Shared>,
    /// Weighty terms that only the first has.
    pub only_a: Vec<String>,
    /// Weighty terms that only the second has.
    pub only_b: Vec<String>,
    /// Version of rule and settings.
    pub version: u32,
}

/// Terms that are listed.
const LISTED: usize = 8;

pub(super) fn because(f: &Features, vector: &Vector, nearest: Option<(Id, Vector)>, joined: bool, settings: &Settings) -> StoryBecause {
    let rule = if joined {
        "joined"
    } else if nearest.is_some() {
        "apart"
    } else {
        "first"
    };
    let Some((with, other)) = nearest else {
        return StoryBecause {
            rule: rule.into(),
            with: None,
            similarity: 0.0,
            threshold: regroup::needed(vector, vector, settings),
            terms: Vec::new(),
            version: VERSION,
        };
    };
    let similarity = vector.likeness(&other, settings);
    let threshold = regroup::needed(vector, &other, settings);
    StoryBecause { rule: rule.into(), with: Some(with), similarity, threshold, terms: shared(vector, &other, &[f]), version: VERSION }
}

fn shared(a: &Vector, b: &Vector, readers: &[&Features]) -> Vec<Shared> {
    let mut found: Vec<(f32, u32)> = a
        .weights
        .iter()
        .filter_map(|x| {
            let at = b.weights.binary_search_by_key(&x.term, |w| w.term).ok()?;
            Some((x.weight * b.weights.get(at)?.weight, x.term))
        })
        .collect();
    found.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    found.truncate(LISTED);
    found
        .into_iter()
        .map(|(weight, hash)| {
            let term = readers.iter().find_map(|f| f.word(hash)).map_or_else(|| format!("#{hash:06x}"), str::to_owned);
            Shared { term, weight }
        })
        .collect()
}

/// Compares two texts. For readable terms both should be read from their texts ([`super::features()`]), not restored.
pub fn why_story(a: &Features, b: &Features, background: &Background, settings: &Settings) -> StoryComparison {
    let weighing = &mut Weighing::new(background, settings);
    let (x, y) = (Vector::of_features(a, weighing), Vector::of_features(b, weighing));
    let only = |x: &Vector, f: &Features, y: &Vector| {
        // That one of two texts lacks a word which stands in every third says nothing.
        let tells = |hash| f.class(hash).is_none_or(|class| background.idf(hash, class) > 1.0);
        let missing = |hash| y.weights.binary_search_by_key(&hash, |o| o.term).is_err();
        let own = x.weights.iter().filter(|w| missing(w.term) && tells(w.term));
        let mut own: Vec<(u32, f32)> = own.map(|w| (w.term, w.weight)).collect();
        own.sort_by(|p, q| q.1.total_cmp(&p.1).then(p.0.cmp(&q.0)));
        own.iter().take(LISTED).map(|w| f.word(w.0).map_or_else(|| format!("#{:06x}", w.0), str::to_owned)).collect()
    };
    let full = x.full(settings).min(y.full(settings));
    StoryComparison {
        cosine: x.cosine(&y),
        time_factor: x.time_factor(&y, settings),
        name_cosine: (!x.one_language(&y)).then(|| x.name_cosine(&y, settings)),
        language_factor: x.language_factor(&y, x.name_cosine(&y, settings), settings),
        publisher_factor: x.publisher_factor(&y, x.cosine(&y)),
        names: x.names(&y, settings),
        names_factor: names_factor(x.names(&y, settings), full, settings),
        stated_factor: x.stated.factor(y.stated, settings),
        headline_support: x.headline_support(&y, settings),
        headline_factor: headline_factor(x.headline_support(&y, settings), full, settings),
        breadth: x.breadth(&y, settings),
        breadth_factor: breadth_factor(x.breadth(&y, settings), full, settings),
        similarity: x.likeness(&y, settings),
        threshold: regroup::needed(&x, &y, settings),
        shared: shared(&x, &y, &[a, b]),
        only_a: only(&x, a, &y),
        only_b: only(&y, b, &x),
        version: VERSION,
    }
}
