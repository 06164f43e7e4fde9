//! What a copy did with its origin's text: paragraph by paragraph, then word by word, and what that amounts to.

use super::story::terms;
use ahash::AHashMap;
use serde::{Deserialize, Serialize};
use similar::{Algorithm, DiffOp, capture_diff_slices};
use std::borrow::Cow;
use std::hash::Hash;
use unicode_segmentation::UnicodeSegmentation;

/// A text to compare: paragraphs are separated by line breaks.
#[derive(Clone, Copy, Debug, Default)]
pub struct Text<'a> {
    /// Headline.
    pub title: &'a str,
    /// Body.
    pub text: &'a str,
    /// Whom it credits.
    pub credit: Option<&'a str>,
}

/// What the copy did on the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The same words.
    Verbatim,
    /// Only less.
    Trimmed,
    /// Only more.
    Extended,
    /// Other words, or both more and less.
    Edited,
}

/// What a copy changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Changes {
    /// On the whole.
    pub kind: Kind,
    /// It has a headline of its own.
    pub retitled: bool,
    /// Whom the copy credits, when it does.
    pub credit: Option<String>,
    /// The origin's paragraphs that the copy does not have.
    pub removed: Vec<Paragraph>,
    /// Paragraphs that only the copy has.
    pub added: Vec<Paragraph>,
    /// Paragraphs that both have in other words.
    pub reworded: usize,
    /// The same paragraphs in another order.
    pub reordered: bool,
    /// Numbers that became others, in the same place.
    pub numbers: Vec<Replaced>,
    /// Names that became others, in the same place.
    pub names: Vec<Replaced>,
    /// Words of the origin that the copy kept, 0 to 1.
    pub kept: f32,
    /// Words of the copy that are its own, 0 to 1.
    pub own: f32,
}

/// A paragraph that came or went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paragraph {
    /// Its place in its text, from 0.
    pub at: usize,
    /// Its words.
    pub words: usize,
    /// What is in it: its beginning, or the rarer words of it.
    pub about: String,
}

/// Something that stands in place of something else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replaced {
    /// The origin's.
    pub from: String,
    /// The copy's.
    pub to: String,
}

/// One piece of two texts side by side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Piece {
    /// A paragraph that both have.
    Same {
        /// The paragraph.
        text: String,
    },
    /// Only in the first.
    Removed {
        /// The paragraph.
        text: String,
    },
    /// Only in the second.
    Added {
        /// The paragraph.
        text: String,
    },
    /// In both, in other words.
    Reworded {
        /// Runs of words.
        words: Vec<Run>,
    },
}

/// A run of words of a reworded paragraph.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Run {
    /// What happened to them.
    pub side: Side,
    /// The words, with what stands between them.
    pub text: String,
}

/// Whose words a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Both have them.
    Both,
    /// Only the first has them.
    First,
    /// Only the second has them.
    Second,
}

/// From this share of common words on two paragraphs are one, reworded.
const SAME_PARAGRAPH: f32 = 0.5;
/// Paragraphs of a text that are compared; what comes after is one long last paragraph.
const MOST_PARAGRAPHS: usize = 400;
/// Two paragraphs whose word counts have a larger product are not aligned word by word: their words are all taken as replaced.
const MOST_WORK: usize = 16_000_000;
/// When one text has this many times the paragraphs of the other, line breaks were lost, and sentences are compared instead.
const UNEVEN: usize = 3;
/// Numbers and names that are listed.
const MOST_LISTED: usize = 20;

/// Both texts side by side, by paragraph and, where one was reworded, by word. In the order of the second text; what only the
/// first has stands where it was.
pub fn diff(a: &str, b: &str) -> Vec<Piece> {
    let (a, b) = units(a, b);
    let pairs = pair(&a, &b);
    let mut pieces = Vec::new();
    let mut shown = vec![false; a.len()];
    for (j, to) in b.iter().enumerate() {
        let from = pairs.get(j).copied().flatten();
        if let Some(i) = from {
            // What the first text has before this paragraph and the second nowhere.
            for (k, gone) in a.iter().enumerate().take(i) {
                if !shown.get(k).copied().unwrap_or(true) && !pairs.contains(&Some(k)) {
                    pieces.push(Piece::Removed { text: gone.text.to_owned() });
                    shown.iter_mut().skip(k).take(1).for_each(|s| *s = true);
                }
            }
        }
        pieces.push(match from.and_then(|i| a.get(i)) {
            Some(from) if from.words == to.words => Piece::Same { text: to.text.to_owned() },
            Some(from) => Piece::Reworded { words: runs(from.text, to.text) },
            None => Piece::Added { text: to.text.to_owned() },
        });
    }
    let rest = a.iter().enumerate().filter(|(k, _)| !pairs.contains(&Some(*k)) && !shown.get(*k).copied().unwrap_or(true));
    pieces.extend(rest.map(|(_, gone)| Piece::Removed { text: gone.text.to_owned() }));
    pieces
}

