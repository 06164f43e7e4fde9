//! A document made ready for comparison.

use super::fingerprint::fingerprint;
use super::sketch::Sketch;
use super::tokens::{Kind, Line, Token, Tokens, tokenize};
use crate::model::Id;
use crate::model::lines::line_hash;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// A text as it comes, its credit lines taken out by `article::credits`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Document<'a> {
    /// The article.
    pub id: Id,
    /// Headline.
    pub title: &'a str,
    /// Body: paragraphs separated by line ends.
    pub text: &'a str,
    /// The dateline that opens `text`: it is left out of fingerprint and comparison.
    pub dateline: Option<&'a str>,
    /// Language, where known.
    pub lang: Option<&'a str>,
    /// Publisher, where known.
    pub publisher: Option<&'a str>,
    /// When it was first seen; [`Timestamp::MAX`] for a document that never leaves the window.
    pub seen_at: Timestamp,
}

/// What comparing and indexing need of a document.
#[derive(Clone, Debug, PartialEq)]
pub struct Prepared {
    /// The article.
    pub id: Id,
    /// When it was first seen.
    pub seen_at: Timestamp,
    /// Its publisher's hash.
    pub publisher: Option<u64>,
    /// The simhash of the whole text; `None` where it holds no word.
    pub fingerprint: Option<u64>,
    /// Words of the text, boilerplate included.
    pub words: u32,
    /// Lines of the text: what the outlet's [`super::boilerplate::Learner`] learns from. Token ranges are those before boilerplate was left out.
    pub lines: Vec<Line>,
    /// The text's tokens, lines of boilerplate left out.
    pub(crate) tokens: Vec<Token>,
    /// Words of the headline that say something, ascending.
    pub(crate) title: Vec<u32>,
    pub(crate) sketch: Sketch,
}

/// Words of a text that are compared; what is beyond counts in the fingerprint only.
pub const COMPARED: usize = 8_000;

/// Makes `document` ready: tokens, fingerprint, sketch. `boilerplate` holds the hashes of the lines that its outlet
/// repeats ([`crate::model::lines::line_hash`]); they count in the fingerprint and nowhere else.
pub fn prepare(document: &Document<'_>, boilerplate: &HashSet<u64>) -> Prepared {
    let all = tokenize(body(document));
    let fingerprint = fingerprint(&all.tokens);
    let mut prepared = compared(document, boilerplate, all, fingerprint);
    prepared.sketch = Sketch::of(&prepared.tokens);
    prepared
}

/// What comparing needs of a text that an index holds already, with the fingerprint that it holds: it is neither asked for nor taken in
/// again, and has no sketch.
pub fn prepare_held(document: &Document<'_>, boilerplate: &HashSet<u64>, fingerprint: Option<u64>) -> Prepared {
    compared(document, boilerplate, tokenize(body(document)), fingerprint)
}

/// The text without its dateline.
fn body<'a>(document: &Document<'a>) -> &'a str {
    let dateline = document.dateline.map(str::trim).filter(|dateline| !dateline.is_empty());
    dateline.and_then(|dateline| document.text.trim_start().strip_prefix(dateline)).unwrap_or(document.text)
}

fn compared(document: &Document<'_>, boilerplate: &HashSet<u64>, all: Tokens, fingerprint: Option<u64>) -> Prepared {
    let words = all.tokens.len() as u32;
    let mut tokens: Vec<Token> = if all.lines.iter().any(|line| boilerplate.contains(&line.hash)) {
        let own = all.lines.iter().filter(|line| !boilerplate.contains(&line.hash));
        own.flat_map(|line| all.tokens.get(line.start as usize..line.end as usize).unwrap_or_default()).copied().collect()
    } else {
        all.tokens
    };
    tokens.truncate(COMPARED);
    let mut title: Vec<u32> = tokenize(document.title).tokens.into_iter().filter(|t| t.kind() != Kind::Short).map(Token::word).collect();
    title.sort_unstable();
    title.dedup();
    let publisher = document.publisher.map(line_hash).filter(|&hash| hash != 0);
    let (id, seen_at, sketch) = (document.id, document.seen_at, Sketch::default());
    Prepared { id, seen_at, publisher, fingerprint, words, lines: all.lines, tokens, title, sketch }
}

/// What an index is asked with when nothing is to be placed: some 300 bytes of a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Words to compare.
    pub words: u32,
    /// The simhash of the whole text.
    pub fingerprint: Option<u64>,
    /// Its sampled shingles.
    pub sketch: Sketch,
}

impl Prepared {
    /// What an index is asked with: see [`super::CopyIndex::candidates_to_match`].
    pub fn question(&self) -> Question {
        Question { words: self.tokens.len() as u32, fingerprint: self.fingerprint, sketch: self.sketch.clone() }
    }

    /// What the store keeps so that the index can be rebuilt: fingerprint, level and keys of the sketch; 9 bytes and 4
    /// a key (at most 120), little-endian. Empty for a text without words.
    pub fn index_row(&self) -> Vec<u8> {
        let Some(fingerprint) = self.fingerprint else { return Vec::new() };
        let mut row = Vec::with_capacity(9 + 4 * self.sketch.stored.len());
        row.extend_from_slice(&fingerprint.to_le_bytes());
        row.push(self.sketch.level);
        for key in &self.sketch.stored {
            row.extend_from_slice(&key.to_le_bytes());
        }
        row
    }
}
