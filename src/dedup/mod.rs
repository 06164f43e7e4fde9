//! Texts to clusters to stories: tokens, fingerprint, indexes, proof, placement, and why. Pure.

pub mod changes;
pub mod origin;
pub mod story;
