//! The sketch of a text: a sample of its shingles that noise, cuts and additions leave recognisable.
//!
//! A shingle here is a pair of neighbouring words of more than three letters (numbers and names count whatever their
//! length): a misread or changed word costs two of them, where a triple would lose three. The sample keeps the hashes
//! that end in `level` zero bits, with the lowest level that leaves at most [`STORED`]: samples of one text's parts are
//! parts of its sample.

use super::tokens::{Kind, Token, mix};
use serde::{Deserialize, Serialize};

/// Shingles of a text that are stored, at most.
pub const STORED: usize = 30;

/// The sampled shingles of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sketch {
    /// The stored keys are those whose hash ends in that many zero bits.
    pub level: u8,
    /// Keys of the stored sample, ascending.
    pub stored: Vec<u32>,
    /// Keys to ask the index for besides: one level denser.
    pub denser: Vec<u32>,
}

impl Sketch {
    /// Samples `tokens`.
    pub fn of(tokens: &[Token]) -> Self {
        let mut hashes = shingles(tokens);
        let mut level = 0;
        let mut count = hashes.len();
        while count > STORED {
            level += 1;
            count = hashes.iter().filter(|h| h.trailing_zeros() >= level).count();
        }
        let ask = level.saturating_sub(1);
        hashes.retain(|h| h.trailing_zeros() >= ask);
        let (stored, denser): (Vec<u64>, Vec<u64>) = hashes.into_iter().partition(|h| h.trailing_zeros() >= level);
        let keys = |hashes: Vec<u64>| hashes.into_iter().map(|h| (h >> 32) as u32).collect();
        Self { level: level as u8, stored: keys(stored), denser: keys(denser) }
    }
}

/// Hashes of the different shingles, ascending.
fn shingles(tokens: &[Token]) -> Vec<u64> {
    let mut hashes = Vec::with_capacity(tokens.len());
    let mut before: Option<Token> = None;
    for &token in tokens.iter().filter(|t| t.kind() != Kind::Short) {
        if let Some(before) = before {
            hashes.push(mix((u64::from(before.word()) << 32 | u64::from(token.word())) ^ 0x5851_F42D_4C95_7F2D));
        }
        before = Some(token);
    }
    hashes.sort_unstable();
    hashes.dedup();
    hashes
}