/// What `copy` did against `origin`.
pub fn changes(origin: Text<'_>, copy: Text<'_>) -> Changes {
    let (a, b) = units(origin.text, copy.text);
    let pairs = pair(&a, &b);
    let (mut numbers, mut names, mut reworded) = (Vec::new(), Vec::new(), 0);
    let (mut lost, mut gained) = (0, 0);
    for (to, from) in b.iter().zip(&pairs) {
        let Some(from) = from.and_then(|i| a.get(i)).filter(|from| from.words != to.words) else { continue };
        let (less, more) = replaced(from, to, &mut numbers, &mut names);
        reworded += usize::from(less + more > 0);
        lost += less;
        gained += more;
    }
    let removed: Vec<Paragraph> = a.iter().enumerate().filter(|(i, _)| !pairs.contains(&Some(*i))).map(|(at, p)| p.noted(at)).collect();
    let added: Vec<Paragraph> =
        b.iter().enumerate().filter(|(j, _)| pairs.get(*j).copied().flatten().is_none()).map(|(at, p)| p.noted(at)).collect();
    let (all_a, all_b): (usize, usize) = (a.iter().map(|p| p.words.len()).sum(), b.iter().map(|p| p.words.len()).sum());
    lost += removed.iter().map(|p| p.words).sum::<usize>();
    gained += added.iter().map(|p| p.words).sum::<usize>();
    let matched: Vec<usize> = pairs.iter().flatten().copied().collect();
    let kind = match (lost, gained) {
        (0, 0) => Kind::Verbatim,
        (_, 0) => Kind::Trimmed,
        (0, _) => Kind::Extended,
        // A changed word or two amid the whole text is still the whole text; whether it is verbatim is another matter.
        _ => Kind::Edited,
    };
    numbers.truncate(MOST_LISTED);
    names.truncate(MOST_LISTED);
    Changes {
        kind,
        retitled: !copy.title.trim().is_empty() && words(origin.title) != words(copy.title),
        credit: copy.credit.map(str::trim).filter(|c| !c.is_empty()).map(str::to_owned),
        removed,
        added,
        reworded,
        reordered: !matched.is_sorted(),
        numbers,
        names,
        kept: share(all_a.saturating_sub(lost), all_a),
        own: share(gained, all_b),
    }
}

impl Changes {
    /// One line for people: "trimmed, −5 paragraphs, new headline, 34,000 → 43,000, credit “Al Jazeera”".
    pub fn summary(&self) -> String {
        let kind = match self.kind {
            Kind::Verbatim => "verbatim",
            Kind::Trimmed => "trimmed",
            Kind::Extended => "extended",
            Kind::Edited => "edited",
        };
        let mut said = vec![kind.to_owned()];
        let count = |sign: &str, list: &[Paragraph]| {
            let about = list.iter().max_by_key(|p| p.words).map_or("", |p| p.about.as_str());
            let plural = if list.len() == 1 { "" } else { "s" };
            if sign == "+" {
                format!("+{} paragraph{plural} ({about})", list.len())
            } else {
                format!("−{} paragraph{plural}", list.len())
            }
        };
        said.extend((!self.removed.is_empty()).then(|| count("−", &self.removed)));
        said.extend((!self.added.is_empty()).then(|| count("+", &self.added)));
        said.extend(self.retitled.then(|| "new headline".to_owned()));
        said.extend(self.reordered.then(|| "reordered".to_owned()));
        said.extend(self.numbers.iter().chain(&self.names).take(3).map(|r| format!("{} → {}", r.from, r.to)));
        said.extend(self.credit.iter().map(|c| format!("credit “{c}”")));
        said.join(", ")
    }
}

/// Numbers and names of a text that read otherwise in its later text.
pub fn replaced_in(earlier: &str, later: &str) -> Vec<Replaced> {
    let made = changes(Text { text: earlier, ..Text::default() }, Text { text: later, ..Text::default() });
    made.numbers.into_iter().chain(made.names).collect()
}

