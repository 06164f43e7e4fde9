//! Text to the terms that can tell one event from another: words folded and cut to a stem, numbers, and character pairs in
//! scripts that write no spaces.

use super::countries;
use std::borrow::Cow;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation;

/// Longest stem, in characters: inflection sits at the end of a word in nearly every language that inflects, so a cut does
/// for all of them what a stemmer would do for one.
pub const STEM: usize = 6;

/// A term's identity: 24 bits of a hash over its folded stem. Two terms of two articles share one by chance once in ten
/// thousand comparisons, which no decision feels.
pub type TermHash = u32;

/// One occurrence of a term in a text.
#[derive(Clone, Copy, Debug)]
pub struct Token<'t> {
    /// Identity of the folded stem.
    pub hash: TermHash,
    /// As written.
    pub word: &'t str,
    /// Position among the text's tokens.
    pub at: usize,
    /// Shape: what kind of term this is.
    pub shape: Shape,
}

/// What a term looks like, where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// An ordinary word, or one whose capital says nothing (it opens a sentence).
    Word,
    /// Written with a capital amid a sentence.
    Capital,
    /// Begins with a digit.
    Number,
    /// Two neighbouring characters of a script without spaces.
    Pair,
}

/// The identity of a word as it stands in a list: folded, cut and hashed as in a text, a country's names in all languages being
/// one. None for what is no term.
pub fn hash_word(word: &str) -> Option<TermHash> {
    let folded = fold(word);
    hash_folded(&folded).map(|stem| countries::one(stem, word, &folded))
}

/// The same without regard to countries.
pub(super) fn hash_stem(word: &str) -> Option<TermHash> {
    hash_folded(&fold(word))
}

fn hash_folded(folded: &str) -> Option<TermHash> {
    let stem = stem(folded);
    (stem.chars().nth(1).is_some()).then(|| hash(stem))
}

/// Calls `each` with every term of `text` in order.
pub fn tokens<'t>(text: &'t str, mut each: impl FnMut(Token<'t>)) {
    let (mut at, mut opens, mut end) = (0usize, true, 0usize);
    let mut pair: Option<(usize, char)> = None;
    for (start, word) in text.unicode_word_indices() {
        let gap = text.get(end..start).unwrap_or("");
        opens |= gap.contains(['.', '!', '?', '\n', '…', '"', '“', '«', '„', ':', '¿', '¡', '`', '•']);
        end = start + word.len();
        let first = word.chars().next().unwrap_or(' ');
        if spaceless(first) {
            for (offset, c) in word.char_indices() {
                if let Some((before, previous)) = pair.filter(|&(p, c)| p + c.len_utf8() == start + offset) {
                    let word = text.get(before..start + offset + c.len_utf8()).unwrap_or("");
                    let mut buffer = String::with_capacity(8);
                    buffer.extend([previous, c]);
                    each(Token { hash: hash(&buffer), word, at, shape: Shape::Pair });
                    at += 1;
                }
                pair = Some((start + offset, c));
            }
            opens = false;
            continue;
        }
        for piece in word.split(['\'', '’', 'ʼ', '_']) {
            let Some(hash) = hash_word(piece) else { continue };
            let initial = piece.chars().next().unwrap_or(' ');
            let shape = match () {
                () if initial.is_numeric() => Shape::Number,
                () if initial.is_uppercase() && !opens => Shape::Capital,
                () => Shape::Word,
            };
            each(Token { hash, word: piece, at, shape });
            at += 1;
        }
        opens = false;
    }
}

/// Lower case, without accents and other marks, digits without their separators.
pub(super) fn fold(word: &str) -> Cow<'_, str> {
    if word.is_ascii() {
        if word.bytes().all(|b| b.is_ascii_lowercase()) {
            return Cow::Borrowed(word);
        }
        if word.bytes().next().is_some_and(|b| b.is_ascii_digit()) {
            return Cow::Owned(word.bytes().filter(u8::is_ascii_alphanumeric).map(|b| b.to_ascii_lowercase() as char).collect());
        }
        return Cow::Owned(word.to_ascii_lowercase());
    }
    // The Russian, Ukrainian … alphabets: no need for tables.
    if word.chars().all(|c| ('\u{410}'..='\u{45f}').contains(&c)) {
        return Cow::Owned(word.chars().flat_map(char::to_lowercase).map(plain).collect());
    }
    // Marks are dropped where they are accents; the vowel signs of Indic scripts stay.
    let accent = |c: char| is_combining_mark(c) && (('\u{300}'..'\u{370}').contains(&c) || ('\u{5b0}'..'\u{660}').contains(&c));
    Cow::Owned(word.nfkd().filter(|&c| !accent(c) && c != 'ـ').nfc().flat_map(char::to_lowercase).map(plain).collect())
}

/// Letters that are written one way or the other in the same word; those of the Cyrillic alphabets as Russian, Ukrainian and
/// Belarusian write one name.
fn plain(c: char) -> char {
    match c {
        'ё' | 'є' | 'э' => 'е',
        'й' | 'і' | 'ї' | 'ы' => 'и',
        'ґ' => 'г',
        'ς' => 'σ',
        'ß' => 's',
        'ı' => 'i',
        'ø' => 'o',
        'ł' => 'l',
        'أ' | 'إ' | 'آ' | 'ٱ' => 'ا',
        'ى' => 'ي',
        'ة' => 'ه',
        c => c,
    }
}

/// The first [`STEM`] characters; numbers stay whole.
pub(super) fn stem(folded: &str) -> &str {
    if folded.as_bytes().first().is_some_and(u8::is_ascii_digit) {
        return folded;
    }
    let folded = without_arabic_prefix(folded);
    let length = if folded.starts_with(|c| ('\u{ac00}'..='\u{d7a3}').contains(&c)) { 2 } else { STEM };
    match folded.char_indices().nth(length) {
        Some((end, _)) => folded.get(..end).unwrap_or(folded),
        // The plural is the one ending short words often carry.
        None if folded.len() > 3 && folded.is_ascii() && folded.ends_with('s') && !folded.ends_with("ss") => {
            folded.get(..folded.len() - 1).unwrap_or(folded)
        }
        None => folded,
    }
}

/// Without the conjunction, preposition and article that Arabic writes in one with the word.
pub(super) fn without_arabic_prefix(word: &str) -> &str {
    if !word.starts_with(|c| ('\u{620}'..='\u{64a}').contains(&c)) {
        return word;
    }
    let strip = |word: &'_ str, prefix: &str| word.strip_prefix(prefix).filter(|rest| rest.chars().nth(2).is_some()).map(str::len);
    let mut rest = word;
    for prefixes in [["و", "ف"].as_slice(), &["بال", "كال", "لل", "ال"]] {
        if let Some(length) = prefixes.iter().find_map(|p| strip(rest, p)) {
            rest = rest.get(rest.len() - length..).unwrap_or(rest);
        }
    }
    rest
}

/// FNV-1a with a final mix, 24 bits: stable on every machine and in every version, for it is stored.
pub(super) fn hash(stem: &str) -> TermHash {
    let mut h = 0xcbf2_9ce4_8422_2325_u64;
    for b in stem.bytes() {
        h = (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3);
    }
    h = (h ^ (h >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    ((h ^ (h >> 33)) & 0xff_ffff) as u32
}

/// True for the letters of scripts that are written without spaces between words.
pub(super) fn spaceless(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}
