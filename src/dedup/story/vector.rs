//! Articles and stories as weighted terms, and how alike two of them are.

use super::Settings;
use super::background::Background;
use super::features::{Features, Places, Term};
use super::stated::Stated;
use super::terms::TermHash;

/// The sum of the normalised vectors of some articles, with what else their likeness depends on. The dot product of two sums,
/// divided by both counts, is the mean cosine over all pairs: average linkage without looking at pairs.
#[derive(Clone, Debug, Default)]
pub struct Vector {
    /// Weights by hash, sorted.
    pub(super) weights: Vec<Weight>,
    /// Articles in the sum whose headline says something.
    pub(super) titled: f32,
    /// Articles in the sum that hold names enough to be told by.
    pub(super) named: f32,
    /// Sum over the articles of the squared weights of their names.
    pub(super) name_mass: f32,
    /// Articles in the sum.
    pub(super) count: f32,
    /// Sum over the articles of how much there is to go by, each 0 to 1: a headline alone shares less with its like.
    pub(super) fullness: f32,
    /// What the openings state.
    pub(super) stated: Stated,
    /// Earliest and latest known minute.
    pub(super) span: Option<(i32, i32)>,
    /// Language, zeros when unknown.
    pub(super) lang: [u8; 2],
    /// What likeness within its publisher counts for.
    pub(super) house: f32,
    /// The publisher of all, 0 when there are several or none is known.
    pub(super) publisher: u16,
}

/// One term of a [`Vector`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weight {
    /// The term.
    pub term: TermHash,
    /// Its weight in the normalised vector.
    pub weight: f32,
    /// Its share of its article's headline, 0 to 1.
    pub title: f32,
    /// 1 in headline or lead, else 0.
    pub lead: f32,
    /// It is a name, or a number that is no small one.
    pub name: bool,
}

/// What likeness depends on besides terms.
#[derive(Clone, Copy, Debug, Default)]
pub struct About {
    /// Where the terms stand.
    pub places: Places,
    /// What the opening states.
    pub stated: Stated,
    /// Minutes since 1970.
    pub minute: Option<i32>,
    /// ISO 639-1, zeros when unknown.
    pub lang: [u8; 2],
    /// 0 when unknown.
    pub publisher: u16,
}

/// What terms weigh for one decision.
pub struct Weighing<'a> {
    background: &'a Background,
    settings: &'a Settings,
    damped: [f32; 8],
    /// The terms that were asked for last, by the lowest bits of their hash: hash and class, and what [`Background::idf`] says.
    latest: Vec<(u32, f32)>,
}

impl<'a> Weighing<'a> {
    /// Terms that are remembered: 8 kB, which stay in the nearest cache. Candidates repeat each other's terms: 64 weighed so cost a first refresh 3 % more
    /// instructions than 32 without this.
    const LATEST: usize = 1024;

    /// By this background, with nothing asked for yet.
    pub fn new(background: &'a Background, settings: &'a Settings) -> Self {
        // no hash has all its bits and a class that is none
        Self { background, settings, damped: Term::damped(settings.damp), latest: vec![(u32::MAX, 0.0); Self::LATEST] }
    }

    fn weight(&mut self, term: Term) -> f32 {
        let (hash, class) = (term.hash(), term.class());
        let asked = hash << 8 | u32::from(class);
        let idf = match self.latest.get_mut(hash as usize % Self::LATEST) {
            Some((known, idf)) if *known == asked => *idf,
            Some(place) => {
                *place = (asked, self.background.idf(hash, class));
                place.1
            }
            None => self.background.idf(hash, class),
        };
        self.damped[term.level()] * (self.settings.any_term + idf)
    }
}

impl Vector {
    /// The vector of one article, of length 1.
    pub fn of(terms: &[Term], about: About, weighing: &mut Weighing<'_>) -> Self {
        let mut it = Self::default();
        it.become_that_of(terms, about, weighing);
        it
    }

