//! Stories: which clusters report one event. Pure.

pub mod background;
mod countries;
mod features;
mod headline;
mod index;
mod pages;
pub mod regroup;
mod stated;
mod stories;
pub mod terms;
#[cfg(test)]
mod tests;
mod vector;
mod why;

pub use background::Background;
pub use features::{About, Features, Term, features};
pub use headline::headline;
pub use index::{Merged, Split, Stored, StoryIndex, StoryPlacement};
pub use stories::{InStory, Stories};
pub use vector::{Vector, Weighing, Weight};
pub use why::{Shared, StoryBecause, StoryComparison, why_story};

/// The version of rule and settings, kept with every reason.
pub const VERSION: u32 = 9;

/// The numbers behind a story decision. There is one setting: the default.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Terms kept of an article.
    pub terms: usize,
    /// Exponent of a term's weight within its article: below 1 many shared terms tell more than one that is repeated.
    pub damp: f32,
    /// Added to the rarity of every term: what any shared term tells, however common.
    pub any_term: f32,
    /// Added to the weight of a term in the headline.
    pub title_bonus: f32,
    /// Added to the weight of a term in the lead.
    pub lead_bonus: f32,
    /// Terms that count as the lead.
    pub lead: usize,
    /// Factor for what is only written with a capital.
    pub name_factor: f32,
    /// Share of the likeness that names alone make.
    pub name_share: f32,
    /// Numbers count as names.
    pub number_names: bool,
    /// Factor for numbers.
    pub number_factor: f32,
    /// Mean likeness at which two groups are one story.
    pub threshold: f32,
    /// Likeness of the nearest two of two groups that are one story, for full articles.
    pub nearest: f32,
    /// The same as a share of the mean likeness within the closer group.
    pub nearest_share: f32,
    /// Mean likeness usual within a story.
    pub usual: f32,
    /// Pairs that `usual` counts for.
    pub usual_pairs: f32,
    /// Terms from which on an article is full.
    pub full_terms: f32,
    /// What is usual for an article without terms, of what is usual for a full one.
    pub bare: f32,
    /// Length below which a vector is not stretched to 1.
    pub least_length: f32,
    /// Days between two articles that cost nothing.
    pub free_days: f32,
    /// Days in which the likeness then falls to a third.
    pub fade_days: f32,
    /// What remains of the likeness after a long time.
    pub time_floor: f32,
    /// Factor where no headline speaks of what the other reports first.
    pub headline_floor: f32,
    /// Added to it for headlines that do, wholly.
    pub headline_gain: f32,
    /// The largest factor for headlines.
    pub headline_cap: f32,
    /// How much it counts that the headlines support each other, and not one the other alone; 0 to 1.
    pub two_sided: f32,
    /// Shared terms from which on the likeness of two texts counts in full.
    pub breadth: f32,
    /// How steeply it falls below.
    pub breadth_power: f32,
    /// Factor where both state days of the week and agree in none; the same for months, and for figures.
    pub stated_unlike: f32,
    /// Factor where they agree.
    pub stated_alike: f32,
    /// Terms of the body that these are looked for in.
    pub opening: usize,
    /// Share of the likeness that names make where it counts in full.
    pub names_enough: f32,
    /// Factor where two texts that hold names share none.
    pub nameless: f32,
    /// Share of the likeness from which on names make too much of it.
    pub names_most: f32,
    /// Factor where names make all of it.
    pub names_alone: f32,
    /// Factor between two languages where they share no names.
    pub across_languages: f32,
    /// Added to it for the cosine of the names: little else is the same in two languages.
    pub across_names: f32,
    /// The largest factor between two languages.
    pub across_most: f32,
    /// Likeness of the nearest two of two groups of different languages that are one story, whatever their length.
    pub across_nearest: f32,
    /// Share of that by which less is asked for each doubling of the pairs, up to sixteen.
    pub across_more: f32,
    /// Mean likeness of two groups of different languages that are one story, over what is to be expected between parts of groups as
    /// close as they are.
    pub across_mean: f32,
    /// Factor between two texts of one publisher.
    pub one_publisher: f32,
    /// Terms of a newcomer that candidates are looked up by.
    pub probes: usize,
    /// Newest postings of a term that are read.
    pub postings: usize,
    /// Candidates that are compared.
    pub compared: usize,
    /// Neighbouring stories that are grouped afresh.
    pub stories: usize,
    /// Members up to which a story is opened up.
    pub opened: usize,
    /// Members of a larger story that are looked at one by one: those most like the newcomer.
    pub loosened: usize,
    /// Texts that are grouped afresh, at most.
    pub nodes: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            terms: 48,
            damp: 0.8,
            any_term: 6.5,
            title_bonus: 2.5,
            lead_bonus: 1.15,
            lead: 50,
            name_factor: 1.2,
            name_share: 0.25,
            number_names: true,
            number_factor: 1.0,
            threshold: 0.71,
            nearest: 0.44,
            nearest_share: 0.72,
            usual: 0.36,
            usual_pairs: 3.0,
            full_terms: 48.0,
            bare: 0.4,
            least_length: 0.0,
            free_days: 3.0,
            fade_days: 4.0,
            time_floor: 0.0,
            headline_floor: 0.6,
            headline_gain: 2.1,
            headline_cap: 1.1,
            two_sided: 0.4,
            breadth: 3.2,
            breadth_power: 1.1,
            stated_unlike: 0.93,
            stated_alike: 1.1,
            opening: 100,
            names_enough: 0.15,
            nameless: 0.6,
            names_most: 0.55,
            names_alone: 0.65,
            across_languages: 0.1,
            across_names: 1.7,
            across_most: 1.5,
            across_nearest: 0.53,
            across_more: 0.1,
            across_mean: 0.4,
            one_publisher: 0.5,
            probes: 20,
            postings: 48,
            compared: 64,
            stories: 8,
            opened: 32,
            loosened: 8,
            nodes: 80,
        }
    }
}
