//! Whether two texts are copies of one: proof by comparison, with every number and limit.

use super::Settings;
use super::passages::{Passage, passages};
use super::prepare::Prepared;
use crate::model::Id;
use serde::{Deserialize, Serialize};

/// What decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// No text to compare with.
    First,
    /// One of the two has no or too few words.
    TooShort,
    /// Too little in common.
    Different,
    /// A brief that is not near-identical.
    Brief,
    /// Same wording, other names and numbers: two reports of one template.
    Template,
    /// The shorter is a piece of a longer text that has another subject too.
    Piece,
    /// One outlet's two texts under different headlines: its form, not a copy.
    OneOutlet,
    /// Both texts are the same from end to end.
    Whole,
    /// The shorter stands in the longer.
    Contained,
    /// Less of it does, but under the same headline, from the same opening on.
    SameOpening,
    /// A person said so.
    Person,
}

/// The comparison of two texts: `of` against `with`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Verdict {
    /// Copies of one text?
    pub copy: bool,
    /// What decided.
    pub rule: Rule,
    /// Hamming distance of the fingerprints.
    pub distance: Option<u32>,
    /// Share of the shorter text that stands in the longer.
    pub containment: f64,
    /// Share of the longer text that stands in the shorter.
    pub coverage: f64,
    /// Share of the words of the passages in common that are the same.
    pub density: f64,
    /// Words in common.
    pub shared: u32,
    /// Words of the longest passage in common.
    pub longest: u32,
    /// Words compared: shorter text, longer text.
    pub words: (u32, u32),
    /// Numbers in the passages of the shorter text, and those found again.
    pub numbers: (u32, u32),
    /// Names in the passages of the shorter text, and those found again.
    pub names: (u32, u32),
    /// Share of the shorter headline's words that stand in the other.
    pub title: f64,
    /// The passages lie all over the longer text, not in one stretch of it.
    pub spread: bool,
    /// Both come from one publisher.
    pub one_outlet: bool,
    /// Both texts open with the same passage.
    pub lead: bool,
    /// Headlines compared: words that say something in the shorter of the two.
    pub title_words: u32,
    /// The passages, by place in the shorter text.
    #[serde(skip)]
    pub(crate) passages: Vec<Passage>,
    /// The shorter text.
    pub short: Id,
    /// What the comparison cost, in its own small steps.
    #[serde(skip)]
    pub(crate) work: usize,
}

/// Compares two texts.
pub fn why(a: &Prepared, b: &Prepared, settings: &Settings) -> Verdict {
    let swapped = a.tokens.len() > b.tokens.len();
    let (short, long) = if swapped { (b, a) } else { (a, b) };
    let passages = passages(&short.tokens, &long.tokens);
    let marks = passages.marks(&short.tokens, &long.tokens);
    let (passages, work) = (passages.list, passages.work);
    let covered: u32 = passages.iter().map(|p| p.covered().0).sum();
    let covered_long: u32 = passages.iter().map(|p| p.covered().1).sum();
    let shared: u32 = passages.iter().map(|p| p.matched).sum();
    let share = |part: u32, of: usize| if of == 0 { 0.0 } else { (f64::from(part) / of as f64).min(1.0) };
    let mut verdict = Verdict {
        copy: false,
        rule: Rule::Different,
        distance: short.fingerprint.zip(long.fingerprint).map(|(x, y)| simhash::hamming_distance(x, y)),
        containment: share(covered, short.tokens.len()),
        coverage: share(covered_long, long.tokens.len()),
        density: share(shared, covered.max(covered_long) as usize),
        shared,
        longest: passages.iter().map(|p| p.matched).max().unwrap_or(0),
        words: (short.tokens.len() as u32, long.tokens.len() as u32),
        numbers: (marks.numbers, marks.numbers_found),
        names: (marks.names, marks.names_found),
        title: overlap(&short.title, &long.title),
        title_words: short.title.len().min(long.title.len()) as u32,
        spread: is_spread(&passages, long.tokens.len() as u32),
        one_outlet: a.publisher.is_some() && a.publisher == b.publisher,
        lead: passages.iter().any(|p| p.a.0 <= OPENING && p.b.0 <= OPENING),
        passages,
        short: short.id,
        work,
    };
    (verdict.copy, verdict.rule) = verdict.decide(settings);
    verdict
}

/// Words into a text where its opening ends.
const OPENING: u32 = 30;
/// Words of a headline that say enough to be a witness.
const HEADLINE_WORDS: u32 = 3;
/// Standard deviations by which marks have to fall behind before they tell a template.
const SURE: f64 = 3.5;

