//! Text to tokens: normalised word hashes, with numbers and names kept apart from common words.
//!
//! Words are what UAX 29 calls so, with these differences: marks, soft hyphens and zero-width characters are dropped;
//! apostrophes inside a word too ("don’t" is "dont"); full stops between single letters ("U.S." is "us"); a word broken
//! by a hyphen at the end of a line is put together; thousands separators vanish ("34,000" is "34 000" is 34000). In
//! scripts without spaces a token is a pair of neighbouring characters. Compatibility forms are folded as in NFKC, case
//! and Latin and Greek diacritics too, "ё" to "е", and the forms of alef.

use crate::model::lines::line_hash;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{decompose_canonical, decompose_compatible};

/// A normalised word: 30 bits of its hash, and its [`Kind`] in the two low bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token(pub(crate) u32);

/// What a token is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A word of more than three letters.
    Common,
    /// A word of up to three letters: mostly grammar.
    Short,
    /// A word with a capital within a sentence.
    Name,
    /// Digits only.
    Number,
}

impl Token {
    fn new(hash: u64, kind: Kind) -> Self {
        Self(((mix(hash) >> 32) as u32 & !3) | kind as u32)
    }

    /// The word's hash: equal for equal normalised words, whatever their kind.
    pub fn word(self) -> u32 {
        self.0 >> 2
    }

    /// What it is good for.
    pub fn kind(self) -> Kind {
        match self.0 & 3 {
            0 => Kind::Common,
            1 => Kind::Short,
            2 => Kind::Name,
            _ => Kind::Number,
        }
    }
}

/// One line of the text that holds a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// [`line_hash`] of it.
    pub hash: u64,
    /// Index of its first token.
    pub start: u32,
    /// Index after its last token.
    pub end: u32,
}

/// A text's tokens, and its lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tokens {
    /// In reading order.
    pub tokens: Vec<Token>,
    /// In reading order; those without a token are left out.
    pub lines: Vec<Line>,
}

/// Mixes 64 bits so that each depends on all (the finaliser of MurmurHash3 by Austin Appleby).
#[inline]
pub(crate) fn mix(mut x: u64) -> u64 {
    x ^= x >> 33;
    x = x.wrapping_mul(0xFF51_AFD7_ED55_8CCD);
    x ^= x >> 33;
    x = x.wrapping_mul(0xC4CE_B9FE_1A85_EC53);
    x ^ (x >> 33)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    /// Ends a word.
    Gap,
    /// Ends a line.
    Newline,
    /// Ends a sentence, and a word.
    Stop,
    /// Letter without a capital.
    Lower,
    /// Capital letter.
    Upper,
    Digit,
    /// Dropped wherever it stands.
    Ignored,
    Apostrophe,
    FullStop,
    Comma,
    Hyphen,
    /// A character of a script without spaces.
    Glyph,
    /// Stands for other characters (NFKC).
    Compatible,
    /// Part of a decomposed character: the text has to be composed first.
    Decomposed,
    Ampersand,
}

const TABLE_END: u32 = 0x0700;

/// Class and folded character of everything below U+0700.
static TABLE: LazyLock<Vec<(Class, u16)>> = LazyLock::new(|| {
    let entry = |c: char| {
        let (class, folded) = if c < '\u{600}' { (low_class(c), fold_low(c)) } else { high_class(c) };
        (class, folded as u16)
    };
    (0..TABLE_END).map(|c| char::from_u32(c).map_or((Class::Gap, 0), entry)).collect()
});

fn low_class(c: char) -> Class {
    match c {
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' => Class::Newline,
        '!' | '?' | ':' => Class::Stop,
        '\'' | '`' | '´' | '\u{2bc}' => Class::Apostrophe,
        '.' => Class::FullStop,
        ',' => Class::Comma,
        '-' => Class::Hyphen,
        '&' => Class::Ampersand,
        '\u{ad}' => Class::Ignored,
        '\u{300}'..='\u{36f}' => Class::Decomposed,
        'ª' | 'º' | '²' | '³' | '¹' | '¼'..='¾' => Class::Compatible,
        '0'..='9' => Class::Digit,
        _ if c.is_uppercase() => Class::Upper,
        _ if c.is_alphabetic() => Class::Lower,
        '\u{483}'..='\u{489}' | '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}' | '\u{5c2}' | '\u{5c4}' | '\u{5c5}' | '\u{5c7}' => {
            Class::Ignored
        }
        _ => Class::Gap,
    }
}