/// Numbers and names that `correction` (the origin's later text) replaced in `earlier` and that `copy` still carries: a copy that was not
/// corrected along. Empty when the copy followed, or when nothing was corrected.
pub fn uncorrected(earlier: &str, correction: &str, copy: &str) -> Vec<Replaced> {
    let made = replaced_in(earlier, correction);
    let has = |text: &str, what: &str| {
        let (all, what) = (words(text), words(what));
        !what.is_empty() && all.windows(what.len()).any(|w| w == what)
    };
    made.into_iter().filter(|r| has(copy, &r.from) && !has(copy, &r.to)).collect()
}

/// A paragraph with its words, folded.
struct Read<'a> {
    text: &'a str,
    words: Vec<Cow<'a, str>>,
}

impl Read<'_> {
    fn noted(&self, at: usize) -> Paragraph {
        let mut about: String = self.text.unicode_words().take(8).collect::<Vec<_>>().join(" ");
        if self.words.len() > 8 {
            about.push('…');
        }
        Paragraph { at, words: self.words.len(), about }
    }
}

/// Both texts in the pieces that are compared: paragraphs, or sentences where one has lost its paragraphs.
fn units<'a, 'b>(a: &'a str, b: &'b str) -> (Vec<Read<'a>>, Vec<Read<'b>>) {
    let lines = |text: &str| text.split('\n').filter(|p| !p.trim().is_empty()).count();
    let (m, n) = (lines(a), lines(b));
    if m.min(n) > 0 && m.max(n) >= UNEVEN * m.min(n) && m.min(n) < 4 {
        return (
            read_all(a, a.unicode_sentences().flat_map(|s| s.split('\n'))),
            read_all(b, b.unicode_sentences().flat_map(|s| s.split('\n'))),
        );
    }
    (read_all(a, a.split('\n')), read_all(b, b.split('\n')))
}

fn read_all<'a>(text: &'a str, pieces: impl Iterator<Item = &'a str>) -> Vec<Read<'a>> {
    let mut list: Vec<&str> = pieces.map(str::trim).filter(|p| !p.is_empty()).collect();
    if let (true, Some(first)) = (list.len() > MOST_PARAGRAPHS, list.get(MOST_PARAGRAPHS - 1)) {
        let from = first.as_ptr() as usize - text.as_ptr() as usize;
        let rest = text.get(from..).unwrap_or("");
        list.truncate(MOST_PARAGRAPHS - 1);
        list.push(rest);
    }
    list.into_iter().map(|text| Read { text, words: words(text) }).filter(|p| !p.words.is_empty()).collect()
}

/// The words, folded: case, quotes and dashes do not count.
fn words(text: &str) -> Vec<Cow<'_, str>> {
    // Most words are as they are to be: to make each anew was a third of what a story's page costs.
    let plain = |w: &str| w.bytes().all(|b| b.is_ascii() && !b.is_ascii_uppercase());
    let folded = |w: &str| plain(w) || w.chars().all(|c| c != '’' && c.to_lowercase().eq([c]));
    text.unicode_words().map(|w| if folded(w) { Cow::Borrowed(w) } else { Cow::Owned(w.replace('’', "'").to_lowercase()) }).collect()
}