impl Verdict {
    fn decide(&self, s: &Settings) -> (bool, Rule) {
        let same_headline = self.headline(s.headline);
        if self.words.0 < s.min_words {
            return (false, Rule::TooShort);
        }
        if self.words.0 < s.brief_words {
            // an outlet's own briefs are forms more often than not: "winning numbers drawn"
            let cut =
                same_headline && !self.one_outlet && self.coverage >= s.coverage_same_headline && self.containment >= s.brief_same_headline;
            let same = f64::from(self.shared) / f64::from(self.words.0);
            if !cut && (self.containment.min(same) < s.brief || self.coverage < s.brief_same_headline) {
                return (false, Rule::Brief);
            }
        }
        if self.is_template(s) {
            return (false, Rule::Template);
        }
        if self.containment < s.containment {
            let cut = self.coverage >= s.coverage_cut
                && (self.lead && self.containment >= s.containment_same_opening && self.headline(s.headline.max(0.7))
                    || self.containment >= s.containment_same_headline && self.title_words > HEADLINE_WORDS && self.headline(0.9));
            return (cut, if cut { Rule::SameOpening } else { Rule::Different });
        }
        if self.coverage < self.coverage_needed(s) {
            return (false, Rule::Piece);
        }
        let whole = self.containment >= 0.97 && self.coverage >= 0.9;
        let marks = self.numbers.0 + self.names.0;
        if self.one_outlet
            && !same_headline
            && !(self.containment >= 0.97 && self.coverage >= 0.8 && self.numbers.1 + self.names.1 == marks)
        {
            return (false, Rule::OneOutlet);
        }
        (true, if whole { Rule::Whole } else { Rule::Contained })
    }

    /// Share of the longer text that the shorter has to make up: the less, the more else speaks for a copy.
    fn coverage_needed(&self, s: &Settings) -> f64 {
        match (self.headline(s.headline), self.lead) {
            (true, true) if self.containment >= 0.95 && self.headline(0.9) => s.coverage_same_headline / 2.0,
            (true, _) => s.coverage_same_headline,
            (false, _) if self.spread => s.coverage_same_opening,
            (false, true) if self.containment >= 0.9 => s.coverage_same_opening,
            (false, true) if self.title_words < HEADLINE_WORDS || self.title >= 0.25 => s.coverage,
            (false, true) => s.coverage.max(0.75),
            (false, false) => s.coverage_no_witness,
        }
    }

    /// The shorter headline stands in the other, by `share` of its words.
    pub(crate) fn headline(&self, share: f64) -> bool {
        let enough = if self.title >= 0.99 { 2 } else { HEADLINE_WORDS };
        self.title_words >= enough && self.title >= share
    }

    /// Names and numbers differ where the other words are the same, and chance or a bad scan does not explain it.
    fn is_template(&self, s: &Settings) -> bool {
        let behind = |all: u32, found: u32, least: u32, share: f64, plain_least: f64| {
            let plain = self.plain(all, found);
            let (all, found) = (f64::from(all), f64::from(found));
            let deviation = (all * plain * (1.0 - plain)).sqrt().max(0.5);
            all >= f64::from(least) && plain >= plain_least && found < share * plain * all && (plain * all - found) / deviation >= SURE
        };
        let (marks, found) = (self.numbers.0 + self.names.0, self.numbers.1 + self.names.1);
        behind(marks, found, 5, s.marks, 0.0)
            || (self.numbers.1 * 5 < self.numbers.0 * 2 && behind(self.numbers.0, self.numbers.1, 8, s.marks, 0.0))
            // word for word the same but for some names, under another headline: a form that was filled in
            || (self.one_outlet && behind(marks, found, 5, 0.85, 0.8))
            || behind(marks, found, 5, 0.8, 0.95)
            || (self.title < 0.35 && marks >= found + 3 && behind(marks, found, 5, 0.9, 0.96))
            || (self.title < 0.2 && marks >= found + 2 && behind(marks, found, 5, 0.9, 0.97))
    }

    /// Share of the words of the passages in common that are the same, the `all` marks and those of them that were found left out.
    fn plain(&self, all: u32, found: u32) -> f64 {
        let covered = (self.containment * f64::from(self.words.0)).max(1.0);
        ((f64::from(self.shared) - f64::from(found)) / (covered - f64::from(all)).max(1.0)).clamp(0.05, 0.98)
    }

    /// How good a copy: the sum of both containments.
    pub(crate) fn strength(&self) -> f64 {
        self.containment + self.coverage
    }

    /// Of the words of `new` that the one or the other comparison covers, whichever are fewer, the share that both cover.
    pub(crate) fn overlap(&self, other: &Self, new: &Prepared) -> f64 {
        let cover = |v: &Self| {
            let mut covered = vec![false; new.tokens.len()];
            let new_is_short = v.short == new.id;
            for p in &v.passages {
                let (from, to) = if new_is_short { p.a } else { p.b };
                if let Some(range) = covered.get_mut(from as usize..to as usize) {
                    range.fill(true);
                }
            }
            covered
        };
        let (x, y) = (cover(self), cover(other));
        let count = |c: &[bool]| c.iter().filter(|&&b| b).count();
        let both = x.iter().zip(&y).filter(|&(&a, &b)| a && b).count();
        both as f64 / count(&x).min(count(&y)).max(1) as f64
    }

