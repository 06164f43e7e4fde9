//! Two texts against each other: which paragraphs are alike, and which words of the others changed. Plain values.

use serde::Serialize;
use similar::{Algorithm, DiffOp, capture_diff_slices_deadline};
use std::collections::HashMap;
use std::ops::Range;
use std::time::{Duration, Instant};
use unicode_segmentation::UnicodeSegmentation;

/// Two paragraphs that share at least this part of their words are one that was edited.
const ALIKE: f64 = 0.4;

/// Paragraphs are paired in blocks of at most so many pairs; beyond, they are shown one after the other.
const PAIRS: usize = 40_000;

/// A text that a stranger wrote must not keep us: after this a coarser answer is good enough.
const LONGEST: Duration = Duration::from_millis(500);

/// What happened to words or a paragraph on the way from one text to the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// In both.
    Same,
    /// In the first only.
    Removed,
    /// In the second only.
    Added,
}

/// Some words of one fate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Piece {
    /// What happened to them.
    pub fate: Fate,
    /// The words, with the blanks between them.
    pub text: String,
}

/// A paragraph of either text, or one of both that was edited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "fate", rename_all = "snake_case")]
pub enum Part {
    /// In both.
    Same {
        /// The paragraph.
        text: String,
    },
    /// In the first only.
    Removed {
        /// The paragraph.
        text: String,
    },
    /// In the second only.
    Added {
        /// The paragraph.
        text: String,
    },
    /// In both, but edited.
    Changed {
        /// Its words.
        pieces: Vec<Piece>,
    },
}

/// Compares two texts whose paragraphs stand on lines of their own.
pub fn compare(a: &str, b: &str) -> Vec<Part> {
    let end = Instant::now() + LONGEST;
    let (a, b) = (paragraphs(a), paragraphs(b));
    let mut parts = Vec::new();
    let mut block = (0..0, 0..0);
    for op in capture_diff_slices_deadline(Algorithm::Myers, &a, &b, Some(end)) {
        if let DiffOp::Equal { old_index, len, .. } = op {
            changed(&a, &b, std::mem::take(&mut block), end, &mut parts);
            let same = a.get(old_index..old_index + len).unwrap_or_default();
            parts.extend(same.iter().map(|text| Part::Same { text: text.clone() }));
            continue;
        }
        let (old, new) = (op.old_range(), op.new_range());
        block = (join(block.0, old), join(block.1, new));
    }
    changed(&a, &b, block, end, &mut parts);
    parts
}

/// Two neighbouring ranges as one; an empty one says nothing.
fn join(a: Range<usize>, b: Range<usize>) -> Range<usize> {
    match (a.is_empty(), b.is_empty()) {
        (true, _) => b,
        (_, true) => a,
        _ => a.start..b.end,
    }
}

/// Paragraphs with single blanks.
fn paragraphs(text: &str) -> Vec<String> {
    let one = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    text.lines().map(one).filter(|p| !p.is_empty()).collect()
}

/// Pairs the paragraphs of a block that differs, in order, such that the most words are shared.
fn changed(a: &[String], b: &[String], (old, new): (Range<usize>, Range<usize>), end: Instant, parts: &mut Vec<Part>) {
    let (a, b) = (a.get(old).unwrap_or_default(), b.get(new).unwrap_or_default());
    let (mut i, mut j) = (0, 0);
    for (x, y) in pairs(a, b).into_iter().chain([(a.len(), b.len())]) {
        parts.extend(a.get(i..x).unwrap_or_default().iter().map(|text| Part::Removed { text: text.clone() }));
        parts.extend(b.get(j..y).unwrap_or_default().iter().map(|text| Part::Added { text: text.clone() }));
        if let (Some(left), Some(right)) = (a.get(x), b.get(y)) {
            parts.push(Part::Changed { pieces: words(left, right, end) });
        }
        (i, j) = (x + 1, y + 1);
    }
}