/// For each paragraph of `b` the one of `a` that it is: equal ones first, in order where possible, then the most alike.
fn pair(a: &[Read<'_>], b: &[Read<'_>]) -> Vec<Option<usize>> {
    let mut pairs: Vec<Option<usize>> = vec![None; b.len()];
    let mut taken = vec![false; a.len()];
    let (x, y): (Vec<_>, Vec<_>) = (a.iter().map(|p| p.words.as_slice()).collect(), b.iter().map(|p| p.words.as_slice()).collect());
    let mut take = |pairs: &mut Vec<Option<usize>>, i: usize, j: usize| {
        if let (Some(used @ false), Some(to @ None)) = (taken.get_mut(i), pairs.get_mut(j)) {
            (*used, *to) = (true, Some(i));
        }
    };
    for op in capture_diff_slices(Algorithm::Myers, &x, &y) {
        if let DiffOp::Equal { old_index, new_index, len } = op {
            (0..len).for_each(|k| take(&mut pairs, old_index + k, new_index + k));
        }
    }
    let mut alike: Vec<(f32, usize, usize)> = Vec::new();
    let left: Vec<(usize, &Read<'_>)> = b.iter().enumerate().filter(|(j, _)| pairs.get(*j).copied().flatten().is_none()).collect();
    let counts: Vec<AHashMap<&str, usize>> = if left.is_empty() { Vec::new() } else { a.iter().map(|p| count(&p.words)).collect() };
    for (j, to) in left {
        let mine = count(&to.words);
        for (i, from) in a.iter().enumerate() {
            let common: usize = counts.get(i).map_or(0, |c| mine.iter().map(|(w, n)| (*n).min(c.get(w).copied().unwrap_or(0))).sum());
            // Against the shorter: half a paragraph is still that paragraph, cut.
            let s = common as f32 / from.words.len().min(to.words.len()).max(1) as f32;
            let long = common as f32 / from.words.len().max(to.words.len()).max(1) as f32;
            if s >= SAME_PARAGRAPH && long >= 0.2 && common >= 3.min(to.words.len()) {
                alike.push((s + long, i, j));
            }
        }
    }
    alike.sort_by(|p, q| q.0.total_cmp(&p.0).then((p.1.abs_diff(p.2)).cmp(&q.1.abs_diff(q.2))).then(p.1.cmp(&q.1)));
    alike.into_iter().for_each(|(_, i, j)| take(&mut pairs, i, j));
    pairs
}

fn count<'a>(words: &'a [Cow<'_, str>]) -> AHashMap<&'a str, usize> {
    let mut counts = AHashMap::new();
    words.iter().for_each(|w| *counts.entry(&**w).or_insert(0) += 1);
    counts
}

/// Notes numbers and names that stand in place of others; returns the words lost and gained.
fn replaced(from: &Read<'_>, to: &Read<'_>, numbers: &mut Vec<Replaced>, names: &mut Vec<Replaced>) -> (usize, usize) {
    let (x, y): (Vec<&str>, Vec<&str>) = (from.text.unicode_words().collect(), to.text.unicode_words().collect());
    let (mut lost, mut gained) = (0, 0);
    for op in align(&from.words, &to.words) {
        let (old, new) = (op.old_range(), op.new_range());
        if matches!(op, DiffOp::Equal { .. }) {
            continue;
        }
        lost += old.len();
        gained += new.len();
        let (gone, came) = (x.get(old).unwrap_or(&[]), y.get(new).unwrap_or(&[]));
        let number = |w: &&&str| w.starts_with(|c: char| c.is_numeric());
        let (p, q): (Vec<&&str>, Vec<&&str>) = (gone.iter().filter(number).collect(), came.iter().filter(number).collect());
        if p.len() == q.len() {
            note(numbers, p.iter().zip(&q).map(|(p, q)| ((**p).to_owned(), (**q).to_owned())));
        }
        let name = |list: &[&str]| !list.is_empty() && list.len() <= 4 && list.iter().all(|w| w.starts_with(char::is_uppercase));
        if name(gone) && name(came) {
            note(names, [(gone.join(" "), came.join(" "))]);
        }
    }
    (lost, gained)
}

fn align<T: Hash + Ord>(a: &[T], b: &[T]) -> Vec<DiffOp> {
    if a.len().saturating_mul(b.len()) > MOST_WORK {
        return vec![DiffOp::Replace { old_index: 0, old_len: a.len(), new_index: 0, new_len: b.len() }];
    }
    capture_diff_slices(Algorithm::Myers, a, b)
}

fn note(list: &mut Vec<Replaced>, found: impl IntoIterator<Item = (String, String)>) {
    for (from, to) in found {
        // "1,000" and "1000" are one number.
        let same = terms::hash_word(&from).is_some() && terms::hash_word(&from) == terms::hash_word(&to);
        let entry = Replaced { from, to };
        if !same && entry.from != entry.to && !list.contains(&entry) {
            list.push(entry);
        }
    }
}

fn runs(a: &str, b: &str) -> Vec<Run> {
    let (x, y): (Vec<&str>, Vec<&str>) = (a.split_word_bounds().collect(), b.split_word_bounds().collect());
    let mut runs: Vec<Run> = Vec::new();
    let mut push = |side: Side, words: &[&str]| {
        let text = words.concat();
        match runs.last_mut() {
            _ if text.is_empty() => {}
            Some(last) if last.side == side => last.text.push_str(&text),
            _ => runs.push(Run { side, text }),
        }
    };
    for op in align(&x, &y) {
        let (old, new) = (x.get(op.old_range()).unwrap_or(&[]), y.get(op.new_range()).unwrap_or(&[]));
        if matches!(op, DiffOp::Equal { .. }) {
            push(Side::Both, new);
        } else {
            push(Side::First, old);
            push(Side::Second, new);
        }
    }
    runs
}

fn share(part: usize, whole: usize) -> f32 {
    if whole == 0 { 0.0 } else { part as f32 / whole as f32 }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORIGIN: &str = "Ceasefire talks resumed in Doha on Sunday, officials said.\n\nAt least 34,000 people have left the north, the agency said.\n\nForeign minister Adel Karim met envoys for two hours.\n\nA second round is planned for Tuesday in Cairo.";

    fn against(copy: &str) -> Changes {
        changes(Text { title: "Talks resume", text: ORIGIN, credit: None }, Text { title: "Talks resume", text: copy, credit: None })
    }

    #[test]
    fn the_same_words_are_verbatim_whatever_their_dress() {
        let same = against(&ORIGIN.replace("\n\n", "\n").replace("Sunday", "SUNDAY"));
        assert_eq!((same.kind, same.removed.len(), same.added.len(), same.reworded), (Kind::Verbatim, 0, 0, 0));
        assert_eq!((same.kept, same.own, same.retitled), (1.0, 0.0, false));
        assert_eq!(against(&ORIGIN.replace("\n\n", " ")).kind, Kind::Verbatim, "line breaks that were lost");
        assert_eq!(same.summary(), "verbatim");
    }

    #[test]
    fn paragraphs_that_went_and_came_are_named() {
        let cut = against(
            "Ceasefire talks resumed in Doha on Sunday, officials said.\n\nAt least 34,000 people have left the north, the agency said.",
        );
        assert_eq!((cut.kind, cut.removed.iter().map(|p| p.at).collect::<Vec<_>>()), (Kind::Trimmed, vec![2, 3]));
        let more = against(&format!("{ORIGIN}\n\nIn Harbour City shopkeepers welcomed the news."));
        assert_eq!(
            (more.kind, more.added[0].at, more.added[0].about.as_str()),
            (Kind::Extended, 4, "In Harbour City shopkeepers welcomed the news")
        );
        assert!(more.summary().starts_with("extended, +1 paragraph (In Harbour City"), "{}", more.summary());
    }

    #[test]
    fn changed_numbers_and_names_are_listed() {
        let edited = against(&ORIGIN.replace("34,000", "43,000").replace("Adel Karim", "Omar Saleh"));
        assert_eq!(edited.kind, Kind::Edited);
        assert_eq!(edited.numbers, [Replaced { from: "34,000".into(), to: "43,000".into() }]);
        assert_eq!(edited.names, [Replaced { from: "Adel Karim".into(), to: "Omar Saleh".into() }]);
        assert!(against(&ORIGIN.replace("34,000", "34000")).numbers.is_empty());
    }

    #[test]
    fn headline_credit_and_order_are_told() {
        let mut lines: Vec<&str> = ORIGIN.split("\n\n").collect();
        lines.swap(1, 2);
        let text = lines.join("\n\n");
        let all = changes(
            Text { title: "Talks resume", text: ORIGIN, credit: None },
            Text { title: "Doha talks are on again", text: &text, credit: Some("Al Jazeera") },
        );
        assert!(all.retitled && all.reordered && all.kind == Kind::Verbatim);
        assert_eq!(all.summary(), "verbatim, new headline, reordered, credit “Al Jazeera”");
    }

    #[test]
    fn a_correction_that_a_copy_missed_is_found() {
        let corrected = ORIGIN.replace("34,000", "43,000");
        assert_eq!(uncorrected(ORIGIN, &corrected, ORIGIN), [Replaced { from: "34,000".into(), to: "43,000".into() }]);
        assert!(uncorrected(ORIGIN, &corrected, &corrected).is_empty());
        assert!(uncorrected(ORIGIN, ORIGIN, ORIGIN).is_empty());
    }

    #[test]
    fn both_texts_can_be_read_back_from_the_diff() {
        let copy = "A lead of its own.\n\nCeasefire talks resumed in Doha on Monday, officials said.\n\nA second round is planned for Tuesday in Cairo.";
        let (mut first, mut second) = (Vec::new(), Vec::new());
        for piece in diff(ORIGIN, copy) {
            match piece {
                Piece::Same { text } => {
                    first.push(text.clone());
                    second.push(text);
                }
                Piece::Removed { text } => first.push(text),
                Piece::Added { text } => second.push(text),
                Piece::Reworded { words } => {
                    let side = |not: Side| words.iter().filter(|r| r.side != not).map(|r| r.text.as_str()).collect::<String>();
                    first.push(side(Side::Second));
                    second.push(side(Side::First));
                }
            }
        }
        assert_eq!((first.join("\n\n"), second.join("\n\n")), (ORIGIN.to_owned(), copy.to_owned()));
    }

    #[test]
    fn empty_and_foreign_texts_do_not_trip_it() {
        assert_eq!(against("").kind, Kind::Trimmed);
        assert_eq!(changes(Text::default(), Text::default()).kind, Kind::Verbatim);
        assert_eq!(against("Etwas ganz anderes über Bienen und Honig im Garten.").kept, 0.0);
        assert!(diff("", "").is_empty());
    }
}
