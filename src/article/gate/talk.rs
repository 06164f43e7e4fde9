//! What a stretch of text speaks of: the stems of each concept counted.

use super::stems::{CONCEPTS, Concept, STEMS};
use crate::article::flat::is_wide;
use aho_corasick::automaton::OverlappingState;
use aho_corasick::{AhoCorasick, AhoCorasickKind, Anchored, Input, StartKind};
use std::ops::AddAssign;
use std::sync::LazyLock;

/// How often each concept is named, and among how many words.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Talk {
    hits: [u16; CONCEPTS],
    /// Words; two characters of a script without spaces weigh like one.
    pub words: u16,
    /// Tokens with digits.
    pub numbers: u16,
    /// Marks of quotation.
    pub quotes: u16,
    /// Words with a capital within a sentence.
    pub names: u16,
}

impl Talk {
    /// How often `concept` is named.
    pub fn of(&self, concept: Concept) -> u16 {
        self.hits[concept as usize]
    }
}

impl AddAssign for Talk {
    fn add_assign(&mut self, other: Self) {
        for (sum, n) in self.hits.iter_mut().zip(other.hits) {
            *sum = sum.saturating_add(n);
        }
        self.words = self.words.saturating_add(other.words);
        self.numbers = self.numbers.saturating_add(other.numbers);
        self.quotes = self.quotes.saturating_add(other.quotes);
        self.names = self.names.saturating_add(other.names);
    }
}

/// All stems, to be looked for where a word begins.
struct Stems {
    automaton: AhoCorasick,
    /// Whether a word must end with the stem, and its concept.
    kinds: Vec<(bool, Concept)>,
    /// A bit for each two bytes that a stem begins with: most words begin otherwise, and the automaton need not be asked.
    begin: Box<[u64; 1 << 10]>,
}

impl Stems {
    fn may_begin(&self, at: &[u8]) -> bool {
        let [first, second, ..] = *at else { return false };
        let pair = usize::from(u16::from_le_bytes([first, second]));
        self.begin[pair >> 6] >> (pair & 63) & 1 == 1
    }
}

/// None where they make no automaton, which a test excludes.
static STEMS_BY_OPENING: LazyLock<Option<Stems>> = LazyLock::new(|| {
    let all = STEMS.iter().flat_map(|(concept, stems)| stems.split_ascii_whitespace().map(|stem| (stem, *concept)));
    let (texts, kinds): (Vec<String>, Vec<_>) = all
        .map(|(stem, concept)| {
            let bare = stem.trim_end_matches('.');
            (bare.replace('_', " "), (bare.len() < stem.len(), concept))
        })
        .unzip();
    let mut begin = Box::new([0; 1 << 10]);
    for stem in &texts {
        let &[first, second, ..] = stem.as_bytes() else { return None };
        let pair = usize::from(u16::from_le_bytes([first, second]));
        begin[pair >> 6] |= 1 << (pair & 63);
    }
    let automaton = AhoCorasick::builder().start_kind(StartKind::Anchored).kind(Some(AhoCorasickKind::ContiguousNFA)).build(texts);
    automaton.ok().map(|automaton| Stems { automaton, kinds, begin })
});

/// Reads a text; of a long one the first `limit` characters.
pub(super) fn talk(text: &str, limit: usize) -> Talk {
    let (names, polite) = capitals(text, limit);
    let mut found = Talk { names, ..Talk::default() };
    found.hits[Concept::Address as usize] = polite;
    let text = lower(text, limit);
    let (mut before, mut wide, mut quoted) = (' ', 0u16, false);
    for (at, c) in text.char_indices() {
        let starts = !before.is_alphanumeric();
        match c {
            _ if is_wide(c) => wide = wide.saturating_add(1),
            '"' | '“' | '”' | '«' | '»' | '„' | '「' | '」' => {
                found.quotes = found.quotes.saturating_add(1);
                quoted = !quoted && matches!(c, '“' | '„' | '«' | '「');
            }
            _ if starts && c.is_alphanumeric() => {
                found.words = found.words.saturating_add(1);
                found.numbers = found.numbers.saturating_add(u16::from(c.is_ascii_digit()));
            }
            _ => {}
        }
        if (starts && !c.is_whitespace()) || joins(c) {
            count(&text, at, quoted, &mut found);
        }
        before = c;
    }
    found.words = found.words.saturating_add(wide / 2);
    found
}