/// The best pairs in order: the heaviest common subsequence under [`likeness`].
fn pairs(a: &[String], b: &[String]) -> Vec<(usize, usize)> {
    if a.is_empty() || b.is_empty() || a.len() * b.len() > PAIRS {
        return Vec::new();
    }
    let left = a.iter().map(|p| bag(p)).collect::<Vec<_>>();
    let right = b.iter().map(|p| bag(p)).collect::<Vec<_>>();
    // A cell holds how alike a[i] and b[j] are, and the most that a[i..] and b[j..] can share.
    let mut grid = Grid { wide: b.len() + 1, cells: vec![(0.0, 0.0); (a.len() + 1) * (b.len() + 1)] };
    for (i, x) in left.iter().enumerate().rev() {
        for (j, y) in right.iter().enumerate().rev() {
            let like = likeness(x, y);
            let best = grid.paired(like, i, j).max(grid.at(i + 1, j).1).max(grid.at(i, j + 1).1);
            grid.set(i, j, (like, best));
        }
    }
    let (mut i, mut j, mut found) = (0, 0, Vec::new());
    while i < a.len() && j < b.len() {
        let (like, best) = grid.at(i, j);
        if best > 0.0 && best == grid.paired(like, i, j) {
            found.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if best == grid.at(i + 1, j).1 {
            i += 1;
        } else {
            j += 1;
        }
    }
    found
}

/// Cells of the pairing.
struct Grid {
    wide: usize,
    cells: Vec<(f64, f64)>,
}

impl Grid {
    fn at(&self, i: usize, j: usize) -> (f64, f64) {
        self.cells.get(i * self.wide + j).copied().unwrap_or_default()
    }

    fn set(&mut self, i: usize, j: usize, cell: (f64, f64)) {
        if let Some(place) = self.cells.get_mut(i * self.wide + j) {
            *place = cell;
        }
    }

    /// What is shared if `i` and `j`, so much alike, are a pair.
    fn paired(&self, like: f64, i: usize, j: usize) -> f64 {
        if like >= ALIKE { like + self.at(i + 1, j + 1).1 } else { 0.0 }
    }
}

/// How often each word occurs, and how many words there are.
fn bag(paragraph: &str) -> (HashMap<&str, u32>, u32) {
    let mut bag = HashMap::new();
    let mut n = 0;
    for word in paragraph.unicode_words() {
        *bag.entry(word).or_insert(0) += 1;
        n += 1;
    }
    (bag, n)
}

/// The part of two paragraphs' words that they share, 0 to 1.
fn likeness((a, m): &(HashMap<&str, u32>, u32), (b, n): &(HashMap<&str, u32>, u32)) -> f64 {
    let shared: u32 = a.iter().filter_map(|(word, count)| b.get(word).map(|other| *count.min(other))).sum();
    f64::from(2 * shared) / f64::from((m + n).max(1))
}

/// The words of an edited paragraph.
fn words(a: &str, b: &str, end: Instant) -> Vec<Piece> {
    let (a, b) = (a.split_word_bounds().collect::<Vec<_>>(), b.split_word_bounds().collect::<Vec<_>>());
    let mut pieces: Vec<Piece> = Vec::new();
    let mut push = |fate, words: &[&str]| match pieces.last_mut() {
        _ if words.is_empty() => {}
        Some(last) if last.fate == fate => last.text.extend(words.iter().copied()),
        _ => pieces.push(Piece { fate, text: words.concat() }),
    };
    for op in capture_diff_slices_deadline(Algorithm::Myers, &a, &b, Some(end)) {
        let (old, new) = (a.get(op.old_range()).unwrap_or_default(), b.get(op.new_range()).unwrap_or_default());
        match op {
            DiffOp::Equal { .. } => push(Fate::Same, old),
            _ => {
                push(Fate::Removed, old);
                push(Fate::Added, new);
            }
        }
    }
    whole_phrases(pieces)
}

/// A lone blank between two changes belongs to both: "[-a-] {+b+}" of two words reads worse than of a phrase.
fn whole_phrases(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut out: Vec<Piece> = Vec::new();
    let (mut gone, mut new) = (String::new(), String::new());
    let mut rest = pieces.into_iter().peekable();
    while let Some(piece) = rest.next() {
        let between = piece.text.trim().is_empty() && !(gone.is_empty() && new.is_empty()) && rest.peek().is_some();
        match piece.fate {
            Fate::Removed => gone.push_str(&piece.text),
            Fate::Added => new.push_str(&piece.text),
            Fate::Same if between => {
                gone.push_str(&piece.text);
                new.push_str(&piece.text);
            }
            Fate::Same => {
                flush(&mut out, &mut gone, &mut new);
                out.push(piece);
            }
        }
    }
    flush(&mut out, &mut gone, &mut new);
    out
}

fn flush(out: &mut Vec<Piece>, gone: &mut String, new: &mut String) {
    for (fate, text) in [(Fate::Removed, std::mem::take(gone)), (Fate::Added, std::mem::take(new))] {
        if !text.trim().is_empty() {
            out.push(Piece { fate, text });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edited_paragraph_is_told_from_a_new_one() {
        let a = "The ferry left at noon.\n\nSome 34,000 people live there, the town says.\n\nNothing else is known.";
        let b = "A new opening by us.\n\nThe ferry left at noon.\n\nSome 43,000 people live there, the town says.";
        let parts = compare(a, b);
        let piece = |fate, text: &str| Piece { fate, text: text.to_owned() };
        assert_eq!(
            parts,
            [
                Part::Added { text: "A new opening by us.".to_owned() },
                Part::Same { text: "The ferry left at noon.".to_owned() },
                Part::Changed {
                    pieces: vec![
                        piece(Fate::Same, "Some "),
                        piece(Fate::Removed, "34,000"),
                        piece(Fate::Added, "43,000"),
                        piece(Fate::Same, " people live there, the town says."),
                    ]
                },
                Part::Removed { text: "Nothing else is known.".to_owned() },
            ]
        );
    }

    #[test]
    fn both_texts_can_be_read_out_of_the_comparison() {
        proptest::proptest!(|(a in "([abc]{1,2}[ \\n]){0,60}", b in "([abc]{1,2}[ \\n]){0,60}")| {
            let (mut left, mut right) = (Vec::new(), Vec::new());
            for part in compare(&a, &b) {
                match part {
                    Part::Same { text } => { left.push(text.clone()); right.push(text); }
                    Part::Removed { text } => left.push(text),
                    Part::Added { text } => right.push(text),
                    Part::Changed { pieces } => {
                        let of = |fate| pieces.iter().filter(|p| p.fate == Fate::Same || p.fate == fate).map(|p| p.text.as_str()).collect::<String>();
                        left.push(of(Fate::Removed));
                        right.push(of(Fate::Added));
                    }
                }
            }
            let squeeze = |lines: &[String]| lines.concat().replace(' ', "");
            proptest::prop_assert_eq!(squeeze(&left), squeeze(&paragraphs(&a)));
            proptest::prop_assert_eq!(squeeze(&right), squeeze(&paragraphs(&b)));
        });
    }
}