/// Lower case; Latin and Greek letters lose their marks, Cyrillic ones keep theirs but for "ё".
fn fold_low(c: char) -> char {
    let lower = c.to_lowercase().next().unwrap_or(c);
    match lower {
        'ё' => 'е',
        '\u{400}'.. => lower,
        'ß' => 's',
        'ø' => 'o',
        'đ' => 'd',
        'ł' => 'l',
        'ı' => 'i',
        'ς' => 'σ',
        _ => {
            let mut base = None;
            decompose_canonical(lower, |d| _ = base.get_or_insert(d));
            base.unwrap_or(lower)
        }
    }
}

/// Class and folded character of what stands at or above U+0600; what stands below U+0700 is looked up in the table made of it.
fn high_class(c: char) -> (Class, char) {
    let class = match c {
        // Arabic: marks and the stretching tatweel go, alef and yeh have one form
        '\u{610}'..='\u{61a}' | '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{6d6}'..='\u{6dc}' | '\u{6df}'..='\u{6e8}' => {
            Class::Ignored
        }
        'أ' | 'إ' | 'آ' | 'ٱ' => return (Class::Lower, 'ا'),
        'ى' => return (Class::Lower, 'ي'),
        '؟' | '۔' => Class::Stop,
        '\u{660}'..='\u{669}' => return (Class::Digit, char::from((c as u32 - 0x660) as u8 + b'0')),
        '\u{6f0}'..='\u{6f9}' => return (Class::Digit, char::from((c as u32 - 0x6f0) as u8 + b'0')),
        '\u{620}'..='\u{6ff}' => lower_or_gap(c),
        '।' | '॥' => Class::Stop,
        '\u{966}'..='\u{96f}' => return (Class::Digit, char::from((c as u32 - 0x966) as u8 + b'0')),
        '\u{900}'..='\u{dff}' => Class::Lower,
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' => glyph_or_gap(c),
        '\u{1100}'..='\u{11ff}' | '\u{3099}' | '\u{309a}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' => {
            Class::Decomposed
        }
        '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2032}' => Class::Apostrophe,
        '\u{2010}' | '\u{2011}' => Class::Hyphen,
        '\u{2028}' | '\u{2029}' => Class::Newline,
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' => {
            Class::Ignored
        }
        '\u{2026}' | '。' | '！' | '？' | '：' | '｡' => Class::Stop,
        '\u{2000}'..='\u{206f}' => Class::Gap,
        '\u{2070}'..='\u{209f}' | '\u{2100}'..='\u{218f}' | '\u{2460}'..='\u{24ff}' => Class::Compatible,
        '\u{2e80}'..='\u{2fdf}' | '\u{3040}'..='\u{312f}' | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' => {
            glyph_or_gap(c)
        }
        '\u{3200}'..='\u{33ff}' => Class::Compatible,
        '\u{ac00}'..='\u{d7a3}' => Class::Lower,
        '\u{f900}'..='\u{faff}' | '\u{fb00}'..='\u{fdff}' | '\u{fe30}'..='\u{fe6f}' | '\u{fe70}'..='\u{fefe}' | '\u{ff00}'..='\u{ffef}' => {
            Class::Compatible
        }
        '\u{1d400}'..='\u{1d7ff}' | '\u{1f100}'..='\u{1f1ff}' => Class::Compatible,
        '\u{20000}'..='\u{3ffff}' => Class::Glyph,
        _ if c.is_uppercase() => Class::Upper,
        _ => lower_or_gap(c),
    };
    let folded = match c {
        '\u{1e00}'..='\u{1fff}' => fold_low(c),
        _ if class == Class::Upper => c.to_lowercase().next().unwrap_or(c),
        _ => c,
    };
    (class, folded)
}