    /// Makes it the vector of another article: [`Vector::of`] in the same memory.
    pub fn become_that_of(&mut self, terms: &[Term], about: About, weighing: &mut Weighing<'_>) {
        let settings = weighing.settings;
        let (mut squares, mut name_squares, mut names) = (0.0, 0.0, 0u32);
        self.weights.clear();
        self.weights.extend(terms.iter().enumerate().map(|(at, t)| {
            let weight = weighing.weight(*t);
            squares += weight * weight;
            if t.is_name() {
                (name_squares, names) = (name_squares + weight * weight, names + 1);
            }
            let (title, lead) = (f32::from(u8::from(about.places.in_title(at))), f32::from(u8::from(about.places.in_lead(at))));
            Weight { term: t.hash(), weight, title, lead, name: t.is_name() }
        }));
        // Names make a share of their own: two events of one kind differ in little else.
        let share = if names >= 2 { settings.name_share } else { 0.0 };
        let (all, named) = ((1.0 - share) / length(squares, settings).powi(2), share / length(name_squares, settings).powi(2));
        let (mut title, mut name_mass) = (0.0, 0.0);
        for w in &mut self.weights {
            let square = w.weight * w.weight * if w.name { all + named } else { all };
            w.weight = square.sqrt();
            w.title *= square;
            title += w.title;
            name_mass += if w.name { square } else { 0.0 };
        }
        self.weights.iter_mut().for_each(|w| w.title /= f32::max(title, 1e-9));
        // Where nearly everything comes from one publisher, that says nothing.
        let others = 1.0 - weighing.background.publisher_share(about.publisher);
        let full = terms.len() as f32 / settings.full_terms;
        self.titled = f32::from(u8::from(title > 0.0));
        self.named = f32::from(u8::from(names >= 2));
        self.name_mass = name_mass;
        self.count = 1.0;
        self.fullness = settings.bare + (1.0 - settings.bare) * full.min(1.0);
        self.stated = about.stated;
        self.span = about.minute.map(|m| (m, m));
        self.lang = about.lang;
        self.house = 1.0 - (1.0 - settings.one_publisher) * others * others;
        self.publisher = about.publisher;
    }

    /// The vector of an article's features.
    pub fn of_features(f: &Features, weighing: &mut Weighing<'_>) -> Self {
        let about = About { places: f.places, stated: f.stated, minute: f.minute, lang: f.lang, publisher: f.publisher };
        Self::of(&f.terms, about, weighing)
    }

    /// The weights by term, sorted by term.
    pub fn weights(&self) -> &[Weight] {
        &self.weights
    }

    /// The sum of both.
    pub fn add(&self, other: &Self) -> Self {
        let mut weights = Vec::with_capacity(self.weights.len() + other.weights.len());
        let (mut a, mut b) = (self.weights.iter().peekable(), other.weights.iter().peekable());
        loop {
            match (a.peek(), b.peek()) {
                (Some(x), Some(y)) if x.term == y.term => {
                    weights.push(Weight {
                        term: x.term,
                        weight: x.weight + y.weight,
                        title: x.title + y.title,
                        lead: x.lead + y.lead,
                        name: x.name || y.name,
                    });
                    a.next();
                    b.next();
                }
                (Some(x), Some(y)) if x.term > y.term => weights.extend(b.next()),
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
            titled: self.titled + other.titled,
            named: self.named + other.named,
            name_mass: self.name_mass + other.name_mass,
            count: self.count + other.count,
            fullness: self.fullness + other.fullness,
            stated: self.stated.with(other.stated),
            span,
            lang: if self.lang == [0; 2] { other.lang } else { self.lang },
            publisher: if self.publisher == other.publisher { self.publisher } else { 0 },
            house: self.house.max(other.house),
        }
    }

    /// Calls `each` with the terms that both have. Both sides go on by comparisons alone: which term is the lesser one is
    /// anybody's guess, and a branch would guess wrong half of the time.
    fn shared<'a>(&'a self, other: &'a Self, mut each: impl FnMut(&'a Weight, &'a Weight)) {
        let (mut i, mut j) = (0, 0);
        while let (Some(x), Some(y)) = (self.weights.get(i), other.weights.get(j)) {
            if x.term == y.term {
                each(x, y);
            }
            i += usize::from(x.term <= y.term);
            j += usize::from(y.term <= x.term);
        }
    }

