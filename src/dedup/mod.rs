//! Texts to clusters to stories: tokens, fingerprint, indexes, proof, placement, and why. Pure.

pub mod boilerplate;
pub mod changes;
pub mod fingerprint;
mod id_table;
pub mod lag;
pub mod near;
pub mod origin;
pub mod passages;
mod place;
pub mod postings;
mod prepare;
mod proof;
pub mod recluster;
mod settings;
pub mod sketch;
pub mod story;
pub mod tokens;

pub use place::{Because, CANDIDATES, CopyIndex, Decisions, Match, Placement, Rebuild, matches};
pub use prepare::{Document, Prepared, Question, prepare, prepare_held};
pub use proof::{Rule, Verdict, why};
pub use settings::Settings;

#[cfg(test)]
mod cases_tests;
#[cfg(test)]
mod tests;

/// Version of normalisation, fingerprint and rules: fingerprints of different versions are never compared.
pub const VERSION: u32 = 1;