fn lower_or_gap(c: char) -> Class {
    if c.is_alphanumeric() { Class::Lower } else { Class::Gap }
}

fn glyph_or_gap(c: char) -> Class {
    // vowel signs of Thai and its kin are no letters by themselves and still part of the text
    if c.is_alphanumeric() || matches!(c, '\u{e31}'..='\u{e4e}' | '\u{eb1}'..='\u{ece}' | '\u{102b}'..='\u{103e}' | '\u{17b4}'..='\u{17d3}')
    {
        Class::Glyph
    } else {
        Class::Gap
    }
}

#[inline]
fn class_of(table: &[(Class, u16)], c: char) -> (Class, u32) {
    match table.get(c as usize) {
        Some(&(class, folded)) => (class, u32::from(folded)),
        None => {
            let (class, folded) = high_class(c);
            (class, folded as u32)
        }
    }
}

/// Splits `text` into tokens. A `text` of a million characters takes some milliseconds: the time is linear.
pub fn tokenize(text: &str) -> Tokens {
    let mut scanner = Scanner::new(text);
    if scanner.scan(text) {
        return scanner.done;
    }
    let composed: String = text.nfkc().collect();
    let mut scanner = Scanner::new(&composed);
    scanner.composed = true;
    scanner.scan(&composed);
    scanner.done
}

/// The word being read.
#[derive(Clone, Copy, Default)]
struct Word {
    hash: u64,
    /// Characters so far; 0: none is open.
    length: u32,
    /// Letters since the last dropped full stop.
    since_stop: u32,
    capital: bool,
    digits_only: bool,
}

struct Scanner {
    done: Tokens,
    word: Word,
    /// The character before, when it belongs to a script without spaces.
    glyph: u32,
    /// At the start of a sentence, where a capital means nothing.
    fresh: bool,
    composed: bool,
    line_tokens: usize,
}

const SEED: u64 = 0x517C_C1B7_2722_0A95;

impl Scanner {
    fn new(text: &str) -> Self {
        let done = Tokens { tokens: Vec::with_capacity(text.len() / 5 + 4), lines: Vec::with_capacity(16) };
        Self { done, word: Word::default(), glyph: 0, fresh: true, composed: false, line_tokens: 0 }
    }