/// Words with a capital that open no sentence: names, and among them how often a reader is spoken to in German, where it is the capital that
/// tells "Sie" from "sie".
fn capitals(text: &str, limit: usize) -> (u16, u16) {
    let (mut names, mut polite, mut before, mut last) = (0u16, 0u16, ' ', '.');
    for (at, c) in text.char_indices().take(limit) {
        let opens = matches!(last, '.' | '!' | '?' | ':' | '…' | '"' | '“' | '«' | '„' | '|' | '-' | '–' | '—' | '•' | '/' | ')');
        if c.is_uppercase() && !before.is_alphanumeric() && !opens {
            let word = text.get(at..).unwrap_or("").split(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
            if matches!(word, "Sie" | "Ihnen" | "Ihr" | "Ihre" | "Ihrem" | "Ihren" | "Ihrer" | "Ihres") {
                polite = polite.saturating_add(1);
            } else {
                names = names.saturating_add(1);
            }
        }
        if !c.is_whitespace() {
            last = c;
        } else if c == '\n' {
            last = '.';
        }
        before = c;
    }
    (names, polite)
}

/// Counts the stems that begin at `at`: each concept once. What is quoted speaks to somebody else than the reader.
fn count(text: &str, at: usize, quoted: bool, found: &mut Talk) {
    let Some(stems) = STEMS_BY_OPENING.as_ref() else { return };
    if !stems.may_begin(text.as_bytes().get(at..).unwrap_or_default()) {
        return;
    }
    let mut counted = [false; CONCEPTS];
    counted[Concept::Address as usize] = quoted;
    let input = Input::new(text).span(at..text.len()).anchored(Anchored::Yes);
    let mut state = OverlappingState::start();
    while stems.automaton.try_find_overlapping(input.clone(), &mut state).is_ok()
        && let Some(stem) = state.get_match()
    {
        let Some(&(whole, concept)) = stems.kinds.get(stem.pattern().as_usize()) else { continue };
        let goes_on = || text.get(stem.end()..).and_then(|after| after.chars().next()).is_some_and(char::is_alphanumeric);
        // A state also knows the stems that end with it and begin later.
        if stem.start() != at || counted[concept as usize] || (whole && goes_on()) {
            continue;
        }
        counted[concept as usize] = true;
        found.hits[concept as usize] = found.hits[concept as usize].saturating_add(1);
    }
}

/// Scripts that write words without spaces, or small words together with the next.
fn joins(c: char) -> bool {
    is_wide(c) || matches!(c, '\u{590}'..='\u{6ff}' | '\u{900}'..='\u{97f}' | '\u{ac00}'..='\u{d7af}')
}

/// Lower case, with plain apostrophes and single spaces.
fn lower(text: &str, limit: usize) -> String {
    let one = |c: char| match c {
        '’' | '‘' | 'ʼ' => '\'',
        '\u{2010}' | '\u{2011}' => '-',
        c if c.is_whitespace() => ' ',
        c => c,
    };
    let mut lowered = String::with_capacity(text.len().min(limit));
    for c in text.chars().take(limit) {
        match c.is_ascii() {
            true => lowered.push(one(c.to_ascii_lowercase())),
            false => lowered.extend(c.to_lowercase().map(one)),
        }
    }
    lowered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stems_are_found_where_words_begin() {
        assert!(STEMS_BY_OPENING.is_some());
        let said = talk("Please subscribe: unsubscribe is not a stem.", 100);
        assert_eq!((said.of(Concept::Address), said.of(Concept::Offer)), (1, 1));
        assert_eq!(talk("pleased", 100).of(Concept::Address), 0, "a whole word is asked for");
    }
}
