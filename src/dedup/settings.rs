use serde::{Deserialize, Serialize};

/// The limits by which copies are told. Shares are 0 to 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Words that a text needs to be compared at all.
    pub min_words: u32,
    /// Up to so many words a text is a brief: a copy only if near-identical, or cut from one of the same headline.
    pub brief_words: u32,
    /// Share of a brief that has to stand in the other text.
    pub brief: f64,
    /// Share of a brief that has to stand in a text of the same headline; and, without one, share of that text in the brief.
    pub brief_same_headline: f64,
    /// Share of the shorter text that has to stand in the longer.
    pub containment: f64,
    /// The same where headline and opening are the same too.
    pub containment_same_opening: f64,
    /// The same where the headline is the same in nine words of ten, whatever the opening.
    pub containment_same_headline: f64,
    /// Share of the longer text in the shorter for these two.
    pub coverage_cut: f64,
    /// Share of the longer text that has to stand in the shorter.
    pub coverage: f64,
    /// The same where the headline is the same too.
    pub coverage_same_headline: f64,
    /// The same where both open alike, and the shorter is all but wholly in the longer.
    pub coverage_same_opening: f64,
    /// The same where neither headline nor opening is the same.
    pub coverage_no_witness: f64,
    /// Share of the shorter headline's words that makes two headlines the same.
    pub headline: f64,
    /// Share of the names and numbers in common passages that has to be the same, beside that of the other words.
    pub marks: f64,
    /// Seconds between two articles' first sight that still lets them be copies.
    pub window_s: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            min_words: 20,
            brief_words: 40,
            brief: 0.9,
            brief_same_headline: 0.75,
            containment: 0.8,
            containment_same_opening: 0.5,
            containment_same_headline: 0.6,
            coverage_cut: 0.3,
            coverage: 0.5,
            coverage_same_headline: 0.15,
            coverage_same_opening: 0.4,
            coverage_no_witness: 0.85,
            headline: 0.5,
            marks: 0.6,
            window_s: 14 * 86_400,
        }
    }
}