    /// False: the text holds decomposed characters and has to be composed first.
    fn scan(&mut self, text: &str) -> bool {
        let table = TABLE.as_slice();
        let bytes = text.as_bytes();
        let (mut at, mut line_start) = (0, 0);
        while let Some(&byte) = bytes.get(at) {
            let (class, folded, width) = if byte < 0x80 {
                let (class, folded) = table.get(usize::from(byte)).copied().unwrap_or((Class::Gap, 0));
                (class, u32::from(folded), 1)
            } else {
                let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) else { break };
                let (class, folded) = class_of(table, c);
                if class == Class::Compatible {
                    self.compatible(table, c);
                    at += c.len_utf8();
                    continue;
                }
                (class, folded, c.len_utf8())
            };
            let next = at + width;
            match class {
                Class::Lower => self.letter(folded, false),
                Class::Upper => self.letter(folded, true),
                Class::Digit => self.digit(folded),
                Class::Gap => self.gap(),
                Class::Ignored => {}
                Class::Glyph => self.glyph(folded),
                Class::Stop => {
                    self.gap();
                    self.fresh = true;
                }
                Class::Newline => {
                    self.end_line(text, line_start, at);
                    line_start = next;
                }
                Class::FullStop | Class::Comma | Class::Apostrophe => {
                    at = self.inner(class, bytes, next);
                    continue;
                }
                Class::Hyphen => {
                    if self.word.length > 0 && broken_here(bytes, next) {
                        at = next + 1;
                        continue;
                    }
                    self.gap();
                }
                Class::Ampersand => {
                    self.gap();
                    at = next + entity(bytes.get(next..).unwrap_or_default());
                    continue;
                }
                Class::Decomposed if !self.composed => return false,
                Class::Decomposed | Class::Compatible => {}
            }
            at = next;
        }
        self.end_line(text, line_start, bytes.len());
        true
    }

    #[inline]
    fn push(&mut self, c: u32) {
        if self.word.length == 0 {
            self.flush_glyph();
            self.word = Word { hash: SEED, digits_only: true, ..Word::default() };
        }
        self.word.hash = (self.word.hash ^ u64::from(c)).wrapping_mul(0x9FB2_1C65_1E98_DF25).rotate_left(21);
        self.word.length += 1;
        self.word.since_stop += 1;
    }

    #[inline]
    fn letter(&mut self, c: u32, upper: bool) {
        self.push(c);
        self.word.digits_only = false;
        self.word.capital |= upper && self.word.length == 1;
    }

    #[inline]
    fn digit(&mut self, c: u32) {
        self.push(c);
    }

    #[inline]
    fn gap(&mut self) {
        if self.word.length > 0 {
            let word = self.word;
            let kind = if word.digits_only {
                Kind::Number
            } else if word.capital && !self.fresh {
                Kind::Name
            } else if word.length <= 3 {
                Kind::Short
            } else {
                Kind::Common
            };
            self.done.tokens.push(Token::new(word.hash, kind));
            self.word.length = 0;
            self.fresh = false;
        }
        if self.glyph != 0 {
            self.flush_glyph();
        }
    }

    fn flush_glyph(&mut self) {
        if self.glyph != 0 {
            self.done.tokens.push(Token::new(mix(u64::from(self.glyph)), Kind::Common));
            self.glyph = 0;
        }
    }

    /// Pairs of neighbours; the last of a run stands alone.
    fn glyph(&mut self, c: u32) {
        if self.word.length > 0 {
            self.gap();
        }
        if self.glyph != 0 {
            self.done.tokens.push(Token::new(mix(u64::from(self.glyph) | (u64::from(c) << 32)), Kind::Common));
        }
        self.glyph = c;
    }

    /// A full stop, comma or apostrophe that ends at `next`: inside a word or number, or behind it. Returns where to go on.
    fn inner(&mut self, class: Class, bytes: &[u8], next: usize) -> usize {
        let following = bytes.get(next).copied().unwrap_or(b' ');
        let word = self.word;
        if word.length > 0 && word.digits_only && following.is_ascii_digit() {
            let digits = bytes.get(next..).unwrap_or_default().iter().take(4).take_while(|b| b.is_ascii_digit()).count();
            // "34,000" is 34000; "1,5" and "1.5" are one number, and not 15
            if digits != 3 {
                self.push(u32::from(b'.'));
            }
            return next;
        }
        let letter = following.is_ascii_alphabetic() || following >= 0xC3;
        match class {
            Class::Apostrophe if word.length > 0 && !word.digits_only && letter => return next,
            Class::FullStop if word.length > 0 && word.since_stop == 1 && !word.digits_only => {
                self.word.since_stop = 0;
                if letter {
                    return next;
                }
                // "U.S." and initials do not end a sentence
                self.gap();
                return next;
            }
            _ => {}
        }
        self.gap();
        self.fresh |= class == Class::FullStop;
        next
    }

    /// A character that stands for others.
    fn compatible(&mut self, table: &[(Class, u16)], c: char) {
        let mut parts = [' '; 18];
        let mut count = 0;
        decompose_compatible(c, |d| {
            if let Some(part) = parts.get_mut(count) {
                *part = d;
                count += 1;
            }
        });
        for &part in parts.iter().take(count) {
            let (class, folded) = class_of(table, part);
            match class {
                Class::Lower => self.letter(folded, false),
                Class::Upper => self.letter(folded, true),
                Class::Digit => self.digit(folded),
                Class::Glyph => self.glyph(folded),
                Class::Ignored | Class::Decomposed => {}
                Class::Compatible if part.is_alphanumeric() => self.letter(folded, false),
                _ => self.gap(),
            }
        }
    }

    fn end_line(&mut self, text: &str, start: usize, end: usize) {
        self.gap();
        self.fresh = true;
        let tokens = self.done.tokens.len();
        if tokens > self.line_tokens {
            let hash = line_hash(text.get(start..end).unwrap_or_default());
            self.done.lines.push(Line { hash, start: self.line_tokens as u32, end: tokens as u32 });
            self.line_tokens = tokens;
        }
    }
}