    /// The mean cosine between the articles of both, 0 to 1.
    pub fn cosine(&self, other: &Self) -> f32 {
        let mut dot = 0.0;
        self.shared(other, |x, y| dot += x.weight * y.weight);
        dot / (self.count * other.count).max(1.0)
    }

    /// What both share, compared in one walk over their terms.
    fn compared(&self, other: &Self, settings: &Settings) -> Compared {
        let (mut dot, mut squares, mut mine, mut theirs, mut names) = (0.0, 0.0, 0.0, 0.0, 0.0);
        self.shared(other, |x, y| {
            let both = x.weight * y.weight;
            dot += both;
            squares += both * both;
            names += if x.name && y.name { both } else { 0.0 };
            mine += x.title * y.lead;
            theirs += x.lead * y.title;
        });
        let supported = |found: f32, titled: f32, count: f32| (titled > 0.0).then(|| (found / (titled * count)).min(1.0));
        let headlines = match (supported(mine, self.titled, other.count), supported(theirs, other.titled, self.count)) {
            (Some(a), Some(b)) => Some(settings.two_sided * a.min(b) + (1.0 - settings.two_sided) * (a + b) / 2.0),
            (a, b) => a.or(b),
        };
        let told = self.named >= self.count && other.named >= other.count;
        Compared {
            cosine: dot / (self.count * other.count).max(1.0),
            headlines,
            breadth: dot * dot / f32::max(squares, 1e-12),
            names: told.then(|| names / f32::max(dot, 1e-12)),
            name_cosine: names / (self.name_mass * other.name_mass * self.count * other.count).sqrt().max(1e-9),
        }
    }

    /// How much of the headlines of each stands in the headlines and leads of the other, 0 to 1: the mean over all pairs, and
    /// less where only one of the two supports the other. None where no headline says anything.
    pub fn headline_support(&self, other: &Self, settings: &Settings) -> Option<f32> {
        self.compared(other, settings).headlines
    }

    /// How many terms the likeness rests on: as many as would make it if all were of one weight.
    pub fn breadth(&self, other: &Self, settings: &Settings) -> f32 {
        self.compared(other, settings).breadth
    }

    /// The share of the likeness that names make, 0 to 1; none where one of the two has too few to be told by.
    pub fn names(&self, other: &Self, settings: &Settings) -> Option<f32> {
        self.compared(other, settings).names
    }

    /// The mean cosine of the names alone, 0 to 1.
    pub fn name_cosine(&self, other: &Self, settings: &Settings) -> f32 {
        self.compared(other, settings).name_cosine
    }

    /// How much text there is, 0 to 1: little where there is a headline alone.
    pub fn full(&self, settings: &Settings) -> f32 {
        ((self.fullness / self.count - settings.bare) / (1.0 - settings.bare)).clamp(0.0, 1.0)
    }

    /// How alike both are as coverage of one event: the cosine, less for a distance in time, where their openings state other
    /// days or figures, where they share no names or nothing else, where neither headline speaks of
    /// what the other reports first, and where all they share is a subject; across languages by how alike the names are.
    pub fn likeness(&self, other: &Self, settings: &Settings) -> f32 {
        let (shared, full) = (self.compared(other, settings), self.full(settings).min(other.full(settings)));
        shared.cosine
            * headline_factor(shared.headlines, full, settings)
            * breadth_factor(shared.breadth, full, settings)
            * names_factor(shared.names, full, settings)
            * self.stated.factor(other.stated, settings)
            * self.time_factor(other, settings)
            * self.language_factor(other, shared.name_cosine, settings)
            * self.publisher_factor(other, shared.cosine)
    }

