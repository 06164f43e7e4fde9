//! What a stretch of text speaks of: the stems of each concept counted.

use super::stems::{CONCEPTS, Concept, STEMS};
use crate::article::flat::is_wide;
use ahash::AHashMap;
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

/// A stem after its first characters, and whether a word must end there.
struct Stem {
    rest: String,
    whole: bool,
    concept: Concept,
}

type Opening = [char; 3];

/// The stems by their first three characters, fewer where they have no more.
static BY_OPENING: LazyLock<AHashMap<Opening, Vec<Stem>>> = LazyLock::new(|| {
    let mut map: AHashMap<Opening, Vec<Stem>> = AHashMap::default();
    for (concept, stems) in STEMS {
        for stem in stems.split_ascii_whitespace() {
            let bare = stem.trim_end_matches('.');
            let text: String = bare.chars().map(|c| if c == '_' { ' ' } else { c }).collect();
            let stem = Stem { rest: text.chars().skip(3).collect(), whole: bare.len() < stem.len(), concept: *concept };
            map.entry(opening(&text, 3)).or_default().push(stem);
        }
    }
    map
});

fn opening(text: &str, chars: usize) -> Opening {
    let mut key = ['\0'; 3];
    for (slot, c) in key.iter_mut().zip(text.chars().take(chars)) {
        *slot = c;
    }
    key
}

/// Reads a text; of a long one the first `limit` characters.
pub(super) fn talk(text: &str, limit: usize) -> Talk {
    let (names, polite) = capitals(text, limit);
    let mut found = Talk { names, ..Talk::default() };
    found.hits[Concept::Address as usize] = polite;
    let text = lower(text, limit);
    let (mut before, mut wide) = (' ', 0u16);
    for (at, c) in text.char_indices() {
        let starts = !before.is_alphanumeric();
        match c {
            _ if is_wide(c) => wide = wide.saturating_add(1),
            '"' | '“' | '”' | '«' | '»' | '„' | '「' | '」' => found.quotes = found.quotes.saturating_add(1),
            _ if starts && c.is_alphanumeric() => {
                found.words = found.words.saturating_add(1);
                found.numbers = found.numbers.saturating_add(u16::from(c.is_ascii_digit()));
            }
            _ => {}
        }
        if (starts && !c.is_whitespace()) || joins(c) {
            count(text.get(at..).unwrap_or(""), &mut found);
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

/// Counts the stems that open `text`: each concept once.
fn count(text: &str, found: &mut Talk) {
    let mut counted = [false; CONCEPTS];
    for chars in 1..=3 {
        let key = opening(text, chars);
        if chars > 1 && key[chars - 1] == '\0' {
            return;
        }
        let rest = text.char_indices().nth(chars).map_or("", |(at, _)| text.get(at..).unwrap_or(""));
        for stem in BY_OPENING.get(&key).into_iter().flatten() {
            let Some(after) = rest.strip_prefix(stem.rest.as_str()) else { continue };
            if stem.whole && after.chars().next().is_some_and(char::is_alphanumeric) {
                continue;
            }
            let concept = stem.concept as usize;
            if !std::mem::replace(&mut counted[concept], true) {
                found.hits[concept] = found.hits[concept].saturating_add(1);
            }
        }
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
    text.chars().take(limit).flat_map(char::to_lowercase).map(one).collect()
}