/// A word goes on in the next line: "exam-⏎ple".
fn broken_here(bytes: &[u8], next: usize) -> bool {
    bytes.get(next) == Some(&b'\n') && bytes.get(next + 1).is_some_and(|&b| b.is_ascii_lowercase() || b >= 0xC3)
}

/// Length of what is left of an entity that nobody resolved, behind its ampersand.
fn entity(rest: &[u8]) -> usize {
    ["amp;", "nbsp;", "quot;", "#39;", "apos;", "lt;", "gt;", "#x27;"]
        .iter()
        .find(|e| rest.starts_with(e.as_bytes()))
        .map_or(0, |e| e.len())
}

#[cfg(test)]
mod tests {
    use super::{Kind, Token, tokenize};
    use proptest::prelude::*;
    use unicode_segmentation::UnicodeSegmentation;

    fn words(text: &str) -> Vec<u32> {
        tokenize(text).tokens.into_iter().map(Token::word).collect()
    }

    #[test]
    fn spellings_of_one_text_are_one() {
        for (one, other) in [
            ("don’t “stop”", "don't \"stop\""),
            ("the U.S. and the U.N. agree", "the US and the UN agree"),
            ("34,000 people", "34.000 people"),
            ("34,000 people", "34000 people"),
            ("rose 1.5 percent", "rose 1,5 percent"),
            ("govern\u{ad}ment plans", "government plans"),
            ("zero\u{200b}width", "zerowidth"),
            ("an exam-\nple of it", "an example of it"),
            ("ＡＢＣ ﬁn", "abc fin"),
            ("Erdoğan café", "erdogan cafe"),
            ("cafe\u{301} na\u{308}ive", "café näive"),
            ("Её ёлка", "ее елка"),
            ("أحمد إلى آخر", "احمد الي اخر"),
            ("مـــصر كِتاب", "مصر كتاب"),
            ("this &amp; that", "this & that"),
            ("a — b … c", "a - b ... c"),
        ] {
            assert_eq!(words(one), words(other), "{one} / {other}");
        }
    }

    #[test]
    fn what_differs_stays_different() {
        for (one, other) in [("rose 1.5 percent", "rose 15 percent"), ("мой край", "мои краи"), ("dogs", "dog"), ("北京", "京北")]
        {
            assert_ne!(words(one), words(other), "{one} / {other}");
        }
    }

    #[test]
    fn numbers_names_and_grammar_are_told_apart() {
        let kinds: Vec<Kind> =
            tokenize("Yesterday Maria paid 300 for the house. Then she left 1ate").tokens.iter().map(|t| t.kind()).collect();
        use Kind::{Common, Name, Number, Short};
        assert_eq!(kinds, [Common, Name, Common, Number, Short, Short, Common, Common, Short, Common, Common]);
    }

    #[test]
    fn words_are_those_of_uax_29_on_plain_text() {
        for text in [
            "The committee met on Tuesday; its chair, Ana Ruiz, said (twice) that nothing's decided yet.",
            "La reunión terminó sin acuerdo: los países, dijo ayer el ministro, «seguirán hablando» en otoño.",
            "Комитет собрался во вторник, но решение — как и раньше — отложили на осень.",
            "اجتمعت اللجنة يوم الثلاثاء، وقال رئيسها إن القرار مؤجل.",
            "Die Größe des Ausschusses überraschte: 17 Mitglieder, 3,5 Stunden, kein Ergebnis!",
        ] {
            assert_eq!(tokenize(text).tokens.len(), text.unicode_words().count(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_gives_lines_that_cover_its_tokens(text in "\\PC{0,200}|[a-c.,'’&\\-\n \u{ad}\u{301}北é0-9]{0,80}") {
            let done = tokenize(&text);
            let mut at = 0;
            for line in &done.lines {
                prop_assert_eq!(line.start, at);
                prop_assert!(line.end > at);
                at = line.end;
            }
            prop_assert_eq!(at as usize, done.tokens.len());
        }
    }
}