    /// What decided, in one sentence with its numbers and limits.
    pub fn sentence(&self, s: &Settings) -> String {
        let percent = |share: f64| format!("{:.0} %", share * 100.0);
        // a share below its limit never reads as if it reached it
        let nearly = self.containment < s.containment && percent(self.containment) == percent(s.containment);
        let share = if nearly { format!("{:.1} %", (self.containment * 1000.0).floor() / 10.0) } else { percent(self.containment) };
        let contained = format!("{share} of the {} words of the shorter text stand in the longer", self.words.0);
        match self.rule {
            Rule::First => "There is no text to compare with.".to_owned(),
            Rule::Person => "A person said so.".to_owned(),
            Rule::TooShort => format!("One of the texts has {} words, too few to tell copies by; limit {}.", self.words.0, s.min_words),
            Rule::Different => self.different(&contained, s),
            Rule::Brief => format!(
                "Two texts: {contained}, and {} of the longer in the shorter. A brief of fewer than {} words is a copy only from {} and {} on, \
                 or as the beginning of a report of the same headline.",
                percent(self.coverage),
                s.brief_words,
                percent(s.brief),
                percent(s.brief_same_headline)
            ),
            Rule::Template => {
                let (marks, found) = (self.numbers.0 + self.names.0, self.numbers.1 + self.names.1);
                format!(
                    "One form filled in twice: the passages in common are {} of the shorter text; in them {} of the ordinary words are the \
                     same, but only {found} of the {marks} names and numbers.",
                    percent(self.containment),
                    percent(self.plain(marks, found)),
                )
            }
            Rule::Piece => format!(
                "A piece, not a copy: {contained}, but make up only {} of it; with {} headline and {} opening, {} are needed.",
                percent(self.coverage),
                if self.headline(s.headline) { "the same" } else { "another" },
                if self.lead { "the same" } else { "another" },
                percent(self.coverage_needed(s))
            ),
            Rule::OneOutlet => {
                format!("Two texts of one outlet under different headlines: {contained}, but that is the outlet's own form.")
            }
            Rule::Whole => {
                format!("One text: {contained}, in the same order, and {} of the longer stand in the shorter.", percent(self.coverage))
            }
            Rule::Contained if self.coverage < 0.8 => format!(
                "One text, shortened or extended: {contained}, in the same order (limit {}), and make up {} of it.",
                percent(s.containment),
                percent(self.coverage)
            ),
            Rule::Contained => format!("One text, lightly edited: {contained}, in the same order; limit {}.", percent(s.containment)),
            Rule::SameOpening => format!(
                "One text, cut and extended: {contained}, which is enough because {} of the headline {} the same; limit {}.",
                percent(self.title),
                if self.lead { "and the opening are" } else { "is" },
                percent(if self.lead { s.containment_same_opening } else { s.containment_same_headline })
            ),
        }
    }

    /// Why two texts that have something in common are two all the same.
    fn different(&self, contained: &str, s: &Settings) -> String {
        if self.shared == 0 {
            return "Two texts: they have no passage in common.".to_owned();
        }
        let percent = |share: f64| format!("{:.0} %", share * 100.0);
        let lower = percent(s.containment_same_opening);
        let why = match self.headline(s.headline.max(0.7)) && self.lead {
            true if self.containment >= s.containment_same_opening => format!(
                "{}. One headline and one opening lower that to {lower}, but only if the passages make up {} of the longer text, and these \
                 are {}",
                percent(s.containment),
                percent(s.coverage_cut),
                percent(self.coverage)
            ),
            true => format!("{lower} for one headline and one opening, as here"),
            false => percent(s.containment),
        };
        format!("Two texts: only {contained}, the longest passage in common has {} words; limit {why}.", self.longest)
    }
}

/// Three passages or more, from the first fifth of the longer text to its last, with no gap of a third of it.
fn is_spread(passages: &[Passage], long: u32) -> bool {
    let mut places: Vec<(u32, u32)> = passages.iter().map(|p| p.b).collect();
    places.sort_unstable();
    let (Some(first), Some(last)) = (places.first(), places.last()) else { return false };
    let gaps = places.windows(2).all(|w| matches!(w, [x, y] if y.0.saturating_sub(x.1) * 3 <= long));
    places.len() >= 3 && gaps && first.0 * 5 <= long && last.1 * 5 >= long * 4
}

/// Share of the smaller of two ascending sets that is in the other.
fn overlap(a: &[u32], b: &[u32]) -> f64 {
    let smaller = a.len().min(b.len());
    if smaller == 0 {
        return 0.0;
    }
    let (few, many) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    few.iter().filter(|w| many.binary_search(w).is_ok()).count() as f64 / smaller as f64
}