    /// 1 within the same hours, falling with the days between both.
    pub fn time_factor(&self, other: &Self, settings: &Settings) -> f32 {
        let (Some(a), Some(b)) = (self.span, other.span) else { return 1.0 };
        let gap = (a.0.saturating_sub(b.1)).max(b.0.saturating_sub(a.1)).max(0) as f32 / 1440.0;
        let late = (gap - settings.free_days).max(0.0);
        settings.time_floor + (1.0 - settings.time_floor) * (-late / settings.fade_days).exp()
    }

    /// Less for two texts of one publisher in one language: they share its house phrases, and it seldom reports one event twice
    /// (but for its editions in other languages). Nothing where
    /// every word is the same (`cosine`) and they are no copies: a form that is filled in anew, as for each draw of a lottery.
    pub fn publisher_factor(&self, other: &Self, cosine: f32) -> f32 {
        match self.publisher != 0 && self.publisher == other.publisher {
            true if cosine >= FORM => 0.0,
            true if self.one_language(other) => self.house.max(other.house),
            _ => 1.0,
        }
    }

    /// True within one language, and where one is unknown.
    pub fn one_language(&self, other: &Self) -> bool {
        self.lang == other.lang || self.lang == [0; 2] || other.lang == [0; 2]
    }

    /// 1 within one language. Between two it grows with how alike the names are (`names`, a cosine): where those are the same, the
    /// rest is in other words and is not missed; where they are not, the rest is chance.
    pub fn language_factor(&self, other: &Self, names: f32, settings: &Settings) -> f32 {
        match self.one_language(other) {
            true => 1.0,
            false => (settings.across_languages + settings.across_names * names).min(settings.across_most),
        }
    }
}

/// Cosine from which on two texts of one publisher are one form.
const FORM: f32 = 0.95;

/// What the support of the headlines makes of a likeness; 1 where there are none. Where there is little text beside them
/// (`full`, 0 to 1) they say nothing that the likeness does not say.
pub fn headline_factor(support: Option<f32>, full: f32, settings: &Settings) -> f32 {
    support.map_or(1.0, |s| (settings.headline_floor + settings.headline_gain * s).min(settings.headline_cap).powf(full))
}

/// What it makes of a likeness that it rests on so many terms: two texts on one subject share its name and little else. Short
/// texts (`full`, 0 to 1) cannot share many.
pub fn breadth_factor(breadth: f32, full: f32, settings: &Settings) -> f32 {
    let asked = 1.0 + (settings.breadth - 1.0) * full;
    (breadth / asked).min(1.0).powf(settings.breadth_power)
}

/// What it makes of a likeness how large a part of it names are. Little: a form filled in twice shares every word but those.
/// Nearly all: two reports on one protagonist share who, and not what; a headline alone (`full`, 0 to 1) has little but names.
pub fn names_factor(share: Option<f32>, full: f32, settings: &Settings) -> f32 {
    let Some(share) = share else { return 1.0 };
    let (enough, others) = (share / settings.names_enough, (1.0 - share) / (1.0 - settings.names_most));
    let graded = |least: f32, reached: f32| least + (1.0 - least) * reached.clamp(0.0, 1.0);
    graded(settings.nameless, enough) * graded(settings.names_alone, others).powf(full)
}

/// What two vectors share.
struct Compared {
    cosine: f32,
    headlines: Option<f32>,
    breadth: f32,
    names: Option<f32>,
    name_cosine: f32,
}

/// Of the sum of the squares.
fn length(squares: f32, settings: &Settings) -> f32 {
    squares.sqrt().max(settings.least_length).max(1e-6)
}
