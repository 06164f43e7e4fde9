//! Articles and stories as weighted terms, and how alike two of them are.

use super::Settings;
use super::background::Background;
use super::features::{Features, Term};
use super::terms::TermHash;

/// The sum of the normalised vectors of some articles, with what else their likeness depends on. The dot product of two sums,
/// divided by both counts, is the mean cosine over all pairs: average linkage without looking at pairs.
#[derive(Clone, Debug, Default)]
pub struct Vector {
    /// Weights by hash, sorted.
    pub(super) weights: Vec<(TermHash, f32)>,
    /// Articles in the sum.
    pub(super) count: f32,
    /// Sum over the articles of how much there is to go by, each 0 to 1: a headline alone shares less with its like.
    pub(super) fullness: f32,
    /// Earliest and latest known minute.
    pub(super) span: Option<(i32, i32)>,
    /// Language, zeros when unknown.
    pub(super) lang: [u8; 2],
    /// What likeness within its publisher counts for.
    pub(super) house: f32,
    /// The publisher of all, 0 when there are several or none is known.
    pub(super) publisher: u16,
}

/// What likeness depends on besides terms.
#[derive(Clone, Copy, Debug, Default)]
pub struct About {
    /// Minutes since 1970.
    pub minute: Option<i32>,
    /// ISO 639-1, zeros when unknown.
    pub lang: [u8; 2],
    /// 0 when unknown.
    pub publisher: u16,
}

impl Vector {
    /// The vector of one article, of length 1.
    pub fn of(terms: &[Term], about: About, background: &Background, settings: &Settings) -> Self {
        let mut weights: Vec<(TermHash, f32)> =
            terms.iter().map(|t| (t.hash(), t.local().powf(settings.damp) * background.idf(t.hash(), t.class()))).collect();
        let length = norm(weights.iter().map(|w| w.1), settings);
        // Names make a share of their own: two events of one kind differ in little else.
        let names = norm(terms.iter().zip(&weights).filter(|t| t.0.is_name()).map(|t| t.1.1), settings);
        let share = if terms.iter().filter(|t| t.is_name()).count() >= 2 { settings.name_share } else { 0.0 };
        for (term, weight) in terms.iter().zip(&mut weights) {
            let name = if term.is_name() { share * (weight.1 / names).powi(2) } else { 0.0 };
            weight.1 = ((1.0 - share) * (weight.1 / length).powi(2) + name).sqrt();
        }
        // Where nearly everything comes from one publisher, that says nothing.
        let others = 1.0 - background.publisher_share(about.publisher);
        let house = 1.0 - (1.0 - settings.one_publisher) * others * others;
        let full = terms.len() as f32 / settings.full_terms;
        let fullness = settings.bare + (1.0 - settings.bare) * full.min(1.0);
        Self { weights, count: 1.0, fullness, span: about.minute.map(|m| (m, m)), lang: about.lang, house, publisher: about.publisher }
    }

    /// The vector of an article's features.
    pub fn of_features(f: &Features, background: &Background, settings: &Settings) -> Self {
        Self::of(&f.terms, About { minute: f.minute, lang: f.lang, publisher: f.publisher }, background, settings)
    }

    /// The sum of both.
    pub fn add(&self, other: &Self) -> Self {
        let mut weights = Vec::with_capacity(self.weights.len() + other.weights.len());
        let (mut a, mut b) = (self.weights.iter().peekable(), other.weights.iter().peekable());
        loop {
            match (a.peek(), b.peek()) {
                (Some(x), Some(y)) if x.0 == y.0 => {
                    weights.push((x.0, x.1 + y.1));
                    a.next();
                    b.next();
                }
                (Some(x), Some(y)) if x.0 > y.0 => weights.extend(b.next()),
                (Some(_), _) => weights.extend(a.next()),
                (None, Some(_)) => weights.extend(b.next()),
                (None, None) => break,
            }
        }
        let span = match (self.span, other.span) {
            (Some(x), Some(y)) => Some((x.0.min(y.0), x.1.max(y.1))),
            (x, y) => x.or(y),
        };
        Self {
            weights,
            count: self.count + other.count,
            fullness: self.fullness + other.fullness,
            span,
            lang: if self.lang == [0; 2] { other.lang } else { self.lang },
            publisher: if self.publisher == other.publisher { self.publisher } else { 0 },
            house: self.house.max(other.house),
        }
    }

    /// The mean cosine between the articles of both, 0 to 1.
    pub fn cosine(&self, other: &Self) -> f32 {
        let (mut a, mut b, mut dot) = (self.weights.as_slice(), other.weights.as_slice(), 0.0);
        while let (Some((x, rest_a)), Some((y, rest_b))) = (a.split_first(), b.split_first()) {
            match x.0.cmp(&y.0) {
                std::cmp::Ordering::Less => a = rest_a,
                std::cmp::Ordering::Greater => b = rest_b,
                std::cmp::Ordering::Equal => {
                    dot += x.1 * y.1;
                    (a, b) = (rest_a, rest_b);
                }
            }
        }
        dot / (self.count * other.count).max(1.0)
    }

    /// How alike both are as coverage of one event: the cosine, less for a distance in time, nearly nothing across languages.
    pub fn likeness(&self, other: &Self, settings: &Settings) -> f32 {
        let cosine = self.cosine(other);
        cosine * self.time_factor(other, settings) * self.language_factor(other, settings) * self.publisher_factor(other)
    }

    /// 1 within the same hours, falling with the days between both.
    pub fn time_factor(&self, other: &Self, settings: &Settings) -> f32 {
        let (Some(a), Some(b)) = (self.span, other.span) else { return 1.0 };
        let gap = (a.0.saturating_sub(b.1)).max(b.0.saturating_sub(a.1)).max(0) as f32 / 1440.0;
        let late = (gap - settings.free_days).max(0.0);
        settings.time_floor + (1.0 - settings.time_floor) * (-late / settings.fade_days).exp()
    }

    /// Less for two texts of one publisher: they share its house phrases, and it seldom reports one event twice.
    pub fn publisher_factor(&self, other: &Self) -> f32 {
        if self.publisher != 0 && self.publisher == other.publisher { self.house.max(other.house) } else { 1.0 }
    }

    /// 1 within one language, and where one is unknown.
    pub fn language_factor(&self, other: &Self, settings: &Settings) -> f32 {
        if self.lang == other.lang || self.lang == [0; 2] || other.lang == [0; 2] { 1.0 } else { settings.across_languages }
    }
}

fn norm(weights: impl Iterator<Item = f32>, settings: &Settings) -> f32 {
    weights.map(|w| w * w).sum::<f32>().sqrt().max(settings.least_length).max(1e-6)
}
